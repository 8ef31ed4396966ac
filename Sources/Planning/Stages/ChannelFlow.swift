import ChannelTypes
import Partners
import Specifications
import Tables

/// What regions bought beside what they sold, by quarter: demand that shifts, and a channel that fills or empties.
struct ChannelFlow: Sendable {
  private let regions: [String]
  private let quarters: [Period]
  /// Region × quarter, units.
  private let bought: [Double]
  private let sold: [Double]
  private let settings: PushingSettings

  /// Nil where no quarter of the history is whole, or nobody reports sell-in beside sell-out.
  init?(_ history: ChannelHistory, _ settings: PushingSettings) {
    let quarters = history.wholeQuarters
    let regions = Set(history.partners.map(\.region)).sorted()
    guard let first = quarters.first, !regions.isEmpty else { return nil }
    let places = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
    var bought = [Double](repeating: 0, count: regions.count * quarters.count)
    var sold = bought
    let months = history.months(in: first).lowerBound..<history.months(in: first).lowerBound + 3 * quarters.count
    for (index, partner) in history.partners.enumerated() {
      let row = (places[partner.region] ?? 0) * quarters.count
      for (month, cell) in history.cells(partner: index, months: months).enumerated()
      where history.sellOutRows[cell] == history.rowCounts[cell] {
        bought[row + month / 3] += history.sellInUnits[cell]
        sold[row + month / 3] += history.sellOutUnits[cell]
      }
    }
    guard bought.contains(where: { $0 > 0 }), sold.contains(where: { $0 > 0 }) else { return nil }
    (self.regions, self.quarters, self.bought, self.sold, self.settings) = (regions, quarters, bought, sold, settings)
  }

  /// Region × quarter. Changes are against the same quarter of the year before. `signal`: `filling` where sell-in runs
  /// ahead of sell-out by more than `inventory.pushing.index`, `emptying` where it lags as much.
  var table: Table {
    let wide = quarters.count
    func change(_ values: [Double], _ cell: Int) -> Double {
      guard cell % wide >= 4, values[cell - 4] > 0 else { return .nan }
      return values[cell] / values[cell - 4] - 1
    }
    func ratio(_ cell: Int) -> Double { sold[cell] > 0 ? bought[cell] / sold[cell] : .nan }
    return Table(
      name: "channel_flow", rows: bought.indices.filter { bought[$0] > 0 || sold[$0] > 0 },
      columns: [
        .text("region") { regions[$0 / wide] }, .period("quarter", form: .quarter) { quarters[$0 % wide] },
        .real("sell_in_units") { tabled(bought[$0]) }, .real("sell_out_units") { tabled(sold[$0]) },
        .real("sell_in_over_sell_out") { tabled(ratio($0), 6) },
        .real("sell_in_change") { tabled(change(bought, $0), 6) },
        .real("sell_out_change") { tabled(change(sold, $0), 6) },
        .text("signal") { cell in
          let ratio = ratio(cell)
          if ratio.isNaN { return nil }
          if ratio > settings.index.value { return "filling" }
          return ratio * settings.index.value < 1 ? "emptying" : "matched"
        },
      ])
  }
}
