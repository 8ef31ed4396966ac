import Glibc

/// Counts with more spread than Poisson: a Poisson distribution whose mean is gamma distributed.
///
/// Parametrised by mean μ and size r: variance μ + μ² / r; a large size approaches Poisson (the "NB2" form of
/// Cameron & Trivedi, *Regression Analysis of Count Data*, 1998).
public struct NegativeBinomial: Sendable, Hashable {
  /// Zero or positive.
  public let mean: Double
  /// Positive.
  public let size: Double

  public init(mean: Double, size: Double) {
    self.mean = mean
    self.size = size
  }

  public var variance: Double { mean + mean * mean / size }

  /// P(X = k).
  public func mass(_ k: Int) -> Double {
    guard k >= 0 else { return 0 }
    guard mean > 0 else { return k == 0 ? 1 : 0 }
    let count = Double(k)
    let combinations = logGamma(count + size) - logGamma(size) - logGamma(count + 1)
    return exp(combinations + size * log(size / (size + mean)) + count * log(mean / (size + mean)))
  }

  public func draw(_ stream: inout RandomStream) -> Int {
    guard mean > 0 else { return 0 }
    return Poisson(mean: Gamma(shape: size, scale: mean / size).draw(&stream)).draw(&stream)
  }
}
