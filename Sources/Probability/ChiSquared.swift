internal import Glibc

/// The chi-squared distribution: the sum of the squares of standard normal variables.
public struct ChiSquared: Sendable, Hashable {
  /// Above zero.
  public let degreesOfFreedom: Double

  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "chi-squared needs degrees of freedom above zero")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(X ≥ x), accurate for small probabilities: the p-value of a test.
  public func upperTail(_ x: Double) -> Double {
    upperIncompleteGamma(degreesOfFreedom / 2, x / 2)
  }
}

/// The regularized upper incomplete gamma function Q(a, x) for a > 0.
///
/// Source: DLMF 8.11.4 (series, where x is below a + 1) and 8.9.2 (continued fraction by the modified Lentz method);
/// about 13 digits.
public func upperIncompleteGamma(_ a: Double, _ x: Double) -> Double {
  guard x > 0 else { return 1 }
  guard x.isFinite else { return 0 }
  let front = exp(a * log(x) - x - logGamma(a))
  if x < a + 1 {
    var (term, sum, k) = (1 / a, 1 / a, a)
    while term > sum * 1e-17 {
      k += 1
      term *= x / k
      sum += term
    }
    return max(0, 1 - front * sum)
  }
  let tiny = 1e-300
  func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / guarded(b)
  var fraction = d
  for i in 1...10_000 {
    let factor = -Double(i) * (Double(i) - a)
    b += 2
    d = 1 / guarded(factor * d + b)
    c = guarded(b + factor / c)
    fraction *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return front * fraction
}
