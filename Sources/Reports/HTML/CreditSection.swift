import Tables

extension PageSection {
  /// Limits, likelihood and impact, stress, concentration.
  static func credit(_ view: RunView) -> PageSection? {
    let table = view.filled("credit")
    var section = PageSection("credit", say("Credit and risk"), question: say("Whom to trust with how much?"))
    section.blocks = [
      table.flatMap { .exposures($0, view.currency) }, table.map { limits($0, view.currency) },
      .creditExtension(view), .lossDistribution(view), .reserveCurve(view), .failureSharing(view), .lossSharing(view),
      view.filled("risk_grid").flatMap { grid($0) },
      view.filled("stress").map { stress($0, view.currency) },
      view.filled("concentration").map { concentration($0) },
    ].compactMap(\.self)
    return section.blocks.isEmpty ? nil : section
  }

  private static func limits(_ table: Table, _ currency: String) -> Block {
    let (id, change, terms) = (table.cells("partner_id"), table.cells("change"), table.cells("terms"))
    let (proposed, loss) = (table.cells("proposed_limit"), table.cells("expected_loss"))
    let rows = (0..<table.rowCount).filter { change.number($0).isFinite && change.number($0) != 0 }
      .sorted { (-change.number($0).magnitude, $0) < (-change.number($1).magnitude, $1) }
    let prepay = (0..<table.rowCount).count { terms.text($0) == "prepay" }
    var block = Block(
      say("Credit limits"),
      [
        say(
          "Limits together: \(NumberText.compact(knownSum((0..<table.rowCount).map { proposed.number($0) }))) \(currency), "
            + "expected to lose \(NumberText.compact(knownSum((0..<table.rowCount).map { loss.number($0) }))) in a year. "
            + "\(NumberText.count(prepay, "partner")) should pay before delivery.")
      ])
    let bars = rows.prefix(16).map { row in
      BarChart.Bar(
        name: id.text(row), value: change.number(row), label: Prose.signedCompact(change.number(row)),
        style: change.number(row) < 0 ? "loss" : "gain")
    }
    block.charts = [
      PageChart(
        caption: say("The largest changes, \(currency)"), width: 520,
        title: say("The largest changes of credit limits"),
        description: bars.prefix(5).map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(
          separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    let names = [
      "partner_id", "region", "present_limit", "proposed_limit", "terms", "proposed_days", "rating",
      "default_probability", "expected_loss", "held_by",
    ]
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(100))).selecting(names)), name: say("limits that change most"))
    block.source = "credit.csv"
    return block
  }

  private static func grid(_ table: Table) -> Block? {
    let (likelihood, impact, count) = (table.cells("likelihood"), table.cells("impact"), table.cells("partners"))
    var sums: [Int: [Int: Double]] = [:]
    for row in 0..<table.rowCount {
      guard likelihood.number(row).isFinite, impact.number(row).isFinite else { continue }
      sums[Int(likelihood.number(row)), default: [:]][Int(impact.number(row)), default: 0] += knownSum([
        count.number(row)
      ])
    }
    let (rows, columns) = (sums.keys.sorted(by: >), Set(sums.values.flatMap(\.keys)).sorted())
    let largest = sums.values.flatMap(\.values).max() ?? 0
    guard largest > 0, let top = rows.first, let right = columns.last else { return nil }
    let cells = rows.flatMap { row in
      columns.map { column -> HeatChart.Cell in
        let number = sums[row]?[column] ?? 0
        return HeatChart.Cell(
          depth: number / largest, label: NumberText.grouped(number),
          reading: say("likelihood \(row), impact \(column): \(NumberText.count(Int(number), "partner"))"),
          style: row + column > (top + right + 2) / 2 ? "loss" : "plan")
      }
    }
    var block = Block(
      say("Likelihood and impact"), [say("Partners by how likely a default is and how much would be lost.")])
    let chart = HeatChart(
      rowNames: rows.map { say("likelihood \($0)") }, columnNames: columns.map { say("impact \($0)") }, cells: cells)
    block.charts = [
      PageChart(width: 520, title: say("Likelihood and impact"), description: say("Partners in each cell of the grid."))
      {
        chart.drawing(width: $0)
      }
    ]
    block.foldedTable = PageTable(TextTable(table), name: say("the grid"))
    block.source = Prose.list(["risk_grid.csv", "risk_matrix.csv"])
    return block
  }

  private static func stress(_ table: Table, _ currency: String) -> Block {
    let (shock, survives, gap) = (table.cells("shock"), table.cells("survives"), table.cells("liquidity_gap"))
    var order: [String] = []
    var sums: [String: (failing: Int, all: Int, gap: Double)] = [:]
    for row in 0..<table.rowCount {
      if sums[shock.text(row)] == nil { order.append(shock.text(row)) }
      let old = sums[shock.text(row)] ?? (0, 0, 0)
      let fails = survives.text(row) == "no"
      sums[shock.text(row)] = (old.failing + (fails ? 1 : 0), old.all + 1, old.gap + knownSum([gap.number(row)]))
    }
    var text = TextTable([
      .init(say("shock"), .left), .init(say("partners")), .init(say("would run out of cash")),
      .init(say("gap, \(currency)")),
    ])
    for name in order {
      let sum = sums[name] ?? (0, 0, 0)
      text.add(
        Prose.word(name), NumberText.grouped(sum.all), NumberText.grouped(sum.failing), NumberText.grouped(sum.gap))
    }
    var block = Block(say("Under stress"))
    block.openTable = PageTable(text, name: say("partners under stress"))
    block.source = "stress.csv"
    return block
  }

  private static func concentration(_ table: Table) -> Block {
    var block = Block(say("Concentration"))
    block.foldedTable = PageTable(TextTable(table, limit: 40), name: say("concentration"))
    block.source = "concentration.csv"
    return block
  }
}
