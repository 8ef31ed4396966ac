import ChannelTypes
import Tables

extension PageSection {
  /// How the channel does against the year before and against rivals, and where its demand is.
  static func monitor(_ view: RunView) -> PageSection? {
    guard let figures = MonitorFigures(view) else { return nil }
    var section = PageSection("monitor", say("Channel monitor"), question: say("How does the channel do?"))
    section.lead = [figures.lead]
    section.tiles = figures.tiles
    section.blocks = [
      figures.trend, figures.regions, figures.channelTypes, view.filled("rival_share").flatMap(Self.rivals),
      view.filled("demand_areas").flatMap { Self.demandAreas($0) },
      view.filled("kpi_definitions").map(Self.definitions),
    ].compactMap(\.self)
    return section
  }

  /// The printed formula of every key figure.
  static func definitions(_ table: Table) -> Block {
    var block = Block(
      say("What the key figures are"),
      [
        say(
          "Months, quarters and years count only where the history covers them whole; n/a where nothing divides.")
      ])
    let (label, formula, change) = (table.cells("label"), table.cells("formula"), table.cells("change"))
    block.terms = (0..<table.rowCount).map { row in
      Term(
        say(label: label.text(row)),
        say("\(say(label: formula.text(row))). Change: \(say(label: change.text(row)))."))
    }
    block.source = "kpi_definitions.csv"
    return block
  }

  /// Our share and those of rivals, of all regions together; the latest of every region below.
  private static func rivals(_ table: Table) -> Block? {
    let (region, period, rival) = (table.cells("region"), table.cells("period"), table.cells("rival"))
    let (share, yoy, same) = (table.cells("share"), table.cells("yoy"), table.cells("same_market"))
    let all = (0..<table.rowCount).filter { region.text($0).isEmpty && period.period($0) != nil }
    let quarters = Set(all.compactMap { period.period($0) }).sorted()
    guard let last = quarters.last else { return nil }
    let place = Dictionary(uniqueKeysWithValues: quarters.enumerated().map { ($1, $0) })
    let latest = all.filter { period.period($0) == last }.sorted {
      (-knownSum([share.number($0)]), $0) < (-knownSum([share.number($1)]), $1)
    }
    let own = latest.first { rival.text($0).isEmpty }
    // Ourselves and the four largest rivals.
    let shown = [own].compactMap(\.self) + latest.filter { $0 != own }.prefix(4)
    let styles = ["plan", "ink", "loss", "gain", "muted"]
    let series = shown.enumerated().map { index, row -> LineChart.Series in
      let name = rival.text(row).isEmpty ? say("we") : rival.text(row)
      let nodes = all.filter { rival.text($0) == rival.text(row) }.map { entry in
        LineChart.Node(
          x: Double(period.period(entry).flatMap { place[$0] } ?? 0), y: share.number(entry) * 100,
          reading: "\(name), \(period.text(entry)): \(NumberText.percent(share.number(entry)))")
      }.sorted { $0.x < $1.x }
      return LineChart.Series(name: name, style: styles[(own == nil ? index + 1 : index) % 5], nodes: nodes)
    }
    var block = Block(say("Our share and rivals’"))
    if let own, share.number(own).isFinite {
      block.sentences = [
        say(
          "We hold \(NumberText.percent(share.number(own))) of the market in \(last), \(Prose.points(yoy.number(own))) against the year before."
        )
      ]
    }
    let differing = Set(
      (0..<table.rowCount).filter { same.text($0) == "0" }.map { region.text($0) + period.text($0) })
    block.sentences.append(
      differing.isEmpty
        ? say(
          "All shares of a quarter together stay below the whole market, as they must where they mean the same one.")
        : say(
          "In \(differing.count) regions and quarters shares exceed the whole market: they do not mean the same one."))
    block.charts = [
      PageChart(
        width: 760, title: say("Share of the market by quarter"),
        description: series.map { "\($0.name): \($0.nodes.last?.reading ?? "")" }.joined(separator: "; ")
      ) { width in
        LineChart(
          series: series, yTitle: say("share of the market"), yUnit: NumberText.percentSign,
          xNames: quarters.map(\.description)
        ).drawing(width: width, height: width > 500 ? 300 : 260)
      }
    ]
    block.keys = series.map { Key($0.style, $0.name) }
    block.foldedTable = PageTable(
      TextTable(table.keeping((0..<table.rowCount).filter { period.period($0) == last }), limit: 200),
      name: say("shares of the last quarter by region"))
    block.source = "rival_share.csv"
    return block
  }

  /// Region × tier of city: units a year for a thousand people.
  static func demandAreas(_ table: Table) -> Block? {
    let (region, tier) = (table.cells("region"), table.cells("city_tier"))
    let (perThousand, units, yoy) = (table.cells("units_per_1000"), table.cells("units"), table.cells("yoy"))
    let rows = (0..<table.rowCount).filter { tier.number($0).isFinite }
    let tiers = Set(rows.map { tier.text($0) }).sorted { (Double($0) ?? 0) < (Double($1) ?? 0) }
    var sums: [String: Double] = [:]
    var cell: [String: Int] = [:]
    for row in rows {
      sums[region.text(row), default: 0] += knownSum([units.number(row)])
      cell[region.text(row) + "\n" + tier.text(row)] = row
    }
    let names = sums.keys.sorted { (-(sums[$0] ?? 0), $0) < (-(sums[$1] ?? 0), $1) }.prefix(30)
    let largest = rows.map { perThousand.number($0) }.filter(\.isFinite).max() ?? 0
    guard largest > 0,
      let top = rows.max(by: { knownSum([perThousand.number($0)]) < knownSum([perThousand.number($1)]) })
    else { return nil }
    let cells = names.flatMap { name in
      tiers.map { level -> HeatChart.Cell in
        guard let row = cell[name + "\n" + level] else { return .init(depth: .nan, label: "", reading: "") }
        let value = perThousand.number(row)
        let sold = NumberText.grouped(units.number(row))
        return HeatChart.Cell(
          depth: value.isFinite ? (value / largest).squareRoot() : .nan,
          label: value.isFinite ? NumberText.grouped(value, decimals: 2) : "",
          reading: say(
            "\(name), cities of tier \(level): \(sold) units, \(NumberText.grouped(value, decimals: 2)) for a thousand people, \(Prose.signedPercent(yoy.number(row))) on the year before"
          ))
      }
    }
    var block = Block(
      say("Where demand is"),
      [
        say("Units sold in the last twelve months for a thousand people who live there, by region and tier of city.")
          + " "
          + say(
            "The densest: cities of tier \(tier.text(top)) in \(region.text(top)) with \(NumberText.grouped(perThousand.number(top), decimals: 2))."
          )
      ])
    let chart = HeatChart(rowNames: Array(names), columnNames: tiers.map { say("tier \($0)") }, cells: Array(cells))
    block.charts = [
      PageChart(
        width: 700, title: say("Demand by region and tier of city"),
        description: say("Units for a thousand people; the largest is \(NumberText.grouped(largest, decimals: 2)).")
      ) { chart.drawing(width: $0) }
    ]
    block.foldedTable = PageTable(TextTable(table, limit: 200), name: say("demand by region and tier of city"))
    block.source = "demand_areas.csv"
    return block
  }
}
