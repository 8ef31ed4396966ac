import Glibc

/// An S-curve on [l, u] under its concave envelope: a chord from l to the point t whose tangent passes through
/// (l, f(l)), then the curve. A part of the curve that is all concave has t = l, one that is all convex t = u.
struct EnvelopedCurve: Sendable {
  let function: ReturnFunction
  private let curve: SCurve
  private(set) var lower: Double
  private(set) var upper: Double
  /// t
  private(set) var tangent: Double
  /// The price at which the item leaves l: the slope of the chord, or of the curve at l.
  private(set) var jumpPrice: Double
  private var slopeAtUpper: Double
  private var lowerValue: Double
  /// Where Newton's method was last.
  private var warm = -Double.infinity

  /// Whether there is a curve at this place.
  var isUsed: Bool { function.family != .zero }

  /// A place without a curve.
  static let none = EnvelopedCurve(.zero)

  private init(_ function: ReturnFunction) {
    self.function = function
    curve = SCurve(function)
    (lower, upper, tangent, jumpPrice, slopeAtUpper, lowerValue) = (0, 0, 0, 0, 0, 0)
  }

  init(_ function: ReturnFunction, from lower: Double, to upper: Double) {
    self.init(function)
    restrict(from: lower, to: upper)
  }

  mutating func restrict(from lower: Double, to upper: Double) {
    (self.lower, self.upper) = (lower, upper)
    lowerValue = function.value(at: lower)
    slopeAtUpper = function.slope(at: upper)
    warm = -.infinity
    let inflection = function.inflection
    if lower >= inflection || upper <= lower {
      (tangent, jumpPrice) = (lower, function.slope(at: lower))
      return
    }
    let rise = function.value(at: upper) - lowerValue
    if upper <= inflection || slopeAtUpper * (upper - lower) >= rise {
      (tangent, jumpPrice) = (upper, rise / (upper - lower))
      return
    }
    tangent = tangentPoint(from: inflection, to: upper)
    jumpPrice = (function.value(at: tangent) - lowerValue) / (tangent - lower)
  }

  /// The root of g(t) = f(t) − f(l) − f′(t)·(t − l), which rises beyond the inflection: Newton inside a bracket.
  private func tangentPoint(from inflection: Double, to upper: Double) -> Double {
    if lower == 0, curve.isHill {
      // u = (t / scale)^shape = shape − 1.
      let t = function.scale * pow(function.shape - 1, 1 / function.shape)
      return min(max(t, inflection), upper)
    }
    var (low, high) = (inflection, upper)
    var t = 0.5 * (low + high)
    for _ in 0..<100 {
      let g = function.value(at: t) - lowerValue - function.slope(at: t) * (t - lower)
      if g < 0 { low = t } else { high = t }
      guard high > low.nextUp else { break }
      let newton = t + g / (function.curvature(at: t) * (t - lower))
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - t) <= 4e-16 * t { break }
      t = next
    }
    return t
  }

  @inline(__always)
  mutating func respond(to price: Double, logPrice: Double) -> (least: Double, most: Double, moves: Double) {
    if price > jumpPrice { return (lower, lower, 0) }
    if price == jumpPrice { return (lower, tangent, 0) }
    if price <= slopeAtUpper || price <= 0 { return (upper, upper, 0) }
    if tangent >= upper { return (upper, upper, 0) }
    let taken =
      curve.isHill
      ? curve.hillArgument(atSlope: price, logPrice: logPrice, start: &warm) : curve.logisticArgument(atSlope: price)
    if taken.x >= upper { return (upper, upper, 0) }
    if taken.x <= tangent { return (tangent, tangent, 0) }
    return (taken.x, taken.x, taken.moves)
  }

  /// The envelope at x.
  func value(at x: Double) -> Double {
    x > lower && x < tangent ? lowerValue + jumpPrice * (x - lower) : function.value(at: x)
  }
}
