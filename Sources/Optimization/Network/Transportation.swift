/// The cheapest way from places that have to places that need, every pair a possible way:
///
///     minimise   Σ cost_ij · x_ij + Σ keepingCost_i · kept_i + Σ missingCost_j · missing_j
///     subject to Σ over j of x_ij + kept_i = supply_i         for every giver i
///                Σ over i of x_ij + missing_j = demand_j      for every receiver j
///                x, kept, missing ≥ 0
///
/// Units and costs per unit. Whole supplies and demands give whole answers, with whole costs exact ones (below 2⁵³).
/// Something is always feasible; where everything must be sent or met, an infinite cost says so, and the status tells
/// whether it can be.
public struct Transportation: Sendable {
  public var supplies: [Double]
  public var demands: [Double]
  /// Givers × receivers, a giver's row contiguous; infinite where there is no way.
  public var costs: [Double]
  public var keepingCosts: [Double]
  public var missingCosts: [Double]

  public init(
    supplies: [Double], demands: [Double], costs: [Double], keepingCosts: [Double]? = nil, missingCosts: [Double]
  ) {
    self.supplies = supplies
    self.demands = demands
    self.costs = costs
    self.keepingCosts = keepingCosts ?? [Double](repeating: 0, count: supplies.count)
    self.missingCosts = missingCosts
  }

  /// What is out of range; nil where nothing is.
  public var defect: String? {
    let (givers, receivers) = (supplies.count, demands.count)
    if costs.count != givers * receivers || keepingCosts.count != givers || missingCosts.count != receivers {
      return "costs do not fit \(givers) givers and \(receivers) receivers"
    }
    if let index = supplies.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      return "the supply of giver \(index) is not 0 or more"
    }
    if let index = demands.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      return "the demand of receiver \(index) is not 0 or more"
    }
    if costs.contains(where: { $0.isNaN || $0 == -.infinity }) { return "a cost is not a number" }
    if keepingCosts.contains(where: { $0.isNaN || $0 == -.infinity }) { return "a cost of keeping is not a number" }
    if missingCosts.contains(where: { $0.isNaN || $0 == -.infinity }) { return "a cost of missing is not a number" }
    return nil
  }

  /// The weak dual at any values of a unit at the receivers: what each giver's unit can save at best. Nothing costs
  /// less.
  public func bound(at receiverPrices: [Double]) -> Double {
    var sum = ExactSum()
    var prices = receiverPrices
    for (index, missing) in missingCosts.enumerated() {
      prices[index] = min(prices[index], missing)
      sum.add(prices[index], demands[index])
    }
    for giver in supplies.indices where supplies[giver] > 0 {
      var least = keepingCosts[giver]
      let row = giver * demands.count
      for receiver in prices.indices { least = min(least, costs[row + receiver] - prices[receiver]) }
      sum.add(least, supplies[giver])
    }
    return sum.value
  }
}

public struct TransportationSolution: Sendable {
  public struct Shipment: Sendable, Hashable {
    public var giver: Int
    public var receiver: Int
    public var units: Double
  }

  /// Whether everything that had to be sent and met could be.
  public var isFeasible = true
  /// Ordered by giver and receiver.
  public var shipments: [Shipment] = []
  public var kept: [Double] = []
  public var missing: [Double] = []
  /// What a unit less at a giver, and a unit more at a receiver, costs; one of the values where there are several.
  public var giverPrices: [Double] = []
  public var receiverPrices: [Double] = []
  public var objective = 0.0
  /// Nothing costs less. Equal to the objective for whole numbers.
  public var bound = 0.0
  public var pivots = 0
}
