/// Solves linear and mixed-integer programs. Every solver passes the same conformance tests.
///
/// A program that is solved once goes through `solve`; one that is solved again and again, a little changed each time,
/// stays with the solver in a `SolverSession`.
public protocol Solver: Sendable {
  associatedtype Session: SolverSession

  /// `HiGHS 1.15.1`
  var name: String { get }

  /// A session that holds the program.
  ///
  /// - Throws: where the program holds something that is not a number, or the solver refuses it.
  func session(for program: LinearProgram) throws(SolverError) -> Session
}

extension Solver {
  /// Solves a program once.
  ///
  /// - Parameters:
  ///   - start: where the search begins; it never changes what the best objective is.
  ///   - observer: asked from time to time how far the solver has come, and whether it shall go on.
  /// - Throws: only where there is no answer to speak of; an infeasible or unbounded program is an answer.
  public func solve(
    _ program: LinearProgram, limits: SolverLimits = SolverLimits(), start: WarmStart? = nil,
    observer: SolverObserver? = nil
  ) throws(SolverError) -> LinearSolution {
    let session = try session(for: program)
    switch start {
    case .values(let values): try session.start(at: values)
    case .basis(let basis): try session.start(from: basis)
    case nil: break
    }
    return try session.solve(limits: limits, observer: observer)
  }
}

/// When to stop short of the optimum. Limits count work, so that a result does not depend on the machine's speed; the
/// clock stops a solver only where the caller asks for it.
public struct SolverLimits: Sendable {
  /// Iterations of the simplex or interior-point method, in linear programs.
  public var iterations: Int?
  /// Nodes of the search tree, in mixed-integer programs.
  public var nodes: Int?
  /// Wall-clock seconds. What a clock stopped depends on the machine.
  public var seconds: Double?
  /// Stop when |bound − objective| / |objective| is this small.
  public var relativeGap: Double

  public init(iterations: Int? = nil, nodes: Int? = nil, seconds: Double? = nil, relativeGap: Double = 0) {
    self.iterations = iterations
    self.nodes = nodes
    self.seconds = seconds
    self.relativeGap = relativeGap
  }
}

/// Where a search begins.
public enum WarmStart: Sendable, Hashable {
  /// A value per variable: a feasible point from which a mixed-integer search takes its first bound. A point that is
  /// not feasible is completed if the solver can, and otherwise ignored.
  case values([Double])
  /// The basis from which the simplex method starts, as a former solution of a similar program left it.
  case basis(Basis)
}

/// Which variables and rows are basic, and at which bound the others lie.
public struct Basis: Sendable, Hashable {
  public enum Position: UInt8, Sendable, Hashable {
    case lower, basic, upper
    /// Neither bound is finite: a free variable at zero.
    case free
    /// At a bound, whichever is nearer.
    case nonbasic
  }

  public var variables: [Position]
  public var rows: [Position]

  public init(variables: [Position], rows: [Position]) {
    self.variables = variables
    self.rows = rows
  }
}

/// How far a solver has come.
public struct SolverProgress: Sendable, Hashable {
  /// Iterations so far.
  public var iterations: Int
  /// Nodes of the search tree so far; 0 in linear programs.
  public var nodes: Int
  /// The best objective of mixed-integer programs so far; nil before there is one, and in linear programs.
  public var objective: Double?
  /// No feasible values can do better than this, as far as is known in mixed-integer programs.
  public var bound: Double?
  /// Wall-clock seconds so far.
  public var seconds: Double

  public init(iterations: Int, nodes: Int, objective: Double?, bound: Double?, seconds: Double) {
    self.iterations = iterations
    self.nodes = nodes
    self.objective = objective
    self.bound = bound
    self.seconds = seconds
  }
}

/// Looks at a solver's progress and answers whether it shall go on. A solver that is told to stop answers with the best
/// that it has, as if it had met a limit.
public typealias SolverObserver = (SolverProgress) -> SolverVerdict

public enum SolverVerdict: Sendable, Hashable { case proceed, stop }

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
  /// The iterations that this solve took.
  public var iterations: Int

  public init(
    status: SolveStatus, objective: Double = .nan, bound: Double = .nan, values: [Double] = [],
    rowValues: [Double] = [], duals: [Double] = [], reducedCosts: [Double] = [], iterations: Int = 0
  ) {
    self.status = status
    self.objective = objective
    self.bound = bound
    self.values = values
    self.rowValues = rowValues
    self.duals = duals
    self.reducedCosts = reducedCosts
    self.iterations = iterations
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
