import Testing
import TimeSeries

@Suite("Accuracy and windows")
struct AccuracyTests {
  let actual: [Double] = [10, 20, .nan, 40]
  let forecast: [Double] = [12, 18, 5, 44]

  @Test("measures agree with arithmetic by hand")
  func byHand() {
    // Absolute errors 2, 2, 4 over the pairs that are known.
    #expect(Accuracy.mase(actual.span, forecast.span, scale: 4) == (8.0 / 3) / 4)
    #expect(abs(Accuracy.rmsse(actual.span, forecast.span, squaredScale: 2) - 2) < 1e-12)
    #expect(abs(Accuracy.bias(actual.span, forecast.span) - 4.0 / 3) < 1e-12)
    let shares: [Double] = [400 / 22, 400 / 38, 800 / 84]
    let smape = shares.reduce(0, +) / 3
    #expect(abs(Accuracy.smape(actual.span, forecast.span) - smape) < 1e-12)
    // Quantiles 2 and 4 too high cost a tenth of that, one 2 too low nine tenths: (0.2 + 1.8 + 0.4) / 3.
    let pinball = Accuracy.pinball(actual.span, quantile: forecast.span, probability: 0.9)
    #expect(abs(pinball - 0.8) < 1e-12)
    let (low, high): ([Double], [Double]) = ([9, 21, 0, 40], [11, 30, 9, 40])
    #expect(Accuracy.coverage(actual.span, lower: low.span, upper: high.span) == 2.0 / 3)
  }

  @Test("the seasonal scale is the mean change over a season")
  func scale() {
    let values: [Double] = [1, 2, 4, 8, .nan, 5]
    #expect(Accuracy.seasonalScale(values.span, season: 2) == 4)
    #expect(Accuracy.seasonalScale(values.span, season: 6).isNaN)
    #expect(Accuracy.mase(values.span, values.span, scale: .nan).isNaN)
  }

  @Test("windows end where the history ends")
  func windows() {
    #expect(RollingOrigin(horizon: 12, windows: 3, step: 1).origins(count: 36) == [22, 23, 24])
    #expect(RollingOrigin(horizon: 12, windows: 9, step: 6, minimumTraining: 12).origins(count: 36) == [12, 18, 24])
    #expect(RollingOrigin(horizon: 40, windows: 2).origins(count: 36).isEmpty)
  }
}
