/// Size and interval of demands, smoothed side by side: what Croston's method and its relatives keep of a series.
///
/// Periods of unknown value are left out: intervals are counted in known periods. A series with a negative value is
/// not one of occasional demand: every period then counts as a demand, and the method becomes simple exponential
/// smoothing.
struct CrostonState: Sendable, Hashable, Codable {
  /// Weight of a new demand in size and interval.
  let sizeWeight: Double
  let intervalWeight: Double
  /// Whether negative values occur.
  let isSigned: Bool
  /// The smoothed size of a demand; NaN before the first.
  private(set) var size = Double.nan
  /// The smoothed number of periods from one demand to the next.
  private(set) var interval = Double.nan
  /// Known periods since the last demand, or since the start.
  private(set) var gap = 0.0

  init(sizeWeight: Double, intervalWeight: Double, isSigned: Bool) {
    self.sizeWeight = sizeWeight
    self.intervalWeight = intervalWeight
    self.isSigned = isSigned
  }

  /// Demand per period; zero before the first demand.
  var rate: Double { size.isNaN ? 0 : size / interval }

  /// Croston's steps for the next known value.
  mutating func observe(_ value: Double) {
    gap += 1
    guard isSigned || value > 0 else { return }
    // Both start from what the first demand shows.
    size = size.isNaN ? value : size + sizeWeight * (value - size)
    interval = interval.isNaN ? gap : interval + intervalWeight * (gap - interval)
    gap = 0
  }
}

/// The one-step errors of a model with a flat forecast, and what they say about its variance.
struct FlatErrors: Sendable, Hashable, Codable {
  private(set) var residuals: [Double] = []
  /// Whether a value has been seen: nothing is forecast before.
  private(set) var hasStarted = false

  mutating func append(_ value: Double, forecast: Double) {
    residuals.append(hasStarted ? value - forecast : .nan)
    if !value.isNaN { hasStarted = true }
  }

  var variance: Double {
    var (squares, count) = (0.0, 0.0)
    for residual in residuals where !residual.isNaN {
      squares += residual * residual
      count += 1
    }
    return count > 0 ? squares / count : 0
  }
}

/// A flat forecast whose level takes in the share `weight` of each error: variance σ²(1 + (h − 1) weight²), as for
/// simple exponential smoothing (Hyndman, Koehler, Ord & Snyder, 2008, table 6.1).
func flatForecast(_ mean: Double, variance: Double, weight: Double, horizon: Int) -> Forecast {
  Forecast(
    mean: [Double](repeating: mean, count: horizon),
    variance: (0..<horizon).map { variance * (1 + Double($0) * weight * weight) })
}

func flatErrorWeights(_ weight: Double, horizon: Int) -> [Double] {
  (0..<horizon).map { $0 == 0 ? 1 : weight }
}
