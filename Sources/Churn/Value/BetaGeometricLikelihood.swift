internal import Glibc
internal import LinearAlgebra
internal import Probability

/// The log-likelihood of the BG/NBD model with its derivatives: equation (6) of Fader, Hardie and Lee (2005) in the form
///
///     ln Γ(r + x) − ln Γ(r) + r ln α + ln Γ(a + b) + ln Γ(b + x) − ln Γ(b) − ln Γ(a + b + x)
///       + ln (e^D + δ(x > 0) e^E),  D = −(r + x) ln(α + T),  E = ln a − ln(b + x − 1) − (r + x) ln(α + tₓ),
///
/// where D is the customer that is still alive and E the one that left after its last purchase.
enum BetaGeometricLikelihood {
  /// Gamma functions of the parameters plus x, which only depend on x.
  private struct CountTerms {
    var value: Double
    var r, rr: Double
    var a, aa, ab, b, bb: Double

    init(_ p: [Double], _ x: Double) {
      let (r, alpha, a, b) = (p[0], p[1], p[2], p[3])
      value =
        logGamma(r + x) - logGamma(r) + r * log(alpha) + logGamma(a + b) + logGamma(b + x) - logGamma(b)
        - logGamma(a + b + x)
      self.r = digamma(r + x) - digamma(r) + log(alpha)
      rr = trigamma(r + x) - trigamma(r)
      self.a = digamma(a + b) - digamma(a + b + x)
      aa = trigamma(a + b) - trigamma(a + b + x)
      ab = aa
      self.b = self.a + digamma(b + x) - digamma(b)
      bb = aa + trigamma(b + x) - trigamma(b)
    }
  }

  /// - Parameter p: r, α, a, b.
  static func derivatives(_ p: [Double], _ customers: [BetaGeometricModel.Purchases]) -> LikelihoodSearch.Derivatives {
    var total = LikelihoodSearch.Derivatives(parameters: 4)
    var known: [Double: CountTerms] = [:]
    for customer in customers {
      let x = customer.repeats
      let terms = known[x] ?? CountTerms(p, x)
      known[x] = terms
      total.value += terms.value
      total.gradient[0] += terms.r
      total.gradient[1] += p[0] / p[1]
      total.gradient[2] += terms.a
      total.gradient[3] += terms.b
      total.hessian[0, 0] += terms.rr
      total.hessian[0, 1] += 1 / p[1]
      total.hessian[1, 1] -= p[0] / (p[1] * p[1])
      total.hessian[2, 2] += terms.aa
      total.hessian[2, 3] += terms.ab
      total.hessian[3, 3] += terms.bb
      addLast(customer, p, &total)
    }
    for i in 0..<4 { for j in 0..<i { total.hessian[i, j] = total.hessian[j, i] } }
    return total
  }

  /// ln(e^D + e^E): the mean of the two terms' derivatives with the weights e^D and e^E, and for the second ones the
  /// spread of the first.
  private static func addLast(
    _ customer: BetaGeometricModel.Purchases, _ p: [Double], _ total: inout LikelihoodSearch.Derivatives
  ) {
    let x = customer.repeats
    let (stay, last) = (p[1] + customer.observed, p[1] + customer.lastPurchase)
    let power = p[0] + x
    let alive = -power * log(stay)
    guard x > 0 else {
      total.value += alive
      total.gradient[0] -= log(stay)
      total.gradient[1] -= power / stay
      total.hessian[0, 1] -= 1 / stay
      total.hessian[1, 1] += power / (stay * stay)
      return
    }
    let left = log(p[2]) - log(p[3] + x - 1) - power * log(last)
    let larger = max(alive, left)
    let sum = larger + log(exp(alive - larger) + exp(left - larger))
    let (wD, wE) = (exp(alive - sum), exp(left - sum))
    let drop = p[3] + x - 1
    total.value += sum
    total.gradient[0] -= wD * log(stay) + wE * log(last)
    total.gradient[1] -= power * (wD / stay + wE / last)
    total.gradient[2] += wE / p[2]
    total.gradient[3] -= wE / drop
    // Weighted second derivatives of D and E …
    total.hessian[0, 1] -= wD / stay + wE / last
    total.hessian[1, 1] += power * (wD / (stay * stay) + wE / (last * last))
    total.hessian[2, 2] -= wE / (p[2] * p[2])
    total.hessian[3, 3] += wE / (drop * drop)
    // … and the spread of the first ones.
    let d0 = log(stay) - log(last)
    let d1 = power * (1 / stay - 1 / last)
    let (d2, d3) = (1 / p[2], -1 / drop)
    let spread = wD * wE
    total.hessian[0, 0] += spread * d0 * d0
    total.hessian[0, 1] += spread * d0 * d1
    total.hessian[0, 2] += spread * d0 * d2
    total.hessian[0, 3] += spread * d0 * d3
    total.hessian[1, 1] += spread * d1 * d1
    total.hessian[1, 2] += spread * d1 * d2
    total.hessian[1, 3] += spread * d1 * d3
    total.hessian[2, 2] += spread * d2 * d2
    total.hessian[2, 3] += spread * d2 * d3
    total.hessian[3, 3] += spread * d3 * d3
  }
}
