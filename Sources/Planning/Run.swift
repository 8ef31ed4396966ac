public import ChannelTypes
public import Tables

/// One evaluation of a plan: what was read, what every stage gave, and what is to be said about it.
public struct Run: Sendable {
  /// The plan, and every value of it with where it came from.
  public let loaded: LoadedPlan
  public let data: DataCatalogue
  /// In the order in which results are shown.
  public let stages: [StageRecord]
  /// Of the plan, the tables and the stages.
  public let findings: Findings
  public let threads: Int

  /// Reads the tables that the wanted stages can use, checks them, and evaluates the stages.
  ///
  /// - Parameter findings: those of the plan; the tables' and stages' are added, so that all come in one pass.
  /// - Returns: nil where plan or tables have errors; `findings` says which.
  public static func evaluate(
    _ loaded: LoadedPlan, graph: StageGraph = .standard, only wanted: Set<StageName>? = nil,
    threads: Int = 1, findings: inout Findings,
    onEvent: @escaping @Sendable (StageGraph.Event) -> Void = { _ in }
  ) async -> Run? {
    let plan = loaded.plan
    let tables = graph.tables(for: wanted ?? Set(graph.names))
    let data = DataCatalogue.read(plan, only: tables, threads: threads, findings: &findings)
    NetworkChecks.check(plan, data, findings: &findings)
    guard !findings.hasErrors else { return nil }
    let stages = await graph.evaluate(plan, data, only: wanted, threads: threads, onEvent: onEvent)
    for stage in stages {
      stage.status.diagnostics.forEach { findings.add($0) }
      stage.output?.notes.forEach { findings.add($0) }
    }
    return Run(loaded: loaded, data: data, stages: stages, findings: findings, threads: threads)
  }

  public var plan: Plan { loaded.plan }

  /// SHA-256 over the inputs of all stages: two runs with the same hash have the same results.
  public var inputHash: String {
    ContentHash.of(stages.map { "\($0.name.rawValue) \($0.inputHash)" }.joined(separator: "\n"))
  }

  /// `<plan>-<scenario>-<hash8>`: the folder's name under `out/`.
  public var name: String { "\(plan.name)-\(plan.scenario)-\(inputHash.prefix(8))" }

  public var isInfeasible: Bool {
    stages.contains { if case .infeasible = $0.status { true } else { false } }
  }

  /// Whether a stage found its input wrong.
  public var isInvalid: Bool {
    stages.contains { if case .invalid = $0.status { true } else { false } }
  }

  /// The stages' tables in order, and the two that the run itself gives: `kpis` and `certificates`.
  public var tables: [Table] {
    stages.flatMap { $0.output?.tables ?? [] } + [indicatorTable, certificateTable].filter { $0.rowCount > 0 }
  }

  private var indicatorTable: Table {
    let rows = stages.flatMap { stage in (stage.output?.indicators ?? []).map { (stage.name, $0) } }
    func text(_ value: (StageName, Indicator) -> String) -> Column.Values { .text(TextColumn(rows.map(value))) }
    return Table(
      name: "kpis",
      columns: [
        Column(name: "stage", values: text { $0.0.rawValue }),
        Column(name: "name", values: text { $0.1.name }),
        Column(name: "label", values: text { $0.1.label }),
        Column(name: "value", values: .real(rows.map(\.1.value))),
        Column(name: "unit", values: text { $0.1.unit }),
        Column(name: "better", values: text { $0.1.better.rawValue }),
      ])
  }

  private var certificateTable: Table {
    let rows = stages.flatMap { stage in (stage.output?.certificates ?? []).map { (stage.name, $0) } }
    func text(_ value: (StageName, Certificate) -> String) -> Column.Values { .text(TextColumn(rows.map(value))) }
    return Table(
      name: "certificates",
      columns: [
        Column(name: "stage", values: text { $0.0.rawValue }),
        Column(name: "problem", values: text { $0.1.problem }),
        Column(name: "status", values: text { $0.1.status }),
        Column(name: "sense", values: text { $0.1.sense }),
        Column(name: "objective", values: .real(rows.map(\.1.objective))),
        Column(name: "bound", values: .real(rows.map(\.1.bound))),
        Column(name: "relative_gap", values: .real(rows.map(\.1.relativeGap))),
        Column(name: "unit", values: text { $0.1.unit }),
      ])
  }
}
