import ChannelTypes
import Tables

extension PageSection {
  /// How deep the network is in its markets, and where it is not.
  static func coverage(_ view: RunView) -> PageSection? {
    guard let table = view.filled("high_potential") else { return nil }
    var section = PageSection("coverage", say("Coverage"), question: say("Where next?"))
    section.blocks = [penetration(table, view), whiteSpace(table, view)].compactMap(\.self)
    return section.blocks.isEmpty ? nil : section
  }

  /// Region × tier of city: the share of the potential that is sold.
  private static func penetration(_ table: Table, _ view: RunView) -> Block? {
    let (level, region, group) = (table.cells("level"), table.cells("region"), table.cells("group"))
    let (share, members, untouched) = (table.cells("penetration"), table.cells("members"), table.cells("untouched"))
    let potential = table.cells("potential")
    let rows = (0..<table.rowCount).filter { level.text($0) == "area" && share.number($0).isFinite }
    let tiers = Set(rows.map { group.text($0) }).sorted()
    var place: [String: Int] = [:]
    var sums: [String: Double] = [:]
    for row in rows {
      place[region.text(row) + "\n" + group.text(row)] = row
      sums[region.text(row), default: 0] += knownSum([potential.number(row)])
    }
    let names = sums.keys.sorted { (-(sums[$0] ?? 0), $0) < (-(sums[$1] ?? 0), $1) }.prefix(30)
    let largest = rows.map { share.number($0) }.max() ?? 0
    guard largest > 0 else { return nil }
    let cells = names.flatMap { name in
      tiers.map { tier -> HeatChart.Cell in
        guard let row = place[name + "\n" + tier] else { return .init(depth: .nan, label: "", reading: "") }
        let served = members.number(row) - untouched.number(row)
        return HeatChart.Cell(
          depth: (share.number(row) / largest).squareRoot(), label: NumberText.percent(share.number(row)),
          reading: say(
            "\(name), \(say(label: tier)): \(NumberText.percent(share.number(row), decimals: 2)) of \(NumberText.compact(potential.number(row))) \(view.currency) sold, \(NumberText.grouped(served)) of \(NumberText.grouped(members.number(row))) cities served"
          ))
      }
    }
    let cities = knownSum(rows.map { members.number($0) })
    let empty = knownSum(rows.map { untouched.number($0) })
    var block = Block(
      say("How deep we are"),
      [
        say(
          "\(NumberText.grouped(cities - empty)) of \(NumberText.grouped(cities)) cities are served; the share of the potential that is sold, by region and tier of city."
        )
      ])
    let chart = HeatChart(rowNames: Array(names), columnNames: tiers.map { say(label: $0) }, cells: Array(cells))
    block.charts = [
      PageChart(
        width: 700, title: say("Share of the potential by region and tier of city"),
        description: say("The largest share is \(NumberText.percent(largest)).")
      ) { chart.drawing(width: $0) }
    ]
    block.foldedTable = PageTable(TextTable(table.keeping(rows), limit: 200), name: say("areas"))
    block.source = "high_potential.csv"
    return block
  }

  /// Where the most potential is not sold.
  private static func whiteSpace(_ table: Table, _ view: RunView) -> Block? {
    let (level, region, group) = (table.cells("level"), table.cells("region"), table.cells("group"))
    let (gap, untouched, high) = (table.cells("gap"), table.cells("untouched"), table.cells("high"))
    let rows = (0..<table.rowCount).filter { level.text($0) == "area" && gap.number($0).isFinite }.sorted {
      (-gap.number($0), $0) < (-gap.number($1), $1)
    }
    guard rows.count > 1, let first = rows.first else { return nil }
    func name(_ row: Int) -> String { "\(region.text(row)), \(say(label: group.text(row)))" }
    var bars = rows.prefix(15).map { row in
      BarChart.Bar(
        name: name(row), value: gap.number(row),
        label: say(
          "\(NumberText.compact(gap.number(row))), \(NumberText.grouped(untouched.number(row))) cities without us"),
        style: high.flag(row) ? "plan" : "muted")
    }
    let rest = rows.dropFirst(15)
    if !rest.isEmpty {
      let sum = knownSum(rest.map { gap.number($0) })
      bars.append(
        .init(name: say("\(rest.count) others"), value: sum, label: NumberText.compact(sum), style: "muted"))
    }
    var block = Block(
      say("White space"),
      [
        say(
          "The most is left in \(name(first)): \(NumberText.compact(gap.number(first))) \(view.currency) a year of potential that nobody of us sells."
        ),
        say("Blue areas are those that the plan calls high potential."),
      ])
    block.charts = [
      PageChart(
        width: 760, title: say("Potential that is not sold, by area"),
        description: bars.prefix(5).map { "\($0.name): \($0.label)" }.joined(separator: "; ")
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    let segments = (0..<table.rowCount).filter { level.text($0) == "segment" }
    if !segments.isEmpty {
      block.foldedTable = PageTable(
        TextTable(table.keeping(segments), limit: 60), name: say("potential by region and segment of customers"))
    }
    block.source = "high_potential.csv"
    return block
  }

  /// Where prices would make goods leak, and who has let them.
  static func conflict(_ view: RunView) -> PageSection? {
    var section = PageSection("conflict", say("Conflict"), question: say("Where do goods leak?"))
    section.blocks = [
      view.filled("price_gaps").flatMap(priceGaps), view.filled("conflicts").map(incidents),
    ].compactMap(\.self)
    return section.blocks.isEmpty ? nil : section
  }

  private static func priceGaps(_ table: Table) -> Block? {
    let (from, to, net) = (table.cells("from_region"), table.cells("to_region"), table.cells("net_gap"))
    let (gap, freight) = (table.cells("gap"), table.cells("freight"))
    let (product, widest) = (table.cells("widest_product"), table.cells("widest_net_gap"))
    let rows = (0..<table.rowCount).filter { net.number($0).isFinite }
    let names = Set(rows.flatMap { [from.text($0), to.text($0)] }).sorted().prefix(30)
    let largest = rows.map { net.number($0).magnitude }.max() ?? 0
    guard largest > 0, names.count > 1 else { return nil }
    var place: [String: Int] = [:]
    for row in rows { place[from.text(row) + "\n" + to.text(row)] = row }
    let cells = names.flatMap { start in
      names.map { end -> HeatChart.Cell in
        guard let row = place[start + "\n" + end] else { return .init(depth: .nan, label: "", reading: "") }
        return HeatChart.Cell(
          depth: net.number(row).magnitude / largest,
          label: NumberText.signed(net.number(row) * 100, decimals: 1).typographic,
          reading: say(
            "\(start) to \(end): price \(Prose.signedPercent(gap.number(row))), freight \(NumberText.percent(freight.number(row))), left \(Prose.signedPercent(net.number(row))); widest \(product.text(row)) \(Prose.signedPercent(widest.number(row)))"
          ), style: net.number(row) > 0 ? "loss" : "plan")
      }
    }
    let paying = rows.filter { net.number($0) > 0 }.sorted { (-net.number($0), $0) < (-net.number($1), $1) }
    var block = Block(say("What carrying goods across a border pays"))
    if let first = paying.first {
      block.sentences = [
        say(
          "\(paying.count) of \(rows.count) pairs of regions pay, most of all \(from.text(first)) to \(to.text(first)): \(NumberText.percent(net.number(first))) of the price is left after freight."
        )
      ]
    } else {
      let single = rows.filter { widest.number($0) > 0 }
      block.sentences = [
        say("No pair of regions differs in price by more than the freight.")
          + (single.isEmpty
            ? "" : " " + say("Single products do in \(single.count) of \(rows.count) pairs; hover for the widest."))
      ]
    }
    block.sentences.append(
      say(
        "Rows: where the goods are bought; columns: where they would be sold; per cent of the price there, freight paid. Orange pays."
      ))
    let chart = HeatChart(rowNames: Array(names), columnNames: Array(names), cells: cells)
    block.charts = [
      PageChart(
        width: 900, title: say("Price gaps between regions after freight"), description: block.sentences[0]
      ) { chart.drawing(width: $0) }
    ]
    let order = rows.sorted { (-net.number($0), $0) < (-net.number($1), $1) }
    block.foldedTable = PageTable(TextTable(table.keeping(Array(order.prefix(100)))), name: say("price gaps by pair"))
    block.source = "price_gaps.csv"
    return block
  }

  private static func incidents(_ table: Table) -> Block {
    let (id, incidents, unresolved) = (table.cells("partner_id"), table.cells("incidents"), table.cells("unresolved"))
    let all = 0..<table.rowCount
    let count = NumberText.grouped(knownSum(all.map { incidents.number($0) }))
    var block = Block(
      say("Who has let goods leak"),
      [
        say(
          "\(NumberText.count(table.rowCount, "partner")) with \(count) incidents of diversion or dumping, \(NumberText.grouped(knownSum(all.map { unresolved.number($0) }))) of them unresolved; \(id.text(0)) is the gravest case."
        )
      ])
    block.openTable = PageTable(TextTable(table, limit: 12), name: say("the gravest cases"))
    block.foldedTable = table.rowCount > 12 ? PageTable(TextTable(table, limit: 100), name: say("all cases")) : nil
    block.source = "conflicts.csv"
    return block
  }
}
