/// The values that an amount may take: an interval, with 0 besides it (“a minimum or nothing”), or whole steps.
public struct AmountDomain: Sendable, Hashable {
  public var lower: Double
  public var upper: Double
  /// Whether 0 is allowed too where `lower` is above it.
  public var allowsZero: Bool
  /// Amounts are multiples of it; 0 for any amount.
  public var step: Double

  public init(_ range: ClosedRange<Double>, allowsZero: Bool = false, step: Double = 0) {
    lower = range.lowerBound
    upper = range.upperBound
    self.allowsZero = allowsZero
    self.step = step
    if step > 0 {
      lower = (lower / step - 1e-9).rounded(.up) * step
      upper = (upper / step + 1e-9).rounded(.down) * step
    }
  }

  /// Whether there is no value at all.
  public var isEmpty: Bool { !(lower <= upper) && !allowsZero }
  /// The least and the most, also where values between them are missing.
  var hull: (lower: Double, upper: Double) {
    allowsZero ? (min(0, lower), lower <= upper ? upper : 0) : (lower, upper)
  }

  func contains(_ x: Double, tolerance: Double) -> Bool {
    if allowsZero, abs(x) <= tolerance { return true }
    guard x >= lower - tolerance, x <= upper + tolerance else { return false }
    return step == 0 || abs(x / step - (x / step).rounded()) * step <= tolerance
  }

  /// The whole steps on either side of `x`.
  fileprivate func steps(near x: Double) -> [Double] {
    let units = (x / step).rounded(.down)
    return [min(max(units * step, lower), upper), min(max((units + 1) * step, lower), upper)]
  }

  /// The values up to `x`, and those from there on; whole steps on either side, so that both are smaller.
  func split(at x: Double) -> (below: AmountDomain, above: AmountDomain) {
    var (below, above) = (self, self)
    if allowsZero, x < lower {
      (below.lower, below.upper, below.allowsZero) = (0, 0, false)
      above.allowsZero = false
    } else if step > 0 {
      let units = (x / step + 1e-9).rounded(.down)
      below.upper = units * step
      (above.lower, above.allowsZero) = ((units + 1) * step, false)
    } else {
      below.upper = x
      (above.lower, above.allowsZero) = (x, false)
    }
    return (below, above)
  }
}

extension CurvedFunction {
  /// The amount of the domain where h(x) − price · x is largest, and that value: the conjugate of h.
  func best(at price: Double, in domain: AmountDomain) -> (amount: Double, gain: Double) {
    var best = (amount: 0.0, gain: -Double.infinity)
    func consider(_ x: Double) {
      let gain = value(at: x) - price * x
      if gain > best.gain { best = (x, gain) }
    }
    if domain.allowsZero { consider(0) }
    guard domain.lower <= domain.upper else { return best }
    consider(domain.lower)
    consider(domain.upper)
    let ends = [domain.lower] + breaks(between: domain.lower, and: domain.upper) + [domain.upper]
    for (low, high) in zip(ends, ends.dropFirst()) where high > low {
      if domain.step > 0 {
        for whole in domain.steps(near: low) + domain.steps(near: high) { consider(whole) }
      } else {
        consider(low)
      }
      guard isConcave(from: low) else { continue }
      let x = argument(atSlope: price, between: low, and: high)
      if domain.step > 0 { for whole in domain.steps(near: x) { consider(whole) } } else { consider(x) }
    }
    return best
  }

  /// A line above h on the whole domain, as low at `x` as lines can be: h(z) ≤ intercept + slope · z.
  ///
  /// The sandwich method: the chord over x is raised by the conjugate until nothing lies above it. Finite on chords and
  /// fast on curves, and valid however early it stops, because the intercept is the conjugate itself.
  ///
  /// Source: Rote, "The convergence rate of the sandwich algorithm for approximating convex functions" (Computing 48,
  /// 1992).
  func supportingLine(at x: Double, in domain: AmountDomain) -> (slope: Double, intercept: Double) {
    let hull = domain.hull
    var left = (x: hull.lower, value: value(at: hull.lower))
    var right = (x: hull.upper, value: value(at: hull.upper))
    guard right.x > left.x else { return (0, max(left.value, right.value)) }
    let point = min(max(x, left.x), right.x)
    var line = (slope: 0.0, intercept: Double.infinity)
    for _ in 0..<80 {
      let slope = (right.value - left.value) / (right.x - left.x)
      // Steeper lines (a power of the amount at 0) would only upset the solver.
      guard abs(slope) < 1e6 else { break }
      let best = best(at: slope, in: domain)
      let height = best.gain + slope * point
      if height < line.intercept + line.slope * point || line.intercept == .infinity {
        line = (slope, best.gain)
      }
      let chord = left.value - slope * left.x
      let scale = max(abs(left.value), abs(right.value), abs(slope * point))
      guard best.gain > chord + 1e-15 * scale, best.amount > left.x, best.amount < right.x else { break }
      if best.amount > point || (best.amount == point && point == hull.lower) {
        right = (best.amount, value(at: best.amount))
      } else {
        left = (best.amount, value(at: best.amount))
        if best.amount == point { break }
      }
    }
    return line.intercept.isFinite ? line : (0, best(at: 0, in: domain).gain)
  }
}
