import Glibc
import Probability

/// The stocks of a newsvendor problem as its prices see them:
///
///     minimise   Σ h_i E(S_i − D_i)⁺ + p_i E(D_i − S_i)⁺
///     subject to Σ c_i S_i ≤ B,  Σ v_i S_i ≤ V,  l_i ≤ S_i ≤ u_i            [units; money, space]
///
/// With prices λ, μ ≥ 0 of budget and space the points part:
///
///     S_i(λ, μ) = F_i⁻¹((p_i − λ c_i − μ v_i) / (p_i + h_i)), within l_i and u_i,
///     bound(λ, μ) = Σ cost_i(S_i) + λ (Σ c_i S_i − B) + μ (Σ v_i S_i − V)    (weak duality: at most the best cost)
///
/// Where stocks come in packs of q, the cost is taken as linear between multiples of q, and S_i is a multiple.
///
/// Source: Hadley & Whitin, *Analysis of Inventory Systems* (1963), § 6-8; Snyder & Shen, *Fundamentals of Supply Chain
/// Theory* (2019), § 4.3.
struct NewsvendorFormulation {
  let problem: NewsvendorProblem
  let first: [Double]
  let second: [Double]
  /// Whether stocks move evenly with prices.
  let isSmooth: Bool
  /// The demands, those in steps as tables where these are not too long.
  private let demands: NewsvendorProblem.Demands
  /// For normal demand, one limit and no bounds: r = a − λ b, usage = max(0, m + d z(r)).
  private let plain: PlainColumns?

  init(_ problem: NewsvendorProblem) {
    self.problem = problem
    let limits = problem.limits
    let none = [Double](repeating: 0, count: limits.count < 2 ? problem.count : 0)
    first = limits.first?.limit.perUnit ?? none
    second = limits.count > 1 ? limits[1].limit.perUnit : none
    let isFree = problem.minimum.isEmpty && problem.maximum.isEmpty && problem.pack.allSatisfy { $0 == 0 }
    demands = problem.demands.tabulated()
    switch problem.demands {
    case .normal(let means, let deviations) where isFree && limits.count < 2:
      plain = PlainColumns(problem, first, means, deviations)
      isSmooth = deviations.allSatisfy { $0 > 0 }
    case .normal(_, let deviations):
      plain = nil
      isSmooth = problem.pack.allSatisfy { $0 == 0 } && deviations.allSatisfy { $0 > 0 }
    case .each(let demands):
      plain = nil
      isSmooth = problem.pack.allSatisfy { $0 == 0 } && demands.allSatisfy { $0.isSmooth }
    }
  }

  /// No unit is worth more than this of the first or the second limit: at such a price every stock is at its least.
  func highestPrice(of weights: [Double]) -> Double {
    var highest = 0.0
    for point in weights.indices where weights[point] > 0 {
      highest = max(highest, problem.stockout[point] / weights[point])
    }
    return min(highest * (1 + 1e-9), 1e300)
  }

  /// What all stocks together use at these prices.
  func usage(at prices: SharedPrices) -> SharedUsage {
    if let plain { return plain.usage(at: prices.first, each: 1) }
    var usage = SharedUsage()
    for point in 0..<problem.count {
      let (stock, response) = stock(of: point, at: prices)
      let (one, two) = (first[point], second[point])
      usage.first += one * stock
      usage.second += two * stock
      usage.fall11 += one * one * response
      usage.fall12 += one * two * response
      usage.fall22 += two * two * response
    }
    return usage
  }

  /// A first price from a sample of the points.
  func sampledPrice(limit: Double, highest: Double) -> Double {
    guard let plain, problem.count > 65_536 else { return 0 }
    let step = problem.count / 8192
    let search = PriceSearch(limit: limit, highest: highest, tolerance: 1e-4)
    return search.run(from: 0) { price in
      let usage = plain.usage(at: price, each: step)
      return (usage.first, usage.fall11, ())
    }?.high.price ?? 0
  }

  /// The stock of a point at these prices, and by how much it falls per unit of a price on the stock itself.
  func stock(of point: Int, at prices: SharedPrices) -> (stock: Double, response: Double) {
    let charge = prices.first * first[point] + prices.second * second[point]
    let (holding, stockout) = (problem.holding[point], problem.stockout[point])
    let ratio = min((stockout - charge) / (holding + stockout), 1 - 0x1p-53)
    let (least, most) = problem.bounds(point)
    let demand = demands[point]
    let wish = ratio > 0 ? demand.quantile(ratio) : -.infinity
    if !problem.pack.isEmpty, problem.pack[point] > 0 {
      let pack = problem.pack[point]
      let below = min(max((min(wish, 1e300) / pack).rounded(.down) * pack, least), most)
      guard below + pack <= most else { return (below, 0) }
      let more =
        demand.cost(of: below + pack, holding: holding, stockout: stockout)
        - demand.cost(of: below, holding: holding, stockout: stockout) + charge * pack
      return (more < 0 ? below + pack : below, 0)
    }
    guard wish > least else { return (least, 0) }
    guard wish < most else { return (most, 0) }
    let density = demand.density(wish)
    return (wish, density > 0 ? 1 / (density * (holding + stockout)) : 0)
  }

  /// The expected cost of a stock at a point; linear between packs if `isRelaxed`.
  func cost(of stock: Double, at point: Int, isRelaxed: Bool = false) -> Double {
    let demand = demands[point]
    func exact(_ stock: Double) -> Double {
      demand.cost(of: stock, holding: problem.holding[point], stockout: problem.stockout[point])
    }
    guard isRelaxed, !problem.pack.isEmpty, problem.pack[point] > 0 else { return exact(stock) }
    let pack = problem.pack[point]
    let below = (stock / pack + 1e-12).rounded(.down) * pack
    guard stock > below else { return exact(stock) }
    return exact(below) + (stock - below) / pack * (exact(below + pack) - exact(below))
  }

  /// Stocks at these prices with their cost.
  func stocks(at prices: SharedPrices) -> (stocks: [Double], cost: Double) {
    if let plain { return plain.stocks(at: prices.first) }
    var cost = 0.0
    let stocks = (0..<problem.count).map { point in
      let stock = stock(of: point, at: prices).stock
      cost += self.cost(of: stock, at: point)
      return stock
    }
    return (stocks, cost)
  }
}

extension NewsvendorProblem.Demands {
  /// Poisson demand as a table, without tails below 1e-17, as long as all tables together have at most four million
  /// entries.
  fileprivate func tabulated() -> Self {
    guard case .each(let demands) = self else { return self }
    var room = 4_000_000
    return .each(
      demands.map { demand in
        guard case .poisson(let mean) = demand, mean > 0 else { return demand }
        let reach = 9 * mean.squareRoot() + 40
        let (from, to) = (Int(max(0, mean - reach)), Int(mean + reach))
        room -= to - from + 1
        guard room >= 0 else { return demand }
        let poisson = Poisson(mean: mean)
        let table = DiscreteDemand(
          values: (from...to).map(Double.init), probabilities: (from...to).map { poisson.mass($0) })
        return table.map { .discrete($0) } ?? demand
      })
  }
}

/// Columns for the hot loop over normal demand. With x = λ: r = a − x b is the chance to meet demand, and a point takes
/// max(0, m + d Φ⁻¹(r)) of the limit.
private struct PlainColumns {
  let a: [Double]
  let b: [Double]
  let m: [Double]
  let d: [Double]
  let means: [Double]
  let deviations: [Double]
  let holding: [Double]
  let stockout: [Double]

  init(_ problem: NewsvendorProblem, _ weights: [Double], _ means: [Double], _ deviations: [Double]) {
    let count = means.count
    let (holding, stockout) = (problem.holding, problem.stockout)
    a = [Double](unsafeUninitializedCapacity: count) { buffer, size in
      for i in 0..<count { buffer[i] = stockout[i] / (holding[i] + stockout[i]) }
      size = count
    }
    b = [Double](unsafeUninitializedCapacity: count) { buffer, size in
      for i in 0..<count { buffer[i] = weights[i] / (holding[i] + stockout[i]) }
      size = count
    }
    m = [Double](unsafeUninitializedCapacity: count) { buffer, size in
      for i in 0..<count { buffer[i] = weights[i] * means[i] }
      size = count
    }
    d = [Double](unsafeUninitializedCapacity: count) { buffer, size in
      for i in 0..<count { buffer[i] = weights[i] * deviations[i] }
      size = count
    }
    (self.means, self.deviations) = (means, deviations)
    (self.holding, self.stockout) = (holding, stockout)
  }

  /// Usage at a price, from every `step`-th point and scaled up.
  func usage(at price: Double, each step: Int) -> SharedUsage {
    var (sum, fall) = (0.0, 0.0)
    var taken = 0
    let (a, b, m, d) = (a.span, b.span, m.span, d.span)
    var i = 0
    while i < a.count {
      let r = min(a[i] - price * b[i], 1 - 0x1p-53)
      if r > 0 {
        let z = Normal.standardQuantile(r)
        let amount = m[i] + d[i] * z
        if amount > 0 {
          sum += amount
          // dz/dr = 1/φ(z) = √2π e^(z²/2).
          fall += d[i] * b[i] * exp(0.5 * z * z)
        }
      }
      taken += 1
      i += step
    }
    let scale = Double(a.count) / Double(max(1, taken))
    return SharedUsage(first: sum * scale, fall11: fall * scale * (2 * Double.pi).squareRoot())
  }

  func stocks(at price: Double) -> (stocks: [Double], cost: Double) {
    var cost = 0.0
    let stocks = [Double](unsafeUninitializedCapacity: means.count) { buffer, size in
      let (a, b, means, deviations) = (a.span, b.span, means.span, deviations.span)
      let (holding, stockout) = (holding.span, stockout.span)
      for i in 0..<a.count {
        let r = min(a[i] - price * b[i], 1 - 0x1p-53)
        var (stock, loss) = (0.0, 0.0)
        if r > 0 {
          let z = Normal.standardQuantile(r)
          stock = means[i] + deviations[i] * z
          // E(D − S)⁺ = σ (φ(z) − z (1 − Φ(z))), and Φ(z) = r.
          loss = deviations[i] * (0.3989422804014327 * exp(-0.5 * z * z) - z * (1 - r))
        }
        if stock <= 0 {
          stock = 0
          loss = UncertainDemand.normal(mean: means[i], standardDeviation: deviations[i]).expectedShortage(0)
        }
        buffer[i] = stock
        cost += holding[i] * (stock - means[i]) + (holding[i] + stockout[i]) * loss
      }
      size = a.count
    }
    return (stocks, cost)
  }
}
