import ChannelTypes
import Demand
import Glibc
import Probability
import Testing
import TimeSeries

@Suite("Group season")
struct GroupSeasonTests {
  /// Series of few units a month, with noise of half their size, that all sell half as much in February.
  static func dipping() throws -> DemandPanel {
    var sales = SimulatedSales(partners: 20, products: 3)
    sales.level = 8
    sales.noise = 0.5
    sales.season = { $0 % 12 == 1 ? log(0.5) : 0 }
    return try DemandPanel.build(sales: sales.table(), settings: PanelSettings()).panel
  }

  /// A level alone, which knows no season.
  static let level = ExponentialSmoothing(forms: [.init()], maximumEvaluations: 100)
  static let adjusted = LocalDemandModel(level, adjustsSeason: true)
  static let plain = LocalDemandModel(level)

  /// Monthly or numbered demand of `products` × `partners` series at exp(`log demand`), without drivers.
  static func panel(
    seed: UInt64, count: Int = 36, first: Period = .month(2023, 1), frequency: Frequency = .month,
    season: (Int) -> Double
  ) -> DemandPanel {
    let (partners, products) = (15, 3)
    var stream = RandomStream(seed: seed, key: RandomStream.key("group season"))
    var demand: [Double] = []
    for _ in 0..<partners * products {
      let own = stream.normal(mean: 3, standardDeviation: 0.5)
      for time in 0..<count {
        demand.append(exp(own + season(time) + stream.normal(mean: 0, standardDeviation: 0.3)).rounded())
      }
    }
    return DemandPanel(
      partners: (0..<partners).map { "P\(100 + $0)" }, products: (0..<products).map { "x\($0)" }, regions: [""],
      cities: [""],
      series: (0..<partners * products).map {
        SeriesKey(partner: $0 / products, product: $0 % products, region: 0, city: 0)
      },
      firstPeriod: first, periodCount: count, frequency: frequency, observed: demand)
  }

  @Test("the forecast of every series falls in the month in which its group does")
  func dip() throws {
    let panel = try Self.dipping()
    var forecaster = DemandForecaster()
    // The dip lies in February, wherever the lunar new year does.
    forecaster.events = false
    let result = try forecaster.forecast(panel)
    var (february, neighbours) = (0.0, 0.0)
    for series in 0..<result.seriesCount {
      let months = (0..<3).map { result.mean(series: series, step: $0) }
      #expect(months[1] < min(months[0], months[2]))
      february += months[1]
      neighbours += (months[0] + months[2]) / 2
    }
    // The truth is 0.5; assumed promotions differ from month to month, and factors are drawn towards 1.
    #expect(february / neighbours > 0.35 && february / neighbours < 0.75)
    forecaster.threads = 3
    let threaded = try forecaster.forecast(panel)
    #expect(threaded.meanThousandths == result.meanThousandths && threaded.paths.values == result.paths.values)
  }

  @Test("deviations and errors scale with the factors, and zeros stay zeros")
  func scaling() throws {
    let run = Self.adjusted.run(ForecastOrigin(try Self.dipping(), end: 36, horizon: 3))
    let relative = (0..<3).map { run.deviation[$0] / run.mean[$0] }
    // Within three steps the level's own uncertainty hardly widens the deviation.
    #expect(run.mean[1] < 0.8 * run.mean[0] && abs(relative[1] / relative[0] - 1) < 0.2)
    #expect(run.mean.allSatisfy { $0.isFinite && $0 >= 0 } && run.residuals.allSatisfy(\.isFinite))
  }

  @Test("a panel without a season is left as it is")
  func untouched() {
    let touched = (0..<10).count { seed in
      let origin = ForecastOrigin(Self.panel(seed: UInt64(seed)) { _ in 0 }, end: 36, horizon: 12)
      return Self.adjusted.run(origin).mean != Self.plain.run(origin).mean
    }
    // Two tests at 1 %: one false alarm in ten panels has a chance of 0.2, two have 0.02.
    #expect(touched <= 1)
  }

  @Test("running numbers have a season too")
  func weeks() {
    let panel = Self.panel(seed: 3, count: 120, first: Period(form: .number, ordinal: 40), frequency: .week) {
      0.5 * sin(2 * Double.pi * Double($0) / 52)
    }
    let run = Self.adjusted.run(ForecastOrigin(panel, end: 120, horizon: 40))
    // Weeks 120 … 159 hold the peak of the sine at 13 + 2 · 52 + … and its trough at 143.
    for series in 0..<panel.seriesCount { #expect(run.mean[series * 40 + 23] < 0.7 * run.mean[series * 40]) }
  }

  @Test("nothing after the origin is looked at")
  func noLeak() throws {
    let panel = try Self.dipping()
    var changed = panel
    for series in 0..<panel.seriesCount {
      for time in 24..<36 { changed.demand[series * 36 + time] = Double((series * 7 + time * 13) % 50) }
    }
    let before = Self.adjusted.run(ForecastOrigin(panel, end: 24, horizon: 12))
    let after = Self.adjusted.run(ForecastOrigin(changed, end: 24, horizon: 12))
    #expect(before.mean == after.mean && before.deviation == after.deviation)
  }
}
