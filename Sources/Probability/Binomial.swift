import Glibc

/// The number of successes in independent trials.
public struct Binomial: Sendable, Hashable {
  public let trials: Int
  /// Between 0 and 1.
  public let probability: Double

  public init(trials: Int, probability: Double) {
    self.trials = trials
    self.probability = probability
  }

  public var mean: Double { Double(trials) * probability }
  public var variance: Double { mean * (1 - probability) }

  /// P(X = k).
  public func mass(_ k: Int) -> Double {
    guard k >= 0, k <= trials else { return 0 }
    guard probability > 0 else { return k == 0 ? 1 : 0 }
    guard probability < 1 else { return k == trials ? 1 : 0 }
    let (n, x) = (Double(trials), Double(k))
    let combinations = logGamma(n + 1) - logGamma(x + 1) - logGamma(n - x + 1)
    return exp(combinations + x * log(probability) + (n - x) * log1p(-probability))
  }

  /// A draw. Many trials are halved by the median order statistic of their uniforms, which is beta distributed, until
  /// few successes are expected; those are drawn by inversion.
  ///
  /// Source: Devroye, *Non-Uniform Random Variate Generation* (1986), X.4.3, recursive binomial generator.
  public func draw(_ stream: inout RandomStream) -> Int {
    var (n, p, successes) = (trials, probability, 0)
    while n > 0, p > 0, p < 1, Double(n) * min(p, 1 - p) > 20 {
      // 1. Place the i-th smallest of n uniforms: i-th ~ Beta(i, n + 1 − i), from two gammas.
      let i = (n + 1) / 2
      let low = Gamma(shape: Double(i), scale: 1).draw(&stream)
      let order = low / (low + Gamma(shape: Double(n + 1 - i), scale: 1).draw(&stream))
      // 2. Where it lies below p, it and all before are successes and the rest is spread over (order, 1); else it and
      //    all after are failures and the rest is spread over (0, order).
      if order <= p {
        successes += i
        n -= i
        p = (p - order) / (1 - order)
      } else {
        n = i - 1
        p /= order
      }
    }
    if n <= 0 || p <= 0 { return successes }
    if p >= 1 { return successes + n }
    return successes + (p <= 0.5 ? inverted(n, p, &stream) : n - inverted(n, 1 - p, &stream))
  }

  private func inverted(_ n: Int, _ p: Double, _ stream: inout RandomStream) -> Int {
    let odds = p / (1 - p)
    var remaining = stream.uniform()
    var mass = exp(Double(n) * log1p(-p))
    var k = 0
    while remaining > mass, k < n {
      remaining -= mass
      mass *= odds * Double(n - k) / Double(k + 1)
      k += 1
    }
    return k
  }
}
