import ChannelTypes
import Planning
import Tables

extension PageSection {
  /// What was read, what it covers, and what is wrong with it.
  static func data(_ view: RunView) -> PageSection? {
    guard !view.inputs.isEmpty || view.findings.count > 0 || !view.stages.isEmpty else { return nil }
    var section = PageSection("data", "Data health", question: "Can I trust it?")
    section.lead = lead(view)
    if !view.inputs.isEmpty { section.blocks.append(inputs(view)) }
    if view.findings.count > 0 { section.blocks.append(findings(view.findings)) }
    if !view.stages.isEmpty { section.blocks.append(stages(view.stages)) }
    return section
  }

  private static func lead(_ view: RunView) -> [String] {
    var lead: [String] = []
    if !view.inputs.isEmpty {
      let rows = view.inputs.reduce(0) { $0 + $1.rows }
      lead.append(
        "\(NumberText.count(view.inputs.count, "table")) with \(NumberText.count(rows, "row")) were read; "
          + (view.findings.count == 0
            ? "nothing was found wrong." : "\(DiagnosticRenderer.closingLine(view.findings))."))
    }
    let gaps = view.inputs.filter { $0.gaps > 0 }
    if !gaps.isEmpty {
      lead.append(
        "Periods without any row: "
          + Prose.list(gaps.map { "\($0.table) (\(NumberText.grouped($0.gaps)))" }) + ".")
    }
    let missing = view.stages.filter { $0.outcome != .ran }
    if !missing.isEmpty {
      let names = Prose.list(missing.map { Prose.words($0.stage.rawValue) })
      lead.append("Not computed: \(names), for the reasons below.")
    }
    return lead
  }

  private static func inputs(_ view: RunView) -> Block {
    var block = Block("Tables")
    let rows = view.inputs.compactMap { input -> CoverageChart.Row? in
      guard let periods = input.periods, let first = periods.lowerBound.firstDay,
        let end = periods.upperBound.advanced(by: 1).firstDay
      else { return nil }
      return CoverageChart.Row(
        name: input.table, first: first, end: end,
        reading: "\(input.table): \(periods.lowerBound) to \(periods.upperBound)"
          + (input.gaps > 0 ? ", \(NumberText.count(input.gaps, "gap"))" : ""), hasGaps: input.gaps > 0)
    }
    if !rows.isEmpty {
      block.sentences = ["The time that each dated table covers; tables with missing periods are marked."]
      block.charts = [
        PageChart(
          width: 700, title: "Time covered by each table", description: rows.map(\.reading).joined(separator: "; ")
        ) { CoverageChart(rows: rows).drawing(width: $0) }
      ]
    }
    var table = TextTable([
      .init("table", .left), .init("file", .left), .init("rows"), .init("columns"), .init("from", .left),
      .init("to", .left), .init("gaps"), .init("hash", .left),
    ])
    for input in view.inputs {
      table.add(
        input.table, input.file, NumberText.grouped(input.rows), NumberText.grouped(input.columns),
        input.periods?.lowerBound.description ?? "", input.periods?.upperBound.description ?? "",
        input.periods == nil ? "" : NumberText.grouped(input.gaps), String(input.hash.prefix(12)))
    }
    block.openTable = PageTable(table, name: "tables that were read")
    block.source = "run.json"
    return block
  }

  private static func findings(_ findings: Findings) -> Block {
    var block = Block("Findings", [DiagnosticRenderer.closingLine(findings) + "."])
    var table = TextTable([
      .init("", .left), .init("code", .left), .init("place", .left), .init("finding", .left),
      .init("what to do", .left),
    ])
    for finding in findings.kept.sorted(by: { $0.severity > $1.severity }) {
      let message = ([finding.message] + finding.notes).joined(separator: "; ")
      table.add(
        finding.severity.rawValue, finding.code.id, finding.place?.description ?? "", message, finding.hint ?? "")
    }
    block.openTable = PageTable(table, name: "findings")
    return block
  }

  private static func stages(_ stages: [RunView.StageStatus]) -> Block {
    var block = Block("What was computed")
    var table = TextTable([.init("stage", .left), .init("result", .left), .init("note", .left)])
    for stage in stages { table.add(Prose.words(stage.stage.rawValue), stage.outcome.rawValue, stage.note) }
    block.openTable = PageTable(table, name: "stages and what became of them")
    block.source = "run.json"
    return block
  }
}
