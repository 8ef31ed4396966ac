import ChannelTypes
import Partners
import Specifications
import Tables
import Testing

@testable import Planning

/// Winners, losers and what a policy does to everybody, on tables that are small enough to add up by hand.
@Suite struct ScenarioEffectTests {
  private struct Partner {
    var id: String
    var region = "east"
    var revenue = 1000.0
    var margin = 200.0
    var incentives = 50.0
    var lost = 0.0
    var limit = 300.0
    var target = 900.0
  }

  /// The tables of a run: a quarter is a fourth of the year, what is lost costs the partner a fifth of it.
  private func tables(_ partners: [Partner], budget: Double, consumerGain: Double? = nil) -> [Table] {
    let regions = Set(partners.map(\.region)).sorted()
    func money(_ value: Double) -> Money? { Money(rounding: value) }
    var tables = [
      Table(
        name: "planned_revenue", rows: partners,
        columns: [
          .text("region") { $0.region }, .text("partner_id") { $0.id },
          .money("revenue_of_quarter") { money($0.revenue / 4) }, .money("revenue_of_year") { money($0.revenue) },
          .money("margin_of_quarter") { money($0.revenue / 40) }, .money("margin_of_year") { money($0.revenue / 10) },
          .money("partner_margin_of_quarter") { money($0.margin / 4) },
          .money("partner_margin_of_year") { money($0.margin) },
        ]),
      Table(
        name: "lost_sales", rows: partners,
        columns: [
          .text("partner_id") { $0.id }, .money("lost_revenue") { money($0.lost * 1.25) },
          .money("lost_purchases") { money($0.lost) },
        ]),
      Table(
        name: "accruals", rows: partners.flatMap { partner in ["2026Q1", "2026Q2"].map { (partner, $0) } },
        columns: [
          .text("partner_id") { $0.0.id }, .text("period") { $0.1 }, .money("accrual") { money($0.0.incentives / 2) },
        ]),
      Table(
        name: "credit", rows: partners,
        columns: [
          .text("partner_id") { $0.id }, .money("proposed_limit") { money($0.limit) },
          .money("expected_loss") { money($0.limit / 100) },
        ]),
      Table(
        name: "targets_plan", rows: partners,
        columns: [
          .text("partner_id") { $0.id }, .text("measure") { _ in "revenue" }, .money("amount") { money($0.target) },
        ]),
      Table(
        name: "region_allocation", rows: regions,
        columns: [.text("region") { $0 }, .money("plan") { _ in money(budget) }]),
    ]
    if let consumerGain {
      tables.append(
        Table(
          name: "price_effects", rows: [consumerGain],
          columns: [
            .money("consumer_gain") { money($0) }, .money("consumer_gain_of_quarter") { money($0 / 4) },
          ]))
    }
    return tables
  }

  private let three = [Partner(id: "P1"), Partner(id: "P2", revenue: 3000), Partner(id: "P3", region: "west")]

  @Test func `a scenario like the base differs by exactly nothing`() {
    let base = tables(three, budget: 100)
    let lines = WinnersLosers("same", base: base, scenario: base).lines
    #expect(lines.map(\.partner) == ["P1", "P2", "P3"])
    for line in lines {
      #expect(line.verdict == .same && line.effect == .zero && line.revenue == .zero && line.budget == .zero)
      #expect(line.incentives == .zero && line.target == .zero && line.creditLimit == .zero)
    }
    let effects = PolicyEffects("same", base: base, scenario: base, currency: "CNY").lines
    #expect(!effects.isEmpty)
    for line in effects where line.measure != "credit_loss" { #expect(line.shortRun == 0 && line.longRun == 0) }
  }

  @Test func `the effect is margin, incentives and budget, and the region's budget is spread to the cent`() throws {
    var changed = three
    changed[0].margin = 170
    changed[0].incentives = 90
    changed[1].lost = 40
    changed[2].limit = 250
    changed[2].target = 1000
    let result = WinnersLosers(
      "policy", base: tables(three, budget: 100), scenario: tables(changed, budget: 133.33), names: ["P1": "Ann"])
    let lines = Dictionary(uniqueKeysWithValues: result.lines.map { ($0.partner, $0) })
    let (first, second, third) = (try #require(lines["P1"]), try #require(lines["P2"]), try #require(lines["P3"]))
    // 33.33 more for the east, in proportion 1 : 3 of its parts: 25 and 75 of 100; 33.33 and 100 of 133.33.
    #expect(first.budget == Money("8.33") && second.budget == Money(25) && third.budget == Money("33.33"))
    #expect(first.effect == Money("18.33") && first.verdict == .winner && first.name == "Ann")
    // 40 bought less, 10 of margin lost.
    #expect(second.revenue == Money(-40) && second.effect == Money(15))
    #expect(third.creditLimit == Money(-50) && third.target == Money(100) && third.effect == Money("33.33"))
    #expect(result.lines.map(\.partner) == ["P3", "P1", "P2"])
    let table = result.table
    #expect(table.money("budget_change")?.total() == Money("66.66") && table.text("verdict")?[0] == "winner")
  }

  @Test func `what a policy does to maker, dealers and buyers, at once and over the year`() throws {
    var changed = three
    changed[0].revenue = 1400
    changed[0].margin = 260
    changed[1].incentives = 30
    changed[2].lost = 100
    let lines = PolicyEffects(
      "policy", base: tables(three, budget: 100), scenario: tables(changed, budget: 100, consumerGain: 80),
      currency: "CNY"
    ).lines
    func line(_ party: PolicyEffects.Party, _ measure: String) throws -> PolicyEffects.Line {
      try #require(lines.first { $0.party == party && $0.measure == measure })
    }
    let (revenue, incentives) = (try line(.maker, "revenue"), try line(.maker, "incentives"))
    #expect(revenue.shortRun == 100 && revenue.longRun == 300)
    #expect(incentives.longRun == -20 && incentives.shortRun == -10)
    // A tenth of revenue is margin: 40 more, 20 less paid, 10 lost with the goods.
    let gain = try line(.maker, "gain")
    #expect(abs(gain.longRun - 50) < 1e-9 && abs(gain.shortRun - 20) < 1e-9)
    // 60 of margin, 20 less incentives, 25 lost for lack of stock.
    #expect(try line(.dealers, "gain").longRun == 15)
    let buyers = try line(.consumers, "price_gain")
    #expect(buyers.longRun == 80 && buyers.shortRun == 20)
  }

  @Test func `shocks are held against the reserve, the worst first`() throws {
    var (less, worse) = (three, three)
    less[0].revenue = 800
    worse[0].revenue = 0
    worse[0].margin = 100
    let base = tables(three, budget: 100)
    let effects = [("less", less), ("worse", worse), ("same", three)].map { name, partners in
      PolicyEffects(name, base: base, scenario: tables(partners, budget: 100), currency: "CNY")
    }
    let losses = LossDistribution([0, 10, 20, 60])
    let summary = StressSummary(effects, losses: losses, confidence: 0.75, reserve: nil)
    #expect(summary.reserve == Money(20) && summary.lines.map(\.scenario) == ["worse", "less", "same"])
    #expect(summary.lines.map(\.loss) == [Money(100), Money(20), .zero])
    #expect(summary.lines.map(\.isCovered) == [false, true, true])
    #expect(summary.lines.map(\.chanceWithin) == [1, 0.75, 0.25])
    #expect(summary.lines[0].dealerLoss == Money(100))
    #expect(StressSummary(effects, losses: losses, confidence: 0.75, reserve: Money(500)).lines[0].isCovered)
  }

  @Test func `tables that a run does not have leave figures unknown`() {
    let base = tables(three, budget: 100).filter { $0.name == "planned_revenue" }
    let lines = WinnersLosers("part", base: base, scenario: base).lines
    #expect(lines.count == 3 && lines.allSatisfy { $0.incentives == nil && $0.budget == nil && $0.effect == .zero })
    #expect(WinnersLosers("nothing", base: [], scenario: []).lines.isEmpty)
    #expect(PolicyEffects("nothing", base: [], scenario: [], currency: "CNY").lines.isEmpty)
  }
}

/// Reserves of a run.
@Suite struct RiskStageTests {
  @Test func `a published reserve covers what it says, and the plan's own is judged`() throws {
    let losses = (0..<200).map { Double($0 * $0) / 7 }
    var settings = RiskSettings()
    settings.confidence = Located(93)
    settings.reserve = Located(Money(1000))
    let report = ReserveReport(
      losses: [("credit", LossDistribution(losses))], settings: settings, currency: "CNY")
    let table = report.table
    let (confidence, reserve) = (try #require(table.numbers("confidence_pct")), try #require(table.money("reserve")))
    let within = try #require(table.numbers("probability_within"))
    #expect(confidence.contains(93))
    for row in 0..<table.rowCount {
      #expect(within[row] == Double(losses.count { $0 <= reserve[row].double }) / 200)
      if confidence[row].isFinite { #expect(within[row] >= confidence[row] / 100 - 1e-9) }
    }
    #expect(reserve.last == Money(1000) && confidence.last?.isNaN == true)
    let figures = Dictionary(uniqueKeysWithValues: report.indicators.map { ($0.name, $0.value) })
    #expect(figures["reserve_chance"] == Double(losses.count { $0 <= 1000 }) / 200)
    #expect(losses.count { $0 > figures["reserve_needed"] ?? 0 } <= 14)
  }

  @Test func `without margins and credit there is nothing to keep a reserve for`() {
    #expect(throws: StageFailure.self) { try RiskStage().run(StageContext(plan: Plan(), tables: [:])) }
  }
}
