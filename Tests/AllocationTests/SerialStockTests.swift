import Testing

@testable import Allocation

/// Serial systems of Shang & Song (2003), table 1, and of Snyder & Shen, Fundamentals of Supply Chain Theory (2nd
/// edition, 2019), chapter 6.
struct SerialStockTests {
  static func poisson(_ holding: [Double], stockout: Double) -> SerialStockProblem {
    SerialStockProblem(
      stages: holding.enumerated().map { .init("\(4 - $0.offset)", leadTime: 0.25, echelonHoldingCost: $0.element) },
      stockoutCost: stockout, demand: .poisson(mean: 16))
  }

  /// From the source to the customer: the example has holding costs 2, 4 and 7 at the stages.
  static let example = SerialStockProblem(
    stages: [
      .init("3", leadTime: 2, echelonHoldingCost: 2), .init("2", leadTime: 1, echelonHoldingCost: 2),
      .init("1", leadTime: 1, echelonHoldingCost: 3),
    ], stockoutCost: 37.12, demand: .normal(mean: 5, deviation: 1))

  static let twoStages = SerialStockProblem(
    stages: [.init("2", leadTime: 1, echelonHoldingCost: 1), .init("1", leadTime: 1, echelonHoldingCost: 1)],
    stockoutCost: 15, demand: .normal(mean: 100, deviation: 15))

  /// Costs as stockpyl records them, to three digits; levels as in the paper.
  @Test(arguments: [
    ([0.25, 0.25, 0.25, 0.25], 9.0, 12.688, [22.0, 18, 13, 8]),
    ([0.25, 2.5, 2.5, 0.25], 9, 53.008, [19, 13, 10, 9]),
    ([0.25, 0.25, 0.25, 0.25], 99, 16.206, [27, 22, 17, 11]),
    ([0.25, 2.5, 2.5, 0.25], 99, 74.564, [26, 18, 14, 11]),
  ]) func systemsOfShangAndSong(holding: [Double], stockout: Double, cost: Double, levels: [Double]) throws {
    let solution = try Self.poisson(holding, stockout: stockout).solve()
    #expect(abs(solution.cost - cost) < 5e-4)
    #expect(solution.stages.map(\.echelonLevel) == levels)
    for stage in solution.stages {
      #expect(stage.lowerBound <= stage.echelonLevel && stage.echelonLevel <= stage.upperBound)
    }
    #expect(solution.heuristicCost >= solution.cost && solution.heuristicCost < 1.03 * solution.cost)
  }

  /// The textbook prints S* = (6.49, 12.02, 22.71) and the cost 47.65, the latter from a discretisation; quadrature of
  /// splines over 6,001 points gives 47.66014957 and, for two stages, 166.2506272.
  @Test func exampleOfTheTextbook() throws {
    let solution = try Self.example.solve()
    #expect(abs(solution.cost - 47.66014957) < 2e-6)
    #expect(abs(try Self.twoStages.solve().cost - 166.2506272) < 2e-5)
    #expect(abs(solution.cost - 47.65) < 0.011)
    #expect(zip(solution.stages, [22.71, 12.02, 6.49]).allSatisfy { abs($0.echelonLevel - $1) < 0.01 })
    let heuristic = [22.634032391786285, 12.027434723327854, 6.490880975286938]
    #expect(zip(solution.stages, heuristic).allSatisfy { abs($0.heuristicLevel - $1) < 1e-9 })
    #expect(solution.heuristicCost > solution.cost && solution.heuristicCost < 1.001 * solution.cost)
    #expect(abs(solution.stages.reduce(0) { $0 + $1.localLevel } - solution.stages[0].echelonLevel) < 1e-9)
  }

  /// Values that stockpyl's tests assert for a grid of 100 levels and 10 demands.
  @Test func publishedValuesOnACoarseGrid() throws {
    var problem = Self.example
    problem.grid = .init(levels: 100, demands: 10)
    var solution = try problem.solve()
    #expect(abs(solution.cost - 47.77466134840843) < 1e-5)
    let levels = [22.790562824553184, 11.99662958019757, 6.599662958019763]
    #expect(zip(solution.stages, levels).allSatisfy { abs($0.echelonLevel - $1) < 1e-5 })
    problem = Self.twoStages
    problem.grid = .init(levels: 100, demands: 10)
    solution = try problem.solve()
    #expect(abs(solution.cost - 170.28476581233167) < 1e-5)
  }

  /// One stage is a newsvendor over its lead time: S = μ + zσ, cost (h + p) φ(z) σ.
  @Test func oneStageIsANewsvendor() throws {
    let problem = SerialStockProblem(
      stages: [.init("only", leadTime: 4, echelonHoldingCost: 0.18)], stockoutCost: 0.7,
      demand: .normal(mean: 50, deviation: 8))
    let solution = try problem.solve()
    // Snyder & Shen, example 4.4.
    #expect(abs(solution.stages[0].echelonLevel - (200 + 8 * 2 * 0.8255)) < 0.01)
    #expect(abs(solution.cost - 3.9952103863) < 1e-6)
  }

  /// Normal and Poisson demand of the same large mean and variance agree to a fraction of a per cent.
  @Test func largeCountsAreNearlyNormal() throws {
    var problem = Self.example
    problem.demand = .poisson(mean: 100)
    let counts = try problem.solve()
    problem.demand = .normal(mean: 100, deviation: 10)
    let normal = try problem.solve()
    #expect(abs(counts.cost / normal.cost - 1) < 5e-3)
    for (left, right) in zip(counts.stages, normal.stages) { #expect(abs(left.echelonLevel - right.echelonLevel) < 2) }
  }

  @Test func lagsMayBeZeroAndDemandCertain() throws {
    var problem = Self.twoStages
    problem.stages[0].leadTime = 0
    problem.stages[1].leadTime = 0
    let nothing = try problem.solve()
    #expect(nothing.cost == 0 && nothing.stages.allSatisfy { $0.echelonLevel == 0 })
    problem = Self.twoStages
    problem.stages[0].leadTime = 0
    let short = try problem.solve()
    let long = try Self.twoStages.solve()
    #expect(short.cost > 0 && short.cost < long.cost)
    problem = Self.twoStages
    problem.demand = .normal(mean: 100, deviation: 0)
    let certain = try problem.solve()
    #expect(certain.stages.map(\.echelonLevel) == [200, 100])
    #expect(abs(certain.cost - 100) < 1e-9)
  }

  @Test func defectsAreAllReported() {
    var problem = Self.example
    problem.stockoutCost = 0
    problem.stages[0].leadTime = -1
    problem.stages[1].echelonHoldingCost = .nan
    #expect(problem.defects.count == 3)
  }
}
