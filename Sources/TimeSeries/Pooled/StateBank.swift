internal import Glibc

/// A bank of smoothers with fixed parameters that run over a series side by side, in the lanes of a vector: four levels
/// (simple smoothing), four levels with a damped slope (Holt), the least-squares line, and what each would have missed
/// so far.
///
/// Sources: Brown, *Statistical Forecasting for Inventory Control* (1959); Gardner & McKenzie, "Forecasting trends in
/// time series" (Management Science 31, 1985). Cost: about 60 operations a value.
struct StateBank {
  static let weights = SIMD4<Double>(0.1, 0.2, 0.4, 0.7)
  static let slopedWeights = SIMD4<Double>(0.15, 0.3, 0.5, 0.8)
  static let slopeWeights = SIMD4<Double>(0.03, 0.05, 0.1, 0.2)
  static let damping = 0.95

  /// Values seen.
  private(set) var count = 0
  private(set) var last = 0.0
  /// The recent size of the values: the unit of all features.
  private(set) var size = 0.0
  private var first = 0.0
  private(set) var levels = SIMD4<Double>()
  private var slopedLevels = SIMD4<Double>()
  private var slopes = SIMD4<Double>()
  /// Sums of squared one-step errors, and of changes.
  private var levelSquares = SIMD4<Double>()
  private var slopedSquares = SIMD4<Double>()
  private var changeSquares = 0.0
  private var changes = 0.0
  /// Sums for the line through (time, value − first).
  private var sumValue = 0.0
  private var sumTimeValue = 0.0

  mutating func observe(_ value: Double) {
    guard count > 0 else {
      (first, last, size, count) = (value, value, abs(value), 1)
      levels = SIMD4(repeating: value)
      slopedLevels = levels
      return
    }
    // 1. Errors of one step.
    let change = value - last
    changeSquares += change * change
    changes += abs(change)
    let errors = value - levels
    levelSquares += errors * errors
    let expected = slopedLevels + Self.damping * slopes
    let slopedErrors = value - expected
    slopedSquares += slopedErrors * slopedErrors
    // 2. States.
    levels += Self.weights * errors
    slopedLevels = expected + Self.slopedWeights * slopedErrors
    slopes = Self.damping * slopes + Self.slopeWeights * slopedErrors
    sumValue += value - first
    sumTimeValue += Double(count) * (value - first)
    count += 1
    size += max(0.15, 1 / Double(count)) * (abs(value) - size)
    last = value
  }

  /// The slope of the least-squares line through all values.
  private var line: Double {
    guard count > 2 else { return 0 }
    let n = Double(count)
    let sumTime = n * (n - 1) / 2
    let sumTimeSquared = (n - 1) * n * (2 * n - 1) / 6
    return (n * sumTimeValue - sumTime * sumValue) / (n * sumTimeSquared - sumTime * sumTime)
  }

  /// The unit of features; never zero.
  var unit: Double { max(size, 1e-9 * abs(first), .leastNormalMagnitude * 1e16) }

  /// The mean absolute change in units of `unit`.
  var volatility: Double { changes / Double(max(1, count - 1)) / unit }

  // MARK: What a regression sees

  /// States as departures from the last value, slopes and lagged changes, all in units of the recent size; and 1.
  static let featureCount = 17
  /// 1, then what tells which smoother to trust: past errors, volatility, strength of the trend.
  static let modifierCount = 6

  /// - Parameters:
  ///   - history: the values up to the last one observed.
  ///   - features: `featureCount` slots.
  @inline(__always)
  func fill(_ features: UnsafeMutablePointer<Double>, history: UnsafeBufferPointer<Double>, season: Int) {
    let scale = 1 / unit
    for lane in 0..<4 {
      features[lane] = (levels[lane] - last) * scale
      features[4 + lane] = (slopedLevels[lane] - last) * scale
      features[8 + lane] = slopes[lane] * scale
    }
    features[12] = line * scale
    let end = history.count - 1
    features[13] = end >= 1 ? (last - history[end - 1]) * scale : 0
    features[14] = end >= 2 ? (last - history[end - 2]) * scale : 0
    let lag = max(4, min(12, season))
    features[15] = end >= lag ? (last - history[end - lag]) * scale : 0
    features[16] = 1
    for index in 0..<16 { features[index] = min(3, max(-3, features[index])) }
  }

  @inline(__always)
  func fillModifiers(_ modifiers: UnsafeMutablePointer<Double>) {
    let tiny = 1e-12 * unit * unit
    let volatility = volatility + 1e-9
    modifiers[0] = 1
    modifiers[1] = clipped(log((levelSquares[1] + tiny) / (changeSquares + tiny)), 1.5)
    modifiers[2] = clipped(log((levelSquares[2] + tiny) / (changeSquares + tiny)), 1.5)
    modifiers[3] = clipped(log((slopedSquares[2] + tiny) / (levelSquares[2] + tiny)), 1.5)
    modifiers[4] = clipped(log(volatility) + 3, 3)
    modifiers[5] = min(3, abs(line) / unit * Double(count).squareRoot() / volatility) - 1
  }

  private func clipped(_ value: Double, _ limit: Double) -> Double { min(limit, max(-limit, value)) }

  /// What the theta method would say with the smoother that has erred least so far: its level plus half the slope of the
  /// line, as a departure from the last value in units of the recent size: `start + step · slope`, step counted from 0.
  ///
  /// Source: Hyndman & Billah, "Unmasking the Theta method" (IJF 19, 2003).
  var theta: (start: Double, slope: Double) {
    var best = 0
    for lane in 1..<4 where levelSquares[lane] < levelSquares[best] { best = lane }
    let slope = count >= 4 ? 0.5 * line / unit : 0
    return ((levels[best] - last) / unit + slope / Self.weights[best], slope)
  }
}
