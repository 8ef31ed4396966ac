import Tables

/// What each uncertainty is worth, read from `tornado`: one chart for each of the figures that move.
enum TornadoBlock {
  private struct Figure {
    var label: String
    var unit: String
    var base: Double
    var rows: [TornadoChart.Row] = []
    /// How far the widest row moves it, against its size.
    var movement: Double {
      (rows.map { abs($0.atHigh - $0.atLow) }.max() ?? 0) / max(abs(base), 1e-12)
    }
  }

  private static let rowCount = 14
  /// Figures with a chart, in the order of the stages, and the movement that is worth one; the table has all.
  private static let figureCount = 12
  private static let leastMovement = 0.005

  static func make(_ view: RunView) -> Block? {
    guard let table = view.filled("tornado") else { return nil }
    let figures = Array(read(table).filter { $0.movement >= leastMovement }.prefix(figureCount))
    guard let first = figures.first, let widest = first.rows.first else { return nil }
    var block = Block(
      say("Which uncertainty matters most"),
      [
        say(
          "Each row moves one value from its low to its high end and leaves all others; the widest row matters most. "
            + "For \(first.label) that is \(widest.name)."
        )
      ])
    block.keys = [Key("bar low", say("at its low end")), Key("bar", say("at its high end"))]
    block.choice = Choice(
      id: "tornado", label: say("Figure"), control: .buttons,
      options: figures.map { figure in
        Choice.Option(name: figure.label, charts: [chart(figure)])
      })
    block.foldedTable = PageTable(TextTable(table, limit: 200), name: say("figures at the ends of each uncertainty"))
    block.source = "tornado.csv"
    return block
  }

  private static func chart(_ figure: Figure) -> PageChart {
    let rows = Array(figure.rows.prefix(rowCount))
    return PageChart(
      caption: "\(figure.label), \(figure.unit)", width: 700,
      title: say("\(figure.label) at the ends of each uncertainty"),
      description: rows.map(\.reading).joined(separator: Typography.semicolon)
    ) { TornadoChart(rows: rows, base: figure.base).drawing(width: $0) }
  }

  private static func read(_ table: Table) -> [Figure] {
    let (uncertainty, kpi, label) = (table.cells("uncertainty"), table.cells("kpi"), table.cells("label"))
    let (low, high, unit) = (table.cells("low"), table.cells("high"), table.cells("unit"))
    let (base, atLow, atHigh) = (table.cells("base"), table.cells("at_low"), table.cells("at_high"))
    var order: [String] = []
    var figures: [String: Figure] = [:]
    for row in 0..<table.rowCount where atLow.number(row).isFinite && atHigh.number(row).isFinite {
      let name = kpi.text(row)
      if figures[name] == nil {
        order.append(name)
        figures[name] = Figure(
          label: say(label: label.text(row)), unit: say(word: unit.text(row)), base: base.number(row))
      }
      let (from, to) = (atLow.number(row), atHigh.number(row))
      figures[name]?.rows.append(
        TornadoChart.Row(
          name: uncertainty.text(row), atLow: from, atHigh: to, low: low.text(row), high: high.text(row),
          reading: say(
            "\(uncertainty.text(row)): \(NumberText.compact(from)) at \(low.text(row)), "
              + "\(NumberText.compact(to)) at \(high.text(row))"
          )))
    }
    return order.compactMap { figures[$0] }.map { figure in
      var figure = figure
      figure.rows.sort { left, right in
        (-abs(left.atHigh - left.atLow), left.name) < (-abs(right.atHigh - right.atLow), right.name)
      }
      return figure
    }
  }
}

/// What figures become along one value of the plan, read from `sweep`.
enum SweepBlock {
  private struct Curve {
    var label: String
    var unit: String
    var points: [(value: Double, figure: Double)] = []

    /// How far the figure moves, relative to its size.
    var movement: Double {
      let values = points.map(\.figure)
      guard let low = values.min(), let high = values.max() else { return 0 }
      return (high - low) / max(1e-12, max(abs(low), abs(high)))
    }
  }

  /// Charts that are shown, and that are folded away.
  private static let shownCount = 6
  private static let foldedCount = 18

  static func make(_ view: RunView) -> Block? {
    guard let table = view.filled("sweep") else { return nil }
    let (key, value, name) = (table.cells("key"), table.cells("value"), table.cells("name"))
    let (label, unit, figure) = (table.cells("label"), table.cells("unit"), table.cells("kpi_value"))
    struct Name: Hashable { var key: String, name: String }
    var order: [Name] = []
    var curves: [Name: Curve] = [:]
    for row in 0..<table.rowCount where value.number(row).isFinite && figure.number(row).isFinite {
      let id = Name(key: key.text(row), name: name.text(row))
      if curves[id] == nil {
        order.append(id)
        curves[id] = Curve(label: say(label: label.text(row)), unit: say(word: unit.text(row)))
      }
      curves[id]?.points.append((value.number(row), figure.number(row)))
    }
    let moving = order.enumerated().compactMap { place, id in curves[id].map { (place, id, $0) } }
      .filter { $0.2.points.count > 1 && $0.2.movement > 1e-9 }
      .sorted { (-$0.2.movement, $0.0) < (-$1.2.movement, $1.0) }
    guard let first = moving.first else { return nil }
    var block = Block(
      say("Along one value"),
      [
        say(
          "What figures become when \(first.1.key) takes other values; \(first.2.label) moves most for its size.")
      ])
    block.layout = .small
    let charts = moving.prefix(shownCount + foldedCount).map { chart($0.1.key, $0.2) }
    block.charts = Array(charts.prefix(shownCount))
    block.moreCharts = Array(charts.dropFirst(shownCount))
    block.moreSummary = say("\(block.moreCharts.count) more figures")
    block.foldedTable = PageTable(TextTable(table, limit: 400), name: say("figures along the value"))
    block.source = "sweep.csv"
    return block
  }

  private static func chart(_ key: String, _ curve: Curve) -> PageChart {
    let points = curve.points.map { point in
      CurveChart.Sample(
        x: point.value, y: point.figure,
        reading: "\(NumberText.compact(point.value)): \(NumberText.compact(point.figure)) \(curve.unit)")
    }
    let chart = CurveChart(lines: [.init(style: "plan", points: points)], xTitle: key, yTitle: curve.unit)
    return PageChart(
      chart.drawing(width: PageChart.narrowWidth, height: 190), caption: curve.label,
      title: say("\(curve.label) along \(key)"),
      description: points.map(\.reading).joined(separator: Typography.semicolon))
  }
}
