/// The value of the same season a year ago: the yardstick of every other model.
///
/// ŷ(n+h) = y(n+h−m·k) with the smallest k that reaches a known value; the last known value where the season is 1 or
/// no value of that season is known. Variance σ²·(⌊(h−1)/m⌋ + 1): Hyndman & Athanasopoulos, *Forecasting: Principles
/// and Practice* (3rd ed., 2021), section 5.5.
public struct SeasonalNaive: LocalModel {
  public static let name = "seasonal_naive"

  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedSeasonalNaive {
    _ = try SeriesSummary(values, season: season)
    var pattern = [Double](repeating: .nan, count: season)
    var last = Double.nan
    var residuals = [Double](repeating: .nan, count: values.count)
    var squares = 0.0
    var errors = 0
    for time in values.indices where !values[time].isNaN {
      let phase = time % season
      residuals[time] = values[time] - pattern[phase]
      if !residuals[time].isNaN {
        squares += residuals[time] * residuals[time]
        errors += 1
      }
      pattern[phase] = values[time]
      last = values[time]
    }
    let next = values.count % season
    return FittedSeasonalNaive(
      pattern: (0..<season).map { step in
        let value = pattern[(next + step) % season]
        return value.isNaN ? last : value
      },
      residuals: residuals, variance: errors > 0 ? squares / Double(errors) : 0)
  }
}

/// A seasonal naive model at the end of its history.
public struct FittedSeasonalNaive: FittedLocalModel {
  /// The next `season` forecasts.
  public private(set) var pattern: [Double]
  public private(set) var residuals: [Double]
  /// The variance of a change over one season.
  public let variance: Double

  public mutating func update(_ values: Span<Double>) {
    for time in values.indices {
      let phase = time % pattern.count
      residuals.append(values[time] - pattern[phase])
      if !values[time].isNaN { pattern[phase] = values[time] }
    }
    let next = values.count % pattern.count
    pattern = Array(pattern[next...] + pattern[..<next])
  }

  public func forecast(horizon: Int) -> Forecast {
    Forecast(
      mean: (0..<horizon).map { pattern[$0 % pattern.count] },
      variance: (0..<horizon).map { variance * Double($0 / pattern.count + 1) })
  }

  public func errorWeights(horizon: Int) -> [Double] {
    (0..<horizon).map { $0 % pattern.count == 0 ? 1 : 0 }
  }
}
