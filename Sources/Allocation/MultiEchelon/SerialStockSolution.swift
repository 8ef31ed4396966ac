import Probability
import Tables

/// Base-stock levels of a serial system, from the source to the customer.
public struct SerialStockSolution: Sendable {
  public struct Stage: Sendable, Hashable {
    public var name: String
    /// Stock on hand and on the way, at the stage and below it, less what is back-ordered, is brought up to this.
    public var echelonLevel: Double
    /// The same for the stage alone.
    public var localLevel: Double
    /// Newsvendor bounds of the echelon level, and their mean, a good level by itself (Shang & Song, 2003).
    public var lowerBound: Double
    public var upperBound: Double
    public var heuristicLevel: Double
  }

  public var stages: [Stage]
  /// Expected cost of a period: holding, also on the way, and back-orders.
  public var cost: Double
  /// The cost of the heuristic levels.
  public var heuristicCost: Double
}

extension SerialStockProblem {
  /// - Throws: `invalid` with every defect.
  public func solve() throws(AllocationProblemError) -> SerialStockSolution {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    let recursion = SerialRecursion(self)
    let bounds = newsvendorBounds()
    // Heuristic levels of counts are rounded to whole ones.
    let heuristic = bounds.map { bound -> Double in
      let mean = (bound.lower + bound.upper) / 2
      if case .poisson = demand { return mean.rounded() }
      return mean
    }
    let result: SerialRecursion.Result
    let heuristicCost: Double
    switch demand {
    case .poisson(let mean):
      result = recursion.poisson(mean: mean)
      heuristicCost = recursion.poisson(mean: mean, levels: heuristic).cost
    case .normal(let mean, let deviation):
      if let grid {
        result = recursion.grid(grid, mean: mean, deviation: deviation)
      } else {
        result = recursion.normal(mean: mean, deviation: deviation)
      }
      heuristicCost = recursion.normal(mean: mean, deviation: deviation, levels: heuristic).cost
    }
    let local = Self.localLevels(result.levels)
    let rows = stages.indices.map { index in
      let fromCustomer = stages.count - 1 - index
      return SerialStockSolution.Stage(
        name: stages[index].name, echelonLevel: result.levels[fromCustomer], localLevel: local[fromCustomer],
        lowerBound: bounds[fromCustomer].lower, upperBound: bounds[fromCustomer].upper,
        heuristicLevel: heuristic[fromCustomer])
    }
    return SerialStockSolution(stages: rows, cost: result.cost, heuristicCost: heuristicCost)
  }

  /// From the customer up: an echelon level above a later one is never reached, and counts as that.
  static func localLevels(_ echelon: [Double]) -> [Double] {
    var reached = echelon
    for index in reached.indices.reversed().dropFirst() { reached[index] = min(reached[index], reached[index + 1]) }
    return reached.indices.map { $0 == 0 ? reached[0] : reached[$0] - reached[$0 - 1] }
  }

  /// From the customer up: F⁻¹((p + Σ above) / (p + Σ from some stage on)) of demand over the lead times up to a stage,
  /// where all stages up to it cost as much as the cheapest and as the dearest of them together.
  func newsvendorBounds() -> [(lower: Double, upper: Double)] {
    let holding = stages.reversed().map(\.echelonHoldingCost)
    let total = holding.reduce(0, +)
    var (leadTime, below) = (0.0, 0.0)
    return zip(stages.reversed(), holding).map { stage, rate in
      leadTime += stage.leadTime
      let above = total - below - rate
      below += rate
      return (
        quantile((stockoutCost + above) / (stockoutCost + total), leadTime),
        quantile((stockoutCost + above) / (stockoutCost + above + rate), leadTime)
      )
    }
  }

  private func quantile(_ probability: Double, _ leadTime: Double) -> Double {
    switch demand {
    case .normal(let mean, let deviation):
      let spread = deviation * leadTime.squareRoot()
      guard spread > 0 else { return mean * leadTime }
      // A stage that adds no cost may hold as much as it likes: the bound is far out, but finite.
      return Normal(mean: mean * leadTime, standardDeviation: spread).quantile(min(probability, 1 - 1e-15))
    case .poisson(let mean):
      let (first, masses) = SerialRecursion.masses(mean * leadTime)
      var sum = 0.0
      for (offset, mass) in masses.enumerated() {
        sum += mass
        if sum >= min(probability, 1 - 1e-15) { return Double(first + offset) }
      }
      return Double(first + masses.count - 1)
    }
  }
}

extension SerialStockProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    let rows = solution.stages.map { stage in
      JSONValue.object([
        .init("stage", .string(stage.name)), .init("echelonLevel", .number(stage.echelonLevel)),
        .init("localLevel", .number(stage.localLevel)), .init("lowerBound", .number(stage.lowerBound)),
        .init("upperBound", .number(stage.upperBound)), .init("heuristicLevel", .number(stage.heuristicLevel)),
      ])
    }
    return AllocationAnswer(
      .optimal, .minimise, objective: solution.cost, bound: solution.cost,
      solution: .object([.init("stages", .array(rows)), .init("heuristicCost", .number(solution.heuristicCost))]))
  }
}
