import ChannelTypes
import Tables

/// The key figures of the channel, read from `kpi_series`: quarters of the network, of regions and of channel types.
struct MonitorFigures {
  struct Value {
    var period: Period
    var value: Double
    var yoy: Double
    var pop: Double
    var newYearDiffers: Bool
  }

  private struct Key: Hashable {
    var kpi: String
    var region: String
    var channelType: String
  }

  /// Quarters in order; months where the history has no whole quarter.
  private var series: [Key: [Value]] = [:]
  private var units: [String: String] = [:]
  private let grain: String
  private let definitions: [(kpi: String, label: String)]

  init?(_ view: RunView) {
    guard let table = view.filled("kpi_series"), let names = view.filled("kpi_definitions") else { return nil }
    let (kpi, label) = (names.cells("kpi"), names.cells("label"))
    definitions = (0..<names.rowCount).map { (kpi.text($0), say(label: label.text($0))) }
    let grains = table.cells("grain")
    let wanted = (0..<table.rowCount).contains { grains.text($0) == "quarter" } ? "quarter" : "month"
    grain = wanted
    let (figure, region, channel) = (table.cells("kpi"), table.cells("region"), table.cells("channel_type"))
    let (period, value, unit) = (table.cells("period"), table.cells("value"), table.cells("unit"))
    let (yoy, pop, differs) = (table.cells("yoy"), table.cells("pop"), table.cells("new_year_differs"))
    for row in 0..<table.rowCount where grains.text(row) == wanted {
      guard let when = period.period(row) else { continue }
      let key = Key(kpi: figure.text(row), region: region.text(row), channelType: channel.text(row))
      series[key, default: []].append(
        Value(
          period: when, value: value.number(row), yoy: yoy.number(row), pop: pop.number(row),
          newYearDiffers: differs.flag(row)))
      units[figure.text(row)] = unit.text(row)
    }
    guard !values("sales").isEmpty else { return nil }
  }

  private func values(_ kpi: String, region: String = "", channelType: String = "") -> [Value] {
    series[Key(kpi: kpi, region: region, channelType: channelType)] ?? []
  }

  private func text(_ kpi: String, _ value: Double) -> String {
    units[kpi] == "share" ? NumberText.percent(value) : NumberText.compact(value).typographic
  }

  private func change(_ kpi: String, _ change: Double) -> String {
    units[kpi] == "share" ? Prose.points(change) : Prose.signedPercent(change)
  }

  var lead: String {
    guard let last = values("sales").last else { return "" }
    let text = say(
      "Sales of \(last.period): \(text("sales", last.value)) \(units["sales"] ?? ""), \(Prose.signedPercent(last.yoy)) on the year before and \(Prose.signedPercent(last.pop)) on the period before."
    )
    return last.newYearDiffers
      ? text + " " + say("The Lunar New Year falls otherwise into the two years: compare with care.") : text
  }

  /// One of each figure, with its change.
  var tiles: [Tile] {
    definitions.compactMap { kpi, label in
      guard kpi != "sales_share", let last = values(kpi).last(where: { $0.value.isFinite }) else { return nil }
      let note =
        last.yoy.isFinite
        ? say("\(change(kpi, last.yoy)) on the year before, \(last.period)")
        : say("\(last.period); nothing to compare with")
      return Tile(
        label: label, value: text(kpi, last.value), note: note,
        style: !last.yoy.isFinite || last.yoy == 0 ? "" : last.yoy > 0 ? "gain" : "loss")
    }
  }

  /// Every figure as a small line over its quarters.
  var trend: Block? {
    var block = Block(say("The network by quarter"))
    block.layout = .small
    block.charts = definitions.compactMap { kpi, label in
      let values = values(kpi)
      guard kpi != "sales_share", values.count > 1 else { return nil }
      let scale = units[kpi] == "share" ? 100.0 : 1
      let nodes = values.enumerated().map { index, value in
        LineChart.Node(
          x: Double(index), y: value.value * scale,
          reading: say(
            "\(value.period): \(text(kpi, value.value)), \(change(kpi, value.yoy)) on the year before"))
      }
      let chart = LineChart(
        series: [.init(name: label, style: "plan", nodes: nodes)],
        yUnit: units[kpi] == "share" ? NumberText.percentSign : "", xNames: values.map(\.period.description))
      return PageChart(
        chart.drawing(width: PageChart.narrowWidth, height: 170), caption: label, title: label,
        description: nodes.last?.reading ?? "")
    }
    guard !block.charts.isEmpty else { return nil }
    block.sentences = [say("Each against its own scale from zero; hover for the change on the year before.")]
    block.foldedTable = PageTable(networkTable, name: say("key figures of the network"))
    block.source = "kpi_series.csv"
    return block
  }

  private var networkTable: TextTable {
    var table = TextTable([
      .init(say("figure"), .left), .init(say("period"), .left), .init(say("value")), .init(say("on the year before")),
      .init(say("on the period before")),
    ])
    for (kpi, label) in definitions where kpi != "sales_share" {
      for value in values(kpi).suffix(8) {
        table.add(
          label, value.period.description, text(kpi, value.value), change(kpi, value.yoy), change(kpi, value.pop))
      }
    }
    return table
  }

  /// Sales of regions against the year before, and their part of the network.
  var regions: Block? {
    let names = Set(series.keys.map(\.region)).subtracting([""])
    let total = values("sales").last?.value ?? .nan
    let rows = names.sorted {
      (-knownSum([values("sales", region: $0).last?.value ?? .nan]), $0)
        < (-knownSum([values("sales", region: $1).last?.value ?? .nan]), $1)
    }.prefix(30)
    guard rows.count > 1 else { return nil }
    let periods = Set(rows.flatMap { values("sales", region: $0).filter(\.yoy.isFinite).map(\.period) }).sorted()
      .suffix(8)
    guard let last = periods.last else { return nil }
    let widest =
      rows.flatMap { name in values("sales", region: name).map { min(1, abs($0.yoy)) } }
      .filter(\.isFinite).max() ?? 1
    let cells = rows.flatMap { name in
      let known = Dictionary(values("sales", region: name).map { ($0.period, $0) }, uniquingKeysWith: { $1 })
      return periods.map { period -> HeatChart.Cell in
        guard let value = known[period], value.yoy.isFinite else { return .init(depth: .nan, label: "", reading: "") }
        return HeatChart.Cell(
          depth: min(1, abs(value.yoy)) / widest, label: NumberText.signedPercent(value.yoy, decimals: 0).typographic,
          reading: say(
            "\(name), \(period): \(text("sales", value.value)), \(Prose.signedPercent(value.yoy)) on the year before"),
          style: value.yoy < 0 ? "loss" : "plan")
      }
    }
    let falling = rows.filter { name in
      (values("sales", region: name).first { $0.period == last }?.yoy ?? 0) < 0
    }
    var block = Block(
      say("Regions against the year before"),
      [
        falling.isEmpty
          ? say("In \(last) every region sold at least as much as the year before.")
          : say(
            "In \(last) \(falling.count) of \(rows.count) regions sold less than the year before: \(Prose.list(falling.prefix(6).map(\.self)))."
          ),
        say("Orange is less, blue is more; the stronger the colour, the further from it."),
      ])
    let chart = HeatChart(rowNames: Array(rows), columnNames: periods.map(\.description), cells: cells, isTime: true)
    block.charts = [
      PageChart(
        width: 860, title: say("Sales by region against the year before"),
        description: falling.joined(separator: ", ")
      ) { chart.drawing(width: $0) }
    ]
    block.foldedTable = PageTable(
      split(rows.map { ($0, Key(kpi: "", region: $0, channelType: "")) }, say("region"), total),
      name: say("the last quarter by region"))
    block.source = "kpi_series.csv"
    return block
  }

  /// Channel types side by side.
  var channelTypes: Block? {
    let names = Set(series.keys.map(\.channelType)).subtracting([""]).sorted()
    guard names.count > 1 else { return nil }
    let total = values("sales").last?.value ?? .nan
    let rows = names.sorted {
      knownSum([values("sales", channelType: $0).last?.value ?? .nan])
        > knownSum([values("sales", channelType: $1).last?.value ?? .nan])
    }
    var block = Block(say("Between channel types"))
    if let first = rows.first, let value = values("sales", channelType: first).last {
      block.sentences = [
        say(
          "\(say(word: first, plain: Prose.words(first))) sells the most: \(NumberText.percent(value.value / total, decimals: 0)) of the network in \(value.period)."
        )
      ]
    }
    block.openTable = PageTable(
      split(rows.map { ($0, Key(kpi: "", region: "", channelType: $0)) }, say("channel type"), total),
      name: say("the last quarter by channel type"))
    block.source = "kpi_series.csv"
    return block
  }

  private func split(_ rows: some Sequence<(String, Key)>, _ title: String, _ total: Double) -> TextTable {
    var table = TextTable([
      .init(title, .left), .init(say("sales")), .init(say("share of the network")), .init(say("on the year before")),
      .init(say("active partners")), .init(say("sales per partner")), .init(say("conversion")),
      .init(say("average order value")),
    ])
    for (name, key) in rows {
      func last(_ kpi: String) -> Value? {
        values(kpi, region: key.region, channelType: key.channelType).last { $0.value.isFinite }
      }
      let sales = last("sales")
      table.add(
        key.channelType.isEmpty ? name : say(word: name, plain: Prose.words(name)),
        text("sales", sales?.value ?? .nan), NumberText.percent((sales?.value ?? .nan) / total),
        Prose.signedPercent(sales?.yoy ?? .nan), NumberText.grouped(last("active_partners")?.value ?? .nan),
        text("sales_per_partner", last("sales_per_partner")?.value ?? .nan),
        text("conversion", last("conversion")?.value ?? .nan),
        text("average_order_value", last("average_order_value")?.value ?? .nan))
    }
    return table
  }
}
