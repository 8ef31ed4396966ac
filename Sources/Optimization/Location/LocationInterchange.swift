/// Add, drop and swap moves on an open set until none of them helps.
///
/// Complexity: a pass over all moves costs n · m + (open sites) · m, by the gain and loss accounting of Whitaker.
/// Source: Whitaker, "A fast algorithm for the greedy interchange for large-scale clustering and median location
/// problems" (INFOR 21, 1983); Resende & Werneck, "A fast swap-based local search procedure for location problems"
/// (Annals of Operations Research 150, 2007).
struct LocationInterchange {
  let fixedCosts: [Double]
  let openCount: ClosedRange<Int>
  let choice: [SiteChoice]
  /// Site-major, finite: `costs[i * demandCount + j]`.
  let costs: [Double]
  let demandCount: Int

  /// The cheapest and the second cheapest open site of each demand.
  private var nearest: [Int]
  private var first: [Double]
  private var second: [Double]

  init(
    fixedCosts: [Double], openCount: ClosedRange<Int>, choice: [SiteChoice], costs: [Double], demandCount: Int
  ) {
    self.fixedCosts = fixedCosts
    self.openCount = openCount
    self.choice = choice
    self.costs = costs
    self.demandCount = demandCount
    nearest = [Int](repeating: 0, count: demandCount)
    first = [Double](repeating: 0, count: demandCount)
    second = first
  }

  /// The cost of an open set, and of the set that the moves lead to from it; nil where no allowed set is reached.
  mutating func improve(_ start: [Bool]) -> (cost: Double, isOpen: [Bool])? {
    var isOpen = start
    guard complete(&isOpen) else { return nil }
    // A move must gain more than what sums lose to rounding.
    while true {
      let cost = survey(isOpen)
      guard let move = bestMove(isOpen), move.change < -1e-9 * max(1, abs(cost)) else { return (cost, isOpen) }
      if let added = move.added { isOpen[added] = true }
      if let dropped = move.dropped { isOpen[dropped] = false }
    }
  }

  /// Brings a set to an allowed size and makes it serve someone.
  private func complete(_ isOpen: inout [Bool]) -> Bool {
    for site in isOpen.indices where choice[site] != .free { isOpen[site] = choice[site] == .open }
    var count = isOpen.count { $0 }
    let least = max(1, openCount.lowerBound)
    let free = isOpen.indices.filter { choice[$0] == .free }
    if count < least {
      let total = { (site: Int) in
        fixedCosts[site] + costs[site * demandCount..<(site + 1) * demandCount].reduce(0, +)
      }
      let closed = free.filter { !isOpen[$0] }.map { (site: $0, total: total($0)) }
      for entry in closed.sorted(by: { $0.total < $1.total }) where count < least {
        isOpen[entry.site] = true
        count += 1
      }
    }
    for site in free where count > openCount.upperBound && isOpen[site] {
      isOpen[site] = false
      count -= 1
    }
    return count >= least && count <= openCount.upperBound
  }

  /// Finds the two nearest open sites of every demand; the cost of the set.
  private mutating func survey(_ isOpen: [Bool]) -> Double {
    for demand in 0..<demandCount {
      first[demand] = .infinity
      second[demand] = .infinity
    }
    var cost = 0.0
    for site in isOpen.indices where isOpen[site] {
      cost += fixedCosts[site]
      let row = site * demandCount
      for demand in 0..<demandCount {
        let value = costs[row + demand]
        if value < first[demand] {
          second[demand] = first[demand]
          first[demand] = value
          nearest[demand] = site
        } else if value < second[demand] {
          second[demand] = value
        }
      }
    }
    return cost + first.reduce(0, +)
  }

  private struct Move {
    var added: Int?
    var dropped: Int?
    var change = 0.0
  }

  /// The best of all add, drop and swap moves.
  private func bestMove(_ isOpen: [Bool]) -> Move? {
    let count = isOpen.count { $0 }
    let open = isOpen.indices.filter { isOpen[$0] && choice[$0] == .free }
    // What each open site's demands lose if it closes; infinite where it is the last one.
    var loss = [Double](repeating: 0, count: isOpen.count)
    for demand in 0..<demandCount { loss[nearest[demand]] += second[demand] - first[demand] }
    var best: Move?
    func consider(_ added: Int?, _ dropped: Int?, _ change: Double) {
      if change < (best?.change ?? 0) { best = Move(added: added, dropped: dropped, change: change) }
    }
    if count > max(1, openCount.lowerBound) {
      for site in open { consider(nil, site, loss[site] - fixedCosts[site]) }
    }
    var correction = [Double](repeating: 0, count: isOpen.count)
    for site in isOpen.indices where !isOpen[site] && choice[site] == .free {
      var gain = fixedCosts[site]
      for dropped in open { correction[dropped] = 0 }
      let row = site * demandCount
      for demand in 0..<demandCount {
        let value = costs[row + demand]
        guard value < second[demand] else { continue }
        if value < first[demand] {
          gain += value - first[demand]
          correction[nearest[demand]] -= second[demand] - first[demand]
        } else {
          correction[nearest[demand]] -= second[demand] - value
        }
      }
      if count < openCount.upperBound { consider(site, nil, gain) }
      for dropped in open where loss[dropped].isFinite {
        consider(site, dropped, gain + loss[dropped] + correction[dropped] - fixedCosts[dropped])
      }
      // With one open site alone the second nearest is the new one.
      if count == 1, let last = open.first {
        let alone = (0..<demandCount).reduce(0.0) { $0 + costs[row + $1] - first[$1] }
        consider(site, last, alone + fixedCosts[site] - fixedCosts[last])
      }
    }
    return best
  }
}
