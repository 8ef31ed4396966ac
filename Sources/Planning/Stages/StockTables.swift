import Allocation
import ChannelTypes
import Tables

/// The tables of the stock stage: `inventory_actions`, `stock_health`, `stock_projection`, `purchase_plan`,
/// `lead_time_savings`, `service_curve` and, where orders share a budget or space, `stock_limits`.
struct StockTables {
  let problem: InventoryProblem
  let solution: InventorySolution
  let facts: [StockFact]
  let projections: [StockProjection]
  let firstPeriod: Period
  let purchases: [PlannedOrder]
  let shared: SharedOrders?

  var all: [Table] {
    [actions, health, projection, purchasePlan, leadTimeSavings, serviceCurve] + (shared.map { [limits($0)] } ?? [])
  }

  private struct ActionRow {
    var item: StockItem
    var line: InventorySolution.Line
    var fact: StockFact
    var slowProbability: Double
  }

  /// `slow_probability`: the chance that a part of what is ordered is still there when it counts as slow, so many days
  /// after it arrives. `burn_down`: when stock above the upper line is sold at the expected rate. `capital_cost`: of a
  /// year. `age_days`: of the oldest unit.
  private var actions: Table {
    let rows = problem.items.indices.map { index in
      let (item, line) = (problem.items[index], solution.lines[index])
      return ActionRow(
        item: item, line: line, fact: facts[index],
        slowProbability: line.ordered > 0
          ? item.demand.probability(
            below: item.onHand + item.onOrder + Double(line.received + line.ordered),
            days: item.leadTimeDays + problem.policy.slowDays)
          : .nan)
    }
    return Table(name: "inventory_actions", rows: rows, columns: stockColumns + actionColumns)
  }

  private var stockColumns: [ColumnDefinition<ActionRow>] {
    [
      .text("region") { $0.item.region }, .text("partner_id") { $0.item.partner },
      .text("product_id") { $0.item.product }, .real("on_hand") { $0.item.onHand },
      .real("on_order") { $0.item.onOrder }, .real("lead_time_days") { $0.item.leadTimeDays },
      .real("mean_demand_per_day") { tabled($0.item.meanPerDay, 6) },
      .real("safety_stock") { tabled($0.line.levels.safetyStock) },
      .real("lower") { tabled($0.line.levels.lower) }, .real("upper") { tabled($0.line.levels.upper) },
      .real("cover_days") { $0.line.levels.coverDays.map { tabled($0) } ?? .nan },
      .real("stockout_probability") { tabled($0.line.levels.stockoutProbability, 6) },
      .real("overstock_probability") { tabled($0.line.levels.overstockProbability, 6) },
    ]
  }

  private var actionColumns: [ColumnDefinition<ActionRow>] {
    let rate = Percent(tenThousandths: Int64((problem.policy.holdingRate * 1e6).rounded()))
    return [
      .integer("slow") { $0.line.levels.isSlow ? 1 : 0 }, .text("action") { $0.line.action.rawValue },
      .integer("quantity") { $0.line.units },
      .text("to_partner") { $0.line.receivers.isEmpty ? nil : $0.line.receivers.joined(separator: "|") },
      .money("unit_cost") { $0.item.unitCost },
      .money("value") { row in row.item.unitCost.map { $0 * row.line.units } },
      .money("expected_saving") { $0.line.expectedSaving.flatMap { Money(rounding: $0) } },
      .text("reason") { $0.line.reason.isEmpty ? nil : $0.line.reason },
      .real("slow_probability") { tabled($0.slowProbability, 6) },
      .real("excess") { tabled(StandingReport.excess($0.item, $0.line)) },
      .period("burn_down", form: .day) { Self.burnDown($0) }, .real("age_days") { $0.fact.ageDays },
      .money("capital_cost") { row in StandingReport.value(row.item).flatMap { rate.of($0) } },
    ]
  }

  /// The day on which the stock above the upper line is expected to be sold; nil without such stock, or demand.
  private static func burnDown(_ row: ActionRow) -> Period? {
    let excess = StandingReport.excess(row.item, row.line)
    guard excess > 0, row.item.meanPerDay > 0, let counted = row.fact.countedOn else { return nil }
    let days = excess / row.item.meanPerDay
    guard days < 36_500 else { return nil }
    return .day(CivilDate(daysSinceEpoch: counted.daysSinceEpoch + Int(days.rounded(.up))))
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
    /// Items with expected demand, and their chances.
    var selling = 0
    var stockouts = 0.0
    var overstocks = 0.0
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
      if item.meanPerDay > 0 {
        health.selling += 1
        health.stockouts += line.levels.stockoutProbability
        health.overstocks += line.levels.overstockProbability
      }
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
        .real("days_of_cover") { $0.soldPerDay > 0 ? tabled($0.value / $0.soldPerDay) : .nan },
        .real("slow_share") { $0.value > 0 ? tabled($0.slowValue / $0.value, 6) : 0 },
        .money("capital_cost") { Money(rounding: $0.value * problem.policy.holdingRate) },
        .integer("below_lower") { $0.belowLower }, .integer("above_upper") { $0.aboveUpper },
        .real("stockout_probability") { $0.selling > 0 ? tabled($0.stockouts / Double($0.selling), 6) : .nan },
        .real("overstock_probability") { $0.selling > 0 ? tabled($0.overstocks / Double($0.selling), 6) : .nan },
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
        .real("stock") { tabled($0.region.stock[$0.step]) }, .real("lower") { tabled($0.region.lower) },
        .real("upper") { tabled($0.region.upper) }, .real("demand") { tabled($0.region.demand[$0.step]) },
      ])
  }

  private var purchasePlan: Table {
    Table(
      name: "purchase_plan", rows: purchases.sorted { ($0.period, $0.item) < ($1.period, $1.item) },
      columns: [
        .period("period", form: firstPeriod.form) { firstPeriod.advanced(by: $0.period) },
        .period("arrival", form: firstPeriod.form) { firstPeriod.advanced(by: $0.arrival) },
        .text("region") { problem.items[$0.item].region }, .text("partner_id") { problem.items[$0.item].partner },
        .text("product_id") { problem.items[$0.item].product }, .integer("quantity") { $0.units },
        .money("value") { order in problem.items[order.item].unitCost.map { $0 * order.units } },
        .real("stock_before") { tabled($0.stock) },
      ])
  }

  private var leadTimeSavings: Table {
    Table(
      name: "lead_time_savings", rows: problem.leadTimeSavings(solution),
      columns: [
        .text("region") { $0.region }, .text("partner_id") { $0.partner },
        .real("lead_time_days") { tabled($0.leadTimeDays) }, .real("safety_stock") { tabled($0.safetyStock) },
        .real("safety_stock_one_day_less") { tabled($0.safetyStockLess) },
        .real("units_saved") { tabled($0.safetyStock - $0.safetyStockLess) },
        .money("capital_freed") { Money(rounding: $0.capital) },
        .money("cost_saved_per_year") { Money(rounding: $0.costPerYear) },
      ])
  }

  /// `service_curve`: what each service level asks for in stock; `is_plan` marks that of the plan. Money at cost; the
  /// holding cost is of a year.
  private var serviceCurve: Table {
    let plan = problem.policy.serviceLevel
    let levels = Set([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, plan]).sorted()
    return Table(
      name: "service_curve", rows: problem.serviceCurve(levels: levels),
      columns: [
        .real("service_level") { tabled($0.serviceLevel, 6) }, .real("safety_stock") { tabled($0.safetyStock) },
        .money("safety_stock_value") { Money(rounding: $0.safetyStockValue) },
        .money("average_stock_value") { Money(rounding: $0.averageStockValue) },
        .money("holding_cost_per_year") { Money(rounding: $0.holdingCost) },
        .integer("is_plan") { $0.serviceLevel == plan ? 1 : 0 },
      ])
  }

  private func limits(_ shared: SharedOrders) -> Table {
    Table(
      name: "stock_limits", rows: shared.limits,
      columns: [
        .text("limit") { $0.name }, .real("amount") { $0.amount }, .real("wanted") { $0.wanted },
        .real("used") { $0.used }, .real("price_left") { $0.price.map { tabled($0.left, 6) } ?? 0 },
        .real("price_right") { $0.price.map { tabled($0.right, 6) } ?? 0 },
        .real("holds_from") { $0.price.map { tabled($0.from) } ?? .nan },
        .real("holds_to") { $0.price.map { $0.to.isFinite ? tabled($0.to) : .nan } ?? .nan },
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
