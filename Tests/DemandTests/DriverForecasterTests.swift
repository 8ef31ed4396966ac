import Foundation
import Probability
import Testing
import TimeSeries

@testable import Demand

@Suite("Driver forecaster")
struct DriverForecasterTests {
  /// Series of stores × brands: log-linear in price and a promotion, with coefficients that vary by store, brand and
  /// series, and a level that wanders.
  struct Simulation {
    var stores = 10
    var brands = 6
    var periods = 80
    var horizon = 4
    var storeSpread = 0.3
    var noise = 0.3
    var drift = 0.03
    var seed: UInt64 = 1
    private(set) var elasticityOfStore: [Double] = []
    private(set) var future: [[Double]] = []

    mutating func panel() -> DriverPanel {
      var stream = RandomStream(seed: seed, key: RandomStream.key("drivers"))
      elasticityOfStore = (0..<stores).map { _ in -2 + storeSpread * stream.normal() }
      let byBrand = (0..<brands).map { _ in 0.2 * stream.normal() }
      var panel = DriverPanel(drivers: ["price", "deal"], factors: ["store", "brand"], horizon: horizon, season: 1)
      for store in 0..<stores {
        for brand in 0..<brands {
          let elasticity = elasticityOfStore[store] + byBrand[brand] + 0.1 * stream.normal()
          var level = 5 + stream.normal()
          var (history, prices, deals): ([Double], [Double], [Double]) = ([], [], [])
          for time in 0..<periods + horizon {
            level += drift * stream.normal()
            let deal = stream.bernoulli(0.2) ? 1.0 : 0
            let price = exp(0.15 * stream.normal() - 0.1 * deal)
            let value = exp(level + elasticity * log(price) + 0.5 * deal + noise * stream.normal())
            // Every twentieth period is unknown.
            history.append((time + brand) % 20 == 7 ? .nan : value)
            prices.append(price)
            deals.append(deal)
          }
          future.append(Array(history.suffix(horizon)))
          panel.append(
            Array(history.prefix(periods)), drivers: [prices, deals], levels: ["s\(store)", "b\(brand)"])
        }
      }
      return panel
    }
  }

  private static func regression(_ panel: DriverPanel) throws -> PooledDriverRegression {
    let table = DriverTable(panel, DriverTransform(panel))
    let choice = DriverChoice(discount: 0.9)
    let regressors = DriverRegressors(table, choice.terms)
    return try #require(
      PooledDriverRegression(
        table, regressors, choice, back: 0, iterations: RandomCoefficients.iterationLimit, threads: 1))
  }

  @Test("intervals of elasticities by store cover the truth as often as they say")
  func coverage() throws {
    var (inside, total, errors, spread) = (0.0, 0.0, 0.0, 0.0)
    for seed in 1...12 {
      var simulation = Simulation(seed: UInt64(seed))
      let panel = simulation.panel()
      let effects = PooledDriverEffect.all(try Self.regression(panel), panel, level: 0.9)
      for (store, truth) in simulation.elasticityOfStore.enumerated() {
        let effect = try #require(effects.first { $0.driver == "price" && $0.level == "s\(store)" })
        inside += effect.lower <= truth && truth <= effect.upper ? 1 : 0
        total += 1
        errors += (effect.estimate - truth) * (effect.estimate - truth)
        spread += (truth + 2) * (truth + 2)
      }
    }
    // 120 intervals, those of one simulation sharing the error of the mean: five standard errors are about .15.
    #expect(inside / total > 0.83 && inside / total < 0.98, "\(inside / total)")
    // Pooled estimates must tell stores apart: most of the spread of the truth is found.
    #expect(errors < 0.5 * spread, "\(errors / spread)")
  }

  @Test("draws stores together where they do not differ")
  func noDifference() throws {
    var simulation = Simulation(storeSpread: 0, seed: 3)
    let panel = simulation.panel()
    let effects = PooledDriverEffect.all(try Self.regression(panel), panel, level: 0.9)
    let stores = effects.filter { $0.factor == "store" && $0.driver == "price" }.map(\.estimate)
    let range = try #require(stores.max()) - #require(stores.min())
    // Single stores have standard errors near 0.1: unpooled, ten of them would lie 0.3 apart.
    #expect(stores.count == 10 && range < 0.2, "\(range)")
    let deal = try #require(effects.first { $0.driver == "deal" && $0.factor.isEmpty })
    #expect(abs(deal.estimate - 0.5) < 0.1 && deal.form == .semiElasticity)
  }

  @Test("beats smoothing without drivers by far, with intervals that cover")
  func forecast() throws {
    var simulation = Simulation(stores: 6, brands: 4, seed: 7)
    let panel = simulation.panel()
    let fitted = try DriverForecaster().fit(panel)
    let forecast = fitted.forecast(panel, probabilities: [0.05, 0.95])
    let smoothed = try LocalPanelModel(ExponentialSmoothing()).fit(panel.series, horizon: 4)
      .forecast(panel.series, probabilities: [])
    var (own, other, inside, total) = (0.0, 0.0, 0.0, 0.0)
    for series in 0..<panel.count {
      for step in 0..<4 where !simulation.future[series][step].isNaN {
        let actual = log(simulation.future[series][step])
        own += abs(actual - log(forecast.median(series: series, step: step)))
        other += abs(actual - log(max(0.1, smoothed.median(series: series, step: step))))
        let (low, high) = (
          forecast.quantile(series: series, step: step, probability: 0),
          forecast.quantile(series: series, step: step, probability: 1)
        )
        inside += (low...high).contains(simulation.future[series][step]) ? 1 : 0
        total += 1
      }
    }
    #expect(own < 0.75 * other, "\(own / other)")
    // About 90 periods: three standard errors around .9.
    #expect(inside / total > 0.8, "\(inside / total)")
    #expect(fitted.heldOutError < 1)
  }

  @Test("gives the same for any number of threads, and forecasts a series that it has not seen")
  func unseen() throws {
    var simulation = Simulation(stores: 5, brands: 3, periods: 40, seed: 9)
    let panel = simulation.panel()
    let (one, two) = (try DriverForecaster().fit(panel), try DriverForecaster(threads: 2).fit(panel))
    #expect(one.effects == two.effects)
    #expect(
      one.forecast(panel, probabilities: [0.1, 0.9]).quantiles
        == two.forecast(panel, probabilities: [0.1, 0.9]).quantiles)
    var other = DriverPanel(drivers: ["price", "deal"], factors: ["store", "brand"], horizon: 4, season: 1)
    other.append([10, 12, .nan, 11], drivers: [[1, 1, 1, 1, 0.5, 1], []], levels: ["new", "b0"])
    other.append([.nan, .nan], drivers: [[1, 1], [0, 0]], levels: ["new", "b0"])
    let forecast = one.forecast(other, probabilities: [0.5])
    // Half the price sells more; nothing is said of a series without a known value.
    #expect(forecast.median(series: 0, step: 0) > 1.5 * forecast.median(series: 0, step: 1))
    #expect((0..<4).allSatisfy { forecast.median(series: 0, step: $0).isFinite })
    #expect((0..<4).allSatisfy { forecast.median(series: 1, step: $0).isNaN })
  }

  @Test("takes zeros and negative values as they are, short series, and refuses what it cannot use")
  func awkward() throws {
    var panel = DriverPanel(drivers: ["x"], horizon: 3, season: 4)
    for series in 0..<6 {
      let drivers = (0..<23).map { Double(($0 * 7 + series) % 5) }
      let history = (0..<20).map { Double(series) + 2 * drivers[$0] - ($0 % 4 == 0 ? 1 : 0) }
      panel.append(history, drivers: [drivers])
    }
    panel.append([1], drivers: [[1, 2, 3, 4]])
    panel.append([], drivers: [[1, 2, 3]])
    let forecast = try DriverForecaster().fit(panel).forecast(panel, probabilities: [0.1, 0.9])
    for series in 0..<7 {
      for step in 0..<3 {
        let (low, high) = (
          forecast.quantile(series: series, step: step, probability: 0),
          forecast.quantile(series: series, step: step, probability: 1)
        )
        let median = forecast.median(series: series, step: step)
        #expect(low <= median && median <= high && low.isFinite && high.isFinite)
      }
    }
    #expect(forecast.median(series: 7, step: 0).isNaN)
    var constant = DriverPanel(drivers: ["x"], horizon: 1, season: 1)
    constant.append([1, 2, 3, 4, 5, 6], drivers: [[1, 1, 1, 1, 1, 1, 1]])
    #expect(throws: DemandError.nothingToExplain) { try DriverForecaster().fit(constant) }
    var infinite = DriverPanel(drivers: ["x"], horizon: 1, season: 1)
    infinite.append([1, 2, 3], drivers: [[1, .infinity, 1, 1]])
    #expect(throws: DemandError.infiniteValue) { try DriverForecaster().fit(infinite) }
    #expect(throws: DemandError.noSeries) {
      try DriverForecaster().fit(DriverPanel(drivers: ["x"], horizon: 1, season: 1))
    }
  }
}
