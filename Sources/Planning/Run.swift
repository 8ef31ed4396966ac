public import Tables

/// One evaluation of a plan: what was read, what every stage gave, and what is to be said about it.
public struct Run: Sendable {
  /// The plan, and every value of it with where it came from.
  public let loaded: LoadedPlan
  public let data: DataCatalogue
  /// In the order in which results are shown.
  public let stages: [StageRecord]
  /// Of the plan, the tables and the stages.
  public internal(set) var findings: Findings
  public let threads: Int
  /// What scenarios of the plan would change; nil where none were asked for.
  public var scenarios: ScenarioReport?
  /// Earlier runs held against this one; nil where none were named.
  public internal(set) var earlier: EarlierRuns?

  init(loaded: LoadedPlan, data: DataCatalogue, stages: [StageRecord], findings: Findings, threads: Int) {
    self.loaded = loaded
    self.data = data
    self.stages = stages
    self.findings = findings
    self.threads = threads
  }

  /// Reads the tables that the wanted stages can use, checks them, and evaluates the stages.
  ///
  /// - Parameters:
  ///   - checkpoint: keeps results that take long, and gives those of an interrupted run.
  ///   - findings: those of the plan; the tables' and stages' are added, so that all come in one pass.
  /// - Returns: nil where plan or tables have errors, or no stage could run; `findings` says why.
  public static func evaluate(
    _ loaded: LoadedPlan, graph: StageGraph = .standard, only wanted: Set<StageName>? = nil,
    threads: Int = 1, purpose: StagePurpose = .publication, checkpoint: RunCheckpoint? = nil,
    findings: inout Findings,
    onEvent: @escaping @Sendable (StageGraph.Event) -> Void = { _ in }
  ) async -> Run? {
    let plan = loaded.plan
    let tables = graph.tables(for: wanted ?? Set(graph.names))
    let data = DataCatalogue.read(plan, only: tables, threads: threads, findings: &findings) {
      onEvent(.reading(done: $0, total: $1))
    }
    NetworkChecks.check(plan, data.tables, findings: &findings)
    guard !findings.hasErrors else { return nil }
    let stages = await graph.evaluate(
      plan, data, only: wanted, threads: threads, purpose: purpose, checkpoint: checkpoint, onEvent: onEvent)
    for stage in stages {
      for finding in stage.status.diagnostics { findings.add(finding) }
      for finding in stage.output?.notes ?? [] { findings.add(finding) }
    }
    let leftOut = wanted.map { graph.leftOut(of: $0) } ?? []
    for (stage, without) in leftOut {
      let names = without.map(\.rawValue)
      findings.add(
        Diagnostic(
          StageCodes.computedAlone, .note,
          "\(stage.rawValue) is computed without \(names.joined(separator: ", ")): a whole run may differ",
          hint: "name them as well to have the same figures: --only "
            + ((wanted ?? []).map(\.rawValue).sorted() + names).joined(separator: ",")))
    }
    let isEmpty = stages.allSatisfy { if case .skipped = $0.status { true } else { false } }
    if isEmpty {
      findings.add(
        Diagnostic(
          StageCodes.nothingRan, .error, "no stage gave a result",
          hint: "the notes above say what each stage is missing; nothing was written"))
      return nil
    }
    return Run(loaded: loaded, data: data, stages: stages, findings: findings, threads: threads)
  }

  public var plan: Plan { loaded.plan }

  /// The run with what the plan's own scenarios would change; scenarios that cannot be evaluated become warnings.
  public func answering(_ study: Study, onAnswer: @escaping @Sendable (Int) -> Void = { _ in }) async -> Run {
    var run = self
    var found = Findings(limit: findings.limit)
    run.scenarios = await study.report(findings: &found, onAnswer: onAnswer)
    // What the base says as well is not said again.
    let known = Set(findings.kept.map(\.message))
    for finding in found.kept where finding.severity == .error && !known.contains(finding.message) {
      var warning = finding
      warning.severity = .warning
      warning.message = "a scenario was left out: \(finding.message)"
      run.findings.add(warning)
    }
    return run
  }

  /// SHA-256 over the inputs of all stages: two runs with the same hash have the same results.
  public var inputHash: String {
    ContentHash.of(stages.map { "\($0.name.rawValue) \($0.inputHash)" }.joined(separator: "\n"))
  }

  /// `<plan>-<scenario>-<hash8>`: the folder's name under `out/`.
  public var name: String { "\(plan.name)-\(plan.scenario)-\(inputHash.prefix(8))" }

  public var isInfeasible: Bool {
    stages.contains { if case .infeasible = $0.status { true } else { false } }
  }

  /// The limits that contradict one another.
  public var conflicts: [Diagnostic] {
    stages.flatMap { stage -> [Diagnostic] in
      guard case .infeasible(let all) = stage.status else { return [] }
      return all
    }
  }

  /// Whether a stage found its input wrong.
  public var isInvalid: Bool {
    stages.contains { if case .invalid = $0.status { true } else { false } }
  }

  /// The stages' tables in order, the two that the run itself gives, `kpis` and `certificates`, and those of scenarios
  /// and of earlier runs.
  public var tables: [Table] {
    stages.flatMap { $0.output?.tables ?? [] }
      + ([indicatorTable, certificateTable] + (scenarios?.tables ?? [])).filter { $0.rowCount > 0 }
      + (earlier?.tables ?? [])
  }

  private var indicatorTable: Table {
    let rows = stages.flatMap { stage in (stage.output?.indicators ?? []).map { (stage: stage.name, indicator: $0) } }
    return Table(
      name: "kpis", rows: rows,
      columns: [
        .text("stage") { $0.stage.rawValue },
        .text("name") { $0.indicator.name },
        .text("label") { $0.indicator.label },
        .real("value") { $0.indicator.value },
        .text("unit") { $0.indicator.unit },
        .text("better") { $0.indicator.better.rawValue },
      ])
  }

  private var certificateTable: Table {
    let rows = stages.flatMap { stage in
      (stage.output?.certificates ?? []).map { (stage: stage.name, certificate: $0) }
    }
    return Table(
      name: "certificates", rows: rows,
      columns: [
        .text("stage") { $0.stage.rawValue },
        .text("problem") { $0.certificate.problem },
        .text("status") { $0.certificate.status },
        .text("sense") { $0.certificate.sense },
        .real("objective") { $0.certificate.objective },
        .real("bound") { $0.certificate.bound },
        .real("relative_gap") { $0.certificate.relativeGap },
        .text("unit") { $0.certificate.unit },
      ])
  }
}
