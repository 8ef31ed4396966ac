import Foundation
import Probability
import Testing

@Suite struct ChiSquaredTests {
  /// Closed forms: one degree is a squared normal, two are an exponential, four and three follow by recurrence.
  @Test func upperTails() {
    for x in [0.01, 0.5, 1, 2.5, 3.841458820694124, 10, 60, 300] {
      let one = ChiSquared(degreesOfFreedom: 1).upperTail(x)
      #expect(abs(one / erfc((x / 2).squareRoot()) - 1) < 1e-12)
      #expect(abs(ChiSquared(degreesOfFreedom: 2).upperTail(x) / exp(-x / 2) - 1) < 1e-12)
      // Q(a + 1, x) = Q(a, x) + x^a e^−x / Γ(a + 1).
      let four = exp(-x / 2) * (1 + x / 2)
      #expect(abs(ChiSquared(degreesOfFreedom: 4).upperTail(x) / four - 1) < 1e-12)
    }
    #expect(ChiSquared(degreesOfFreedom: 3).upperTail(0) == 1)
    #expect(ChiSquared(degreesOfFreedom: 3).upperTail(.infinity) == 0)
    // 1 − P(3/2, 1/2) in closed form: erfc(√½) + √(2/π) e^−½.
    let three = erfc(0.5.squareRoot()) + (2 / Double.pi).squareRoot() * exp(-0.5)
    #expect(abs(ChiSquared(degreesOfFreedom: 3).upperTail(1) - three) < 1e-14)
  }
}
