import ChannelTypes
import Demand
import Testing
import TimeSeries

@Suite("Coherent forecasts of a network's levels")
struct CoherentForecastTests {
  static func forecast(_ choice: CoherenceChoice, levels: [String] = ["region", "partner"], threads: Int = 1) throws
    -> ForecastResult
  {
    var sales = SimulatedSales(partners: 10, products: 3)
    sales.noise = 0.4
    sales.level = 8
    let (panel, _) = try DemandPanel.build(sales: sales.table(), settings: PanelSettings())
    var forecaster = DemandForecaster()
    forecaster.levels = levels
    forecaster.coherence = choice
    forecaster.windows = 2
    forecaster.threads = threads
    return try forecaster.forecast(panel)
  }

  @Test("every level and its cross with product is forecast and compared")
  func levels() throws {
    let report = try #require(try Self.forecast(.method(.minimumTrace)).coherence)
    #expect(report.method == .minimumTrace)
    let names = ["total", "region", "product", "region/partner", "region/product", "region/city/partner/product"]
    #expect(report.levels.map(\.level) == names)
    #expect(report.levels.map(\.nodes) == [1, 2, 3, 10, 6, 30])
    #expect(report.levels.allSatisfy { $0.own > 0 && $0.bottomUp > 0 && $0.coherent > 0 })
  }

  @Test("reconciled means differ from sums, are not negative, and do not depend on threads")
  func means() throws {
    let (sums, reconciled) = (try Self.forecast(.method(.bottomUp)), try Self.forecast(.method(.minimumTrace)))
    #expect(sums.coherence == nil)
    #expect(sums.meanThousandths != reconciled.meanThousandths)
    #expect(reconciled.meanThousandths.allSatisfy { $0 >= 0 })
    #expect(try Self.forecast(.method(.minimumTrace), threads: 3).meanThousandths == reconciled.meanThousandths)
  }

  @Test("the automatic choice reconciles only where held-out periods speak for it")
  func automatic() throws {
    let result = try Self.forecast(.automatic)
    let report = try #require(result.coherence)
    let gain = report.levels.reduce(0) { $0 + $1.bottomUp - $1.coherent }
    #expect(report.method == .bottomUp || gain > 0)
    let expected = try Self.forecast(.method(report.method)).meanThousandths
    #expect(result.meanThousandths == expected)
  }

  @Test("a single series needs no levels")
  func alone() throws {
    let sales = SimulatedSales(partners: 1, products: 1)
    let (panel, _) = try DemandPanel.build(sales: sales.table(), settings: PanelSettings())
    var forecaster = DemandForecaster()
    forecaster.coherence = .automatic
    #expect(try forecaster.forecast(panel).coherence == nil)
  }
}
