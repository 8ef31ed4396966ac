import Planning
import Tables

extension PageSection {
  /// Five key figures and the ten actions worth most.
  static func summary(_ view: RunView) -> PageSection {
    var section = PageSection("summary", "Summary", question: "What do I do today?")
    let summary = SummaryFigures(view)
    section.lead = summary.lead
    section.tiles = summary.tiles
    if let block = summary.actions { section.blocks.append(block) }
    return section
  }
}

private struct SummaryFigures {
  let view: RunView
  let forecast: ForecastFigures?
  let budget: BudgetFigures?
  let churn: ChurnFigures?
  let stock: StockFigures?

  init(_ view: RunView) {
    self.view = view
    forecast = ForecastFigures(view)
    budget = BudgetFigures(view)
    churn = ChurnFigures(view)
    stock = StockFigures(view)
  }

  var lead: [String] {
    var parts: [String] = []
    if let total = forecast?.total, let change = total.change, let noun = forecast?.periodNoun {
      let size = NumberText.percent(change.magnitude) + (change < 0 ? " lower" : " higher")
      parts.append("Demand of the next \(total.steps.count) \(noun) is expected to be \(size) than that of the last")
    }
    if let gain = budget?.gain {
      parts.append("placing the budget as planned is worth \(Prose.signedCompact(gain)) \(view.currency) of margin")
    }
    if let stock, !stock.actions.isEmpty {
      parts.append("\(NumberText.count(stock.actions.count, "stock action")) wait to be done")
    }
    guard !parts.isEmpty else {
      let names = view.stages.filter { $0.outcome != .ran }.map { Prose.words($0.stage.rawValue) }
      return names.isEmpty ? [] : ["Not computed in this run: \(Prose.list(names))."]
    }
    return [parts.joined(separator: "; ") + "."]
  }

  // MARK: - Key figures

  var tiles: [Tile] {
    let computed = [forecastTile, budgetTile, churnTile, stockTile, accuracyTile].compactMap(\.self)
    let further = view.indicators.prefix(5 - computed.count).map { indicator in
      Tile(label: indicator.label, value: IndicatorText.value(indicator), note: "")
    }
    return computed + further
  }

  private var forecastTile: Tile? {
    guard let forecast, !forecast.total.steps.isEmpty else { return nil }
    let (total, count) = (forecast.total, forecast.total.steps.count)
    return Tile(
      label: "Demand, next \(count) \(forecast.periodNoun), \(view.measureUnit)", value: NumberText.compact(total.next),
      note: total.change.map { "\(Prose.signedPercent($0)) against the last \(count)" } ?? "no full history to compare")
  }

  private var budgetTile: Tile? {
    guard let gain = budget?.gain else { return nil }
    let gap = view.certificates.first { $0.problem == "budget" }?.relativeGap
    return Tile(
      label: "Expected margin, plan against now, \(view.currency)", value: Prose.signedCompact(gain),
      note: gap.map(CertificateText.better) ?? "", style: gain > 0 ? "gain" : gain < 0 ? "loss" : "")
  }

  private var churnTile: Tile? {
    guard let churn, let kind = churn.kinds.first else { return nil }
    let rows = churn.rows(of: kind)
    return Tile(
      label: "Value at risk of leaving \(kind)s, \(view.currency)", value: NumberText.compact(churn.atRisk(kind)),
      note: "\(NumberText.grouped(churn.expected(kind), decimals: 1)) of \(NumberText.grouped(rows.count)) expected to "
        + "leave")
  }

  private var stockTile: Tile? {
    guard let stock else { return nil }
    return Tile(
      label: "Saving from stock actions, \(view.currency)",
      value: NumberText.compact(knownSum(stock.kinds.map(\.saving))),
      note: NumberText.count(stock.actions.count, "action") + " on " + NumberText.count(stock.pairs, "stock"))
  }

  private var accuracyTile: Tile? {
    guard let table = view.filled("forecast_accuracy") else { return nil }
    let accuracy = AccuracyFigures(table)
    guard let change = accuracy.againstNaive else { return nil }
    let coverage = accuracy["chosen"]?.coverage80 ?? .nan
    return Tile(
      label: "Forecast error against repeating last year", value: Prose.signedPercent(change),
      note: coverage.isFinite ? "80 % ranges held \(NumberText.percent(coverage, decimals: 0))" : "",
      style: change < 0 ? "gain" : "loss")
  }

  // MARK: - Actions

  private struct Action {
    var what: String
    var worth: Double
    var meaning: String
    var section: String
  }

  /// At most this many actions of one kind, so that no kind hides the others.
  private static let perKind = 5

  var actions: Block? {
    var actions: [Action] = []
    if let budget, let gain = budget.gain, gain > 0 {
      let moves = budget.places.filter { abs($0.change) >= 0.5 }.prefix(3)
        .map { "\($0.name) \(Prose.signed($0.change))" }
      actions.append(
        Action(
          what: "Place the budget as planned" + (moves.isEmpty ? "" : ": \(moves.joined(separator: ", ")) …"),
          worth: gain, meaning: "more expected margin", section: "Allocation"))
    }
    if let churn, let kind = churn.kinds.first {
      // Someone who leaves no more likely than others is no case for a visit, however large.
      let rows = churn.rows(of: kind)
      let average = churn.expected(kind) / Double(max(1, rows.count))
      for row in rows.filter({ $0.probability >= 2 * average }).prefix(Self.perKind) where row.atRisk > 0 {
        let reason = row.reason.isEmpty ? "" : ": \(Prose.words(row.reason))"
        actions.append(
          Action(
            what: "Talk to \(row.id) (\(row.region)), chance of leaving "
              + "\(NumberText.percent(row.probability, decimals: 0))\(reason)",
            worth: row.atRisk, meaning: "expected loss if nothing is done", section: "Churn"))
      }
    }
    for action in (stock?.actions ?? []).prefix(Self.perKind) where action.saving > 0 {
      actions.append(
        Action(what: action.sentence, worth: action.saving, meaning: "expected saving", section: "Stock actions"))
    }
    guard !actions.isEmpty else { return nil }
    let top = actions.enumerated().sorted { left, right in
      (-left.element.worth, left.offset) < (-right.element.worth, right.offset)
    }.prefix(10).map(\.element)
    var table = TextTable([
      .init("do", .left), .init("worth, \(view.currency)"), .init("which is", .left), .init("see", .left),
    ])
    for action in top { table.add(action.what, NumberText.grouped(action.worth), action.meaning, action.section) }
    var block = Block(
      "The \(top.count) actions worth most",
      ["At most \(Self.perKind) of a kind are listed, the whole lists are below."])
    block.openTable = PageTable(table, name: "the actions worth most")
    return block
  }
}

/// Indicators as people read them.
enum IndicatorText {
  static func value(_ indicator: Indicator) -> String {
    switch indicator.unit {
    case "share": NumberText.percent(indicator.value)
    case "days": NumberText.days(indicator.value)
    default: "\(NumberText.compact(indicator.value).typographic) \(indicator.unit)"
    }
  }
}
