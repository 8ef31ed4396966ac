/// Lagrangian branch and bound of location with capacities.
struct CapacitatedSearch {
  let problem: CapacitatedLocation
  let test: BoundTest
  private(set) var dual: CapacitatedDual
  private(set) var search: AssignmentSearch
  /// Open sets of the Lagrangian, for demands that may be split.
  private(set) var openSets: [[Bool]] = []
  /// The least cost known; infinite without a solution.
  var best = Double.infinity
  /// Only solutions below this are looked for.
  var ceiling = Double.infinity
  private(set) var nodes = 0
  /// Running means of the Lagrangian solutions, site-major and by site.
  private var meanTaken: [Double]
  private var meanOpen: [Double]

  /// A part of the search: what is still possible in it, and its best prices.
  struct Node {
    var choice: [SiteChoice]
    /// Site-major.
    var isAllowed: [Bool]
    var prices: [Double]
    var bound = -Double.infinity
  }

  init(_ problem: CapacitatedLocation, relativeGap: Double) {
    self.problem = problem
    test = BoundTest(
      isWhole: !problem.isSplittable && BoundTest.isWhole(problem.costs) && BoundTest.isWhole(problem.fixedCosts),
      relativeGap: relativeGap)
    dual = CapacitatedDual(problem)
    search = AssignmentSearch(problem)
    meanTaken = [Double](repeating: 0, count: problem.costs.count)
    meanOpen = [Double](repeating: 0, count: problem.siteCount)
  }

  /// Everything; each demand's price is its second cheapest cost.
  func root() -> Node {
    let prices = (0..<problem.demandCount).map { demand in
      var (first, second) = (Double.infinity, Double.infinity)
      for site in 0..<problem.siteCount where problem.choice[site] != .closed {
        let cost = problem.costs[demand * problem.siteCount + site]
        if cost < first { (first, second) = (cost, first) } else if cost < second { second = cost }
      }
      return second.isFinite ? second : first.isFinite ? first : 0
    }
    return Node(choice: dual.choice, isAllowed: dual.isAllowed, prices: prices)
  }

  private var aim: Double { min(best, ceiling) }

  func isClosed(_ node: Node) -> Bool { node.bound >= test.cutoff(aim) }

  /// How a run of subgradient steps goes about it.
  struct Schedule {
    var steps: Int
    /// Share of the step to the best known cost.
    var scale: Double
    /// Steps without progress after which the scale shrinks.
    var patience = 20
    var leastScale = 1e-3
    var decay = 0.7
    var deflection = 0.4
    /// The least distance to the aim of a step, of the bound.
    var reach = 0.0
    /// Steps between attempts to make a solution; nil for none.
    var searchEvery: Int?
    /// Steps between attempts to rule out pairs and sites.
    var fixEvery: Int
  }

  /// Subgradient steps with deflection (Camerini, Fratta & Maffioli, Mathematical Programming Study 3, 1975); what
  /// cannot be in a better solution is ruled out on the way.
  mutating func ascend(_ node: inout Node, _ schedule: Schedule) {
    dual.restrict(node.choice, node.isAllowed)
    var v = node.prices
    var direction = [Double](repeating: 0, count: v.count)
    var (scale, stall, lastFixed) = (schedule.scale, 0, -Double.infinity)
    for step in 0..<schedule.steps {
      let value = dual.evaluate(v)
      if value == .infinity {
        node.bound = .infinity
        return
      }
      average()
      let gain = value - node.bound
      if gain > 0 {
        stall = gain > 1e-3 * (aim - value) ? 0 : stall + 1
        node.bound = value
        node.prices = v
        if isClosed(node) { return }
      } else {
        stall += 1
      }
      if let every = schedule.searchEvery, step % every == 0 {
        round()
        if isClosed(node) { return }
      }
      if step % schedule.fixEvery == schedule.fixEvery - 1, node.bound > lastFixed {
        lastFixed = node.bound
        if fix(&node) { return }
        _ = dual.evaluate(v)
      }
      if stall >= schedule.patience {
        scale *= schedule.decay
        stall = 0
        v = node.prices
        for demand in direction.indices { direction[demand] = 0 }
        if scale < schedule.leastScale { break }
        _ = dual.evaluate(v)
      }
      var norm = 0.0
      for demand in direction.indices {
        direction[demand] = dual.subgradient[demand] + schedule.deflection * direction[demand]
        norm += direction[demand] * direction[demand]
      }
      guard norm > 0 else {
        round()
        break
      }
      let target = max(aim.isFinite ? aim : -.infinity, node.bound + abs(node.bound) * schedule.reach)
      let length = scale * max(1e-9 * abs(target), target - min(value, target)) / norm
      for demand in v.indices { v[demand] += length * direction[demand] }
    }
    if !isClosed(node) { _ = fix(&node) }
  }

  /// Rules out what the node's best prices do; true if nothing is left.
  private mutating func fix(_ node: inout Node) -> Bool {
    let value = dual.evaluate(node.prices)
    dual.fix(node.prices, bound: value, cutoff: test.cutoff(aim))
    (node.choice, node.isAllowed) = (dual.choice, dual.isAllowed)
    if dual.onlySite.contains(-2) { node.bound = .infinity }
    return node.bound == .infinity
  }

  private mutating func average() {
    for site in meanOpen.indices {
      meanOpen[site] += 0.1 * (dual.openShare[site] - meanOpen[site])
      let row = site * problem.demandCount
      let share = dual.openShare[site]
      for demand in 0..<problem.demandCount {
        meanTaken[row + demand] += 0.1 * (share * dual.taken[row + demand] - meanTaken[row + demand])
      }
    }
  }

  /// Makes a solution from the last Lagrangian one.
  private mutating func round() {
    let sites = dual.openShare.map { $0 > 0 }
    if problem.isSplittable {
      if !openSets.contains(sites) { openSets.append(sites) }
      return
    }
    var partial = [Int](repeating: -1, count: problem.demandCount)
    for demand in partial.indices {
      var least = Double.infinity
      for site in sites.indices where sites[site] && dual.taken[site * problem.demandCount + demand] > 0 {
        let cost = dual.costs[site * problem.demandCount + demand]
        if cost < least { (partial[demand], least) = (site, cost) }
      }
    }
    search.improve(from: partial, sites: sites)
    best = min(best, search.best)
  }

  mutating func iterate(_ rounds: Int, bound: Double) {
    search.iterate(rounds, until: test.isWhole ? bound + 1 - 1e-6 : bound)
    best = min(best, search.best)
  }

  /// Searches what the root left open, depth first; stops when `isOver` says so.
  /// - Returns: the least bound of all parts, and whether the search went to its end.
  mutating func branch(from root: Node, isOver: (Int) -> Bool) -> (bound: Double, isComplete: Bool) {
    var stack = [root]
    var settled = Double.infinity
    while let node = stack.popLast() {
      if isClosed(node) {
        settled = min(settled, node.bound)
        continue
      }
      if isOver(nodes) {
        stack.append(node)
        return (stack.reduce(settled) { min($0, $1.bound) }, false)
      }
      nodes += 1
      for child in children(of: node) {
        if isClosed(child) { settled = min(settled, child.bound) } else { stack.append(child) }
      }
    }
    return (settled, true)
  }

  /// Two parts of a node, the likelier one last. Open or closed sites are decided before pairs.
  private mutating func children(of node: Node) -> [Node] {
    // The means of this node, not of the one looked at before.
    var node = node
    let schedule = Schedule(steps: 30, scale: 0.2, patience: 10, deflection: 0.8, searchEvery: nil, fixEvery: 15)
    ascend(&node, schedule)
    if isClosed(node) { return [node] }
    if nodes % 5 == 0 { round() }
    let free = node.choice.indices.filter { node.choice[$0] == .free }
    var parts: [Node] = []
    if let site = free.min(by: { abs(meanOpen[$0] - 0.5) < abs(meanOpen[$1] - 0.5) }) {
      var (open, closed) = (node, node)
      open.choice[site] = .open
      closed.choice[site] = .closed
      for demand in 0..<problem.demandCount { closed.isAllowed[site * problem.demandCount + demand] = false }
      parts = meanOpen[site] > 0.5 ? [closed, open] : [open, closed]
    } else if let pair = branchingPair(node) {
      let (site, demand) = pair
      var (with, without) = (node, node)
      for other in node.choice.indices where other != site {
        with.isAllowed[other * problem.demandCount + demand] = false
      }
      without.isAllowed[site * problem.demandCount + demand] = false
      parts = [without, with]
    } else {
      // Every demand has one site: the bound is the cost.
      round()
      node.bound = max(node.bound, best)
      return [node]
    }
    for index in parts.indices {
      ascend(
        &parts[index], Schedule(steps: 50, scale: 0.3, patience: 10, deflection: 0.8, searchEvery: nil, fixEvery: 25))
    }
    return parts
  }

  /// The pair whose mean is furthest from both 0 and 1, heavy demands first.
  private func branchingPair(_ node: Node) -> (site: Int, demand: Int)? {
    var (chosen, most) = ((site: -1, demand: -1), -Double.infinity)
    for demand in 0..<problem.demandCount where dual.onlySite[demand] < 0 {
      for site in node.choice.indices where node.isAllowed[site * problem.demandCount + demand] {
        let mean = meanTaken[site * problem.demandCount + demand]
        let score = min(mean, 1 - mean) * dual.weights[site * problem.demandCount + demand]
        if score > most { (chosen, most) = ((site, demand), score) }
      }
    }
    return chosen.site < 0 ? nil : chosen
  }
}
