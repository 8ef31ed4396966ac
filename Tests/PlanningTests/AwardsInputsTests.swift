import ChannelTypes
import Demand
import Partners
import Tables
import Testing

@testable import Planning

/// What the stage reads of tables, on a network of two partners and three products.
@Suite("Awards inputs")
struct AwardsInputsTests {
  /// P1 buys 10 units of `old` a month for 1,000 and from March 2025 on 2 units of `new` for 500; P2 buys `new` from
  /// June. `new` was launched in February 2025, `gone` before the history begins.
  private static let sales: Table = {
    var rows: [(Period, String, String, Double, Money)] = []
    for month in 0..<24 {
      let period = Period.month(2024, 1).advanced(by: month)
      rows.append((period, "P1", "old", 10, Money(1000)))
      rows.append((period, "P2", "gone", 1, Money(100)))
      if month >= 13 { rows.append((period, "P1", "new", month == 13 ? 0 : 2, month == 13 ? .zero : Money(500))) }
      if month >= 17 { rows.append((period, "P2", "new", 1, Money(250))) }
    }
    return Table(
      name: "sales", rows: rows,
      columns: [
        .period("period", form: .month) { $0.0 }, .text("partner_id") { $0.1 }, .text("product_id") { $0.2 },
        .real("sell_in_qty") { $0.3 }, .money("sell_in_value") { $0.4 },
      ])
  }()

  private static let products = Table(
    name: "products",
    columns: [
      .text("product_id", ["old", "new", "gone"]),
      .period("launched_on", form: .day, [nil, "2025-02-10", "2023-05-01"].map { $0.flatMap { Period($0) } }),
    ])

  private static let ledger = Table(
    name: "incentive_ledger",
    columns: [
      .period(
        "date", form: .day,
        ["2025-04-02", "2025-04-03", "2025-12-20", "2025-03-09", "2025-05-05", "2025-05-06", "2025-12-31"].map {
          Period($0)
        }),
      .text("partner_id", ["P1", "P1", "P1", "P1", "P1", "P2", "P2"]),
      .text("kind", ["points", "points", "loyalty", "award", "fund", "fund", "award"]),
      .money("amount", [0, 90, 70, 50, 10, 10, 40].map { Money($0) }),
      .period(
        "period", form: .quarter, [Period.quarter(2025, 1), Period.quarter(2025, 1), nil, nil, nil, nil, nil]),
      .integer("points", [200, -90, nil, nil, nil, nil, nil]),
      .text("product_id", [nil, nil, nil, "new", nil, nil, nil]),
      .text("ref", [nil, nil, "star dealer", "first order", "reinvestment", "gold", "innovation"]),
    ])

  private static func input(_ tables: [InputTable: Table], _ demand: ForecastResult? = nil) throws -> RecognitionInput {
    let history = try #require(ChannelHistory(sales: sales, partners: nil))
    var results: [StageName: any Sendable] = [:]
    if let demand { results[.demand] = demand }
    let context = StageContext(plan: Plan(), tables: tables, results: results)
    return AwardsInputs(context, history, RecognitionRules()).recognition
  }

  @Test("first orders are the first months with units of what was launched within the history")
  func firstOrders() throws {
    let input = try Self.input([.sales: Self.sales, .products: Self.products])
    #expect(
      input.firstOrders == [
        FirstOrder(partner: 0, product: "new", month: .month(2025, 3)),
        FirstOrder(partner: 1, product: "new", month: .month(2025, 6)),
      ])
    #expect(input.newProductSales.prefix(24).total() == Money(5000) && input.newProductSales[24 + 17] == Money(250))
    #expect(input.newProductSales.suffix(24).total() == Money(1750))
    #expect(try Self.input([.sales: Self.sales]).firstOrders.isEmpty)
  }

  @Test("the ledger: points granted and redeemed, funds but not reinvestment, money by award")
  func ledger() throws {
    let ledger = try Self.input([.incentiveLedger: Self.ledger]).ledger
    let quarter = RecognitionLedger.Key(partner: 0, quarter: .quarter(2025, 1))
    #expect(ledger.granted == [quarter: 200] && ledger.redeemed == [quarter: 90])
    #expect(ledger.redeemedShare == Percent(45) && ledger.hasFund == [1])
    #expect(ledger.paid["points"]?[quarter] == Money(90) && ledger.paid["first_order"] == [quarter: Money(50)])
    #expect(ledger.paid["star"] == [.init(partner: 0, quarter: .year(2025)): Money(70)])
    #expect(ledger.paid["innovation"]?[.init(partner: 1, quarter: .year(2025))] == Money(40))
  }

  @Test("new customers by the quarter of their first order; those of strangers and prospects are left out")
  func newCustomers() throws {
    let customers = Table(
      name: "customers",
      columns: [
        .text("partner_id", ["P1", "P1", "P9", "P2"]),
        .period(
          "first_order", form: .day, ["2025-04-01", "2025-06-30", "2025-04-01", nil].map { $0.flatMap { Period($0) } }),
      ])
    let counts = try Self.input([.customers: customers]).newCustomers
    #expect(counts == [.init(partner: 0, quarter: .quarter(2025, 2)): 2])
  }

  @Test("a year ahead: twelve months of paths at last year's price, none without twelve")
  func yearAhead() throws {
    func forecast(horizon: Int) -> ForecastResult {
      let panel = DemandPanel(
        partners: ["P1"], products: ["old", "new"], regions: ["east"], cities: ["a"],
        series: (0..<2).map { SeriesKey(partner: 0, product: $0, region: 0, city: 0) }, firstPeriod: .month(2024, 1),
        periodCount: 24, frequency: .month, observed: Array(repeating: 10, count: 24) + Array(repeating: 0, count: 24))
      // Two draws: 10 and 20 units a month of the first product, none of the second.
      let values = (0..<4 * horizon).map { $0 >= 2 * horizon ? Float(0) : $0 % 2 == 0 ? 10 : 20 }
      return ForecastResult(
        panel: panel, firstPeriod: .month(2026, 1), horizon: horizon,
        meanThousandths: Array(repeating: 15_000, count: 2 * horizon),
        paths: SamplePaths(seriesCount: 2, horizon: horizon, drawCount: 2, values: values), choices: [], accuracy: [])
    }
    let ahead = try #require(try Self.input([:], forecast(horizon: 14)).yearAhead)
    // 120 units brought 12 · 1,000 + 10 · 500 = 17,000.
    #expect(ahead(0).map { $0.rounded() } == [17_000, 34_000] && ahead(1).isEmpty)
    #expect(try Self.input([:], forecast(horizon: 6)).yearAhead == nil)
  }
}
