import Glibc
import Probability

extension BudgetProblem.Draws {
  /// Log-normal factors of mean 1.
  ///
  /// - Parameters:
  ///   - errors: standard deviation of each line's factor; zero or more.
  ///   - correlation: of the logarithms between any two lines, 0 … 1: what all of them have in common.
  ///   - count: of draws.
  ///   - seed: the same seed gives the same draws.
  public static func logNormal(errors: [Double], correlation: Double, count: Int, seed: UInt64) -> Self {
    var stream = RandomStream(seed: seed, key: RandomStream.key("budget draws"))
    let deviations = errors.map { log1p($0 * $0).squareRoot() }
    let (common, own) = (correlation.squareRoot(), (1 - correlation).squareRoot())
    var factors: [Double] = []
    factors.reserveCapacity(count * errors.count)
    for _ in 0..<count {
      let shared = stream.normal(mean: 0, standardDeviation: 1)
      for deviation in deviations {
        let z = common * shared + own * stream.normal(mean: 0, standardDeviation: 1)
        factors.append(exp(deviation * z - deviation * deviation / 2))
      }
    }
    return Self(factors: factors, count: count)
  }
}
