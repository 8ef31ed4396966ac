import Synchronization
public import Tables

/// The capabilities that `run` evaluates; a name is never reused for something else.
public enum StageName: String, Sendable, Hashable, CaseIterable, Codable {
  case history, forecast, demand, drivers, churn, value, targets, track, scores, awards, incentives, alerts, probation
  case stock, transfers, disruption, response, budget, coverage, credit, risk, monitor, ledger
}

/// A pure function from tables and upstream results to result tables.
///
/// A stage declares what it needs; the graph gives it exactly that, runs independent stages side by side, and can
/// re-evaluate one alone because nothing else reaches it.
public protocol Stage: Sendable {
  /// What later stages read from this one.
  associatedtype Result: Sendable
  static var name: StageName { get }
  /// Tables without which the stage is skipped with a note.
  static var requiredTables: [InputTable] { get }
  /// Tables that the stage uses where they are there.
  static var optionalTables: [InputTable] { get }
  /// Stages whose results it needs; skipped where one of them was skipped.
  static var upstream: [StageName] { get }
  /// Stages whose results it uses where they are there.
  static var optionalUpstream: [StageName] { get }
  /// The parts of the plan that it reads, `calendar` or `budget.spend_types`: a change elsewhere does not touch it.
  static var planSections: [String] { get }
  init()
  func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result>
}

extension Stage {
  public static var optionalTables: [InputTable] { [] }
  public static var upstream: [StageName] { [] }
  public static var optionalUpstream: [StageName] { [] }
}

/// What a stage gives: its result for later stages, and tables for people.
public struct StageOutput<Result: Sendable>: Sendable {
  public var result: Result
  /// One CSV each, named after the table; made when first asked for, because a what-if shows figures only.
  public var tables: [Table] { deferredTables.value }
  public var indicators: [Indicator]
  public var certificates: [Certificate]
  /// What the reader of the results should know: fallbacks taken, data left out, terms dropped.
  public var notes: [Diagnostic]
  /// The arithmetic behind the numbers, for `explain`; made when first asked for.
  public var traces: TraceBook { deferredTraces.value }
  private var deferredTables: Deferred<[Table]>
  private let deferredTraces: Deferred<TraceBook>

  public init(
    _ result: Result, tables: @autoclosure @escaping @Sendable () -> [Table], indicators: [Indicator] = [],
    certificates: [Certificate] = [], notes: [Diagnostic] = [],
    traces: @autoclosure @escaping @Sendable () -> TraceBook = TraceBook()
  ) {
    self.result = result
    deferredTables = Deferred(tables)
    self.indicators = indicators
    self.certificates = certificates
    self.notes = notes
    deferredTraces = Deferred(traces)
  }

  /// Adds a table behind the others.
  mutating func add(table: @autoclosure @escaping @Sendable () -> Table) {
    let others = deferredTables
    deferredTables = Deferred { others.value + [table()] }
  }
}

/// A value that is made once, when it is first asked for.
final class Deferred<Value: Sendable>: Sendable {
  private let make: @Sendable () -> Value
  private let made = Mutex<Value?>(nil)

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  var value: Value {
    made.withLock { known in
      if let known { return known }
      let value = make()
      known = value
      return value
    }
  }
}

/// One key figure of a run, for the summary and for comparing runs.
public struct Indicator: Sendable, Hashable {
  public enum Direction: String, Sendable, Hashable { case higher, lower, neutral }
  /// Stable, `snake_case`: `expected_margin_gain`.
  public var name: String
  /// For people: `Expected margin, plan against now`.
  public var label: String
  public var value: Double
  /// `CNY`, `units`, `share`, `partners`, `days`.
  public var unit: String
  /// Which way is better.
  public var better: Direction
  /// The figure on each of the run's sample paths or draws, in their order; empty where it has none. Scenarios share
  /// the draws, so that the noise of a difference is that of the differences draw by draw (common random numbers).
  public var draws: [Double]

  public init(
    _ name: String, _ label: String, _ value: Double, unit: String, better: Direction = .neutral, draws: [Double] = []
  ) {
    self.name = name
    self.label = label
    self.value = value
    self.unit = unit
    self.better = better
    self.draws = draws
  }
}

/// How good a decision is and how it is known.
public struct Certificate: Sendable, Hashable {
  /// `budget`, `transfers`.
  public var problem: String
  /// `optimal`, `feasible`, `stopped`.
  public var status: String
  /// `maximise` or `minimise`.
  public var sense: String
  /// The value of the published, rounded decision.
  public var objective: Double
  /// No decision can be better than this.
  public var bound: Double
  public var unit: String

  public init(problem: String, status: String, sense: String, objective: Double, bound: Double, unit: String) {
    self.problem = problem
    self.status = status
    self.sense = sense
    self.objective = objective
    self.bound = bound
    self.unit = unit
  }

  /// |bound − objective| / max(1, |objective|).
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

/// Why a stage gave no result.
public enum StageFailure: Error, Sendable {
  /// The data or the plan do not support the stage; the note says what is missing.
  case skipped(Diagnostic)
  /// The plan's limits contradict one another: exit code 3.
  case infeasible([Diagnostic])
  /// The input is wrong in a way that only the stage could see: exit code 2.
  case invalid([Diagnostic])
}
