import Tables

/// What other budgets would earn, read from `frontier` and `frontier_regions`: the curve, what a bad outcome costs, and
/// a slider over the budgets that shows what each region gets.
struct FrontierBlock {
  private struct Stop {
    var total: Double
    var spent: Double
    var margin: Double
    var worstTenth: Double
    var price: Double
    /// By region, largest first.
    var regions: [(name: String, spend: Double)] = []
  }

  /// More budgets than a slider needs are left to the table.
  private static let stopCount = 41
  /// Regions with a bar of their own; the others are one bar.
  private static let barCount = 20

  private let view: RunView
  private let stops: [Stop]
  /// The position of the plan's budget.
  private let plan: Int

  init?(_ view: RunView) {
    guard let table = view.filled("frontier") else { return nil }
    self.view = view
    let (total, spent, margin) = (table.cells("total"), table.cells("spent"), table.cells("expected_margin"))
    let (worst, price) = (table.cells("worst_tenth_margin"), table.cells("price"))
    var stops = (0..<table.rowCount).map { row in
      Stop(
        total: total.number(row), spent: spent.number(row), margin: margin.number(row), worstTenth: worst.number(row),
        price: price.number(row))
    }.filter { $0.total.isFinite && $0.margin.isFinite }
    if let regions = view.filled("frontier_regions") {
      let places = Dictionary(stops.enumerated().map { ($1.total, $0) }, uniquingKeysWith: { first, _ in first })
      let (total, region, spend) = (regions.cells("total"), regions.cells("region"), regions.cells("spend"))
      for row in 0..<regions.rowCount where spend.number(row).isFinite {
        guard let place = places[total.number(row)] else { continue }
        stops[place].regions.append((region.text(row), spend.number(row)))
      }
    }
    stops.sort { $0.total < $1.total }
    guard stops.count > 1 else { return nil }
    if stops.count > Self.stopCount {
      let last = stops.count - 1
      stops = (0..<Self.stopCount).map { stops[$0 * last / (Self.stopCount - 1)] }
    }
    self.stops = stops
    let planned = BudgetFigures(view)?.total(of: "plan") ?? .nan
    plan =
      planned.isFinite
      ? stops.indices.min { abs(stops[$0].spent - planned) < abs(stops[$1].spent - planned) } ?? 0 : stops.count / 2
  }

  private var currency: String { view.currency }

  func block() -> Block {
    var block = Block(say("What another budget would earn"), sentences)
    block.layout = .half
    block.keys = [Key("plan", say("expected margin"))]
    if hasRisk { block.keys.append(Key("limit", say("mean of the worst tenth of outcomes"))) }
    block.charts = [marginChart]
    if hasRisk { block.charts.append(riskChart) }
    if stops.contains(where: { !$0.regions.isEmpty }) {
      block.choice = Choice(
        id: "budget", label: say("Budget, \(currency)"), control: .slider, options: stops.map(option), selected: plan)
    }
    block.foldedTable = PageTable(table, name: say("budgets and what they earn, \(currency)"))
    block.source = "frontier.csv, frontier_regions.csv"
    return block
  }

  /// Where the plan wants the budgets to begin, in percent of its own.
  private var askedFrom: Double? {
    view.settings.first { $0.key == "budget.frontier.from_pct" }.flatMap { Double($0.value) }
  }

  private var retention: Double? {
    guard let table = view.filled("region_allocation") else { return nil }
    let (region, plan) = (table.cells("region"), table.cells("plan"))
    return (0..<table.rowCount).first { region.text($0) == "retention" }.map { plan.number($0) }
  }

  private var hasRisk: Bool { stops.contains { $0.worstTenth.isFinite } }

  private var sentences: [String] {
    let (first, last) = (stops[0], stops[stops.count - 1])
    var sentences = [
      say(
        "A budget of \(NumberText.grouped(first.total)) \(currency) would earn \(NumberText.compact(first.margin)), "
          + "one of \(NumberText.grouped(last.total)) \(NumberText.compact(last.margin))."
      )
    ]
    let (planned, least) = (stops[plan].total, first.total)
    if let askedFrom, least > planned * askedFrom / 100 + 1 {
      sentences.append(
        say(
          "Less than \(NumberText.grouped(least)) is not drawn: the plan’s floors, and how far its amounts may move, do not allow it."
        ))
    }
    if let retention {
      sentences.append(
        say("\(NumberText.grouped(retention)) of every budget are for keeping partners and customers, as in the plan."))
    }
    // From where on more money is not spent, because no further use earns what it costs.
    if let full = stops.first(where: { $0.spent >= last.spent - 0.5 }), full.total < last.total {
      sentences.append(
        say(
          "More than \(NumberText.grouped(last.spent)) \(currency) would not be spent: "
            + "no further use earns what it costs, or a limit holds it."
        ))
    } else if stops[plan].price.isFinite {
      sentences.append(
        say(
          "At the plan, one more \(currency) of budget earns \(NumberText.significant(stops[plan].price)) \(currency)."
        ))
    }
    return sentences
  }

  // MARK: - Charts

  private var marginChart: PageChart {
    let expected = stops.map { stop in
      CurveChart.Sample(x: stop.total, y: stop.margin, reading: name(stop))
    }
    let worst = stops.map { stop in
      CurveChart.Sample(
        x: stop.total, y: stop.worstTenth,
        reading: say("\(NumberText.grouped(stop.total)): worst tenth \(NumberText.compact(stop.worstTenth))"))
    }
    let chart = CurveChart(
      lines: [.init(style: "limit", points: worst), .init(style: "plan", points: expected)],
      markers: [.init(x: stops[plan].total, y: stops[plan].margin, style: "now", label: say("plan"))],
      xTitle: say("budget, \(currency)"), yTitle: say("margin, \(currency)"))
    return PageChart(
      caption: say("Margin at each budget"), width: 520, title: say("Expected margin against the budget"),
      description: stops.map(name).joined(separator: Typography.semicolon)
    ) { chart.drawing(width: $0, height: 240) }
  }

  /// Risk against return: each budget a point.
  private var riskChart: PageChart {
    let points = stops.map { stop in
      CurveChart.Sample(
        x: stop.worstTenth, y: stop.margin,
        reading: say(
          "\(NumberText.grouped(stop.total)): expected \(NumberText.compact(stop.margin)), "
            + "worst tenth \(NumberText.compact(stop.worstTenth))"
        ))
    }
    let chart = CurveChart(
      lines: [.init(style: "plan", points: points)],
      markers: [.init(x: stops[plan].worstTenth, y: stops[plan].margin, style: "now", label: say("plan"))],
      xTitle: say("mean of the worst tenth, \(currency)"), yTitle: say("expected margin, \(currency)"))
    return PageChart(
      caption: say("Return against risk, a point for each budget"), width: 520,
      title: say("Expected margin against the mean of the worst tenth of outcomes"),
      description: points.map(\.reading).joined(separator: Typography.semicolon)
    ) { chart.drawing(width: $0, height: 240) }
  }

  // MARK: - The slider

  private func name(_ stop: Stop) -> String {
    say("\(NumberText.grouped(stop.total)): expected margin \(NumberText.grouped(stop.margin)) \(currency)")
  }

  private func option(_ stop: Stop) -> Choice.Option {
    var option = Choice.Option(name: name(stop))
    let change = stop.margin - stops[plan].margin
    let against =
      abs(change) < 0.5
      ? say("as much as at the plan’s budget")
      : say("\(Prose.signed(change)) against the plan’s budget")
    option.sentences = [
      say("\(NumberText.grouped(stop.spent)) \(currency) are spent; the expected margin is \(against).")
    ]
    let planned = Dictionary(stops[plan].regions.map { ($0.name, $0.spend) }, uniquingKeysWith: { first, _ in first })
    let sorted = stop.regions.sorted { ($1.spend, $0.name) < ($0.spend, $1.name) }
    var rows = sorted.prefix(Self.barCount).map { (name: $0.name, spend: $0.spend, planned: planned[$0.name]) }
    if sorted.count > Self.barCount {
      let rest = sorted.dropFirst(Self.barCount)
      rows.append(
        (
          say("\(rest.count) more regions"), rest.reduce(0) { $0 + $1.spend },
          rest.reduce(0) { $0 + (planned[$1.name] ?? 0) }
        ))
    }
    let largest = stops.flatMap(\.regions).map(\.spend).max() ?? 0
    let bars = rows.map { BarChart.Bar(name: $0.name, value: $0.spend, label: NumberText.grouped($0.spend)) }
    option.charts = [
      PageChart(
        BarChart(bars: bars, alsoCovering: [largest]).drawing(width: 460),
        caption: say("Spend of each region, \(currency)"), title: say("Spend of each region at this budget"),
        description: bars.map { "\($0.name): \($0.label)" }.joined(separator: Typography.semicolon))
    ]
    var table = TextTable([.init(say("region"), .left), .init(say("spend")), .init(say("against the plan’s budget"))])
    for row in rows {
      table.add(
        row.name, NumberText.grouped(row.spend), row.planned.map { NumberText.signed(row.spend - $0) } ?? "")
    }
    option.table = PageTable(table, name: say("spend of each region, \(currency)"))
    return option
  }

  private var table: TextTable {
    var table = TextTable([
      .init(say("budget")), .init(say("spent")), .init(say("expected margin")),
      .init(say("mean of the worst tenth of outcomes")), .init(say("one more earns")),
    ])
    for stop in stops {
      table.add(
        NumberText.grouped(stop.total), NumberText.grouped(stop.spent), NumberText.grouped(stop.margin),
        stop.worstTenth.isFinite ? NumberText.grouped(stop.worstTenth) : "",
        stop.price.isFinite ? NumberText.grouped(stop.price, decimals: 3) : "")
    }
    return table
  }
}
