/// A program that stays with its solver, is changed a little and solved again from where the last solve ended.
///
/// Cutting planes, scenario rows, column generation, parametric studies and deletion filters solve hundreds of programs
/// that differ in one row or bound; from the last basis each takes a few iterations. Rows and variables keep their
/// indices; new ones are added at the end. A session belongs to one task: it is not `Sendable`.
///
///     let session = try HiGHSSolver().session(for: program)
///     var answer = try session.solve()
///     try session.addRow([(x, 1), (y, 1)], upper: 4)
///     answer = try session.solve()
public protocol SolverSession: AnyObject {
  var variableCount: Int { get }
  var rowCount: Int { get }

  /// Adds rows lower ≤ A·x ≤ upper; `entries` holds a vector of (variable, coefficient) for each.
  func addRows(_ entries: SparseVectors, lower: [Double], upper: [Double]) throws(SolverError)

  /// Adds variables; `entries` holds a vector of (row, coefficient) for each, or nothing at all.
  func addVariables(_ variables: [LinearProgram.Variable], entries: SparseVectors) throws(SolverError)

  /// Removes rows; those after them move up.
  func removeRows(_ rows: [Int]) throws(SolverError)

  func setBounds(of variable: Int, lower: Double, upper: Double) throws(SolverError)
  func setRowBounds(_ row: Int, lower: Double, upper: Double) throws(SolverError)
  func setObjective(of variable: Int, to coefficient: Double) throws(SolverError)
  func setCoefficient(row: Int, variable: Int, to coefficient: Double) throws(SolverError)
  func setSense(_ sense: LinearProgram.Sense) throws(SolverError)

  /// Where the next solve begins, instead of where the last one ended.
  func start(at values: [Double]) throws(SolverError)
  func start(from basis: Basis) throws(SolverError)
  /// Forgets where the last solve ended: the next one begins afresh.
  func startAfresh() throws(SolverError)

  /// Solves the program as it is now.
  ///
  /// - Throws: only where there is no answer to speak of; an infeasible or unbounded program is an answer.
  func solve(limits: SolverLimits, observer: SolverObserver?) throws(SolverError) -> LinearSolution

  /// The basis in which the last solve ended; nil where it has none.
  var basis: Basis? { get }

  /// After an infeasible answer to a linear program: a weight y per row such that no x within its bounds has y·A·x as
  /// large as y demands of the rows' bounds (Farkas). Nil where the solver has none.
  func dualRay() throws(SolverError) -> [Double]?

  /// After an unbounded answer to a linear program: a direction in which the objective improves without end.
  func primalRay() throws(SolverError) -> [Double]?
}

extension SolverSession {
  public func solve() throws(SolverError) -> LinearSolution {
    try solve(limits: SolverLimits(), observer: nil)
  }

  public func solve(limits: SolverLimits) throws(SolverError) -> LinearSolution {
    try solve(limits: limits, observer: nil)
  }

  /// Adds one row and returns its index.
  @discardableResult
  public func addRow(
    _ terms: [(variable: Int, coefficient: Double)], lower: Double = -.infinity, upper: Double = .infinity
  ) throws(SolverError) -> Int {
    var entries = SparseVectors()
    for term in terms { entries.appendEntry(term.variable, term.coefficient) }
    entries.endVector()
    try addRows(entries, lower: [lower], upper: [upper])
    return rowCount - 1
  }

  /// Adds one variable with its (row, coefficient) entries and returns its index.
  @discardableResult
  public func addVariable(
    _ terms: [(row: Int, coefficient: Double)] = [], lower: Double = 0, upper: Double = .infinity,
    objective: Double = 0, isInteger: Bool = false
  ) throws(SolverError) -> Int {
    var entries = SparseVectors()
    for term in terms { entries.appendEntry(term.row, term.coefficient) }
    entries.endVector()
    let variable = LinearProgram.Variable(lower: lower, upper: upper, objective: objective, isInteger: isInteger)
    try addVariables([variable], entries: entries)
    return variableCount - 1
  }
}

/// Sparse vectors one after the other: the rows, or the columns, of a sparse matrix.
public struct SparseVectors: Sendable, Hashable {
  /// Vector v holds the entries `start[v]..<start[v + 1]`.
  public private(set) var start: [Int] = [0]
  public private(set) var indices: [Int] = []
  public private(set) var values: [Double] = []

  public init() {}

  public var count: Int { start.count - 1 }

  public mutating func reserveCapacity(vectors: Int, entries: Int) {
    start.reserveCapacity(vectors + 1)
    indices.reserveCapacity(entries)
    values.reserveCapacity(entries)
  }

  /// Adds an entry to the vector that is being built; each index occurs once in a vector.
  public mutating func appendEntry(_ index: Int, _ value: Double) {
    indices.append(index)
    values.append(value)
  }

  /// Ends the vector that is being built.
  public mutating func endVector() { start.append(indices.count) }

  /// Vector v · dense.
  public func dot(_ vector: Int, _ dense: [Double]) -> Double {
    var sum = 0.0
    for entry in start[vector]..<start[vector + 1] { sum += values[entry] * dense[indices[entry]] }
    return sum
  }
}
