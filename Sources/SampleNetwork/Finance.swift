import ChannelTypes
import Glibc
import Probability
import Tables

/// Three years of partners' accounts. Every balance adds up to the cent: assets = what they consist of, equity = assets
/// − liabilities, so that margin · turnover · leverage is the return on equity.
enum Finance {
  struct Account {
    var partner: Int
    var year: Int
    var revenue: Money
    var profit: Money
    var assets: Money
    var liabilities: Money
    var currentAssets: Money
    var currentLiabilities: Money
    var operatingCash: Money
    var receivables: Money
    var payables: Money
    var stock: Money
    var score: Double
  }

  static func table(
    _ specification: NetworkSpecification, _ partners: [Partner], _ histories: [PartnerHistory], lateness: [Double]
  ) -> Table {
    let lastYear = specification.lastMonth.firstDay?.year ?? 2025
    let accounts = partners.indices.flatMap { index -> [Account] in
      var stream = specification.stream("finance", index)
      return years(index, histories[index], lateness[index], lastYear, &stream)
    }
    return Table(
      name: "finance",
      columns: [
        .text("partner_id", accounts.map { partners[$0.partner].id }),
        Column(
          name: "year", values: .period(PeriodColumn(form: .year, accounts.map { Period.year($0.year) }))),
        .money("revenue", accounts.map(\.revenue)), .money("net_profit", accounts.map(\.profit)),
        .money("assets", accounts.map(\.assets)), .money("equity", accounts.map { $0.assets - $0.liabilities }),
        .money("liabilities", accounts.map(\.liabilities)), .money("current_assets", accounts.map(\.currentAssets)),
        .money("current_liabilities", accounts.map(\.currentLiabilities)),
        .money("op_cash", accounts.map(\.operatingCash)), .money("receivables", accounts.map(\.receivables)),
        .money("payables", accounts.map(\.payables)), .money("stock", accounts.map(\.stock)),
        .real("bureau_score", accounts.map(\.score)),
      ])
  }

  private static func years(
    _ partner: Int, _ history: PartnerHistory, _ lateness: Double, _ lastYear: Int, _ stream: inout RandomStream
  ) -> [Account] {
    // Our goods are a part of its business; slow payers are weaker firms.
    let ourShare = stream.uniform(0.15, 0.6)
    let weakness = lateness > 20 ? 1.0 : 0
    let level = max(2_000, history.monthlySales) * 12 / ourShare
    let margin = 0.045 - 0.04 * weakness + 0.02 * stream.normal()
    let debt = stream.uniform(0.35, 0.65) + 0.15 * weakness
    return (lastYear - 2...lastYear).map { year in
      let revenue = level * exp(0.05 * Double(year - lastYear) + 0.08 * stream.normal())
      func part(_ days: ClosedRange<Double>) -> Money {
        money(revenue * stream.uniform(days.lowerBound, days.upperBound) / 365, decimals: 0)
      }
      let receivables = part(20...70)
      let stock = part(20...65)
      let cash = part(5...30)
      let fixed = part(15...80)
      let current = receivables + stock + cash
      let assets = current + fixed
      let liabilities = money(assets.double * (debt + 0.03 * stream.normal()).clamped(0.15...0.92), decimals: 0)
      let currentLiabilities = money(liabilities.double * stream.uniform(0.6, 0.9), decimals: 0)
      let payables = money(currentLiabilities.double * stream.uniform(0.4, 0.8), decimals: 0)
      let profit = money(revenue * (margin + 0.012 * stream.normal()), decimals: 0)
      let operating = money(profit.double + revenue * 0.02 * stream.normal(), decimals: 0)
      let score = 690 + 900 * margin - 160 * (debt - 0.5) - 1.1 * lateness + 18 * stream.normal()
      return Account(
        partner: partner, year: year, revenue: money(revenue, decimals: 0), profit: profit, assets: assets,
        liabilities: liabilities, currentAssets: current, currentLiabilities: currentLiabilities,
        operatingCash: operating, receivables: receivables, payables: payables, stock: stock,
        score: score.clamped(300...850).rounded())
    }
  }
}
