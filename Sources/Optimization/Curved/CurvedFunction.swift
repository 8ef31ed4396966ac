import Glibc

/// A function of one amount that need not be concave: a saturating return of the units that the amount buys, less a
/// charge for every unit by which it moves away from an anchor.
///
///     h(x) = weight · f(q(x)) − charge · |x − anchor|
///
/// q is increasing and piecewise linear: the units bought where the price of a unit depends on how many were bought.
/// Between its breaks h is convex or concave, which is all that a bound needs.
public struct CurvedFunction: Sendable, Hashable {
  public enum Family: UInt8, Sendable, Hashable {
    /// amplitude · ln(1 + q / scale)
    case logarithm
    /// amplitude · (1 − exp(−q / scale))
    case exponentialSaturation
    /// amplitude · qˢ / (qˢ + scaleˢ), s = shape: an S-curve where s > 1
    case hill
    /// amplitude · (q / scale)^shape, 0 < shape < 1
    case power
    /// 0
    case zero
  }

  /// Amounts from `start` on buy `rate` units each, beside the `units` bought by `start`.
  public struct Tier: Sendable, Hashable {
    public var start: Double
    public var units: Double
    public var rate: Double

    public init(start: Double, units: Double, rate: Double) {
      self.start = start
      self.units = units
      self.rate = rate
    }
  }

  public var family: Family
  public var amplitude: Double
  public var scale: Double
  public var shape: Double
  /// Ascending, the first at 0; a single tier of rate 1 where units are the amount itself.
  public var tiers: [Tier] = [Tier(start: 0, units: 0, rate: 1)]
  public var anchor = 0.0
  public var charge = 0.0

  public init(_ family: Family, amplitude: Double = 0, scale: Double = 1, shape: Double = 1) {
    self.family = family
    self.amplitude = amplitude
    self.scale = scale
    self.shape = shape
  }

  var isProper: Bool {
    guard charge >= 0, charge.isFinite, anchor.isFinite, tiers.first?.start == 0 else { return false }
    for tier in tiers where !(tier.rate > 0 && tier.rate.isFinite && tier.units.isFinite) { return false }
    for (tier, next) in zip(tiers, tiers.dropFirst()) where !(tier.start < next.start) { return false }
    guard family != .zero else { return true }
    guard amplitude.isFinite, amplitude >= 0, scale.isFinite, scale > 0, shape > 0, shape.isFinite else { return false }
    return family != .power || shape < 1
  }

  /// h(x).
  public func value(at x: Double) -> Double {
    let bought = tier(at: x)
    return base(at: bought.units + bought.rate * (x - bought.start)) - charge * abs(x - anchor)
  }

  /// h′(x) from the right.
  public func slope(at x: Double) -> Double {
    let bought = tier(at: x)
    let units = bought.units + bought.rate * (x - bought.start)
    return bought.rate * baseSlope(at: units) - (x >= anchor ? charge : -charge)
  }

  private func tier(at x: Double) -> Tier {
    var found = tiers[0]
    for tier in tiers.dropFirst() where tier.start <= x { found = tier }
    return found
  }

  private func base(at q: Double) -> Double {
    guard q > 0 else { return 0 }
    switch family {
    case .logarithm: return amplitude * log1p(q / scale)
    case .exponentialSaturation: return -amplitude * expm1(-q / scale)
    case .hill: return amplitude / (1 + pow(scale / q, shape))
    case .power: return amplitude * pow(q / scale, shape)
    case .zero: return 0
    }
  }

  private func baseSlope(at q: Double) -> Double {
    switch family {
    case .logarithm: return amplitude / (scale + max(q, 0))
    case .exponentialSaturation: return amplitude / scale * exp(-max(q, 0) / scale)
    case .hill:
      if shape == 1 { return amplitude * scale / ((max(q, 0) + scale) * (max(q, 0) + scale)) }
      guard q > 0 else { return shape < 1 ? .infinity : 0 }
      let ratio = pow(scale / q, shape)
      return ratio.isFinite ? amplitude * shape / q * ratio / ((1 + ratio) * (1 + ratio)) : 0
    case .power: return q <= 0 ? .infinity : amplitude * shape / scale * pow(q / scale, shape - 1)
    case .zero: return 0
    }
  }

  /// The q at which the base turns from convex to concave.
  private var baseInflection: Double {
    guard family == .hill, shape > 1 else { return 0 }
    return scale * pow((shape - 1) / (shape + 1), 1 / shape)
  }

  /// Amounts at which the slope may jump or the curvature change sign, ascending, strictly between the ends.
  func breaks(between lower: Double, and upper: Double) -> [Double] {
    var breaks = tiers.dropFirst().map(\.start)
    if charge > 0 { breaks.append(anchor) }
    let inflection = baseInflection
    if inflection > 0 {
      for (index, tier) in tiers.enumerated() {
        let x = tier.start + (inflection - tier.units) / tier.rate
        let end = index + 1 < tiers.count ? tiers[index + 1].start : .infinity
        if x > tier.start, x < end { breaks.append(x) }
      }
    }
    return breaks.filter { $0 > lower && $0 < upper }.sorted()
  }

  /// Whether h is concave just right of `x`, up to the next break.
  func isConcave(from x: Double) -> Bool {
    let bought = tier(at: x)
    return bought.units + bought.rate * (x - bought.start) >= baseInflection * (1 - 1e-12)
  }

  /// The x in a concave piece where h(x) − price · x is largest.
  func argument(atSlope price: Double, between lower: Double, and upper: Double) -> Double {
    let bought = tier(at: lower)
    let target = (price + (lower >= anchor ? charge : -charge)) / bought.rate
    guard family != .zero, amplitude > 0 else { return target > 0 ? lower : upper }
    guard target > 0 else { return upper }
    func amount(_ q: Double) -> Double { min(max(bought.start + (q - bought.units) / bought.rate, lower), upper) }
    switch family {
    case .logarithm: return amount(amplitude / target - scale)
    case .exponentialSaturation: return amount(-scale * log(target * scale / amplitude))
    case .hill where shape == 1: return amount((amplitude * scale / target).squareRoot() - scale)
    case .power: return amount(scale * pow(target * scale / (amplitude * shape), 1 / (shape - 1)))
    case .hill, .zero: return bisected(target, bought, lower, upper)
    }
  }

  private func bisected(_ target: Double, _ bought: Tier, _ lower: Double, _ upper: Double) -> Double {
    func excess(_ x: Double) -> Double { baseSlope(at: bought.units + bought.rate * (x - bought.start)) - target }
    if excess(upper) >= 0 { return upper }
    if excess(lower) <= 0 { return lower }
    var (low, high) = (lower, upper)
    for _ in 0..<200 {
      let middle = low > 0 && high > 4 * low ? low.squareRoot() * high.squareRoot() : low + (high - low) / 2
      guard middle > low, middle < high else { break }
      if excess(middle) > 0 { low = middle } else { high = middle }
    }
    return low
  }
}
