import Testing
import TimeSeries

@Suite("Naive, drift and simple exponential smoothing")
struct SimpleModelsTests {
  /// References here: statsforecast 2.1.1, `RandomWalkWithDrift` and `SimpleExponentialSmoothingOptimized`.
  @Test("drift goes on with the mean change")
  func drift() throws {
    let fitted = try Drift().fit(PublishedSeries.nile, season: 1)
    let forecast = fitted.forecast(horizon: 3)
    for (mean, reference) in zip(forecast.mean, [736.16161616, 732.32323232, 728.48484848]) {
      #expect(abs(mean - reference) < 1e-7)
    }
    // The reference divides by the 99 changes, here one is spent on the drift; 329.51567 is 1.959964 deviations.
    let deviation = 329.51566685 / 1.959963985 * (99.0 / 98).squareRoot()
    #expect(abs(forecast.variance[0].squareRoot() / deviation - 1) < 1e-6)
    #expect(abs(forecast.variance[2] / forecast.variance[0] - 3 * (1 + 3.0 / 99) / (1 + 1.0 / 99)) < 1e-12)
  }

  @Test("a gap counts as the periods that it lasts")
  func gap() throws {
    // 0, then 4 after two periods, then 6: changes of 2 a period, and no error.
    let fitted = try Drift().fit([0, .nan, 4, 6, .nan], season: 1)
    #expect(fitted.slope == 2 && fitted.variance == 0)
    #expect(fitted.forecast(horizon: 2).mean == [10, 12])
    let walk = try Naive().fit([0, .nan, 4, 6, .nan], season: 1)
    // (4²/2 + 2²/1) / 2, and two periods from the last known value to the first forecast.
    #expect(walk.variance == 6 && walk.forecast(horizon: 1).variance == [12])
  }

  @Test(
    "simple smoothing finds the reference's weight",
    arguments: [("nile", 0.24656427216321292, 805.0367219673115), ("passengers", 0.99, 431.5871479814973)])
  func simpleSmoothing(name: String, alpha: Double, mean: Double) throws {
    let values = name == "nile" ? PublishedSeries.nile : PublishedSeries.passengers
    let fitted = try SimpleExponentialSmoothing().fit(values, season: 12)
    // Both searches end within 1e-6 of the minimum, which is flat: the level moves by less than 1e-3.
    #expect(abs(fitted.alpha - alpha) < 1e-5 && abs(fitted.forecast(horizon: 2).mean[1] - mean) < 1e-3)
  }

  @Test("simple smoothing takes a given weight")
  func fixedWeight() throws {
    let fitted = try SimpleExponentialSmoothing(weights: 0.5...0.5).fit([8, 4, 2], season: 1)
    #expect(fitted.level == 4 && fitted.residuals[1...] == [-4, -4])
    #expect(fitted.errorWeights(horizon: 3) == [1, 0.5, 0.5])
  }
}
