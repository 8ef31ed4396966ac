import CHiGHS

/// HiGHS: simplex or interior point for linear programs, branch and cut for mixed-integer ones; one thread, fixed seed.
///
/// Source: Huangfu & Hall, "Parallelizing the dual revised simplex method" (Mathematical Programming Computation 10,
/// 2018). This file is the only one that knows its C interface.
public struct HiGHSSolver: Solver {
  /// How linear programs are solved; programs with integers always go to branch and cut.
  public enum Algorithm: Sendable, Hashable {
    /// Dual simplex: the natural choice after rows or bounds changed.
    case simplex
    /// Primal simplex: the natural choice after variables or objective changed.
    case primalSimplex
    /// Interior point, for large programs that are solved once. Without crossover the values may lie inside a face of
    /// optima rather than at a corner, and there is no basis.
    case interiorPoint(crossover: Bool)
  }

  /// The largest violation of a row, and the largest wrong sign of a reduced cost, that counts as none.
  public var tolerance: Double
  public var algorithm: Algorithm
  /// Whether a solve without a basis to start from simplifies the program first.
  public var presolves: Bool

  public init(tolerance: Double = 1e-7, algorithm: Algorithm = .simplex, presolves: Bool = true) {
    self.tolerance = tolerance
    self.algorithm = algorithm
    self.presolves = presolves
  }

  public var name: String { "HiGHS \(Highs_versionMajor()).\(Highs_versionMinor()).\(Highs_versionPatch())" }

  public func session(for program: LinearProgram) throws(SolverError) -> HiGHSSession {
    if let defect = program.defect { throw .notANumber(defect) }
    return try HiGHSSession(program, solver: self)
  }
}

/// A program inside HiGHS. It owns the C handle; costs and bounds are kept beside it, for they decide what HiGHS is not
/// asked: a program with an empty bound, and one whose status HiGHS leaves open.
public final class HiGHSSession: SolverSession {
  private let pointer: UnsafeMutableRawPointer
  private let solver: HiGHSSolver
  private var sense: LinearProgram.Sense
  private var costs: [Double]
  private var bounds: [(lower: Double, upper: Double)]
  private var rowBounds: [(lower: Double, upper: Double)]
  private var isInteger: [Bool]
  private var integers: Int
  /// Bounds between which nothing lies; HiGHS never sees them.
  private var empties = 0
  private var isGivenBasis = false

  public var variableCount: Int { costs.count }
  public var rowCount: Int { rowBounds.count }

  fileprivate init(_ program: LinearProgram, solver: HiGHSSolver) throws(SolverError) {
    guard let pointer = Highs_create() else { throw .refused("a new instance") }
    self.pointer = pointer
    self.solver = solver
    sense = program.sense
    costs = program.variables.map(\.objective)
    bounds = program.variables.map { ($0.lower, $0.upper) }
    rowBounds = program.rows.map { ($0.lower, $0.upper) }
    isInteger = program.variables.map(\.isInteger)
    integers = isInteger.count { $0 }
    empties = (bounds + rowBounds).count { Interval.isEmpty($0.lower, $0.upper) }
    try setOptions()
    try pass(program)
  }

  deinit { Highs_destroy(pointer) }

  private func pass(_ program: LinearProgram) throws(SolverError) {
    let columns = shown(bounds)
    let rows = shown(rowBounds)
    let status = Highs_passModel(
      pointer, HighsInt(columns.lower.count), HighsInt(rows.lower.count), HighsInt(program.columns.count), 0,
      kHighsMatrixFormatRowwise, kHighsHessianFormatTriangular, code(sense), 0, costs, columns.lower, columns.upper,
      rows.lower, rows.upper, program.rowStart.map { HighsInt($0) }, program.columns.map { HighsInt($0) },
      program.coefficients, nil, nil, nil,
      isInteger.map { $0 ? kHighsVarTypeInteger : kHighsVarTypeContinuous })
    // A warning tells of coefficients that HiGHS takes for zero (below 1e-9); the model stands.
    guard status != kHighsStatusError else { throw .refused("the model") }
  }

  // MARK: Options

  // HiGHS answers a wrong option with a status and then silently solves with something else: every answer is read.

  private func setOptions() throws(SolverError) {
    try set("output_flag", false)
    try set("threads", 1)
    try set("parallel", "off")
    try set("random_seed", 0)
    try set("primal_feasibility_tolerance", solver.tolerance)
    try set("dual_feasibility_tolerance", solver.tolerance)
    try set("mip_abs_gap", 0.0)
    try set(presolves: solver.presolves)
  }

  private func set(presolves: Bool) throws(SolverError) { try set("presolve", presolves ? "choose" : "off") }

  private func set(_ algorithm: HiGHSSolver.Algorithm) throws(SolverError) {
    switch algorithm {
    case _ where integers > 0:
      try set("solver", "choose")
    case .simplex:
      try set("solver", "simplex")
      try set("simplex_strategy", 1)
    case .primalSimplex:
      try set("solver", "simplex")
      try set("simplex_strategy", 4)
    case .interiorPoint(let crossover):
      // From a basis, the simplex method is a few iterations away; an interior point would begin afresh.
      if isGivenBasis || basis != nil { return try set(.simplex) }
      try set("solver", "ipm")
      try set("run_crossover", crossover ? "on" : "off")
    }
  }

  private func set(_ limits: SolverLimits) throws(SolverError) {
    let iterations = HighsInt(clamping: max(0, limits.iterations ?? Int(HighsInt.max)))
    try set("simplex_iteration_limit", Int(iterations))
    try set("ipm_iteration_limit", Int(iterations))
    try set("mip_max_nodes", max(0, limits.nodes ?? Int(HighsInt.max)))
    try set("time_limit", max(0, limits.seconds ?? .infinity))
    try set("mip_rel_gap", max(0, limits.relativeGap))
  }

  private func set(_ option: String, _ value: Bool) throws(SolverError) {
    try check(Highs_setBoolOptionValue(pointer, option, value ? 1 : 0), "\(option) = \(value)")
  }
  private func set(_ option: String, _ value: Int) throws(SolverError) {
    try check(Highs_setIntOptionValue(pointer, option, HighsInt(clamping: value)), "\(option) = \(value)")
  }
  private func set(_ option: String, _ value: Double) throws(SolverError) {
    try check(Highs_setDoubleOptionValue(pointer, option, value), "\(option) = \(value)")
  }
  private func set(_ option: String, _ value: String) throws(SolverError) {
    try check(Highs_setStringOptionValue(pointer, option, value), "\(option) = \(value)")
  }

  private func check(_ status: HighsInt, _ call: @autoclosure () -> String) throws(SolverError) {
    guard status == kHighsStatusOk else { throw .refused(call()) }
  }

  // MARK: Changes

  public func addRows(_ entries: SparseVectors, lower: [Double], upper: [Double]) throws(SolverError) {
    guard entries.count == lower.count, lower.count == upper.count else { throw .refused("rows without bounds") }
    guard entries.values.allSatisfy({ $0.isFinite }) else { throw .notANumber("a coefficient") }
    guard !lower.contains(where: { $0.isNaN }), !upper.contains(where: { $0.isNaN }) else {
      throw .notANumber("a bound of a row")
    }
    let added = Array(zip(lower, upper))
    let rows = shown(added)
    let status = Highs_addRows(
      pointer, HighsInt(added.count), rows.lower, rows.upper, HighsInt(entries.indices.count),
      entries.start.map { HighsInt($0) }, entries.indices.map { HighsInt($0) }, entries.values)
    guard status != kHighsStatusError else { throw .refused("new rows") }
    rowBounds += added
    empties += added.count { Interval.isEmpty($0.0, $0.1) }
  }

  public func addVariables(
    _ variables: [LinearProgram.Variable], entries: SparseVectors
  ) throws(SolverError) {
    for variable in variables { if let defect = variable.defect { throw .notANumber("\(defect) of a variable") } }
    guard entries.values.allSatisfy({ $0.isFinite }) else { throw .notANumber("a coefficient") }
    let start = entries.count == 0 ? [Int](repeating: 0, count: variables.count + 1) : entries.start
    guard start.count == variables.count + 1 else { throw .refused("variables without entries") }
    let added = variables.map { ($0.lower, $0.upper) }
    let columns = shown(added)
    let status = Highs_addCols(
      pointer, HighsInt(variables.count), variables.map(\.objective), columns.lower, columns.upper,
      HighsInt(entries.indices.count), start.map { HighsInt($0) }, entries.indices.map { HighsInt($0) },
      entries.values)
    guard status != kHighsStatusError else { throw .refused("new variables") }
    let first = costs.count
    costs += variables.map(\.objective)
    bounds += added
    isInteger += variables.map(\.isInteger)
    empties += added.count { Interval.isEmpty($0.0, $0.1) }
    for (offset, variable) in variables.enumerated() where variable.isInteger {
      integers += 1
      try check(
        Highs_changeColIntegrality(pointer, HighsInt(first + offset), kHighsVarTypeInteger), "a whole variable")
    }
  }

  public func removeRows(_ rows: [Int]) throws(SolverError) {
    var mask = [HighsInt](repeating: 0, count: rowCount)
    for row in rows where rowBounds.indices.contains(row) { mask[row] = 1 }
    let isKept = mask.map { $0 == 0 }
    try check(Highs_deleteRowsByMask(pointer, &mask), "the removal of rows")
    empties -= rowBounds.indices.count { !isKept[$0] && Interval.isEmpty(rowBounds[$0].lower, rowBounds[$0].upper) }
    rowBounds = rowBounds.indices.filter { isKept[$0] }.map { rowBounds[$0] }
  }

  public func setBounds(of variable: Int, lower: Double, upper: Double) throws(SolverError) {
    guard bounds.indices.contains(variable) else { throw .refused("variable \(variable)") }
    guard !lower.isNaN, !upper.isNaN else { throw .notANumber("a bound of variable \(variable)") }
    let isEmpty = recount(bounds[variable], (lower, upper))
    bounds[variable] = (lower, upper)
    if isEmpty { return }
    try check(Highs_changeColBounds(pointer, HighsInt(variable), lower, upper), "bounds of variable \(variable)")
  }

  public func setRowBounds(_ row: Int, lower: Double, upper: Double) throws(SolverError) {
    guard rowBounds.indices.contains(row) else { throw .refused("row \(row)") }
    guard !lower.isNaN, !upper.isNaN else { throw .notANumber("a bound of row \(row)") }
    let isEmpty = recount(rowBounds[row], (lower, upper))
    rowBounds[row] = (lower, upper)
    if isEmpty { return }
    try check(Highs_changeRowBounds(pointer, HighsInt(row), lower, upper), "bounds of row \(row)")
  }

  public func setObjective(of variable: Int, to coefficient: Double) throws(SolverError) {
    guard costs.indices.contains(variable) else { throw .refused("variable \(variable)") }
    guard coefficient.isFinite else { throw .notANumber("the objective of variable \(variable)") }
    costs[variable] = coefficient
    try check(Highs_changeColCost(pointer, HighsInt(variable), coefficient), "the objective of variable \(variable)")
  }

  public func setCoefficient(row: Int, variable: Int, to coefficient: Double) throws(SolverError) {
    guard coefficient.isFinite else { throw .notANumber("a coefficient of row \(row)") }
    try check(
      Highs_changeCoeff(pointer, HighsInt(row), HighsInt(variable), coefficient), "a coefficient of row \(row)")
  }

  public func setSense(_ sense: LinearProgram.Sense) throws(SolverError) {
    self.sense = sense
    try check(Highs_changeObjectiveSense(pointer, code(sense)), "the sense")
  }

  /// Keeps count of empty bounds; true if the new one is empty.
  private func recount(_ old: (lower: Double, upper: Double), _ new: (lower: Double, upper: Double)) -> Bool {
    let isEmpty = Interval.isEmpty(new.lower, new.upper)
    empties += (isEmpty ? 1 : 0) - (Interval.isEmpty(old.lower, old.upper) ? 1 : 0)
    return isEmpty
  }

  /// The bounds as HiGHS sees them: an empty one as none, for no such program reaches it.
  private func shown(_ bounds: [(lower: Double, upper: Double)]) -> (lower: [Double], upper: [Double]) {
    (
      bounds.map { Interval.isEmpty($0.lower, $0.upper) ? -.infinity : $0.lower },
      bounds.map { Interval.isEmpty($0.lower, $0.upper) ? .infinity : $0.upper }
    )
  }

  private func code(_ sense: LinearProgram.Sense) -> HighsInt {
    sense == .minimise ? kHighsObjSenseMinimize : kHighsObjSenseMaximize
  }

  // MARK: Starts

  public func start(at values: [Double]) throws(SolverError) {
    guard values.count == variableCount else { throw .refused("a start of \(values.count) values") }
    guard values.allSatisfy({ $0.isFinite }) else { throw .notANumber("a value of the start") }
    guard Highs_setSolution(pointer, values, nil, nil, nil) != kHighsStatusError else { throw .refused("the start") }
  }

  public func start(from basis: Basis) throws(SolverError) {
    guard basis.variables.count == variableCount, basis.rows.count == rowCount else {
      throw .refused("a basis of another size")
    }
    let status = Highs_setBasis(
      pointer, basis.variables.map { HighsInt($0.rawValue) }, basis.rows.map { HighsInt($0.rawValue) })
    guard status != kHighsStatusError else { throw .refused("the basis") }
    isGivenBasis = true
  }

  public func startAfresh() throws(SolverError) {
    try check(Highs_clearSolver(pointer), "a fresh start")
    isGivenBasis = false
  }

  public var basis: Basis? {
    guard (try? info("basis_validity")) == Int(kHighsBasisValidityValid) else { return nil }
    var variables = [HighsInt](repeating: 0, count: variableCount)
    var rows = [HighsInt](repeating: 0, count: rowCount)
    guard Highs_getBasis(pointer, &variables, &rows) == kHighsStatusOk else { return nil }
    func position(_ code: HighsInt) -> Basis.Position { Basis.Position(rawValue: UInt8(clamping: code)) ?? .nonbasic }
    return Basis(variables: variables.map(position), rows: rows.map(position))
  }

  // MARK: Solving

  public func solve(limits: SolverLimits, observer: SolverObserver?) throws(SolverError) -> LinearSolution {
    if empties > 0 { return LinearSolution(status: .infeasible) }
    try set(solver.algorithm)
    try set(limits)
    var status = try run(observer)
    if status == kHighsModelStatusUnknown || status == kHighsModelStatusSolveError {
      // Numerical trouble from a warm start or a simplified program: once more without either.
      try startAfresh()
      try set(presolves: false)
      status = try run(observer)
      try set(presolves: solver.presolves)
    }
    switch status {
    case kHighsModelStatusOptimal, kHighsModelStatusModelEmpty:
      return try solution(isOptimal: true, limits)
    case kHighsModelStatusInfeasible:
      return LinearSolution(status: .infeasible, iterations: iterations)
    case kHighsModelStatusUnbounded:
      return LinearSolution(status: .unbounded, iterations: iterations)
    case kHighsModelStatusUnboundedOrInfeasible:
      return LinearSolution(status: try isFeasible(observer) ? .unbounded : .infeasible, iterations: iterations)
    case kHighsModelStatusIterationLimit, kHighsModelStatusSolutionLimit, kHighsModelStatusTimeLimit,
      kHighsModelStatusInterrupt, kHighsModelStatusObjectiveBound, kHighsModelStatusObjectiveTarget:
      let isFeasible = try info("primal_solution_status") == Int(kHighsSolutionStatusFeasible)
      return isFeasible
        ? try solution(isOptimal: false, limits) : LinearSolution(status: .stopped, iterations: iterations)
    case let other:
      throw .failed("model status \(other)")
    }
  }

  private func run(_ observer: SolverObserver?) throws(SolverError) -> HighsInt {
    // Both clocks and iteration counts run on from solve to solve; limits are meant for one.
    try check(Highs_zeroAllClocks(pointer), "a clock at zero")
    guard let observer else {
      let status = Highs_run(pointer)
      guard status != kHighsStatusError || Highs_getModelStatus(pointer) != kHighsModelStatusNotset else {
        throw .failed("it reports an error")
      }
      return Highs_getModelStatus(pointer)
    }
    let box = Unmanaged.passRetained(ObserverBox(observer))
    defer { box.release() }
    let kinds = [
      kHighsCallbackSimplexInterrupt, kHighsCallbackIpmInterrupt, kHighsCallbackMipInterrupt,
    ]
    try check(Highs_setCallback(pointer, observe, box.toOpaque()), "an observer")
    for kind in kinds { try check(Highs_startCallback(pointer, kind), "an observer") }
    let status = Highs_run(pointer)
    for kind in kinds { try check(Highs_stopCallback(pointer, kind), "the end of an observer") }
    guard status != kHighsStatusError || Highs_getModelStatus(pointer) != kHighsModelStatusNotset else {
      throw .failed("it reports an error")
    }
    return Highs_getModelStatus(pointer)
  }

  /// Whether the program has feasible values at all: the program without its objective.
  private func isFeasible(_ observer: SolverObserver?) throws(SolverError) -> Bool {
    let kept = costs
    for variable in kept.indices where kept[variable] != 0 { try setObjective(of: variable, to: 0) }
    let status = try run(observer)
    for variable in kept.indices where kept[variable] != 0 { try setObjective(of: variable, to: kept[variable]) }
    return status == kHighsModelStatusOptimal || status == kHighsModelStatusModelEmpty
  }

  private func info(_ name: String) throws(SolverError) -> Int {
    var value: HighsInt = 0
    try check(Highs_getIntInfoValue(pointer, name, &value), name)
    return Int(value)
  }

  private var iterations: Int {
    max(0, (try? info("simplex_iteration_count")) ?? 0) + max(0, (try? info("ipm_iteration_count")) ?? 0)
  }

  private func solution(isOptimal: Bool, _ limits: SolverLimits) throws(SolverError) -> LinearSolution {
    var solution = LinearSolution(status: .optimal, iterations: iterations)
    solution.values = [Double](repeating: 0, count: variableCount)
    solution.reducedCosts = solution.values
    solution.rowValues = [Double](repeating: 0, count: rowCount)
    solution.duals = solution.rowValues
    try check(
      Highs_getSolution(pointer, &solution.values, &solution.reducedCosts, &solution.rowValues, &solution.duals),
      "the solution")
    solution.objective = zip(costs, solution.values).reduce(0) { $0 + $1.0 * $1.1 }
    solution.bound = solution.objective
    if integers > 0 {
      try check(Highs_getDoubleInfoValue(pointer, "mip_dual_bound", &solution.bound), "mip_dual_bound")
      solution.duals = []
      solution.reducedCosts = []
    } else if !isOptimal {
      solution.bound = sense == .minimise ? -.infinity : .infinity
    }
    let gap = abs(solution.bound - solution.objective) / max(1, abs(solution.objective))
    // A gap that the caller allowed for is still a gap.
    if !isOptimal || (limits.relativeGap > 0 && gap > 1e-9) { solution.status = .feasible(gap: gap) }
    return solution
  }

  // MARK: Rays

  public func dualRay() throws(SolverError) -> [Double]? {
    var exists: HighsInt = 0
    var ray = [Double](repeating: 0, count: rowCount)
    guard integers == 0, empties == 0 else { return nil }
    if Highs_getDualRay(pointer, &exists, &ray) == kHighsStatusOk, exists == 1 { return ray }
    guard try runPlain(.simplex) == kHighsModelStatusInfeasible else { return nil }
    return Highs_getDualRay(pointer, &exists, &ray) == kHighsStatusOk && exists == 1 ? ray : nil
  }

  public func primalRay() throws(SolverError) -> [Double]? {
    var exists: HighsInt = 0
    var ray = [Double](repeating: 0, count: variableCount)
    guard integers == 0, empties == 0 else { return nil }
    if Highs_getPrimalRay(pointer, &exists, &ray) == kHighsStatusOk, exists == 1 { return ray }
    guard try runPlain(.primalSimplex) == kHighsModelStatusUnbounded else { return nil }
    return Highs_getPrimalRay(pointer, &exists, &ray) == kHighsStatusOk && exists == 1 ? ray : nil
  }

  /// Solves once more by a method that leaves a ray: presolve, interior point and the other simplex leave none.
  private func runPlain(_ algorithm: HiGHSSolver.Algorithm) throws(SolverError) -> HighsInt {
    try startAfresh()
    try set(SolverLimits())
    try set(algorithm)
    try set(presolves: false)
    let status = try run(nil)
    try set(presolves: solver.presolves)
    return status
  }
}

/// Carries an observer through C.
private final class ObserverBox {
  let observer: SolverObserver
  init(_ observer: @escaping SolverObserver) { self.observer = observer }
}

/// What HiGHS calls at every interrupt point.
private func observe(
  kind: Int32, message: UnsafePointer<CChar>?, output: UnsafePointer<HighsCallbackDataOut>?,
  input: UnsafeMutablePointer<HighsCallbackDataIn>?, box: UnsafeMutableRawPointer?
) {
  guard let output = output?.pointee, let input, let box else { return }
  let isSearch = kind == kHighsCallbackMipInterrupt
  func known(_ value: Double) -> Double? { isSearch && value.isFinite ? value : nil }
  let progress = SolverProgress(
    iterations: isSearch
      ? Int(output.mip_total_lp_iterations)
      : Int(max(0, output.simplex_iteration_count)) + Int(max(0, output.ipm_iteration_count)),
    nodes: isSearch ? Int(max(0, output.mip_node_count)) : 0, objective: known(output.mip_primal_bound),
    bound: known(output.mip_dual_bound), seconds: output.running_time)
  let observer = Unmanaged<ObserverBox>.fromOpaque(box).takeUnretainedValue().observer
  if observer(progress) == .stop { input.pointee.user_interrupt = 1 }
}
