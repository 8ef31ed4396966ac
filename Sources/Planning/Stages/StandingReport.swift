import Allocation
import ChannelTypes
import Demand
import Partners
import Probability
import Specifications
import Tables

/// How partners stand with their stock: the part of the stock stage that rebates, credit and scores read.
struct StandingReport: Sendable {
  let standings: StockStandings
  /// The items of each standing.
  let ranges: [Range<Int>]
  let settings: InventorySettings
  private let problem: InventoryProblem
  private let solution: InventorySolution
  private let facts: [StockFact]
  private let history: ChannelHistory?
  private let firstPeriod: Period
  private let currency: String

  init(
    _ context: StageContext, _ forecast: ForecastResult, _ position: StockPosition, _ problem: InventoryProblem,
    _ solution: InventorySolution
  ) {
    (self.problem, self.solution, facts) = (problem, solution, position.facts)
    (settings, firstPeriod, currency) = (context.plan.inventory, forecast.firstPeriod, context.plan.currency)
    history = context.result(of: HistoryStage.self)
    var protection: [String: Double] = [:]
    let holdings = problem.items.indices.map { index in
      let (item, line) = (problem.items[index], solution.lines[index])
      protection[item.partner] = item.leadTimeDays + problem.policy.reviewDays
      func value(_ units: Double) -> Money { Self.value(units, item.unitCost) ?? .zero }
      return StockHolding(
        partner: item.partner, product: item.product, value: Self.value(item) ?? .zero,
        soldPerDay: item.meanPerDay * (item.unitCost?.double ?? 0), isSlow: line.levels.isSlow,
        excess: value(Self.excess(item, line)), overAge: value(position.facts[index].overAge))
    }
    standings =
      StandingProblem(
        holdings: holdings, partners: position.partners, averageStock: position.movements.averageStock,
        costOfGoodsSold: position.movements.costOfGoodsSold, protectionDays: protection, history: history,
        month: context.plan.calendar.start?.value ?? forecast.firstPeriod, holdingRate: settings.holding.value,
        loadShare: settings.workingCapitalShare?.value, links: settings.links
      ).standings()
    var ranges: [Range<Int>] = []
    for index in holdings.indices {
      if index > 0, holdings[index].partner == holdings[index - 1].partner {
        ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<index + 1
      } else {
        ranges.append(index..<index + 1)
      }
    }
    self.ranges = ranges
  }

  /// Units above the upper line.
  static func excess(_ item: StockItem, _ line: InventorySolution.Line) -> Double {
    max(0, item.onHand - line.levels.upper)
  }

  /// Stock at cost: exact for whole units; nil where the cost is not known.
  static func value(_ item: StockItem) -> Money? { value(max(0, item.onHand), item.unitCost) }

  static func value(_ units: Double, _ cost: Money?) -> Money? {
    guard let cost else { return nil }
    guard units == units.rounded(), units < 1e6, cost < Money(1_000_000_000) else {
      return Money(rounding: units * cost.double)
    }
    return cost * Int(units)
  }

  var tables: [Table] {
    var tables = [partnerStock, kpis]
    if settings.links != nil { tables.append(links) }
    if settings.age.limitDays != nil { tables.append(overAge) }
    if let history, let flow = ChannelFlow(history, settings.pushing) { tables.append(flow.table) }
    return tables
  }

  // MARK: Partners

  /// Money in the plan's currency, days, shares of one. `past_turnover_days`: average stock ÷ cost of goods sold × 365.
  /// `bullwhip_ratio_vmi`: had the maker replenished from sell-out. `planned_load`: stock with the orders of now.
  private var partnerStock: Table {
    let (days, slow) = (benchmarkDays, benchmarkSlowShare)
    let ordered = ranges.map { range in
      range.lazy.map { Self.value(Double(solution.lines[$0].ordered), problem.items[$0].unitCost) ?? .zero }.total()
    }
    let rows = zip(standings.all, ordered).map { PartnerRow(standing: $0, load: $0.stockValue + $1) }
    return Table(
      name: "partner_stock", rows: rows, columns: stockColumns(days, slow) + orderColumns)
  }

  private struct PartnerRow {
    var standing: StockStanding
    var load: Money
  }

  private func stockColumns(_ days: Double, _ slow: Double) -> [ColumnDefinition<PartnerRow>] {
    [
      .text("region") { $0.standing.region }, .text("partner_id") { $0.standing.partner },
      .money("stock_value") { $0.standing.stockValue },
      .real("turnover_days") { tabled($0.standing.turnoverDays) },
      .real("past_turnover_days") { tabled($0.standing.pastTurnoverDays) },
      .real("benchmark_days") { _ in tabled(days) },
      .text("against_benchmark") { Self.against($0.standing.turnoverDays, days) },
      .real("slow_share") { tabled($0.standing.slowShare, 6) },
      .real("benchmark_slow_share") { _ in tabled(slow, 6) },
      .text("slow_against_benchmark") { Self.against($0.standing.slowShare, slow) },
      .money("capital_cost") { $0.standing.capitalCost },
      .money("excess_value") { $0.standing.excessValue },
      .real("burn_down_days") { tabled($0.standing.burnDownDays) },
      .money("over_age_value") { settings.age.limitDays == nil ? nil : $0.standing.overAgeValue },
    ]
  }

  private var orderColumns: [ColumnDefinition<PartnerRow>] {
    [
      .money("planned_load") { $0.load }, .money("largest_load") { $0.standing.largestLoad },
      .integer("over_load") { row in row.standing.largestLoad.map { row.load > $0 ? 1 : 0 } },
      .real("stuffing_index") { tabled($0.standing.stuffingIndex, 6) },
      .real("quarter_end_push") { tabled($0.standing.orders.quarterEndPush, 6) },
      .real("quarter_end_p_value") { tabled($0.standing.orders.quarterEndPValue, 6) },
      .integer("pushed") { row in pushed(row.standing).map { $0 ? 1 : 0 } },
      .real("bullwhip_ratio") { tabled($0.standing.bullwhipRatio, 6) },
      .real("bullwhip_ratio_vmi") { tabled($0.standing.orders.replayedRatio, 6) },
      .real("rebate_factor") { $0.standing.rebateFactor.fraction },
      .real("credit_factor") { $0.standing.creditFactor.fraction },
    ]
  }

  /// Whether goods are pushed into the channel; nil where neither test can be made.
  private func pushed(_ standing: StockStanding) -> Bool? {
    let (index, pValue) = (standing.stuffingIndex, standing.orders.quarterEndPValue)
    guard !index.isNaN || !pValue.isNaN else { return nil }
    return index > settings.pushing.index.value || pValue < settings.pushing.pValue.value
  }

  private static func against(_ figure: Double, _ benchmark: Double) -> String? {
    guard !figure.isNaN, !benchmark.isNaN else { return nil }
    return figure > benchmark ? "above" : "within"
  }

  private var benchmarkDays: Double {
    settings.benchmark.turnoverDays?.value ?? Self.middle(standings.all.map(\.turnoverDays))
  }

  private var benchmarkSlowShare: Double {
    settings.benchmark.slowShare?.value ?? Self.middle(standings.all.map(\.slowShare))
  }

  private static func middle(_ values: [Double]) -> Double {
    values.filter { !$0.isNaN }.sorted().quantileOfAscending(0.5)
  }

  // MARK: Links

  private struct LinkRow {
    var standing: StockStanding
    var target: StockLinks.Target
    var step: StockLinks.Step
  }

  /// The audit line of every change: what was measured, the line of the plan, the factor before and after.
  private var links: Table {
    let targets = StockLinks.Target.allCases.filter { settings.links?.targets.contains($0) ?? false }
    let rows = standings.all.flatMap { standing in
      targets.flatMap { target in
        standing.steps.filter { $0.before != $0.after }.map { LinkRow(standing: standing, target: target, step: $0) }
      }
    }
    return Table(
      name: "stock_links", rows: rows,
      columns: [
        .text("region") { $0.standing.region }, .text("partner_id") { $0.standing.partner },
        .text("applies_to") { $0.target.rawValue }, .text("rule") { $0.step.key },
        .text("plan_line") { $0.step.place?.description },
        .real("measured") { $0.step.figure.isFinite ? tabled($0.step.figure, 6) : .nan },
        .real("factor") { $0.step.factor.fraction }, .real("before") { $0.step.before.fraction },
        .real("after") { $0.step.after.fraction }, .text("why") { $0.step.reason },
      ])
  }

  // MARK: Age

  /// Stock older than the limit, what it is worth at cost, until when it is to be sold, and the maker's support.
  private var overAge: Table {
    let deadline = firstPeriod.firstDay.map {
      Period.day(CivilDate(daysSinceEpoch: $0.daysSinceEpoch + settings.age.deadlineDays.value))
    }
    let old = problem.items.indices.filter { facts[$0].overAge > 0 }
    return Table(
      name: "over_age_stock", rows: old,
      columns: [
        .text("region") { problem.items[$0].region }, .text("partner_id") { problem.items[$0].partner },
        .text("product_id") { problem.items[$0].product }, .real("age_days") { facts[$0].ageDays },
        .real("limit_days") { _ in settings.age.limitDays?.value ?? .nan },
        .real("over_age") { tabled(facts[$0].overAge) },
        .money("value") { Self.value(facts[$0].overAge, problem.items[$0].unitCost) },
        .period("deadline", form: .day) { _ in deadline },
        .money("support") { index in
          Self.value(facts[index].overAge, problem.items[index].unitCost).flatMap { settings.age.support.value.of($0) }
        },
        .text("action") { solution.lines[$0].action.rawValue },
      ])
  }

  // MARK: The network

  private struct Measure {
    var name: String
    var formula: String
    var unit: String
    var value: Double
  }

  /// The key figures of stock with their formulas.
  private var kpis: Table {
    let all = standings.all
    let value = all.lazy.map(\.stockValue).total().double
    let sold = problem.items.reduce(0) { $0 + $1.meanPerDay * ($1.unitCost?.double ?? 0) }
    let slow = all.reduce(0) { $0 + $1.slowShare * $1.stockValue.double }
    let days = sold > 0 ? value / sold : .nan
    func middle(_ path: (StockStanding) -> Double) -> Double { Self.middle(all.map(path)) }
    let rows = [
      Measure(
        name: "turnover_days", formula: "stock at cost / expected sales a day at cost", unit: "days", value: days),
      Measure(name: "turns_per_year", formula: "365 / turnover_days", unit: "turns", value: 365 / days),
      Measure(
        name: "past_turnover_days", formula: "median of average stock / cost of goods sold * 365", unit: "days",
        value: middle(\.pastTurnoverDays)),
      Measure(
        name: "slow_share", formula: "slow-moving stock / stock", unit: "share", value: value > 0 ? slow / value : .nan),
      Measure(
        name: "capital_cost", formula: "stock * holding_pct * 365 / 365", unit: currency,
        value: all.lazy.map(\.capitalCost).total().double),
      Measure(
        name: "over_age_value", formula: "stock older than age.limit_days", unit: currency,
        value: settings.age.limitDays == nil ? .nan : all.lazy.map(\.overAgeValue).total().double),
      Measure(
        name: "stuffing_index", formula: "median of sell-in / sell-out of the last quarter", unit: "ratio",
        value: middle(\.stuffingIndex)),
      Measure(
        name: "bullwhip_ratio", formula: "median of (Var(orders) / mean^2) / (Var(demand) / mean^2)", unit: "ratio",
        value: middle(\.bullwhipRatio)),
      Measure(
        name: "bullwhip_ratio_vmi", formula: "the same, replenished from sell-out", unit: "ratio",
        value: middle(\.orders.replayedRatio)),
    ]
    return Table(
      name: "stock_kpis", rows: rows,
      columns: [
        .text("kpi") { $0.name }, .text("formula") { $0.formula }, .text("unit") { $0.unit },
        .real("value") { tabled($0.value, 6) },
      ])
  }

  var indicators: [Indicator] {
    let all = standings.all
    let pushed = all.count { self.pushed($0) ?? false }
    var indicators = [
      Indicator(
        "pushed_partners", "Partners into whose stock goods are pushed", Double(pushed), unit: "partners",
        better: .lower)
    ]
    if settings.links != nil {
      indicators.append(
        Indicator(
          "linked_partners", "Partners whose rebate or credit factor their stock lowers",
          Double(all.count { min($0.rebateFactor, $0.creditFactor) < Percent(100) }), unit: "partners",
          better: .lower))
    }
    return indicators
  }

  var notes: [Diagnostic] {
    var notes: [Diagnostic] = []
    if history == nil {
      notes.append(
        Diagnostic(
          StockCodes.noFlow, .note, "without a sales history by month, orders are not compared with sales"))
    } else if standings.all.allSatisfy(\.stuffingIndex.isNaN), !standings.all.isEmpty {
      notes.append(
        Diagnostic(StockCodes.noFlow, .note, "sell-in and sell-out are not both reported: pushing is not seen"))
    }
    return notes
  }
}

extension StockLinks.Step {
  /// What a reader of the audit line wants to know.
  var reason: String {
    guard let reached, let shape else { return "the factors together are below the least of \(factor) %" }
    let figure = figure.isFinite ? (figure * 1e4).rounded() / 1e4 : figure
    let measured = figure.isFinite ? figure.written : "stock that nobody is expected to buy"
    switch shape {
    case .step: return "\(measured), at or above the knot \(reached.plainDescription)"
    case .linear: return "\(measured), on the line from the knot \(reached.plainDescription)"
    }
  }
}
