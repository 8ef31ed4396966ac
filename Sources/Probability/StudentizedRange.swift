internal import Glibc

/// The range of k independent standard normal variables: the studentized range with infinite degrees of freedom, from
/// which critical differences of mean ranks are taken.
public struct StudentizedRange: Sendable, Hashable {
  /// How many variables; at least 2.
  public let count: Int

  public init(count: Int) {
    precondition(count >= 2, "a range needs at least two values")
    self.count = count
  }

  /// P(range ≤ q) = k ∫ φ(z) (Φ(z) − Φ(z − q))^{k−1} dz, by Simpson's rule on [−8, 8 + q]; absolute error about 1e-10.
  ///
  /// Source: Lund & Lund, "Algorithm AS 190: Probabilities and upper quantiles for the studentized range" (Applied
  /// Statistics 32, 1983), the inner integral.
  public func cumulative(_ q: Double) -> Double {
    guard q > 0 else { return 0 }
    guard q < 40 else { return 1 }
    let normal = Normal.standard
    let (lower, upper, steps) = (-8.0, 8.0 + q, 400)
    let width = (upper - lower) / Double(steps)
    var sum = 0.0
    for step in 0...steps {
      let z = lower + Double(step) * width
      let weight = step == 0 || step == steps ? 1.0 : step.isMultiple(of: 2) ? 2 : 4
      let inside = max(0, normal.cumulative(z) - normal.cumulative(z - q))
      sum += weight * normal.density(z) * pow(inside, Double(count - 1))
    }
    return min(1, Double(count) * sum * width / 3)
  }

  /// The value below which a share `probability` lies, by bisection to 1e-10.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile needs a probability between 0 and 1")
    var (low, high) = (0.0, 40.0)
    while high - low > 1e-10 {
      let middle = (low + high) / 2
      if cumulative(middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
