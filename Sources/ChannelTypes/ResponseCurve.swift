import Glibc

/// The expected return of a spend: a saturating function f with f(0) = 0, increasing and, for the families here,
/// concave on x ≥ 0. Spend and return are in the plan's currency per planning period.
///
/// Families and their use in marketing response: Hanssens, Parsons & Schultz, *Market Response Models* (2001), ch. 3.
public struct ResponseCurve: Hashable, Sendable, Codable {
  public enum Family: String, Sendable, Hashable, Codable, CaseIterable {
    /// amplitude · ln(1 + x / scale)
    case logarithm
    /// amplitude · (1 − exp(−x / scale))
    case exponentialSaturation
    /// amplitude · x / (x + scale): Hill with slope 1
    case hill
    /// amplitude · (x / scale)^shape, 0 < shape < 1
    case power
  }

  public var family: Family
  /// The height of the curve, in currency.
  public var amplitude: Double
  /// The spend at which saturation is felt, in currency; positive.
  public var scale: Double
  /// The exponent of the power family; 1 elsewhere.
  public var shape: Double

  public init(family: Family, amplitude: Double, scale: Double, shape: Double = 1) {
    self.family = family
    self.amplitude = amplitude
    self.scale = scale
    self.shape = shape
  }

  /// f(x): the return of spending `x`.
  public func value(at x: Double) -> Double {
    switch family {
    case .logarithm: amplitude * log1p(x / scale)
    case .exponentialSaturation: -amplitude * expm1(-x / scale)
    case .hill: amplitude * x / (x + scale)
    case .power: x <= 0 ? 0 : amplitude * pow(x / scale, shape)
    }
  }

  /// f′(x): what one more unit of spend returns at `x`. Infinite at 0 for the power family.
  public func slope(at x: Double) -> Double {
    switch family {
    case .logarithm: amplitude / (scale + x)
    case .exponentialSaturation: amplitude / scale * exp(-x / scale)
    case .hill: amplitude * scale / ((x + scale) * (x + scale))
    case .power: x <= 0 ? .infinity : amplitude * shape / scale * pow(x / scale, shape - 1)
    }
  }

  /// The spend at which the slope equals `price` (> 0), or 0 where the slope is below it everywhere.
  public func spend(atSlope price: Double) -> Double {
    guard amplitude > 0 else { return 0 }
    switch family {
    case .logarithm: return max(0, amplitude / price - scale)
    case .exponentialSaturation: return max(0, -scale * log(price * scale / amplitude))
    case .hill: return max(0, (amplitude * scale / price).squareRoot() - scale)
    case .power: return scale * pow(price * scale / (amplitude * shape), 1 / (shape - 1))
    }
  }
}
