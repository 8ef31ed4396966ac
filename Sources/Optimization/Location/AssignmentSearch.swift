/// Shift, swap, open and close moves on an assignment of whole demands to sites with capacities, restarted from
/// perturbed copies of the best one (iterated local search).
///
/// Room that is exceeded costs a penalty per unit, which rises while the search stays outside and falls while it stays
/// inside.
/// Source: the moves and the oscillation follow Yagiura, Ibaraki & Glover, "An ejection chain approach for the
/// generalized assignment problem" (INFORMS Journal on Computing 16, 2004), without the chains.
struct AssignmentSearch {
  private let problem: CapacitatedLocation
  private let demandCount: Int
  private let siteCount: Int
  private(set) var best = Double.infinity
  private(set) var bestSite: [Int] = []
  private var penalty: Double
  private var random = SplitMix(state: 0x5EED)

  // The present assignment.
  private var site: [Int]
  private var load: [Double]
  private var members: [Int]

  init(_ problem: CapacitatedLocation) {
    self.problem = problem
    demandCount = problem.demandCount
    siteCount = problem.siteCount
    let finite = problem.costs.filter { $0.isFinite }
    let weight = problem.weights.reduce(0, +) / Double(max(1, problem.weights.count))
    let spread = (finite.max() ?? 0) - (finite.min() ?? 0)
    penalty = max(1e-9, spread / max(1e-9, weight) / 4)
    site = [Int](repeating: -1, count: demandCount)
    load = [Double](repeating: 0, count: siteCount)
    members = [Int](repeating: 0, count: siteCount)
  }

  private func cost(_ demand: Int, _ site: Int) -> Double { problem.costs[demand * siteCount + site] }
  private func weight(_ demand: Int, _ site: Int) -> Double { problem.weights[demand * siteCount + site] }
  private func isOpen(_ candidate: Int) -> Bool { members[candidate] > 0 || problem.choice[candidate] == .open }
  private func opening(_ candidate: Int) -> Double { isOpen(candidate) ? 0 : problem.fixedCosts[candidate] }
  private func overload(_ candidate: Int, _ load: Double) -> Double {
    let excess = load - problem.capacities[candidate]
    return excess > 1e-9 * problem.capacities[candidate] + 1e-12 ? excess : 0
  }

  /// Completes a partial assignment (−1: nobody yet) greedily and improves it.
  mutating func improve(from partial: [Int], sites: [Bool]) {
    adopt(partial)
    place(among: sites)
    if !site.contains(-1), isFeasible { record() }
    descend()
  }

  /// Perturbs and improves the best assignment again and again.
  mutating func iterate(_ rounds: Int, until target: Double) {
    for round in 0..<rounds where best > target {
      if best.isFinite && round % 4 != 3 { adopt(bestSite) }
      perturb(round)
      descend()
    }
  }

  private mutating func adopt(_ assignment: [Int]) {
    site = assignment
    for candidate in 0..<siteCount {
      load[candidate] = 0
      members[candidate] = 0
    }
    for demand in 0..<demandCount where site[demand] >= 0 {
      load[site[demand]] += weight(demand, site[demand])
      members[site[demand]] += 1
    }
  }

  /// Unassigned demands, the largest first, each to the site where it costs least with the penalty.
  private mutating func place(among sites: [Bool]) {
    let left = (0..<demandCount).filter { site[$0] < 0 }.sorted {
      problem.weights[$0 * siteCount] > problem.weights[$1 * siteCount]
    }
    for demand in left {
      var (chosen, least) = (-1, Double.infinity)
      for candidate in 0..<siteCount where problem.choice[candidate] != .closed {
        let extra = sites[candidate] ? 0 : opening(candidate)
        let value =
          cost(demand, candidate) + extra + penalty
          * (overload(candidate, load[candidate] + weight(demand, candidate)) - overload(candidate, load[candidate]))
        if value < least { (chosen, least) = (candidate, value) }
      }
      guard chosen >= 0 else { continue }
      site[demand] = chosen
      load[chosen] += weight(demand, chosen)
      members[chosen] += 1
    }
  }

  /// Moves while one helps; keeps the result if it is feasible and better.
  private mutating func descend() {
    guard !site.contains(-1) else { return }
    for _ in 0..<6 {
      while shiftOnce() || swapOnce() || closeOnce() {}
      if isFeasible {
        record()
        penalty = max(1e-9, penalty * 0.8)
        return
      }
      penalty *= 2
    }
  }

  private var isFeasible: Bool {
    for candidate in 0..<siteCount where overload(candidate, load[candidate]) > 0 { return false }
    return true
  }

  private mutating func record() {
    var count = 0
    var total = 0.0
    for candidate in 0..<siteCount where isOpen(candidate) {
      total += problem.fixedCosts[candidate]
      count += 1
    }
    for demand in 0..<demandCount { total += cost(demand, site[demand]) }
    // Sites that serve nobody can be opened to reach the least number.
    guard total < best, count <= problem.openCount.upperBound else { return }
    if count < problem.openCount.lowerBound {
      let spare = (0..<siteCount).filter { !isOpen($0) && problem.choice[$0] == .free }
        .sorted { problem.fixedCosts[$0] < problem.fixedCosts[$1] }
      guard spare.count >= problem.openCount.lowerBound - count else { return }
      total += spare.prefix(problem.openCount.lowerBound - count).reduce(0) { $0 + problem.fixedCosts[$1] }
      guard total < best else { return }
    }
    (best, bestSite) = (total, site)
  }

  /// The change of cost and penalty if the demand goes from its site to another.
  private func shiftChange(_ demand: Int, _ to: Int) -> Double {
    let from = site[demand]
    let (out, into) = (weight(demand, from), weight(demand, to))
    var change = cost(demand, to) - cost(demand, from) + opening(to)
    if members[from] == 1, problem.choice[from] != .open { change -= problem.fixedCosts[from] }
    change +=
      penalty
      * (overload(to, load[to] + into) - overload(to, load[to])
        + overload(from, load[from] - out) - overload(from, load[from]))
    return change
  }

  private mutating func move(_ demand: Int, _ to: Int) {
    let from = site[demand]
    load[from] -= weight(demand, from)
    members[from] -= 1
    if members[from] == 0 { load[from] = 0 }
    load[to] += weight(demand, to)
    members[to] += 1
    site[demand] = to
  }

  /// Every demand to its best other site, where that helps.
  private mutating func shiftOnce() -> Bool {
    var isMoved = false
    for demand in 0..<demandCount {
      var (chosen, least) = (-1, -1e-7)
      for to in 0..<siteCount where to != site[demand] && problem.choice[to] != .closed {
        let change = shiftChange(demand, to)
        if change < least { (chosen, least) = (to, change) }
      }
      if chosen >= 0 {
        move(demand, chosen)
        isMoved = true
      }
    }
    return isMoved
  }

  /// Pairs of demands at different sites change places, where that helps.
  private mutating func swapOnce() -> Bool {
    var isMoved = false
    for first in 0..<demandCount {
      for second in first + 1..<max(first + 1, demandCount) where site[first] != site[second] {
        let (one, other) = (site[first], site[second])
        let direct = cost(first, other) + cost(second, one) - cost(first, one) - cost(second, other)
        guard direct.isFinite else { continue }
        let change =
          direct + penalty
          * (overload(one, load[one] - weight(first, one) + weight(second, one)) - overload(one, load[one])
            + overload(other, load[other] - weight(second, other) + weight(first, other))
            - overload(other, load[other]))
        guard change < -1e-7 else { continue }
        move(first, other)
        move(second, one)
        isMoved = true
      }
    }
    return isMoved
  }

  /// Empties an open site, each of its demands to where it costs least, where that helps.
  private mutating func closeOnce() -> Bool {
    for closing in 0..<siteCount where members[closing] > 0 && problem.choice[closing] == .free {
      guard problem.fixedCosts[closing] > 0 else { continue }
      let before = (site: site, load: load, members: members)
      let start = penalisedCost
      for demand in 0..<demandCount where site[demand] == closing {
        var (chosen, least) = (-1, Double.infinity)
        for to in 0..<siteCount where to != closing && problem.choice[to] != .closed {
          let change = shiftChange(demand, to)
          if change < least { (chosen, least) = (to, change) }
        }
        if chosen >= 0, least.isFinite { move(demand, chosen) }
      }
      if penalisedCost < start - 1e-7 { return true }
      (site, load, members) = before
    }
    return false
  }

  private var penalisedCost: Double {
    var total = 0.0
    for candidate in 0..<siteCount where isOpen(candidate) {
      total += problem.fixedCosts[candidate] + penalty * overload(candidate, load[candidate])
    }
    for demand in 0..<demandCount { total += cost(demand, site[demand]) }
    return total
  }

  /// Moves a few demands to random sites, or everything near a random site into it, or out of it.
  private mutating func perturb(_ round: Int) {
    let open = (0..<siteCount).filter { isOpen($0) }
    let closed = (0..<siteCount).filter { !isOpen($0) && problem.choice[$0] != .closed }
    guard !open.isEmpty, demandCount > 0 else { return }
    switch round % 3 {
    case 1 where !closed.isEmpty:
      let target = closed[random.index(below: closed.count)]
      let gain = (0..<demandCount).map { cost($0, target) - cost($0, site[$0]) }
      for demand in (0..<demandCount).sorted(by: { gain[$0] < gain[$1] }) {
        guard gain[demand].isFinite, load[target] + weight(demand, target) <= problem.capacities[target] else {
          continue
        }
        move(demand, target)
      }
    case 2 where open.count > 1:
      let emptied = open[random.index(below: open.count)]
      for demand in 0..<demandCount where site[demand] == emptied {
        let target = open[random.index(below: open.count)]
        if target != emptied, cost(demand, target).isFinite { move(demand, target) }
      }
    default:
      for _ in 0..<(2 + random.index(below: 2 + demandCount / 10)) {
        let demand = random.index(below: demandCount)
        let target = open[random.index(below: open.count)]
        if target != site[demand], cost(demand, target).isFinite { move(demand, target) }
      }
    }
  }
}

/// The generator of Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func index(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
