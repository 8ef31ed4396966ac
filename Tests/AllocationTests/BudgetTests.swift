import Allocation
import ChannelTypes
import Optimization
import Probability
import Tables
import Testing

@Suite("Budget")
struct BudgetTests {
  static let place = SourcePlace(file: "plan.yaml", line: 33)

  /// Regions × spend types with random concave curves; limits as a plan states them.
  static func problem(seed: UInt64, regions: Int = 10, spendTypes: Int = 6) -> BudgetProblem {
    var stream = RandomStream(seed: 9, key: seed)
    var items: [BudgetProblem.Item] = []
    for region in 0..<regions {
      for type in 0..<spendTypes {
        let scale = stream.uniform(5_000, 60_000)
        let family = [ResponseCurve.Family.logarithm, .exponentialSaturation, .hill][stream.index(below: 3)]
        // One curve in eight shows no effect.
        let amplitude = stream.uniform() < 0.125 ? 0 : scale * stream.uniform(0.5, 6)
        items.append(
          BudgetProblem.Item(
            region: "r\(region)", spendType: "s\(type)",
            curve: ResponseCurve(family: family, amplitude: amplitude, scale: scale),
            now: Money(rounding: stream.uniform(2_000, 30_000)) ?? .zero))
      }
    }
    let now = items.map(\.now).total()
    var problem = BudgetProblem(items: items, total: Money(rounding: now.double * 1.2, decimals: 0) ?? .zero, at: place)
    problem.reservePercent = 8
    problem.moveLimit = .init(percent: 30, at: SourcePlace(file: "plan.yaml", line: 36))
    problem.limits = [
      .init(.floor, .spendType("s0"), Money(rounding: now.double * 0.2) ?? .zero, at: place),
      .init(.cap, .spendType("s1"), Money(rounding: now.double * 0.12) ?? .zero, at: place),
      .init(.floor, .region("r0"), Money(rounding: now.double * 0.09) ?? .zero, at: place),
    ]
    return problem
  }

  @Test("every total adds up exactly, every limit holds, the gap is closed", arguments: 0..<10)
  func exact(seed: Int) throws {
    let problem = Self.problem(seed: UInt64(seed))
    let solution = try problem.solve()
    #expect(solution.relativeGap <= 1e-9)
    #expect(solution.spent + solution.reserve + solution.notSpent == problem.total)
    #expect(solution.regions.map(\.plan).total() == solution.spent)
    for limit in problem.limits {
      let amount = zip(problem.items, solution.lines).filter { limit.scope.contains($0.0) }.map(\.1.plan).total()
      #expect(limit.side == .floor ? amount >= limit.amount : amount <= limit.amount)
    }
    for region in solution.regions {
      #expect(region.plan.double <= region.now.double * 1.3 + 0.005)
      #expect(region.plan.double >= region.now.double * 0.7 - 0.005)
    }
    #expect(solution.lines.allSatisfy { $0.plan.tenThousandths % 100 == 0 && $0.plan >= .zero })
    let same = try #require(solution.margin(of: "plan_at_present_total"))
    #expect(same >= (try #require(solution.margin(of: "now"))) - 1e-6 || solution.gainFromMoving == nil)
  }

  @Test("the plan beats today's shares at the same money")
  func comparison() throws {
    var problem = Self.problem(seed: 3)
    problem.limits = []
    problem.moveLimit = nil
    let solution = try problem.solve()
    let proRata = try #require(solution.margin(of: "pro_rata"))
    #expect(solution.expectedMargin >= proRata)
    #expect((solution.next?.worth ?? 0) >= 0)
    #expect(solution.next.map { $0.perRegion.total() <= $0.amount } == true)
  }

  @Test("a region at its move limit says so, with a price; one that may move has the common return")
  func heldBy() throws {
    var items: [BudgetProblem.Item] = []
    for (region, amplitude) in [("rich", 400_000.0), ("a", 60_000), ("b", 60_000)] {
      items.append(
        BudgetProblem.Item(
          region: region, spendType: "ads",
          curve: ResponseCurve(family: .logarithm, amplitude: amplitude, scale: 20_000), now: Money(50_000)))
    }
    var problem = BudgetProblem(items: items, total: Money(150_000))
    problem.valueOfUnspent = 0
    problem.moveLimit = .init(percent: 30)
    let solution = try problem.solve()
    #expect(solution.regions[0].plan == Money(65_000))
    #expect(solution.regions[0].heldBy == "max_move_pct 30")
    #expect(solution.regions[1].heldBy.isEmpty && solution.regions[1].plan == Money(42_500))
    let price = try #require(solution.shadowPrices.first { $0.limit == "max_move_pct 30 (rich)" })
    // 400,000 / 85,000 in the rich region against 60,000 / 62,500 elsewhere.
    #expect(abs(price.price - (400.0 / 85 - 60 / 62.5)) < 1e-9)
    #expect(solution.notSpent == .zero && solution.reasonNotSpent == nil)
  }

  @Test("money that would not earn itself back is not spent, and the reason is told")
  func notSpent() throws {
    var problem = Self.problem(seed: 1)
    problem.moveLimit = nil
    problem.limits = []
    problem.total = Money(50_000_000)
    let solution = try problem.solve()
    #expect(solution.notSpent > .zero)
    #expect(solution.reasonNotSpent?.contains("not spent it is worth 1") == true)
    #expect(solution.lines.allSatisfy { $0.plan == .zero || $0.marginalReturn >= 1 - 1e-6 })
    problem.mustSpendAll = true
    let spent = try problem.solve()
    #expect(spent.notSpent == .zero)
  }

  @Test("floors above the money: the chain names the lines, every repair works")
  func conflict() throws {
    var problem = Self.problem(seed: 2)
    problem.moveLimit = nil
    problem.limits = (0..<4).map {
      .init(.floor, .region("r\($0)"), Money(400_000), at: SourcePlace(file: "plan.yaml", line: 33 + $0))
    }
    problem.total = Money(1_500_000)
    let failure = #expect(throws: BudgetFailure.self) { try problem.solve() }
    guard case .infeasible(let conflict)? = failure else {
      Issue.record("an infeasible budget must say so")
      return
    }
    // 4 · 400,000 against 92 % of 1,500,000. The reserve is not needed for the conflict, but its share is lost to it.
    #expect(conflict.shortfall == Money(220_000))
    let text = conflict.diagnostic.notes.joined(separator: "\n")
    #expect(text.contains("because plan.yaml:33  budget.floors.region sums to 1,600,000"))
    #expect(text.contains("budget.quarter = 1,500,000 with reserve 8 % leaves 1,380,000"))
    #expect(text.contains("so the shortfall is 220,000"))
    #expect(conflict.repairs.count >= 5)
    for repair in conflict.repairs {
      let repaired = try problem.applying(repair).solve()
      #expect(repaired.relativeGap <= 1e-9, "\(repair.text)")
    }
    #expect(conflict.repairs.map(\.lostMargin) == conflict.repairs.map(\.lostMargin).sorted())
  }

  @Test("a move limit against a floor: both are named")
  func moveConflict() throws {
    var problem = Self.problem(seed: 4)
    problem.limits = [.init(.floor, .region("r1"), Money(900_000), at: Self.place)]
    guard let conflict = try problem.conflict() else {
      Issue.record("the floor is out of reach")
      return
    }
    #expect(conflict.clauses.contains { $0.text.hasPrefix("budget.max_move_pct = 30 keeps r1") })
    for repair in conflict.repairs { #expect(try problem.applying(repair).conflict() == nil) }
  }

  @Test("a conflict among some limits tells its own shortfall and that of the whole plan")
  func wholeShortfall() throws {
    var problem = Self.problem(seed: 2)
    problem.moveLimit = nil
    problem.total = Money(1_000_000)
    // Two contradictions: region floors above the budget, and a cap below the floors of its own spend type's lines.
    problem.limits = [
      .init(.floor, .region("r0"), Money(950_000), at: Self.place),
      .init(.floor, .cell(region: "r1", spendType: "s0"), Money(40_000)),
      .init(.cap, .spendType("s0"), Money(10_000)),
    ]
    let conflict = try #require(try problem.conflict())
    #expect(conflict.shortfall <= conflict.wholeShortfall)
    // 950,000 + 40,000 against 920,000, and 40,000 against 10,000: the line's floor gives way once for both.
    #expect(conflict.wholeShortfall == Money(70_000))
    #expect(conflict.repairs.allSatisfy { !$0.changes.isEmpty })
    for repair in conflict.repairs { #expect(try problem.applying(repair).conflict() == nil, "\(repair.text)") }
  }

  @Test("wrong problems are refused with their place")
  func findings() {
    var problem = Self.problem(seed: 5)
    problem.limits.append(.init(.cap, .region("nowhere"), Money(5), at: Self.place))
    problem.reservePercent = 140
    problem.items[0].curve.scale = .nan
    problem.items.append(problem.items[1])
    let codes = problem.findings().map(\.code.id)
    #expect(codes.sorted() == ["A103", "A104", "A105", "A106"])
  }

  @Test("the order of lines does not matter to the cent on curved lines")
  func permutation() throws {
    let problem = Self.problem(seed: 6)
    var reversed = problem
    reversed.items.reverse()
    let (a, b) = try (problem.solve(), reversed.solve())
    #expect(abs(a.objective - b.objective) <= 1e-9 * a.objective)
    for (left, right) in zip(a.lines, b.lines.reversed()) where left.marginalReturn > 0 {
      #expect(abs(left.plan.double - right.plan.double) <= 1, "\(left.region) \(left.spendType)")
    }
  }
}
