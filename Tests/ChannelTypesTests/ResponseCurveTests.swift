import ChannelTypes
import Testing

@Suite struct ResponseCurveTests {
  static let curves = [
    ResponseCurve(family: .logarithm, amplitude: 50_000, scale: 20_000),
    ResponseCurve(family: .exponentialSaturation, amplitude: 80_000, scale: 30_000),
    ResponseCurve(family: .hill, amplitude: 90_000, scale: 25_000),
    ResponseCurve(family: .power, amplitude: 40_000, scale: 10_000, shape: 0.6),
  ]

  @Test(arguments: curves)
  func slopeIsTheDerivativeAndSpendItsInverse(_ curve: ResponseCurve) {
    #expect(curve.value(at: 0) == 0)
    for x in [10.0, 1000, 20_000, 75_000, 300_000] {
      let step = x * 1e-5
      let difference = (curve.value(at: x + step) - curve.value(at: x - step)) / (2 * step)
      // A central difference errs by step²·f‴ and by rounding of about 1e-16·f/step.
      #expect(abs(difference - curve.slope(at: x)) <= 1e-6 * abs(curve.slope(at: x)) + 1e-9)
      let back = curve.spend(atSlope: curve.slope(at: x))
      #expect(abs(back - x) <= 1e-8 * x + 1e-6 * curve.scale * 1e-3)
    }
  }

  @Test(arguments: curves)
  func increasingAndConcave(_ curve: ResponseCurve) {
    var last = (value: 0.0, slope: Double.infinity)
    for x in stride(from: 500.0, through: 200_000, by: 500) {
      let now = (value: curve.value(at: x), slope: curve.slope(at: x))
      #expect(now.value > last.value)
      #expect(now.slope < last.slope)
      last = now
    }
  }

  @Test func steepHillIsAnSCurve() {
    let curve = ResponseCurve(family: .hill, amplitude: 100, scale: 50, shape: 4)
    // 100 · 60⁴ / (60⁴ + 50⁴)
    #expect(abs(curve.value(at: 60) - 67.4648620510151) < 1e-10)
    #expect(curve.value(at: 0) == 0 && curve.slope(at: 0) == 0)
    #expect(abs(curve.value(at: 1e200) - 100) < 1e-9)
    let turn = curve.inflection
    #expect(
      curve.slope(at: turn * 0.99) < curve.slope(at: turn) && curve.slope(at: turn * 1.01) < curve.slope(at: turn))
    #expect(abs(curve.spend(atSlope: curve.slope(at: 70)) - 70) < 1e-9)
  }

  @Test func aPriceAboveEverySlopeBuysNothing() {
    for curve in Self.curves where curve.family != .power {
      #expect(curve.spend(atSlope: curve.slope(at: 0) * 1.01) == 0)
    }
  }
}

@Suite struct SamplePathsTests {
  @Test func drawsAreFoundByShape() {
    let paths = SamplePaths(seriesCount: 2, horizon: 3, drawCount: 4, values: (0..<24).map(Float.init))
    #expect(Array(paths.draws(series: 0, period: 0)) == [0, 1, 2, 3])
    #expect(Array(paths.draws(series: 1, period: 2)) == [20, 21, 22, 23])
    #expect(paths.cumulativeDraws(series: 0, periods: 2) == [4, 6, 8, 10])
    #expect(paths.cumulativeDraws(series: 0, periods: 1.5) == [2, 3.5, 5, 6.5])
    #expect(paths.cumulativeDraws(series: 0, periods: 99) == [12, 15, 18, 21])
  }
}
