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

  /// P(X ≤ x).
  public func cumulative(_ x: Double) -> Double { x > 0 ? 1 - upperTail(x) : 0 }

  /// P(X > x), accurate for small probabilities.
  public func upperTail(_ x: Double) -> Double { upperIncompleteGamma(shape, x / scale) }

  /// The value below which a share `probability` lies; infinite at 1.
  ///
  /// Newton's method on the distribution function within a bracket, from the cube-root approximation of Wilson &
  /// Hilferty (Proceedings of the National Academy of Sciences 17, 1931); about 12 digits.
  public func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return probability == 0 ? 0 : .nan }
    guard probability < 1 else { return probability == 1 ? .infinity : .nan }
    let ninth = 1 / (9 * shape)
    let root = 1 - ninth + Normal.standardQuantile(probability) * ninth.squareRoot()
    var x = mean * max(root * root * root, 1e-3)
    var (low, high) = (0.0, Double.infinity)
    for _ in 0..<200 {
      // Compared in the smaller tail, which holds its digits.
      let excess = probability < 0.5 ? cumulative(x) - probability : (1 - probability) - upperTail(x)
      if excess == 0 { break }
      if excess > 0 { high = x } else { low = x }
      let newton = x - excess / density(x)
      let middle = high.isFinite ? (low + high) / 2 : 2 * x
      let next = newton > low && newton < high ? newton : middle
      if abs(next - x) <= 4e-16 * x || !(next > low && next < high) { return next > low && next < high ? next : x }
      x = next
    }
    return x
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
