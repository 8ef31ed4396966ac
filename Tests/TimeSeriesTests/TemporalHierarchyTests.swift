import Testing
import TimeSeries

struct TemporalHierarchyTests {
  @Test func monthsToYears() throws {
    let temporal = try TemporalHierarchy(season: 12)
    #expect(temporal.aggregates == [12, 6, 4, 3, 2, 1])
    #expect(temporal.hierarchy.nodeCount == 28)
    let values = temporal.hierarchy.aggregated((1...12).map { Double($0) }, lanes: 1)
    #expect(Array(values.prefix(10)) == [78, 21, 57, 10, 26, 42, 6, 15, 24, 33])
    #expect(try TemporalHierarchy(season: 12, aggregates: [12, 3]).aggregates == [12, 3, 1])
  }

  @Test func sumsEndWithTheLastValue() {
    #expect(TemporalHierarchy.aggregate([1, 2, 3, 4, 5], periods: 2) == [5, 9])
    #expect(TemporalHierarchy.aggregate([1, .nan, 3, 4], periods: 2)[0].isNaN)
  }

  /// Seasonal naive forecasts add up at every frequency, so that there is nothing to reconcile.
  @Test(arguments: ReconciliationMethod.allCases)
  func coherentForecastsStay(_ method: ReconciliationMethod) throws {
    let series = PublishedSeries.passengers
    let temporal = try TemporalHierarchy(season: 12, aggregates: [6, 3, 1])
    let forecast = try temporal.forecast(series, horizon: 15, model: SeasonalNaive(), method: method)
    let expected = (0..<15).map { series[series.count - 12 + $0 % 12] }
    #expect(zip(forecast, expected).allSatisfy { abs($0 - $1) < 1e-9 * $1 })
  }

  /// The last two years of the airline passengers: the forecasts of six frequencies together are not worse than those
  /// of months alone.
  @Test func combiningFrequenciesHelps() throws {
    let history = Array(PublishedSeries.passengers.dropLast(24))
    let actual = PublishedSeries.passengers.suffix(24)
    let model = ExponentialSmoothing(maximumEvaluations: 400)
    let alone = try model.fit(history, season: 12).forecast(horizon: 24).mean
    let together = try TemporalHierarchy(season: 12).forecast(history, horizon: 24, model: model)
    func error(_ forecast: [Double]) -> Double { zip(forecast, actual).reduce(0) { $0 + abs($1.0 - $1.1) } }
    #expect(error(together) < error(alone))
  }

  @Test func shortAndGappySeries() throws {
    let temporal = try TemporalHierarchy(season: 12)
    let short = try temporal.forecast([3, 4, 5], horizon: 14, model: ExponentialSmoothing())
    #expect(short.count == 14 && short.allSatisfy { $0.isFinite })
    var series = PublishedSeries.passengers
    series[70] = .nan
    let gappy = try temporal.forecast(series, horizon: 12, model: SeasonalNaive(), method: .minimumTrace)
    #expect(gappy.allSatisfy { $0.isFinite })
  }

  @Test func refusals() {
    #expect(throws: ReconciliationError.badAggregate(periods: 5, season: 12)) {
      try TemporalHierarchy(season: 12, aggregates: [5])
    }
    #expect(throws: ReconciliationError.badAggregate(periods: 1, season: 1)) { try TemporalHierarchy(season: 1) }
  }
}
