internal import Glibc

/// Student's t distribution.
public struct StudentT: Sendable, Hashable {
  /// Above zero; infinite for the normal distribution.
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "Student's t needs degrees of freedom above zero")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(X ≤ t).
  public func cumulative(_ t: Double) -> Double {
    guard degreesOfFreedom.isFinite else { return Normal.standard.cumulative(t) }
    let tail = twoSidedTail(t) / 2
    return t > 0 ? 1 - tail : tail
  }

  /// P(|X| ≥ |t|), accurate for small probabilities: the p-value of a test.
  public func twoSidedTail(_ t: Double) -> Double {
    guard degreesOfFreedom.isFinite else { return 2 * Normal.standard.cumulative(-abs(t)) }
    let square = t * t
    guard square.isFinite else { return 0 }
    let total = degreesOfFreedom + square
    return regularizedBeta(degreesOfFreedom / total, complement: square / total, degreesOfFreedom / 2, 0.5)
  }

  /// The value below which a share `probability` lies, by bisection on the tail from a bracket around the normal
  /// quantile; about 12 digits.
  public func quantile(_ probability: Double) -> Double {
    guard degreesOfFreedom.isFinite, probability > 0, probability < 1 else {
      return Normal.standard.quantile(probability)
    }
    if probability == 0.5 { return 0 }
    let tail = 2 * min(probability, 1 - probability)
    var lower = 0.0
    var upper = 1.0
    while twoSidedTail(upper) > tail, upper < 1e300 { upper *= 2 }
    for _ in 0..<200 where upper - lower > 1e-13 * upper {
      let middle = (lower + upper) / 2
      if twoSidedTail(middle) > tail { lower = middle } else { upper = middle }
    }
    return probability < 0.5 ? -(lower + upper) / 2 : (lower + upper) / 2
  }
}

/// The regularized incomplete beta function I_x(a, b) for a, b > 0.
///
/// Source: DLMF 8.17.22, the continued fraction evaluated by the modified Lentz method; about 14 digits.
public func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  regularizedBeta(x, complement: 1 - x, a, b)
}

/// As above, with 1 − x given where it is known more exactly than by subtraction.
func regularizedBeta(_ x: Double, complement: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard complement > 0 else { return 1 }
  // The fraction converges fast on one side of the mean; the other side follows by symmetry.
  guard x <= (a + 1) / (a + b + 2) else {
    return 1 - regularizedBeta(complement, complement: x, b, a)
  }
  let front =
    exp(
      logGammaIncrement(max(a, b), min(a, b)) - lgamma(min(a, b)) + a * logarithm(x, complement) + b
        * logarithm(complement, x)) / a
  let tiny = 1e-300
  func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / guarded(1 - (a + b) * x / (a + 1))
  var fraction = d
  for m in 1...10_000 {
    let k = Double(m)
    let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
    d = 1 / guarded(1 + even * d)
    c = guarded(1 + even / c)
    fraction *= c * d
    let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
    d = 1 / guarded(1 + odd * d)
    c = guarded(1 + odd / c)
    fraction *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return front * fraction
}

/// log Γ(a + b) − log Γ(a), without the cancellation of two large numbers: from Stirling's series (DLMF 5.11.1).
private func logGammaIncrement(_ a: Double, _ b: Double) -> Double {
  guard a > 100 else { return lgamma(a + b) - lgamma(a) }
  func correction(_ x: Double) -> Double { (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x }
  return (a - 0.5) * log1p(b / a) + b * log(a + b) - b + correction(a + b) - correction(a)
}

/// log x, from 1 − x where x is near one.
private func logarithm(_ x: Double, _ complement: Double) -> Double {
  x > 0.5 ? log1p(-complement) : log(x)
}
