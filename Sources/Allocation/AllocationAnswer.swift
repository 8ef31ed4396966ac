public import Tables

/// A problem that asks how to divide something: each kind is one folder with its Problem, Formulation and Solution, and
/// each answers in the same words.
public protocol AllocationProblem: Sendable {
  /// Solves the problem. An infeasible problem is an answer too: its conflict and repairs are part of it.
  func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer
}

/// When to stop short of the optimum.
public struct AllocationLimits: Sendable, Hashable {
  /// Stop when |bound − objective| / max(1, |objective|) is this small.
  public var relativeGap: Double
  /// Nodes of a search tree; nil for as many as it takes.
  public var nodes: Int?
  /// Wall-clock seconds; nil for as long as it takes. What a clock stopped depends on the machine, and says so.
  public var seconds: Double?

  public init(relativeGap: Double = 0, nodes: Int? = nil, seconds: Double? = nil) {
    self.relativeGap = relativeGap
    self.nodes = nodes
    self.seconds = seconds
  }
}

/// What every allocation problem answers: the decision, how good it is, what holds it back and what one more unit of
/// each limit is worth.
public struct AllocationAnswer: Sendable {
  public enum Status: String, Sendable, Hashable {
    /// Nothing better exists, within rounding.
    case optimal
    /// Feasible, with the gap that bound and objective show.
    case feasible
    case infeasible
    case unbounded
    /// A limit was met before anything feasible was found.
    case stopped
  }

  public enum Sense: String, Sendable, Hashable { case maximise, minimise }

  public var status: Status
  public var sense: Sense
  /// The value of `solution` as it is published, with its amounts rounded; nil without a solution.
  public var objective: Double?
  /// No feasible decision is better than this; nil where none is known.
  public var bound: Double?
  /// The decision: an object of named numbers, lists, and tables (arrays of objects with the same members).
  public var solution: JSONValue
  /// What limits are worth, those that hold only.
  public var prices: [LimitPrice]
  /// The limits that the decision meets exactly, in the words of the problem: `caps.region.east`.
  public var binding: [String]
  /// Why there is no feasible decision.
  public var conflict: AllocationConflict?
  /// What the reader should know: fallbacks, traps, limits met.
  public var notes: [Diagnostic]

  public init(
    _ status: Status, _ sense: Sense, objective: Double? = nil, bound: Double? = nil, solution: JSONValue = .object([]),
    prices: [LimitPrice] = [], binding: [String] = [], conflict: AllocationConflict? = nil, notes: [Diagnostic] = []
  ) {
    self.status = status
    self.sense = sense
    self.objective = objective
    self.bound = bound
    self.solution = solution
    self.prices = prices
    self.binding = binding
    self.conflict = conflict
    self.notes = notes
  }

  /// |bound − objective| / max(1, |objective|); nil without both.
  public var relativeGap: Double? {
    guard let objective, let bound else { return nil }
    return abs(bound - objective) / max(1, abs(objective))
  }
}

/// What one unit of a limit is worth: the slope of the best objective in the limit's value, on either side of it.
///
/// At a corner of the feasible set the two differ, and one number alone would mislead (Jansen, de Jong, Roos & Terlaky,
/// "Sensitivity analysis in linear programming: just be careful!", European Journal of Operational Research 101, 1997).
public struct LimitPrice: Sendable, Hashable, Codable {
  /// In the words of the problem: `total`, `caps.region.east`.
  public var limit: String
  /// The limit's value.
  public var value: Double
  /// Change of the best objective per unit, where the limit goes down.
  public var left: Double
  /// Change of the best objective per unit, where the limit goes up: what one more unit is worth.
  public var right: Double
  /// The values of the limit between which these prices hold; for curves, where they change by less than a tenth.
  public var from: Double
  public var to: Double

  public init(limit: String, value: Double, left: Double, right: Double, from: Double, to: Double) {
    self.limit = limit
    self.value = value
    self.left = left
    self.right = right
    self.from = from
    self.to = to
  }
}

/// Limits that contradict one another, and ways out.
public struct AllocationConflict: Sendable {
  /// The finding for people, with the place of every limit in the conflict.
  public var diagnostic: Diagnostic
  /// The limits of an irreducible conflict: dropping any one of them resolves it.
  public var limits: [String]
  /// Cheapest first.
  public var repairs: [Repair]

  public struct Repair: Sendable {
    public var changes: [Change]
    /// What the repair costs in the objective; nil where that is not known.
    public var cost: Double?

    public init(changes: [Change], cost: Double? = nil) {
      self.changes = changes
      self.cost = cost
    }
  }

  /// One limit and the value that it would have to take.
  public struct Change: Sendable, Hashable {
    public var limit: String
    public var from: Double
    public var to: Double

    public init(limit: String, from: Double, to: Double) {
      self.limit = limit
      self.from = from
      self.to = to
    }
  }

  public init(diagnostic: Diagnostic, limits: [String], repairs: [Repair]) {
    self.diagnostic = diagnostic
    self.limits = limits
    self.repairs = repairs
  }
}

/// Why a problem has no answer at all.
public enum AllocationProblemError: Error, Sendable {
  /// The problem itself is wrong: every finding with its place.
  case invalid([Diagnostic])
  /// A solver failed; the text says how.
  case failed(String)
}
