/// Location with capacities; every demand is served by one site (single source) or split among several:
///
///     minimise   Σᵢ fᵢ yᵢ + Σᵢⱼ cᵢⱼ xᵢⱼ
///     subject to Σᵢ xᵢⱼ = 1                   for every demand j
///                Σⱼ wᵢⱼ xᵢⱼ ≤ qᵢ yᵢ           for every site i
///                least ≤ Σᵢ yᵢ ≤ most,  y ∈ {0, 1},  some sites held open or closed
///                x ∈ {0, 1}, or 0 ≤ x ≤ 1 where demands may be split
///
/// f: cost of opening, c: cost of serving all of j from i (infinite forbids it), w: what that takes of the capacity q.
/// With f = 0 and all sites open it is the generalised assignment problem.
public struct CapacitatedLocation: Sendable {
  public let demandCount: Int
  public let siteCount: Int
  /// By site.
  public var fixedCosts: [Double]
  public var capacities: [Double]
  /// Demand-major: `costs[j * siteCount + i]`.
  public var costs: [Double]
  public var weights: [Double]
  /// Whether a demand may be split among sites.
  public var isSplittable: Bool
  /// How many sites may be open.
  public var openCount: ClosedRange<Int>
  public var choice: [SiteChoice]

  /// - Precondition: a cost and a weight for every pair, a fixed cost and a capacity for every site; only costs may be
  ///   infinite; weights and capacities are zero or more.
  public init(
    fixedCosts: [Double], capacities: [Double], costs: [Double], weights: [Double], isSplittable: Bool,
    openCount: ClosedRange<Int>? = nil, choice: [SiteChoice]? = nil
  ) {
    siteCount = fixedCosts.count
    demandCount = siteCount == 0 ? 0 : costs.count / siteCount
    precondition(demandCount * siteCount == costs.count && weights.count == costs.count, "a number for every pair")
    precondition(capacities.count == siteCount, "a capacity for every site")
    self.fixedCosts = fixedCosts
    self.capacities = capacities
    self.costs = costs
    self.weights = weights
    self.isSplittable = isSplittable
    self.openCount = openCount ?? 0...siteCount
    self.choice = choice ?? [SiteChoice](repeating: .free, count: siteCount)
  }

  /// Demands whose weight is the same at every site.
  public init(
    fixedCosts: [Double], capacities: [Double], costs: [Double], demands: [Double], isSplittable: Bool,
    openCount: ClosedRange<Int>? = nil, choice: [SiteChoice]? = nil
  ) {
    self.init(
      fixedCosts: fixedCosts, capacities: capacities, costs: costs,
      weights: demands.flatMap { [Double](repeating: $0, count: fixedCosts.count) }, isSplittable: isSplittable,
      openCount: openCount, choice: choice)
  }

  /// What all demands take at least.
  var leastWeight: Double {
    (0..<demandCount).reduce(0) { sum, demand in
      var least = Double.infinity
      for site in 0..<siteCount where costs[demand * siteCount + site].isFinite {
        least = min(least, weights[demand * siteCount + site])
      }
      return sum + (least.isFinite ? least : 0)
    }
  }
}
