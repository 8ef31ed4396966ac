import ChannelTypes
import Demand
import Testing

@Suite("Demand forecaster")
struct DemandForecasterTests {
  static func forecast(_ sales: SimulatedSales = SimulatedSales(), threads: Int = 1) throws -> ForecastResult {
    let (panel, _) = try DemandPanel.build(sales: sales.table(), settings: PanelSettings())
    var forecaster = DemandForecaster()
    forecaster.threads = threads
    return try forecaster.forecast(panel)
  }

  @Test("group means are exact sums of series means, at every level")
  func totals() throws {
    let result = try Self.forecast()
    let total = result.forecasts(of: .total, probabilities: [0.5])[0].meanThousandths
    for level in ForecastLevel.allCases {
      let groups = result.forecasts(of: level, probabilities: [0.5])
      for step in 0..<result.horizon { #expect(groups.reduce(0) { $0 + $1.meanThousandths[step] } == total[step]) }
    }
  }

  @Test("gives the same for any number of threads")
  func threads() throws {
    let (one, three) = (try Self.forecast(), try Self.forecast(threads: 3))
    #expect(one.meanThousandths == three.meanThousandths)
    #expect(one.paths.values == three.paths.values)
    #expect(one.choices == three.choices && one.accuracy == three.accuracy)
  }

  @Test("quantiles ascend, are not negative, and the paths have the published mean")
  func paths() throws {
    let result = try Self.forecast()
    for group in result.forecasts(of: .series, probabilities: [0.025, 0.1, 0.5, 0.9, 0.975]) {
      for step in 0..<result.horizon {
        let row = group.quantiles[step * 5..<(step + 1) * 5]
        #expect(row.allSatisfy { $0 >= 0 && $0.isFinite } && zip(row, row.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
    for series in 0..<result.seriesCount {
      let draws = result.paths.draws(series: series, period: 5)
      let mean = draws.reduce(0.0) { $0 + Double($1) } / Double(draws.count)
      #expect(abs(mean - result.mean(series: series, step: 5)) <= 1e-4 * (1 + mean))
    }
  }

  @Test("beats the seasonal naive and covers what it says on simulated demand")
  func accuracy() throws {
    var sales = SimulatedSales(partners: 20, products: 4)
    sales.seed = 77
    let result = try Self.forecast(sales, threads: 2)
    let chosen = try #require(result.accuracy.first { $0.model == "chosen" })
    let naive = try #require(result.accuracy.first { $0.model == "seasonal_naive" })
    #expect(chosen.series == 80 && chosen.mase < 0.8 * naive.mase)
    // The choice starts from the combination; leaving it must not cost more than chance.
    let average = try #require(result.accuracy.first { $0.model == "average" })
    #expect(chosen.mase < 1.02 * average.mase, "\(result.accuracy.map { "\($0.model) \($0.mase)" })")
    // Prices and promotions to come are not known to the forecast; the intervals must carry that.
    #expect(chosen.coverage95 > 0.85 && chosen.coverage80 > 0.65)
  }

  @Test("sums of series spread less than sums of their deviations, more than if series were unrelated to themselves")
  func jointSpread() throws {
    let result = try Self.forecast()
    let total = result.forecasts(of: .total, probabilities: [0.1, 0.9])[0].quantiles
    let leaves = result.forecasts(of: .series, probabilities: [0.1, 0.9])
    let width = total[1] - total[0]
    #expect(width > 0 && width < leaves.reduce(0) { $0 + $1.quantiles[1] - $1.quantiles[0] })
  }

  @Test("short, empty and stopped series get a finite forecast and a reason")
  func awkward() throws {
    var sales = SimulatedSales(partners: 4, products: 3)
    sales.isDropped = { partner, product, month in
      // P100 stops after 20 months; P101 starts item-1 in the last month; P102 misses a month.
      (partner == 0 && month >= 20) || (partner == 1 && product == 1 && month < 35) || (partner == 2 && month == 10)
    }
    let result = try Self.forecast(sales)
    let stopped = try #require(result.index(partner: "P100", product: "item-0"))
    #expect(result.choices[stopped].model == "none" && result.choices[stopped].flags.contains("inactive_partner"))
    #expect((0..<12).allSatisfy { result.mean(series: stopped, step: $0) == 0 })
    let young = try #require(result.index(partner: "P101", product: "item-1"))
    #expect(result.choices[young].observations == 1 && result.mean(series: young, step: 0) > 0)
    #expect(result.index(partner: "P101", product: "nothing") == nil)
    #expect(result.paths.values.allSatisfy { $0.isFinite })
  }

  @Test("refuses a history of two periods")
  func tooShort() throws {
    #expect(throws: DemandError.historyTooShort(periods: 2)) { try Self.forecast(SimulatedSales(months: 2)) }
  }
}
