public import Tables

/// The stages of a run and how they depend on one another.
///
/// Evaluation starts a stage as soon as everything above it has finished, several side by side; what the data or the
/// plan cannot support is skipped with a note, and so is what depends on it. Each stage has an input hash over
/// exactly what it can see, so that an unchanged stage of an earlier run can be taken over as it is.
public struct StageGraph: Sendable {
  /// Every stage of this version, in the order in which results are shown.
  public static let standard = StageGraph([
    HistoryStage(), ForecastStage(), DriversStage(), DemandStage(), ChurnStage(), ValueStage(), TargetsStage(),
    StockStage(),
    TrackStage(), ScoresStage(), AwardsStage(), TransfersStage(), DisruptionStage(), IncentivesStage(), CreditStage(),
    RiskStage(), ResponseStage(), BudgetStage(), ProbationStage(), AlertsStage(), MonitorStage(), LedgerStage(),
  ])

  private let nodes: [StageNode]

  public init(_ stages: [any Stage]) {
    nodes = stages.map { StageNode($0) }
    precondition(Set(nodes.map(\.name)).count == nodes.count, "a stage stands in the graph twice")
  }

  /// The stages in order.
  public var names: [StageName] { nodes.map(\.name) }

  /// Every stage with the stages that it reads, needed or not.
  var order: [(name: StageName, upstream: [StageName])] { nodes.map { ($0.name, $0.upstream + $0.optionalUpstream) } }

  /// The tables that the given stages, and all that they need, can use.
  public func tables(for wanted: Set<StageName>) -> Set<InputTable> {
    Set(selection(of: wanted).flatMap { $0.requiredTables + $0.optionalTables })
  }

  /// The tables that a stage itself can see.
  func declaredTables(of stage: StageName) -> [InputTable] {
    nodes.first { $0.name == stage }.map { $0.requiredTables + $0.optionalTables } ?? []
  }

  /// The wanted stages with everything above them. Optional upstream stages join only where they are wanted.
  private func selection(of wanted: Set<StageName>) -> [StageNode] {
    var needed = wanted
    var grew = true
    while grew {
      grew = false
      for node in nodes where needed.contains(node.name) {
        for upstream in node.upstream where needed.insert(upstream).inserted { grew = true }
      }
    }
    return nodes.filter { needed.contains($0.name) }
  }

  /// What the wanted stages could use besides, but leave out because nobody asked for it: by the stage that lacks it.
  func leftOut(of wanted: Set<StageName>) -> [(stage: StageName, without: [StageName])] {
    let selected = selection(of: wanted)
    let known = Set(selected.map(\.name))
    return selected.compactMap { node in
      let without = node.optionalUpstream.filter { !known.contains($0) }
      return without.isEmpty ? nil : (node.name, without)
    }
  }

  /// What happened in an evaluation, for progress on the terminal.
  public enum Event: Sendable {
    /// How many bytes of the tables have been read.
    case reading(done: Int, total: Int)
    /// The stages that will be evaluated, and roughly how the work divides among them.
    case planned([(stage: StageName, work: Double)])
    case started(StageName)
    /// How far a stage is, in whatever it counts.
    case advanced(StageName, done: Int, total: Int)
    /// A result that takes long came from an interrupted run.
    case tookOver(StageName)
    case finished(StageName, StageStatus)
  }

  /// Evaluates the wanted stages.
  ///
  /// - Parameters:
  ///   - wanted: stages to evaluate; those that they need come along. Nil for all.
  ///   - threads: how many stages run side by side, and how many threads each may use; results do not depend on it.
  ///   - purpose: what the outputs are for; tables are made where they are to be published.
  ///   - previous: an earlier run; its stages are taken over where their input hash is the same. One that was evaluated
  ///     for its figures serves no publication.
  ///   - checkpoint: keeps results that take long, and gives those of an interrupted run.
  public func evaluate(
    _ plan: Plan, _ data: DataCatalogue, only wanted: Set<StageName>? = nil, threads: Int = 1,
    purpose: StagePurpose = .publication, reusing previous: [StageRecord] = [], checkpoint: RunCheckpoint? = nil,
    onEvent: @escaping @Sendable (Event) -> Void = { _ in }
  ) async -> [StageRecord] {
    let selected = selection(of: wanted ?? Set(names))
    let known = Set(selected.map(\.name))
    var finished: [StageName: StageRecord] = [:]
    var waiting = selected
    var running = 0
    onEvent(.planned(selected.map { ($0.name, StageWork.seconds($0.name, data)) }))

    await withTaskGroup(of: StageRecord.self) { group in
      while finished.count < selected.count {
        // 1. Start whatever has all its upstream stages behind it.
        for node in waiting where running < max(1, threads) {
          let upstream = (node.upstream + node.optionalUpstream).filter(known.contains)
          guard upstream.allSatisfy({ finished[$0] != nil }) else { continue }
          waiting.removeAll { $0.name == node.name }
          running += 1
          let inputs = StageInputs(
            node: node, plan: plan, data: data, upstream: upstream.compactMap { finished[$0] }, threads: threads,
            purpose: purpose, checkpoint: checkpoint, onEvent: onEvent)
          let earlier = previous.first { $0.name == node.name }
          group.addTask {
            onEvent(.started(node.name))
            let record = inputs.evaluate(reusing: earlier)
            onEvent(.finished(node.name, record.status))
            return record
          }
        }
        // 2. Wait for the next one to finish.
        guard let record = await group.next() else { break }
        finished[record.name] = record
        running -= 1
      }
    }
    return selected.compactMap { finished[$0.name] }
  }
}

/// How a stage ended.
public enum StageStatus: Sendable {
  case ran
  /// Taken over from an earlier run with the same inputs.
  case reused
  case skipped(Diagnostic)
  /// The plan's limits contradict one another.
  case infeasible([Diagnostic])
  case invalid([Diagnostic])

  /// One word for tables and `run.json`.
  public var word: String {
    switch self {
    case .ran: "ran"
    case .reused: "reused"
    case .skipped: "skipped"
    case .infeasible: "infeasible"
    case .invalid: "invalid"
    }
  }

  /// Why there is no result; empty where there is one.
  public var diagnostics: [Diagnostic] {
    switch self {
    case .ran, .reused: []
    case .skipped(let note): [note]
    case .infeasible(let all), .invalid(let all): all
    }
  }
}

/// One stage of one run.
public struct StageRecord: Sendable {
  public let name: StageName
  public var status: StageStatus
  /// SHA-256 over the plan sections, tables and upstream results that the stage can see.
  public let inputHash: String
  /// Wall-clock seconds; no part of the result.
  public let seconds: Double
  /// Nil where the stage gave no result.
  public let output: StageOutput<any Sendable>?
}

/// A stage with its type erased: what it declares, and how to run it.
struct StageNode: Sendable {
  let name: StageName
  let requiredTables: [InputTable]
  let optionalTables: [InputTable]
  let upstream: [StageName]
  let optionalUpstream: [StageName]
  let planSections: [String]
  let run: @Sendable (StageContext) throws(StageFailure) -> StageOutput<any Sendable>

  init(_ stage: some Stage) {
    let type = Swift.type(of: stage)
    name = type.name
    requiredTables = type.requiredTables
    optionalTables = type.optionalTables
    upstream = type.upstream
    optionalUpstream = type.optionalUpstream
    planSections = type.planSections
    run = { (context) throws(StageFailure) in
      let output = try stage.run(context)
      return StageOutput<any Sendable>(
        output.result, tables: output.tables, indicators: output.indicators, certificates: output.certificates,
        notes: output.notes, traces: output.traces)
    }
  }
}

/// Everything that one stage can see.
private struct StageInputs: Sendable {
  let node: StageNode
  let plan: Plan
  let data: DataCatalogue
  let upstream: [StageRecord]
  let threads: Int
  let purpose: StagePurpose
  let checkpoint: RunCheckpoint?
  let onEvent: @Sendable (StageGraph.Event) -> Void

  func evaluate(reusing earlier: StageRecord?) -> StageRecord {
    let hash = inputHash
    if let earlier, earlier.inputHash == hash {
      var record = earlier
      if record.output != nil { record.status = .reused }
      return record
    }
    let start = ContinuousClock.now
    var status = StageStatus.ran
    var output: StageOutput<any Sendable>?
    do throws(StageFailure) {
      if let note = missing { throw .skipped(note) }
      output = try node.run(context)
      // Here, where stages run side by side.
      if purpose == .publication, let output { _ = (output.tables, output.traces.count) }
    } catch {
      switch error {
      case .skipped(let note): status = .skipped(note.naming(node.name))
      case .infeasible(let all): status = .infeasible(all)
      case .invalid(let all): status = .invalid(all)
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return StageRecord(name: node.name, status: status, inputHash: hash, seconds: seconds, output: output)
  }

  private var context: StageContext {
    let declared = Set(node.requiredTables + node.optionalTables)
    var context = StageContext(
      plan: plan, tables: data.tables.filter { declared.contains($0.key) },
      results: Dictionary(
        uniqueKeysWithValues: upstream.compactMap { record in
          record.output.map { (record.name, $0.result) }
        }), seed: plan.seed, threads: threads, purpose: purpose)
    let (stage, onEvent) = (node.name, onEvent)
    context.onProgress = { onEvent(.advanced(stage, done: $0, total: $1)) }
    context.checkpoint = checkpoint.map {
      StageCheckpoint(run: $0, stage: stage, inputs: inputs) { onEvent(.tookOver(stage)) }
    }
    return context
  }

  /// What the input hash is of, part by part, so that a run that goes on can say what has changed.
  private var inputs: [CheckpointInput] {
    var inputs = [
      CheckpointInput(name: "version", hash: EngineVersion.current),
      CheckpointInput(name: "seed", hash: "\(plan.seed)"),
    ]
    inputs += node.planSections.map {
      CheckpointInput(name: "plan \($0)", hash: ContentHash.of(plan.canonicalText(sections: [$0])))
    }
    inputs += (node.requiredTables + node.optionalTables).map {
      CheckpointInput(name: "table \($0.rawValue)", hash: data.entries[$0]?.contentHash ?? "none")
    }
    inputs += upstream.map {
      CheckpointInput(name: "stage \($0.name.rawValue)", hash: "\($0.inputHash) \($0.output != nil)")
    }
    return inputs
  }

  /// Why the stage cannot run at all: a table or an upstream result is not there.
  private var missing: Diagnostic? {
    let absent = node.requiredTables.filter { data[$0] == nil }.map(\.rawValue)
    if !absent.isEmpty {
      return Diagnostic(
        StageCodes.missingTable, .note, "the plan names no table \(absent.quotedList)",
        hint: "add \(absent.quotedList) under `data:` to get it")
    }
    let failed = upstream.filter { $0.output == nil && node.upstream.contains($0.name) }.map(\.name.rawValue)
    guard !failed.isEmpty else { return nil }
    return Diagnostic(
      StageCodes.missingUpstream, .note, "it builds on \(failed.quotedList), which gave no result")
  }

  private var inputHash: String {
    var hash = ContentHash()
    hash.update("sluice \(EngineVersion.current)\nstage \(node.name.rawValue)\nseed \(plan.seed)\n")
    hash.update(plan.canonicalText(sections: node.planSections))
    for name in (node.requiredTables + node.optionalTables).sorted(by: { $0.rawValue < $1.rawValue }) {
      hash.update("\ntable \(name.rawValue) \(data.entries[name]?.contentHash ?? "none")")
    }
    for record in upstream {
      hash.update("\nstage \(record.name.rawValue) \(record.inputHash) \(record.output != nil)")
    }
    return hash.finalize()
  }
}

extension Diagnostic {
  /// The same reason with the stage that was skipped for it.
  fileprivate func naming(_ stage: StageName) -> Diagnostic {
    var named = self
    named.message = "stage `\(stage.rawValue)` was skipped: \(message)"
    return named
  }
}

extension [String] {
  /// `a`, `b` and `c`, each in backticks.
  var quotedList: String {
    let quoted = map { "`\($0)`" }
    guard quoted.count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " and " + quoted[quoted.count - 1]
  }
}
