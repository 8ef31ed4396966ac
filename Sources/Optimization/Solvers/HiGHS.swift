import CHiGHS

/// HiGHS: dual simplex for linear programs, branch and cut for mixed-integer ones; one thread, fixed seed.
///
/// Source: Huangfu & Hall, "Parallelizing the dual revised simplex method" (Mathematical Programming Computation 10,
/// 2018). This file is the only one that knows its C interface.
public struct HiGHSSolver: Solver {
  /// The largest violation of a row, and the largest wrong sign of a reduced cost, that counts as none.
  public var tolerance: Double

  public init(tolerance: Double = 1e-7) { self.tolerance = tolerance }

  public var name: String { "HiGHS \(Highs_versionMajor()).\(Highs_versionMinor()).\(Highs_versionPatch())" }

  public func solve(_ program: LinearProgram, limits: SolverLimits) throws(SolverError) -> LinearSolution {
    if let defect = program.defect { throw .notANumber(defect) }
    if program.hasEmptyBounds { return LinearSolution(status: .infeasible) }
    let handle = try HiGHSHandle()
    try handle.set("output_flag", false)
    try handle.set("threads", 1)
    try handle.set("parallel", "off")
    try handle.set("random_seed", 0)
    try handle.set("primal_feasibility_tolerance", tolerance)
    try handle.set("dual_feasibility_tolerance", tolerance)
    try handle.set("mip_rel_gap", limits.relativeGap)
    try handle.set("mip_abs_gap", 0.0)
    if !program.hasIntegers { try handle.set("solver", "simplex") }
    if let iterations = limits.iterations { try handle.set("simplex_iteration_limit", iterations) }
    if let nodes = limits.nodes { try handle.set("mip_max_nodes", nodes) }
    try handle.pass(program)
    return try handle.run(program)
  }
}

/// An owned HiGHS instance.
private struct HiGHSHandle: ~Copyable {
  private let pointer: UnsafeMutableRawPointer

  init() throws(SolverError) {
    guard let pointer = Highs_create() else { throw .refused("a new instance") }
    self.pointer = pointer
  }

  deinit { Highs_destroy(pointer) }

  // HiGHS answers a wrong option with a status and then silently solves with something else: every answer is read.

  func set(_ option: String, _ value: Bool) throws(SolverError) {
    try check(Highs_setBoolOptionValue(pointer, option, value ? 1 : 0), "\(option) = \(value)")
  }
  func set(_ option: String, _ value: Int) throws(SolverError) {
    try check(Highs_setIntOptionValue(pointer, option, HighsInt(clamping: value)), "\(option) = \(value)")
  }
  func set(_ option: String, _ value: Double) throws(SolverError) {
    try check(Highs_setDoubleOptionValue(pointer, option, value), "\(option) = \(value)")
  }
  func set(_ option: String, _ value: String) throws(SolverError) {
    try check(Highs_setStringOptionValue(pointer, option, value), "\(option) = \(value)")
  }

  private func check(_ status: HighsInt, _ call: String) throws(SolverError) {
    guard status == kHighsStatusOk else { throw .refused(call) }
  }

  func pass(_ program: LinearProgram) throws(SolverError) {
    let status = Highs_passModel(
      pointer, HighsInt(program.variables.count), HighsInt(program.rows.count), HighsInt(program.columns.count), 0,
      kHighsMatrixFormatRowwise, kHighsHessianFormatTriangular,
      program.sense == .minimise ? kHighsObjSenseMinimize : kHighsObjSenseMaximize, 0,
      program.variables.map(\.objective), program.variables.map(\.lower), program.variables.map(\.upper),
      program.rows.map(\.lower), program.rows.map(\.upper), program.rowStart.map { HighsInt($0) },
      program.columns.map { HighsInt($0) }, program.coefficients, nil, nil, nil,
      program.variables.map { $0.isInteger ? kHighsVarTypeInteger : kHighsVarTypeContinuous })
    // A warning tells of coefficients that HiGHS takes for zero (below 1e-9); the model stands.
    guard status != kHighsStatusError else { throw .refused("the model") }
  }

  func run(_ program: LinearProgram) throws(SolverError) -> LinearSolution {
    guard Highs_run(pointer) != kHighsStatusError else { throw .failed("it reports an error") }
    switch Highs_getModelStatus(pointer) {
    case kHighsModelStatusOptimal, kHighsModelStatusModelEmpty:
      return try solution(program, isOptimal: true)
    case kHighsModelStatusInfeasible:
      return LinearSolution(status: .infeasible)
    case kHighsModelStatusUnbounded:
      return LinearSolution(status: .unbounded)
    case kHighsModelStatusIterationLimit, kHighsModelStatusSolutionLimit, kHighsModelStatusTimeLimit:
      let isFeasible = try info("primal_solution_status") == Int(kHighsSolutionStatusFeasible)
      return isFeasible ? try solution(program, isOptimal: false) : LinearSolution(status: .stopped)
    case let other:
      throw .failed("model status \(other)")
    }
  }

  private func info(_ name: String) throws(SolverError) -> Int {
    var value: HighsInt = 0
    try check(Highs_getIntInfoValue(pointer, name, &value), name)
    return Int(value)
  }

  private func solution(_ program: LinearProgram, isOptimal: Bool) throws(SolverError) -> LinearSolution {
    var solution = LinearSolution(status: .optimal)
    solution.values = [Double](repeating: 0, count: program.variables.count)
    solution.reducedCosts = solution.values
    solution.rowValues = [Double](repeating: 0, count: program.rows.count)
    solution.duals = solution.rowValues
    try check(
      Highs_getSolution(pointer, &solution.values, &solution.reducedCosts, &solution.rowValues, &solution.duals),
      "the solution")
    solution.objective = program.objective(at: solution.values)
    solution.bound = solution.objective
    if program.hasIntegers {
      try check(Highs_getDoubleInfoValue(pointer, "mip_dual_bound", &solution.bound), "mip_dual_bound")
      solution.duals = []
      solution.reducedCosts = []
    } else if !isOptimal {
      solution.bound = program.sense == .minimise ? -.infinity : .infinity
    }
    if !isOptimal {
      solution.status = .feasible(
        gap: abs(solution.bound - solution.objective) / max(1, abs(solution.objective)))
    }
    return solution
  }
}
