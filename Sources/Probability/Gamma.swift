import Glibc

/// The gamma distribution with mean `shape` · `scale`.
public struct Gamma: Sendable, Hashable {
  /// Positive.
  public let shape: Double
  /// Positive.
  public let scale: Double

  public init(shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }

  public var mean: Double { shape * scale }
  public var variance: Double { shape * scale * scale }

  public func density(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    return exp((shape - 1) * log(x / scale) - x / scale - logGamma(shape)) / scale
  }

  /// A draw by squeezed rejection from a transformed normal; a shape below 1 is lifted by U^(1/shape).
  ///
  /// Source: Marsaglia & Tsang, "A simple method for generating gamma variables" (ACM TOMS 26, 2000).
  public func draw(_ stream: inout RandomStream) -> Double {
    if shape < 1 {
      let lifted = Gamma(shape: shape + 1, scale: scale).draw(&stream)
      return lifted * pow(stream.uniform(), 1 / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = stream.normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = stream.uniform()
      if u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v * scale }
    }
  }
}
