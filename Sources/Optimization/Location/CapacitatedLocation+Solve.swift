/// Which sites open and what each demand takes from each.
public struct CapacitatedSolution: Sendable {
  public var status: SolveStatus
  /// NaN without a solution.
  public var objective: Double
  /// No solution costs less.
  public var bound: Double
  /// By site.
  public var isOpen: [Bool]
  /// Demand-major: the share of j that i serves.
  public var share: [Double]
  /// Nodes of the search tree that were looked at.
  public var nodes: Int

  public init(
    status: SolveStatus, objective: Double = .nan, bound: Double = -.infinity, isOpen: [Bool] = [],
    share: [Double] = [], nodes: Int = 0
  ) {
    self.status = status
    self.objective = objective
    self.bound = bound
    self.isOpen = isOpen
    self.share = share
    self.nodes = nodes
  }
}

extension CapacitatedLocation {
  /// Solves whole demands by Lagrangian branch and bound, split ones by branch and cut on what the Lagrangian leaves.
  ///
  /// Whole demands:
  /// 1. Prices by subgradient steps with solutions by local search; a bound close to the best cost.
  /// 2. Is there a solution below a ceiling a little above the bound? Everything that cannot be in one is ruled out,
  ///    and what is left is searched. If there is none, the bound rises to the ceiling, and the ceiling further.
  /// 3. The first solution found this way is the best one, once its part has been searched to the end.
  ///
  /// Source: Holmberg, Rönnqvist & Yuan (1999); the rising ceiling is the idea of Climer & Zhang, "Cut-and-solve: An
  /// iterative search strategy for combinatorial optimization problems" (Artificial Intelligence 170, 2006).
  public func solve(
    _ limits: LocationLimits = LocationLimits(), with solver: some Solver = HiGHSSolver()
  ) throws(SolverError) -> CapacitatedSolution {
    guard leavesRoom else { return CapacitatedSolution(status: .infeasible) }
    return isSplittable ? try solveSplit(limits, solver) : solveWhole(limits)
  }

  /// Whether some allowed set of sites has room for everybody, and everybody somewhere to go.
  private var leavesRoom: Bool {
    let usable = (0..<siteCount).filter { choice[$0] != .closed }
    let locked = choice.count { $0 == .open }
    guard locked <= openCount.upperBound, usable.count >= openCount.lowerBound else { return false }
    for demand in 0..<demandCount {
      let isServed = usable.contains {
        costs[demand * siteCount + $0].isFinite
          && (isSplittable || weights[demand * siteCount + $0] <= capacities[$0] * (1 + 1e-12))
      }
      if !isServed { return false }
    }
    let lockedRoom = usable.filter { choice[$0] == .open }.reduce(0) { $0 + capacities[$1] }
    let others = usable.filter { choice[$0] == .free }.map { capacities[$0] }.sorted(by: >)
    let room = lockedRoom + others.prefix(openCount.upperBound - locked).reduce(0, +)
    return room >= leastWeight * (1 - 1e-12)
  }

  // MARK: Whole demands

  private func solveWhole(_ limits: LocationLimits) -> CapacitatedSolution {
    let clock = ContinuousClock()
    let begun = clock.now
    func isOver(_ nodes: Int) -> Bool {
      if let most = limits.nodes, nodes >= most { return true }
      if let seconds = limits.seconds, begun.duration(to: clock.now) > .seconds(seconds) { return true }
      return false
    }
    var search = CapacitatedSearch(self, relativeGap: limits.relativeGap)
    // 1.
    var root = search.root()
    search.ascend(
      &root,
      .init(
        steps: 4000, scale: 1, patience: 40, leastScale: 1e-4, decay: 0.85, deflection: 0.9, reach: 0.01,
        searchEvery: 50, fixEvery: 100))
    if root.bound == .infinity, search.best == .infinity { return CapacitatedSolution(status: .infeasible) }
    search.iterate(200, bound: root.bound)
    var bound = root.bound
    // 2.
    let dearest = dearestSolution
    var reach = max(2e-5 * max(1, abs(bound)), (min(search.best, dearest) - bound) / 32)
    var isProven = search.isClosed(root)
    while !isProven, !isOver(search.nodes) {
      search.ceiling = bound + reach
      if search.test.isWhole { search.ceiling = max(search.ceiling.rounded(.up), (bound + 1e-6).rounded(.up) + 1) }
      var part = root
      search.ascend(
        &part,
        .init(
          steps: 1000, scale: 0.3, patience: 30, decay: 0.8, deflection: 0.9, searchEvery: 50, fixEvery: 50))
      let before = search.nodes
      let found = search.branch(from: part, isOver: isOver)
      // 3.
      if !found.isComplete {
        bound = max(bound, min(found.bound, search.ceiling))
      } else if search.best <= search.ceiling {
        isProven = true
      } else {
        bound = max(bound, search.ceiling)
        if search.ceiling > dearest { return CapacitatedSolution(status: .infeasible, nodes: search.nodes) }
        reach *= search.best.isFinite ? 1.5 : 4
        if search.nodes - before > 300 { probe(root, &search, isOver) }
      }
    }
    return finish(search, bound: isProven ? search.best : min(bound, search.best), isProven: isProven, limits)
  }

  /// Where phases grow long: a few nodes without a ceiling, for better solutions.
  private func probe(_ root: CapacitatedSearch.Node, _ search: inout CapacitatedSearch, _ isOver: (Int) -> Bool) {
    search.ceiling = .infinity
    var part = root
    search.ascend(
      &part,
      .init(steps: 500, scale: 0.3, patience: 30, decay: 0.8, deflection: 0.9, searchEvery: 20, fixEvery: 50))
    let last = search.nodes + 800
    _ = search.branch(from: part) { $0 >= last || isOver($0) }
    search.iterate(300, bound: root.bound)
  }

  private func finish(
    _ search: CapacitatedSearch, bound: Double, isProven: Bool, _ limits: LocationLimits
  ) -> CapacitatedSolution {
    guard search.best.isFinite else {
      return CapacitatedSolution(status: .stopped, bound: bound, nodes: search.nodes)
    }
    let assignment = search.search.bestSite
    var share = [Double](repeating: 0, count: costs.count)
    var isOpen = choice.map { $0 == .open }
    for (demand, site) in assignment.enumerated() {
      share[demand * siteCount + site] = 1
      isOpen[site] = true
    }
    let missing = openCount.lowerBound - isOpen.count { $0 }
    let spare = (0..<siteCount).filter { !isOpen[$0] && choice[$0] == .free }
    for site in spare.sorted(by: { fixedCosts[$0] < fixedCosts[$1] }).prefix(max(0, missing)) { isOpen[site] = true }
    let objective = cost(share, isOpen)
    // With a gap allowed, what was ruled out may be better by that gap.
    let slack = isProven ? limits.relativeGap * max(1, abs(objective)) : 0
    let claimed = isProven ? objective - slack : min(bound, objective)
    let gap = (objective - claimed) / max(1, abs(objective))
    return CapacitatedSolution(
      status: isProven || gap <= max(1e-9, limits.relativeGap) ? .optimal : .feasible(gap: gap), objective: objective,
      bound: claimed, isOpen: isOpen, share: share, nodes: search.nodes)
  }

  /// More than any solution costs.
  private var dearestSolution: Double {
    (0..<demandCount).reduce(fixedCosts.reduce(0) { $0 + abs($1) }) { sum, demand in
      var most = 0.0
      for site in 0..<siteCount where costs[demand * siteCount + site].isFinite {
        most = max(most, abs(costs[demand * siteCount + site]))
      }
      return sum + most
    } + 1
  }

  func cost(_ share: [Double], _ isOpen: [Bool]) -> Double {
    var total = 0.0
    for site in 0..<siteCount where isOpen[site] { total += fixedCosts[site] }
    for pair in share.indices where share[pair] > 0 { total += share[pair] * costs[pair] }
    return total
  }
}
