import Glibc

/// The expected return of a spend: a saturating function f with f(0) = 0, increasing and concave on x ≥ 0 but for the
/// Hill family with a slope above 1, which is an S-curve: first convex, then concave. Spend and return are in the
/// plan's currency per planning period.
///
/// Families and their use in marketing response: Hanssens, Parsons & Schultz, *Market Response Models* (2001), ch. 3.
public struct ResponseCurve: Hashable, Sendable, Codable {
  public enum Family: String, Sendable, Hashable, Codable, CaseIterable {
    /// amplitude · ln(1 + x / scale)
    case logarithm
    /// amplitude · (1 − exp(−x / scale))
    case exponentialSaturation
    /// amplitude · xˢ / (xˢ + scaleˢ) with s = shape > 0: concave up to s = 1, an S-curve above
    case hill
    /// amplitude · (x / scale)^shape, 0 < shape < 1
    case power
  }

  public var family: Family
  /// The height of the curve, in currency.
  public var amplitude: Double
  /// The spend at which saturation is felt, in currency; positive.
  public var scale: Double
  /// The exponent of the power family, the slope of the Hill family; 1 elsewhere.
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
    case .hill: shape == 1 ? amplitude * x / (x + scale) : steepHillValue(at: x)
    case .power: x <= 0 ? 0 : amplitude * pow(x / scale, shape)
    }
  }

  /// f′(x): what one more unit of spend returns at `x`. Infinite at 0 for the power family and for Hill slopes below 1.
  public func slope(at x: Double) -> Double {
    switch family {
    case .logarithm: amplitude / (scale + x)
    case .exponentialSaturation: amplitude / scale * exp(-x / scale)
    case .hill: shape == 1 ? amplitude * scale / ((x + scale) * (x + scale)) : steepHillSlope(at: x)
    case .power: x <= 0 ? .infinity : amplitude * shape / scale * pow(x / scale, shape - 1)
    }
  }

  /// Written in (scale / x)ˢ, so that neither large spends nor steep slopes overflow.
  private func steepHillValue(at x: Double) -> Double {
    x <= 0 ? 0 : amplitude / (1 + pow(scale / x, shape))
  }

  private func steepHillSlope(at x: Double) -> Double {
    guard x > 0 else { return shape < 1 ? .infinity : 0 }
    let ratio = pow(scale / x, shape)
    return ratio.isFinite ? amplitude * shape / x * ratio / ((1 + ratio) * (1 + ratio)) : 0
  }

  /// The spend at which the curve turns from convex to concave: 0 where it is concave throughout.
  public var inflection: Double {
    guard family == .hill, shape > 1 else { return 0 }
    return scale * pow((shape - 1) / (shape + 1), 1 / shape)
  }

  /// The spend at which the slope equals `price` (> 0), or 0 where the slope is below it everywhere; of the two such
  /// spends of an S-curve the larger.
  public func spend(atSlope price: Double) -> Double {
    guard amplitude > 0 else { return 0 }
    switch family {
    case .logarithm: return max(0, amplitude / price - scale)
    case .exponentialSaturation: return max(0, -scale * log(price * scale / amplitude))
    case .hill:
      return shape == 1 ? max(0, (amplitude * scale / price).squareRoot() - scale) : steepHillSpend(atSlope: price)
    case .power: return scale * pow(price * scale / (amplitude * shape), 1 / (shape - 1))
    }
  }

  /// By bisection in ratio beyond the inflection, where the slope falls to 0.
  private func steepHillSpend(atSlope price: Double) -> Double {
    var low = max(inflection, scale * 1e-18)
    var high = max(low, scale)
    guard slope(at: low) > price else { return 0 }
    while slope(at: high) > price, high < 1e300 { high *= 16 }
    while true {
      let middle = low.squareRoot() * high.squareRoot()
      guard middle > low, middle < high else { return low }
      if slope(at: middle) > price { low = middle } else { high = middle }
    }
  }
}
