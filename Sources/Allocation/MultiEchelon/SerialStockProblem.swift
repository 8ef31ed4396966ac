public import Tables

/// Base-stock levels of a serial supply chain: every stage supplies the next, the last one serves random demand, and
/// what is short there is back-ordered.
///
/// Sources: Clark & Scarf, "Optimal policies for a multi-echelon inventory problem" (Management Science 6, 1960); Chen &
/// Zheng, "Lower bounds for multi-echelon stochastic inventory systems" (Management Science 40, 1994); Shang & Song,
/// "Newsvendor bounds and heuristic for optimal policies in serial supply chains" (Management Science 49, 2003).
public struct SerialStockProblem: Sendable {
  public struct Stage: Sendable {
    public var name: String
    /// Periods from an order of the stage, where its supplier has stock, to its arrival; zero or more.
    public var leadTime: Double
    /// Added by the stage to the holding cost of a unit and period; zero or more. The cost of holding a unit at the
    /// stage is the sum of those of all stages up to it.
    public var echelonHoldingCost: Double
    public var place: SourcePlace?

    public init(_ name: String, leadTime: Double, echelonHoldingCost: Double, at place: SourcePlace? = nil) {
      self.name = name
      self.leadTime = leadTime
      self.echelonHoldingCost = echelonHoldingCost
      self.place = place
    }
  }

  /// Demand of a period at the last stage; periods are independent.
  public enum Demand: Sendable, Hashable {
    case normal(mean: Double, deviation: Double)
    /// Levels are then whole.
    case poisson(mean: Double)

    var mean: Double {
      switch self {
      case .normal(let mean, _), .poisson(let mean): mean
      }
    }
  }

  /// A coarse grid, for comparison with published values that were computed on one: see `SerialGrid`.
  public struct Grid: Sendable, Hashable {
    public var levels: Int
    public var demands: Int

    public init(levels: Int, demands: Int) {
      self.levels = levels
      self.demands = demands
    }
  }

  /// From the source to the customer.
  public var stages: [Stage]
  /// Of a unit back-ordered for a period.
  public var stockoutCost: Double
  public var demand: Demand
  /// Nil for exact levels.
  public var grid: Grid?
  public var place: SourcePlace?

  public init(stages: [Stage], stockoutCost: Double, demand: Demand, grid: Grid? = nil) {
    self.stages = stages
    self.stockoutCost = stockoutCost
    self.demand = demand
    self.grid = grid
  }

  /// Everything that is wrong with the problem.
  public var defects: [Diagnostic] {
    var found: [Diagnostic] = []
    func report(_ message: String, _ place: SourcePlace?, hint: String? = nil) {
      found.append(Diagnostic(MultiEchelonCodes.improperStage, message, at: place, hint: hint))
    }
    if stages.isEmpty { report("there are no stages", place) }
    for stage in stages {
      if !(stage.leadTime >= 0 && stage.leadTime < 1e6) {
        report("the lead time of stage \(stage.name) is \(stage.leadTime)", stage.place)
      }
      if !(stage.echelonHoldingCost >= 0 && stage.echelonHoldingCost < 1e12) {
        report(
          "the echelon holding cost of stage \(stage.name) is \(stage.echelonHoldingCost)", stage.place,
          hint: "a unit costs no less to hold further down the chain")
      }
    }
    if !(stockoutCost > 0 && stockoutCost < 1e15) { report("the stockout cost \(stockoutCost) is not positive", place) }
    if !(stages.contains { $0.echelonHoldingCost > 0 }) {
      report("holding stock costs nothing, so that no level is best", place)
    }
    switch demand {
    case .normal(let mean, let deviation):
      if !(mean >= 0 && mean < 1e12 && deviation >= 0 && deviation < 1e12) {
        report("normal demand needs a mean and a deviation of zero or more", place)
      }
    case .poisson(let mean):
      let total = mean * stages.reduce(0) { $0 + $1.leadTime }
      if !(mean >= 0 && total <= 200_000) {
        report(
          "Poisson demand of \(mean) a period is negative or too large to count", place,
          hint: "for large demands a normal distribution with the same mean and variance says the same")
      }
    }
    if let grid, grid.levels < 2 || grid.demands < 1 || grid.levels > 20_000 || grid.demands > 20_000 {
      report("a grid has 2 to 20,000 levels and 1 to 20,000 demands", place)
    }
    return found
  }
}
