import ChannelTypes
import Planning
import Tables

extension PageSection {
  /// What was read, what it covers, and what is wrong with it.
  static func data(_ view: RunView) -> PageSection? {
    guard !view.inputs.isEmpty || view.findings.count > 0 || !view.stages.isEmpty else { return nil }
    var section = PageSection("data", say("Data health"), question: say("Can I trust it?"))
    section.lead = lead(view)
    if !view.inputs.isEmpty { section.blocks.append(inputs(view)) }
    if view.findings.count > 0 { section.blocks.append(findings(view.findings)) }
    if !view.stages.isEmpty { section.blocks.append(stages(view.stages)) }
    return section
  }

  private static func lead(_ view: RunView) -> [String] {
    var lead: [String] = []
    if !view.inputs.isEmpty {
      let rows = NumberText.count(view.inputs.reduce(0) { $0 + $1.rows }, "row")
      let tables = NumberText.count(view.inputs.count, "table")
      lead.append(
        view.findings.count == 0
          ? say("\(tables) with \(rows) were read; nothing was found wrong.")
          : say("\(tables) with \(rows) were read; \(counts(view.findings))."))
    }
    let gaps = view.inputs.filter { $0.gaps > 0 }
    if !gaps.isEmpty {
      let names = Prose.list(gaps.map { say("\($0.table) (\(NumberText.grouped($0.gaps)))") })
      lead.append(say("Periods without any row: \(names)."))
    }
    let missing = view.stages.filter { $0.outcome != .ran }
    if !missing.isEmpty {
      let names = Prose.list(missing.map { Prose.word($0.stage.rawValue) })
      lead.append(say("Not computed: \(names), for the reasons below."))
    }
    return lead
  }

  private static func inputs(_ view: RunView) -> Block {
    var block = Block(say("Tables"))
    let rows = view.inputs.compactMap { input -> CoverageChart.Row? in
      guard let periods = input.periods, let first = periods.lowerBound.firstDay,
        let end = periods.upperBound.advanced(by: 1).firstDay
      else { return nil }
      let span = say("\(periods.lowerBound) to \(periods.upperBound)")
      return CoverageChart.Row(
        name: input.table, first: first, end: end,
        reading: input.gaps > 0
          ? say("\(input.table): \(span), \(NumberText.count(input.gaps, "gap"))") : say("\(input.table): \(span)"),
        hasGaps: input.gaps > 0)
    }
    if !rows.isEmpty {
      block.sentences = [say("The time that each dated table covers; tables with missing periods are marked.")]
      block.charts = [
        PageChart(
          width: 700, title: say("Time covered by each table"),
          description: rows.map(\.reading).joined(separator: Typography.semicolon)
        ) { CoverageChart(rows: rows).drawing(width: $0) }
      ]
    }
    var table = TextTable([
      .init(say("table"), .left), .init(say("file"), .left), .init(say("rows")), .init(say("columns")),
      .init(say("from"), .left),
      .init(say("to"), .left), .init(say("gaps")), .init(say("hash"), .left),
    ])
    for input in view.inputs {
      table.add(
        input.table, input.file, NumberText.grouped(input.rows), NumberText.grouped(input.columns),
        input.periods?.lowerBound.description ?? "", input.periods?.upperBound.description ?? "",
        input.periods == nil ? "" : NumberText.grouped(input.gaps), String(input.hash.prefix(12)))
    }
    block.openTable = PageTable(table, name: say("tables that were read"))
    block.source = "run.json"
    return block
  }

  private static func findings(_ findings: Findings) -> Block {
    var block = Block(say("Findings"), [counts(findings) + Typography.stop])
    var table = TextTable([
      .init("", .left), .init(say("code"), .left), .init(say("place"), .left), .init(say("finding"), .left),
      .init(say("what to do"), .left),
    ])
    for finding in findings.kept.sorted(by: { $0.severity > $1.severity }) {
      let message = ([finding.message] + finding.notes).map { say(finding: $0) }.joined(separator: Typography.semicolon)
      table.add(
        say(word: finding.severity.rawValue), finding.code.id, finding.place?.description ?? "", message,
        finding.hint.map { say(finding: $0) } ?? "")
    }
    block.openTable = PageTable(table, name: say("findings"))
    return block
  }

  private static func stages(_ stages: [RunView.StageStatus]) -> Block {
    var block = Block(say("What was computed"))
    var table = TextTable([.init(say("stage"), .left), .init(say("result"), .left), .init(say("note"), .left)])
    for stage in stages {
      table.add(Prose.word(stage.stage.rawValue), say(word: stage.outcome.rawValue), say(finding: stage.note))
    }
    block.openTable = PageTable(table, name: say("stages and what became of them"))
    block.source = "run.json"
    return block
  }

  /// `2 errors, 1 warning`.
  private static func counts(_ findings: Findings) -> String {
    let parts = [
      (findings.errorCount, "error"), (findings.warningCount, "warning"), (findings.noteCount, "note"),
    ].filter { $0.0 > 0 }.map { NumberText.count($0.0, $0.1) }
    let text = parts.joined(separator: Typography.comma)
    guard findings.omittedCount > 0 else { return text }
    return say("\(text) (\(NumberText.grouped(findings.omittedCount)) more not shown)")
  }
}
