import ChannelTypes
import Optimization
import Probability
import Tables
import Testing

@testable import Allocation

@Suite("Budget features")
struct BudgetFeatureTests {
  static func line(
    _ name: String, region: String = "", type: String = "", _ curve: ResponseCurve, now: Int = 0
  ) -> BudgetProblem.Item {
    var item = BudgetProblem.Item(region: region, spendType: type, curve: curve, now: Money(now))
    item.label = name
    return item
  }

  static func problem(_ items: [BudgetProblem.Item], total: Int) -> BudgetProblem {
    var problem = BudgetProblem(items: items, total: Money(total))
    problem.valueOfUnspent = 0
    problem.step = Money(1)
    problem.nextAmount = .zero
    return problem
  }

  static func log(_ amplitude: Double, _ scale: Double) -> ResponseCurve {
    ResponseCurve(family: .logarithm, amplitude: amplitude, scale: scale)
  }
  static func steep(_ amplitude: Double, _ scale: Double, _ slope: Double = 3) -> ResponseCurve {
    ResponseCurve(family: .hill, amplitude: amplitude, scale: scale, shape: slope)
  }

  /// The best whole amounts of up to three lines, by looking at all of them.
  static func best(total: Int, _ objective: ([Double]) -> Double?) -> Double {
    var best = -Double.infinity
    for a in 0...total {
      for b in 0...(total - a) {
        for c in 0...(total - a - b) {
          if let value = objective([Double(a), Double(b), Double(c)]) { best = max(best, value) }
        }
      }
    }
    return best
  }

  private static func value(_ problem: BudgetProblem, _ amounts: [Double]) -> Double {
    BudgetFormulation(problem).objective(of: amounts, reserve: 0)
  }

  @Test("a minimum or nothing, and whole steps: as good as all whole amounts")
  func minimumAndSteps() throws {
    var items = [Self.line("a", Self.log(10, 8)), Self.line("b", Self.log(9, 5)), Self.line("c", Self.log(12, 6))]
    items[0].minimumOrZero = Money(15)
    items[2].step = Money(4)
    let problem = Self.problem(items, total: 30)
    let solution = try problem.solve()
    let grid = Self.best(total: 30) { amounts in
      (amounts[0] == 0 || amounts[0] >= 15) && Int(amounts[2]) % 4 == 0 ? Self.value(problem, amounts) : nil
    }
    // The curves cross whole amounts at a slope of about 1: the plan is the best of them.
    #expect(abs(solution.objective - grid) < 1e-9)
    #expect(solution.bound >= grid - 1e-9 && solution.relativeGap < 0.01)
    #expect(solution.lines[0].plan == .zero || solution.lines[0].plan >= Money(15))
    #expect(solution.lines[2].plan.tenThousandths % 40_000 == 0)
  }

  @Test("unit prices that fall or rise with quantity: as good as all whole amounts")
  func tiers() throws {
    var items = [Self.line("a", Self.log(10, 8)), Self.line("b", Self.log(9, 5)), Self.line("c", Self.log(4, 3))]
    items[0].tiers = [.init(from: 0, price: 1), .init(from: 8, price: 0.5)]
    items[1].tiers = [.init(from: 0, price: 0.5), .init(from: 10, price: 2)]
    let problem = Self.problem(items, total: 30)
    let solution = try problem.solve()
    let grid = Self.best(total: 30) { Self.value(problem, $0) }
    #expect(solution.objective >= grid - 1e-9)
    #expect(solution.relativeGap < 1e-2)
    #expect(abs(BudgetFormulation(problem).units(of: 0, 10) - 12) < 1e-12)
    #expect(abs(BudgetFormulation(problem).units(of: 1, 7) - 11) < 1e-12)
  }

  @Test("carry-over: money of an early period works in later ones, as good as all whole amounts")
  func carryOver() throws {
    var items = (1...3).map { Self.line("p\($0)", region: "r", type: "ads", Self.log(10, 6)) }
    for index in items.indices { items[index].period = "2026-0\(index + 1)" }
    var problem = Self.problem(items, total: 30)
    problem.carryOver = 0.5
    let solution = try problem.solve()
    let grid = Self.best(total: 30) { Self.value(problem, $0) }
    #expect(abs(solution.objective - grid) < 1e-9)
    #expect(solution.lines[0].plan > solution.lines[2].plan)
    // 10 log(1 + x/6) of 4, 2 + 3 and 1 + 1.5 + 3.
    let effective = BudgetFormulation(problem).effective([4, 3, 3])
    #expect(zip(effective, [4, 5, 5.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("a reserve with its own value takes money until both earn the same")
  func reserveItem() throws {
    var problem = Self.problem([Self.line("a", Self.log(40, 10)), Self.line("b", Self.log(20, 10))], total: 100)
    problem.step = Money(tenThousandths: 100)
    problem.reserveItem = .init(curve: Self.log(20, 10), floor: Money(5))
    let solution = try problem.solve()
    // λ = (40 + 20 + 20) / 130.
    #expect(solution.lines.map(\.plan) == [Money(55), Money("22.5")!])
    #expect(solution.reserve == Money("22.5")!)
    #expect(solution.spent + solution.reserve + solution.notSpent == Money(100))
  }

  @Test("shares of the budget and of another scope hold to the cent")
  func shares() throws {
    var items: [BudgetProblem.Item] = []
    for region in ["east", "west"] {
      for type in ["ads", "fair"] {
        let height = region == "east" ? 90.0 : 20
        items.append(
          Self.line("\(region).\(type)", region: region, type: type, Self.log(type == "ads" ? height * 3 : height, 20)))
      }
    }
    var problem = Self.problem(items, total: 1000)
    problem.step = Money(tenThousandths: 100)
    problem.limits = [
      .init(.floor, .region("west"), BudgetProblem.Share(percent: 40)),
      .init(.floor, .cell(region: "east", spendType: "fair"), BudgetProblem.Share(percent: 35, of: .region("east"))),
    ]
    let solution = try problem.solve()
    let plan = solution.lines.map(\.plan.double)
    #expect(plan[2] + plan[3] >= 400)
    #expect(plan[1] >= 0.35 * (plan[0] + plan[1]) - 1e-9)
    #expect(plan.reduce(0, +) == 1000)
    #expect(solution.relativeGap < 1e-7)
    let names = Set(solution.shadowPrices.map(\.limit))
    #expect(names.contains("shares.region.west.at_least") && names.contains("shares.cell.east.fair.at_least"))
    // A point more for the west costs what its price says: value is in percent.
    let price = try #require(solution.shadowPrices.first { $0.limit == "shares.region.west.at_least" })
    var more = problem
    more.limits[0].share?.percent = 40.1
    #expect(abs((try more.solve().objective - solution.objective) / 0.1 - price.price) < 0.01 * abs(price.price))
  }

  @Test("shares that cannot be met are explained, and their repairs work")
  func shareConflict() throws {
    var problem = Self.problem(
      [Self.line("a", region: "east", Self.log(1, 1)), Self.line("b", region: "west", Self.log(1, 1))], total: 100)
    problem.limits = [
      .init(.floor, .region("east"), BudgetProblem.Share(percent: 70)), .init(.floor, .region("west"), Money(50)),
    ]
    let conflict = try #require(try problem.conflict())
    #expect(conflict.limits.sorted() == ["floors.region.west", "quarter", "shares.region.east.at_least"])
    #expect(conflict.repairs.count >= 2)
    for repair in conflict.repairs { #expect(try problem.applying(repair).conflict() == nil, "\(repair.text)") }
  }

  @Test("a stability penalty holds lines where they are until moving pays more")
  func stability() throws {
    var problem = Self.problem(
      [Self.line("a", Self.log(20, 10), now: 50), Self.line("b", Self.log(22, 10), now: 50)], total: 100)
    let free = try problem.solve()
    #expect(free.lines[0].plan < Money(50))
    // Slopes differ by 2/60 at the present amounts; both sides of a move are charged.
    problem.stabilityPenalty = 0.02
    #expect(try problem.solve().lines.map(\.plan) == [Money(50), Money(50)])
    problem.stabilityPenalty = 0.01
    let some = try problem.solve().lines[0].plan
    #expect(some < Money(50) && some > free.lines[0].plan)
  }

  @Test("the worst outcomes count as much as the plan says")
  func risk() throws {
    var problem = Self.problem(
      [Self.line("bold", Self.log(30, 20), now: 50), Self.line("safe", Self.log(22, 20), now: 50)], total: 100)
    problem.draws = .init(factors: (0..<100).flatMap { draw -> [Double] in [draw < 25 ? 0.2 : 1.3, 1] }, count: 100)
    var tails: [Double] = []
    var means: [Double] = []
    for weight in [0, 0.5, 1.0] {
      problem.risk = .init(level: 0.8, weight: weight)
      let solution = try problem.solve()
      let figures = try #require(solution.risk)
      tails.append(figures.tailMean)
      means.append(figures.mean)
      #expect(solution.relativeGap < 1e-3)
      #expect(abs((1 - weight) * figures.mean + weight * figures.tailMean - solution.objective) < 1e-9)
      #expect((0...1).contains(figures.chanceBetterThanNow))
    }
    #expect(tails == tails.sorted() && tails[2] > tails[0] + 0.5)
    #expect(means == means.sorted(by: >))
  }

  @Test("draws of the curves have the mean and the spread asked for")
  func draws() {
    let draws = BudgetProblem.Draws.logNormal(errors: [0, 0.5], correlation: 0.3, count: 20_000, seed: 3)
    let second = (0..<draws.count).map { draws.factors[2 * $0 + 1] }
    let mean = second.reduce(0, +) / Double(draws.count)
    let deviation = (second.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws.count)).squareRoot()
    #expect((0..<draws.count).allSatisfy { draws.factors[2 * $0] == 1 })
    // Four standard errors of 20,000 draws.
    #expect(abs(mean - 1) < 0.015 && abs(deviation - 0.5) < 0.04)
  }

  @Test("more money earns more, ever more slowly, at the price that the frontier tells")
  func frontier() throws {
    var problem = BudgetTests.problem(seed: 8, regions: 4, spendTypes: 3)
    problem.moveLimit = nil
    problem.limits = []
    problem.valueOfUnspent = 0
    problem.reservePercent = 0
    problem.frontier = .init(from: 40, to: 160, points: 7)
    let points = try problem.solve().frontier
    #expect(points.count == 7)
    for (point, next) in zip(points, points.dropFirst()) {
      let slope = (next.objective - point.objective) / (next.total - point.total).double
      #expect(slope <= point.price + 1e-9 && slope >= next.price - 1e-9)
      #expect(next.objective >= point.objective)
    }
    #expect(points.allSatisfy { $0.bound - $0.objective <= 1e-9 * $0.objective })
  }

  @Test("money set aside for another use is part of the budgets that a frontier and its prices tell of")
  func frontierOfTheWhole() throws {
    var problem = BudgetTests.problem(seed: 8, regions: 4, spendTypes: 3)
    problem.moveLimit = nil
    problem.limits = []
    problem.valueOfUnspent = 0
    problem.reservePercent = 8
    let whole = problem.total
    let aside = Money(tenThousandths: whole.tenThousandths / 20)
    var taken = problem
    taken.take(aside)
    #expect(taken.whole == whole && taken.total == whole - aside)
    #expect(abs((taken.reserve - problem.reserve).double) < 0.02)
    taken.frontier = .init(from: 40, to: 160, points: 7)
    let points = try taken.solve().frontier
    for (index, point) in points.enumerated() {
      #expect(abs(point.total.double - whole.double * (0.4 + 0.2 * Double(index))) < 0.02)
      // As a plan of that budget would be, with the same money set aside.
      var own = problem
      own.total = point.total
      own.take(aside)
      let solution = try own.solve()
      #expect(abs(solution.objective - point.objective) <= 1e-6 * point.objective)
    }
    for (point, next) in zip(points, points.dropFirst()) {
      let slope = (next.objective - point.objective) / (next.total - point.total).double
      #expect(slope <= point.price * (1 + 1e-6) && slope >= next.price * (1 - 1e-6))
    }
  }

  @Test("at the same money no simpler split is better")
  func comparisons() throws {
    var items = (0..<4).map { Self.line("l\($0)", region: "r\($0)", Self.log(10 + 5 * Double($0), 20), now: 25) }
    for index in items.indices { items[index].request = Money(100 - 20 * index) }
    let solution = try Self.problem(items, total: 120).solve()
    for name in ["pro_rata", "requests", "equal"] {
      let row = try #require(solution.comparisons.first { $0.allocation == name })
      #expect(row.total == solution.spent)
      #expect(row.expectedMargin < solution.expectedMargin)
    }
  }

  @Test("tilt: a weight on a region moves money there, at a price in margin")
  func weight() throws {
    var problem = Self.problem(
      [Self.line("a", region: "new", Self.log(20, 10)), Self.line("b", region: "old", Self.log(20, 10))], total: 100)
    let plain = try problem.solve()
    problem.items[0].weight = 1.5
    let tilted = try problem.solve()
    #expect(tilted.lines[0].plan > plain.lines[0].plan)
    #expect(tilted.expectedMargin < plain.expectedMargin)
  }

  @Test("S-curves in nested regions: prices and search agree with lines and branching", arguments: 0..<6)
  func routesAgree(seed: Int) throws {
    var stream = RandomStream(seed: 31, key: UInt64(seed))
    var items: [BudgetProblem.Item] = []
    for index in 0..<8 {
      let curve =
        index % 3 == 0
        ? Self.log(stream.uniform(20, 60), stream.uniform(5, 20))
        : Self.steep(stream.uniform(50, 150), stream.uniform(10, 40), stream.uniform(1.5, 4))
      items.append(Self.line("l\(index)", region: "r\(index / 3)", curve, now: 10))
    }
    items[4].minimumOrZero = Money(12)
    var problem = Self.problem(items, total: 100)
    problem.limits = [
      .init(.cap, .region("r0"), Money(45)), .init(.floor, .region("r1"), Money(20)),
      .init(.cap, .line("l7"), Money(30)),
    ]
    problem.step = Money(tenThousandths: 100)
    let solution = try problem.solve()
    let curved = try BudgetCurved(BudgetFormulation(problem)).optimum(HiGHSSolver())
    #expect(abs(solution.objective - curved.objective) <= 1e-5 * curved.objective)
    #expect(solution.bound >= curved.objective - 1e-9 * curved.objective)
    #expect(solution.relativeGap < 1e-5)
    #expect(solution.spent <= Money(100))
    #expect(solution.lines[4].plan == .zero || solution.lines[4].plan >= Money(12))
  }

  @Test("coarse whole steps are searched, not rounded")
  func staffDays() throws {
    // Days of staff: 7 to place, ever smaller gains; greedy by the next day's gain is optimal.
    let items = [(30.0, 2.0), (24, 3), (20, 1)].enumerated().map { Self.line("r\($0)", Self.log($1.0, $1.1)) }
    let problem = Self.problem(items, total: 7)
    let solution = try problem.solve()
    var days = [0.0, 0, 0]
    for _ in 0..<7 {
      let gains = items.indices.map { items[$0].curve.value(at: days[$0] + 1) - items[$0].curve.value(at: days[$0]) }
      days[gains.indices.max { gains[$0] < gains[$1] }!] += 1
    }
    #expect(solution.lines.map(\.plan.double) == days)
    #expect(solution.relativeGap < 1e-6)
  }
}
