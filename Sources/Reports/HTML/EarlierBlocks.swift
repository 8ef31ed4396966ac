import ChannelTypes

/// What earlier runs said, held against this one.
extension Block {
  /// The key figures that moved most since each earlier run.
  static func movedFigures(_ figures: EarlierFigures) -> [Block] {
    figures.runs.compactMap { run in
      let all = figures.movements.filter { $0.run == run }
      guard !all.isEmpty else { return nil }
      let moved = all.filter { $0.changeText != nil }.sorted { ($1.size, $0.name) < ($0.size, $1.name) }
      var block = Block(say("Since \(run)"))
      guard !moved.isEmpty else {
        block.sentences = [say("All \(all.count) key figures are as they were.")]
        block.source = "earlier_kpis.csv"
        return block
      }
      block.sentences = [
        say("\(moved.count) of \(all.count) key figures moved; those that moved most come first.")
      ]
      func table(_ rows: some Sequence<EarlierFigures.Movement>) -> TextTable {
        var table = TextTable([
          .init(say("figure"), .left), .init(say("unit"), .left), .init(say("before")), .init(say("now")),
          .init(say("change")),
        ])
        for row in rows {
          table.add(
            row.label, Unit.text(row.unit), row.value(row.before), row.value(row.now), row.changeText ?? "")
        }
        return table
      }
      block.openTable = PageTable(table(moved.prefix(10)), name: say("the figures that moved most"))
      if all.count > 10 { block.foldedTable = PageTable(table(all), name: say("all key figures, then and now")) }
      block.source = "earlier_kpis.csv"
      return block
    }
  }

  /// What each earlier run promised for periods that have passed since, and what came.
  static func keptPromises(_ figures: EarlierFigures) -> [Block] {
    figures.runs.compactMap { run in
      let all = figures.outcomes.filter { $0.run == run }
      guard !all.isEmpty else { return nil }
      var order: [String] = []
      var groups: [String: [EarlierFigures.Outcome]] = [:]
      for outcome in all {
        let key = outcome.measure + "\n" + outcome.basis
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(outcome)
      }
      var table = TextTable([
        .init(say("promised against realised"), .left), .init(say("period"), .left), .init(say("promised")),
        .init(say("realised")), .init(say("change")),
      ])
      var periods = TextTable(table.columns)
      for key in order {
        guard let group = groups[key], let first = group.first, let last = group.last else { continue }
        let name = say("\(Prose.word(first.measure)) (\(Prose.word(first.basis)))")
        func add(_ when: String, _ promised: Double, _ realised: Double, to table: inout TextTable) {
          table.add(
            name, when, NumberText.grouped(promised), NumberText.grouped(realised),
            promised == 0 ? NumberText.unknown : NumberText.signedPercent((realised - promised) / abs(promised)))
        }
        add(
          span(first.period, last.period), group.reduce(0) { $0 + $1.promised }, group.reduce(0) { $0 + $1.realised },
          to: &table)
        for outcome in group { add(outcome.period.description, outcome.promised, outcome.realised, to: &periods) }
      }
      var block = Block(
        say("What \(run) promised, and what came"),
        [say("Sums over all regions, of the periods that have passed since.")])
      block.openTable = PageTable(table, name: say("promised against realised"))
      block.foldedTable = PageTable(periods, name: say("promised against realised by period"))
      block.source = "earlier_outcomes.csv"
      return block
    }
  }

  /// The forecasts of earlier runs over what was observed since.
  static func earlierForecasts(_ figures: EarlierFigures, unit: String) -> Block? {
    let total = figures.forecasts.filter { $0.region == nil }
    guard !total.isEmpty else { return nil }
    var block = Block(say("What earlier runs forecast, and what came"))
    block.sentences = figures.runs.compactMap { run in
      let rows = total.filter { $0.run == run }
      guard let first = rows.first, let last = rows.last else { return nil }
      return sentence(run, ForecastRecord(rows), from: first.period, to: last.period)
    }
    let periods = Set(total.map(\.period)).sorted()
    let place = Dictionary(uniqueKeysWithValues: periods.enumerated().map { ($1, Double($0)) })
    var series = [
      LineChart.Series(
        name: say("observed"), style: "ink",
        nodes: periods.map { period in
          let value = total.first { $0.period == period }?.value ?? .nan
          return .init(
            x: place[period] ?? 0, y: value,
            reading: say("observed, \(period.description): \(NumberText.grouped(value)) \(Unit.text(unit))"))
        })
    ]
    let styles = ["plan", "gain", "loss", "muted"]
    // The latest forecasts are drawn; a crowd of lines says nothing.
    let shown = figures.runs.suffix(styles.count)
    for (style, run) in zip(styles, shown) {
      let nodes = total.filter { $0.run == run }.map { row in
        var node = LineChart.Node(
          x: place[row.period] ?? 0, y: row.mean,
          reading: "\(run), \(row.period): \(NumberText.grouped(row.mean)) \(Unit.text(unit))")
        // Ranges of several runs would hide one another.
        if run == shown.last { (node.lower, node.upper) = (row.lower, row.upper) }
        return node
      }
      if !nodes.isEmpty { series.append(.init(name: run, style: style, nodes: nodes)) }
    }
    let drawn = series
    block.charts = [
      PageChart(
        width: 760, title: say("Forecasts of earlier runs and observed sales"),
        description: block.sentences.joined(separator: Typography.blank)
      ) { width in
        LineChart(
          series: drawn, yTitle: unit, includesZero: (x: true, y: false), xNames: periods.map(\.description)
        ).drawing(width: width, height: width > 500 ? 300 : 260)
      }
    ]
    block.keys = series.map { Key($0.style, $0.name) } + [Key("band1", say("\(80) % range"))]
    block.foldedTable = PageTable(byRegion(figures), name: say("how forecasts of earlier runs did, by region"))
    block.source = "earlier_forecasts.csv"
    return block
  }

  /// `2025-07 to 2025-12`.
  private static func span(_ first: Period, _ last: Period) -> String {
    first == last ? first.description : say("\(first.description) to \(last.description)")
  }

  private static func sentence(_ run: String, _ record: ForecastRecord, from: Period, to: Period) -> String {
    let (miss, bias) = (NumberText.percent(record.error), Prose.signedPercent(record.bias))
    var text = say("The forecast of \(run) for \(span(from, to)) missed by \(miss) of what was sold (bias \(bias))")
    if record.errorOfRepeating.isFinite {
      text += Typography.semicolon
      text += say("repeating the last year would have missed by \(NumberText.percent(record.errorOfRepeating))")
    }
    text += Typography.stop
    guard record.ranged > 0 else { return text }
    return text + Typography.blank
      + say("Its 80 % range held \(record.inside) of \(NumberText.count(record.ranged, "period")).")
  }

  /// The record of every run in every region, the network last.
  private static func byRegion(_ figures: EarlierFigures) -> TextTable {
    var table = TextTable([
      .init(say("run"), .left), .init(say("region"), .left), .init(say("periods")), .init(say("forecast missed by")),
      .init(say("bias")), .init(say("repeating the last year missed by")), .init(say("in the 80 % range")),
    ])
    for run in figures.runs {
      let rows = figures.forecasts.filter { $0.run == run }
      var regions: [String] = []
      for row in rows { if let region = row.region, !regions.contains(region) { regions.append(region) } }
      for region in regions.map(Optional.some) + [nil] {
        let record = ForecastRecord(rows.filter { $0.region == region })
        guard record.count > 0 else { continue }
        table.add(
          run, region ?? say("total"), NumberText.grouped(record.count), NumberText.percent(record.error),
          NumberText.signedPercent(record.bias), NumberText.percent(record.errorOfRepeating),
          record.ranged > 0 ? "\(record.inside)/\(record.ranged)" : "")
      }
    }
    return table
  }
}
