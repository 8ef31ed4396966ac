import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Targets that move with their market")
struct ElasticTargetTests {
  /// C04: target 1.2M, demand −20 %, trigger 15 %, elasticity 1 → 960 000.
  @Test func golden() {
    let answer = ElasticRule().answer(change: Percent(-20))
    #expect(answer.isLowered && answer.targetFactor == Percent(80) && answer.rewardCoefficient == Percent(80))
    #expect(ElasticRule.adjusted(Money(1_200_000), by: answer.targetFactor) == Money(960_000))
  }

  @Test("below the trigger nothing moves, at it everything does", arguments: [(-14.9999, 100.0), (-15, 85), (12, 100)])
  func trigger(change: Double, factor: Double) {
    let answer = ElasticRule().answer(change: Percent(rounding: change / 100))
    #expect(answer.targetFactor == Percent(rounding: factor / 100))
    #expect(answer.isLowered == (factor < 100))
  }

  @Test("target and coefficient never rise with the fall, and stay within the floor")
  func monotone() {
    var stream = RandomStream(seed: 7, key: RandomStream.key("elastic"))
    for _ in 0..<200 {
      var rule = ElasticRule()
      rule.trigger = Percent(rounding: stream.uniform() * 0.4)
      rule.floor = Percent(rounding: stream.uniform())
      rule.elasticityTenThousandths = Int64(stream.uniform() * 30_000)
      let target = Money(rounding: stream.uniform() * 1e6) ?? .zero
      let floor = rule.floor.of(target) ?? .zero
      var last = target
      for step in 0...100 {
        let answer = rule.answer(change: Percent(-step))
        let adjusted = ElasticRule.adjusted(target, by: answer.targetFactor)
        #expect(adjusted <= last && adjusted >= floor && adjusted <= target)
        #expect(answer.rewardCoefficient == answer.targetFactor)
        last = adjusted
      }
    }
  }

  @Test func rewardsFollowDeclaredSteps() {
    var rule = ElasticRule()
    rule.rewardSteps = [
      .init(drop: Percent(15), coefficient: Percent(90)), .init(drop: Percent(25), coefficient: Percent(75)),
    ]
    #expect(rule.answer(change: Percent(-20)).rewardCoefficient == Percent(90))
    #expect(rule.answer(change: Percent(-25)).rewardCoefficient == Percent(75))
    rule.linksReward = false
    #expect(rule.answer(change: Percent(-25)).rewardCoefficient == Percent(100))
    #expect(rule.answer(change: Percent(-25)).targetFactor == Percent(75))
  }

  @Test func triggersDifferByMaturityAndVolatility() {
    var rule = ElasticRule()
    rule.triggerByMaturity = ["mature": Percent(10)]
    #expect(rule.answer(change: Percent(-12), maturity: "mature").isLowered)
    #expect(!rule.answer(change: Percent(-12), maturity: "emerging").isLowered)
    rule.volatility = 2
    // Two standard deviations of 8 %: a fall of 12 % is within the usual.
    #expect(!rule.answer(change: Percent(-12), maturity: "mature", spread: 0.08).isLowered)
    #expect(rule.answer(change: Percent(-16), maturity: "mature", spread: 0.08).isLowered)
  }

  // MARK: Markets

  /// Two partners of two regions, 24 months; the east has an index that falls by 20 % in the last quarter.
  private func market(assumption: @escaping @Sendable (String, Period) -> Double = { _, _ in 1 }) throws -> MarketDemand
  {
    let months = (0..<24).map { Period.month(2024, 1).advanced(by: $0) }
    let sales = Table(
      name: "sales", rows: months.flatMap { month in ["E", "W"].map { (month, $0) } },
      columns: [
        .period("period", form: .month) { $0.0 }, .text("partner_id") { $0.1 },
        .money("sell_in_value") { $0.0 < Period.month(2025, 10) ? Money(100) : Money(50) },
      ])
    let partners = Table(
      name: "partners", columns: [.text("partner_id", ["E", "W"]), .text("region", ["east", "west"])])
    let history = try #require(ChannelHistory(sales: sales, partners: partners))
    let index = Table(
      name: "market_index", rows: months,
      columns: [
        .period("period", form: .month) { $0 }, .text("region") { _ in "east" },
        .real("index") { $0 < Period.month(2025, 10) ? 100 : 80 },
      ])
    return MarketDemand(index, history: history, window: 3, assumption: assumption)
  }

  @Test func aRegionWithoutIndexIsJudgedByItsSalesAndFlagged() throws {
    let market = try market()
    #expect(market.isFallback == [false, true])
    #expect(market.change(region: "east", quarter: .quarter(2025, 4))?.change == Percent(-20))
    #expect(market.change(region: "west", quarter: .quarter(2025, 4))?.change == Percent(-50))
    #expect(market.change(region: "east", quarter: .quarter(2025, 3))?.change == Percent(0))
    // There is no year before 2024 to compare with.
    #expect(market.change(region: "east", quarter: .quarter(2024, 4)) == nil)
  }

  @Test func plannedQuartersJoinTheRecentFallAndTheAssumption() throws {
    let market = try market { region, month in region == "east" && month < .month(2026, 4) ? 0.5 : 1 }
    let first = try #require(market.change(region: "east", quarter: .quarter(2026, 1)))
    #expect(first.change == Percent(-60) && first.recent == Percent(-20) && first.assumed == 0.5)
    #expect(market.change(region: "east", quarter: .quarter(2026, 2))?.change == Percent(-20))
  }

  @Test func growthDoesNotOffsetAnAssumedFall() throws {
    let months = (0..<24).map { Period.month(2024, 1).advanced(by: $0) }
    let sales = Table(
      name: "sales", rows: months,
      columns: [
        .period("period", form: .month) { $0 }, .text("partner_id") { _ in "E" },
        .money("sell_in_value") { $0 < .month(2025, 1) ? Money(100) : Money(130) },
      ])
    let history = try #require(ChannelHistory(sales: sales, partners: nil))
    let market = MarketDemand(nil, history: history, window: 3) { _, _ in 0.8 }
    #expect(market.change(region: "", quarter: .quarter(2026, 1))?.change == Percent(-20))
  }
}
