/// Location without capacities, of any number of sites or of a given one (p-median):
///
///     minimise   Σᵢ fᵢ yᵢ + Σⱼ min over the open i of cᵢⱼ
///     subject to least ≤ Σᵢ yᵢ ≤ most,  y ∈ {0, 1},  some sites held open or closed
///
/// i: sites, j: demands, f: cost of opening, c: cost of serving all of j from i; an infinite c forbids it.
public struct UncapacitatedLocation: Sendable {
  public let demandCount: Int
  public let siteCount: Int
  /// By site.
  public var fixedCosts: [Double]
  /// Demand-major: `costs[j * siteCount + i]`.
  public var costs: [Double]
  /// How many sites may be open.
  public var openCount: ClosedRange<Int>
  public var choice: [SiteChoice]

  /// - Precondition: `costs` holds a number for every pair; no number is NaN, fixed costs are finite.
  public init(fixedCosts: [Double], costs: [Double], openCount: ClosedRange<Int>? = nil, choice: [SiteChoice]? = nil) {
    siteCount = fixedCosts.count
    demandCount = siteCount == 0 ? 0 : costs.count / siteCount
    precondition(demandCount * siteCount == costs.count, "a cost for every pair of demand and site")
    self.fixedCosts = fixedCosts
    self.costs = costs
    self.openCount = openCount ?? 0...siteCount
    self.choice = choice ?? [SiteChoice](repeating: .free, count: siteCount)
  }

  /// The total cost of an open set and the site of each demand; infinite where someone is not served.
  public func evaluate(_ isOpen: [Bool]) -> (cost: Double, site: [Int]) {
    var total = 0.0
    for site in 0..<siteCount where isOpen[site] { total += fixedCosts[site] }
    var chosen = [Int](repeating: -1, count: demandCount)
    for demand in 0..<demandCount {
      var best = Double.infinity
      for site in 0..<siteCount where isOpen[site] {
        let cost = costs[demand * siteCount + site]
        if cost < best {
          best = cost
          chosen[demand] = site
        }
      }
      total += best
    }
    return (total, chosen)
  }
}
