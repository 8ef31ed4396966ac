import Optimization
import Probability
import Tables
import Testing

@testable import Allocation

struct TwoStageTests {
  // MARK: The farmer

  /// Birge & Louveaux, Introduction to Stochastic Programming, section 1.1: yields of wheat, corn and beets are 20 %
  /// above, at or 20 % below their means, alike.
  static let farmer: TwoStageProgram = {
    typealias Variable = TwoStageProgram.Variable
    typealias Constraint = TwoStageProgram.Constraint
    let yields = [2.5, 3, 20]
    return TwoStageProgram(
      .maximise,
      first: [
        Variable("wheat", objective: -150), Variable("corn", objective: -230), Variable("beets", objective: -260),
      ], firstConstraints: [Constraint("land", [(0, 1), (1, 1), (2, 1)], atMost: 500)],
      recourse: [
        Variable("wheat_bought", objective: -238), Variable("corn_bought", objective: -210),
        Variable("wheat_sold", objective: 170), Variable("corn_sold", objective: 150),
        Variable("beets_sold", upper: 6000, objective: 36), Variable("beets_sold_cheap", objective: 10),
      ],
      recourseConstraints: [
        Constraint("wheat_needed", [(0, 2.5), (3, 1), (5, -1)], atLeast: 200),
        Constraint("corn_needed", [(1, 3), (4, 1), (6, -1)], atLeast: 240),
        Constraint("beets_grown", [(2, 20), (7, -1), (8, -1)], atLeast: 0),
      ],
      scenarios: [("good", 1.2), ("fair", 1), ("bad", 0.8)].map { name, factor in
        .init(
          name, probability: 1.0 / 3,
          changes: (0..<3).map { .coefficient(constraint: $0, variable: $0, yields[$0] * factor) })
      })
  }()

  @Test func farmerOfTheTextbook() throws {
    let solution = try #require(try Self.farmer.solve().solution)
    // The book prints whole units and two decimals.
    #expect(abs(solution.objective - 108_390) < 0.5)
    #expect(zip(solution.first, [170, 80, 250]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(abs(solution.value.waitAndSee - 115_405.56) < 0.005)
    #expect(abs(solution.value.perfectInformation - 7_015.56) < 0.005)
    #expect(abs(solution.value.expectedMeanPlan - 107_240) < 0.5)
    #expect(abs(solution.value.stochasticSolution - 1_150) < 0.5)
  }

  /// What one more acre is worth is what the answer with one more acre says.
  @Test func pricesOfTheFarmersLand() throws {
    let answer = try Self.farmer.answer(within: AllocationLimits())
    let price = try #require(answer.prices.first)
    #expect(price.limit == "land" && answer.binding == ["land"])
    for (step, slope) in [(1.0, price.right), (-1.0, price.left)] {
      var changed = Self.farmer
      changed.firstConstraints[0].atMost += step
      let there = try #require(try changed.solve().solution).objective
      #expect(abs((there - (answer.objective ?? 0)) / step - slope) < 1e-6 * abs(slope))
    }
  }

  @Test func impossibleProgramsNameTheirConflict() throws {
    var problem = Self.farmer
    problem.firstConstraints[0].atMost = 70
    problem.firstConstraints.append(.init("rotation", [(0, 1)], atLeast: 60))
    problem.firstConstraints.append(.init("feed", [(1, 1)], atLeast: 20))
    let answer = try problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    #expect(answer.conflict?.limits.sorted() == ["feed", "land", "rotation"])
  }

  // MARK: Stock

  static func stock(seed: UInt64, sites count: Int, scenarios: Int) -> TwoStageStockProblem {
    var stream = RandomStream(seed: seed)
    let sites = (0..<count).map { index in
      TwoStageStockProblem.Site(
        "s\(index)", unitCost: stream.uniform(2, 5), shortageCost: stream.uniform(10, 20))
    }
    var lanes: [TwoStageStockProblem.Lane] = []
    for from in 0..<count {
      for to in 0..<count where to != from && stream.uniform() < 0.4 {
        lanes.append(.init(from: from, to: to, cost: stream.uniform(1, 6)))
      }
    }
    return TwoStageStockProblem(
      sites: sites, lanes: lanes,
      scenarios: (0..<scenarios).map { index in
        .init(
          "\(index)", probability: 1 / Double(scenarios),
          demand: (0..<count).map { _ in stream.uniform(0, 40).rounded() })
      }, quantityLimit: 16 * Double(count))
  }

  @Test func valueOfInformationIsInOrder() throws {
    for seed in UInt64(1)...5 {
      let problem = Self.stock(seed: seed, sites: 5, scenarios: 9)
      let solution = try problem.solve()
      let value = try problem.valueOfInformation(solution)
      #expect(solution.isOptimal && solution.bound >= solution.cost * (1 - 1e-9))
      #expect(value.waitAndSee <= solution.cost * (1 + 1e-9))
      #expect(solution.cost <= value.expectedMeanPlan * (1 + 1e-9))
      // With one scenario there is nothing to know.
      var certain = problem
      certain.scenarios = [problem.scenarios[0]]
      certain.scenarios[0].probability = 1
      let known = try certain.valueOfInformation(try certain.solve())
      #expect(known.perfectInformation < 1e-6 * known.waitAndSee && known.stochasticSolution < 1e-6 * known.waitAndSee)
    }
  }

  @Test func pricesOfTheLimitAreSlopesOnEitherSide() throws {
    let problem = Self.stock(seed: 6, sites: 5, scenarios: 7)
    let answer = try problem.answer(within: AllocationLimits())
    let price = try #require(answer.prices.first)
    #expect(price.limit == "quantity_limit" && price.left <= price.right + 1e-9 && price.right < 0)
    for (end, slope) in [(price.to, price.right), (price.from, price.left)] {
      var changed = problem
      changed.quantityLimit = end
      let there = try changed.solve().cost
      #expect(abs((there - (answer.objective ?? 0)) / (end - price.value) - slope) < 1e-6 * abs(slope))
    }
  }

  /// Bought, shipped, left over and short add up in every site's books.
  @Test func outlookBalances() throws {
    var problem = Self.stock(seed: 8, sites: 6, scenarios: 5)
    problem.sites[2].salvageValue = 1
    problem.sites[3].minimum = 30
    problem.sites[4].maximum = 5
    let solution = try problem.solve()
    #expect(solution.stock[3] >= 30 - 1e-9 && solution.stock[4] <= 5 + 1e-9)
    let outlook = problem.outlook(of: solution.stock)
    let mean = (0..<6).map { site in problem.scenarios.reduce(0) { $0 + $1.probability * $1.demand[site] } }
    let met = mean.reduce(0, +) - outlook.shortage.reduce(0, +)
    #expect(abs(solution.stock.reduce(0, +) - outlook.surplus.reduce(0, +) - met) < 1e-9)
    var cost = solution.purchaseCost
    for (site, facts) in problem.sites.enumerated() {
      cost += facts.shortageCost * outlook.shortage[site] - facts.salvageValue * outlook.surplus[site]
    }
    for (lane, facts) in problem.lanes.enumerated() { cost += facts.cost * outlook.shipped[lane] }
    #expect(abs(cost - solution.cost) < 1e-9 * cost)
  }

  /// Each member of the conflict resolves it when it is dropped, and each repair makes the problem feasible.
  @Test func minimumsAboveTheLimitAreExplained() throws {
    var problem = Self.stock(seed: 9, sites: 4, scenarios: 3)
    problem.quantityLimit = 50
    for (site, minimum) in [40.0, 5, 30, 2].enumerated() { problem.sites[site].minimum = minimum }
    let answer = try problem.answer(within: AllocationLimits())
    let conflict = try #require(answer.conflict)
    #expect(answer.status == .infeasible)
    #expect(conflict.limits == ["quantity_limit", "minimum.s0", "minimum.s2"])
    let members = [40.0, 30]
    for dropped in members.indices {
      #expect(members.enumerated().filter { $0.offset != dropped }.reduce(0) { $0 + $1.element } <= 50)
    }
    #expect(conflict.repairs.count == 2)
    for repair in conflict.repairs {
      let cost = try #require(repair.cost)
      #expect(abs(try problem.repaired(repair).solve().cost - cost) < 1e-9 * cost)
    }
  }

  @Test func defectsAreAllReported() {
    var problem = Self.stock(seed: 9, sites: 3, scenarios: 3)
    problem.scenarios[0].probability = 0.5
    problem.scenarios[1].demand = [1]
    problem.sites[0].unitCost = .nan
    problem.lanes.append(.init(from: 0, to: 7, cost: 1))
    #expect(problem.defects.count == 4)
  }
}
