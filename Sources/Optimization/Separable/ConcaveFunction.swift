import Glibc

/// An increasing, strictly concave function on x ≥ 0 with f(0) = 0, whose slope can be inverted in closed form; or the
/// function that is zero everywhere.
public struct ConcaveFunction: Sendable, Hashable {
  public enum Family: UInt8, Sendable, Hashable {
    /// amplitude · ln(1 + x / scale)
    case logarithm
    /// amplitude · (1 − exp(−x / scale))
    case exponentialSaturation
    /// amplitude · x / (x + scale)
    case hill
    /// amplitude · (x / scale)^shape, 0 < shape < 1
    case power
    /// 0
    case zero
  }

  public let family: Family
  public let amplitude: Double
  public let scale: Double
  public let shape: Double

  public static let zero = ConcaveFunction(family: .zero, amplitude: 0, scale: 1, shape: 1)

  public static func logarithm(amplitude: Double, scale: Double) -> Self {
    Self(family: .logarithm, amplitude: amplitude, scale: scale, shape: 1)
  }
  public static func exponentialSaturation(amplitude: Double, scale: Double) -> Self {
    Self(family: .exponentialSaturation, amplitude: amplitude, scale: scale, shape: 1)
  }
  public static func hill(amplitude: Double, scale: Double) -> Self {
    Self(family: .hill, amplitude: amplitude, scale: scale, shape: 1)
  }
  public static func power(amplitude: Double, scale: Double, shape: Double) -> Self {
    Self(family: .power, amplitude: amplitude, scale: scale, shape: shape)
  }

  /// Whether the parameters are finite and in the range in which the function is increasing and concave.
  var isProper: Bool {
    guard family != .zero else { return true }
    guard amplitude.isFinite, amplitude > 0, scale.isFinite, scale > 0 else { return false }
    return family != .power || (shape > 0 && shape < 1)
  }

  /// f(x)
  public func value(at x: Double) -> Double {
    switch family {
    case .logarithm: amplitude * log1p(x / scale)
    case .exponentialSaturation: -amplitude * expm1(-x / scale)
    case .hill: amplitude * x / (x + scale)
    case .power: x <= 0 ? 0 : amplitude * pow(x / scale, shape)
    case .zero: 0
    }
  }

  /// f′(x); infinite at 0 for the power family.
  public func slope(at x: Double) -> Double {
    switch family {
    case .logarithm: amplitude / (scale + x)
    case .exponentialSaturation: amplitude / scale * exp(-x / scale)
    case .hill: amplitude * scale / ((x + scale) * (x + scale))
    case .power: x <= 0 ? .infinity : amplitude * shape / scale * pow(x / scale, shape - 1)
    case .zero: 0
    }
  }

  /// The x ≥ 0 where f′(x) = `price` > 0, or 0 where the slope is lower everywhere.
  @inline(__always)
  func argument(atSlope price: Double) -> Double {
    switch family {
    case .logarithm: max(0, amplitude / price - scale)
    case .exponentialSaturation: max(0, -scale * log(price * scale / amplitude))
    case .hill: max(0, (amplitude * scale / price).squareRoot() - scale)
    case .power: scale * pow(price * scale / (amplitude * shape), 1 / (shape - 1))
    case .zero: 0
    }
  }

  /// 1 / |f″(x)| at the x where the slope is `price`: how far x moves per unit of price.
  @inline(__always)
  func responsiveness(at x: Double, price: Double) -> Double {
    switch family {
    case .logarithm: (scale + x) / price
    case .exponentialSaturation: scale / price
    case .hill: (scale + x) / (2 * price)
    case .power: x / ((1 - shape) * price)
    case .zero: 0
    }
  }
}
