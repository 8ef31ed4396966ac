import ChannelTypes
public import Demand
import Tables

/// The demand that is planned for: the forecast, times what the plan assumes of regions, at the prices of the plan.
///
/// The forecast itself does not see the assumptions, so that a what-if on demand or price leaves it as it is.
public struct DemandStage: Stage {
  public static let name = StageName.demand
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [.sales, .products]
  public static let upstream: [StageName] = [.forecast]
  public static let optionalUpstream: [StageName] = [.drivers]
  public static let planSections = ["demand", "price", "cost", "currency", "forecast"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ForecastResult> {
    guard let forecast = context.result(of: ForecastStage.self) else {
      throw .skipped(Diagnostic(ForecastCodes.noSeries, .note, "there is no forecast"))
    }
    let inputs = PlannedInputs(context, forecast)
    let planned = forecast.scaled(by: inputs.demandFactors, prices: inputs.isValue ? nil : inputs.prices)
    let revenue = PlannedRevenue(context, planned, inputs)
    let effects = inputs.prices.isNeutral ? nil : PriceEffects(context, forecast, planned, inputs)
    return StageOutput(
      planned,
      tables: [Self.table(forecast, planned)] + (revenue.map { [$0.table] } ?? []) + (effects.map { [$0.table] } ?? []),
      indicators: Self.indicators(planned, revenue, context.plan), notes: effects?.notes ?? [])
  }

  private static func indicators(_ planned: ForecastResult, _ revenue: PlannedRevenue?, _ plan: Plan) -> [Indicator] {
    guard let revenue else { return [] }
    let year = revenue.steps.year
    var indicators: [Indicator] = []
    if plan.forecast.measure == .sellOutQuantity || plan.forecast.measure == .sellInQuantity {
      indicators.append(
        Indicator(
          "planned_units", "Units planned for the next \(year) periods", revenue.total(\.unitsOfYear), unit: "units",
          better: .higher, draws: revenue.draws.map(\.units)))
    }
    indicators.append(
      Indicator(
        "planned_revenue", "Revenue planned for the next \(year) periods", revenue.total(\.revenueOfYear),
        unit: plan.currency, better: .higher, draws: revenue.draws.map(\.revenue)))
    if revenue.hasMargins {
      indicators.append(
        Indicator(
          "planned_margin", "Margin planned for the next \(year) periods", revenue.total(\.marginOfYear),
          unit: plan.currency, better: .higher, draws: revenue.draws.map(\.margin)))
    }
    return indicators
  }

  /// Region × period: the forecast, what the plan changes, and their sum, in units.
  private static func table(_ forecast: ForecastResult, _ planned: ForecastResult) -> Table {
    var sums = [(baseline: Int64, planned: Int64)](
      repeating: (0, 0), count: forecast.panel.regions.count * forecast.horizon)
    for (index, key) in forecast.panel.series.enumerated() {
      for step in 0..<forecast.horizon {
        let cell = index * forecast.horizon + step
        sums[key.region * forecast.horizon + step].baseline += forecast.meanThousandths[cell]
        sums[key.region * forecast.horizon + step].planned += planned.meanThousandths[cell]
      }
    }
    return Table(
      name: "demand_plan", rows: sums.indices,
      columns: [
        .text("region") { forecast.panel.regions[$0 / forecast.horizon] },
        .period("period", form: forecast.firstPeriod.form) { forecast.period($0 % forecast.horizon) },
        .real("forecast") { Double(sums[$0].baseline) / 1000 },
        .real("change") { Double(sums[$0].planned - sums[$0].baseline) / 1000 },
        .real("planned") { Double(sums[$0].planned) / 1000 },
      ])
  }
}

/// What the plan assumes beside the forecast, for every region, product and planned period.
struct PlannedInputs: Sendable {
  let families: ProductFamilies
  let response: PriceResponse
  /// Whether money is forecast: then a price also moves the forecast's own unit.
  let isValue: Bool
  let prices: PanelFactors
  /// Unit costs against today's.
  let costs: PanelFactors
  /// What the plan assumes of regions; with the answer of demand to the prices.
  let regionFactors: PanelFactors
  let demandFactors: PanelFactors

  init(_ context: StageContext, _ forecast: ForecastResult) {
    let (panel, horizon, plan) = (forecast.panel, forecast.horizon, context.plan)
    let families = ProductFamilies(context.table(.products))
    let response = PriceResponse(plan.price, context.result(of: DriversStage.self))
    let isValue = plan.forecast.measure == .sellInValue || plan.forecast.measure == .sellOutValue
    func factors(_ named: NamedFactors) -> PanelFactors {
      PanelFactors(panel, horizon: horizon) { region, product, step in
        let id = panel.products[product]
        return named.factor(region: panel.regions[region], product: id, family: families[id], step: step)
      }
    }
    let prices = factors(plan.price.factors)
    let regionFactors = PanelFactors(panel, horizon: horizon) { region, _, step in
      plan.demand.factor(region: panel.regions[region], step: step)
    }
    demandFactors =
      prices.isNeutral
      ? regionFactors
      : PanelFactors(panel, horizon: horizon) { region, product, step in
        let price = prices[region, product, step]
        return regionFactors[region, product, step] * response.demandFactor(panel.products[product], price: price)
          * (isValue ? price : 1)
      }
    (self.families, self.response, self.isValue) = (families, response, isValue)
    (self.prices, self.regionFactors) = (prices, regionFactors)
    costs = factors(plan.cost)
  }
}
