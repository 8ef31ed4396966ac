import ChannelTypes
import Tables

/// What went into the channel against what left it, read from `channel_flow`: the whole network, and regions whose
/// shelves fill up or run dry.
enum ChannelFlowBlock {
  static func make(_ view: RunView) -> Block? {
    guard let table = view.filled("channel_flow") else { return nil }
    let (region, quarter) = (table.cells("region"), table.cells("quarter"))
    let (sellIn, sellOut) = (table.cells("sell_in_units"), table.cells("sell_out_units"))
    let signal = table.cells("signal")
    var sums: [Period: (sellIn: Double, sellOut: Double)] = [:]
    for row in 0..<table.rowCount {
      guard let period = quarter.period(row), sellIn.number(row).isFinite, sellOut.number(row).isFinite else {
        continue
      }
      sums[period, default: (0, 0)].sellIn += sellIn.number(row)
      sums[period, default: (0, 0)].sellOut += sellOut.number(row)
    }
    let periods = sums.keys.sorted()
    guard let last = periods.last, periods.count > 1 else { return nil }
    let year = periods.suffix(4)
    let bought = year.reduce(0) { $0 + (sums[$1]?.sellIn ?? 0) }
    let sold = year.reduce(0) { $0 + (sums[$1]?.sellOut ?? 0) }
    var block = Block(
      say("Into the channel and out of it"),
      [
        bought >= sold
          ? say(
            "In the last \(year.count) quarters partners bought \(NumberText.compact(bought - sold)) units more than "
              + "they sold: stock grew.")
          : say(
            "In the last \(year.count) quarters partners sold \(NumberText.compact(sold - bought)) units more than "
              + "they bought: stock shrank.")
      ])
    let unmatched = (0..<table.rowCount).filter {
      quarter.period($0) == last && !["", "matched", "none"].contains(signal.text($0))
    }
    if !unmatched.isEmpty {
      let names = unmatched.prefix(6).map { "\(region.text($0)) (\(Prose.word(signal.text($0))))" }
      block.sentences.append(say("Not in step in \(last): \(Prose.list(names))."))
    }
    block.keys = [Key("plan", say("sold to customers")), Key("history", say("bought by partners"))]
    let lines = [
      TimeChart.Line(name: say("bought"), style: "history", values: periods.map { sums[$0]?.sellIn ?? .nan }),
      TimeChart.Line(name: say("sold"), style: "plan", values: periods.map { sums[$0]?.sellOut ?? .nan }),
    ]
    block.charts = [
      PageChart(
        width: 700, title: say("Units bought and sold by partners, by quarter"),
        description: block.sentences.joined(separator: Typography.blank)
      ) { TimeChart(periods: periods, lines: lines, unit: say("units")).drawing(width: $0, height: 190) }
    ]
    block.foldedTable = PageTable(TextTable(table, limit: 400), name: say("units bought and sold by region"))
    block.source = "channel_flow.csv"
    return block
  }
}
