import ChannelTypes
import Tables

/// What single partners are expected to sell: the largest as small charts, folded; all that fit in the table.
enum PartnerForecastBlock {
  private struct Partner {
    var id: String
    var region: String
    var steps: [FanChart.Step] = []
    var sum: Double { knownSum(steps.map(\.mean)) }
  }

  private static let chartCount = 24
  private static let rowCount = 400

  static func make(_ view: RunView) -> Block? {
    guard let table = view.filled("forecast") else { return nil }
    let (level, id, region) = (table.cells("level"), table.cells("partner_id"), table.cells("region"))
    let (period, mean) = (table.cells("period"), table.cells("mean"))
    let (low, high) = (table.cells("p10"), table.cells("p90"))
    var partners: [String: Partner] = [:]
    for row in 0..<table.rowCount where level.text(row) == "partner" && mean.number(row).isFinite {
      guard let period = period.period(row) else { continue }
      let (from, to) = (low.number(row), high.number(row))
      partners[id.text(row), default: Partner(id: id.text(row), region: region.text(row))].steps.append(
        FanChart.Step(period: period, mean: mean.number(row), bands: from <= to ? [from...to] : []))
    }
    let sorted = partners.values.sorted { ($1.sum, $0.id) < ($0.sum, $1.id) }
    let total = knownSum(sorted.map(\.sum))
    guard sorted.count > 1, total > 0 else { return nil }
    // How many partners make half of the sales.
    var (half, sum) = (0, 0.0)
    while half < sorted.count, sum < total / 2 {
      sum += sorted[half].sum
      half += 1
    }
    let unit = view.measureUnit
    var block = Block(
      say("By partner"),
      [
        say(
          "\(NumberText.grouped(half)) of \(NumberText.grouped(sorted.count)) partners are expected to make half of "
            + "the sales. The \(min(chartCount, sorted.count)) largest are drawn.")
      ])
    block.layout = .small
    block.moreCharts = sorted.prefix(chartCount).map { chart($0, unit) }
    block.moreSummary = say("Charts of the \(block.moreCharts.count) largest partners")
    var rows = TextTable([
      .init(say("partner"), .left), .init(say("region"), .left), .init(say("expected, \(unit)")),
      .init(say("share of all")),
    ])
    for partner in sorted.prefix(rowCount) {
      rows.add(
        partner.id, partner.region, NumberText.grouped(partner.sum), NumberText.percent(partner.sum / total))
    }
    block.foldedTable = PageTable(rows, name: say("expected sales of the \(rows.rows.count) largest partners"))
    block.source = say("forecast.csv, rows with level partner")
    return block
  }

  private static func chart(_ partner: Partner, _ unit: String) -> PageChart {
    let steps = partner.steps.sorted { $0.period < $1.period }
    let chart = FanChart(history: [], forecast: steps, levels: [80], unit: unit)
    return PageChart(
      chart.drawing(width: PageChart.narrowWidth, height: 130), caption: "\(partner.id) · \(partner.region)",
      title: say("Expected sales of \(partner.id)"),
      description: say("\(NumberText.grouped(partner.sum)) \(unit) in \(steps.count) periods, with the 80 % range."))
  }
}
