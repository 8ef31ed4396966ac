import Testing
import TimeSeries

@Suite("Scores of panels of forecasts")
struct PanelScoresTests {
  @Test("measures by hand: interval score, CRPS, WAPE, shares")
  func byHand() {
    let actual: [Double] = [10, 20]
    let forecast: [Double] = [12, 15]
    #expect(abs(Accuracy.wape(actual.span, forecast.span) - 7.0 / 30) < 1e-12)
    // Widths 4 and 4; the second value lies 3 above its interval: (4 + 4 + 40·3) / 2, over a scale of 2.
    let (lower, upper): ([Double], [Double]) = ([8, 13], [12, 17])
    let msis = Accuracy.msis(actual.span, lower: lower.span, upper: upper.span, level: 95, scale: 2)
    #expect(abs(msis - 32) < 1e-9)
    // One quantile, the median: twice half the absolute error.
    let crps = Accuracy.crps(actual.span, quantiles: forecast.span, probabilities: [0.5])
    #expect(abs(crps - 3.5) < 1e-12)
    let negative: [Double] = [-1, 0, 3, .nan]
    #expect(Accuracy.negativeShare(negative.span) == 1.0 / 3)
    #expect(Accuracy.owa(smape: 10, mase: 1, naiveSMAPE: 20, naiveMASE: 2) == 0.5)
  }

  @Test("CRPS of many quantiles comes near that of the distribution")
  func crps() {
    // A uniform forecast on 0…1 and the value x: x² − x + 1/3.
    let probabilities = (0..<200).map { (Double($0) + 0.5) / 200 }
    let actual: [Double] = [0.3]
    let crps = Accuracy.crps(actual.span, quantiles: probabilities.span, probabilities: probabilities)
    #expect(abs(crps - (0.09 - 0.3 + 1.0 / 3)) < 1e-4)
  }

  @Test("weights and levels of WRMSSE")
  func wrmsse() {
    #expect(Accuracy.wrmsse([1, 2, .nan], weights: [1, 3, 5]) == 1.75)
    #expect(Accuracy.wrmsse([1, 2, 4], weights: [1, 3, 5], levels: [1, 1, 0]) == (1.75 + 4) / 2)
    let training: [Double] = [9, 1, .nan, 3]
    #expect(Accuracy.lastSeasonWeight(training.span, season: 3) == 4)
  }

  @Test("coherent forecasts have no coherence error")
  func coherence() {
    let forecasts: [Double] = [3, 5, 1, 2, 2, 3]
    let sums = [(total: 0, parts: [1, 2])]
    #expect(Accuracy.coherenceError(forecasts, horizon: 2, sums: sums) == 0)
    let other: [Double] = [4, 5, 1, 2, 2, 3]
    #expect(abs(Accuracy.coherenceError(other, horizon: 2, sums: sums) - 1.0 / 9) < 1e-12)
  }

  /// The benchmark of the M4 competition, made with its published formulas in numpy.
  @Test("Naive2 agrees with the M4 benchmark")
  func naive2() {
    let values: [Double] = [10, 14, 8, 25, 11, 15, 9, 27, 13, 16, 9, 30, 14, 18, 11, 33, 15, 20, 12, 36]
    let forecast = NaiveBenchmark.forecast(SeriesPanel([values, [5, .nan], []], season: 4), horizon: 6)
    let expected = [16.286439178808234, 20.6446658474284, 11.815451143767188, 36, 16.286439178808234, 20.6446658474284]
    for (step, value) in expected.enumerated() { #expect(abs(forecast.median(series: 0, step: step) - value) < 1e-9) }
    #expect(forecast.median(series: 1, step: 5) == 5)
    #expect(forecast.median(series: 2, step: 0).isNaN)
  }

  @Test("scores of a panel are the measures of its series")
  func panel() {
    let history = SeriesPanel([[1, 2, 4, 8], [5, 5, 5, 5]], season: 1)
    let outcome = PanelOutcome(history: history, actual: [9, 11, 5, 6], horizon: 2)
    var forecast = PanelForecast(seriesCount: 2, horizon: 2, probabilities: [0.1, 0.5, 0.9])
    forecast.median = [8, 12, 5, 5]
    forecast.quantiles = [7, 8, 10, 10, 12, 12, 5, 5, 5, 4, 5, 6]
    let scores = PanelScores(forecast, against: outcome, levels: [80, 95])
    #expect(scores.levels == [80])
    #expect(abs(scores.mase[0] - 3.0 / 7) < 1e-12)
    // A constant history has no scale.
    #expect(scores.mase[1].isNaN)
    #expect(scores.mae == [1, 0.5])
    #expect(scores.coverage[0] == [1, 1])
    #expect(abs(scores.totalWAPE - 3.0 / 31) < 1e-12)
    #expect(abs(PanelScores.mean(scores.mase) - 3.0 / 7) < 1e-12)
    #expect(scores.owa(against: scores) == 1)
    #expect(scores.pinball.count == 3)
  }

  @Test("value added against naive, baseline and override")
  func valueAdded() {
    var snapshots: [ForecastSnapshot] = []
    func keep(_ step: String, _ period: Int, _ value: Double) {
      snapshots.append(ForecastSnapshot(madeOn: 10, series: "a", period: period, step: step, value: value))
    }
    for (period, values) in [(11, (8.0, 9.0)), (12, (8, 12)), (13, (8, 10))] {
      keep("naive", period, values.0)
      keep("auto", period, values.1)
    }
    keep("override", 12, 15)
    let actual = [11: 10.0, 12: 11]
    let added = ForecastValueAdded(snapshots, order: ["naive", "auto", "override"]) { _, period in actual[period] }
    #expect(added.count == 2)
    let wapes = added.steps.map(\.wape)
    for (value, expected) in zip(wapes, [5.0 / 21, 2.0 / 21, 5.0 / 21]) { #expect(abs(value - expected) < 1e-12) }
    #expect(abs(added.steps[1].addedToPrevious - 3.0 / 21) < 1e-12)
    #expect(abs(added.steps[2].addedToPrevious + 3.0 / 21) < 1e-12)
    #expect(added.steps[2].changed == 1 && added.steps[2].improvedShare == 0)
    #expect(added.steps[1].improvedShare == 1 && added.steps[0].improvedShare.isNaN)
  }
}
