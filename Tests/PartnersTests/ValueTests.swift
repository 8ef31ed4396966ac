import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("What is worth keeping")
struct RetentionTests {
  private static func subjects(_ seed: Int) -> [ValueSubject] {
    var stream = RandomStream(seed: UInt64(seed), key: 1)
    return (0..<60).map { index in
      let chance = stream.uniform()
      let value = 10_000 * stream.uniform()
      return ValueSubject(
        index % 3 == 0 ? .partner : .customer, id: "s\(index)", partner: "p", region: "r\(index % 4)",
        left: [chance / 2, chance], yearlyValue: value, lifetime: 3, lifetimeValue: value * 2)
    }
  }

  @Test("every subject is in one quadrant; high ones are above the middle", arguments: 0..<20)
  func quadrants(seed: Int) {
    let subjects = Self.subjects(seed)
    let result = ValueResult(subjects: subjects)
    #expect(result.quadrants.count == subjects.count)
    let counts = ValueQuadrant.allCases.map { quadrant in result.quadrants.count { $0 == quadrant } }
    #expect(counts.reduce(0, +) == subjects.count)
    for kind in ValueSubject.Kind.allCases {
      let mine = zip(subjects, result.quadrants).filter { $0.0.kind == kind }
      let high = mine.filter { $0.1 == .protect || $0.1 == .nurture }.map(\.0.lifetimeValue)
      let low = mine.filter { $0.1 == .watch || $0.1 == .maintain }.map(\.0.lifetimeValue)
      #expect((high.min() ?? 0) >= (low.max() ?? 0) && abs(high.count - low.count) <= 1)
      let risky = mine.filter { $0.1 == .protect || $0.1 == .watch }.map(\.0.probability)
      let safe = mine.filter { $0.1 == .nurture || $0.1 == .maintain }.map(\.0.probability)
      #expect((risky.min() ?? 1) >= (safe.max() ?? 0))
    }
  }

  @Test("more money never saves less, and never more is spent than there is", arguments: 0..<20)
  func funding(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), key: 2)
    let proposals = (0..<40).map { index in
      RetentionProposal(
        name: "visit", kind: .partner, id: "p\(index)", partner: "p\(index)", region: "r\(index % 3)",
        cost: Money(Int(stream.uniform() * 100)), expectedSaved: Money(Int(stream.uniform() * 300)), effect: 0.2)
    }
    let result = ValueResult(proposals: proposals)
    #expect(result.proposals.allSatisfy { $0.net > .zero })
    #expect(zip(result.proposals, result.proposals.dropFirst()).allSatisfy { $0.net >= $1.net })
    for budget in [0, 100, 500, 1000, 1_000_000] {
      let funded = result.funded(by: Money(budget))
      #expect(funded.lazy.map(\.cost).total() <= Money(budget))
    }
    let all = result.funded(by: Money(1_000_000))
    #expect(all.lazy.map(\.expectedSaved).total() == result.retention.expectedSaved)
    #expect(result.funded(by: Money(1_000_000), region: "r1").allSatisfy { $0.region == "r1" })
  }

  @Test("revenue at risk: rows of regions add up to the network, and grow with the horizon")
  func revenueAtRisk() {
    let subjects = Self.subjects(3).filter { $0.kind == .partner }
    let rows = RevenueAtRisk.all(subjects, revenue: ["p": Money(1000)])
    for horizon in 1...2 {
      let network = rows.first { $0.region.isEmpty && $0.horizon == horizon }
      let regions = rows.filter { !$0.region.isEmpty && $0.horizon == horizon }
      #expect(regions.lazy.map(\.expectedLoss).total() == network?.expectedLoss)
      #expect(regions.reduce(0) { $0 + $1.partners } == subjects.count)
      let departures = subjects.reduce(0) { $0 + $1.left[horizon - 1] }
      #expect(abs((network?.expectedDepartures ?? 0) - departures) < 1e-9)
    }
  }
}

@Suite("Cross-selling")
struct CrossSellTests {
  private static func baskets(_ sets: [[Int]], products: Int) -> CrossSell.Baskets {
    CrossSell.Baskets(
      sets.enumerated().flatMap { partner, set in set.map { (partner: partner, product: $0, value: 10) } },
      partnerCount: sets.count, productCount: products)
  }

  @Test("lift and interval by hand: 40 of 100 buy A, 50 buy B, 30 both")
  func lift() {
    // shares 0.3, 0.4, 0.5: lift 1.5; variance (1/0.3 − 1/0.4 − 1/0.5 + 2 · 0.3/0.2 − 1) / 100 = 0.0083333.
    let rule = CrossSell.rule(0, 1, 30, 40, 50, 100, 1.959964)
    #expect(abs(rule.lift - 1.5) < 1e-12 && abs(rule.propensity - 0.75) < 1e-12)
    #expect(abs(rule.upper / rule.lift - 1.1959244) < 1e-6 && abs(rule.lift / rule.lower - 1.1959244) < 1e-6)
  }

  @Test("a product that goes with another is offered to those who lack it, and to nobody else")
  func offers() {
    // The first 30 buy 0, all but two of them 1 as well; the other 30 buy 2; everyone buys 3.
    let sets = (0..<60).map { index in index < 30 ? (index < 28 ? [0, 1, 3] : [0, 3]) : [2, 3] }
    let model = CrossSell(Self.baskets(sets, products: 5))
    #expect(model.rules.allSatisfy { $0.lower > 1 && $0.lift <= $0.upper })
    // What everyone buys goes with nothing.
    #expect(model.rules.allSatisfy { $0.antecedent != 3 && $0.consequent != 3 })
    let offers = model.offers(best: 2)
    #expect(offers.map(\.partner) == [28, 29])
    for offer in offers {
      #expect(offer.product == 1 && offer.rule.antecedent == 0)
      // A third of what its buyers spend × 20 × 28/30.
      #expect(abs(offer.expectedValue - 20.0 / 3 * 28 / 30) < 1e-9)
    }
  }

  @Test("independent products: about as many rules as the level allows")
  func independent() {
    var stream = RandomStream(seed: 5, key: 1)
    let sets = (0..<400).map { _ in (0..<12).filter { _ in stream.uniform() < 0.4 } }
    let model = CrossSell(Self.baskets(sets, products: 12))
    // 132 ordered pairs at 2.5 %, each pair twice: 3.3 expected, standard deviation 2.5.
    #expect(model.rules.count <= 14)
  }
}

@Suite("The life of a partner")
struct PartnerLifecycleTests {
  private static func history() throws -> ChannelHistory {
    // P1 grows, P2 declines and falls silent, P3 buys every second month and has just begun.
    var rows: [(month: Int, partner: String, value: Int)] = []
    for month in 0..<24 {
      rows.append((month, "P1", month < 12 ? 100 : 150))
      if month < 23 { rows.append((month, "P2", month < 12 ? 100 : 60)) }
      if month >= 18, month % 2 == 0 { rows.append((month, "P3", 10)) }
    }
    let sales = Table(
      name: "sales", rows: rows,
      columns: [
        .period("period", form: .month) { Period.month(2024, 1).advanced(by: $0.month) },
        .text("partner_id") { $0.partner }, .money("sell_in_value") { Money($0.value) },
      ])
    return try #require(ChannelHistory(sales: sales, partners: nil))
  }

  @Test func rhythmAndDormancy() throws {
    let lives = OrderRhythm.all(try Self.history())
    #expect(lives.map(\.silence) == [0, 1, 1])
    #expect(lives[2].cycle == 2 && lives[2].dormancy == 0.5)
    #expect(lives[0].revenue == Money(1800) && lives[0].revenueBefore == Money(1200))
  }

  @Test func stages() throws {
    var rule = Lifecycle.Rule()
    #expect(Lifecycle.all(try Self.history(), rule: rule).map(\.stage) == [.grow, .decline, .ramp])
    rule.growFrom = 60
    rule.inactiveMonths = 1
    #expect(Lifecycle.all(try Self.history(), rule: rule).map(\.stage) == [.mature, .ended, .ended])
  }

  @Test func `the stage of the lifecycle follows growth and tenure`() throws {
    let months = (0..<36).map { Period.month(2023, 1).advanced(by: $0) }
    var (periods, ids, values): ([Period], [String], [Money]) = ([], [], [])
    func sell(_ id: String, from: Int, _ amount: (Int) -> Int) {
      for month in from..<36 {
        periods.append(months[month])
        ids.append(id)
        values.append(Money(amount(month)))
      }
    }
    sell("new", from: 30) { _ in 100 }
    sell("up", from: 0) { $0 < 24 ? 100 : 120 }
    sell("flat", from: 0) { _ in 100 }
    sell("down", from: 0) { $0 < 24 ? 100 : 80 }
    let sales = Table(
      name: "sales",
      columns: [
        .period("period", form: .month, periods), .text("partner_id", ids), .money("sell_in_value", values),
      ])
    let history = try #require(ChannelHistory(sales: sales, partners: nil))
    let stages = Dictionary(
      uniqueKeysWithValues: Lifecycle.all(history, rule: .init()).map { (history.partners[$0.partner].id, $0) })
    #expect(stages["new"]?.stage == .ramp && stages["new"]?.growth.isNaN == true)
    #expect(stages["up"]?.stage == .grow && stages["flat"]?.stage == .mature && stages["down"]?.stage == .decline)
    #expect(stages["new"]?.tenureMonths == 6 && stages["up"]?.previous == .grow)
  }

  @Test func survivalNeedsADeparture() throws {
    let history = try Self.history()
    #expect(history.partnerSurvival(inactiveMonths: 3) == nil)
    #expect(history.partnerSurvival(inactiveMonths: 1) != nil)
  }
}

@Suite("Where more could come from")
struct GrowthPotentialTests {
  @Test func ranking() {
    let groups = (1...8).map {
      GrowthPotential(
        level: $0 <= 4 ? "area" : "segment", region: "r\($0)", group: "", potential: Money(100), actual: Money(15 * $0))
    }
    let ranked = GrowthPotential.ranked(groups)
    #expect(ranked.map(\.region) == ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"])
    #expect(ranked.last?.gap == .zero)
    #expect(GrowthPotential.isHigh(ranked, share: 0.5) == [true, true, false, false, true, true, false, false])
  }
}
