internal import Probability

/// Whether one forecast of a series is more accurate than another, from their losses at the same times.
///
/// Source: Diebold & Mariano, "Comparing predictive accuracy" (JBES 13, 1995), with the small-sample correction of
/// Harvey, Leybourne & Newbold, "Testing the equality of prediction mean squared errors" (IJF 13, 1997), equation 9.
public struct DieboldMariano: Sendable, Hashable {
  /// Mean loss of the first minus mean loss of the second: negative where the first is better.
  public let meanDifference: Double
  /// The corrected statistic, Student's t with `count` − 1 degrees of freedom under equal accuracy.
  public let statistic: Double
  /// Two-sided.
  public let pValue: Double
  /// Pairs of losses.
  public let count: Int

  /// - Parameters:
  ///   - first, second: losses (absolute or squared errors) at the same times, in the order of time; pairs with NaN are
  ///     left out.
  ///   - horizon: steps ahead of the forecasts: autocovariances up to `horizon` − 1 enter the variance.
  /// - Returns: nil where fewer than three pairs are known or all differences are equal.
  public init?(_ first: Span<Double>, _ second: Span<Double>, horizon: Int = 1) {
    precondition(horizon >= 1 && first.count == second.count, "losses come in pairs")
    var differences: [Double] = []
    for index in first.indices where !first[index].isNaN && !second[index].isNaN {
      differences.append(first[index] - second[index])
    }
    let n = differences.count
    guard n >= 3 else { return nil }
    let mean = differences.reduce(0, +) / Double(n)
    func autocovariance(_ lag: Int) -> Double {
      var sum = 0.0
      for t in lag..<n { sum += (differences[t] - mean) * (differences[t - lag] - mean) }
      return sum / Double(n)
    }
    // 1. The long-run variance of the mean. The plain sum of autocovariances may be negative; then as one step ahead.
    var h = min(horizon, n - 1)
    var variance = autocovariance(0)
    for lag in 1..<max(1, h) { variance += 2 * autocovariance(lag) }
    if variance <= 0 {
      h = 1
      variance = autocovariance(0)
    }
    guard variance > 0 else { return nil }
    // 2. The statistic, and its correction for the bias of the variance in small samples.
    let (count, steps) = (Double(n), Double(h))
    let correction = ((count + 1 - 2 * steps + steps * (steps - 1) / count) / count).squareRoot()
    meanDifference = mean
    statistic = mean / (variance / count).squareRoot() * correction
    pValue = StudentT(degreesOfFreedom: count - 1).twoSidedTail(abs(statistic))
    self.count = n
  }
}
