/// For every demand the sites that may serve it, cheapest first, in one contiguous list.
struct SortedCosts {
  /// The entries of demand j are at `start[j]..<start[j + 1]`.
  private(set) var start: [Int]
  private(set) var site: [Int32]
  private(set) var cost: [Double]

  /// - Parameters:
  ///   - costs: demand-major, `costs[j * siteCount + i]`; infinite where i may not serve j.
  ///   - isUsable: sites to list.
  /// - Complexity: n · m · log m.
  init(_ costs: [Double], demandCount: Int, siteCount: Int, isUsable: [Bool]) {
    start = [0]
    site = []
    cost = []
    let usable = (0..<siteCount).filter { isUsable[$0] }
    site.reserveCapacity(demandCount * usable.count)
    cost.reserveCapacity(demandCount * usable.count)
    var keys: [(cost: Double, site: Int32)] = []
    keys.reserveCapacity(usable.count)
    for demand in 0..<demandCount {
      keys.removeAll(keepingCapacity: true)
      for candidate in usable {
        let value = costs[demand * siteCount + candidate]
        if value.isFinite { keys.append((value, Int32(candidate))) }
      }
      keys.sort { $0.cost < $1.cost || ($0.cost == $1.cost && $0.site < $1.site) }
      for key in keys {
        site.append(key.site)
        cost.append(key.cost)
      }
      start.append(site.count)
    }
  }

  /// The lists without the sites that are ruled out.
  func keeping(_ isKept: [Bool]) -> SortedCosts {
    var kept = self
    kept.start = [0]
    kept.site.removeAll(keepingCapacity: true)
    kept.cost.removeAll(keepingCapacity: true)
    for demand in 0..<start.count - 1 {
      for entry in start[demand]..<start[demand + 1] where isKept[Int(site[entry])] {
        kept.site.append(site[entry])
        kept.cost.append(cost[entry])
      }
      kept.start.append(kept.site.count)
    }
    return kept
  }
}
