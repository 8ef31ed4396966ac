import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

/// Tiers of the golden values of the requirements: 0 → 10 %, 300,000 → 12 %, 600,000 → 15 %, 1,000,000 → 20 %.
private func golden(_ mode: TierSchedule.Mode) -> TierSchedule {
  TierSchedule(
    mode,
    tiers: [(0, 10), (300_000, 12), (600_000, 15), (1_000_000, 20)].map {
      .init(from: Money($0.0), rate: Percent($0.1))
    })
}

@Suite("Incentive rules")
struct IncentiveRuleTests {
  @Test(arguments: [TierSchedule.Mode.onWhole, .onExcess])
  func goldenPayouts(mode: TierSchedule.Mode) throws {
    let formula = IncentiveFormula.tiers(golden(mode))
    let below = formula.entitlement(IncentiveFacts(basis: Money(999_999))).rounded()
    let at = formula.entitlement(IncentiveFacts(basis: Money(1_000_000))).rounded()
    #expect(below == (mode == .onWhole ? Money("149999.85") : Money("125999.85")))
    #expect(at == (mode == .onWhole ? Money(200_000) : Money(126_000)))
    #expect(at - below == (mode == .onWhole ? Money("50000.15") : Money("0.15")))
  }

  @Test func factorsAreOneProductRoundedOnce() {
    // 33.33 × 10 % × 95 % × 90 % = 2.849715; rounding after each factor would give 2.84 (3.33, 3.16, 2.84).
    let amount = ExactAmount(Percent(10), of: Money(tenThousandths: 333_300))
    #expect(amount.times(Percent(95)).times(Percent(90)).rounded() == Money(tenThousandths: 28_500))
    // Ties go to the even cent: 0.125 and 0.135.
    #expect(ExactAmount(Money(tenThousandths: 1250)).rounded() == Money(tenThousandths: 1200))
    #expect(ExactAmount(Money(tenThousandths: 1350)).rounded() == Money(tenThousandths: 1400))
    #expect(ExactAmount(Money(tenThousandths: -1350)).rounded() == Money(tenThousandths: -1400))
    // Amounts at the edge of what tables hold stay exact; beyond the range of money the nearest end counts.
    let large = ExactAmount(Percent(100), of: Money(900_000_000_000_000))
    #expect(large.times(Percent(tenThousandths: 999_999)).rounded() == Money("899999100000000"))
    #expect(large.times(Percent(1000)).times(Percent(1000)).rounded().tenThousandths == .max)
  }

  @Test func payoutsRiseWithSales() {
    var stream = RandomStream(seed: 7, key: RandomStream.key("incentives"))
    for _ in 0..<200 {
      var from = Money.zero
      var rate = 0
      let tiers = (0..<5).map { _ -> TierSchedule.Tier in
        defer { from += Money(tenThousandths: Int64(1 + stream.index(below: 3_000_000_000))) }
        rate += stream.index(below: 40_000)
        return .init(from: from, rate: Percent(tenThousandths: Int64(rate)))
      }
      for mode in TierSchedule.Mode.allCases {
        let formula = IncentiveFormula.tiers(TierSchedule(mode, tiers: tiers))
        let sales = (0..<20).map { _ in Money(tenThousandths: Int64(stream.index(below: 20_000_000_000))) }.sorted()
        let around = tiers.flatMap { [$0.from - Money(tenThousandths: 1), $0.from] }
        let payouts = (sales + around).sorted().map { formula.entitlement(IncentiveFacts(basis: $0)).rounded() }
        #expect(zip(payouts, payouts.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
  }

  @Test func contributionsAddUpAndDrawsAgree() {
    var stream = RandomStream(seed: 8, key: RandomStream.key("incentives"))
    let market = IncentiveFormula.market([
      .init(penetration: Percent(0), schedule: golden(.onExcess)),
      .init(penetration: Percent(3), schedule: TierSchedule(.onWhole, tiers: [.init(from: .zero, rate: Percent(25))])),
    ])
    let steps = IncentiveFormula.steps(
      [.init(from: Money(300_000), amount: Money(4000)), .init(from: Money(900_000), amount: Money(9000))],
      cap: Money(20_000), perOutlet: true)
    let formulas: [IncentiveFormula] = [
      .tiers(golden(.onWhole)), .tiers(golden(.onExcess)), .aboveTarget(Percent(2)), .grade, steps, market,
    ]
    for _ in 0..<200 {
      let basis = Money(tenThousandths: Int64(stream.index(below: 16_000_000_000)))
      let facts = IncentiveFacts(
        basis: basis, target: Money(500_000), gradeRate: Percent(3), outlets: 1 + stream.index(below: 4),
        potential: Money(40_000_000))
      for formula in formulas {
        let exact = formula.entitlement(facts)
        let parts = formula.contributions(facts).reduce(ExactAmount.zero) { $0 + $1.amount }
        #expect(parts.rounded(decimals: 4) == exact.rounded(decimals: 4))
        #expect(abs(FloatingFormula(formula, facts).payout(basis.double) - exact.rounded().double) < 0.01)
      }
    }
  }

  @Test func penetrationAndSalesBothRaiseTheRebate() {
    let row = { (percent: Int, low: Int, high: Int) in
      IncentiveFormula.MarketRow(
        penetration: Percent(percent),
        schedule: TierSchedule(
          .onWhole, tiers: [.init(from: .zero, rate: Percent(low)), .init(from: Money(100), rate: Percent(high))]))
    }
    let formula = IncentiveFormula.market([row(0, 1, 2), row(10, 2, 4)])
    func payout(_ sales: Int, _ potential: Int) -> Money {
      formula.entitlement(
        IncentiveFacts(basis: Money(sales), potential: Money(potential), periodsPerYear: 1)
      ).rounded()
    }
    #expect(payout(50, 1000) == Money("0.5") && payout(50, 500) == Money(1))
    #expect(payout(200, 10_000) == Money(4) && payout(200, 2000) == Money(8))
    #expect(formula.missing(in: IncentiveFacts(basis: Money(1))) == "potential")
  }

  @Test func onlyTheExcessAboveTheTargetCounts() {
    let formula = IncentiveFormula.aboveTarget(Percent(5))
    func payout(_ sales: Int) -> Money {
      formula.entitlement(IncentiveFacts(basis: Money(sales), target: Money(1000))).rounded()
    }
    #expect(payout(999) == .zero && payout(1000) == .zero && payout(1200) == Money(10))
    #expect(formula.missing(in: IncentiveFacts(basis: Money(1))) == "target")
  }

  @Test func stepsAreCappedPerPartner() {
    let formula = IncentiveFormula.steps(
      [.init(from: Money(100), amount: Money(6)), .init(from: Money(200), amount: Money(9))], cap: Money(20),
      perOutlet: true)
    func payout(_ sales: Int, _ outlets: Int) -> Money {
      formula.entitlement(IncentiveFacts(basis: Money(sales), outlets: outlets)).rounded()
    }
    #expect(payout(99, 2) == .zero && payout(100, 2) == Money(12) && payout(250, 2) == Money(18))
    #expect(payout(250, 3) == Money(20) && payout(250, 0) == .zero)
  }

  @Test func everyPeriodHasAtMostOneVersion() {
    func version(_ from: Period?, _ to: Period?) -> IncentiveRule {
      var rule = IncentiveRule(
        "commission", ledgerKind: "commission", basis: .quarterlySales, formula: .tiers(golden(.onExcess)))
      (rule.from, rule.to) = (from, to)
      return rule
    }
    let rules = IncentiveRules([
      version(nil, .quarter(2024, 4)), version(.quarter(2025, 1), .quarter(2025, 2)), version(.quarter(2025, 4), nil),
    ])
    for ordinal in Period.quarter(2020, 1).ordinal...Period.quarter(2030, 4).ordinal {
      let quarter = Period(form: .quarter, ordinal: ordinal)
      let inForce = rules.versions.filter { $0.isInForce(in: quarter) }
      #expect(inForce.count == (quarter == .quarter(2025, 3) ? 0 : 1))
      #expect(rules.version(of: "commission", in: quarter) == inForce.first)
    }
    #expect(rules.version(of: "commission", in: .year(2024)) == nil)
    let conflicts = rules.conflicts()
    #expect(conflicts.overlaps.isEmpty && conflicts.gaps.count == 1)
    let overlapping = IncentiveRules([version(nil, .quarter(2025, 1)), version(.quarter(2025, 1), nil)])
    #expect(overlapping.conflicts().overlaps.count == 1)
  }

  @Test func partsOfAPayoutAddUp() {
    var rule = IncentiveRule("commission", ledgerKind: "commission", basis: .quarterlySales, formula: .grade)
    rule.forms = [
      .init(.cash, Percent(33)), .init(.discount, Percent(33)), .init(.inKind, Percent(34)),
    ]
    for cents in [1, 2, 7, 101, 99_999] {
      let amount = Money(tenThousandths: Int64(cents) * 100)
      #expect(rule.split(amount).map(\.amount).total() == amount)
    }
    rule.paymentDays = 15
    #expect(rule.dueDay(of: .quarter(2025, 4)) == CivilDate(year: 2026, month: 1, day: 15))
  }

  @Test func cliffsAreThoseOfTiersOnTheWhole() throws {
    let rules = IncentiveRules(
      TierSchedule.Mode.allCases.map {
        IncentiveRule($0.rawValue, ledgerKind: "rebate", basis: .annualSales, formula: .tiers(golden($0)))
      })
    let cliffs = TierCliff.all(rules, outlooks: [])
    #expect(cliffs.map(\.from) == [Money(300_000), Money(600_000), Money(1_000_000)])
    #expect(cliffs.last?.jump == Money("50000.15"))
  }
}
