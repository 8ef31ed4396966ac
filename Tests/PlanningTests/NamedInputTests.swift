import ChannelTypes
import Demand
import Specifications
import Tables
import Testing

@testable import Planning

/// `supply`, `price` and `cost` in a plan, and what they do to demand and margins.
@Suite struct NamedInputTests {
  private func load(_ yaml: String, _ overrides: [String] = [], scenario: String? = nil) throws -> (Plan, Findings) {
    let (loaded, findings) = try PlanFiles(["plan.yaml": "version: 1\n" + yaml]).load(
      overrides: overrides, scenario: scenario)
    return (try #require(loaded).plan, findings)
  }

  // MARK: The plan

  @Test func `a scenario changes what the plan does not list, and a wildcard means all`() throws {
    let yaml = """
      supply: {router: 0.9, months: 5}
      scenarios:
        outage: {set: {"supply.*": "*0.6", supply.months: 2}}
      """
    let (base, none) = try load(yaml)
    #expect(none.errorCount == 0 && none.warningCount == 0)
    #expect(base.supply.factors.periods?.value == 5)
    let (plan, findings) = try load(yaml, ["price.east=*0.95", "cost.*=*1.1"], scenario: "outage")
    #expect(findings.errorCount == 0)
    let supply = plan.supply.factors
    #expect(supply.periods?.value == 2)
    #expect(supply.factor(region: "east", product: "a", family: "router", step: 1) == 0.9 * 0.6)
    #expect(supply.factor(region: "east", product: "a", family: nil, step: 1) == 0.6)
    #expect(supply.factor(region: "east", product: "a", family: nil, step: 2) == 1)
    #expect(plan.price.factors.factor(region: "east", product: "a", family: nil, step: 0) == 0.95)
    #expect(plan.price.factors.factor(region: "west", product: "a", family: nil, step: 0) == 1)
    #expect(plan.cost.factor(region: "west", product: "a", family: nil, step: 0) == 1.1)
  }

  @Test func `a name with its kind holds for that kind alone`() {
    func fits(_ name: String) -> Bool { FactorName(name).fits(region: "plan", product: "sim", family: "cards") }
    #expect(fits("all") && fits("plan") && fits("cards") && fits("sim"))
    #expect(fits("region:plan") && !fits("family:plan") && !fits("product:plan") && fits("product:sim"))
    for name in ["all", "region:x", "family:x", "product:x", "x"] { #expect(FactorName(name).description == name) }
  }

  @Test func `months are counted in periods of the calendar`() throws {
    let (weeks, _) = try load("calendar: {frequency: week}\nprice: {all: 1.1, months: 2}")
    #expect(weeks.price.factors.periods?.value == 9)
    let (quarters, _) = try load("calendar: {frequency: quarter}\ncost: {all: 1.1, months: 4}")
    #expect(quarters.cost.periods?.value == 2)
    let (_, findings) = try load("demand: {east: 1.1, months: 4, periods: 3}")
    #expect(findings.kept.map(\.code) == [PlanCodes.twoLengths])
  }

  @Test func `more supply than was ordered, or a price near nothing, is refused`() throws {
    let (_, findings) = try load("supply: {all: 1.2}\nprice: {all: 0.01, elasticity: 0.5}")
    #expect(findings.errorCount == 3)
  }

  @Test func `names that are in no table, or in two, are found`() throws {
    let (plan, _) = try load(
      "demand: {eats: 0.9}\nsupply: {ruoter: 0.5}\nprice: {east: 0.9, \"region:wset\": 2}\ncost: {plan: 2}")
    let tables: [InputTable: Table] = [
      .partners: Table(name: "partners", rows: ["east", "west", "plan"], columns: [.text("region") { $0 }]),
      .products: Table(
        name: "products", rows: ["router", "plan"],
        columns: [.text("product_id") { $0 + "-1" }, .text("family") { $0 }]),
    ]
    var findings = Findings()
    FactorChecks(plan: plan, tables: tables).report(to: &findings)
    #expect(
      findings.kept.map(\.code) == [
        NetworkCodes.unknownFactorName, NetworkCodes.unknownFactorName, NetworkCodes.unknownFactorName,
        NetworkCodes.ambiguousFactorName,
      ])
    #expect(
      findings.kept.map(\.hint) == [
        "did you mean `east`?", "did you mean `router`?", "did you mean `west`?",
        "write `region:plan` or `family:plan`",
      ])
  }

  // MARK: Prices

  private func effects(_ estimates: [(product: String, driver: String, estimate: Double)]) throws -> PriceResponse {
    var settings = PriceSettings()
    settings.elasticity = Located(-0.5)
    return PriceResponse(
      settings,
      estimates: estimates.map { (product: $0.product, driver: $0.driver, estimate: $0.estimate) })
  }

  @Test func `the elasticity is the product's, the mean, the plan's, or minus one`() throws {
    let fitted = try effects([("", "net_price", -2), ("a", "net_price", -3), ("b", "net_price", 0.4)])
    #expect(fitted.elasticity("a").value == -3 && fitted.elasticity("a").source == .drivers)
    // An effect that is not below zero is no answer to price.
    #expect(fitted.elasticity("b").value == -2 && fitted.elasticity("b").source == .driversMean)
    let stated = try effects([("", "net_price", 0.1)])
    #expect(stated.elasticity("a").value == -0.5 && stated.elasticity("a").source == .plan)
    let nothing = PriceResponse(PriceSettings(), nil)
    #expect(nothing.elasticity("a").value == -1 && nothing.elasticity("a").source == .assumed)
    #expect(fitted.demandFactor("a", price: 1) == 1)
    #expect(abs(fitted.demandFactor("a", price: 0.5) - 8) < 1e-12)
  }

  @Test(arguments: [-3.0, -1.0, -0.999999999, -0.4], [0.5, 0.9, 1.0, 1.3])
  func `what buyers gain is the area under their demand`(elasticity: Double, price: Double) {
    // Simpson's rule over prices between f and 1.
    let steps = 2000
    var area = 0.0
    for step in 0...steps {
      let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4.0 : 2.0
      let at = price + (1 - price) * Double(step) / Double(steps)
      area += weight * power(at, elasticity)
    }
    area *= (1 - price) / Double(steps) / 3
    #expect(abs(PriceResponse.consumerGain(price: price, elasticity: elasticity) - area) < 1e-7)
  }

  private func power(_ base: Double, _ exponent: Double) -> Double {
    var plan = PriceSettings()
    plan.elasticity = Located(exponent)
    return PriceResponse(plan, nil).demandFactor("", price: base)
  }

  @Test func `margins follow prices and costs, and never fall below nothing`() throws {
    let mix = [
      SoldProduct(product: "a", family: nil, value: 100, margin: 0.3),
      SoldProduct(product: "b", family: nil, value: 200, margin: 0.1),
    ]
    func factors(_ change: (inout Plan) -> Void) throws -> MarginFactors {
      var plan = Plan()
      plan.price.elasticity = Located(-2)
      change(&plan)
      return try #require(MarginFactors("east", mix, plan, PriceResponse(plan.price, nil), steps: 3))
    }
    let same = try factors { _ in }
    #expect(same.price == 1 && same.cost == 1)
    // 10 % more on a alone: 100 · 1.1⁻² · (1.1 − 0.7) + 20 against 50.
    let dearer = try factors { $0.price.factors.entries = [.init(.product("a"), Located(1.1))] }
    #expect(abs(dearer.price - (100 / 1.21 * 0.4 + 20) / 50) < 1e-12 && dearer.cost == 1)
    // Costs up 5 %: 100 · (1 − 0.735) + 200 · (1 − 0.945) = 37.5 against 50.
    let costlier = try factors { $0.cost.entries = [.init(.all, Located(1.05))] }
    #expect(costlier.price == 1 && abs(costlier.cost - 37.5 / 50) < 1e-12)
    #expect(try factors { $0.cost.entries = [.init(.all, Located(3))] }.cost == 0)
  }

  // MARK: Demand

  private static func forecast() -> ForecastResult {
    let panel = DemandPanel(
      partners: ["P1", "P2"], products: ["a", "b"], regions: ["east", "west"], cities: [""],
      series: [
        SeriesKey(partner: 0, product: 0, region: 0, city: 0), SeriesKey(partner: 1, product: 1, region: 1, city: 0),
      ], firstPeriod: .month(2025, 1), periodCount: 12, frequency: .month,
      observed: [Double](repeating: 10, count: 24))
    return ForecastResult(
      panel: panel, firstPeriod: .month(2026, 1), horizon: 12, meanThousandths: [Int64](repeating: 10_000, count: 24),
      paths: SamplePaths(
        seriesCount: 2, horizon: 12, drawCount: 2, values: (0..<48).map { $0 % 2 == 0 ? 8 : 12 }),
      choices: [], accuracy: [])
  }

  private static func run(_ change: (inout Plan) -> Void) throws -> StageOutput<ForecastResult> {
    var plan = Plan()
    plan.price.elasticity = Located(-2)
    change(&plan)
    let sales = Table(
      name: "sales", rows: 0..<24,
      columns: [
        .period("period", form: .month) { Period.month(2025, 1).advanced(by: $0 % 12) },
        .text("partner_id") { $0 < 12 ? "P1" : "P2" }, .text("product_id") { $0 < 12 ? "a" : "b" },
        .real("sell_in_qty") { _ in 10 }, .real("sell_out_qty") { _ in 10 },
        .money("sell_in_value") { Money($0 < 12 ? 100 : 50) }, .money("sell_out_value") { Money($0 < 12 ? 130 : 60) },
      ])
    let products = Table(
      name: "products", rows: ["a", "b"],
      columns: [.text("product_id") { $0 }, .real("margin") { $0 == "a" ? 0.4 : 0.2 }])
    return try DemandStage().run(
      StageContext(plan: plan, tables: [.sales: sales, .products: products], results: [.forecast: forecast()]))
  }

  private static func figure(_ name: String, _ output: StageOutput<ForecastResult>) throws -> Double {
    try #require(output.indicators.first { $0.name == name }).value
  }

  @Test func `planned revenue is units times what a unit was worth`() throws {
    let output = try Self.run { _ in }
    // 120 units at 10 and 120 at 5; margins of 40 and 20 %.
    #expect(try Self.figure("planned_units", output) == 240)
    #expect(try Self.figure("planned_revenue", output) == 1800)
    let margin = try Self.figure("planned_margin", output)
    #expect(abs(margin - 600) < 1e-9)
    let table = try #require(output.tables.first { $0.name == "planned_revenue" })
    #expect(table.money("revenue_of_quarter") == [Money(300), Money(150)])
    #expect(table.money("partner_margin_of_year") == [Money(360), Money(120)])
    #expect(!output.tables.contains { $0.name == "price_effects" })
  }

  @Test func `a factor of one changes nothing`() throws {
    let (base, same) = (
      try Self.run { _ in },
      try Self.run {
        $0.price.factors.entries = [.init(.all, Located(1)), .init(.any("a"), Located(1))]
        $0.cost.entries = [.init(.all, Located(1))]
      }
    )
    #expect(base.tables.map { CSVWriter.text($0) } == same.tables.map { CSVWriter.text($0) })
    #expect(base.indicators == same.indicators)
    #expect(base.result.paths.values == same.result.paths.values && same.result.priceFactors == nil)
  }

  @Test func `a price moves demand by its elasticity and what a unit is worth`() throws {
    let output = try Self.run {
      $0.price.factors.entries = [.init(.product("a"), Located(0.8))]
      $0.price.factors.periods = Located(2)
    }
    // 0.8⁻² = 1.5625 for two of twelve months.
    let result = output.result
    #expect(result.meanThousandths[0..<3] == [15_625, 15_625, 10_000] && result.meanThousandths[12] == 10_000)
    #expect(result.paths.values[0] == 12.5 && result.paths.values[1] == 18.75 && result.paths.values[4] == 8)
    #expect(result.valuePaths.values[0] == 10 && result.valueMean(series: 0, step: 1) == 12.5)
    // Revenue 2 · 15.625 · 8 + 10 · 100 + 600.
    let revenue = try Self.figure("planned_revenue", output)
    #expect(abs(revenue - 1850) < 1e-9)
    // Margin: a unit leaves 8 − 6.
    let margin = try Self.figure("planned_margin", output)
    #expect(abs(margin - (2 * 15.625 * 2 + 400 + 120)) < 1e-9)
    let audit = try #require(output.tables.first { $0.name == "price_effects" })
    #expect(audit.rowCount == 1 && audit.text("elasticity_from")?[0] == "plan")
    #expect(audit.numbers("elasticity") == [-2] && audit.numbers("demand_factor") == [1.5625])
    #expect(audit.money("revenue_before") == [Money(200)] && audit.money("revenue_after") == [Money(250)])
    // 2 · 130 · (1 − 0.8⁻¹)/(−1) = 65.
    #expect(audit.money("consumer_gain") == [Money(65)])
    #expect(output.notes.isEmpty)
    let assumed = try Self.run {
      $0.price.elasticity = nil
      $0.price.factors.entries = [.init(.all, Located(0.8))]
    }
    #expect(assumed.notes.map(\.code) == [ForecastCodes.assumedElasticity])
    let same = try Self.figure("planned_revenue", assumed)
    #expect(abs(same - 1800) < 1e-9)
  }

  @Test func `a cost moves margins alone`() throws {
    let output = try Self.run { $0.cost.entries = [.init(.region("west"), Located(1.25))] }
    #expect(try Self.figure("planned_revenue", output) == 1800)
    // The west earned 120 of 600 and now pays 25 % more for 480.
    let margin = try Self.figure("planned_margin", output)
    #expect(abs(margin - 480) < 1e-9)
  }
}
