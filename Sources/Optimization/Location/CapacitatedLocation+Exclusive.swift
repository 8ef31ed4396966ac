extension CapacitatedLocation {
  /// Solves with sets of sites of which at most one opens, by branch and cut on the whole program.
  public func solve(
    _ limits: LocationLimits, exclusive: [[Int]], with solver: some Solver = HiGHSSolver()
  ) throws(SolverError) -> CapacitatedSolution {
    let dual = CapacitatedDual(self)
    if dual.onlySite.contains(-2) { return CapacitatedSolution(status: .infeasible) }
    var program = CapacitatedProgram(self, choice: choice, isAllowed: dual.isAllowed, need: leastWeight)
    for set in exclusive { program.excludeAllButOne(of: set) }
    let answer = try solver.solve(
      program.program,
      limits: SolverLimits(nodes: limits.nodes, seconds: limits.seconds, relativeGap: limits.relativeGap))
    guard answer.status.hasValues else { return CapacitatedSolution(status: answer.status) }
    let (share, isOpen) = program.read(answer.values)
    let objective = cost(share, isOpen)
    return CapacitatedSolution(
      status: answer.status, objective: objective, bound: min(answer.bound, objective), isOpen: isOpen, share: share)
  }
}
