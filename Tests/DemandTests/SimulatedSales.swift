import ChannelTypes
import Glibc
import Probability
import Tables

/// A sales table of known truth: log demand has a price elasticity, a promotion effect, a yearly season and a level of
/// its own for each series; quantities are rounded, so that small series have zeros.
struct SimulatedSales {
  var partners = 12
  var products = 4
  var months = 36
  var elasticity = -2.0
  var promotion = 0.03
  var noise = 0.15
  var level = 60.0
  var seed: UInt64 = 5
  /// What a month (0 is the first January) adds to log demand.
  var season: (Int) -> Double = { 0.3 * sin(2 * Double.pi * Double($0) / 12) }
  /// Rows to drop: (partner, product, month).
  var isDropped: (Int, Int, Int) -> Bool = { _, _, _ in false }

  func table() -> Table {
    var stream = RandomStream(seed: seed, key: RandomStream.key("simulated"))
    var (partnerIDs, productIDs, regions): ([String], [String], [String]) = ([], [], [])
    var periods: [Period] = []
    var (quantities, prices, days): ([Double], [Double], [Double]) = ([], [], [])
    for partner in 0..<partners {
      for product in 0..<products {
        let own = log(level) + stream.normal(mean: 0, standardDeviation: 0.5)
        for month in 0..<months {
          let promoted = stream.uniform() < 0.3 ? 10.0 : 0
          let price = 100 * exp(stream.normal(mean: promoted > 0 ? -0.1 : 0, standardDeviation: 0.08))
          var logDemand = own + season(month) + elasticity * log(price / 100) + promotion * promoted
          logDemand += stream.normal(mean: 0, standardDeviation: noise)
          guard !isDropped(partner, product, month) else { continue }
          partnerIDs.append("P\(100 + partner)")
          productIDs.append("item-\(product)")
          regions.append(partner % 2 == 0 ? "east" : "west")
          periods.append(Period.month(2023, 1).advanced(by: month))
          quantities.append(exp(logDemand).rounded())
          prices.append(price)
          days.append(promoted)
        }
      }
    }
    return Table(
      name: "sales",
      columns: [
        Column(name: "period", values: .period(PeriodColumn(form: .month, periods))),
        Column(name: "partner_id", values: .text(TextColumn(partnerIDs))),
        Column(name: "product_id", values: .text(TextColumn(productIDs))),
        Column(name: "region", values: .text(TextColumn(regions))),
        Column(name: "sell_out_qty", values: .real(quantities)),
        Column(name: "net_price", values: .real(prices)),
        Column(name: "promo_days", values: .real(days)),
      ])
  }
}
