internal import Glibc

/// The BG/NBD model: how often customers without a contract buy, and when they silently stop.
///
/// While alive, a customer buys at a rate λ ~ Gamma(r, α); after each purchase it drops out with a chance p ~ Beta(a, b).
/// Source: Fader, Hardie and Lee, "'Counting your customers' the easy way: an alternative to the Pareto/NBD model"
/// (Marketing Science 24, 2005).
public struct BetaGeometricModel: Sendable, Hashable, Codable {
  /// One customer, in any unit of time that is the same for all.
  public struct Purchases: Sendable, Hashable {
    /// Repeat purchases x ≥ 0: the first one does not count.
    public var repeats: Double
    /// Time from the first purchase to the last one, tₓ; 0 without repeats.
    public var lastPurchase: Double
    /// Time from the first purchase to the end of observation, T ≥ tₓ.
    public var observed: Double

    public init(repeats: Double, lastPurchase: Double, observed: Double) {
      self.repeats = repeats
      self.lastPurchase = lastPurchase
      self.observed = observed
    }
  }

  /// Shape of the purchase rates.
  public let r: Double
  /// Scale of the purchase rates, in units of time.
  public let alpha: Double
  public let a: Double
  public let b: Double

  public init(r: Double, alpha: Double, a: Double, b: Double) {
    precondition(r > 0 && alpha > 0 && a > 0 && b > 0, "the parameters of a BG/NBD model are positive")
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
  }

  /// P(alive at T | x, tₓ, T) = 1 / (1 + δ(x > 0) a / (b + x − 1) · ((α + T) / (α + tₓ))^(r + x)).
  ///
  /// Source: Fader, Hardie and Lee, "Computing P(alive) using the BG/NBD model" (2008). One without repeats, because
  /// customers drop out only after a purchase that repeats.
  public func aliveProbability(_ customer: Purchases) -> Double { 1 / (1 + goneOdds(customer)) }

  private func goneOdds(_ customer: Purchases) -> Double {
    guard customer.repeats > 0 else { return 0 }
    let power = (r + customer.repeats) * log((alpha + customer.observed) / (alpha + customer.lastPurchase))
    return exp(log(a / (b + customer.repeats - 1)) + power)
  }

  /// E[purchases in (T, T + t] | x, tₓ, T]: equation (10) of the paper.
  ///
  /// There the hypergeometric function has parameters that grow with x and converges badly; Euler's transformation
  /// (Abramowitz and Stegun 15.3.3) turns ((α + T) / (α + T + t))^(r + x) ₂F₁(r + x, b + x; a + b + x − 1; z) into
  /// (1 − z)^(a − 1) ₂F₁(a + b − 1 − r, a − 1; a + b + x − 1; z), z = t / (α + T + t), whose terms stay small. The factor
  /// 1 / (a − 1) is taken out of it term by term, so that a = 1 is no special case.
  public func expectedPurchases(_ customer: Purchases, within time: Double) -> Double {
    guard time > 0 else { return 0 }
    let (x, observed) = (customer.repeats, customer.observed)
    let alive = alpha + observed + time
    return repeatsOverTime(x: x, logStay: log((alpha + observed) / alive), z: time / alive) / (1 + goneOdds(customer))
  }

  /// E[purchases in (0, t]] of a customer about whom nothing is known but that it bought once: equation (9).
  public func expectedPurchases(ofNewCustomerWithin time: Double) -> Double {
    expectedPurchases(Purchases(repeats: 0, lastPurchase: 0, observed: 0), within: time)
  }

  /// (c / ε) (1 − (1 − z)^ε ₂F₁(a + b − 1 − r, ε; c; z)) with ε = a − 1, c = a + b + x − 1.
  private func repeatsOverTime(x: Double, logStay: Double, z: Double) -> Double {
    let (first, epsilon, c) = (a + b - 1 - r, a - 1, a + b + x - 1)
    // ₂F₁ = 1 + ε S / c with S = Σ (first)ₙ (ε + 1)ₙ₋₁ / ((c + 1)ₙ₋₁ n!) zⁿ.
    var term = first * z
    var series = term
    var n = 1.0
    while abs(term) > 1e-17 * abs(series), n < 200_000 {
      term *= (first + n) * (epsilon + n) / ((c + n) * (n + 1)) * z
      series += term
      n += 1
    }
    let scaled = epsilon * logStay
    let leaving = abs(epsilon) > 1e-12 ? expm1(scaled) / epsilon : logStay
    return -c * leaving - exp(scaled) * series
  }
}

extension BetaGeometricModel {
  /// A model with what its fit says about itself.
  public struct Fit: Sendable, Hashable {
    public let model: BetaGeometricModel
    public let logLikelihood: Double
    public let customers: Int
    public let iterations: Int
  }

  /// Maximum likelihood by Newton's method. Cost: some twenty passes over the customers.
  public static func fit(_ customers: [Purchases]) throws(ValueError) -> Fit {
    guard customers.contains(where: { $0.repeats > 0 }) else { throw .noCustomers(needs: "a repeat purchase") }
    for (row, customer) in customers.enumerated() {
      guard customer.repeats >= 0, customer.lastPurchase >= 0, customer.observed >= customer.lastPurchase,
        customer.observed.isFinite, customer.repeats.isFinite
      else { throw .badFigure(row: row, "purchases, last purchase and end of observation do not go together") }
    }
    // 1. Time in units of the mean observation, so that all parameters are near one.
    let mean = customers.reduce(0) { $0 + $1.observed } / Double(customers.count)
    guard mean > 0 else { throw .noCustomers(needs: "a time after its first purchase") }
    let scaled = customers.map {
      Purchases(repeats: $0.repeats, lastPurchase: $0.lastPurchase / mean, observed: $0.observed / mean)
    }
    // 2. The best of a few starts: with few customers the likelihood has a ridge.
    let starts: [[Double]] = [[1, 1, 1, 1], [0.3, 0.3, 0.5, 2], [3, 2, 0.2, 2]]
    let found = starts.compactMap { start in
      LikelihoodSearch.maximise(from: start) { BetaGeometricLikelihood.derivatives($0, scaled) }
    }
    guard let best = found.max(by: { $0.value < $1.value }) else { throw .noMaximum(model: "BG/NBD") }
    let (r, alpha, a, b) = (best.parameters[0], best.parameters[1] * mean, best.parameters[2], best.parameters[3])
    // 3. The density of x purchases has the dimension time^−x.
    let purchases = customers.reduce(0) { $0 + $1.repeats }
    return Fit(
      model: BetaGeometricModel(r: r, alpha: alpha, a: a, b: b), logLikelihood: best.value - purchases * log(mean),
      customers: customers.count, iterations: best.iterations)
  }
}
