import Testing

@testable import TimeSeries

@Suite("Significance of differences in accuracy")
struct SignificanceTests {
  /// Made with scipy 1.x (`wilcoxon`, `friedmanchisquare`) and the formulas of the papers in numpy; agreement to the
  /// digits that floating point keeps.
  @Test("Wilcoxon's test agrees with scipy, exact and approximate")
  func wilcoxon() {
    let first = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    let second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    #expect(abs(PairedTests.wilcoxon(first.span, second.span) - 0.0390625) < 1e-12)
    let many = (0..<30).map { Double($0 * 7 % 11) }
    let others = (0..<30).map { Double($0 * 5 % 13) }
    #expect(abs(PairedTests.wilcoxon(many.span, others.span) - 0.41514472892773524) < 1e-9)
    #expect(PairedTests.wilcoxon(many.span, many.span) == 1)
  }

  @Test("Friedman's test agrees with scipy; ranks add up")
  func friedman() throws {
    let errors: [Double] = [9, 5, 3, 7, 8, 4, 7, 4, 3, 6, 5, 6, 1, 2, 5, 6, 1, 7, 8, 6, 8, 9, 4, 7]
    let comparison = try #require(RankComparison(errors: errors, methods: 4))
    #expect(abs(comparison.friedman - 6.052631578947369) < 1e-9)
    #expect(abs(comparison.pValue - 0.10907747355267801) < 1e-9)
    #expect(abs(comparison.meanRanks.reduce(0, +) - 10) < 1e-12)
    // Nothing differs: one group.
    #expect(comparison.letters == ["a", "a", "a", "a"])
  }

  /// Demšar (2006), section 3.2.2: 14 data sets, four classifiers, χ² = 9.28, critical difference 1.25.
  @Test("the published example of mean ranks")
  func published() {
    let ranks = [3.143, 2.000, 2.893, 1.964]
    #expect(abs(RankComparison.friedman(meanRanks: ranks, blocks: 14) - 9.28) < 0.02)
    #expect(abs(RankComparison.criticalDifference(methods: 4, blocks: 14) - 1.25) < 0.005)
  }

  @Test("letters tell groups, and an error that is missing leaves its series out")
  func letters() throws {
    // The third method is always worst, the others take turns.
    let count = 60
    var errors = [Double](repeating: 0, count: 3 * count)
    for series in 0..<count {
      errors[series] = series.isMultiple(of: 2) ? 1 : 2
      errors[count + series] = series.isMultiple(of: 2) ? 2 : 1
      errors[2 * count + series] = 3
    }
    errors[7] = .nan
    let comparison = try #require(RankComparison(errors: errors, methods: 3))
    #expect(comparison.blocks == count - 1)
    #expect(comparison.letters == ["a", "a", "b"])
    #expect(!comparison.isLevelWithBest(2) && comparison.isLevelWithBest(0))
    #expect(RankComparison(errors: [.nan, 1], methods: 2) == nil)
  }

  @Test("Diebold-Mariano with the correction of Harvey, Leybourne and Newbold")
  func dieboldMariano() throws {
    let first = [0.3, 0.4, 0.7, 2.0, 1.5, 1.2, 0.9, 1.3, 0.4, 1.8, 2.2, 1.6]
    let second = [0.5, 0.9, 1.2, 2.6, 1.1, 0.8, 0.6, 1.2, 0.9, 2.6, 2.5, 2.1]
    let forward = DieboldMariano(first.span, second.span, horizon: 2)
    let test = try #require(forward)
    #expect(abs(test.statistic - (-1.2009222742699925)) < 1e-9)
    #expect(abs(test.pValue - 0.25500260967057164) < 1e-9)
    let backward = DieboldMariano(second.span, first.span, horizon: 2)
    #expect(abs(try #require(backward).statistic + test.statistic) < 1e-12)
    let same = DieboldMariano(first.span, first.span)
    #expect(same == nil)
  }

  @Test("the bootstrap repeats itself and covers the mean")
  func bootstrap() throws {
    let first = (0..<50).map { Double($0 % 7) }
    let second = (0..<50).map { Double($0 % 5) + 0.2 }
    let draws = [1, 1, 2].map { PairedTests.bootstrap(first.span, second.span, seed: $0) }
    let one = try #require(draws[0])
    #expect(one.lower < one.mean && one.mean < one.upper)
    #expect(draws[0] == draws[1])
    #expect(draws[0] != draws[2])
  }

  @Test("Holm's adjustment by hand")
  func holm() {
    let adjusted = PairedTests.holm([0.01, 0.04, 0.03, 0.5])
    for (value, expected) in zip(adjusted, [0.04, 0.09, 0.09, 0.5]) { #expect(abs(value - expected) < 1e-12) }
  }
}
