import ChannelTypes
import Tables

extension PageSection {
  /// What will sell: the network, each region, and how far such forecasts were off before.
  static func forecast(_ view: RunView) -> PageSection? {
    guard let figures = ForecastFigures(view) else { return nil }
    var section = PageSection("forecast", say("Forecast"), question: say("What will sell?"))
    let builder = ForecastBlocks(figures: figures, unit: view.measureUnit)
    section.lead = builder.lead
    if !figures.total.steps.isEmpty { section.blocks.append(builder.total) }
    if !figures.regions.isEmpty { section.blocks.append(builder.regions) }
    if let partners = PartnerForecastBlock.make(view) { section.blocks.append(partners) }
    if let flow = ChannelFlowBlock.make(view) { section.blocks.append(flow) }
    if let accuracy = view.filled("forecast_accuracy") {
      section.blocks.append(builder.accuracy(AccuracyFigures(accuracy), table: accuracy))
    }
    if let earlier = EarlierFigures(view), let block = Block.earlierForecasts(earlier, unit: view.measureUnit) {
      section.blocks.append(block)
    }
    if let models = view.filled("forecast_models") { section.blocks.append(builder.models(models)) }
    return section
  }
}

/// How the candidates did on held-out periods.
struct AccuracyFigures {
  struct Row {
    var model: String
    var series: Double
    var mase: Double
    var coverage80: Double
  }

  var rows: [Row]

  init(_ table: Table) {
    let (model, series) = (table.cells("model"), table.cells("series"))
    let (mase, coverage) = (table.cells("mase"), table.cells("coverage_80"))
    rows = (0..<table.rowCount).map {
      Row(model: model.text($0), series: series.number($0), mase: mase.number($0), coverage80: coverage.number($0))
    }
  }

  subscript(model: String) -> Row? { rows.first { $0.model == model } }

  /// The error of the chosen models relative to repeating last year: −0.27 is 27 % less.
  var againstNaive: Double? {
    guard let chosen = self["chosen"]?.mase, let naive = self["seasonal_naive"]?.mase, chosen.isFinite, naive > 0 else {
      return nil
    }
    return chosen / naive - 1
  }
}

private struct ForecastBlocks {
  let figures: ForecastFigures
  let unit: String

  private var horizon: Int { (figures.total.steps.isEmpty ? figures.regions[0] : figures.total).steps.count }
  private var span: String { figures.span(horizon) }

  var lead: [String] {
    let total = figures.total
    var lead: [String] = []
    if !total.steps.isEmpty {
      let sales = NumberText.compact(total.next)
      if let earlier = total.earlier, let change = total.change {
        lead.append(
          say(
            "The network is expected to sell \(sales) \(unit) in the next \(span), \(Prose.moreOrLess(change)) than in "
              + "the \(figures.earlier) (\(NumberText.compact(earlier)))."))
      } else {
        lead.append(say("The network is expected to sell \(sales) \(unit) in the next \(span)."))
      }
    }
    let changed = figures.regions.filter { $0.change != nil }.sorted { ($0.change ?? 0) > ($1.change ?? 0) }
    if changed.count > 1, let best = changed.first, let worst = changed.last {
      let (up, down) = (Prose.signedPercent(best.change ?? 0), Prose.signedPercent(worst.change ?? 0))
      lead.append(
        (best.change ?? 0) < 0
          ? say("\(best.region) moves down least (\(up)), \(worst.region) most (\(down)).")
          : (worst.change ?? 0) < 0
            ? say("\(best.region) moves up most (\(up)), \(worst.region) down most (\(down)).")
            : say("\(best.region) moves up most (\(up)), \(worst.region) up least (\(down))."))
    }
    return lead
  }

  private var keys: [Key] {
    let bands = figures.levels.enumerated().map { Key("band\(min($0 + 1, 3))", say("\($1) % range")) }
    return [Key("history", say("observed")), Key("plan", say("expected"))] + bands
  }

  private func chart(_ series: ForecastFigures.Series) -> FanChart {
    FanChart(history: series.history, forecast: series.steps, levels: figures.levels, unit: unit)
  }

  private func describe(_ series: ForecastFigures.Series, name: String) -> String {
    let sales = "\(NumberText.grouped(series.next))"
    guard let change = series.change else { return say("Expected in the next \(span): \(sales) \(unit).") }
    return say(
      "Expected in the next \(span): \(sales) \(unit), \(Prose.signedPercent(change)) against the \(figures.earlier).")
  }

  var total: Block {
    let series = figures.total
    var block = Block(say("The whole network"), [])
    if let level = figures.shownLevel, let last = series.steps.last, level < last.bands.count {
      let band = last.bands[level]
      block.sentences = [
        say(
          "In \(last.period) sales are expected at \(NumberText.compact(last.mean)) \(unit); with a chance of "
            + "\(figures.levels[level]) % they lie between \(NumberText.compact(band.lowerBound)) and "
            + "\(NumberText.compact(band.upperBound)).")
      ]
    }
    block.keys = keys
    block.charts = [
      PageChart(
        width: 1060, title: say("Sales of the network, observed and expected"),
        description: describe(series, name: say("the network"))
      ) { chart(series).drawing(width: $0, height: $0 > 500 ? 280 : 210) }
    ]
    block.foldedTable = PageTable(steps(series), name: say("expected sales of the network by period"))
    block.source = say("forecast.csv and history.csv, rows with level total")
    return block
  }

  private func steps(_ series: ForecastFigures.Series) -> TextTable {
    let bands = figures.levels.flatMap {
      [TextTable.Column(say("\($0) % from")), TextTable.Column(say(word: "upper_end", plain: "to"))]
    }
    var table = TextTable([.init(say("period"), .left), .init(say("observed")), .init(say("expected"))] + bands)
    for point in series.history.suffix(horizon) { table.add(point.period.description, NumberText.grouped(point.value)) }
    for step in series.steps {
      let limits = step.bands.flatMap { [NumberText.grouped($0.lowerBound), NumberText.grouped($0.upperBound)] }
      table.add([step.period.description, "", NumberText.grouped(step.mean)] + limits)
    }
    return table
  }

  var regions: Block {
    let shown = figures.regions.prefix(24)
    let growing = figures.regions.count { ($0.change ?? 0) > 0 }
    var block = Block(
      say("By region"),
      [
        say(
          "\(growing) of \(NumberText.count(figures.regions.count, "region")) are expected to sell more than in "
            + "the \(figures.earlier). Each chart has its own scale; the largest region comes first.")
      ])
    if shown.count < figures.regions.count {
      block.sentences.append(say("The \(shown.count) largest are drawn; the table has all."))
    }
    block.layout = .small
    block.charts = shown.map { series in
      let change = series.change.map { "  \(Prose.signedPercent($0))" } ?? ""
      return PageChart(
        chart(series).drawing(width: PageChart.narrowWidth, height: 160), caption: series.region + change,
        title: say("Sales of \(series.region), observed and expected"),
        description: describe(series, name: series.region))
    }
    block.foldedTable = PageTable(figures.table(unit: unit), name: say("the next \(span) by region"))
    block.source = say("forecast.csv and history.csv, rows with level region")
    return block
  }

  func accuracy(_ accuracy: AccuracyFigures, table: Table) -> Block {
    var block = Block(say("How far off such forecasts were"), [])
    if let change = accuracy.againstNaive {
      let series = accuracy["chosen"]?.series ?? .nan
      let (count, size) = (NumberText.grouped(series), NumberText.percent(change.magnitude))
      block.sentences.append(
        change < 0
          ? say(
            "On periods held out, over \(count) series, the chosen models missed by \(size) less than repeating the same "
              + "period of last year.")
          : say(
            "On periods held out, over \(count) series, the chosen models missed by \(size) more than repeating the same "
              + "period of last year."))
    }
    if let coverage = accuracy["chosen"]?.coverage80, coverage.isFinite {
      block.sentences.append(
        say("Their 80 % ranges held the truth in \(NumberText.percent(coverage)) of the cases."))
    }
    let bars = accuracy.rows.filter { $0.mase.isFinite }.map { row in
      BarChart.Bar(
        name: Prose.word(row.model), value: row.mase, label: NumberText.grouped(row.mase, decimals: 3),
        style: row.model == "chosen" ? "plan" : "muted")
    }
    block.charts = [
      PageChart(
        caption: say("Mean absolute scaled error: 1 is the typical change from one year to the next"), width: 520,
        title: say("Forecast error by model"),
        description: block.sentences.joined(separator: Typography.blank)
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    block.foldedTable = PageTable(TextTable(table), name: say("accuracy of every candidate"))
    block.source = "forecast_accuracy.csv"
    return block
  }

  func models(_ table: Table) -> Block {
    let names = table.cells("model")
    var counts: [String: Int] = [:]
    for row in 0..<table.rowCount { counts[names.text(row), default: 0] += 1 }
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var block = Block(say("Which model was chosen"), [])
    if let first = sorted.first {
      block.sentences = [
        say(
          "Most often chosen: \(Prose.word(first.key)), for \(NumberText.grouped(first.value)) of "
            + "\(NumberText.grouped(table.rowCount)) series.")
      ]
    }
    var list = TextTable([.init(say("model"), .left), .init(say("series")), .init(say("share"))])
    for (name, count) in sorted {
      list.add(
        Prose.word(name), NumberText.grouped(count), NumberText.percent(Double(count) / Double(table.rowCount)))
    }
    block.openTable = PageTable(list, name: say("series by chosen model"))
    block.source = "forecast_models.csv"
    return block
  }
}
