import Allocation
import ChannelTypes
import Demand
import Specifications
import Tables
import Testing

@testable import Planning

/// Three partners and one product that sells 30 a month at each, in ten draws between 21 and 39.
private struct StockNetwork {
  var onHand = [300.0, 0.0, 40.0]
  var plan = Plan()

  func forecast() -> ForecastResult {
    let partners = ["P1", "P2", "P3"]
    let panel = DemandPanel(
      partners: partners, products: ["box"], regions: ["east"], cities: [""],
      series: partners.indices.map { SeriesKey(partner: $0, product: 0, region: 0, city: 0) },
      firstPeriod: .month(2025, 1), periodCount: 12, frequency: .month, observed: [Double](repeating: 30, count: 36))
    let draws = (0..<10).map { Float(21 + 2 * $0) }
    return ForecastResult(
      panel: panel, firstPeriod: .month(2026, 1), horizon: 6, meanThousandths: [Int64](repeating: 30_000, count: 18),
      paths: SamplePaths(
        seriesCount: 3, horizon: 6, drawCount: 10, values: (0..<18).flatMap { _ in draws }),
      choices: partners.map { _ in SeriesModelChoice(model: "drivers", reason: "", observations: 12) }, accuracy: [])
  }

  func run() throws(StageFailure) -> StageOutput<StockStage.Result> {
    let december = CivilDate(year: 2025, month: 12, day: 31)
    // An older count that must not be read, and the latest one.
    let rows =
      onHand.indices.map { (partner: $0, day: december.daysSinceEpoch - 31, units: 999.0) }
      + onHand.indices.map { (partner: $0, day: december.daysSinceEpoch, units: onHand[$0]) }
    func day(_ ordinal: Int) -> Period { Period(form: .day, ordinal: ordinal) }
    let tables: [InputTable: Table] = [
      .inventory: Table(
        name: "inventory", rows: rows,
        columns: [
          .period("snapshot", form: .day) { day($0.day) }, .text("partner_id") { "P\($0.partner + 1)" },
          .text("product_id") { _ in "box" }, .real("on_hand") { $0.units }, .money("unit_cost") { _ in Money(100) },
          .period("last_sale", form: .day) { $0.partner == 2 ? day(december.daysSinceEpoch - 90) : day($0.day) },
          .real("pack") { _ in 12 },
        ]),
      .partners: Table(
        name: "partners", rows: 1...3,
        columns: [
          .text("partner_id") { "P\($0)" }, .text("region") { _ in "east" }, .real("lead_time_days") { _ in 23 },
        ]
      ),
      .sales: Table(
        name: "sales", rows: 0..<12,
        columns: [
          .period("period", form: .month) { Period.month(2025, 1).advanced(by: $0) }, .text("partner_id") { _ in "P1" },
          .text("product_id") { _ in "box" }, .real("sell_out_qty") { _ in 30 },
          .money("sell_out_value") { _ in Money(4_200) },
        ]),
    ]
    let context = StageContext(plan: plan, tables: tables, results: [.demand: forecast()], seed: 1)
    return try StockStage().run(context)
  }
}

@Suite struct StockStageTests {
  private func table(_ output: StageOutput<StockStage.Result>, _ name: String) throws -> Table {
    try #require(output.tables.first { $0.name == name })
  }

  @Test("surplus of one partner fills the empty one; the rest is looked at by its latest count")
  func actions() throws {
    let output = try StockNetwork().run()
    let actions = try table(output, "inventory_actions")
    #expect(actions.rowCount == 3)
    #expect((0..<3).map { actions[column: "action"]?.text($0) } == ["transfer", "receive", "none"])
    #expect(actions[column: "to_partner"]?.text(0) == "P2")
    #expect(actions.numbers("on_hand") == [300, 0, 40])
    let context = StageContext(plan: Plan(), tables: [:], results: [.stock: output.result], seed: 1)
    let moved = try TransfersStage().run(context)
    let transfers = try #require(moved.tables.first { $0.name == "transfers" })
    // The level of P2: 30 days are 0.9856 months; the 95 % quantile of the draws is 38.1 a month, so 37.55.
    #expect(transfers.rowCount == 1 && transfers.integers("quantity") == [38])
    #expect(transfers.money("cost") == [Money(38 * 8)])
    let certificate = try #require(moved.certificates.first)
    #expect(certificate.relativeGap <= 1e-9)
  }

  @Test("health and projection add up over the network")
  func totals() throws {
    let output = try StockNetwork().run()
    let health = try table(output, "stock_health")
    #expect(health.money("stock_value") == [Money(30_000), .zero, Money(4_000)])
    #expect(health.numbers("slow_share") == [0, 0, 1])
    #expect(health.money("capital_cost") == [Money(6_000), .zero, Money(800)])
    let projection = try table(output, "stock_projection")
    #expect(projection.rowCount == 6)
    #expect(projection.numbers("demand") == [Double](repeating: 90, count: 6))
    #expect(output.indicators.first { $0.name == "stock_value" }?.value == 34_000)
    // Without a history, orders are not compared with sales.
    #expect(output.notes.map(\.code) == [StockCodes.noFlow])
  }

  @Test("orders share what the plan allows; what comes when, and what a shorter lead time saves")
  func sharedOrders() throws {
    var network = StockNetwork(onHand: [0, 0, 0])
    let free = try network.run()
    #expect(free.tables.contains { $0.name == "stock_limits" } == false)
    let wanted = try #require(try table(free, "inventory_actions").integers("quantity")).reduce(0, +)
    network.plan.inventory.space = Located(60)
    let output = try network.run()
    let units = try #require(try table(output, "inventory_actions").integers("quantity"))
    #expect(wanted > 60 && units.reduce(0, +) <= 60 && units.reduce(0, +) > 60 - 12)
    let limits = try table(output, "stock_limits")
    #expect(limits[column: "limit"]?.text(0) == "inventory.space" && limits.numbers("wanted") == [Double(wanted)])
    #expect(try #require(limits.numbers("price_right"))[0] < 0)
    #expect(output.certificates.map(\.problem) == ["orders"])
    let plan = try table(output, "purchase_plan")
    let quantities = try #require(plan.integers("quantity"))
    #expect(plan.rowCount > 3 && quantities.allSatisfy { $0 > 0 && $0 % 12 == 0 })
    let savings = try table(output, "lead_time_savings")
    #expect(savings.rowCount == 3 && (savings.numbers("units_saved") ?? []).allSatisfy { $0 > 0 })
  }

  @Test("the chance of little demand needs no sort; stock beyond the slow cover is slow")
  func slowStock() throws {
    let network = StockNetwork()
    let item = try #require(try network.run().result.problem.items.first)
    for units in [0.0, 10, 40, 47.5, 100] {
      let below = item.demand.probability(below: units, days: 45)
      #expect(abs(below - 1 + item.demand.over(days: 45).probability(above: units)) < 1e-12)
    }
    // 300 units at about one a day.
    var policy = StockPolicy()
    #expect(!StockLevels(item, policy).isSlow)
    policy.slowCoverDays = 250
    #expect(StockLevels(item, policy).isSlow)
  }

  @Test("without a forecast of units the stage is skipped")
  func skipped() {
    let failure = #expect(throws: StageFailure.self) {
      try StockStage().run(StageContext(plan: Plan(), tables: [:]))
    }
    guard case .skipped(let note)? = failure else {
      Issue.record("no forecast, no stock levels")
      return
    }
    #expect(note.code.id == "S401")
  }
}
