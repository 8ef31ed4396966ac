import Foundation
import Probability
import Testing

@testable import TimeSeries

@Suite("Pooled intermittent demand")
struct PooledIntermittentTests {
  static let probabilities = [0.05, 0.5, 0.75, 0.9, 0.95, 0.99]

  /// Series with demand at random and sizes of one plus a Poisson variable, each series with its own rates.
  static func panel(count: Int, length: Int, seed: UInt64, unit: Double = 1) -> SeriesPanel {
    SeriesPanel(
      (0..<count).map { series in
        var stream = RandomStream(seed: seed, key: UInt64(series))
        let chance = stream.uniform(0.05, 0.6)
        let excess = stream.uniform(0.1, 3)
        return (0..<length).map { _ in
          stream.bernoulli(chance) ? unit * Double(1 + Poisson(mean: excess).draw(&stream)) : 0
        }
      }, season: 1)
  }

  @Test("gives whole, ordered quantiles for counts, and the median among them")
  func wholeNumbers() throws {
    let panel = Self.panel(count: 20, length: 40, seed: 1)
    let forecast = try PooledIntermittent().fit(panel, horizon: 4)
      .forecast(panel, probabilities: Self.probabilities)
    for series in 0..<panel.count {
      for step in 0..<4 {
        let quantiles = Self.probabilities.indices.map {
          forecast.quantile(series: series, step: step, probability: $0)
        }
        #expect(quantiles.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
        #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(forecast.median(series: series, step: step) == quantiles[1])
      }
    }
  }

  @Test("covers what comes next", arguments: [true, false])
  func coverage(counts: Bool) throws {
    let whole = Self.panel(count: 80, length: 42, seed: 2, unit: counts ? 1 : 0.37)
    let past = whole.withoutLast(6)
    let forecast = try PooledIntermittent().fit(past, horizon: 6).forecast(past, probabilities: [0.9, 0.99])
    var covered = [0.0, 0.0]
    for series in 0..<whole.count {
      for (step, value) in whole.values(ofSeries: series).suffix(6).enumerated() {
        for index in 0..<2 where value <= forecast.quantile(series: series, step: step, probability: index) {
          covered[index] += 1
        }
      }
    }
    // 480 values: the standard error of a share of .9 is .014. A quantile of counts covers at least its probability.
    let shares = covered.map { $0 / 480 }
    #expect(shares[0] > 0.86 && shares[0] < 0.98)
    #expect(shares[1] > 0.97)
  }

  @Test("quantiles and moments of counts are those of the masses")
  func masses() {
    let demand = OccasionalDemand(occurrence: 0.4, least: 1, excess: 2.5, shape: 0.8)
    let size = NegativeBinomial(mean: 2.5, size: 0.8)
    let masses = [0.6] + (0..<400).map { 0.4 * size.mass($0) }
    for probability in [0.01, 0.5, 0.6, 0.601, 0.9, 0.99, 0.9999] {
      var total = 0.0
      let expected = masses.firstIndex { mass in
        total += mass
        return total >= probability - 1e-12
      }
      #expect(demand.quantile(probability) == expected.map(Double.init))
    }
    let mean = masses.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    let square = masses.enumerated().reduce(0) { $0 + Double($1.offset * $1.offset) * $1.element }
    #expect(abs(demand.mean - mean) < 1e-9 && abs(demand.variance - (square - mean * mean)) < 1e-7)
  }

  @Test("large whole amounts are whole, and a panel of mixed scales stays apart")
  func mixedScales() throws {
    let panel = SeriesPanel(
      (0..<24).map { series in
        var stream = RandomStream(seed: 11, key: UInt64(series))
        let unit = series.isMultiple(of: 2) ? 3.0 : 4e5
        return (0..<40).map { _ in stream.bernoulli(0.4) ? (unit * exp(0.5 * stream.normal())).rounded(.up) : 0 }
      }, season: 1)
    let forecast = try PooledIntermittent().fit(panel, horizon: 2).forecast(panel, probabilities: [0.8, 0.95])
    for series in 0..<24 {
      let values = panel.values(ofSeries: series)
      let demands = values.filter { $0 > 0 }
      for index in 0..<2 {
        let quantile = forecast.quantile(series: series, step: 1, probability: index)
        #expect(quantile == quantile.rounded())
        #expect(quantile >= (demands.min() ?? 0) / 3 && quantile <= (demands.max() ?? 0) * 3)
      }
    }
  }

  @Test("sizes that a series has shown stand out")
  func ownSizes() {
    let own = OwnSizes([12, 12, 12, 24], length: 1)
    #expect(own.values == [12, 24] && own.cumulative == [0.75, 1] && own.count == 4)
    let demand = OccasionalDemand(occurrence: 0.5, least: 1, excess: 10, shape: 1, own: own, ownShare: 1)
    #expect(demand.quantile(0.5) == 0 && demand.quantile(0.6) == 12 && demand.quantile(0.9) == 24)
    #expect(abs(demand.mean - 7.5) < 1e-12)
    let mixed = OccasionalDemand(occurrence: 1 - 1e-9, least: 1, excess: 10, shape: 1, own: own, ownShare: 0.4)
    // P(size ≤ 12): 0.6 · (1 − (10/11)¹²) + 0.4 · 0.75.
    let upTo = 0.6 * (1 - pow(10.0 / 11, 12)) + 0.3
    #expect(mixed.quantile(upTo - 1e-6) == 12 && mixed.quantile(upTo + 1e-6) == 13)
  }

  @Test("draws follow the quantiles and repeat with their seed")
  func draws() {
    let panel = Self.panel(count: 2, length: 40, seed: 12)
    let fitted = PooledIntermittent().fitTotal(panel, periods: 3)
    let draws = fitted.draws(panel, count: 2000, seed: 1)
    #expect(draws == fitted.draws(panel, count: 2000, seed: 1) && draws.count == 4000)
    let forecast = fitted.forecast(panel, probabilities: [0.9])
    for series in 0..<2 {
      let quantile = forecast.quantile(series: series, step: 0, probability: 0)
      let mine = draws[series * 2000..<(series + 1) * 2000]
      // The standard error of the share is .007; the share up to a quantile of counts is at least its probability.
      #expect(Double(mine.count { $0 <= quantile }) / 2000 > 0.87)
      #expect(Double(mine.count { $0 < quantile }) / 2000 < 0.93)
    }
  }

  @Test("quantiles of a gamma variable invert its distribution", arguments: [0.05, 0.3, 1, 4.5, 80, 2000])
  func gammaQuantiles(shape: Double) {
    for probability in [1e-6, 0.01, 0.3, 0.5, 0.9, 0.99, 0.99999] {
      let x = gammaQuantile(probability, mean: 3, shape: shape)
      guard x > 1e-200 else { continue }
      let reached = 1 - upperIncompleteGamma(shape, x * shape / 3)
      #expect(abs(reached - probability) < 1e-9)
    }
  }

  @Test("amounts are forecast in their own unit")
  func unit() throws {
    let panel = Self.panel(count: 30, length: 40, seed: 5, unit: 0.3)
    let larger = SeriesPanel((0..<30).map { panel.values(ofSeries: $0).map { $0 * 0.125 } }, season: 1)
    let model = PooledIntermittent()
    let plain = try model.fit(panel, horizon: 3).forecast(panel, probabilities: [0.9])
    let scaled = try model.fit(larger, horizon: 3).forecast(larger, probabilities: [0.9])
    for (left, right) in zip(plain.quantiles, scaled.quantiles) {
      #expect(abs(left * 0.125 - right) <= 1e-6 * max(left, 0.01))
    }
  }

  @Test("takes any panel: short, empty, unknown, constant, negative, huge")
  func awkward() throws {
    let histories = LocalModelConformance.awkward.keys.sorted().map { LocalModelConformance.awkward[$0] ?? [] }
    let panel = SeriesPanel(histories + [[], [.nan, .nan], [-1, -2, 0]], season: 12)
    let model = PooledIntermittent()
    for fitted in [model.fitSteps(panel, horizon: 15), model.fitTotal(panel, periods: 3)] {
      let forecast = fitted.forecast(panel, probabilities: Self.probabilities)
      for series in 0..<panel.count {
        let isKnown = panel.values(ofSeries: series).contains { !$0.isNaN }
        for step in 0..<fitted.horizon {
          #expect(forecast.median(series: series, step: step).isFinite == isKnown)
          for index in Self.probabilities.indices {
            #expect(forecast.quantile(series: series, step: step, probability: index).isFinite == isKnown)
          }
        }
      }
    }
    #expect(throws: TimeSeriesError.infiniteValue(position: 1)) {
      try model.fit(SeriesPanel([[1, 0], [2, .infinity]], season: 1), horizon: 1)
    }
    let empty = SeriesPanel(season: 1)
    #expect(model.fitSteps(empty, horizon: 2).forecast(empty, probabilities: [0.5]).median.isEmpty)
  }

  @Test("a sum is forecast as a sum")
  func total() {
    let whole = Self.panel(count: 60, length: 40, seed: 7)
    let past = whole.withoutLast(4)
    let model = PooledIntermittent()
    let total = model.fitTotal(past, periods: 4).distributions(past).compactMap { $0?.mean }.reduce(0, +)
    let steps = model.fitSteps(past, horizon: 4).distributions(past).compactMap { $0?.mean }.reduce(0, +)
    // Two models of the same thing: their totals over 60 series are as near as their standard errors.
    #expect(abs(total - steps) < 0.08 * steps)
  }

  @Test("can be saved and forecasts series that it has not seen")
  func saved() throws {
    let panel = Self.panel(count: 20, length: 40, seed: 8)
    let fitted = PooledIntermittent().fitSteps(panel, horizon: 2)
    let again = try JSONDecoder().decode(FittedPooledIntermittent.self, from: JSONEncoder().encode(fitted))
    let other = Self.panel(count: 5, length: 30, seed: 9)
    let forecast = again.forecast(other, probabilities: [0.9])
    #expect(forecast.quantiles == fitted.forecast(other, probabilities: [0.9]).quantiles)
    #expect(forecast.quantiles.allSatisfy { $0.isFinite })
  }
}

@Suite("Kinds of demand")
struct DemandKindTests {
  @Test("follow interval and variation")
  func kinds() {
    #expect(DemandPattern([3, 4, 3, 5]).kind == .smooth)
    #expect(DemandPattern([1, 20, 1, 1]).kind == .erratic)
    #expect(DemandPattern([0, 2, 0, 2, 0, 0]).kind == .intermittent)
    #expect(DemandPattern([0, 1, 0, 30, 0, 1]).kind == .lumpy)
    #expect(DemandPattern([0, .nan, 0]).kind == nil)
    #expect(DemandPattern([]).kind == nil)
  }

  @Test("tell their figures")
  func figures() {
    let pattern = DemandPattern([0, 2, .nan, 4, -1, 0])
    #expect(pattern.known == 5 && pattern.demands == 2)
    #expect(pattern.interval == 2.5 && abs(pattern.zeroShare - 0.6) < 1e-12)
    // Sizes 2 and 4: variance 1, mean 3.
    #expect(abs(pattern.variation - 1.0 / 9) < 1e-12)
  }
}
