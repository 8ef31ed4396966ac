public import Tables

/// What a running stage sees: the plan, the tables it declared, and the results of the stages above it.
public struct StageContext: Sendable {
  public let plan: Plan
  /// The seed of the run; streams are keyed by purpose so that stages do not share draws.
  public let seed: UInt64
  /// How many threads a stage may use; results never depend on it.
  public let threads: Int
  /// What the output is for.
  public let purpose: StagePurpose
  private let tables: [InputTable: Table]
  private let results: [StageName: any Sendable]

  public init(
    plan: Plan, tables: [InputTable: Table], results: [StageName: any Sendable] = [:], seed: UInt64 = 1,
    threads: Int = 1, purpose: StagePurpose = .publication
  ) {
    self.plan = plan
    self.tables = tables
    self.results = results
    self.seed = seed
    self.threads = threads
    self.purpose = purpose
  }

  /// A declared table; nil only for an optional one that the plan does not name.
  public func table(_ name: InputTable) -> Table? { tables[name] }

  /// The result of an upstream stage; nil where it is optional and was skipped.
  public func result<S: Stage>(of stage: S.Type) -> S.Result? { results[S.name] as? S.Result }
}

/// What the output of a stage is for.
public enum StagePurpose: Sendable {
  /// Every table is written.
  case publication
  /// Key figures, certificates and what later stages read; work that only fills tables may be left out.
  case figures
}
