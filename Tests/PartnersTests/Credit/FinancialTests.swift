import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

private func statement(
  _ partner: String = "P", _ year: Int = 2025, revenue: Int, profit: Int, assets: Int, equity: Int
) -> FinancialStatement {
  var statement = FinancialStatement(partner, year: year)
  (statement.revenue, statement.netProfit) = (Money(revenue), Money(profit))
  (statement.assets, statement.equity) = (Money(assets), Money(equity))
  statement.liabilities = Money(assets - equity)
  return statement
}

@Suite("DuPont")
struct DuPontTests {
  /// Margin 4 % × turnover 2.5 × leverage 2 = 20 %.
  @Test func golden() throws {
    let parts = try #require(DuPont(statement(revenue: 2_500_000, profit: 100_000, assets: 1_000_000, equity: 500_000)))
    #expect(parts.margin == 0.04 && parts.assetTurnover == 2.5 && parts.leverage == 2)
    #expect(parts.returnOnEquity == 0.2)
  }

  @Test func whatIsMissingIsNamed() {
    #expect(DuPont.gap(in: statement(revenue: 1, profit: 1, assets: 1, equity: -1)) == "equity is not above zero")
    var without = statement(revenue: 1, profit: -1, assets: 1, equity: 1)
    #expect(DuPont.gap(in: without) == nil)
    without.netProfit = nil
    #expect(DuPont(without) == nil && DuPont.gap(in: without) == "net_profit is not stated")
  }

  @Test("the product is profit on equity, and its change is shared out without a rest", arguments: 0..<200)
  func identities(seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed))
    func draw() -> FinancialStatement {
      statement(
        revenue: 1 + stream.index(below: 10_000_000), profit: stream.index(below: 2_000_000) - 1_000_000,
        assets: 1 + stream.index(below: 5_000_000), equity: 1 + stream.index(below: 4_000_000))
    }
    let (first, second) = (draw(), draw())
    let (before, after) = (try #require(DuPont(first)), try #require(DuPont(second)))
    let exact = (second.netProfit ?? .zero).double / (second.equity ?? .zero).double
    #expect(abs(after.returnOnEquity - exact) <= 1e-14 * abs(exact))
    let effects = after.effects(since: before)
    let change = after.returnOnEquity - before.returnOnEquity
    let size = abs(effects.margin) + abs(effects.assetTurnover) + abs(effects.leverage)
    #expect(abs(effects.total - change) <= 1e-12 * max(1e-9, size))
    // There and back again: what a factor gave it takes away.
    let back = before.effects(since: after)
    #expect(abs(back.margin + effects.margin) <= 1e-12 * max(1e-9, size))
  }

  @Test func aFactorThatDidNotMoveDidNothing() {
    let effects = DuPont(margin: 0.05, assetTurnover: 2, leverage: 2)
      .effects(since: DuPont(margin: 0.04, assetTurnover: 2, leverage: 2))
    #expect(effects.assetTurnover == 0 && effects.leverage == 0 && abs(effects.margin - 0.04) < 1e-15)
    #expect(effects.driver == "margin")
  }
}

@Suite("Financial ratios")
struct FinancialRatioTests {
  private static func full(_ partner: String, _ year: Int, receivables: Int) -> FinancialStatement {
    var own = statement(partner, year, revenue: 365_000, profit: 10_000, assets: 200_000, equity: 80_000)
    (own.currentAssets, own.currentLiabilities) = (Money(150_000), Money(100_000))
    (own.receivables, own.payables, own.stock) = (Money(receivables), Money(20_000), Money(50_000))
    own.operatingCash = Money(25_000)
    return own
  }

  @Test func byHand() {
    let own = Self.full("P", 2025, receivables: 40_000)
    func value(_ ratio: FinancialRatio) -> Double { ratio.value(own) }
    #expect(value(.liabilitiesToAssets) == 0.6 && value(.currentRatio) == 1.5 && value(.cashFlowAdequacy) == 0.25)
    #expect(value(.receivableDays) == 40 && value(.stockDays) == 50 && value(.payableDays) == 20)
    #expect(value(.cashCycle) == 70 && abs(value(.stockTurnover) - 7.3) < 1e-12)
    #expect(own.cash == Money(60_000))
    #expect(value(.revenueGrowth).isNaN && value(.punctuality).isNaN && value(.ourShare).isNaN)
  }

  @Test func peersAreOfTheSameChannel() throws {
    let partners = (0..<8).map { index in
      var partner = Partner("P\(index)", row: index)
      partner.channelType = index < 6 ? "agent" : "online"
      return partner
    }
    let statements = FinancialStatements(
      (0..<8).flatMap { index in
        (2023...2025).map { Self.full("P\(index)", $0, receivables: 1_000 * (10 * index + $0 - 2023)) }
      })
    let sheet = RatioSheet(
      partners: partners, statements: statements, collections: Collections(),
      benchmarks: [.currentRatio: .value(2)], bought: { _, _ in nil }, runway: { _, _ in .nan })
    #expect(sheet.years == [2023, 2024, 2025])
    let days = try #require(sheet.lines(ofPartner: 0).first { $0.ratio == .receivableDays })
    // 2, 12, 22, 32, 42 and 52 days of agents.
    #expect(days.benchmark == 27 && days.benchmarkFrom == "peers:agent (6)")
    #expect(days.latest == 2 && days.standing == .better && abs(days.trend - 1) < 1e-12)
    let online = try #require(sheet.lines(ofPartner: 7).first { $0.ratio == .receivableDays })
    #expect(online.benchmark == 37 && online.benchmarkFrom == "peers (8)" && online.standing == .worse)
    #expect(abs(online.shortfall - 35.0 / 37) < 1e-12)
    let current = try #require(sheet.lines(ofPartner: 0).first { $0.ratio == .currentRatio })
    #expect(current.benchmarkFrom == "plan" && current.standing == .worse)
    let share = try #require(sheet.lines(ofPartner: 0).first { $0.ratio == .ourShare })
    #expect(share.latest.isNaN && share.standing == nil && share.benchmarkFrom == nil && share.shortfall.isNaN)
  }
}

@Suite("How partners pay")
struct CollectionsTests {
  private static func day(_ month: Int, _ day: Int, _ year: Int = 2025) -> Period {
    .day(CivilDate(year: year, month: month, day: day))
  }

  private static let invoices = Table(
    name: "receivables",
    columns: [
      .text("partner_id", ["A", "A", "A", "A", "B"]),
      .period(
        "issued", form: .day, [day(1, 1), day(2, 1), day(3, 1), day(11, 20), day(12, 31)]),
      .period("due", form: .day, [day(1, 31), day(3, 3), day(3, 31), day(12, 20), day(1, 30, 2026)]),
      .period("paid", form: .day, [day(1, 21), day(3, 13), nil, nil, nil]),
      .money("amount", [Money(100), Money(300), Money(50), Money(70), Money(10)]),
    ])

  @Test func byHand() throws {
    let collections = Collections(Self.invoices, defaultDays: 60)
    #expect(collections.today == Self.day(12, 31))
    let record = try #require(collections["A"])
    #expect(record.open == Money(120) && record.overdue == Money(120) && record.oldestOverdueDays == 275)
    let year = try #require(record.years.first)
    // 20 days for 100 and 40 for 300; in time only the first, of 520 due.
    #expect(year.collectionDays == 35 && abs(year.punctuality - 100.0 / 520) < 1e-15)
    #expect(year.isDefault == true)
    // Nothing of B is due, nothing decided.
    #expect(collections["B"]?.years.first?.isDefault == nil && collections["B"]?.overdue == .zero)
    #expect(DefaultModel.observations(collections, FinancialStatements()).map(\.partner) == ["A"])
  }
}
