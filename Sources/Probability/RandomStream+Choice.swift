import Glibc

/// Simple draws: yes or no, one of several, waiting times, heavy-tailed noise.
extension RandomStream {
  /// True with the given probability.
  public mutating func bernoulli(_ probability: Double) -> Bool { uniform() < probability }

  /// An index drawn in proportion to non-negative weights of which one at least is positive. O(number of weights).
  public mutating func index(weights: [Double]) -> Int {
    precondition(weights.contains { $0 > 0 }, "a choice needs a positive weight")
    var remaining = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  /// A waiting time with the given mean, exponentially distributed.
  public mutating func waiting(mean: Double) -> Double { -mean * log(uniform()) }

  /// Student's t: a normal over the root of a scaled chi-square. Its tails are heavy for few degrees of freedom.
  public mutating func studentT(degreesOfFreedom: Double) -> Double {
    let chiSquare = Gamma(shape: degreesOfFreedom / 2, scale: 2).draw(&self)
    return normal() / (chiSquare / degreesOfFreedom).squareRoot()
  }
}
