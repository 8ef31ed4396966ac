internal import Probability

/// Several forecasting methods compared over many series by the ranks of their errors: Friedman's test of whether they
/// differ at all, and Nemenyi's critical difference of mean ranks (multiple comparisons with the best).
///
/// Sources: Demšar, "Statistical comparisons of classifiers over multiple data sets" (JMLR 7, 2006), section 3.2.2;
/// Koning, Franses, Hibon & Stekler, "The M3 competition: statistical tests of the results" (IJF 21, 2005).
public struct RankComparison: Sendable, Hashable {
  /// Of each method; 1 is best. Ties share the mean of their ranks.
  public private(set) var meanRanks: [Double]
  /// Series with an error of every method; others are left out.
  public let blocks: Int
  /// Friedman's statistic, corrected for ties; chi-squared with one degree of freedom less than methods.
  public let friedman: Double
  /// Of no difference between the methods.
  public let pValue: Double
  /// Two methods whose mean ranks differ by more differ at `significance`.
  public let criticalDifference: Double
  public let significance: Double

  /// - Parameters:
  ///   - errors: methods × series, contiguous: method m's error in series s at `m·series + s`; NaN is unknown.
  ///   - methods: how many; at least 2.
  /// - Returns: nil where no series has an error of every method.
  /// - Complexity: O(series · methods · log methods).
  public init?(errors: [Double], methods: Int, significance: Double = 0.05) {
    precondition(methods >= 2 && errors.count.isMultiple(of: methods), "every method has an error for every series")
    let series = errors.count / methods
    var sums = [Double](repeating: 0, count: methods)
    var blocks = 0
    var tieSum = 0.0
    var order = Array(0..<methods)
    for block in 0..<series {
      func error(_ method: Int) -> Double { errors[method * series + block] }
      guard (0..<methods).allSatisfy({ !error($0).isNaN }) else { continue }
      blocks += 1
      order.sort { (error($0), $0) < (error($1), $1) }
      var start = 0
      while start < methods {
        var end = start + 1
        while end < methods, error(order[end]) == error(order[start]) { end += 1 }
        let ties = Double(end - start)
        for place in start..<end { sums[order[place]] += Double(start + end + 1) / 2 }
        tieSum += ties * ties * ties - ties
        start = end
      }
    }
    guard blocks > 0 else { return nil }
    let (n, k) = (Double(blocks), Double(methods))
    meanRanks = sums.map { $0 / n }
    self.blocks = blocks
    let untied = 1 - tieSum / (n * k * (k * k - 1))
    friedman = untied > 0 ? Self.friedman(meanRanks: meanRanks, blocks: blocks) / untied : 0
    pValue = ChiSquared(degreesOfFreedom: k - 1).upperTail(friedman)
    criticalDifference = Self.criticalDifference(methods: methods, blocks: blocks, significance: significance)
    self.significance = significance
  }

  /// 12 n / (k (k + 1)) · (Σ R² − k (k + 1)² / 4), without ties.
  static func friedman(meanRanks: [Double], blocks: Int) -> Double {
    let k = Double(meanRanks.count)
    let squares = meanRanks.reduce(0) { $0 + $1 * $1 }
    return 12 * Double(blocks) / (k * (k + 1)) * (squares - k * (k + 1) * (k + 1) / 4)
  }

  /// q √(k (k + 1) / (6 n)), q the studentized range's quantile over √2.
  public static func criticalDifference(methods: Int, blocks: Int, significance: Double = 0.05) -> Double {
    let k = Double(methods)
    let q = StudentizedRange(count: methods).quantile(1 - significance) / 2.0.squareRoot()
    return q * (k * (k + 1) / (6 * Double(blocks))).squareRoot()
  }

  /// The method with the lowest mean rank; the first of several.
  public var best: Int { meanRanks.indices.min { (meanRanks[$0], $0) < (meanRanks[$1], $1) } ?? 0 }

  /// Whether a method cannot be told from the best one.
  public func isLevelWithBest(_ method: Int) -> Bool {
    meanRanks[method] - meanRanks[best] <= criticalDifference
  }

  /// For each method the letters of the groups it is in, `a` the best: methods that share a letter cannot be told
  /// apart. After the 26th group letters are doubled.
  public var letters: [String] {
    let order = meanRanks.indices.sorted { (meanRanks[$0], $0) < (meanRanks[$1], $1) }
    var letters = [String](repeating: "", count: meanRanks.count)
    var (group, covered) = (0, -1)
    for (start, method) in order.enumerated() {
      // The longest run from here whose ends are within the critical difference.
      let end = order.lastIndex { meanRanks[$0] - meanRanks[method] <= criticalDifference } ?? start
      guard end > covered else { continue }
      covered = end
      let letter = String(
        repeating: Character(Unicode.Scalar(UInt8(97 + group % 26))), count: group / 26 + 1)
      for member in order[start...end] { letters[member] += letter }
      group += 1
    }
    return letters
  }
}

extension RankComparison {
  /// The same comparison with the methods in another order.
  package func reordered(_ order: [Int]) -> RankComparison {
    var comparison = self
    comparison.meanRanks = order.map { meanRanks[$0] }
    return comparison
  }
}
