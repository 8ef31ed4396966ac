/// A random walk with drift: the last value plus the mean change per period, however far ahead.
///
/// ŷ(n+h) = y(n) + h·(y(n) − y(1))/(n − 1). The variance σ²·h·(1 + h/(n − 1)) counts both the errors to come and that of
/// the estimated drift: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice* (3rd ed., 2021), sections 5.2
/// and 5.5. A change over a gap of g periods has variance gσ². Complexity: O(n).
public struct Drift: LocalModel {
  public static let name = "drift"

  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedRandomWalk {
    let summary = try SeriesSummary(values, season: season)
    let (first, last) = values.knownEnds
    let span = last - first
    let slope = span > 0 ? (values[last] - values[first]) / Double(span) : 0
    // One of the changes is spent on the drift.
    return FittedRandomWalk(
      values, start: first, slope: slope, span: span, degreesOfFreedom: max(1, summary.knownCount - 2))
  }
}

/// A random walk, with or without drift, at the end of its history.
public struct FittedRandomWalk: FittedLocalModel {
  /// The last known value.
  public private(set) var level: Double
  /// Periods since the last known value.
  public private(set) var age: Int
  /// The mean change per period; 0 for a walk without drift.
  public let slope: Double
  /// The periods that the drift was estimated from; 0 where it was not.
  public let span: Int
  /// The variance of a change over one period.
  public private(set) var variance: Double
  public private(set) var residuals: [Double]

  /// - Parameters:
  ///   - start: the position of the first known value.
  ///   - span: the periods that the slope was estimated from, 0 for a given one.
  init(_ values: Span<Double>, start: Int, slope: Double, span: Int, degreesOfFreedom: Int) {
    level = values[start]
    age = 0
    self.slope = slope
    self.span = span
    variance = 0
    residuals = [Double](repeating: .nan, count: start + 1)
    residuals.reserveCapacity(values.count)
    var squares = 0.0
    for time in start + 1..<max(start + 1, values.count) {
      let periods = Double(age + 1)
      let error = advance(values[time])
      if !error.isNaN { squares += error * error / periods }
    }
    variance = squares / Double(degreesOfFreedom)
  }

  /// Goes on by one period; the error is NaN for an unknown value.
  @discardableResult
  private mutating func advance(_ value: Double) -> Double {
    age += 1
    let error = value - (level + Double(age) * slope)
    residuals.append(error)
    if !error.isNaN { (level, age) = (value, 0) }
    return error
  }

  public mutating func update(_ values: Span<Double>) {
    for time in values.indices { advance(values[time]) }
  }

  public func forecast(horizon: Int) -> Forecast {
    Forecast(
      mean: (0..<horizon).map { level + Double(age + $0 + 1) * slope },
      variance: (0..<horizon).map { step in
        let periods = Double(age + step + 1)
        return variance * periods * (span > 0 ? 1 + periods / Double(span) : 1)
      })
  }

  public func errorWeights(horizon: Int) -> [Double] { [Double](repeating: 1, count: horizon) }
}

extension Span<Double> {
  /// The positions of the first and the last known value of a series that has one.
  var knownEnds: (first: Int, last: Int) {
    var (first, last) = (-1, 0)
    for index in indices where !self[index].isNaN {
      if first < 0 { first = index }
      last = index
    }
    return (Swift.max(0, first), last)
  }
}
