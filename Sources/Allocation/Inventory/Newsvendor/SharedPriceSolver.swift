/// Finds the prices of up to two shared limits, and stocks that meet the limits.
struct SharedPriceSolver {
  struct Answer {
    var prices: SharedPrices
    var stocks: [Double]
    var cost: Double
    /// The dual value at `prices`.
    var bound: Double
    /// Stocks at `prices` on the side that stays within the limits.
    var within: [Double]
  }

  let formulation: NewsvendorFormulation
  private let limits: [Double]

  init(_ formulation: NewsvendorFormulation) {
    self.formulation = formulation
    limits = formulation.problem.limits.map(\.limit.amount)
  }

  typealias Inner = PriceBracket<SharedUsage>

  /// - Returns: nil where a limit cannot be met at any price.
  func solve() -> Answer? {
    switch limits.count {
    case 0:
      let (stocks, cost) = formulation.stocks(at: SharedPrices())
      return Answer(prices: SharedPrices(), stocks: stocks, cost: cost, bound: cost, within: stocks)
    case 1:
      let highest = formulation.highestPrice(of: formulation.first)
      let start = formulation.sampledPrice(limit: limits[0], highest: highest)
      guard let bracket = first(at: 0, from: start) else { return nil }
      let prices = SharedPrices(first: bracket.high.price)
      return answer(prices, bracket.share(of: limits[0]) > 0 ? mixture(bracket, second: 0) : nil)
    default:
      guard let outer = second(from: 0) else { return nil }
      let prices = SharedPrices(first: outer.high.point.high.price, second: outer.high.price)
      let share = outer.share(of: limits[1])
      var stocks = mixture(outer.high.point, second: outer.high.price)
      if share > 0, let low = outer.low {
        stocks = mix(stocks, mixture(low.point, second: low.price), share)
      }
      return answer(prices, stocks)
    }
  }

  /// The price of the first limit at a price of the second.
  func first(at second: Double, from start: Double, limit: Double? = nil) -> Inner? {
    let search = PriceSearch(
      limit: limit ?? limits[0], highest: formulation.highestPrice(of: formulation.first),
      leap: formulation.isSmooth ? 1e-6 : 0)
    return search.run(from: start) { price in
      let usage = formulation.usage(at: SharedPrices(first: price, second: second))
      return (usage.first, usage.fall11, usage)
    }
  }

  /// The price of the second limit, with the best price of the first at each.
  func second(from start: Double, limit: Double? = nil) -> PriceBracket<Inner>? {
    let search = PriceSearch(
      limit: limit ?? limits[1], highest: formulation.highestPrice(of: formulation.second), tolerance: 1e-12)
    var warm = 0.0
    var isPossible = true
    let bracket = search.run(from: start) { price -> (usage: Double, fall: Double, point: Inner) in
      guard let inner = first(at: price, from: warm) else {
        isPossible = false
        return (search.limit, 0, Inner(low: nil, high: (0, 0, SharedUsage())))
      }
      warm = inner.high.price
      let usage = inner.high.point
      let share = inner.share(of: limits[0])
      let second = usage.second + share * ((inner.low?.point.second ?? usage.second) - usage.second)
      // The first price gives way while the second rises.
      let isHeld = inner.high.price > 0 && usage.fall11 > 0
      return (second, isHeld ? usage.fall22 - usage.fall12 * usage.fall12 / usage.fall11 : usage.fall22, inner)
    }
    return isPossible ? bracket : nil
  }

  /// Stocks that use the first limit exactly.
  private func mixture(_ bracket: Inner, second: Double) -> [Double] {
    let share = bracket.share(of: limits[0])
    let high = formulation.stocks(at: SharedPrices(first: bracket.high.price, second: second)).stocks
    guard share > 0, let low = bracket.low else { return high }
    return mix(high, formulation.stocks(at: SharedPrices(first: low.price, second: second)).stocks, share)
  }

  private func mix(_ one: [Double], _ other: [Double], _ share: Double) -> [Double] {
    zip(one, other).map { $0 == $1 ? $0 : $0 + share * ($1 - $0) }
  }

  /// - Parameter stocks: nil for those at `prices`.
  private func answer(_ prices: SharedPrices, _ stocks: [Double]?) -> Answer {
    let (within, cost) = formulation.stocks(at: prices)
    var bound = cost
    let all = formulation.problem.limits.map(\.limit)
    for (limit, price) in zip(all, [prices.first, prices.second]) where price > 0 {
      bound += price * (limit.used(by: within) - limit.amount)
    }
    guard let stocks else {
      return Answer(prices: prices, stocks: within, cost: cost, bound: bound, within: within)
    }
    var total = cost
    for point in stocks.indices where stocks[point] != within[point] {
      total +=
        formulation.cost(of: stocks[point], at: point, isRelaxed: true)
        - formulation.cost(of: within[point], at: point, isRelaxed: true)
    }
    return Answer(prices: prices, stocks: stocks, cost: total, bound: bound, within: within)
  }
}
