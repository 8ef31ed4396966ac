import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Robust scaling")
struct RobustScaleTests {
  private static func draw(_ count: Int, _ stream: inout RandomStream, ties: Bool) -> [Double] {
    (0..<count).map { _ in
      let value = stream.normal() * 10 + 40
      return ties ? (value / 8).rounded() : value
    }
  }

  @Test("the median is worth 50, and so many deviations from it the ends")
  func ends() {
    // Median 3, distances 2, 1, 0, 1, 97: their median 1, a deviation of 1.4826.
    let scale = RobustScale([1, 2, 3, 4, 100], bound: 2)
    #expect(scale.median == 3 && scale.deviation == 1.4826)
    #expect(scale.scaled(3) == 50 && scale.scaled(100) == 100 && scale.scaled(-100) == 0)
    #expect(abs(scale.scaled(4) - (50 + 50 / (2 * 1.4826))) < 1e-12)
    #expect(scale.scaled(.nan).isNaN && RobustScale([]).scaled(1).isNaN)
    #expect(RobustScale([7, 7, 7]).scaled(7) == 50 && RobustScale([7]).scaled(7) == 50)
    // More than half are equal: the mean distance stands in, 1.2533 · 6 / 5.
    #expect(abs(RobustScale([5, 5, 5, 5, 11]).deviation - 1.2533 * 1.2) < 1e-12)
    let ranks = RobustScale([1, 2, 2, 4], method: .quantile)
    #expect([1, 2, 4].map(ranks.scaled) == [12.5, 50, 87.5])
  }

  @Test("monotone in a partner's own figure, whatever its peers are", arguments: RobustScale.Method.allCases)
  func monotone(method: RobustScale.Method) {
    var stream = RandomStream(seed: 3)
    for round in 0..<60 {
      var values = Self.draw(3 + stream.index(below: 30), &stream, ties: round % 2 == 0)
      var before = -Double.infinity
      for step in 0..<80 {
        values[0] = Double(step) - 5
        let now = RobustScale(values, method: method).scaled(values[0])
        #expect(now >= before - 1e-9 && now >= 0 && now <= 100)
        before = now
      }
    }
  }

  @Test("units and order do not matter", arguments: RobustScale.Method.allCases)
  func invariant(method: RobustScale.Method) {
    var stream = RandomStream(seed: 4)
    for _ in 0..<40 {
      let values = Self.draw(2 + stream.index(below: 20), &stream, ties: false)
      let (scale, other) = (
        RobustScale(values, method: method), RobustScale(values.reversed().map { 1024 * $0 }, method: method)
      )
      for value in values { #expect(abs(scale.scaled(value) - other.scaled(1024 * value)) < 1e-9) }
    }
  }
}

@Suite("Health scores")
struct ScoreEvaluationTests {
  @Test("the parts of every score add up to it exactly, and so do the changes", arguments: [1, 2] as [UInt64])
  func addsUp(seed: UInt64) throws {
    let evaluation = ScoreNetwork(seed: seed).evaluation { card in
      card.weightSets.append(
        .init(from: .quarter(2025, 1), channels: ["online"], weights: [(.sales, 0.6), (.growth, 0.4)]))
    }
    let panel = evaluation.panel
    #expect(panel.quarters.count == 12)
    var changes = 0
    for partner in panel.partners.indices {
      for quarter in panel.quarters.indices {
        let score = evaluation.score(partner, quarter)
        let parts = evaluation.parts(partner, quarter)
        let units = parts.reduce(0) { $0 + Int(($1.contribution * 10_000).rounded()) }
        #expect(units == Int((score * 10_000).rounded()) && score >= 0 && score <= 100)
        #expect(abs(parts.reduce(0) { $0 + $1.usedWeight } - 1) < 1e-12)
        guard let change = evaluation.change(partner, quarter) else { continue }
        changes += 1
        #expect(abs(change.total - (score - evaluation.score(partner, quarter - 1))) < 1e-9)
        let isReweighted = quarter == 8 && panel.partners[partner].channelType == "online"
        if !isReweighted { #expect(change.reweighting == 0) }
      }
    }
    #expect(changes == panel.partners.count * 11)
    let online = try #require(panel.partners.firstIndex { $0.channelType == "online" })
    #expect(evaluation.change(online, 8)?.reweighting != 0)
    #expect(evaluation.weightSet(online, 8)?.name == "2025Q1 online")
  }

  @Test("what is not known is said so, and its weight goes to the others")
  func missing() {
    let evaluation = ScoreNetwork().evaluation()
    // Growth needs a year before, the survey is of the last quarter.
    let first = evaluation.parts(0, 0)
    #expect(first.first { $0.indicator == .growth }.map { $0.value.isNaN && $0.usedWeight == 0 } == true)
    #expect(first.first { $0.indicator == .sales }.map { abs($0.usedWeight - 0.6) < 1e-12 } == true)
    #expect(evaluation.parts(0, 11).allSatisfy { $0.weight == 0 || !$0.value.isNaN })
    // An indicator without any data leaves the score as it would be without it.
    let other = ScoreNetwork().evaluation { card in
      card.weightSets = [
        .init(
          from: .quarter(2023, 1),
          weights: [(.sales, 0.15), (.growth, 0.15), (.share, 0.1), (.satisfaction, 0.1), (.leverage, 0.5)])
      ]
    }
    for partner in evaluation.panel.partners.indices {
      #expect(abs(evaluation.score(partner, 11) - other.score(partner, 11)) < 2e-4)
    }
  }

  @Test("scores do not depend on units or on the order of partners")
  func invariant() throws {
    let plain = ScoreNetwork().evaluation()
    let turned = ScoreNetwork(unit: 7, order: Array((0..<24).reversed())).evaluation()
    for (partner, facts) in plain.panel.partners.enumerated() {
      let other = try #require(turned.panel.partners.firstIndex { $0.id == facts.id })
      for quarter in plain.panel.quarters.indices {
        #expect(abs(plain.score(partner, quarter) - turned.score(other, quarter)) <= 1.01e-4)
      }
    }
  }

  @Test("a better figure never lowers the score", arguments: [ScoreIndicator.sales, .growth, .satisfaction, .leverage])
  func monotone(indicator: ScoreIndicator) {
    let network = ScoreNetwork()
    let card = network.card { card in
      card.weightSets = [
        .init(
          from: .quarter(2023, 1),
          weights: [(.sales, 0.2), (.growth, 0.2), (.share, 0.2), (.satisfaction, 0.2), (.leverage, 0.2)])
      ]
    }
    var panel = ScorePanel(network.records(), card)
    var stream = RandomStream(seed: 9)
    for partner in panel.partners.indices {
      panel.set(.leverage, partner, 11, stream.uniform(), rows: 1, first: 0)
    }
    let start = panel[indicator, 5, 11]
    var before = -1.0
    for step in -6...6 {
      let better = Double(step) / 6 * (indicator.isHigherBetter ? 1 : -1)
      panel.set(indicator, 5, 11, start + better * max(1, abs(start)), rows: 1, first: 0)
      let score = ScoreEvaluation(panel, card).score(5, 11)
      #expect(score >= before)
      before = score
    }
  }

  @Test("the most specific set of weights counts, of those the latest")
  func weightSets() {
    var card = Scorecard()
    let weights: [(ScoreIndicator, Double)] = [(.sales, 1)]
    card.weightSets = [
      .init(from: .quarter(2023, 1), weights: weights), .init(from: .quarter(2025, 1), weights: weights),
      .init(from: .quarter(2024, 1), channels: ["online"], weights: weights),
      .init(from: .quarter(2023, 1), tiers: ["provincial_agent"], weights: weights),
    ]
    func set(_ channel: String?, _ tier: String?, _ year: Int) -> Int? {
      card.weightSet(channel: channel, tier: tier, quarter: .quarter(year, 1))
    }
    #expect(set("agent", nil, 2024) == 0 && set("agent", nil, 2025) == 1)
    #expect(set("online", nil, 2023) == 0 && set("online", nil, 2025) == 2)
    #expect(set("online", "provincial_agent", 2025) == 3 && set(nil, nil, 2022) == nil)
  }
}

@Suite("Indicators of records")
struct IndicatorTests {
  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Period {
    .day(CivilDate(year: year, month: month, day: day))
  }

  private static func panel(_ change: (inout ScoreRecords) -> Void, _ rules: (inout Scorecard) -> Void = { _ in })
    -> ScorePanel
  {
    let network = ScoreNetwork()
    var records = network.records()
    change(&records)
    return ScorePanel(records, network.card(rules))
  }

  @Test("complaints count per 1,000 orders, drawn to the mean where orders are few; late answers fail the gate")
  func complaints() {
    let panel = Self.panel { records in
      records.orders = Table(
        name: "orders", rows: 0..<50,
        columns: [
          .text("partner_id") { $0 < 40 ? "P100" : "P101" }, .text("kind") { _ in "order" },
          .period("date", form: .day) { Self.day(2025, 1 + $0 % 12, 1) },
        ])
      records.incidents = Table(
        name: "incidents", rows: [(0, 5.0), (0, 30.0), (1, 20.0)],
        columns: [
          .text("partner_id") { "P\(100 + $0.0)" }, .text("kind") { _ in "complaint" },
          .period("date", form: .day) { _ in Self.day(2025, 11, 3) }, .real("response_hours") { $0.1 },
          .integer("resolved") { $0.0 == 0 ? 1 : 0 },
        ])
    }
    // 3 complaints in 50 orders are 0.06; (2 + 20 · 0.06) / (40 + 20) and (1 + 1.2) / (10 + 20) a thousand times.
    #expect(abs(panel[.complaintRate, 0, 11] - 1000 * 3.2 / 60) < 1e-9)
    #expect(abs(panel[.complaintRate, 1, 11] - 1000 * 2.2 / 30) < 1e-9)
    #expect(panel[.complaintRate, 2, 11].isNaN && panel[.responseHours, 2, 11].isNaN)
    let mean = 55.0 / 3
    #expect(abs(panel[.responseHours, 0, 11] - (35 + 4 * mean) / 6) < 1e-9)
    #expect(abs(panel[.standardRate, 0, 11] - (1 + 4 * 2 / 3.0) / 6) < 1e-9)
    #expect(abs(panel[.resolutionRate, 1, 11] - (0 + 4 * 2 / 3.0) / 5) < 1e-9)
    #expect(panel.rowCount(.responseHours, 0, 11) == 2)
    let card = ScoreNetwork().card()
    let evaluation = ScoreEvaluation(panel, card)
    #expect(evaluation.failedGates(0, 11).map(\.name) == ["complaint_hours"])
    #expect(evaluation.failedGates(0, 11).first?.found == 30 && evaluation.failedGates(1, 11).isEmpty)
    // A failed gate closes the best band and holds the tilt.
    let standings = evaluation.standings()
    #expect((standings[panel.cell(0, 11)].band ?? 0) >= 1 && standings[panel.cell(0, 11)].tilt <= 1.3)
  }

  @Test("renewals are dated by terms; lapsed contracts count; few are drawn to the mean")
  func renewals() {
    let panel = Self.panel { records in
      // Renewed in 2025-06 (ends 2026-06), lapsed in 2025-09, not yet due, lapsed long ago.
      records.customers = Table(
        name: "customers", rows: [(2026, 6, 1), (2025, 9, 0), (2026, 3, 0), (2023, 6, 0)],
        columns: [
          .text("partner_id") { _ in "P100" }, .period("expires_on", form: .day) { Self.day($0.0, $0.1, 28) },
          .integer("renewals") { $0.2 },
        ])
    }
    // Of all partners one of two was renewed: (1 + 8 · 0.5) / (2 + 8).
    #expect(panel[.renewalRate, 0, 11] == 0.5 && panel.rowCount(.renewalRate, 0, 11) == 2)
    #expect(panel[.renewalRate, 0, 2] == 0 && panel[.renewalRate, 1, 11].isNaN)
  }

  @Test("punctuality by amount, overdue days at the quarter's end, accounts from the end of their year")
  func money() {
    let panel = Self.panel(
      { records in
        records.receivables = Table(
          name: "receivables",
          columns: [
            .text("partner_id", ["P100", "P100", "P100"]),
            .period("due", form: .day, [Self.day(2025, 2, 1), Self.day(2025, 5, 1), Self.day(2025, 12, 1)]),
            .period("paid", form: .day, [Self.day(2025, 2, 1), Self.day(2025, 8, 1), nil]),
            .money("amount", [Money(300), Money(100), Money(100)]),
          ])
        records.finance = Table(
          name: "finance",
          columns: [
            .text("partner_id", ["P100"]), .period("year", form: .year, [.year(2024)]), .money("revenue", [Money(200)]),
            .money("net_profit", [Money(10)]), .money("assets", [Money(50)]), .money("liabilities", [Money(30)]),
          ])
      }, { $0.gates.overdueDays = 20 })
    #expect(panel[.punctuality, 0, 11] == 0.6 && panel[.punctuality, 0, 8] == 1)
    #expect(panel.overdueDays[panel.cell(0, 9)] == 60 && panel.overdueDays[panel.cell(0, 11)] == 30)
    #expect(panel.overdueDays[panel.cell(0, 10)].isNaN)
    #expect(panel[.profitability, 0, 7] == 0.05 && panel[.leverage, 0, 10] == 0.6)
    #expect(panel[.profitability, 0, 6].isNaN && panel[.profitability, 0, 11].isNaN)
  }

  @Test("growth only on a like-for-like base, attainment from contracts where nothing is tracked")
  func growthAndContracts() {
    let panel = Self.panel { records in
      records.contracts = Table(
        name: "contracts",
        columns: [
          .text("partner_id", ["P101"]), .period("starts_on", form: .day, [Self.day(2025, 1, 1)]),
          .period("ends_on", form: .day, [Self.day(2025, 12, 31)]), .money("annual_target", [Money(10_000)]),
          .text("tier", ["city_distributor"]),
        ])
    }
    let now = panel.revenue[panel.cell(1, 11)].double
    #expect(abs(panel[.growth, 1, 11] - (now / panel.revenue[panel.cell(1, 7)].double - 1)) < 1e-12)
    #expect(panel[.growth, 1, 3].isNaN)
    #expect(panel.attainmentFromContracts[11] && abs(panel[.attainment, 1, 11] - now / 2500) < 1e-12)
    #expect(panel.source(.attainment, quarter: 11) == "contracts" && panel[.attainment, 0, 11].isNaN)
    let year = (8...11).reduce(0) { $0 + panel.revenue[panel.cell(1, $1)].double }
    #expect(abs(panel[.fulfilment, 1, 11] - year / 10_000) < 1e-12 && panel.tier(1, 11) == "city_distributor")
    #expect(panel.tier(1, 7) == nil)
  }

  @Test("stock is rolled back from the last count")
  func stock() {
    let panel = Self.panel { records in
      records.inventory = Table(
        name: "inventory",
        columns: [
          .period("snapshot", form: .day, [Self.day(2025, 12, 31)]), .text("partner_id", ["P101"]),
          .real("on_hand", [50]),
        ])
    }
    let network = ScoreNetwork()
    let history = network.records().history
    let sold = history.sellOutUnits[history.cells(partner: 1, months: 33..<36)].reduce(0, +)
    #expect(abs(panel[.turnoverDays, 1, 11] - 50 / sold * 365.25 / 4) < 1e-9)
    // The partner sells one unit a month less than it buys: a quarter before it had three fewer.
    let before = history.sellOutUnits[history.cells(partner: 1, months: 30..<33)].reduce(0, +)
    #expect(abs(panel[.turnoverDays, 1, 10] - 47 / before * 365.25 / 4) < 1e-9)
    #expect(panel[.turnoverDays, 0, 11].isNaN)
  }
}
