import Allocation
import ChannelTypes
import Demand
import Partners
import Specifications
import Tables

/// What the rest of the run does to the budget before it is divided: planned demand, prices and costs move what spend
/// returns, partner scores tilt regions, and money that was promised for the planned quarter stays where it was promised.
/// Every change is an audit line (`budget_adjust`).
struct BudgetLoop {
  /// One change of one line or region.
  struct Line: Sendable {
    var region: String
    var spendType: String?
    /// `demand`, `price`, `cost`, `score_tilt`, `committed`.
    var rule: String
    /// What the rule did: a factor on the curve or on the weight, or an amount that is a floor.
    var factor: Double?
    var floor: Money?
    var reason: String
    var place: SourcePlace?
  }

  private(set) var lines: [Line] = []

  /// Applies all of them to the problem, in this order.
  init(_ problem: inout BudgetProblem, _ context: StageContext, _ history: BudgetHistory) {
    let steps = max(1, Int(history.periodsPerQuarter.rounded()))
    addDemand(&problem, context.plan.demand, steps: steps)
    addMargins(&problem, context, history, steps: steps)
    if let settings = context.plan.budget, settings.followsScores.value {
      addTilt(&problem, context, at: settings.followsScores.place)
    }
    addCommitments(&problem, context)
  }

  /// The return of spend is a share of demand: a region's curves rise and fall with it, at unchanged scale of spend.
  private mutating func addDemand(_ problem: inout BudgetProblem, _ demand: DemandSettings, steps: Int) {
    guard !demand.factors.isEmpty else { return }
    for region in problem.items.map(\.region).uniqued() {
      let factor = (0..<steps).reduce(0) { $0 + demand.factor(region: region, step: $1) } / Double(steps)
      guard factor != 1 else { continue }
      for index in problem.items.indices where problem.items[index].region == region {
        problem.items[index].curve.amplitude *= factor
      }
      let place = demand.factors.first { $0.region == region || $0.region == "all" }?.factor.place
      lines.append(
        Line(
          region: region, rule: "demand", factor: factor,
          reason: "demand of the quarter is planned at \(factor.written) times the forecast", place: place))
    }
  }

  /// Prices and costs move the margin that a unit of demand leaves, and prices demand itself: a region's curves, which
  /// return margin, follow.
  private mutating func addMargins(
    _ problem: inout BudgetProblem, _ context: StageContext, _ history: BudgetHistory, steps: Int
  ) {
    let plan = context.plan
    guard !plan.price.factors.isNeutral || !plan.cost.isNeutral else { return }
    let response = PriceResponse(plan.price, context.result(of: DriversStage.self))
    for (region, mix) in zip(history.panel.regions, history.mix) {
      guard let factors = MarginFactors(region, mix, plan, response, steps: steps) else { continue }
      add(&problem, region, "price", factors.price, "its products leave", plan.price.factors.place)
      add(&problem, region, "cost", factors.cost, "its products then leave", plan.cost.place)
    }
  }

  private mutating func add(
    _ problem: inout BudgetProblem, _ region: String, _ rule: String, _ factor: Double, _ what: String,
    _ place: SourcePlace?
  ) {
    guard factor != 1 else { return }
    for index in problem.items.indices where problem.items[index].region == region {
      problem.items[index].curve.amplitude *= factor
    }
    let figure = ((factor * 10_000).rounded() / 10_000).written
    lines.append(
      Line(
        region: region, rule: rule, factor: factor, reason: "\(what) \(figure) times the margin at the plan's \(rule)s",
        place: place))
  }

  /// A region weighs as its partners' tilts do, each by what the partner bought in the last year.
  private mutating func addTilt(_ problem: inout BudgetProblem, _ context: StageContext, at place: SourcePlace) {
    guard let scores = context.result(of: ScoresStage.self), let history = context.result(of: HistoryStage.self) else {
      return
    }
    let months = max(0, history.monthCount - 12)..<history.monthCount
    var sums: [String: (weight: Double, tilt: Double)] = [:]
    for (index, partner) in history.partners.enumerated() where partner.isActive {
      guard let score = scores.current(partner.id), score.tilt.isFinite else { continue }
      let sales = history.revenue(partner: index, months: months).double
      guard sales > 0 else { continue }
      let old = sums[partner.region] ?? (0, 0)
      sums[partner.region] = (old.weight + sales, old.tilt + sales * score.tilt)
    }
    for region in problem.items.map(\.region).uniqued() {
      guard let sum = sums[region], sum.weight > 0 else { continue }
      // Published to four digits, so that the audit line is the factor.
      let tilt = (sum.tilt / sum.weight * 10_000).rounded() / 10_000
      guard tilt != 1 else { continue }
      for index in problem.items.indices where problem.items[index].region == region {
        problem.items[index].weight *= tilt
      }
      lines.append(
        Line(
          region: region, rule: "score_tilt", factor: tilt,
          reason: "its partners' scores, weighted by their sales, ask for \(tilt.written) times the weight",
          place: place))
    }
  }

  /// What the budget table says is promised for the planned quarter is a floor of its line.
  private mutating func addCommitments(_ problem: inout BudgetProblem, _ context: StageContext) {
    guard let table = context.table(.budget), let committed = table.money("committed"),
      let periods = table.periods("period"), let regions = table.text("region"), let types = table.text("spend_type"),
      let quarter = context.plan.calendar.start?.value.containing(.quarter)
    else { return }
    var sums: [String: (amount: Money, row: Int)] = [:]
    var order: [(key: String, region: String, type: String)] = []
    for row in 0..<table.rowCount where committed[row] != Unknown.money && committed[row] > .zero {
      guard let region = regions[row], let type = types[row], periods[row]?.containing(.quarter) == quarter else {
        continue
      }
      let key = "\(region)\u{0}\(type)"
      if sums[key] == nil { order.append((key, region, type)) }
      sums[key] = ((sums[key]?.amount ?? .zero) + committed[row], sums[key]?.row ?? row)
    }
    let places = table.source?.locate(order.map { (sums[$0.key]?.row ?? 0, "committed") }).map(\.place)
    for (index, entry) in order.enumerated() {
      guard let sum = sums[entry.key],
        problem.items.contains(where: { $0.region == entry.region && $0.spendType == entry.type })
      else { continue }
      problem.limits.append(
        .init(.floor, .cell(region: entry.region, spendType: entry.type), sum.amount, at: places?[index]))
      lines.append(
        Line(
          region: entry.region, spendType: entry.type, rule: "committed", floor: sum.amount,
          reason: "promised for \(quarter) in the budget table", place: places?[index]))
    }
  }

  /// `region, spend_type, rule, factor, floor, reason, place`.
  var table: Table {
    Table(
      name: "budget_adjust", rows: lines,
      columns: [
        .text("region") { $0.region }, .text("spend_type") { $0.spendType }, .text("rule") { $0.rule },
        .real("factor") { $0.factor ?? .nan }, .money("floor") { $0.floor }, .text("reason") { $0.reason },
        .text("place") { $0.place?.description },
      ])
  }
}

/// What prices and costs make of a region's margin, by the mix of what it sold in the last year of the history:
///
///     Σ v · q · (f − (1 − m) · g) / Σ v · m       v: value, m: margin, f, g: price and cost, q: demand at the price
struct MarginFactors {
  /// With prices alone, and what costs make of it then; 0 where less than nothing is left.
  private(set) var price: Double
  private(set) var cost: Double

  /// Nil for a region that earns nothing today. Means over the first `steps` planned periods.
  init?(_ region: String, _ mix: [SoldProduct], _ plan: Plan, _ response: PriceResponse, steps: Int) {
    var (today, priced, costed) = (0.0, 0.0, 0.0)
    for item in mix {
      for step in 0..<steps {
        func factor(_ factors: NamedFactors) -> Double {
          factors.factor(region: region, product: item.product, family: item.family, step: step)
        }
        let price = factor(plan.price.factors)
        let sold = item.value * response.demandFactor(item.product, price: price)
        today += item.value * item.margin
        priced += sold * (price - (1 - item.margin))
        costed += sold * (price - (1 - item.margin) * factor(plan.cost))
      }
    }
    guard today > 0 else { return nil }
    // What costs more than it brings is not sold harder: no return, but none below zero either.
    price = plan.price.factors.isNeutral ? 1 : max(0, priced) / today
    cost = plan.cost.isNeutral || priced <= 0 ? 1 : max(0, costed) / priced
  }
}
