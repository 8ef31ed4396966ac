import ChannelTypes
import Probability
import Tables
import Testing

@testable import Partners

@Suite("Contests, pools, fairness")
struct RecognitionAwardTests {
  @Test("the order of rows never decides a rank; ties go to sales, then to the id")
  func contest() {
    let rule = ContestRule(prizes: [Money(6000), Money(4000), Money(2000)])
    let squads = [
      ContestRule.Squad("west", sales: Money(50), base: Money(100)),
      ContestRule.Squad("south", sales: Money(200), base: Money(400)),
      ContestRule.Squad("east", sales: Money(200), base: Money(400)),
      ContestRule.Squad("north", sales: Money(90), base: Money(100)),
      ContestRule.Squad("lost", sales: Money(900), base: nil),
    ]
    let month = Period.month(2025, 1)
    let winners = rule.winners(squads, month)
    #expect(winners.map(\.region) == ["north", "east", "south"] && winners.map(\.rank) == [1, 2, 3])
    #expect(winners.map(\.prize) == rule.prizes && winners[0].score == Percent(90))
    var stream = RandomStream(seed: 9)
    for _ in 0..<50 {
      let shuffled = squads.map { ($0, stream.uniform()) }.sorted { $0.1 < $1.1 }.map(\.0)
      #expect(rule.winners(shuffled, month) == winners)
    }
    #expect(ContestRule(.sales, prizes: [Money(1)]).winners(squads, month).map(\.region) == ["lost"])
  }

  @Test("scores are compared exactly: a ratio that floating point cannot tell apart decides")
  func exactRatio() {
    let huge = Int64(900_000_000_000_000_000)
    let squads = [
      ContestRule.Squad("a", sales: Money(tenThousandths: huge), base: Money(tenThousandths: huge + 1)),
      ContestRule.Squad("b", sales: Money(tenThousandths: huge - 1), base: Money(tenThousandths: huge - 1)),
    ]
    #expect(ContestRule(prizes: [Money(1)]).winners(squads, .month(2025, 1)).map(\.region) == ["b"])
  }

  @Test("a pool is paid to the cent, and only its places")
  func pool() throws {
    let history = try SmallNetwork.history((1...6).map { SmallNetwork.flat("P\($0)", 100, years: 1) })
    var rule = PoolRule("innovation", pool: Money(50_000))
    let figures: [Double] = [1, 5, .nan, 5, 0, 2]
    let winners = rule.award(figures, history, .year(2023))
    #expect(winners.map(\.partner) == [1, 3, 5])
    #expect(winners.map(\.amount) == [Money("16666.67")!, Money("16666.67")!, Money("16666.66")!])
    #expect(winners.map(\.amount).total() == rule.pool)
    rule.nominated = ["P6", "P3"]
    #expect(rule.award(figures, history, .year(2023)).map(\.amount) == [Money("16666.67")!])
  }

  @Test("measures of pools: growth, sales, new products, new customers, score")
  func measures() throws {
    let dealers = [
      SmallNetwork.Dealer(
        id: "P1", sales: Array(repeating: Money(10), count: 12) + Array(repeating: Money(30), count: 12)),
      SmallNetwork.Dealer(
        id: "P2", sales: Array(repeating: Money(100), count: 12) + Array(repeating: Money(110), count: 12)),
    ]
    var input = RecognitionInput(history: try SmallNetwork.history(dealers))
    input.newCustomers = [.init(partner: 0, quarter: .quarter(2024, 4)): 2]
    input.newProductSales = Array(repeating: Money(0), count: 24) + Array(repeating: Money(1), count: 24)
    let quarter = Period.quarter(2024, 4)
    input.scores = ScoreResult(
      quarters: [quarter],
      scores: [
        PartnerScore(partner: "P1", quarter: quarter, score: 40),
        PartnerScore(partner: "P2", quarter: quarter, score: 60),
      ])
    var rules = RecognitionRules()
    rules.pools = PoolRule.Measure.allCases.map { measure in
      var rule = PoolRule(measure.rawValue, pool: Money(100))
      (rule.measure, rule.winners) = (measure, 1)
      rule.every = measure == .newCustomers ? .quarter : .year
      return rule
    }
    let recognition = Recognition(rules, input)
    #expect(recognition.winners.map(\.winner.partner) == [1, 0, 1, 0, 1])
    #expect(recognition.winners.map(\.winner.figure) == [60, 3, 12, 2, 1320])
    #expect(recognition.awards.map(\.amount).total() == Money(500))
  }

  @Test("Gini and dispersion: 0 where all are treated alike, known values else")
  func fairness() {
    #expect(abs(Fairness.gini([5, 5, 5, 5])) < 1e-12)
    #expect(abs(Fairness.gini([0, 0, 0, 8]) - 0.75) < 1e-12)
    #expect(abs(Fairness.gini([1, 2, 3, 4]) - 0.25) < 1e-12)
    #expect(Fairness.gini([0, 0]).isNaN)
    let even = Fairness([(100, 10), (300, 30)])
    #expect(even.dispersion == 0 && even.rate == 0.1)
    // Rates 0.2 and 0.1 on sales 100 and 300: mean 0.125, variance (100·0.075² + 300·0.025²)/400.
    let uneven = Fairness([(100, 20), (300, 30)])
    #expect(abs(uneven.dispersion - (0.75 / 400).squareRoot() / 0.125) < 1e-12)
  }

  @Test("support tiers need commitment and cooperation")
  func support() {
    let ladder = SupportLadder([
      .init("basic", dedicatedStaff: 0, reports: 0, fieldDays: 1),
      .init("full", dedicatedStaff: 2, reports: 0.9, fieldDays: 6),
    ])
    #expect(ladder.isProper)
    #expect(ladder.tier(dedicatedStaff: 2, reports: 0.9) == 1)
    #expect(ladder.tier(dedicatedStaff: 9, reports: 0.8) == 0)
    #expect(ladder.tier(dedicatedStaff: .nan, reports: .nan) == 0)
    #expect(!SupportLadder(ladder.tiers.reversed()).isProper)
  }

  @Test("the order of partners and of orders changes nothing but the order of the answers")
  func invariance() throws {
    var stream = RandomStream(seed: 21)
    let dealers = (10..<50).map { index in
      SmallNetwork.Dealer(
        id: "P\(index)", region: "r\(index % 5)", outlets: Double(index % 7), starYears: Double(index % 4),
        sales: (0..<24).map { _ in Money(stream.index(below: 200_000)) })
    }
    func run(_ dealers: [SmallNetwork.Dealer], reversed: Bool) throws -> Recognition {
      var rules = RecognitionRules()
      rules.grades = [SmallNetwork.ladder]
      rules.points = PointsRule()
      rules.firstOrder = FirstOrderRule(.cash(Money(500)), fund: Money(9000))
      rules.star = StarRule()
      rules.contest = ContestRule(.growth, prizes: [Money(3), Money(2), Money(1)])
      rules.priority = PriorityRule()
      rules.pools = [PoolRule("sales", pool: Money("100.01")!)]
      var input = RecognitionInput(history: try SmallNetwork.history(dealers))
      input.tracking = SmallNetwork.tracking(input.history) { _, _ in Money(250_000) }
      input.firstOrders = input.history.partners.enumerated().map { index, partner in
        FirstOrder(
          partner: index, product: "n", month: .month(2024, 1 + partner.id.utf8.reduce(0) { $0 + Int($1) } % 12))
      }
      if reversed { input.firstOrders.reverse() }
      return Recognition(rules, input)
    }
    let straight = try run(dealers, reversed: false)
    let turned = try run(dealers.reversed(), reversed: true)
    func key(_ award: Award) -> String { "\(award.partner) \(award.name) \(award.period) \(award.amount)" }
    #expect(straight.awards.map(key).sorted() == turned.awards.map(key).sorted())
    #expect(straight.teamAwards == turned.teamAwards && straight.teamAwards.count == 12 * 3)
    #expect(straight.firstOrders.map(\.fundLeft) == turned.firstOrders.map(\.fundLeft))
    #expect(straight.firstOrders.count { $0.isRewarded } == 18 && straight.firstOrders.last?.fundLeft == .zero)
    #expect(straight.result.hasPriority == turned.result.hasPriority)
    for partner in dealers { #expect(straight.result.grade(partner.id) == turned.result.grade(partner.id)) }
  }

  @Test("a network without history, partners or targets gives nothing and does not fail")
  func empty() throws {
    var rules = RecognitionRules()
    rules.grades = [SmallNetwork.ladder]
    rules.points = PointsRule()
    rules.star = StarRule()
    rules.contest = ContestRule(prizes: [Money(1)])
    rules.priority = PriorityRule()
    rules.pools = [PoolRule("p", pool: Money(1))]
    let one = SmallNetwork.Dealer(id: "P1", sales: [Money(5)])
    let recognition = Recognition(rules, RecognitionInput(history: try SmallNetwork.history([one])))
    #expect(recognition.quarter == nil && recognition.awards.isEmpty && recognition.teamAwards.isEmpty)
    #expect(recognition.result.grade("P1")?.grade == nil)
  }
}
