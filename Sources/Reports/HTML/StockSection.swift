import Tables

extension PageSection {
  /// What to replenish, promote and move, and how the stock will stand.
  static func stock(_ view: RunView) -> PageSection? {
    guard let figures = StockFigures(view) else { return nil }
    var section = PageSection("stock", say("Stock actions"), question: say("What to replenish, promote or move?"))
    section.lead = lead(figures, view.currency)
    section.blocks = [actions(figures, view.currency)]
    if let projection = view.filled("stock_projection").flatMap({ projection($0) }) {
      section.blocks.append(projection)
    }
    section.blocks += [
      view.filled("partner_stock").flatMap { .turnoverMap($0, view.currency) }
        ?? view.filled("stock_health").map { cover($0, view) },
      view.filled("transfers").flatMap { .transferMatrix($0, view) },
      view.filled("service_curve").flatMap { .serviceCurve($0, view.currency) },
    ].compactMap(\.self)
    return section
  }

  private static func lead(_ figures: StockFigures, _ currency: String) -> [String] {
    guard !figures.actions.isEmpty else {
      return [say("All \(NumberText.grouped(figures.pairs)) stocks of a product at a partner are within their lines.")]
    }
    let saving = knownSum(figures.kinds.map(\.saving))
    let kinds = figures.kinds.map { "\(NumberText.grouped($0.count)) × \(Prose.word($0.action))" }
    return [
      say(
        "\(NumberText.grouped(figures.actions.count)) of \(NumberText.grouped(figures.pairs)) stocks of a product at a "
          + "partner need something done: \(Prose.list(kinds)). Expected saving together: \(NumberText.grouped(saving)) "
          + "\(currency).")
    ]
  }

  private static func actions(_ figures: StockFigures, _ currency: String) -> Block {
    var block = Block(say("By action and the largest"))
    if let first = figures.actions.first {
      block.sentences = [
        say("The largest: \(first.sentence), expected saving \(NumberText.grouped(first.saving)) \(currency).")
      ]
    }
    let bars = figures.kinds.map { kind in
      BarChart.Bar(
        name: Prose.word(kind.action), value: kind.saving,
        label: say("\(NumberText.compact(kind.saving).typographic) from \(NumberText.grouped(kind.count))"))
    }
    block.charts = [
      PageChart(
        caption: say("Expected saving by action, \(currency)"), width: 520,
        title: say("Expected saving by stock action"),
        description: bars.map { "\($0.name)\(Typography.colon)\($0.label)" }.joined(separator: Typography.semicolon)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    var table = TextTable([
      .init(say("action"), .left), .init(say("region"), .left), .init(say("cover, days")), .init(say("value")),
      .init(say("expected saving")),
      .init(say("why"), .left),
    ])
    for action in figures.actions.prefix(15) {
      table.add(
        action.sentence, action.region, action.coverDays.isFinite ? NumberText.grouped(action.coverDays) : "",
        NumberText.grouped(action.value), NumberText.grouped(action.saving), say(label: Prose.words(action.reason)))
    }
    if !figures.actions.isEmpty { block.openTable = PageTable(table, name: say("the largest stock actions")) }
    block.foldedTable = PageTable(figures.table(currency: currency), name: say("all actions by kind"))
    block.source = Prose.list(["inventory_actions.csv", "transfers.csv"])
    return block
  }

  private static func projection(_ table: Table) -> Block? {
    let (region, period) = (table.cells("region"), table.cells("period"))
    let (stock, lower, upper) = (table.cells("stock"), table.cells("lower"), table.cells("upper"))
    var steps: [String: [BandChart.Step]] = [:]
    for row in 0..<table.rowCount {
      guard let period = period.period(row) else { continue }
      steps[region.text(row), default: []].append(
        BandChart.Step(
          period: period, value: stock.number(row), lower: lower.number(row), upper: upper.number(row)))
    }
    guard !steps.isEmpty else { return nil }
    let names = steps.keys.sorted {
      (-knownSum((steps[$0] ?? []).map(\.value)), $0) < (-knownSum((steps[$1] ?? []).map(\.value)), $1)
    }
    func leaves(_ test: (BandChart.Step) -> Bool) -> [String] {
      names.filter { (steps[$0] ?? []).contains(where: test) }
    }
    let low = leaves { $0.value < $0.lower }
    let high = leaves { $0.value > $0.upper }
    var block = Block(say("How stock will stand"))
    var parts: [String] = []
    if !low.isEmpty { parts.append(say("below its lower line in \(Prose.list(low.prefix(6).map(\.self)))")) }
    if !high.isEmpty { parts.append(say("above its upper line in \(Prose.list(high.prefix(6).map(\.self)))")) }
    block.sentences = [
      parts.isEmpty
        ? say("Stock stays between its lines in every region.")
        : say("Stock gets \(parts.joined(separator: say(", and "))).")
    ]
    block.keys = [Key("plan", say("stock, units")), Key("corridor", say("between the lower and the upper line"))]
    block.layout = .small
    block.charts = names.prefix(24).map { name in
      let series = (steps[name] ?? []).sorted { $0.period < $1.period }
      return PageChart(
        BandChart(steps: series, unit: Unit.text("units")).drawing(width: PageChart.narrowWidth, height: 150),
        caption: name.isEmpty ? say("all regions") : name, title: say("Projected stock, \(name)"),
        description:
          say(
            "From \(NumberText.compact(series[0].value)) to \(NumberText.compact(series[series.count - 1].value)) units."
          ))
    }
    block.foldedTable = PageTable(TextTable(table, limit: 300), name: say("projected stock"))
    block.source = "stock_projection.csv"
    return block
  }

  private static func cover(_ table: Table, _ view: RunView) -> Block {
    let (partner, region) = (table.cells("partner_id"), table.cells("region"))
    let (value, days, slow) = (table.cells("stock_value"), table.cells("days_of_cover"), table.cells("slow_share"))
    let rows = (0..<table.rowCount).sorted {
      (-knownSum([value.number($0)]), $0) < (-knownSum([value.number($1)]), $1)
    }
    let largest = rows.first.map { knownSum([value.number($0)]) } ?? 0
    let limit = view.setting("inventory.upper.cover_days").flatMap(Double.init)
    let dots = rows.prefix(400).map { row in
      ScatterChart.Dot(
        x: days.number(row), y: slow.number(row) * 100, weight: largest > 0 ? value.number(row) / largest : 0,
        reading: say(
          "\(partner.text(row)), \(region.text(row)): \(NumberText.days(days.number(row))), "
            + "\(NumberText.percent(slow.number(row), decimals: 0)) slow, \(NumberText.compact(value.number(row)))"),
        style: limit.map { days.number(row) > $0 } == true ? "loss" : "plan")
    }
    var block = Block(say("Cover and slow-moving share by partner"))
    if let limit {
      let over = rows.filter { days.number($0) > limit }
      block.sentences = [
        say(
          "\(NumberText.count(over.count, "partner")) of \(NumberText.grouped(rows.count)) hold more than "
            + "\(NumberText.days(limit)) of stock, worth \(NumberText.compact(knownSum(over.map { value.number($0) }))) "
            + "\(view.currency). The larger the dot, the larger the stock.")
      ]
    } else {
      block.sentences = [say("The larger the dot, the larger the stock.")]
    }
    if dots.count < rows.count { block.sentences.append(say("The \(dots.count) largest stocks are drawn.")) }
    block.charts = [
      PageChart(
        width: 700, title: say("Days of cover and slow-moving share of partners"),
        description: block.sentences.joined(separator: Typography.blank)
      ) { width in
        ScatterChart(
          dots: dots, xTitle: say("days of cover"), yTitle: say("slow-moving share, %"),
          threshold: limit.map { ($0, say("upper line \(NumberText.grouped($0))")) }
        ).drawing(width: width, height: width > 500 ? 340 : 290)
      }
    ]
    block.foldedTable = PageTable(
      TextTable(table.keeping(Array(rows.prefix(100)))), name: say("the largest stocks by partner"))
    block.source = "stock_health.csv"
    return block
  }
}
