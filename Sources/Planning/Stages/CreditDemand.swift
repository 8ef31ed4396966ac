import ChannelTypes
import Demand
import Tables

/// How planned demand of each region compares with the same periods a year before: what the sales that a limit has to
/// carry are multiplied by.
///
///     ratio  = Σ planned value / Σ value a year before        over a year ahead, or as far as is planned
///     factor = 1 + elasticity · (ratio − 1), held within 0 … 3
///
/// Units are valued at what they sold for in the last year of sales, so that a cable does not count like a switch.
struct CreditDemand {
  private(set) var factors: [String: Percent] = [:]
  /// Planned against the year before, by region, before elasticity.
  private(set) var ratios: [String: Double] = [:]

  private static let most = 3.0

  /// Empty where no year of history lies before the plan. Complexity: O(series · periods + rows of sales).
  init(_ forecast: ForecastResult, sales: Table?, isUnits: Bool, elasticity: Double) {
    let panel = forecast.panel
    let season = panel.frequency.periodsPerYear
    let start = forecast.firstPeriod.ordinal - panel.firstPeriod.ordinal - season
    let steps = (0..<min(forecast.horizon, season)).filter { (0..<panel.periodCount).contains(start + $0) }
    guard !steps.isEmpty else { return }
    let prices = isUnits ? Self.prices(sales, panel) : []
    var sums = [(planned: Double, before: Double)](repeating: (0, 0), count: panel.regions.count)
    for (index, key) in panel.series.enumerated() where panel.isActive[key.partner] {
      let price = prices.isEmpty ? 1 : prices[key.product]
      for step in steps {
        let before = panel.demand[index * panel.periodCount + start + step]
        guard before.isFinite else { continue }
        sums[key.region].before += price * before
        sums[key.region].planned += price * forecast.valueMean(series: index, step: step)
      }
    }
    for (region, sum) in zip(panel.regions, sums) where sum.before > 0 && sum.planned.isFinite {
      let ratio = sum.planned / sum.before
      let factor = max(0, min(Self.most, 1 + elasticity * (ratio - 1)))
      ratios[region] = ratio
      factors[region] = Percent(tenThousandths: Int64((factor * 1_000_000).rounded()))
    }
  }

  func factor(_ region: String) -> Percent { factors[region] ?? Percent(100) }

  /// Value ÷ units of each product of the panel, over the sales table; the mean of all where one was not sold, all 1
  /// where values are not stated.
  private static func prices(_ sales: Table?, _ panel: DemandPanel) -> [Double] {
    guard let sales, let products = sales.text("product_id"),
      let (values, units) = [("sell_out_value", "sell_out_qty"), ("sell_in_value", "sell_in_qty")].lazy
        .compactMap({ names in
          sales.money(names.0).flatMap { values in sales.numbers(names.1).map { (values, $0) } }
        }).first
    else { return [] }
    var sums = [(value: Double, units: Double)](repeating: (0, 0), count: products.dictionary.count)
    for row in 0..<sales.rowCount where products.codes[row] >= 0 {
      guard values[row] != Unknown.money, units[row].isFinite else { continue }
      sums[Int(products.codes[row])].value += values[row].double
      sums[Int(products.codes[row])].units += units[row]
    }
    let all = sums.reduce(into: (0.0, 0.0)) { $0 = ($0.0 + $1.value, $0.1 + $1.units) }
    guard all.0 > 0, all.1 > 0 else { return [] }
    let codes = Dictionary(
      products.dictionary.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return panel.products.map { product in
      guard let code = codes[product], sums[code].value > 0, sums[code].units > 0 else { return all.0 / all.1 }
      return sums[code].value / sums[code].units
    }
  }
}
