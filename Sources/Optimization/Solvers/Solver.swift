/// Solves linear and mixed-integer programs. Every solver passes the same conformance tests.
public protocol Solver: Sendable {
  /// `HiGHS 1.15.1`
  var name: String { get }

  /// - Throws: only where there is no answer to speak of; an infeasible or unbounded program is an answer.
  func solve(_ program: LinearProgram, limits: SolverLimits) throws(SolverError) -> LinearSolution
}

extension Solver {
  public func solve(_ program: LinearProgram) throws(SolverError) -> LinearSolution {
    try solve(program, limits: SolverLimits())
  }
}

/// When to stop short of the optimum. Limits count work, so that a result does not depend on the machine's speed.
public struct SolverLimits: Sendable {
  /// Simplex iterations, in linear programs.
  public var iterations: Int?
  /// Nodes of the search tree, in mixed-integer programs.
  public var nodes: Int?
  /// Stop when |bound − objective| / |objective| is this small.
  public var relativeGap: Double

  public init(iterations: Int? = nil, nodes: Int? = nil, relativeGap: Double = 0) {
    self.iterations = iterations
    self.nodes = nodes
    self.relativeGap = relativeGap
  }
}

/// What became of a program.
public enum SolveStatus: Sendable, Hashable {
  /// Nothing better exists, within the solver's tolerance.
  case optimal
  /// A limit was met; the values are feasible and at most this relative gap from the best.
  case feasible(gap: Double)
  /// No values satisfy every row and bound.
  case infeasible
  /// The objective has no end.
  case unbounded
  /// A limit was met before any feasible values were found.
  case stopped

  public var hasValues: Bool {
    switch self {
    case .optimal, .feasible: true
    case .infeasible, .unbounded, .stopped: false
    }
  }
}

/// The answer to a program. Arrays are empty where the status has no values, duals also for mixed-integer programs.
public struct LinearSolution: Sendable {
  public var status: SolveStatus
  /// c·x at `values`; NaN without values.
  public var objective: Double
  /// No feasible values can do better than this.
  public var bound: Double
  public var values: [Double]
  public var rowValues: [Double]
  /// Per row: the change of the optimum per unit by which its binding bound moves up.
  public var duals: [Double]
  /// Per variable: the same for its bounds.
  public var reducedCosts: [Double]

  public init(
    status: SolveStatus, objective: Double = .nan, bound: Double = .nan, values: [Double] = [],
    rowValues: [Double] = [], duals: [Double] = [], reducedCosts: [Double] = []
  ) {
    self.status = status
    self.objective = objective
    self.bound = bound
    self.values = values
    self.rowValues = rowValues
    self.duals = duals
    self.reducedCosts = reducedCosts
  }
}

public enum SolverError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A coefficient or bound is not a number; the text names it.
  case notANumber(String)
  /// The solver refused a call or an option; the text names it.
  case refused(String)
  /// The solver gave up on the program for numerical reasons.
  case failed(String)

  public var description: String {
    switch self {
    case .notANumber(let what): "\(what) is not a finite number"
    case .refused(let what): "the solver refused \(what)"
    case .failed(let what): "the solver failed: \(what)"
    }
  }
}
