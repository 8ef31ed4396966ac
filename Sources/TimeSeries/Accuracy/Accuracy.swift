/// Measures of forecast accuracy. Pairs in which either value is NaN are left out; a measure without a pair is NaN.
///
/// Sources: Hyndman & Koehler, "Another look at measures of forecast accuracy" (IJF 22, 2006); Makridakis et al.,
/// "The M4 competition" (IJF 36, 2020) and "M5 accuracy competition" (IJF 38, 2022).
public enum Accuracy {
  /// The mean absolute change over one season in training: the unit of MASE. NaN where there is no pair.
  public static func seasonalScale(_ training: Span<Double>, season: Int) -> Double {
    mean(season..<max(season, training.count)) { abs(training[$0] - training[$0 - season]) }
  }

  /// The mean squared change over one season in training: the unit of RMSSE².
  public static func squaredSeasonalScale(_ training: Span<Double>, season: Int) -> Double {
    mean(season..<max(season, training.count)) {
      let change = training[$0] - training[$0 - season]
      return change * change
    }
  }

  /// Mean absolute error over `scale`; NaN where the scale is zero or unknown.
  public static func mase(_ actual: Span<Double>, _ forecast: Span<Double>, scale: Double) -> Double {
    guard scale > 0 else { return .nan }
    return mean(actual.indices) { abs(actual[$0] - forecast[$0]) } / scale
  }

  /// √(mean squared error / `squaredScale`); NaN where the scale is zero or unknown.
  public static func rmsse(_ actual: Span<Double>, _ forecast: Span<Double>, squaredScale: Double) -> Double {
    guard squaredScale > 0 else { return .nan }
    return
      (mean(actual.indices) {
        let error = actual[$0] - forecast[$0]
        return error * error
      } / squaredScale).squareRoot()
  }

  /// Mean of 200·|y − ŷ| / (|y| + |ŷ|), percent; a pair of zeros counts 0.
  public static func smape(_ actual: Span<Double>, _ forecast: Span<Double>) -> Double {
    mean(actual.indices) {
      let size = abs(actual[$0]) + abs(forecast[$0])
      return size == 0 ? 0 : 200 * abs(actual[$0] - forecast[$0]) / size
    }
  }

  /// Mean of forecast minus actual: positive where the forecast is too high.
  public static func bias(_ actual: Span<Double>, _ forecast: Span<Double>) -> Double {
    mean(actual.indices) { forecast[$0] - actual[$0] }
  }

  /// The mean pinball loss of a quantile forecast.
  public static func pinball(_ actual: Span<Double>, quantile: Span<Double>, probability: Double) -> Double {
    mean(actual.indices) {
      let error = actual[$0] - quantile[$0]
      return max(probability * error, (probability - 1) * error)
    }
  }

  /// The share of values in [lower, upper].
  public static func coverage(_ actual: Span<Double>, lower: Span<Double>, upper: Span<Double>) -> Double {
    mean(actual.indices) {
      let value = actual[$0]
      guard !value.isNaN, !lower[$0].isNaN, !upper[$0].isNaN else { return .nan }
      return value >= lower[$0] && value <= upper[$0] ? 1 : 0
    }
  }

  /// Σ|y − ŷ| / Σ|y|, the error as a share of what was to be forecast; NaN where nothing was.
  public static func wape(_ actual: Span<Double>, _ forecast: Span<Double>) -> Double {
    var (errors, sizes) = (0.0, 0.0)
    for index in actual.indices where !actual[index].isNaN && !forecast[index].isNaN {
      errors += abs(actual[index] - forecast[index])
      sizes += abs(actual[index])
    }
    return sizes > 0 ? errors / sizes : .nan
  }

  /// Mean interval score over `scale`: width, plus 2/α for each unit by which a value lies outside, α the share that
  /// may lie outside (.05 at a level of 95 percent).
  ///
  /// Source: Gneiting & Raftery, "Strictly proper scoring rules" (JASA 102, 2007), section 6.2; scaled as in the M4
  /// competition.
  public static func msis(
    _ actual: Span<Double>, lower: Span<Double>, upper: Span<Double>, level: Double, scale: Double
  ) -> Double {
    guard scale > 0 else { return .nan }
    let penalty = 2 / (1 - level / 100)
    return mean(actual.indices) {
      let (value, low, high) = (actual[$0], lower[$0], upper[$0])
      return high - low + penalty * (max(0, low - value) + max(0, value - high)) + (value.isNaN ? .nan : 0)
    } / scale
  }

  /// The continuous ranked probability score of a forecast given by quantiles: 2 ∫ pinball(p) dp, each quantile
  /// standing for the probabilities nearest to it. With few quantiles an approximation from which only forecasts with
  /// the same probabilities may be compared.
  ///
  /// Source: Laio & Tamea, "Verification tools for probabilistic forecasts" (HESS 11, 2007), equation 8.
  /// - Parameters:
  ///   - quantiles: step × probability, contiguous.
  ///   - probabilities: ascending, each between 0 and 1.
  public static func crps(_ actual: Span<Double>, quantiles: Span<Double>, probabilities: [Double]) -> Double {
    let count = probabilities.count
    precondition(quantiles.count == actual.count * count, "one quantile for each step and probability")
    guard count > 0 else { return .nan }
    let weights = probabilities.indices.map { index in
      let low = index == 0 ? 0 : (probabilities[index - 1] + probabilities[index]) / 2
      let high = index == count - 1 ? 1 : (probabilities[index] + probabilities[index + 1]) / 2
      return high - low
    }
    return mean(actual.indices) { step in
      var sum = 0.0
      for index in 0..<count {
        let error = actual[step] - quantiles[step * count + index]
        sum += weights[index] * (error >= 0 ? probabilities[index] * error : (probabilities[index] - 1) * error)
      }
      return 2 * sum
    }
  }

  /// The share of forecasts below zero: for quantities that cannot be, it ought to be zero.
  public static func negativeShare(_ forecast: Span<Double>) -> Double {
    mean(forecast.indices) { forecast[$0].isNaN ? .nan : forecast[$0] < 0 ? 1 : 0 }
  }

  /// How far forecasts of totals are from the sums of their parts: the mean absolute gap over the mean size of the
  /// totals. Zero for a coherent set.
  /// - Parameters:
  ///   - forecasts: series × horizon, contiguous.
  ///   - sums: each a total and the series that add up to it.
  public static func coherenceError(
    _ forecasts: [Double], horizon: Int, sums: [(total: Int, parts: [Int])]
  ) -> Double {
    var (gaps, sizes) = (0.0, 0.0)
    for sum in sums {
      for step in 0..<horizon {
        let total = forecasts[sum.total * horizon + step]
        let parts = sum.parts.reduce(0) { $0 + forecasts[$1 * horizon + step] }
        guard total.isFinite, parts.isFinite else { continue }
        gaps += abs(total - parts)
        sizes += abs(total)
      }
    }
    return sizes > 0 ? gaps / sizes : gaps > 0 ? .infinity : 0
  }

  /// WRMSSE: the weighted mean of RMSSE at each level, and the plain mean of the levels.
  ///
  /// Source: Makridakis, Spiliotis & Assimakopoulos, "The M5 competition: background, organization, and
  /// implementation" (IJF 38, 2022), section 4.
  /// - Parameters:
  ///   - rmsse: of each series; one without a known value or weight is left out.
  ///   - weights: the sales of the last season of training, by ``lastSeasonWeight(_:season:)`` or in money.
  ///   - levels: the level of each series in its hierarchy, from 0 on; nil for one level.
  public static func wrmsse(_ rmsse: [Double], weights: [Double], levels: [Int]? = nil) -> Double {
    let levelCount = (levels?.max() ?? 0) + 1
    var sums = [Double](repeating: 0, count: levelCount)
    var totals = sums
    for index in rmsse.indices where !rmsse[index].isNaN && weights[index] > 0 {
      sums[levels?[index] ?? 0] += weights[index] * rmsse[index]
      totals[levels?[index] ?? 0] += weights[index]
    }
    let known = totals.indices.filter { totals[$0] > 0 }
    guard !known.isEmpty else { return .nan }
    return known.reduce(0) { $0 + sums[$1] / totals[$1] } / Double(known.count)
  }

  /// The sum of the known values of the last season; zero where it is negative.
  public static func lastSeasonWeight(_ training: Span<Double>, season: Int) -> Double {
    var sum = 0.0
    for index in max(0, training.count - season)..<training.count where !training[index].isNaN {
      sum += training[index]
    }
    return max(0, sum)
  }

  /// The mean of sMAPE and MASE, each over that of the benchmark Naive2.
  ///
  /// Source: Makridakis, Spiliotis & Assimakopoulos, "The M4 competition" (IJF 36, 2020), section 3.
  public static func owa(smape: Double, mase: Double, naiveSMAPE: Double, naiveMASE: Double) -> Double {
    guard naiveSMAPE > 0, naiveMASE > 0 else { return .nan }
    return (smape / naiveSMAPE + mase / naiveMASE) / 2
  }

  private static func mean(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
    var sum = 0.0
    var count = 0
    for index in range {
      let value = term(index)
      if !value.isNaN {
        sum += value
        count += 1
      }
    }
    return count > 0 ? sum / Double(count) : .nan
  }
}
