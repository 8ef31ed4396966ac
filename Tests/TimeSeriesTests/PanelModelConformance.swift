import Foundation
import Probability
import Testing
import TimeSeries

/// What every model of panels owes, whatever its method.
@Suite("Every model of panels")
struct PanelModelConformance {
  static let models: [String: any PanelModel] = [
    // Complex smoothing is held to its own tests, and is slow without optimisation.
    "auto": AutoForecaster(models: [.states, .anchoredStates, .theta, .autoregression]),
    "states": AutoForecaster(models: [.states, .anchoredStates]),
    "autoregression": AutoForecaster(models: [.autoregression]),
    "local": LocalPanelModel(ExponentialSmoothing(maximumEvaluations: 100)),
  ]
  static let names = models.keys.sorted()
  static let probabilities = [0.025, 0.25, 0.5, 0.75, 0.975]

  /// Trends, seasons and noise of several sizes.
  static func panel(count: Int, length: Int, season: Int, seed: UInt64, unit: Double = 1) -> SeriesPanel {
    SeriesPanel(
      (0..<count).map { series in
        var stream = RandomStream(seed: seed, key: UInt64(series))
        let level = 50 + 100 * stream.uniform()
        let slope = stream.normal()
        let swing = 20 * stream.uniform()
        var walk = 0.0
        return (0..<length + series % 7).map { time in
          walk += stream.normal()
          let phase = 2 * Double.pi * Double(time) / Double(season)
          return unit * max(0, level + slope * Double(time) + swing * sin(phase) + walk + 3 * stream.normal())
        }
      }, season: season)
  }

  private func model(_ name: String) throws -> any PanelModel { try #require(Self.models[name]) }

  @Test("forecasts every awkward series without NaN, and quantiles do not fall", arguments: names)
  func awkward(name: String) throws {
    let series = LocalModelConformance.awkward
    let panel = SeriesPanel(series.keys.sorted().map { series[$0] ?? [] }, season: 12)
    let forecast = try model(name).fit(panel, horizon: 6).forecast(panel, probabilities: Self.probabilities)
    for (series, key) in series.keys.sorted().enumerated() {
      #expect((0..<6).allSatisfy { forecast.median(series: series, step: $0).isFinite }, "\(key)")
    }
    for place in forecast.median.indices {
      let quantiles = forecast.quantiles[place * 5..<place * 5 + 5]
      #expect(!quantiles.contains { !$0.isFinite } && zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test("says nothing of a series without values, and never less than zero of one that never was", arguments: names)
  func emptyAndNonNegative(name: String) throws {
    let falling = (0..<40).map { Double(max(0, 60 - 2 * $0)) }
    let panel = SeriesPanel([[], [.nan, .nan], falling, falling], season: 4)
    let forecast = try model(name).fit(panel, horizon: 8).forecast(panel, probabilities: [0.1, 0.9])
    #expect(!forecast.median[..<16].contains { $0.isFinite })
    #expect(!forecast.median[16...].contains { !($0 >= 0) } && !forecast.quantiles[32...].contains { $0 < 0 })
  }

  @Test("gives the same result each time, for any part of the panel, on any number of threads", arguments: names)
  func determinism(name: String) throws {
    let panel = Self.panel(count: 12, length: 26, season: 4, seed: 5)
    let fitted = try model(name).fit(panel, horizon: 6)
    let whole = fitted.forecast(panel, probabilities: Self.probabilities)
    let again = try model(name).fit(panel, horizon: 6).forecast(panel, probabilities: Self.probabilities)
    #expect(whole.median == again.median)
    let part = fitted.forecast(panel.selecting([7, 3]), probabilities: Self.probabilities)
    for step in 0..<6 {
      let (left, right) = (part.median(series: 0, step: step), whole.median(series: 7, step: step))
      // Panels of other sizes may sum in another order.
      #expect(abs(left - right) <= 1e-9 * abs(right))
    }
    if name == "auto" {
      var threaded = AutoForecaster(models: [.states, .anchoredStates, .theta, .autoregression])
      threaded.threads = 3
      let other = try threaded.fit(panel, horizon: 6).forecast(panel, probabilities: Self.probabilities)
      #expect(other.median == whole.median && other.quantiles == whole.quantiles)
    }
  }

  @Test("does not care about the unit", arguments: names)
  func unit(name: String) throws {
    let plain = Self.panel(count: 12, length: 26, season: 4, seed: 6)
    let scaled = Self.panel(count: 12, length: 26, season: 4, seed: 6, unit: 1024)
    let left = try model(name).fit(plain, horizon: 6).forecast(plain, probabilities: [0.9])
    let right = try model(name).fit(scaled, horizon: 6).forecast(scaled, probabilities: [0.9])
    for place in left.median.indices {
      #expect(abs(right.median[place] / 1024 - left.median[place]) <= 1e-6 * abs(left.median[place]))
    }
  }

  @Test("forecasts better than the last season repeated", arguments: names)
  func accuracy(name: String) throws {
    let full = Self.panel(count: 24, length: 54, season: 12, seed: 7)
    let history = full.withoutLast(6)
    let forecast = try model(name).fit(history, horizon: 6).forecast(history, probabilities: [])
    let naive = try LocalPanelModel(SeasonalNaive()).fit(history, horizon: 6).forecast(history, probabilities: [])
    func error(_ forecast: PanelForecast) -> Double {
      var sum = 0.0
      for series in 0..<full.count {
        let actual = Array(full.values(ofSeries: series).suffix(6))
        for step in 0..<6 { sum += abs(actual[step] - forecast.median(series: series, step: step)) }
      }
      return sum
    }
    #expect(error(forecast) < 0.9 * error(naive))
  }
}

@Suite("Auto")
struct AutoForecasterTests {
  @Test("covers what it says on series that it has not seen")
  func coverage() throws {
    let full = PanelModelConformance.panel(count: 240, length: 32, season: 4, seed: 21)
    let history = full.withoutLast(6)
    // The intervals do not depend on which models are combined: the cheap ones keep the test short.
    var forecaster = AutoForecaster()
    forecaster.workBudget = 1
    let forecast = try forecaster.fit(history, horizon: 6).forecast(history, probabilities: [0.025, 0.975])
    var inside = 0.0
    for series in 0..<full.count {
      let actual = Array(full.values(ofSeries: series).suffix(6))
      for step in 0..<6 {
        let range =
          forecast.quantile(
            series: series, step: step, probability: 0)...forecast.quantile(
            series: series, step: step, probability: 1)
        if range.contains(actual[step]) { inside += 1 }
      }
    }
    // 1,440 values of 240 series: the standard error is about .01.
    #expect((0.91...0.985).contains(inside / 1440), "coverage \(inside / 1440)")
  }

  @Test("weights are not negative and add up, for the data set and for each series")
  func weights() throws {
    let panel = PanelModelConformance.panel(count: 10, length: 24, season: 4, seed: 8)
    let fitted = try AutoForecaster().fitAuto(panel, horizon: 4)
    #expect(abs(fitted.weights.reduce(0, +) - 1) < 1e-9 && fitted.weights.allSatisfy { $0 >= 0 })
    let own = fitted.weights(panel)
    for series in 0..<panel.count {
      let part = own[series * fitted.models.count..<(series + 1) * fitted.models.count]
      #expect(abs(part.reduce(0, +) - 1) < 1e-9 && part.allSatisfy { $0 >= 0 })
    }
  }

  @Test("leaves out what the budget has no room for, and still forecasts")
  func budget() throws {
    let panel = PanelModelConformance.panel(count: 10, length: 24, season: 4, seed: 9)
    var forecaster = AutoForecaster()
    #expect(try forecaster.fitAuto(panel, horizon: 4).models == Ingredient.allCases)
    forecaster.seriesCount = 100_000_000
    let cheap = try forecaster.fitAuto(panel, horizon: 4)
    #expect(cheap.models == [.states, .anchoredStates, .autoregression])
    #expect(!cheap.forecast(panel, probabilities: [0.5]).median.contains { !$0.isFinite })
  }

  @Test("refuses infinite values")
  func infinite() {
    let panel = SeriesPanel([[1, 2, .infinity, 3]], season: 1)
    #expect(throws: TimeSeriesError.infiniteValue(position: 2)) { try AutoForecaster().fitAuto(panel, horizon: 1) }
  }

  @Test("sends occasional demand to its own model: whole numbers stay whole")
  func occasional() throws {
    var stream = RandomStream(seed: 4)
    let panel = SeriesPanel(
      (0..<60).map { _ in (0..<40).map { _ in stream.uniform() < 0.3 ? Double(1 + stream.index(below: 4)) : 0 } },
      season: 12)
    let forecast = try AutoForecaster().fit(panel, horizon: 3).forecast(panel, probabilities: [0.5, 0.9])
    #expect(forecast.quantiles.allSatisfy { $0 == $0.rounded() && $0 >= 0 })
  }
}
