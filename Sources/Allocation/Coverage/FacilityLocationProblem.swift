public import Optimization
public import Tables

/// Which sites to open, and who is served from where:
///
///     minimise   Σᵢ fixedᵢ · openᵢ + Σⱼ Σᵢ cost_ji · share_ji
///     subject to Σᵢ share_ji = 1                            for every demand j
///                Σⱼ amountⱼ · share_ji ≤ capacityᵢ · openᵢ   for every site i with a capacity
///                at_least ≤ Σᵢ openᵢ ≤ at_most, some sites locked or forbidden, at most one of each exclusive set
///
/// Amounts and capacities in any one unit, costs in money. Without capacities every demand goes to its cheapest open
/// site; with them it may be split, unless each must have one site (`isSingleSource`).
public struct FacilityLocationProblem: AllocationProblem {
  public struct Site: Sendable {
    public var name: String
    /// What it costs to open.
    public var fixedCost: Double
    /// Infinite for none.
    public var capacity: Double
    public var choice: SiteChoice
    public var place: SourcePlace?

    public init(
      _ name: String, fixedCost: Double = 0, capacity: Double = .infinity, choice: SiteChoice = .free,
      at place: SourcePlace? = nil
    ) {
      self.name = name
      self.fixedCost = fixedCost
      self.capacity = capacity
      self.choice = choice
      self.place = place
    }
  }

  public struct Demand: Sendable {
    public var name: String
    public var amount: Double
    public var place: SourcePlace?

    public init(_ name: String, amount: Double = 1, at place: SourcePlace? = nil) {
      self.name = name
      self.amount = amount
      self.place = place
    }
  }

  public var sites: [Site]
  public var demands: [Demand]
  /// Demand-major: the cost of serving all of a demand from a site; infinite where that is not possible.
  public var costs: [Double]
  /// Demand-major, in any unit; empty where distances do not matter.
  public var distances: [Double]
  /// No demand is served from further away.
  public var maximumDistance: Double
  public var maximumDistancePlace: SourcePlace?
  public var isSingleSource: Bool
  public var openAtLeast: Int
  public var openAtMost: Int
  public var openPlace: SourcePlace?
  /// Sets of sites of which at most one opens.
  public var exclusive: [[Int]]

  public init(
    sites: [Site], demands: [Demand], costs: [Double], distances: [Double] = [], maximumDistance: Double = .infinity,
    isSingleSource: Bool = false, openAtLeast: Int = 0, openAtMost: Int? = nil, exclusive: [[Int]] = []
  ) {
    self.sites = sites
    self.demands = demands
    self.costs = costs
    self.distances = distances
    self.maximumDistance = maximumDistance
    self.isSingleSource = isSingleSource
    self.openAtLeast = openAtLeast
    self.openAtMost = openAtMost ?? sites.count
    self.exclusive = exclusive
  }

  /// Which sites open and who is served from where.
  public struct Solution: Sendable {
    public var status: SolveStatus
    public var objective: Double
    public var bound: Double
    public var isOpen: [Bool]
    /// Demand-major.
    public var share: [Double]
    public var nodes: Int
  }

  /// What is wrong with the problem itself.
  var defects: [Diagnostic] {
    var found: [Diagnostic] = []
    func add(_ text: String, _ place: SourcePlace?) {
      found.append(Diagnostic(AllocationCodes.improperValue, .error, text, at: place))
    }
    if sites.isEmpty || demands.isEmpty {
      add(sites.isEmpty ? "there is no site" : "there is nobody to serve", nil)
    }
    for site in sites where !site.fixedCost.isFinite || !(site.capacity >= 0) {
      add("the fixed cost or the capacity of site `\(site.name)` is out of range", site.place)
    }
    for demand in demands where !(demand.amount >= 0) || !demand.amount.isFinite {
      add("the amount of `\(demand.name)` is out of range", demand.place)
    }
    if costs.count != sites.count * demands.count || costs.contains(where: { $0.isNaN || $0 == -.infinity }) {
      add("a cost is missing or no number", nil)
    }
    if !distances.isEmpty, distances.count != costs.count || distances.contains(where: \.isNaN) {
      add("a distance is missing or no number", nil)
    }
    if openAtLeast > min(openAtMost, sites.count) || openAtMost < 0 || openAtLeast < 0 {
      add("\(openAtLeast) to \(openAtMost) of \(sites.count) sites cannot be open", openPlace)
    }
    return found
  }

  var hasCapacities: Bool { sites.contains { $0.capacity.isFinite } }

  /// Costs, infinite beyond the maximum distance.
  var reachableCosts: [Double] {
    guard maximumDistance.isFinite, distances.count == costs.count else { return costs }
    return costs.indices.map { distances[$0] <= maximumDistance ? costs[$0] : .infinity }
  }

  /// Solves the problem by the method that fits it.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> Solution {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    let bounds = LocationLimits(relativeGap: limits.relativeGap, nodes: limits.nodes, seconds: limits.seconds)
    let count = openAtLeast...min(openAtMost, sites.count)
    let (fixed, choice, costs) = (sites.map(\.fixedCost), sites.map(\.choice), reachableCosts)
    if !hasCapacities && exclusive.isEmpty {
      let problem = UncapacitatedLocation(fixedCosts: fixed, costs: costs, openCount: count, choice: choice)
      let found = problem.solve(bounds)
      var share = [Double](repeating: 0, count: found.site.isEmpty ? 0 : costs.count)
      for (demand, site) in found.site.enumerated() where site >= 0 { share[demand * sites.count + site] = 1 }
      return Solution(
        status: found.status, objective: found.objective, bound: found.bound, isOpen: found.isOpen, share: share,
        nodes: found.nodes)
    }
    let total = demands.reduce(0) { $0 + $1.amount }
    let problem = CapacitatedLocation(
      fixedCosts: fixed, capacities: sites.map { min($0.capacity, max(1, total)) }, costs: costs,
      demands: demands.map(\.amount), isSplittable: !isSingleSource, openCount: count, choice: choice)
    do throws(SolverError) {
      let found =
        exclusive.isEmpty ? try problem.solve(bounds) : try problem.solve(bounds, exclusive: exclusive)
      return Solution(
        status: found.status, objective: found.objective, bound: found.bound, isOpen: found.isOpen,
        share: found.share, nodes: found.nodes)
    } catch { throw .failed(error.description) }
  }
}
