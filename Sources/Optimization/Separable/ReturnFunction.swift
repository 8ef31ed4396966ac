import Glibc

/// What an item returns for an amount x ≥ 0: an increasing function with f(0) = 0, concave or an S-curve, or made of
/// such functions (an average over draws, less a penalty for moving, through tiers of unit prices).
///
/// Sources of the S-curves: Hill, "The possible effects of the aggregation of the molecules of haemoglobin on its
/// dissociation curves" (Journal of Physiology 40, 1910); Verhulst's logistic function.
public struct ReturnFunction: Sendable, Hashable {
  public enum Family: UInt8, Sendable, Hashable, CaseIterable {
    /// 0
    case zero
    /// amplitude · ln(1 + x / scale)
    case logarithm
    /// amplitude · (1 − exp(−x / scale))
    case exponentialSaturation
    /// amplitude · x / (x + scale)
    case hill
    /// amplitude · (x / scale)^shape, 0 < shape < 1
    case power
    /// amplitude · u / (1 + u) with u = (x / scale)^shape: an S-curve for shape > 1, concave for shape < 1
    case generalHill
    /// amplitude · (σ((x − shape) / scale) − σ(−shape / scale)) with σ(t) = 1 / (1 + e^−t): an S-curve around x = shape
    case logistic
    /// Made of other functions; see `Composition`.
    case composed
  }

  public let family: Family
  public let amplitude: Double
  public let scale: Double
  public let shape: Double
  let detail: Detail

  indirect enum Detail: Sendable, Hashable {
    case none
    case composed(Composition)
  }

  init(
    _ family: Family, amplitude: Double, scale: Double = 1, shape: Double = 1, detail: Detail = .none
  ) {
    self.family = family
    self.amplitude = amplitude
    self.scale = scale
    self.shape = shape
    self.detail = detail
  }

  public static let zero = ReturnFunction(.zero, amplitude: 0)

  public static func logarithm(amplitude: Double, scale: Double) -> Self {
    Self(.logarithm, amplitude: amplitude, scale: scale)
  }
  public static func exponentialSaturation(amplitude: Double, scale: Double) -> Self {
    Self(.exponentialSaturation, amplitude: amplitude, scale: scale)
  }
  /// A Hill curve: concave for a shape up to 1, an S-curve above.
  public static func hill(amplitude: Double, scale: Double, shape: Double = 1) -> Self {
    Self(shape == 1 ? .hill : .generalHill, amplitude: amplitude, scale: scale, shape: shape)
  }
  public static func power(amplitude: Double, scale: Double, shape: Double) -> Self {
    Self(.power, amplitude: amplitude, scale: scale, shape: shape)
  }
  /// A logistic curve, moved so that it starts at 0: steepest at `midpoint`, `width` wide.
  public static func logistic(amplitude: Double, midpoint: Double, width: Double) -> Self {
    Self(.logistic, amplitude: amplitude, scale: width, shape: midpoint)
  }

  /// Whether the function is concave on all of x ≥ 0 with an inverse slope that a price tree takes in closed form.
  var isClosedConcave: Bool {
    switch family {
    case .logarithm, .exponentialSaturation, .hill, .power: true
    case .zero, .generalHill, .logistic, .composed: false
    }
  }

  /// Whether the function is known to be concave on all of x ≥ 0.
  public var isConcave: Bool {
    switch family {
    case .zero, .logarithm, .exponentialSaturation, .hill, .power: true
    case .generalHill, .logistic: inflection <= 0
    case .composed: composition.isConcave
    }
  }

  /// Where a plain curve turns from convex to concave; 0 where it is concave all along.
  public var inflection: Double {
    switch family {
    case .generalHill: shape > 1 ? scale * pow((shape - 1) / (shape + 1), 1 / shape) : 0
    case .logistic: max(0, shape)
    case .zero, .logarithm, .exponentialSaturation, .hill, .power, .composed: 0
    }
  }

  /// Whether the parameters are finite and in the range in which the function is what its family says.
  public var isProper: Bool {
    switch family {
    case .zero: return true
    case .composed: return composition.isProper
    case .logarithm, .exponentialSaturation, .hill, .power, .generalHill, .logistic:
      return Self.isProper(family, amplitude, scale, shape)
    }
  }

  @inline(__always)
  static func isProper(_ family: Family, _ amplitude: Double, _ scale: Double, _ shape: Double) -> Bool {
    guard amplitude > 0, amplitude < .infinity, scale > 0, scale < .infinity else { return family == .zero }
    switch family {
    case .power: return shape > 0 && shape < 1
    case .generalHill: return shape > 0 && shape <= 1000
    case .logistic: return shape.isFinite
    case .zero, .logarithm, .exponentialSaturation, .hill, .composed: return true
    }
  }

  /// f(x)
  public func value(at x: Double) -> Double {
    family == .composed ? composition.value(at: x) : Self.value(family, amplitude, scale, shape, at: x)
  }

  @inline(__always)
  static func value(
    _ family: Family, _ amplitude: Double, _ scale: Double, _ shape: Double, at x: Double
  ) -> Double {
    switch family {
    case .logarithm: amplitude * log1p(x / scale)
    case .exponentialSaturation: -amplitude * expm1(-x / scale)
    case .hill: amplitude * x / (x + scale)
    case .power: x <= 0 ? 0 : amplitude * pow(x / scale, shape)
    case .generalHill: x <= 0 ? 0 : amplitude / (1 + pow(x / scale, -shape))
    case .logistic: amplitude * (sigmoid((x - shape) / scale) - sigmoid(-shape / scale))
    case .zero, .composed: 0
    }
  }

  /// f′(x), to the right of a kink; infinite at 0 for the power family and for Hill curves of a shape below 1.
  public func slope(at x: Double) -> Double {
    switch family {
    case .logarithm: amplitude / (scale + x)
    case .exponentialSaturation: amplitude / scale * exp(-x / scale)
    case .hill: amplitude * scale / ((x + scale) * (x + scale))
    case .power: x <= 0 ? .infinity : amplitude * shape / scale * pow(x / scale, shape - 1)
    case .generalHill: hillSlope(at: x)
    case .logistic: logisticSlope(at: x)
    case .zero: 0
    case .composed: composition.slope(at: x, .right)
    }
  }

  /// f′(x) to the left of x: what giving up the last of it costs.
  public func slopeBefore(_ x: Double) -> Double {
    family == .composed ? composition.slope(at: x, .left) : slope(at: x)
  }

  /// f″(x)
  func curvature(at x: Double) -> Double {
    switch family {
    case .logarithm: return -amplitude / ((scale + x) * (scale + x))
    case .exponentialSaturation: return -amplitude / (scale * scale) * exp(-x / scale)
    case .hill: return -2 * amplitude * scale / ((x + scale) * (x + scale) * (x + scale))
    case .power:
      return x <= 0 ? -.infinity : amplitude * shape * (shape - 1) / (scale * scale) * pow(x / scale, shape - 2)
    case .generalHill:
      let x = max(x, scale * 1e-100)
      let share = 1 / (1 + pow(x / scale, -shape))
      return hillSlope(at: x) * ((shape - 1) - 2 * shape * share) / x
    case .logistic:
      let s = sigmoid((x - shape) / scale)
      return amplitude / (scale * scale) * s * (1 - s) * (1 - 2 * s)
    case .zero: return 0
    case .composed: return composition.curvature(at: x)
    }
  }

  private func hillSlope(at x: Double) -> Double {
    guard x > 0 else { return shape > 1 ? 0 : shape < 1 ? .infinity : amplitude / scale }
    // u / (1 + u)² is the same for u and 1 / u: the one that is below 1 cannot overflow.
    let u = exp(-abs(shape * log(x / scale)))
    return amplitude * shape * u / (x * (1 + u) * (1 + u))
  }

  private func logisticSlope(at x: Double) -> Double {
    let e = exp(-abs((x - shape) / scale))
    return amplitude / scale * e / ((1 + e) * (1 + e))
  }

  /// The x ≥ 0 where f′(x) = `price` > 0, or 0 where the slope is lower everywhere; closed concave families.
  @inline(__always)
  func argument(atSlope price: Double) -> Double {
    switch family {
    case .logarithm: max(0, amplitude / price - scale)
    case .exponentialSaturation: max(0, -scale * log(price * scale / amplitude))
    case .hill: max(0, (amplitude * scale / price).squareRoot() - scale)
    case .power: scale * pow(price * scale / (amplitude * shape), 1 / (shape - 1))
    case .zero, .generalHill, .logistic, .composed: 0
    }
  }

  /// 1 / |f″(x)| at the x where the slope is `price`: how far x moves per unit of price; closed concave families.
  @inline(__always)
  func responsiveness(at x: Double, price: Double) -> Double {
    switch family {
    case .logarithm: (scale + x) / price
    case .exponentialSaturation: scale / price
    case .hill: (scale + x) / (2 * price)
    case .power: x / ((1 - shape) * price)
    case .zero, .generalHill, .logistic, .composed: 0
    }
  }

  /// The x in `from...to`, on which the function is concave, where f′(x) = `price`; the nearer end where there is none.
  ///
  /// In closed form but for general Hill curves (Newton's method on ln f′ over ln x, which is concave, so that it
  /// converges from any start) and composed functions (Newton inside a bracket).
  func argument(atSlope price: Double, from: Double, to: Double) -> Double {
    guard price > 0 || family == .composed else { return to }
    var x: Double
    switch family {
    case .logarithm, .exponentialSaturation, .hill, .power: x = argument(atSlope: price)
    case .generalHill:
      var start = -Double.infinity
      x = SCurve(self).hillArgument(atSlope: price, logPrice: log(price), start: &start).x
    case .logistic: x = SCurve(self).logisticArgument(atSlope: price).x
    case .zero: return from
    case .composed: x = bracketedArgument(atSlope: price, from: from, to: to)
    }
    return min(max(x, from), to)
  }

  private func bracketedArgument(atSlope price: Double, from: Double, to: Double) -> Double {
    guard slope(at: from) > price else { return from }
    guard slopeBefore(to) < price else { return to }
    var (low, high) = (from, to)
    var x = 0.5 * (low + high)
    for _ in 0..<200 {
      let excess = slope(at: x) - price
      if excess > 0 { low = x } else { high = x }
      guard high > low.nextUp else { break }
      let newton = x - excess / curvature(at: x)
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - x) <= 1e-16 * abs(x) { break }
      x = next
    }
    return x
  }
}

/// The name from when all functions were concave.
public typealias ConcaveFunction = ReturnFunction

@inline(__always)
func sigmoid(_ t: Double) -> Double {
  let e = exp(-abs(t))
  return t >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/// The inverse slope of an S-curve beyond its inflection, with what does not depend on the price worked out once.
struct SCurve: Sendable {
  let isHill: Bool
  let scale: Double
  let shape: Double
  /// Hill: ln(amplitude · shape / scale); logistic: amplitude / scale.
  let top: Double

  init(_ function: ReturnFunction) {
    isHill = function.family == .generalHill
    scale = function.scale
    shape = function.shape
    top = isHill ? log(function.amplitude * function.shape / function.scale) : function.amplitude / function.scale
  }

  /// Newton's method on ln f′ = top + (s − 1)·y − 2·ln(1 + e^(s·y)) in y = ln(x / scale): concave and, beyond the
  /// inflection, falling, so that every iterate but the first lies right of the root and they descend to it.
  /// - Parameter start: y of the last answer, −∞ for none; updated.
  @inline(__always)
  func hillArgument(atSlope price: Double, logPrice: Double, start: inout Double) -> (x: Double, moves: Double) {
    // Far out ln f′ → top − (s + 1)·y, which is right of the root.
    let far = (top - logPrice) / (shape + 1)
    var y = start.isFinite ? start : far
    var slope = -1.0
    for _ in 0..<100 {
      let e = exp(-abs(shape * y))
      let share = y > 0 ? 1 / (1 + e) : e / (1 + e)
      slope = (shape - 1) - 2 * shape * share
      let height = top + (shape - 1) * y - 2 * (log1p(e) + (y > 0 ? shape * y : 0)) - logPrice
      let step = slope < 0 ? -height / slope : far - y
      y += step
      if abs(step) < 1e-9 { break }
      if !y.isFinite || y > far { y = far }
    }
    start = y
    let x = scale * exp(y)
    return (x, -x / (price * slope))
  }

  @inline(__always)
  func logisticArgument(atSlope price: Double) -> (x: Double, moves: Double) {
    // σ(1 − σ) = price / top; the root with σ ≥ ½.
    let root = max(0, 1 - 4 * price / top).squareRoot()
    let s = 0.5 * (1 + root)
    // 1 − σ without cancellation.
    let rest = price / top / s
    let x = shape + scale * log(s / rest)
    return (x, root > 0 ? scale / (price * root) : 0)
  }
}
