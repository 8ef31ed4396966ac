/// Simple exponential smoothing: the level moves towards each value by the share α of the error.
///
///     ε = y − ℓ      ℓ' = ℓ + αε
///
/// The level starts at the first value; α in 0.01 … 0.99 has the smallest sum of squared errors. An unknown value leaves
/// the level where it is.
///
/// Source: Brown, *Statistical Forecasting for Inventory Control* (1959); variance σ²(1 + (h − 1)α²) of the state-space
/// form from Hyndman, Koehler, Ord & Snyder, *Forecasting with Exponential Smoothing* (2008), table 6.1.
/// Complexity: about 60 passes of O(n), four weights a pass.
public struct SimpleExponentialSmoothing: LocalModel {
  public static let name = "simple_exponential_smoothing"

  /// The weights that compete.
  public var weights: ClosedRange<Double>

  /// - Parameter weights: within 0 … 1; a range of one value fixes α.
  public init(weights: ClosedRange<Double> = 0.01...0.99) {
    precondition(weights.lowerBound >= 0 && weights.upperBound <= 1, "a weight lies between 0 and 1")
    self.weights = weights
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedSimpleExponentialSmoothing {
    let summary = try SeriesSummary(values, season: season)
    let start = values.knownEnds.first
    let alpha = bestWeight(values, start: start)
    var residuals = [Double](repeating: .nan, count: start + 1)
    var level = values[start]
    var squares = 0.0
    for time in start + 1..<max(start + 1, values.count) {
      let error = values[time] - level
      residuals.append(error)
      guard !error.isNaN else { continue }
      level += alpha * error
      squares += error * error
    }
    return FittedSimpleExponentialSmoothing(
      alpha: alpha, level: level, variance: squares / Double(max(1, summary.knownCount - 2)), residuals: residuals)
  }

  /// 1. Weights on a grid, four lanes a pass; 2. the interval around the best one shrinks by grids until it is narrower
  /// than 10⁻⁶. The sum of squares may have more than one minimum, which a section search alone would miss.
  private func bestWeight(_ values: Span<Double>, start: Int) -> Double {
    var (lower, upper) = (weights.lowerBound, weights.upperBound)
    var best = lower
    var intervals = 16
    while upper - lower > 1e-6 {
      let width = (upper - lower) / Double(intervals)
      var smallest = Double.infinity
      var index = 0
      while index <= intervals {
        let grid = SIMD4(0, 1, 2, 3) + Double(index)
        let squares = Self.sumsOfSquares(values, start: start, grid * width + lower)
        for lane in 0..<min(4, intervals - index + 1) where squares[lane] < smallest {
          smallest = squares[lane]
          best = lower + Double(index + lane) * width
        }
        index += 4
      }
      (lower, upper) = (max(lower, best - width), min(upper, best + width))
      intervals = 7
    }
    return best
  }

  /// Σε² for four weights at once.
  private static func sumsOfSquares(_ values: Span<Double>, start: Int, _ alpha: SIMD4<Double>) -> SIMD4<Double> {
    var level = SIMD4(repeating: values[start])
    var squares = SIMD4<Double>.zero
    for time in start + 1..<max(start + 1, values.count) where !values[time].isNaN {
      let error = values[time] - level
      level += alpha * error
      squares += error * error
    }
    return squares
  }
}

/// A level at the end of its history.
public struct FittedSimpleExponentialSmoothing: FittedLocalModel {
  /// The share of an error that moves the level.
  public let alpha: Double
  public private(set) var level: Double
  /// σ²: Σε² over the known values less two.
  public let variance: Double
  public private(set) var residuals: [Double]

  public mutating func update(_ values: Span<Double>) {
    for time in values.indices {
      let error = values[time] - level
      residuals.append(error)
      if !error.isNaN { level += alpha * error }
    }
  }

  public func forecast(horizon: Int) -> Forecast {
    Forecast(
      mean: [Double](repeating: level, count: horizon),
      variance: (0..<horizon).map { variance * (1 + Double($0) * alpha * alpha) })
  }

  public func errorWeights(horizon: Int) -> [Double] { (0..<horizon).map { $0 == 0 ? 1 : alpha } }
}
