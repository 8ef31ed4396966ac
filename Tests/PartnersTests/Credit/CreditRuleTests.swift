import ChannelTypes
import Probability
import Testing

@testable import Partners

@Suite("Credit rules")
struct CreditRuleTests {
  @Test("terms follow the band and are never longer than today")
  func terms() {
    let policy = CreditTermsPolicy()
    #expect(policy.decide(0.05, presentDays: 60).change == .normal)
    #expect(policy.decide(0.08, presentDays: 90).days == 60)
    let shorter = policy.decide(0.2, presentDays: 60)
    #expect(shorter.band == .mid && shorter.change == .shorter && shorter.days == 30)
    #expect(policy.decide(0.3, presentDays: 30).change == .prepay)
    #expect(policy.prepaysAbove == 0.25 && policy.rating(0.01) == "A" && policy.rating(0.9) == "E")
    for days in [1, 15, 30, 45, 60, 120] {
      let given = stride(from: 0.0, through: 1, by: 0.01).map { policy.decide($0, presentDays: days).days }
      #expect(zip(given, given.dropFirst()).allSatisfy { $0 >= $1 } && given.allSatisfy { $0 <= days })
    }
  }

  /// 26,000 at 90 % of demand and 30 in place of 45 days: 15,600; allocation 20,000; stock 95 %: 19,000.
  @Test func lineByHand() {
    let line = CreditLine(
      "P", region: "east", present: Money(26_000), demandFactor: Percent(90),
      terms: CreditTerms(band: .mid, change: .shorter, 45, days: 30)
    ).limited(to: Money(20_050), heldBy: "cap", stockFactor: Percent(95), unit: Money(100))
    #expect(line.afterDemand == Money(23_400) && line.needed == Money(15_600))
    #expect(line.linked == Money("19047.5") && line.limit == Money(19_000) && line.change == Money(-7_000))
  }

  @Test("limits are never negative, whole, and no link raises them beyond its factor", arguments: 0..<100)
  func lines(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed))
    let unit = Money(1 + stream.index(below: 500))
    let line = CreditLine(
      "P", region: "", present: Money(stream.index(below: 1_000_000_000) - 1_000),
      demandFactor: Percent(tenThousandths: Int64(stream.index(below: 3_000_000)) - 1_000),
      terms: CreditTerms(band: .low, change: .normal, 1 + stream.index(below: 90), days: stream.index(below: 90))
    ).limited(
      to: Money(stream.index(below: 2_000_000) - 1_000), heldBy: "",
      stockFactor: Percent(tenThousandths: Int64(stream.index(below: 1_000_000))), unit: unit)
    #expect(line.limit >= .zero && line.needed >= .zero && line.limit <= line.linked && line.linked <= line.optimised)
    #expect(line.limit.tenThousandths % unit.tenThousandths == 0 && line.linked - line.limit < unit)
  }

  @Test("a longer shock never helps", arguments: 0..<100)
  func stress(seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed))
    var own = FinancialStatement("P", year: 2025)
    own.revenue = Money(stream.index(below: 1_000_000))
    own.operatingCash = Money(stream.index(below: 400_000) - 200_000)
    (own.currentAssets, own.receivables) = (Money(stream.index(below: 500_000)), Money(stream.index(below: 200_000)))
    own.stock = Money(stream.index(below: 200_000))
    let policy = CreditStress(variableCostShare: stream.uniform(), months: stream.uniform(0, 12))
    func gap(_ sales: Double, _ delay: Double) throws -> CreditStress.Outcome {
      try #require(policy.outcome(own, CreditShock("", salesLoss: sales, delayDays: delay)))
    }
    for _ in 0..<20 {
      let (sales, delay) = (stream.uniform(), stream.uniform(0, 90))
      let here = try gap(sales, delay)
      let deeper = try gap(min(1, sales + stream.uniform(0, 0.3)), delay)
      let later = try gap(sales, delay + stream.uniform(0, 60))
      #expect(deeper.gap >= here.gap - 1e-6 && later.gap >= here.gap - 1e-6)
      #expect(here.gap >= 0 && (here.survives || !deeper.survives) && (here.survives || !later.survives))
    }
  }

  /// Cash 60,000; sales of 365,000 at costs of 340,000, nine tenths of which follow sales. A fifth less sold: costs of
  /// 278,800 on 292,000 earn; three fifths less: 340,000 − 183,600 − 146,000 = 10,400 burnt a year.
  @Test func stressByHand() throws {
    var own = FinancialStatement("P", year: 2025)
    (own.revenue, own.operatingCash) = (Money(365_000), Money(25_000))
    (own.currentAssets, own.receivables, own.stock) = (Money(150_000), Money(40_000), Money(50_000))
    let policy = CreditStress()
    let mild = try #require(policy.outcome(own, CreditShock("", salesLoss: 0.2, delayDays: 30)))
    #expect(mild.withheld == 30_000 && mild.survives && mild.runwayMonths.isNaN)
    let severe = try #require(policy.outcome(own, CreditShock("", salesLoss: 0.6, delayDays: 70)))
    #expect(abs(severe.burnPerMonth - 10_400.0 / 12) < 1e-9 && abs(severe.gap - (70_000 + 5_200 - 60_000)) < 1e-9)
    own.stock = nil
    #expect(policy.outcome(own, CreditShock("", salesLoss: 0, delayDays: 0)) == nil)
  }

  @Test("ratings of the grid never fall with likelihood or impact")
  func matrix() {
    let matrix = RiskMatrix()
    #expect(matrix.cell(probability: 0.02, lossShare: 0.0025) == .init(likelihood: 1, impact: 1, rating: "low"))
    #expect(matrix.cell(probability: 0.3, lossShare: 0.5) == .init(likelihood: 5, impact: 5, rating: "high"))
    let ranks = ["low": 0, "mid": 1, "high": 2]
    for row in 0..<4 {
      for column in 0..<4 {
        let here = ranks[matrix.grid[row][column]] ?? 9
        #expect(here <= ranks[matrix.grid[row + 1][column]] ?? -1 && here <= ranks[matrix.grid[row][column + 1]] ?? -1)
      }
    }
  }

  @Test("concentration lies between one nth and one", arguments: 0..<50)
  func concentration(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed))
    let amounts = (0..<1 + stream.index(below: 40)).map { _ in Money(stream.index(below: 10_000)) }
    let book = Concentration(amounts)
    guard book.count > 0 else { return }
    #expect(book.herfindahl >= 1 / Double(book.count) - 1e-12 && book.herfindahl <= 1 + 1e-12)
    let shares = (0...book.count).map { book.topShare($0) }
    #expect(shares[0] == 0 && abs(shares[book.count] - 1) < 1e-12)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func equalPartsAndNothing() {
    #expect(abs(Concentration([Money(5), Money(5), .zero, Money(5), Money(5)]).herfindahl - 0.25) < 1e-15)
    #expect(Concentration([Money]()).herfindahl.isNaN && Concentration([Money(7)]).herfindahl == 1)
  }

  @Test("losses: the mean is what is expected, the fund covers what it says")
  func losses() {
    let exposures = (0..<60).map {
      CreditLosses.Exposure("P\($0)", loss: Double(100 + 10 * $0), probability: 0.05 + 0.001 * Double($0))
    }
    let losses = CreditLosses(exposures, correlation: 0.15, scenarios: 10_000, seed: 1)
    let expected = exposures.reduce(0) { $0 + $1.loss * $1.probability }
    #expect(abs(losses.mean - expected) < 0.05 * expected)
    for confidence in [0.5, 0.9, 0.95, 0.99] {
      let fund = losses.fund(confidence: confidence)
      #expect(Double(losses.sorted.count { $0 > fund }) <= (1 - confidence) * 10_000 + 1e-6)
      #expect(losses.expectedShortfall(confidence: confidence) >= fund)
    }
    let alike = CreditLosses(exposures, correlation: 0.5, scenarios: 10_000, seed: 1)
    #expect(alike.expectedShortfall(confidence: 0.99) > losses.expectedShortfall(confidence: 0.99))
  }

  @Test("longer terms: within the limit, never a loss, near the bound", arguments: 0..<50)
  func extensions(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed))
    let candidates = (0..<30).map {
      TermExtension.Candidate(
        "P\($0)", sales: stream.uniform(0, 1e6), days: 1 + stream.index(below: 60), probability: stream.uniform(0, 0.3))
    }
    let policy = TermExtension.Policy(
      steps: [15, 30, 45], lift: stream.uniform(0, 0.08), margin: 0.2, lossGivenDefault: 0.6, capitalCost: 0.1,
      limit: stream.uniform(0, 500_000))
    let found = TermExtension(candidates, policy)
    #expect(found.exposure <= policy.limit * (1 + 1e-12) && found.bound >= found.gain)
    let options = candidates.flatMap { one in policy.steps.map { TermExtension.option(one, $0, policy) } }
    let largest = options.map(\.gain).max() ?? 0
    #expect(found.bound - found.gain <= max(0, largest) + 1e-9)
    for (candidate, option) in zip(candidates, found.chosen) where option.extraDays > 0 {
      #expect(option.gain > 0 && option == TermExtension.option(candidate, option.extraDays, policy))
    }
    let sum = found.chosen.reduce(0) { $0 + $1.gain }
    #expect(abs(sum - found.gain) <= 1e-9 * max(1, sum))
    var wider = policy
    wider.limit *= 2
    #expect(TermExtension(candidates, wider).bound >= found.bound - 1e-9)
  }

  /// Two partners, one step each: the small one gains more per exposure, both fit, then only one.
  @Test func extensionByHand() {
    let candidates = [
      TermExtension.Candidate("A", sales: 365_000, days: 30, probability: 0.1),
      TermExtension.Candidate("B", sales: 365_000, days: 30, probability: 0),
    ]
    var policy = TermExtension.Policy(
      steps: [30], lift: 0.04, margin: 0.2, lossGivenDefault: 0.6, capitalCost: 0.02, limit: 1e6)
    // Exposure 1.04 · 365,000 · 60 / 365 − 30,000 = 32,400; margin 2,920.
    let option = TermExtension.option(candidates[0], 30, policy)
    #expect(abs(option.exposure - 32_400) < 1e-6 && abs(option.margin - 2_920) < 1e-6)
    #expect(abs(option.gain - (2_920 - 0.08 * 32_400)) < 1e-6)
    #expect(TermExtension(candidates, policy).chosen.map(\.extraDays) == [30, 30])
    policy.limit = 40_000
    let tight = TermExtension(candidates, policy)
    #expect(tight.chosen.map(\.extraDays) == [0, 30] && tight.bound > tight.gain)
  }

  @Test("cash for a discount only where both gain")
  func cash() {
    let policy = CashDiscount(discount: 0.01, partnerRate: 0.08, lossGivenDefault: 0.6, capitalCost: 0.1)
    // 60 days at 10 % + 6 %: 2.63 % of sales.
    let both = policy.outcome(probability: 0.1, days: 60, canPay: true)
    #expect(abs(both.costOfCredit - 0.16 * 60 / 365) < 1e-15 && both.hasRoom)
    #expect(both.choice == .credit && both.leastForPartner > 0.01)
    let short = policy.outcome(probability: 0.1, days: 30, canPay: true)
    #expect(short.choice == .cash && short.impliedRate > 0.08)
    #expect(policy.outcome(probability: 0.1, days: 30, canPay: false).choice == .credit)
    #expect(policy.outcome(probability: 0, days: 10, canPay: true).choice == .credit)
    #expect(policy.outcome(probability: 0.5, days: 0, canPay: nil).choice == .prepay)
  }

  @Test("parts add up to the whole", arguments: 0..<100)
  func shares(seed: Int) {
    var stream = RandomStream(seed: UInt64(seed))
    let amount = Money(tenThousandths: Int64(stream.index(below: 1_000_000_000_000)) - 500_000_000_000)
    let weights = (0..<1 + stream.index(below: 50)).map { _ in
      stream.index(below: 5) == 0 ? Double.nan : stream.uniform(-0.2, 1)
    }
    let parts = RiskSharing.split(amount, by: weights)
    #expect(parts.count == weights.count && parts.total() == amount)
    let shared = RiskSharing.byShareholding(amount, makerOwns: Percent(tenThousandths: 337_500))
    #expect(shared.maker + shared.partner == amount)
  }
}
