extension UncapacitatedLocation {
  /// Solves by Lagrangian branch and bound.
  ///
  /// 1. Prices by dual ascent, improved by subgradient steps; open sets of the Lagrangian, improved by interchange,
  ///    give solutions.
  /// 2. A site whose other state costs more than the gap is fixed.
  /// 3. What is left is searched depth first, each node with a few steps from its parent's prices.
  ///
  /// Source: Erlenkotter (1978); Körkel, "On the exact solution of large-scale simple plant location problems" (EJOR
  /// 39, 1989); Beasley, "A note on solving large p-median problems" (EJOR 21, 1985).
  /// Complexity: a step costs the number of pairs with c < v, some tens per demand in practice.
  public func solve(_ limits: LocationLimits = LocationLimits()) -> LocationSolution {
    guard demandCount > 0 else { return withoutDemands() }
    var search = UncapacitatedSearch(self, limits)
    return search.run()
  }

  /// Nobody to serve: the cheapest allowed set.
  private func withoutDemands() -> LocationSolution {
    var isOpen = choice.map { $0 == .open }
    var count = isOpen.count { $0 }
    let free = (0..<siteCount).filter { choice[$0] == .free }.sorted { fixedCosts[$0] < fixedCosts[$1] }
    for site in free where count < openCount.lowerBound || (fixedCosts[site] < 0 && count < openCount.upperBound) {
      isOpen[site] = true
      count += 1
    }
    guard openCount.contains(count) else { return LocationSolution(status: .infeasible) }
    let cost = evaluate(isOpen).cost
    return LocationSolution(status: .optimal, objective: cost, bound: cost, isOpen: isOpen)
  }
}

/// The state of the branch and bound.
struct UncapacitatedSearch {
  private let problem: UncapacitatedLocation
  private let limits: LocationLimits
  private let test: BoundTest
  /// Stands in for a pair that may not be used: more than any solution without such pairs.
  private let forbidden: Double
  /// The dearest solution without forbidden pairs.
  private let dearest: Double
  private var dual: UncapacitatedDual
  private var interchange: LocationInterchange
  private var best = Double.infinity
  private var bestOpen: [Bool] = []
  private var seen: Set<[Bool]> = []
  private var nodes = 0
  private let clock = ContinuousClock()
  private let begun: ContinuousClock.Instant

  private struct Node {
    var choice: [SiteChoice]
    var prices: [Double]
    var bound: Double
  }

  init(_ problem: UncapacitatedLocation, _ limits: LocationLimits) {
    self.problem = problem
    self.limits = limits
    begun = clock.now
    let (demandCount, siteCount) = (problem.demandCount, problem.siteCount)
    var worst = problem.fixedCosts.reduce(0) { $0 + abs($1) }
    var hasForbidden = false
    for demand in 0..<demandCount {
      var largest = 0.0
      for site in 0..<siteCount {
        let cost = problem.costs[demand * siteCount + site]
        if cost.isFinite { largest = max(largest, abs(cost)) } else { hasForbidden = true }
      }
      worst += largest
    }
    dearest = worst
    forbidden = (2 * worst).rounded(.up) + 1
    test = BoundTest(
      isWhole: BoundTest.isWhole(problem.costs) && BoundTest.isWhole(problem.fixedCosts),
      relativeGap: limits.relativeGap)
    var finite = problem.costs
    if hasForbidden {
      for entry in finite.indices where !finite[entry].isFinite { finite[entry] = forbidden }
    }
    var transposed = [Double](repeating: 0, count: finite.count)
    for demand in 0..<demandCount {
      for site in 0..<siteCount { transposed[site * demandCount + demand] = finite[demand * siteCount + site] }
    }
    dual = UncapacitatedDual(
      fixedCosts: problem.fixedCosts, openCount: problem.openCount,
      costs: SortedCosts(
        finite, demandCount: demandCount, siteCount: siteCount, isUsable: problem.choice.map { $0 != .closed }),
      choice: problem.choice)
    interchange = LocationInterchange(
      fixedCosts: problem.fixedCosts, openCount: problem.openCount, choice: problem.choice, costs: transposed,
      demandCount: demandCount)
  }

  mutating func run() -> LocationSolution {
    // 1.
    improve(problem.choice.map { $0 == .open })
    guard best.isFinite else { return LocationSolution(status: .infeasible) }
    var root = Node(choice: problem.choice, prices: startingPrices(), bound: -.infinity)
    let isRootClosed = ascend(&root, steps: 3000, searchEvery: 40)
    // 2.
    if !isRootClosed {
      dual.costs = dual.costs.keeping(root.choice.map { $0 != .closed })
    }
    // 3.
    var stack = isRootClosed ? [] : [root]
    var settled = isRootClosed ? root.bound : Double.infinity
    var isStopped = false
    while let node = stack.popLast() {
      if node.bound >= test.cutoff(best) {
        settled = min(settled, node.bound)
        continue
      }
      if isOverLimit {
        stack.append(node)
        isStopped = true
        break
      }
      nodes += 1
      for child in children(of: node) {
        if child.bound >= test.cutoff(best) { settled = min(settled, child.bound) } else { stack.append(child) }
      }
    }
    let open = stack.reduce(settled) { min($0, $1.bound) }
    return finish(bound: isStopped ? max(open, root.bound) : open)
  }

  private var isOverLimit: Bool {
    if let most = limits.nodes, nodes >= most { return true }
    if let seconds = limits.seconds, begun.duration(to: clock.now) > .seconds(seconds) { return true }
    return false
  }

  private func finish(bound: Double) -> LocationSolution {
    guard best <= dearest * (1 + 1e-12) + 1e-9 else {
      let isProven = bound > dearest
      return LocationSolution(status: isProven ? .infeasible : .stopped, bound: bound, nodes: nodes)
    }
    let (cost, site) = problem.evaluate(bestOpen)
    let bound = test.claimed(bound, objective: cost)
    let gap = (cost - bound) / max(1, abs(cost))
    return LocationSolution(
      status: gap <= max(1e-9, limits.relativeGap) ? .optimal : .feasible(gap: gap), objective: cost, bound: bound,
      isOpen: bestOpen, site: site, nodes: nodes)
  }

  /// Dual ascent where opening costs something; else a price between the nearest and the second nearest of the best
  /// known set.
  private func startingPrices() -> [Double] {
    if problem.openCount.upperBound >= problem.siteCount { return dual.ascent() }
    return (0..<problem.demandCount).map { demand in
      var (first, second) = (Double.infinity, Double.infinity)
      for entry in dual.costs.start[demand]..<dual.costs.start[demand + 1]
      where bestOpen[Int(dual.costs.site[entry])] {
        if first.isInfinite {
          first = dual.costs.cost[entry]
        } else {
          second = dual.costs.cost[entry]
          break
        }
      }
      return second.isFinite ? (first + second) / 2 : first.isFinite ? first : 0
    }
  }

  private mutating func improve(_ start: [Bool]) {
    guard seen.insert(start).inserted, let found = interchange.improve(start) else { return }
    if found.cost < best { (best, bestOpen) = (found.cost, found.isOpen) }
  }

  /// Subgradient steps from the node's prices, which end as the best seen; sites are fixed by their penalties.
  /// - Returns: whether the node needs no further look.
  private mutating func ascend(_ node: inout Node, steps: Int, searchEvery: Int, scale: Double = 1) -> Bool {
    var prices = node.prices
    var direction = [Double](repeating: 0, count: prices.count)
    var (scale, stall) = (scale, 0)
    dual.choice = node.choice
    for step in 0..<steps {
      let value = dual.evaluate(prices)
      if value > node.bound + 1e-10 * abs(node.bound) || step == 0 {
        if value - node.bound > 1e-4 * max(1e-300, best - node.bound) { stall = 0 } else { stall += 1 }
        if value >= node.bound {
          node.bound = value
          node.prices = prices
        }
      } else {
        stall += 1
      }
      if node.bound >= test.cutoff(best) { return true }
      fix(&node, value)
      if step % searchEvery == searchEvery - 1 || (step == 0 && searchEvery < steps) {
        improve(dual.isChosen)
        if node.bound >= test.cutoff(best) { return true }
      }
      if stall >= 20 {
        scale *= 0.6
        stall = 0
        prices = node.prices
        for demand in direction.indices { direction[demand] = 0 }
        if scale < 1e-4 { break }
        _ = dual.evaluate(prices)
      }
      var norm = 0.0
      for demand in direction.indices {
        direction[demand] = dual.subgradient[demand] + 0.3 * direction[demand]
        norm += direction[demand] * direction[demand]
      }
      guard norm > 0 else {
        // A subgradient of zero: the open set serves everybody once, and is the best of this node.
        improve(dual.isChosen)
        break
      }
      let length = scale * max(1e-12 * abs(best), best - min(value, best)) / norm
      for demand in prices.indices { prices[demand] += length * direction[demand] }
    }
    if searchEvery >= steps { improve(dual.isChosen) }
    return node.bound >= test.cutoff(best)
  }

  /// Fixes free sites whose other state cannot beat the best known solution.
  private mutating func fix(_ node: inout Node, _ value: Double) {
    let room = test.cutoff(best) - value
    for site in node.choice.indices where node.choice[site] == .free && dual.penalty(site) > room {
      node.choice[site] = dual.isChosen[site] ? .open : .closed
    }
    dual.choice = node.choice
  }

  /// Branches on the free site that the Lagrangian is least sure about; the likelier child comes last, to be taken
  /// first.
  private mutating func children(of node: Node) -> [Node] {
    dual.choice = node.choice
    _ = dual.evaluate(node.prices)
    var branch = -1
    var smallest = Double.infinity
    for site in node.choice.indices where node.choice[site] == .free {
      let penalty = dual.penalty(site)
      if penalty < smallest { (branch, smallest) = (site, penalty) }
    }
    guard branch >= 0 else {
      improve(node.choice.map { $0 == .open })
      var leaf = node
      leaf.bound = .infinity
      let exact = interchangeCost(node.choice)
      leaf.bound = exact
      return [leaf]
    }
    let isLikelyOpen = dual.isChosen[branch]
    return [!isLikelyOpen, isLikelyOpen].map { opens in
      var child = node
      child.choice[branch] = opens ? .open : .closed
      _ = ascend(&child, steps: 60, searchEvery: 60, scale: 0.5)
      return child
    }
  }

  /// The cost of the set that is wholly decided.
  private mutating func interchangeCost(_ choice: [SiteChoice]) -> Double {
    let isOpen = choice.map { $0 == .open }
    guard problem.openCount.contains(isOpen.count { $0 }), isOpen.contains(true) else { return .infinity }
    var total = 0.0
    for site in isOpen.indices where isOpen[site] { total += problem.fixedCosts[site] }
    for demand in 0..<problem.demandCount {
      var least = Double.infinity
      for site in isOpen.indices where isOpen[site] {
        least = min(least, interchange.costs[site * problem.demandCount + demand])
      }
      total += least
    }
    if total < best { (best, bestOpen) = (total, isOpen) }
    return max(total, best)
  }
}
