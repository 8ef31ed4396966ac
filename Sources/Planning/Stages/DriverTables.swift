import ChannelTypes
import Demand
import Tables

/// Output tables of the drivers stage beside the effects.
enum DriverTables {
  static func shares(_ shares: [DriverShare]) -> Table {
    Table(
      name: "driver_shares", rows: shares,
      columns: [
        .text("product_id") { $0.product }, .text("driver") { $0.driver }, .real("share") { tabled($0.share, 6) },
        .real("lower") { $0.lower.map { tabled($0, 6) } ?? .nan },
        .real("upper") { $0.upper.map { tabled($0, 6) } ?? .nan },
        .real("r_squared") { tabled($0.rSquared, 6) },
      ])
  }

  private struct BridgeRow {
    var basis: String
    var region: String
    var from: Double
    var to: Double
    var component: String
    var amount: Double
    var unit: String
  }

  /// Per region from the year before to the last year, in units and in money, and from the target to the last year.
  /// Within each basis and region the amounts add up to `to − from`.
  static func bridge(_ bridge: GapBridge, targets: RegionTargets?, currency: String) -> Table {
    var rows: [BridgeRow] = []
    for region in bridge.regions {
      func append(_ basis: String, _ from: Double, _ to: Double, _ components: [GapBridge.Component], _ unit: String) {
        let (from, to) = (cents(from), cents(to))
        // What rounding leaves goes to what nothing explains, so that the written amounts still add up.
        let known = components.filter { $0.name != GapBridge.unexplained }
        let rest = cents(to - from - known.reduce(0) { $0 + cents($1.amount) })
        rows += (known + [GapBridge.Component(name: GapBridge.unexplained, amount: rest)]).map {
          BridgeRow(
            basis: basis, region: region.name, from: from, to: to, component: $0.name, amount: cents($0.amount),
            unit: unit)
        }
      }
      append("year_before", region.unitsBefore, region.unitsAfter, region.units, "units")
      guard let before = region.valueBefore, let after = region.valueAfter else { continue }
      append("year_before", before, after, region.value, currency)
      guard let target = targets?.amounts[region.name] else { continue }
      // The target asked for so much more than the year before: growth that the plan took for granted.
      let planned = GapBridge.Component(name: "planned_growth", amount: before - target)
      append("target", target, after, [planned] + region.value, currency)
    }
    return Table(
      name: "gap_bridge", rows: rows,
      columns: [
        .text("basis") { $0.basis }, .text("region") { $0.region }, .real("from") { $0.from }, .real("to") { $0.to },
        .text("component") { $0.component }, .real("amount") { $0.amount }, .text("unit") { $0.unit },
      ])
  }

  private static func cents(_ value: Double) -> Double { (value * 100).rounded() / 100 + 0 }

}

/// The revenue targets of regions over some periods of a panel.
struct RegionTargets {
  /// Sums by region, of those that have a target in every period.
  private(set) var amounts: [String: Double] = [:]

  init(_ table: Table, _ panel: DemandPanel, _ periods: Range<Int>) {
    guard let levels = table.text("level"), let ids = table.text("id"), let measures = table.text("measure"),
      let calendar = table.periods("period"), let values = table.numbers("amount"),
      calendar.form == panel.firstPeriod.form
    else { return }
    let first = panel.firstPeriod.ordinal + periods.lowerBound
    var counts: [String: Int] = [:]
    for row in 0..<table.rowCount where levels[row] == "region" && measures[row] == "revenue" {
      let period = Int(calendar.ordinals[row]) - first
      guard let id = ids[row], periods.indices.contains(period + periods.lowerBound), !values[row].isNaN else {
        continue
      }
      amounts[id, default: 0] += values[row]
      counts[id, default: 0] += 1
    }
    amounts = amounts.filter { counts[$0.key] == periods.count }
  }
}
