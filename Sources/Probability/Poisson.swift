import Glibc

/// The Poisson distribution.
public struct Poisson: Sendable, Hashable {
  /// Zero or positive.
  public let mean: Double

  public init(mean: Double) { self.mean = mean }

  public var variance: Double { mean }

  /// P(X = k).
  public func mass(_ k: Int) -> Double {
    guard k >= 0 else { return 0 }
    guard mean > 0 else { return k == 0 ? 1 : 0 }
    return exp(Double(k) * log(mean) - mean - logGamma(Double(k) + 1))
  }

  /// P(X ≤ k).
  public func cumulative(_ k: Int) -> Double {
    guard k >= 0 else { return 0 }
    return mean > 0 ? upperIncompleteGamma(Double(k) + 1, mean) : 1
  }

  /// P(X > k), accurate for small probabilities.
  public func upperTail(_ k: Int) -> Double {
    guard k >= 0 else { return 1 }
    guard mean > 0 else { return 0 }
    // Where most of the mass lies above, from one; elsewhere term by term, each smaller than the last by mean / j.
    guard Double(k) + 1 > mean else { return 1 - cumulative(k) }
    var (term, sum, j) = (mass(k + 1), 0.0, Double(k) + 1)
    while term > sum * 1e-17, term > 0 {
      sum += term
      j += 1
      term *= mean / j
    }
    return min(1, sum)
  }

  /// The smallest k with P(X ≤ k) ≥ probability; nil at 1, where there is none.
  public func quantile(_ probability: Double) -> Int? {
    guard probability < 1 else { return nil }
    guard probability > 0, mean > 0 else { return 0 }
    // From the normal approximation, step by step to the smallest.
    let z = Normal.standardQuantile(probability)
    let guess = mean + z * mean.squareRoot() + (z * z - 1) / 6
    var k = Int(min(max(0, guess.rounded()), 1e15))
    while cumulative(k) < probability { k += 1 }
    while k > 0, cumulative(k - 1) >= probability { k -= 1 }
    return k
  }

  /// A draw: by inversion for means below 10, above by transformed rejection (PTRS).
  ///
  /// Source: Hörmann, "The transformed rejection method for generating Poisson random variables" (Insurance:
  /// Mathematics and Economics 12, 1993).
  public func draw(_ stream: inout RandomStream) -> Int {
    guard mean > 0 else { return 0 }
    return mean < 10 ? drawByInversion(&stream) : drawByRejection(&stream)
  }

  private func drawByInversion(_ stream: inout RandomStream) -> Int {
    var remaining = stream.uniform()
    var probability = exp(-mean)
    var k = 0
    // Beyond 200 the mass is below the last bit of a uniform number.
    while remaining > probability, k < 200 {
      remaining -= probability
      k += 1
      probability *= mean / Double(k)
    }
    return k
  }

  private func drawByRejection(_ stream: inout RandomStream) -> Int {
    let b = 0.931 + 2.53 * mean.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let acceptance = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = stream.uniform() - 0.5
      let v = stream.uniform()
      let us = 0.5 - abs(u)
      let k = ((2 * a / us + b) * u + mean + 0.43).rounded(.down)
      if us >= 0.07, v <= acceptance { return Int(k) }
      guard k >= 0, us >= 0.013 || v <= us else { continue }
      let left = log(v * inverseAlpha / (a / (us * us) + b))
      if left <= k * log(mean) - mean - logGamma(k + 1) { return Int(k) }
    }
  }
}
