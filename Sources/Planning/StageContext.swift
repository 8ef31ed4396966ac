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
  /// Where results that take long are kept; nil where nothing is.
  var checkpoint: StageCheckpoint?
  /// Takes what the stage says of its progress.
  var onProgress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }

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

  /// Says how far the stage is, in whatever it counts. Cheap, from any thread, and without an effect on results.
  public func progress(_ done: Int, of total: Int) { onProgress(done, total) }

  /// A result that takes long: of an interrupted run with the same inputs where there is one, else what `compute` gives.
  ///
  /// The run keeps it in case it is interrupted. It must be a function of what the stage can see, and come back from its
  /// encoding as it was: everything else of the stage is made from it anew.
  public func kept<Value: Codable & Sendable, Failure: Error>(
    _ name: String = "result", _ compute: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard let checkpoint else { return try compute() }
    let result = try checkpoint.run.value(name, of: checkpoint.stage, inputs: checkpoint.inputs, compute)
    if result.isTakenOver { checkpoint.onTakeOver() }
    return result.value
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
