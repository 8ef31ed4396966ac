import Probability

/// Puts a figure on 0 … 100 by where it stands among its peers, in a way that outliers do not move.
///
///     mad       50 + 50 · (x − median) / (bound · deviation), held to 0 … 100;
///               deviation = 1.4826 · median |x − median|; where that is zero, 1.2533 · mean |x − median|
///     quantile  100 · (values below + half of those equal) / values
///
/// Both leave the result as it is when units change, are monotone in the partner's own figure, and give 50 where all
/// peers are equal. Source: Hampel, "The influence curve and its role in robust estimation" (*Journal of the American
/// Statistical Association* 69, 1974); the factors make the deviations those of a normal distribution.
public struct RobustScale: Sendable {
  public enum Method: String, Sendable, Hashable, CaseIterable { case mad, quantile }

  public let method: Method
  public let median: Double
  public let deviation: Double
  private let bound: Double
  private let ascending: [Double]

  /// - Parameter values: the peers', the partner's own among them; what is not finite is left out.
  /// Complexity: O(n log n).
  public init(_ values: [Double], method: Method = .mad, bound: Double = 3) {
    let ascending = values.filter(\.isFinite).sorted()
    self.ascending = ascending
    self.method = method
    self.bound = bound
    let middle = ascending.quantileOfAscending(0.5)
    median = middle
    let distances = ascending.map { abs($0 - middle) }.sorted()
    let spread = 1.4826 * distances.quantileOfAscending(0.5)
    let least = 1e-12 * abs(middle)
    if spread > least {
      deviation = spread
    } else {
      let mean = distances.reduce(0, +) / Double(max(1, distances.count))
      deviation = mean > least ? 1.2533 * mean : 0
    }
  }

  public var count: Int { ascending.count }

  /// 0 … 100, rising with the figure; NaN for an unknown one.
  public func scaled(_ value: Double) -> Double {
    guard value.isFinite, !ascending.isEmpty else { return .nan }
    switch method {
    case .quantile: return percentile(value)
    case .mad:
      guard deviation > 0, deviation.isFinite else { return 50 }
      return min(100, max(0, 50 + 50 * (value - median) / (bound * deviation)))
    }
  }

  /// Percent of the peers below, counting half of those equal: the midrank.
  public func percentile(_ value: Double) -> Double {
    guard value.isFinite, !ascending.isEmpty else { return .nan }
    let below = ascending.lowerBound(value)
    let upTo = ascending.lowerBound(value.nextUp)
    return 50 * Double(below + upTo) / Double(ascending.count)
  }
}

extension [Double] {
  /// How many of ascending values are below `value`. O(log n).
  func lowerBound(_ value: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
