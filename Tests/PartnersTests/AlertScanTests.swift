import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Alerts")
struct AlertScanTests {
  /// Twenty partners in five regions over thirty months, a season that all share, noise of about a tenth. What `change`
  /// returns multiplies a partner's month.
  static func network(_ change: (_ partner: Int, _ month: Int) -> Double = { _, _ in 1 }) throws -> ChannelHistory {
    var (periods, ids, units, bought): ([Period], [String], [Double], [Double]) = ([], [], [], [])
    var (value, empty): ([Money], [Double]) = ([], [])
    for partner in 0..<20 {
      var stream = RandomStream(seed: 11, key: UInt64(partner))
      for month in 0..<30 {
        let season = [1.2, 0.5, 1, 1, 1.1, 0.9, 1, 1, 1.4, 1, 1, 0.8][month % 12]
        let noise = 1 + 0.1 * stream.normal()
        let sold = (100 * Double(1 + partner % 4) * season * noise * change(partner, month)).rounded()
        periods.append(.month(2023, 1).advanced(by: month))
        ids.append("P\(partner)")
        units.append(max(0, sold))
        bought.append(max(0, sold) + 5)
        value.append(Money(Int(max(0, sold))) * 10)
        empty.append(0)
      }
    }
    let sales = Table(
      name: "sales",
      columns: [
        .period("period", form: .month, periods), .text("partner_id", ids), .real("sell_in_qty", bought),
        .real("sell_out_qty", units), .money("sell_out_value", value), .real("stockout_days", empty),
      ])
    let names = (0..<20).map { "P\($0)" }
    let partners = Table(
      name: "partners",
      columns: [
        .text("partner_id", names), .text("region", (0..<20).map { "r\($0 / 4)" }),
        .text("channel_type", names.map { _ in "agent" }),
      ])
    return try #require(ChannelHistory(sales: sales, partners: partners))
  }

  static func scan(
    _ history: ChannelHistory, _ rules: [AlertRule] = [], incidents: [Incident]? = nil,
    _ fill: (inout AlertObservations) -> Void = { _ in }
  ) -> AlertScan {
    let demand = WatchedDemand(history)
    var partners = AlertObservations(partnersOf: history, demand, incidents: incidents)
    fill(&partners)
    let regions = AlertObservations(regionsOf: history, demand, partners: partners)
    return AlertScan(
      history: history, demand: demand, partners: partners, regions: regions, incidents: incidents, rules: rules)
  }

  @Test("a partner that loses most of its sales is an alert that grows with duration, its money told")
  func fall() throws {
    var levels: [Alert.Level] = []
    for length in 1...5 {
      let history = try Self.network { partner, month in partner == 4 && month >= 30 - length ? 0.45 : 1 }
      let alert = try #require(Self.scan(history).run().alerts.first { $0.subject == "partner:P4" })
      #expect(alert.cause == .demand && alert.period == .month(2025, 6))
      #expect(alert.months == length && alert.since == Period.month(2025, 7).advanced(by: -length))
      #expect((-0.7 ... -0.4).contains(alert.size))
      #expect(alert.actual < alert.expectedLow && alert.expected < alert.expectedHigh)
      // Three months of what is lacking, at ten a unit.
      let money = try #require(alert.moneyAtStake).double
      #expect(abs(money - (alert.expected - alert.actual) * 30) < 1)
      levels.append(alert.level)
    }
    #expect(levels == levels.sorted() && levels.last == .critical)
  }

  @Test("a region that falls as one is an alert of the market, and so are its partners'")
  func region() throws {
    let history = try Self.network { partner, month in partner < 4 && month >= 28 ? 0.35 : 1 }
    let scan = Self.scan(history)
    let result = scan.run()
    let regional = try #require(result.alerts.first { $0.subject == "region:r0" })
    #expect(regional.cause == .market && regional.size < -0.15)
    for alert in result.alerts where (0..<4).contains(where: { alert.subject == "partner:P\($0)" }) && alert.size < 0 {
      #expect(alert.cause == .market)
    }
    let shift = try #require(result.shifts.first { $0.subject == "region:r0" && $0.month == 29 })
    #expect(shift.signal == .demandDown && shift.change < -0.15)
  }

  @Test("rules wait for their months, keep their level and action, and name their line")
  func rules() throws {
    let place = SourcePlace(file: "plan.yaml", line: 7, column: 12)
    let history = try Self.network { partner, month in partner == 5 && month >= 28 ? 0.3 : 1 }
    func fired(_ months: Int) throws -> Alert? {
      let rule = AlertRule(
        "low", try Condition("sell_out < 0.6 * forecast.p50"), level: .critical, action: "call", months: months,
        place: place)
      let result = Self.scan(history, [rule]).run()
      #expect(result.rates.first?.rule == "low")
      return result.alerts.first { $0.subject == "partner:P5" && ($0.rule == "low" || $0.others.contains("low")) }
    }
    let alert = try #require(try fired(2))
    #expect(alert.level == .critical && alert.rule == "low" && alert.action == "call" && alert.place == place)
    #expect(alert.others.contains { AlarmTest(rawValue: $0) != nil })
    #expect(try fired(3) == nil)
  }

  @Test("what nobody knows is reported and never fires")
  func unknown() throws {
    let history = try Self.network()
    let rules = [
      AlertRule("score", try Condition("score < 101")), AlertRule("cover", try Condition("cover_days > 75")),
      AlertRule("either", try Condition("score < 101 or orders >= 0")),
    ]
    let result = Self.scan(history, rules) { $0.setLast(.coverDays, subject: 2, 90) }.run()
    #expect(result.unknownQuantities == [.score])
    #expect(!result.alerts.contains { $0.rule == "score" })
    #expect(result.rates[0].judged == 0 && result.rates[0].unknown == 20 * 30)
    #expect(result.alerts.filter { $0.rule == "cover" }.map(\.subject) == ["partner:P2"])
    #expect(result.rates[2].unknown == 0 && result.rates[2].judged == 20 * 30)
  }

  @Test("one alert per subject and cause, the worst first, the same on every run")
  func order() throws {
    let history = try Self.network { partner, month in partner % 5 == 0 && month >= 27 ? 0.4 : 1 }
    let rules = [
      AlertRule("a", try Condition("sell_out < forecast.p10"), level: .watch),
      AlertRule("b", try Condition("orders < 0.8 * forecast.p50")), AlertRule("c", try Condition("orders > 0")),
    ]
    let result = Self.scan(history, rules).run()
    let keys = result.alerts.map { $0.subject + $0.cause.rawValue }
    #expect(Set(keys).count == keys.count && !keys.isEmpty)
    for (first, second) in zip(result.alerts, result.alerts.dropFirst()) {
      #expect(first.level >= second.level)
      if first.level == second.level { #expect((first.moneyAtStake ?? .zero) >= (second.moneyAtStake ?? .zero)) }
    }
    let again = Self.scan(history, rules).run()
    #expect(again.alerts == result.alerts && again.rates.map(\.fired) == result.rates.map(\.fired))
    #expect(result.worst == result.alerts.first?.level)
  }

  @Test("an alert rises at once and goes down one level a month, whatever is asked for")
  func ladder() {
    var stream = RandomStream(seed: 5)
    for _ in 0..<500 {
      let asked = (0..<20).map { _ in [nil, nil, Alert.Level.watch, .warn, .critical][stream.index(below: 5)] }
      let levels = AlertLadder.climb(asked)
      func rank(_ level: Alert.Level?) -> Int { level.map { Alert.Level.allCases.firstIndex(of: $0)! + 1 } ?? 0 }
      for month in asked.indices {
        #expect(rank(levels[month]) >= rank(asked[month]))
        if month > 0 { #expect(rank(levels[month]) >= rank(levels[month - 1]) - 1) }
      }
    }
    // Longer and deeper is never a lower level.
    let ladder = AlertLadder(AlertTestSettings())
    for months in 1..<8 {
      for depth in stride(from: 0.0, to: 1, by: 0.05) {
        #expect(ladder.level(months: months, depth: depth) <= ladder.level(months: months + 1, depth: depth))
        #expect(ladder.level(months: months, depth: depth) <= ladder.level(months: months, depth: depth + 0.05))
      }
    }
    #expect(ladder.level(months: 9, depth: -0.5) == .watch)
  }
}

@Suite("Complaints and satisfaction")
struct ComplaintReviewTests {
  private static func incident(_ partner: Int, _ month: Int, _ type: String, resolved: Bool = true) -> Incident {
    Incident(partner: partner, month: month, kind: "complaint", type: type, isResolved: resolved)
  }

  @Test("the vital few are the most frequent types that make up four fifths")
  func pareto() throws {
    let counts = [("late", 50), ("broken", 32), ("rude", 10), ("price", 8)]
    let incidents = counts.flatMap { type, count in (0..<count).map { Self.incident($0 % 20, 12 + $0 % 12, type) } }
    let review = ComplaintReview(
      incidents, monthCount: 24, active: Array(repeating: true, count: 20), settings: AlertTestSettings())
    let network = review.causes.filter { $0.partner == nil }
    #expect(network.map(\.type) == ["late", "broken", "rude", "price"])
    #expect(network.map(\.isVital) == [true, true, false, false])
    #expect(network.map(\.count) == [50, 32, 10, 8])
    #expect(abs((network.last?.cumulativeShare ?? 0) - 1) < 1e-12 && abs(network[1].cumulativeShare - 0.82) < 1e-12)
  }

  @Test("a rate that rises beyond chance is found, one that does not is not; open repeats are listed")
  func rates() throws {
    var incidents = (0..<15).map { Self.incident($0 % 20, 9 + $0 % 12, "late") }
    incidents += (0..<12).map { Self.incident($0, 21 + $0 % 3, "late") }
    incidents += (0..<15).map { Self.incident($0, 9 + $0, "steady") }
    incidents += [Self.incident(7, 20, "broken", resolved: false), Self.incident(7, 23, "broken", resolved: false)]
    let review = ComplaintReview(
      incidents, monthCount: 24, active: Array(repeating: true, count: 20), settings: AlertTestSettings())
    let late = try #require(review.causes.first { $0.partner == nil && $0.type == "late" })
    #expect(late.recent == 12 && abs(late.expected - 3.75) < 1e-12 && late.isRising)
    // P(X ≥ 12) for X binomial with 27 trials and a chance of 3/15.
    #expect(abs(late.chance - 0.003207) < 1e-3)
    #expect(review.causes.first { $0.type == "steady" }?.isRising == false)
    let repeated = review.causes.filter(\.isRepeated)
    #expect(repeated.map(\.partner) == [7] && repeated.map(\.unresolved) == [2])
  }

  @Test("satisfaction is held against own history and against peers")
  func satisfaction() throws {
    var values: [Double] = []
    for partner in 0..<12 {
      for month in 0..<8 {
        let noise = Double((partner * 7 + month * 3) % 5) - 2
        // Partner 4 falls; partner 9 was always low.
        let value = partner == 4 && month == 7 ? 50 : partner == 9 ? 40 + noise : 75 + noise
        values.append(value)
      }
    }
    let review = SatisfactionReview(
      values, monthCount: 8, groups: Array(repeating: 0, count: 12), settings: AlertTestSettings())
    #expect(review.findings.map(\.partner) == [4, 9])
    #expect(review.findings.map(\.fell) == [true, false])
    #expect(review.findings.map(\.isBelowPeers) == [true, true])
    let one = SatisfactionReview([80, 20], monthCount: 1, groups: [0, 0], settings: AlertTestSettings())
    #expect(one.findings.isEmpty)
  }
}
