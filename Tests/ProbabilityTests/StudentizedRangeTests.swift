import Probability
import Testing

@Suite("Studentized range")
struct StudentizedRangeTests {
  /// Demšar (JMLR 7, 2006), table 5(a): q(.95)/√2 for 2 to 10 classifiers, three decimals.
  @Test("quantiles agree with the published table")
  func table() {
    let published = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
    for (index, value) in published.enumerated() {
      let quantile = StudentizedRange(count: index + 2).quantile(0.95) / 2.0.squareRoot()
      // Half a unit of the last digit printed, and that the table was cut from three-digit values of q.
      #expect(abs(quantile - value) < 1.1e-3)
    }
  }

  @Test("two values range like a normal difference")
  func pair() {
    let normal = Normal(mean: 0, standardDeviation: 2.0.squareRoot())
    for q in [0.3, 1, 2.5, 5] {
      let expected = 2 * normal.cumulative(q) - 1
      #expect(abs(StudentizedRange(count: 2).cumulative(q) - expected) < 1e-9)
    }
    #expect(StudentizedRange(count: 5).cumulative(0) == 0)
    #expect(StudentizedRange(count: 5).cumulative(50) == 1)
  }
}
