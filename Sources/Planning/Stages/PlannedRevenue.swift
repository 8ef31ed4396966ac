import ChannelTypes
import Demand
import Tables

/// What planned demand brings: units of the plan times the value of a unit in the last year, at the prices of the plan;
/// and the margin that the products leave of it, at its costs.
///
///     revenue = Σ units · v · f          v: value of a unit, f: price factor
///     margin  = Σ units · v · (f − (1 − m) · g)     m: the product's margin, g: cost factor
///
///     partner's margin = Σ units · (w − v) · f      w: value of a unit sold on
///
/// Sell-in is valued where it is reported, because it is what partners pay; a forecast of sell-out stands for it.
struct PlannedRevenue: Sendable {
  struct Sum: Sendable {
    var unitsOfQuarter = 0.0
    var unitsOfYear = 0.0
    var revenueOfQuarter = 0.0
    var revenueOfYear = 0.0
    var marginOfQuarter = 0.0
    var marginOfYear = 0.0
    /// What partners sell for above what they pay.
    var partnerMarginOfQuarter = 0.0
    var partnerMarginOfYear = 0.0
  }

  /// A year of all partners in one draw of demand.
  struct Draw: Sendable {
    var units = 0.0
    var revenue = 0.0
    var margin = 0.0
  }

  /// By partner of the panel.
  private(set) var partners: [Sum]
  private(set) var draws: [Draw]
  /// The first periods of the plan that make a quarter and a year, or as many as are planned.
  let steps: (quarter: Int, year: Int)
  let hasMargins: Bool
  /// Whether both sell-in and sell-out are valued.
  let hasPartnerMargins: Bool
  private let panel: DemandPanel

  /// Nil where the sales table has no values. Complexity: O(rows of sales + series · periods · draws).
  init?(_ context: StageContext, _ planned: ForecastResult, _ inputs: PlannedInputs) {
    let panel = planned.panel
    guard let sales = context.table(.sales) else { return nil }
    let isSellOut = sales.numbers("sell_in_value") == nil
    func unitValues(_ isSellOut: Bool) -> [Double] {
      UnitValues.bySeries(
        sales, panel, isSellOut: isSellOut, measure: context.plan.forecast.measure, before: planned.firstPeriod.ordinal)
    }
    let values = unitValues(isSellOut)
    hasPartnerMargins = !isSellOut && !inputs.isValue && sales.numbers("sell_out_value") != nil
    let resold = hasPartnerMargins ? unitValues(true) : values
    guard values.contains(where: { $0 > 0 }) else { return nil }
    self.panel = panel
    let perYear = planned.frequency.periodsPerYear
    steps = (min(planned.horizon, (perYear + 3) / 4), min(planned.horizon, perYear))
    let margins = Self.margins(context.table(.products), panel)
    hasMargins = margins != nil
    partners = [Sum](repeating: Sum(), count: panel.partners.count)
    draws = [Draw](repeating: Draw(), count: planned.paths.drawCount)
    for (index, key) in panel.series.enumerated() {
      var sum = partners[key.partner]
      let margin = margins?[key.product] ?? 0
      for step in 0..<steps.year {
        let units = planned.mean(series: index, step: step)
        // Where money is forecast, the price is in it.
        let price = inputs.isValue ? 1 : planned.priceFactor(series: index, step: step)
        let cost = inputs.costs[key, step] / (inputs.isValue ? inputs.prices[key, step] : 1)
        let (revenue, earned) = (
          units * values[index] * price, units * values[index] * (price - (1 - margin) * cost)
        )
        add(
          planned.paths, series: index, step: step, revenue: values[index] * price,
          margin: values[index] * (price - (1 - margin) * cost))
        let resale = units * max(0, resold[index] - values[index]) * price
        if step < steps.quarter {
          sum.unitsOfQuarter += units
          sum.revenueOfQuarter += revenue
          sum.marginOfQuarter += earned
          sum.partnerMarginOfQuarter += resale
        }
        sum.unitsOfYear += units
        sum.revenueOfYear += revenue
        sum.marginOfYear += earned
        sum.partnerMarginOfYear += resale
      }
      partners[key.partner] = sum
    }
  }

  private mutating func add(_ paths: SamplePaths, series: Int, step: Int, revenue: Double, margin: Double) {
    let start = (series * paths.horizon + step) * paths.drawCount
    paths.values.withUnsafeBufferPointer { values in
      draws.withUnsafeMutableBufferPointer { draws in
        for draw in draws.indices {
          let units = Double(values[start + draw])
          draws[draw].units += units
          draws[draw].revenue += units * revenue
          draws[draw].margin += units * margin
        }
      }
    }
  }

  /// Margins of the panel's products, the mean of the known ones where one is missing; nil without any.
  private static func margins(_ products: Table?, _ panel: DemandPanel) -> [Double]? {
    guard let products, let ids = products.text("product_id"), let margins = products.numbers("margin") else {
      return nil
    }
    let known = margins.filter(\.isFinite)
    guard !known.isEmpty else { return nil }
    let mean = known.reduce(0, +) / Double(known.count)
    let lookup = RowLookup(ids)
    return panel.products.map { product in
      lookup[product].flatMap { margins[$0].isFinite ? margins[$0] : nil } ?? mean
    }
  }

  func total(_ figure: (Sum) -> Double) -> Double { partners.reduce(0) { $0 + figure($1) } }

  /// Partners in the order of the panel: units, and money in the plan's currency, of the first quarter and year planned.
  var table: Table {
    let (panel, partners) = (panel, partners)
    let (hasMargins, isResold) = (hasMargins, hasPartnerMargins)
    var regions = [String?](repeating: nil, count: panel.partners.count)
    for key in panel.series where regions[key.partner] == nil { regions[key.partner] = panel.regions[key.region] }
    func money(_ name: String, _ figure: @escaping (Sum) -> Double) -> ColumnDefinition<Int> {
      .money(name) { Money(rounding: figure(partners[$0])) }
    }
    return Table(
      name: "planned_revenue", rows: panel.partners.indices,
      columns: [
        .text("region") { regions[$0] }, .text("partner_id") { panel.partners[$0] },
        .real("units_of_quarter") { tabled(partners[$0].unitsOfQuarter) },
        .real("units_of_year") { tabled(partners[$0].unitsOfYear) },
        money("revenue_of_quarter") { $0.revenueOfQuarter }, money("revenue_of_year") { $0.revenueOfYear },
        money("margin_of_quarter") { hasMargins ? $0.marginOfQuarter : .nan },
        money("margin_of_year") { hasMargins ? $0.marginOfYear : .nan },
        money("partner_margin_of_quarter") { isResold ? $0.partnerMarginOfQuarter : .nan },
        money("partner_margin_of_year") { isResold ? $0.partnerMarginOfYear : .nan },
      ])
  }
}
