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
