import Glibc

/// A positive amount whose logarithm is normal.
public struct LogNormal: Sendable, Hashable {
  /// Half of the values lie below.
  public let median: Double
  /// Standard deviation of the logarithm.
  public let logDeviation: Double

  public init(median: Double, logDeviation: Double) {
    self.median = median
    self.logDeviation = logDeviation
  }

  public var mean: Double { median * exp(logDeviation * logDeviation / 2) }
  public var variance: Double { mean * mean * expm1(logDeviation * logDeviation) }

  public func density(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    return Normal(mean: log(median), standardDeviation: logDeviation).density(log(x)) / x
  }

  /// P(X ≤ x).
  public func cumulative(_ x: Double) -> Double {
    x > 0 ? Normal(mean: log(median), standardDeviation: logDeviation).cumulative(log(x)) : 0
  }

  /// The value below which a share `probability` lies; infinite at 1.
  public func quantile(_ probability: Double) -> Double {
    median * exp(logDeviation * Normal.standardQuantile(probability))
  }

  public func draw(_ stream: inout RandomStream) -> Double { median * exp(logDeviation * stream.normal()) }
}
