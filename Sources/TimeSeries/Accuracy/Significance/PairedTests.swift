internal import Probability

/// Tests of whether the errors of two methods over the same series differ; pairs with NaN are left out.
public enum PairedTests {
  /// Wilcoxon's signed-rank test, two-sided: exact for up to 25 pairs without ties, else by the normal approximation
  /// with corrections for ties and continuity. Pairs that are equal are left out; 1 where none is left.
  ///
  /// Source: Wilcoxon, "Individual comparisons by ranking methods" (Biometrics Bulletin 1, 1945); Conover, "Practical
  /// Nonparametric Statistics" (3rd ed., 1999), section 5.7.
  public static func wilcoxon(_ first: Span<Double>, _ second: Span<Double>) -> Double {
    precondition(first.count == second.count, "errors come in pairs")
    let differences = first.indices.map { first[$0] - second[$0] }.filter { !$0.isNaN && $0 != 0 }
    let n = differences.count
    guard n > 0 else { return 1 }
    let order = differences.indices.sorted { differences[$0].magnitude < differences[$1].magnitude }
    var (positive, tieSum, start) = (0.0, 0.0, 0)
    while start < n {
      var end = start + 1
      while end < n, differences[order[end]].magnitude == differences[order[start]].magnitude { end += 1 }
      let ties = Double(end - start)
      tieSum += ties * ties * ties - ties
      for place in start..<end where differences[order[place]] > 0 { positive += Double(start + end + 1) / 2 }
      start = end
    }
    let total = Double(n) * Double(n + 1) / 2
    if n <= 25, tieSum == 0 { return exactTail(Int(min(positive, total - positive)), n) }
    let variance = Double(n) * Double(n + 1) * Double(2 * n + 1) / 24 - tieSum / 48
    let distance = max(0, (positive - total / 2).magnitude - 0.5)
    return min(1, 2 * Normal.standard.cumulative(-distance / variance.squareRoot()))
  }

  /// Twice the chance of a rank sum of at most `sum`, by counting the subsets of 1…n.
  private static func exactTail(_ sum: Int, _ n: Int) -> Double {
    let total = n * (n + 1) / 2
    var ways = [Double](repeating: 0, count: total + 1)
    ways[0] = 1
    for rank in 1...n {
      for value in stride(from: total, through: rank, by: -1) { ways[value] += ways[value - rank] }
    }
    var scale = 1.0
    for _ in 0..<n { scale *= 2 }
    return min(1, 2 * ways[0...sum].reduce(0, +) / scale)
  }

  /// The mean difference of two methods' errors with a percentile interval.
  public struct Difference: Sendable, Hashable {
    /// First minus second: negative where the first is better.
    public let mean: Double
    public let lower: Double
    public let upper: Double
  }

  /// Resamples series with replacement; nil without a pair.
  ///
  /// Source: Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. Cost: pairs × resamples.
  /// - Parameter level: of the interval, percent.
  public static func bootstrap(
    _ first: Span<Double>, _ second: Span<Double>, level: Double = 95, resamples: Int = 2000, seed: UInt64
  ) -> Difference? {
    precondition(first.count == second.count && resamples >= 2, "errors come in pairs")
    let differences = first.indices.map { first[$0] - second[$0] }.filter { !$0.isNaN }
    guard !differences.isEmpty else { return nil }
    let count = Double(differences.count)
    var stream = RandomStream(seed: seed, key: RandomStream.key("paired bootstrap"))
    var means = (0..<resamples).map { _ in
      var sum = 0.0
      for _ in differences.indices { sum += differences[stream.index(below: differences.count)] }
      return sum / count
    }
    means.sort()
    let tail = (1 - level / 100) / 2
    func quantile(_ probability: Double) -> Double {
      let place = probability * Double(resamples - 1)
      let below = min(resamples - 2, Int(place))
      return means[below] + (means[below + 1] - means[below]) * (place - Double(below))
    }
    return Difference(
      mean: differences.reduce(0, +) / count, lower: quantile(tail), upper: quantile(1 - tail))
  }

  /// p-values adjusted so that the chance of any false finding stays below the level of each.
  ///
  /// Source: Holm, "A simple sequentially rejective multiple test procedure" (Scand. J. Statistics 6, 1979).
  public static func holm(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    var adjusted = pValues
    var largest = 0.0
    for (place, index) in order.enumerated() {
      largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
      adjusted[index] = largest
    }
    return adjusted
  }
}
