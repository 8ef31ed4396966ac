import Planning
import Tables

extension PageSection {
  /// Five key figures and the ten actions worth most.
  static func summary(_ view: RunView) -> PageSection {
    var section = PageSection("summary", say("Summary"), question: say("What do I do today?"))
    let summary = SummaryFigures(view)
    section.lead = summary.lead
    section.tiles = summary.tiles
    if let block = summary.actions { section.blocks.append(block) }
    if let earlier = summary.earlier { section.blocks += Block.movedFigures(earlier) + Block.keptPromises(earlier) }
    return section
  }
}

struct SummaryFigures {
  let view: RunView
  let forecast: ForecastFigures?
  let budget: BudgetFigures?
  let churn: ChurnFigures?
  let stock: StockFigures?
  let earlier: EarlierFigures?

  init(_ view: RunView) {
    self.view = view
    forecast = ForecastFigures(view)
    budget = BudgetFigures(view)
    churn = ChurnFigures(view)
    stock = StockFigures(view)
    earlier = EarlierFigures(view)
  }

  var lead: [String] {
    var parts: [String] = []
    if let forecast, let change = forecast.total.change {
      let (span, size) = (forecast.span(forecast.total.steps.count), NumberText.percent(change.magnitude))
      parts.append(
        change < 0
          ? say("Demand of the next \(span) is expected to be \(size) lower than in the \(forecast.earlier)")
          : say("Demand of the next \(span) is expected to be \(size) higher than in the \(forecast.earlier)"))
    }
    if let gain = budget?.gain {
      parts.append(
        say("placing the budget as planned is worth \(Prose.signedCompact(gain)) \(view.currency) of margin"))
    }
    if let stock, !stock.actions.isEmpty {
      parts.append(say("\(NumberText.count(stock.actions.count, "stock action")) wait to be done"))
    }
    guard !parts.isEmpty else {
      let names = view.stages.filter { $0.outcome != .ran }.map { Prose.word($0.stage.rawValue) }
      return names.isEmpty ? [] : [say("Not computed in this run: \(Prose.list(names)).")]
    }
    return [parts.joined(separator: Typography.semicolon) + Typography.stop]
  }

  // MARK: - Key figures

  var tiles: [Tile] {
    let computed = [forecastTile, budgetTile, churnTile, stockTile, accuracyTile].compactMap(\.self)
    // What the first tile says already is not said again.
    let others = view.indicators.filter { forecastTile == nil || $0.name != "forecast_units" }
    let further = others.prefix(5 - computed.count).map { indicator in
      Tile(
        label: say(label: indicator.label), value: IndicatorText.value(indicator), note: "",
        since: earlier?.since(indicator.name, showing: indicator.value))
    }
    return computed + further
  }

  private var forecastTile: Tile? {
    guard let forecast, !forecast.total.steps.isEmpty else { return nil }
    let (total, count) = (forecast.total, forecast.total.steps.count)
    return Tile(
      label: say("Demand, next \(forecast.span(count)), \(view.measureUnit)"),
      value: NumberText.compact(total.next),
      note: total.change.map { say("\(Prose.signedPercent($0)) against the \(forecast.earlier)") }
        ?? say("no full history to compare"), since: earlier?.since("forecast_units", showing: total.next))
  }

  private var budgetTile: Tile? {
    guard let gain = budget?.gain else { return nil }
    let gap = view.certificates.first { $0.problem == "budget" }?.relativeGap
    return Tile(
      label: say("Expected margin, plan against now, \(view.currency)"), value: Prose.signedCompact(gain),
      note: gap.map(CertificateText.better) ?? "", style: gain > 0 ? "gain" : gain < 0 ? "loss" : "",
      since: earlier?.since("expected_margin_gain", showing: gain))
  }

  private var churnTile: Tile? {
    guard let churn, let kind = churn.kinds.first else { return nil }
    let rows = churn.rows(of: kind)
    return Tile(
      label: say("Value at risk of leaving \(say(word: kind + "s")), \(view.currency)"),
      value: NumberText.compact(churn.atRisk(kind)),
      note: say(
        "\(NumberText.grouped(churn.expected(kind), decimals: 1)) of \(NumberText.grouped(rows.count)) expected to "
          + "leave"), since: earlier?.since("\(kind)_value_at_risk", showing: churn.atRisk(kind)))
  }

  private var stockTile: Tile? {
    guard let stock else { return nil }
    let saving = knownSum(stock.kinds.map(\.saving))
    return Tile(
      label: say("Saving from stock actions, \(view.currency)"), value: NumberText.compact(saving),
      note: say("\(NumberText.count(stock.actions.count, "action")) on \(NumberText.count(stock.pairs, "stock"))"),
      since: earlier?.since("stock_saving", showing: saving))
  }

  private var accuracyTile: Tile? {
    guard let table = view.filled("forecast_accuracy") else { return nil }
    let accuracy = AccuracyFigures(table)
    guard let change = accuracy.againstNaive else { return nil }
    let coverage = accuracy["chosen"]?.coverage80 ?? .nan
    return Tile(
      label: say("Forecast error against repeating last year"), value: Prose.signedPercent(change),
      note: coverage.isFinite ? say("80 % ranges held \(NumberText.percent(coverage, decimals: 0))") : "",
      style: change < 0 ? "gain" : "loss")
  }

  // MARK: - Actions

  var actions: Block? {
    let top = ActionFigures(view).actions.prefix(10)
    guard !top.isEmpty else { return nil }
    var table = TextTable([
      .init(say("do"), .left), .init(say("worth, \(view.currency)")), .init(say("which is"), .left),
      .init(say("see"), .left),
    ])
    for action in top { table.add(action.what, NumberText.grouped(action.worth), action.meaning, action.section) }
    var block = Block(
      say("The \(top.count) actions worth most"),
      [say("At most \(ActionFigures.perKind) of a kind are listed, the whole lists are below.")])
    var listed = PageTable(table, name: say("the actions worth most"))
    for (row, action) in top.enumerated() { listed.rows[row].cells[3].link = "#" + action.sectionID }
    block.openTable = listed
    return block
  }
}

/// Indicators as people read them.
enum IndicatorText {
  static func value(_ indicator: Indicator) -> String {
    switch indicator.unit {
    case "share": NumberText.percent(indicator.value)
    case "days": NumberText.days(indicator.value)
    default: Unit.amount(NumberText.compact(indicator.value).typographic, indicator.unit)
    }
  }
}
