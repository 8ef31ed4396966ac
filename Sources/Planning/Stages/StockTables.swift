import Allocation
import ChannelTypes
import Tables

/// The tables of the stock stage: `inventory_actions`, `stock_health`, `stock_projection`.
struct StockTables {
  let problem: InventoryProblem
  let solution: InventorySolution
  let projections: [StockProjection]
  let firstPeriod: Period

  var all: [Table] { [actions, health, projection] }

  private struct ActionRow {
    var item: StockItem
    var line: InventorySolution.Line
  }

  private var actions: Table {
    let rows = zip(problem.items, solution.lines).map { ActionRow(item: $0, line: $1) }
    return Table(
      name: "inventory_actions", rows: rows,
      columns: [
        .text("region") { $0.item.region }, .text("partner_id") { $0.item.partner },
        .text("product_id") { $0.item.product }, .real("on_hand") { $0.item.onHand },
        .real("on_order") { $0.item.onOrder }, .real("lead_time_days") { $0.item.leadTimeDays },
        .real("mean_demand_per_day") { rounded($0.item.meanPerDay, 6) },
        .real("safety_stock") { rounded($0.line.levels.safetyStock) },
        .real("lower") { rounded($0.line.levels.lower) }, .real("upper") { rounded($0.line.levels.upper) },
        .real("cover_days") { $0.line.levels.coverDays.map { rounded($0) } ?? .nan },
        .real("stockout_probability") { rounded($0.line.levels.stockoutProbability, 6) },
        .integer("slow") { $0.line.levels.isSlow ? 1 : 0 }, .text("action") { $0.line.action.rawValue },
        .integer("quantity") { $0.line.units },
        .text("to_partner") { $0.line.receivers.isEmpty ? nil : $0.line.receivers.joined(separator: "|") },
        .money("unit_cost") { $0.item.unitCost },
        .money("value") { row in row.item.unitCost.map { $0 * row.line.units } },
        .money("expected_saving") { $0.line.expectedSaving.flatMap { Money(rounding: $0) } },
        .text("reason") { $0.line.reason.isEmpty ? nil : $0.line.reason },
      ])
  }

  /// The stock of one partner.
  private struct Health {
    var region: String
    var partner: String
    var value = 0.0
    var slowValue = 0.0
    /// Expected sales a day, at cost.
    var soldPerDay = 0.0
    var belowLower = 0
    var aboveUpper = 0
  }

  private var healths: [Health] {
    var order: [String] = []
    var byPartner: [String: Health] = [:]
    for (item, line) in zip(problem.items, solution.lines) {
      if byPartner[item.partner] == nil { order.append(item.partner) }
      var health = byPartner[item.partner] ?? Health(region: item.region, partner: item.partner)
      let cost = item.unitCost?.double ?? 0
      let value = max(0, item.onHand) * cost
      health.value += value
      if line.levels.isSlow { health.slowValue += value }
      health.soldPerDay += item.meanPerDay * cost
      if item.meanPerDay > 0, item.onHand + item.onOrder < line.levels.lower { health.belowLower += 1 }
      if item.onHand - line.levels.upper >= 1 { health.aboveUpper += 1 }
      byPartner[item.partner] = health
    }
    return order.compactMap { byPartner[$0] }.sorted { ($0.region, $0.partner) < ($1.region, $1.partner) }
  }

  private var health: Table {
    Table(
      name: "stock_health", rows: healths,
      columns: [
        .text("region") { $0.region }, .text("partner_id") { $0.partner },
        .money("stock_value") { Money(rounding: $0.value) },
        .real("days_of_cover") { $0.soldPerDay > 0 ? rounded($0.value / $0.soldPerDay) : .nan },
        .real("slow_share") { $0.value > 0 ? rounded($0.slowValue / $0.value, 6) : 0 },
        .money("capital_cost") { Money(rounding: $0.value * problem.policy.holdingRate) },
        .integer("below_lower") { $0.belowLower }, .integer("above_upper") { $0.aboveUpper },
      ])
  }

  private struct ProjectionRow {
    var region: StockProjection
    var step: Int
  }

  private var projection: Table {
    let rows = projections.flatMap { region in
      region.stock.indices.map { ProjectionRow(region: region, step: $0) }
    }
    return Table(
      name: "stock_projection", rows: rows,
      columns: [
        .text("region") { $0.region.region },
        .period("period", form: firstPeriod.form) { firstPeriod.advanced(by: $0.step) },
        .real("stock") { rounded($0.region.stock[$0.step]) }, .real("lower") { rounded($0.region.lower) },
        .real("upper") { rounded($0.region.upper) }, .real("demand") { rounded($0.region.demand[$0.step]) },
      ])
  }

  func indicators(currency: String) -> [Indicator] {
    let healths = healths
    let value = healths.reduce(0) { $0 + $1.value }
    let sold = healths.reduce(0) { $0 + $1.soldPerDay }
    let selling = zip(problem.items, solution.lines).filter { $0.0.meanPerDay > 0 }
    let risk = selling.reduce(0) { $0 + $1.1.levels.stockoutProbability }
    let saving = solution.lines.reduce(0) { $0 + ($1.expectedSaving ?? 0) }
    func ratio(_ top: Double, _ bottom: Double) -> Double { bottom > 0 ? top / bottom : 0 }
    return [
      Indicator("stock_value", "Stock at partners, at cost", value, unit: currency),
      Indicator("days_of_cover", "Days of cover", ratio(value, sold), unit: "days"),
      Indicator(
        "slow_share", "Slow-moving share of stock value", ratio(healths.reduce(0) { $0 + $1.slowValue }, value),
        unit: "share", better: .lower),
      Indicator(
        "stockout_probability", "Average chance of a stock-out before the next delivery",
        ratio(risk, Double(selling.count)), unit: "share", better: .lower),
      Indicator("stock_saving", "Expected saving of stock actions", saving, unit: currency, better: .higher),
    ]
  }
}

private func rounded(_ value: Double, _ decimals: Int = 3) -> Double {
  let factor = decimals == 3 ? 1e3 : 1e6
  return (value * factor).rounded() / factor
}
