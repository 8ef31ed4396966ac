import ChannelTypes
import Demand
import Specifications
import Tables

/// The audit of a change of prices: by region and product, which elasticity moved demand, where it is from, and what
/// it did to units, revenue and buyers.
struct PriceEffects: Sendable {
  private struct Row {
    var region: Int
    var product: Int
    var price: Double
    var periods = 0
    var unitsBefore = 0.0
    var unitsAfter = 0.0
    var revenueBefore = 0.0
    var revenueAfter = 0.0
    var consumerGain = 0.0
    var consumerGainOfQuarter = 0.0
  }

  private let rows: [Row]
  private let panel: DemandPanel
  private let inputs: PlannedInputs
  private let settings: PriceSettings
  private let plan: Plan

  init(_ context: StageContext, _ forecast: ForecastResult, _ planned: ForecastResult, _ inputs: PlannedInputs) {
    let panel = forecast.panel
    (self.panel, self.inputs, settings, plan) = (panel, inputs, context.plan.price, context.plan)
    let measure = context.plan.forecast.measure
    let ordinal = forecast.firstPeriod.ordinal
    func values(_ isSellOut: Bool) -> [Double] {
      context.table(.sales).map {
        UnitValues.bySeries($0, panel, isSellOut: isSellOut, measure: measure, before: ordinal)
      } ?? [Double](repeating: 0, count: panel.seriesCount)
    }
    let isSellInKnown = context.table(.sales)?.numbers("sell_in_value") != nil
    let maker = values(!isSellInKnown)
    let consumer = context.table(.sales)?.numbers("sell_out_value") != nil ? values(true) : maker
    let products = panel.products.count
    var sums = [Row?](repeating: nil, count: panel.regions.count * products)
    let year = min(forecast.horizon, forecast.frequency.periodsPerYear)
    let quarter = (forecast.frequency.periodsPerYear + 3) / 4
    let elasticities = panel.products.map { inputs.response.elasticity($0).value }
    for (index, key) in panel.series.enumerated() {
      for step in 0..<year {
        let price = inputs.prices[key, step]
        guard price != 1 else { continue }
        let place = key.region * products + key.product
        var row = sums[place] ?? Row(region: key.region, product: key.product, price: price)
        let before = forecast.mean(series: index, step: step) * inputs.regionFactors[key, step]
        let after = planned.mean(series: index, step: step)
        row.periods = max(row.periods, step + 1)
        row.unitsBefore += before
        row.unitsAfter += after
        row.revenueBefore += before * maker[index]
        row.revenueAfter += after * maker[index] * (inputs.isValue ? 1 : price)
        let gain =
          before * consumer[index]
          * PriceResponse.consumerGain(price: price, elasticity: elasticities[key.product])
        row.consumerGain += gain
        if step < quarter { row.consumerGainOfQuarter += gain }
        sums[place] = row
      }
    }
    rows = sums.compactMap(\.self)
  }

  /// Factors are those of the first period that changes, `periods` how many from the start of the plan on may change;
  /// units and money are sums over them, in the forecast's measure and the plan's currency. `consumer_gain`: what buyers
  /// gain by the price, the area under their demand curve (negative: lose).
  var table: Table {
    let (panel, inputs) = (panel, inputs)
    let elasticities = panel.products.map { inputs.response.elasticity($0) }
    return Table(
      name: "price_effects", rows: rows,
      columns: [
        .text("region") { panel.regions[$0.region] }, .text("product_id") { panel.products[$0.product] },
        .text("family") { inputs.families[panel.products[$0.product]] }, .real("price_factor") { $0.price },
        .integer("periods") { $0.periods }, .real("elasticity") { tabled(elasticities[$0.product].value, 6) },
        .text("elasticity_from") { elasticities[$0.product].source.rawValue },
        .real("demand_factor") {
          tabled(inputs.response.demandFactor(panel.products[$0.product], price: $0.price), 6)
        },
        .real("units_before") { tabled($0.unitsBefore) }, .real("units_after") { tabled($0.unitsAfter) },
        .money("revenue_before") { Money(rounding: $0.revenueBefore) },
        .money("revenue_after") { Money(rounding: $0.revenueAfter) },
        .money("consumer_gain") { Money(rounding: $0.consumerGain) },
        .money("consumer_gain_of_quarter") { Money(rounding: $0.consumerGainOfQuarter) },
      ])
  }

  /// Elasticities that neither the history nor the plan gives.
  var notes: [Diagnostic] {
    let assumed = Set(rows.map(\.product)).filter { inputs.response.elasticity(panel.products[$0]).source == .assumed }
    guard !assumed.isEmpty, let place = settings.factors.place else { return [] }
    return [
      plan.diagnostic(
        ForecastCodes.assumedElasticity, .warning,
        "the history gives no elasticity of \(assumed.count) products: \(PriceResponse.assumed.written) is assumed",
        at: place, hint: "state `price.elasticity`, or let the stage `drivers` run")
    ]
  }
}
