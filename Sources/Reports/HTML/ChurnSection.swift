import Tables

extension PageSection {
  /// Who may leave, how sure that is, and why.
  static func churn(_ view: RunView) -> PageSection? {
    var section = PageSection("churn", say("Churn and value"), question: say("Whom do we risk losing?"))
    guard let figures = ChurnFigures(view) else {
      section.blocks = [Block.crossSelling(view)].compactMap(\.self)
      return section.blocks.isEmpty ? nil : section
    }
    section.lead = figures.kinds.map { kind in
      say(
        "\(NumberText.grouped(figures.expected(kind), decimals: 1)) of "
          + "\(NumberText.count(figures.rows(of: kind).count, kind)) are expected to leave, with "
          + "\(NumberText.compact(figures.atRisk(kind))) \(view.currency) of value at risk (chance × value).")
    }
    section.blocks = [view.filled("partner_hazard").flatMap { .survival($0) }].compactMap(\.self)
    for kind in figures.kinds {
      section.blocks += [Block.valueQuadrants(view, kind: kind), top(figures, kind: kind, view.currency)].compactMap(
        \.self)
    }
    section.blocks += [view.filled("cohorts").flatMap { .cohorts($0) }].compactMap(\.self)
    for kind in figures.kinds {
      if let block = calibration(view, kind: kind) { section.blocks.append(block) }
    }
    section.blocks += [interventions(view), .crossSelling(view)].compactMap(\.self)
    if let terms = view.filled("churn_terms") {
      var block = Block(
        say("What goes with leaving"), [say("An odds ratio of 2 doubles the odds of leaving; below 1 protects.")])
      block.foldedTable = PageTable(TextTable(terms, limit: 80), name: say("terms of the model"))
      block.source = "churn_terms.csv"
      section.blocks.append(block)
    }
    return section
  }

  private static func top(_ figures: ChurnFigures, kind: String, _ currency: String) -> Block {
    let rows = Array(figures.rows(of: kind).prefix(15))
    var block = Block(say("The \(plural(kind)) with most to lose"))
    let all = figures.atRisk(kind)
    if all > 0, rows.count > 1 {
      let share = knownSum(rows.map(\.atRisk)) / all
      block.sentences = [
        say(
          "These \(rows.count) hold \(NumberText.percent(share, decimals: 0)) of the value at risk; "
            + "\(rows[0].id) comes first with \(NumberText.compact(rows[0].atRisk)) \(currency).")
      ]
    }
    let intervals = rows.filter { $0.probability.isFinite }.map { row in
      IntervalChart.Row(
        name: row.id, estimate: row.probability * 100, lower: row.lower * 100, upper: row.upper * 100,
        label: NumberText.percent(row.probability, decimals: 0))
    }
    block.charts = [
      PageChart(
        caption: say("Chance of leaving, with its range"), width: 520,
        title: say("Chance of leaving of the \(plural(kind)) with most to lose"),
        description: intervals.prefix(5).map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(
          separator: Typography.semicolon)
      ) { IntervalChart(rows: intervals, unit: NumberText.percentSign).drawing(width: $0) }
    ]
    var table = TextTable([
      .init(say(word: kind), .left), .init(say("region"), .left), .init(say("chance")),
      .init(say("value, \(currency)")),
      .init(say("value at risk")),
      .init(say("main reason"), .left),
    ])
    for row in rows {
      table.add(
        row.id, row.region, NumberText.percent(row.probability, decimals: 0), NumberText.grouped(row.value),
        NumberText.grouped(row.atRisk), say(label: Prose.words(row.reason)))
    }
    block.openTable = PageTable(table, name: say("\(plural(kind)) with most to lose"))
    block.source = "churn.csv"
    return block
  }

  /// Where acting is expected to save more than it costs.
  private static func interventions(_ view: RunView) -> Block? {
    guard let table = view.filled("churn_interventions") else { return nil }
    let saved = table.cells("expected_saved")
    let total = knownSum((0..<table.rowCount).map { saved.number($0) })
    var block = Block(
      say("Where acting pays"),
      [
        say(
          "\(NumberText.grouped(table.rowCount)) interventions are expected to save "
            + "\(NumberText.compact(total)) \(view.currency) more than they cost: chance of leaving × share kept × value − "
            + "cost. The share kept is an assumption of the plan; only a test with a control group can measure it.")
      ])
    let names = ["id", "intervention", "probability", "value", "assumed_effect", "cost", "expected_saved"]
    var text = TextTable([
      .init(say("who"), .left), .init(say("what"), .left), .init(say("chance")), .init(say("value, \(view.currency)")),
      .init(say("share kept")),
      .init(say("cost")), .init(say("expected saving")),
    ])
    let cells = names.map { table.cells($0) }
    for row in 0..<min(10, table.rowCount) {
      text.add(
        cells[0].text(row), Prose.word(cells[1].text(row)), NumberText.percent(cells[2].number(row), decimals: 0),
        NumberText.grouped(cells[3].number(row)), NumberText.percent(cells[4].number(row), decimals: 0),
        NumberText.grouped(cells[5].number(row)), NumberText.grouped(cells[6].number(row)))
    }
    block.openTable = PageTable(text, name: say("where acting pays"))
    block.source = "churn_interventions.csv"
    return block
  }

  private static func calibration(_ view: RunView, kind: String) -> Block? {
    let quality = view.filled("churn_quality").flatMap { qualitySentences($0, kind: kind) }
    var block = Block(say("How good the chances of \(plural(kind)) are"), quality ?? [])
    if let table = view.filled("churn_calibration") {
      let kinds = table.cells("kind")
      let rows = (0..<table.rowCount).filter { kinds.text($0) == kind }
      let (predicted, observed, counts) = (table.cells("predicted"), table.cells("observed"), table.cells("rows"))
      let most = rows.map { counts.number($0) }.filter(\.isFinite).max() ?? 1
      let dots = rows.map { row in
        ScatterChart.Dot(
          x: predicted.number(row) * 100, y: observed.number(row) * 100, weight: counts.number(row) / max(1, most),
          reading: say(
            "foreseen \(NumberText.percent(predicted.number(row))), left "
              + "\(NumberText.percent(observed.number(row))) of \(NumberText.grouped(counts.number(row)))"))
      }
      if !dots.isEmpty {
        block.sentences.append(say("On the dashed line, as many left as was foreseen."))
        block.charts = [
          PageChart(
            width: 520, title: say("Foreseen and observed share of \(plural(kind)) that left"),
            description: dots.map(\.reading).joined(separator: Typography.semicolon)
          ) { width in
            ScatterChart(
              dots: dots, xTitle: say("foreseen"), yTitle: say("left, %"), xUnit: NumberText.percentSign,
              hasDiagonal: true
            ).drawing(width: width, height: 280)
          }
        ]
        block.foldedTable = PageTable(TextTable(table.keeping(rows)), name: say("foreseen and observed by group"))
      }
    }
    guard quality != nil || !block.charts.isEmpty else { return nil }
    block.source = Prose.list(["churn_quality.csv", "churn_calibration.csv"])
    return block
  }

  private static func qualitySentences(_ table: Table, kind: String) -> [String]? {
    let kinds = table.cells("kind")
    let rows = (0..<table.rowCount).filter { kinds.text($0) == kind }
    let evaluations = table.cells("evaluation")
    // Later periods are what the chances are for; other ways of holding out are kinder.
    guard let row = rows.first(where: { evaluations.text($0).contains("later") }) ?? rows.first else { return nil }
    func number(_ name: String) -> Double { table.cells(name).number(row) }
    let evaluation = evaluations.text(row)
    let (cases, left) = (NumberText.grouped(number("rows")), NumberText.grouped(number("events")))
    var sentences = [
      evaluation.isEmpty
        ? say("Judged on \(cases) cases, of which \(left) left.")
        : say("Judged on \(cases) cases, of which \(left) left (\(Prose.word(evaluation))).")
    ]
    let auc = number("auc")
    if auc.isFinite {
      let share = NumberText.percent(auc, decimals: 0)
      sentences.append(
        auc < 0.6
          ? say(
            "Of one that left and one that stayed, the model gives the higher chance to the one that left in \(share) of "
              + "pairs (50 % would be guessing): hardly better than guessing.")
          : say(
            "Of one that left and one that stayed, the model gives the higher chance to the one that left in \(share) of "
              + "pairs (50 % would be guessing)."))
    }
    let slope = number("calibration_slope")
    if slope.isFinite {
      let verdict = slope < 0.8 ? say("too extreme") : slope > 1.25 ? say("too timid") : say("about right")
      sentences.append(
        say(
          "Its chances are \(verdict) (calibration slope \(NumberText.grouped(slope, decimals: 2)), 1 is right; Brier "
            + "score \(NumberText.grouped(number("brier"), decimals: 4)))."))
    }
    return sentences
  }

  /// `partners`, `customers`.
  private static func plural(_ kind: String) -> String { say(word: kind + "s") }
}
