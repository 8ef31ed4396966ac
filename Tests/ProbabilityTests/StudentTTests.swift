import Probability
import Testing

struct StudentTTests {
  @Test func oneDegreeOfFreedomIsCauchy() {
    // P(X ≤ 1) = 1/2 + atan(1)/π = 3/4.
    let cauchy = StudentT(degreesOfFreedom: 1)
    #expect(abs(cauchy.cumulative(1) - 0.75) < 1e-14)
    #expect(abs(cauchy.quantile(0.75) - 1) < 1e-12)
  }

  @Test(arguments: [-3.0, -0.2, 0, 0.7, 5])
  func twoDegreesOfFreedomInClosedForm(t: Double) {
    // P(X ≤ t) = 1/2 + t / (2 √(2 + t²)).
    let expected = 0.5 + t / (2 * (2 + t * t).squareRoot())
    #expect(abs(StudentT(degreesOfFreedom: 2).cumulative(t) - expected) < 1e-14)
  }

  @Test func fourDegreesOfFreedomFarInTheTail() {
    // Density 3/8 (1 + t²/4)^(−5/2); its tail expanded for t = 1000: 3 t⁻⁴ (1 − 20/3 t⁻² …)
    let tail = StudentT(degreesOfFreedom: 4).twoSidedTail(1000) / 2
    #expect(abs(tail / (3e-12 * (1 - 20.0 / 3 * 1e-6)) - 1) < 1e-9)
  }

  @Test func manyDegreesOfFreedomApproachTheNormal() {
    let difference = StudentT(degreesOfFreedom: 1e9).cumulative(1.5) - Normal.standard.cumulative(1.5)
    #expect(abs(difference) < 1e-9)
    #expect(StudentT(degreesOfFreedom: .infinity).cumulative(1.5) == Normal.standard.cumulative(1.5))
  }

  @Test(arguments: [0.001, 0.2, 0.5, 0.975]) func quantileInvertsTheDistribution(p: Double) {
    let t = StudentT(degreesOfFreedom: 7)
    #expect(abs(t.cumulative(t.quantile(p)) - p) < 1e-12)
  }
}
