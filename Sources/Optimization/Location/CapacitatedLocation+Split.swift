extension CapacitatedLocation {
  /// Split demands: 1. the transports from the best sites without capacities give a cost; 2. Lagrangian prices, and the
  /// transports from a few of its open sets; 3. sites that cannot be in a better solution are ruled out; 4. branch and
  /// cut on the rest, from the best transports.
  ///
  /// Source: Van Roy, "A cross decomposition algorithm for capacitated facility location" (Operations Research 34,
  /// 1986) for the use of the Lagrangian's open sets; Kumar, Bandyopadhyay & Tewari for the strong rows x ≤ y.
  func solveSplit(_ limits: LocationLimits, _ solver: some Solver) throws(SolverError) -> CapacitatedSolution {
    let begun = ContinuousClock().now
    // 1.
    let loose = UncapacitatedLocation(fixedCosts: fixedCosts, costs: costs, openCount: openCount, choice: choice)
      .solve(LocationLimits(nodes: 20))
    var best = loose.status.hasValues ? try transport(loose.isOpen, solver) : nil
    // 2.
    var search = CapacitatedSearch(self, relativeGap: limits.relativeGap)
    search.best = best?.cost ?? .infinity
    var root = search.root()
    search.ascend(
      &root,
      .init(
        steps: 600, scale: 1, patience: 20, decay: 0.75, deflection: 0.8, reach: best == nil ? 0.01 : 0.001,
        searchEvery: 20, fixEvery: 600))
    for isOpen in search.openSets.suffix(3) {
      if let found = try transport(isOpen, solver), found.cost < best?.cost ?? .infinity { best = found }
    }
    // 3.
    if let best {
      search.best = best.cost
      search.ascend(
        &root, .init(steps: 200, scale: 0.3, patience: 20, deflection: 0.8, searchEvery: nil, fixEvery: 100))
    }
    // 4.
    let program = CapacitatedProgram(
      self, choice: root.bound == .infinity ? choice : root.choice,
      isAllowed: root.bound == .infinity ? CapacitatedDual(self).isAllowed : root.isAllowed, need: leastWeight)
    let session = try solver.session(for: program.program)
    if let best, let values = program.values(best.share, best.isOpen) { try session.start(at: values) }
    var bounds = SolverLimits(nodes: limits.nodes, relativeGap: limits.relativeGap)
    if let seconds = limits.seconds {
      let spent = begun.duration(to: ContinuousClock().now) / .seconds(1)
      bounds.seconds = max(0.1, seconds - spent)
    }
    let answer = try session.solve(limits: bounds)
    return conclude(answer, program, best, lagrangian: root.bound, limits)
  }

  private func conclude(
    _ answer: LinearSolution, _ program: CapacitatedProgram,
    _ best: (cost: Double, share: [Double], isOpen: [Bool])?, lagrangian: Double, _ limits: LocationLimits
  ) -> CapacitatedSolution {
    var (share, isOpen) = answer.status.hasValues ? program.read(answer.values) : ([], [])
    var objective = answer.status.hasValues ? cost(share, isOpen) : .infinity
    if let best, best.cost < objective { (objective, share, isOpen) = (best.cost, best.share, best.isOpen) }
    guard objective.isFinite else {
      return CapacitatedSolution(
        status: answer.status == .stopped ? .stopped : .infeasible, bound: lagrangian.isFinite ? lagrangian : -.infinity
      )
    }
    // Nothing was left below the known cost where the rest is infeasible.
    let isProven = answer.status == .optimal || answer.status == .infeasible
    let outside = lagrangian.isFinite ? lagrangian : -.infinity
    let bound =
      isProven
      ? min(objective, answer.bound.isNaN ? objective : max(answer.bound, objective - 1e-9 * abs(objective)))
      : min(objective, max(outside, answer.bound.isNaN ? -.infinity : answer.bound))
    let gap = (objective - bound) / max(1, abs(objective))
    return CapacitatedSolution(
      status: gap <= max(1e-8, limits.relativeGap) ? .optimal : .feasible(gap: gap), objective: objective,
      bound: bound, isOpen: isOpen, share: share)
  }

  /// The cheapest way to serve all demands from an open set; nil where it has no room.
  private func transport(
    _ isOpen: [Bool], _ solver: some Solver
  ) throws(SolverError) -> (cost: Double, share: [Double], isOpen: [Bool])? {
    var open = isOpen
    let free = (0..<siteCount).filter { !open[$0] && choice[$0] == .free }
    // Room for a little more than everybody: the set may be a little short.
    var room = (0..<siteCount).reduce(0) { open[$1] ? $0 + capacities[$1] : $0 }
    for site in free.sorted(by: { fixedCosts[$0] * capacities[$1] < fixedCosts[$1] * capacities[$0] })
    where room < leastWeight {
      open[site] = true
      room += capacities[site]
    }
    guard openCount.contains(open.count { $0 }) else { return nil }
    var allowed = [Bool](repeating: false, count: costs.count)
    for demand in 0..<demandCount {
      for site in 0..<siteCount where open[site] {
        allowed[site * demandCount + demand] = costs[demand * siteCount + site].isFinite
      }
    }
    var program = CapacitatedProgram(
      self, choice: open.map { $0 ? .open : .closed }, isAllowed: allowed, need: 0)
    program.relax()
    let answer = try solver.solve(program.program)
    guard answer.status == .optimal else { return nil }
    let share = program.read(answer.values).share
    return (cost(share, open), share, open)
  }
}
