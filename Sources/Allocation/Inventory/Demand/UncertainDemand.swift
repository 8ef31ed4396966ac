import Glibc
import Probability

/// How many units may be asked for in one stretch of time: a selling season, or a lead time.
///
/// Units are those of the stock. Demand below zero (the lower tail of a normal distribution) is kept as the textbooks
/// keep it; levels of stock never go below zero.
public enum UncertainDemand: Sendable, Hashable {
  case normal(mean: Double, standardDeviation: Double)
  /// The logarithm is normal with this mean and standard deviation.
  case logNormal(logMean: Double, logDeviation: Double)
  case gamma(shape: Double, scale: Double)
  case exponential(mean: Double)
  case uniform(from: Double, to: Double)
  case poisson(mean: Double)
  /// Finitely many amounts: a table of probabilities, or equally likely draws.
  case discrete(DiscreteDemand)
  /// Quantiles of a forecast.
  case quantiles(QuantileDemand)

  /// What is out of range; nil where nothing is.
  public var defect: String? {
    func check(_ name: String, _ value: Double, above limit: Double, orEqual: Bool = false) -> String? {
      if value.isFinite, value > limit || (orEqual && value == limit) { return nil }
      return "\(name) \(value) is not a number \(orEqual ? "of \(limit) or more" : "above \(limit)")"
    }
    switch self {
    case .normal(let mean, let deviation):
      return mean.isFinite ? check("standard deviation", deviation, above: 0, orEqual: true) : "mean is not a number"
    case .logNormal(let logMean, let deviation):
      // Moments must be numbers too.
      guard abs(logMean) <= 300 else { return "the mean of the logarithm, \(logMean), is not between -300 and 300" }
      return deviation <= 20
        ? check("the deviation of the logarithm", deviation, above: 0) : "the deviation is above 20"
    case .gamma(let shape, let scale): return check("shape", shape, above: 0) ?? check("scale", scale, above: 0)
    case .exponential(let mean): return check("mean", mean, above: 0)
    case .uniform(let from, let to):
      guard from.isFinite, to.isFinite, from <= to else { return "the range from \(from) to \(to) is empty" }
      return nil
    case .poisson(let mean):
      guard mean <= 1e7 else { return "the Poisson mean \(mean) is above 1e7; use the normal distribution" }
      return check("mean", mean, above: 0, orEqual: true)
    case .discrete, .quantiles: return nil
    }
  }

  public var mean: Double {
    switch self {
    case .normal(let mean, _), .exponential(let mean), .poisson(let mean): mean
    case .logNormal(let logMean, let deviation): exp(logMean + deviation * deviation / 2)
    case .gamma(let shape, let scale): shape * scale
    case .uniform(let from, let to): from + (to - from) / 2
    case .discrete(let discrete): discrete.mean
    case .quantiles(let quantiles): quantiles.mean
    }
  }

  public var variance: Double {
    switch self {
    case .normal(_, let deviation): return deviation * deviation
    case .logNormal(_, let deviation):
      let mean = mean
      return mean * mean * expm1(deviation * deviation)
    case .gamma(let shape, let scale): return shape * scale * scale
    case .exponential(let mean): return mean * mean
    case .uniform(let from, let to): return (to - from) * (to - from) / 12
    case .poisson(let mean): return mean
    case .discrete(let discrete): return discrete.variance
    case .quantiles(let quantiles): return quantiles.variance
    }
  }

  /// Whether every amount between the smallest and the largest can occur, so that levels move evenly with a price.
  var isSmooth: Bool {
    switch self {
    case .normal(_, let deviation): deviation > 0
    case .logNormal, .gamma, .exponential: true
    case .quantiles(let quantiles): quantiles.isSmooth
    case .uniform(let from, let to): to > from
    case .poisson, .discrete: false
    }
  }

  /// P(D ≤ stock): the chance that the stock suffices.
  public func cumulative(_ stock: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation):
      guard deviation > 0 else { return stock >= mean ? 1 : 0 }
      return Normal(mean: mean, standardDeviation: deviation).cumulative(stock)
    case .logNormal(let logMean, let deviation):
      return stock > 0 ? Normal(mean: logMean, standardDeviation: deviation).cumulative(log(stock)) : 0
    case .gamma(let shape, let scale): return Gamma(shape: shape, scale: scale).cumulative(stock)
    case .exponential(let mean): return stock > 0 ? -expm1(-stock / mean) : 0
    case .uniform(let from, let to): return stock >= to ? 1 : stock <= from ? 0 : (stock - from) / (to - from)
    case .poisson(let mean):
      return stock < 0 ? 0 : Poisson(mean: mean).cumulative(Int(min(stock, 1e15).rounded(.down)))
    case .discrete(let discrete): return discrete.cumulative(stock)
    case .quantiles(let quantiles): return quantiles.cumulative(stock)
    }
  }

  /// The smallest stock that suffices with this probability; infinite where none does.
  public func quantile(_ probability: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation):
      return deviation > 0 ? mean + deviation * Normal.standardQuantile(probability) : mean
    case .logNormal(let logMean, let deviation): return exp(logMean + deviation * Normal.standardQuantile(probability))
    case .gamma(let shape, let scale): return Gamma(shape: shape, scale: scale).quantile(probability)
    case .exponential(let mean): return -mean * log1p(-probability)
    case .uniform(let from, let to): return from + (to - from) * probability
    case .poisson(let mean): return Poisson(mean: mean).quantile(probability - 1e-13).map(Double.init) ?? .infinity
    case .discrete(let discrete): return discrete.quantile(probability)
    case .quantiles(let quantiles): return quantiles.quantile(probability)
    }
  }

  /// The density at `stock`; 0 where demand comes in steps.
  func density(_ stock: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation):
      return deviation > 0 ? Normal(mean: mean, standardDeviation: deviation).density(stock) : 0
    case .logNormal(let logMean, let deviation):
      guard stock > 0 else { return 0 }
      return Normal(mean: logMean, standardDeviation: deviation).density(log(stock)) / stock
    case .gamma(let shape, let scale): return Gamma(shape: shape, scale: scale).density(stock)
    case .exponential(let mean): return stock >= 0 ? exp(-stock / mean) / mean : 0
    case .uniform(let from, let to): return to > from && stock >= from && stock <= to ? 1 / (to - from) : 0
    case .poisson, .discrete: return 0
    case .quantiles(let quantiles): return quantiles.density(stock)
    }
  }

  /// E (D − stock)⁺: the units that are expected to be missing.
  public func expectedShortage(_ stock: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation):
      return deviation > 0 ? deviation * StandardLoss.first((stock - mean) / deviation) : max(0, mean - stock)
    case .logNormal(let logMean, let deviation):
      guard stock > 0 else { return mean - stock }
      let z = (logMean - log(stock)) / deviation
      return max(0, mean * Normal.standard.cumulative(z + deviation) - stock * Normal.standard.cumulative(z))
    case .gamma(let shape, let scale):
      guard stock > 0 else { return shape * scale - stock }
      let above = upperIncompleteGamma(shape + 1, stock / scale)
      return max(0, shape * scale * above - stock * upperIncompleteGamma(shape, stock / scale))
    case .exponential(let mean): return stock > 0 ? mean * exp(-stock / mean) : mean - stock
    case .uniform(let from, let to):
      guard stock > from else { return mean - stock }
      return stock < to ? (to - stock) * (to - stock) / (2 * (to - from)) : 0
    case .poisson(let mean):
      guard stock > 0 else { return mean - stock }
      // Linear between whole numbers.
      let whole = min(stock, 1e15).rounded(.down)
      let tail = Poisson(mean: mean).upperTail(Int(whole))
      let missing = max(0, mean * Poisson(mean: mean).mass(Int(whole)) + (mean - whole) * tail)
      return max(0, missing - (stock - whole) * tail)
    case .discrete(let discrete): return discrete.expectedShortage(stock)
    case .quantiles(let quantiles): return quantiles.expectedShortage(stock)
    }
  }

  /// The expected cost of a stock: `holding` for each unit left over, `stockout` for each unit missing.
  public func cost(of stock: Double, holding: Double, stockout: Double) -> Double {
    holding * (stock - mean) + (holding + stockout) * expectedShortage(stock)
  }

  /// The demand of `periods` such stretches together, independent of one another; nil where its form is not known.
  public func over(periods: Double) -> UncertainDemand? {
    guard periods >= 0, periods.isFinite else { return nil }
    switch self {
    case _ where periods == 1: return self
    case .normal(let mean, let deviation):
      return .normal(mean: mean * periods, standardDeviation: deviation * periods.squareRoot())
    case .poisson(let mean): return .poisson(mean: mean * periods)
    case .gamma(let shape, let scale):
      return periods > 0 ? .gamma(shape: shape * periods, scale: scale) : .normal(mean: 0, standardDeviation: 0)
    case .exponential(let mean): return UncertainDemand.gamma(shape: 1, scale: mean).over(periods: periods)
    case .discrete(let discrete):
      guard periods == periods.rounded() else { return nil }
      return discrete.sum(of: Int(min(periods, 1e6))).map { .discrete($0) }
    case .logNormal, .uniform, .quantiles: return nil
    }
  }
}

/// Loss functions of the standard normal distribution.
///
/// Source: Snyder & Shen, *Fundamentals of Supply Chain Theory* (2nd ed., 2019), appendix C.3; Zipkin, *Foundations of
/// Inventory Management* (2000), appendix C.
enum StandardLoss {
  /// E (Z − z)⁺.
  static func first(_ z: Double) -> Double {
    // Above 26 the density is below every number that matters; at −∞ the difference below would be ∞ − ∞.
    guard z < 38 else { return 0 }
    guard z > -38 else { return -z }
    return max(0, Normal.standard.density(z) - z * Normal.standard.cumulative(-z))
  }

  /// ½ E [((Z − z)⁺)²].
  static func second(_ z: Double) -> Double {
    guard z < 38 else { return 0 }
    return max(0, 0.5 * ((z * z + 1) * Normal.standard.cumulative(-z) - z * Normal.standard.density(z)))
  }
}
