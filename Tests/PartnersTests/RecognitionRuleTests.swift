import ChannelTypes
import Probability
import Testing

@testable import Partners

@Suite("Grades")
struct GradeLadderTests {
  private let ladder = SmallNetwork.ladder

  @Test("both criteria count, thresholds included")
  func twoCriteria() {
    #expect(ladder.level(sales: Money(1_200_000), coverage: 5) == 2)
    #expect(ladder.level(sales: Money("1199999.99")!, coverage: 5) == 1)
    #expect(ladder.level(sales: Money(5_000_000), coverage: 4) == 1)
    #expect(ladder.level(sales: Money(299_999), coverage: 90) == nil)
    #expect(ladder.level(sales: Money(5_000_000), coverage: .nan) == nil)
  }

  @Test("more sales or more outlets never lower a grade")
  func monotone() {
    var stream = RandomStream(seed: 11)
    for _ in 0..<2000 {
      let (sales, outlets) = (Money(stream.index(below: 2_000_000)), Double(stream.index(below: 8)))
      let before = ladder.level(sales: sales, coverage: outlets) ?? -1
      #expect(ladder.level(sales: sales + Money(stream.index(below: 900_000)), coverage: outlets) ?? -1 >= before)
      #expect(ladder.level(sales: sales, coverage: outlets + Double(stream.index(below: 4))) ?? -1 >= before)
    }
  }

  @Test("a ladder that does not rise is no ladder")
  func proper() {
    #expect(ladder.isProper)
    #expect(!GradeLadder(levels: ladder.levels.reversed()).isProper)
    var flat = ladder
    flat.levels[2].sales = flat.levels[1].sales
    #expect(!flat.isProper)
    var generous = ladder
    generous.levels[0].rebate = Percent(9)
    #expect(!generous.isProper)
  }

  @Test("the version in force at the end of the year counts")
  func versions() {
    let later = GradeLadder(from: .quarter(2025, 3), levels: [SmallNetwork.level("silver", 1, 0, 1)])
    let books = [ladder, later]
    #expect(books.inForce(.year(2024)) == ladder)
    #expect(books.inForce(.year(2025)) == later)
    #expect([later].inForce(.year(2024)) == nil)
  }

  @Test("the path names the gap in each criterion")
  func path() throws {
    var rules = RecognitionRules()
    rules.grades = [ladder]
    var dealer = SmallNetwork.flat("P1", 70_000)
    dealer.grade = "bronze"
    let history = try SmallNetwork.history([dealer])
    var input = RecognitionInput(history: history)
    input.yearAhead = { _ in [1_000_000, 1_100_000, 1_200_000, 1_300_000] }
    let review = try #require(Recognition(rules, input).grades.first)
    #expect(review.sales == Money(840_000) && review.level?.name == "silver" && review.change == .promoted)
    #expect(review.next?.name == "gold" && review.salesGap == Money(360_000) && review.coverageGap == 2)
    #expect(review.chance == 0.5)
  }

  @Test("the brand fund is paid on the first promotion, never again")
  func fundOnce() throws {
    var rules = RecognitionRules()
    rules.grades = [ladder]
    func fund(_ first: Int, _ last: Int, grade: String?, ledger: Bool = false) throws -> (Money, String?) {
      var dealer = SmallNetwork.Dealer(
        id: "P1", grade: grade, outlets: 9,
        sales: Array(repeating: Money(first), count: 12) + Array(repeating: Money(last), count: 12))
      dealer.satisfaction = 50
      var input = RecognitionInput(history: try SmallNetwork.history([dealer]))
      if ledger { input.ledger.hasFund = [0] }
      let recognition = Recognition(rules, input)
      let paid = recognition.awards.filter { $0.kind == "fund" }.map(\.amount).total()
      #expect(paid == recognition.grades[0].fund)
      return (paid, recognition.grades[0].fundReason)
    }
    #expect(try fund(60_000, 110_000, grade: "silver") == (Money(30_000), nil))
    #expect(try fund(60_000, 110_000, grade: nil) == (Money(30_000), nil))
    #expect(try fund(60_000, 110_000, grade: "gold").0 == .zero)
    #expect(try fund(120_000, 110_000, grade: "silver") == (.zero, "reached in an earlier year"))
    #expect(try fund(60_000, 110_000, grade: "silver", ledger: true) == (.zero, "the ledger holds a fund"))
    #expect(try fund(60_000, 90_000, grade: "silver").0 == .zero)
  }

  @Test("without a whole year the grade on record stays; who is gone has none")
  func shortHistory() throws {
    var rules = RecognitionRules()
    rules.grades = [ladder]
    var gone = SmallNetwork.flat("P2", 500_000, years: 1)
    (gone.status, gone.grade) = ("ended", "gold")
    let young = SmallNetwork.Dealer(id: "P1", grade: "silver", sales: Array(repeating: Money(9), count: 6))
    let short = Recognition(rules, RecognitionInput(history: try SmallNetwork.history([young])))
    #expect(short.year == nil && short.result.grade("P1")?.grade == "silver")
    #expect(short.result.grade("P1")?.rebate == Percent(2))
    let whole = Recognition(rules, RecognitionInput(history: try SmallNetwork.history([gone])))
    #expect(whole.result.grade("P2") == PartnerGrade(partner: "P2", grade: nil, rebate: Percent(0)))
  }
}

@Suite("Points")
struct PointsTests {
  @Test("weighted, capped, rounded once")
  func points() {
    let rule = PointsRule()
    // 1000 · (0.5 · 1.1 + 0.3 · 0.5 + 0.2 · 0.8) = 860
    #expect(rule.points([Percent(110), Percent(50), Percent(80)]).total == 860)
    #expect(rule.points([Percent(900), nil, nil]).total == 750)
    #expect(rule.points([nil, nil, nil]).total == 0)
    // 1000 · 0.5 · 0.0125 = 6.25; half points go to the even one.
    #expect(rule.points([Percent("1.25")!, nil, nil]).total == 6)
    #expect(
      rule.points([Percent("1.3")!, nil, nil]).total == 6 && rule.points([Percent("1.5")!, nil, nil]).total == 8)
  }

  @Test("every account is empty when its quarter ends, and what is redeemed was granted")
  func reset() throws {
    var stream = RandomStream(seed: 5)
    let dealers = (0..<40).map { index in
      SmallNetwork.Dealer(
        id: "P\(index)", satisfaction: index % 7 == 0 ? .nan : 100 * stream.uniform(),
        sales: (0..<24).map { _ in Money(stream.index(below: 90_000)) })
    }
    let history = try SmallNetwork.history(dealers)
    var rules = RecognitionRules()
    rules.points = PointsRule()
    rules.firstOrder = FirstOrderRule(.points(2), fund: Money(3000))
    var input = RecognitionInput(history: history)
    input.tracking = SmallNetwork.tracking(history) { $0 % 5 == 0 ? nil : Money(100_000 + 1000 * $1.ordinal % 7) }
    input.newCustomers = [.init(partner: 3, quarter: .quarter(2024, 4)): 3]
    input.firstOrders = (0..<40).map { FirstOrder(partner: $0, product: "new", month: .month(2024, 1 + $0 % 12)) }
    for redeems in [false, true] {
      if redeems {
        for partner in 0..<40 {
          let key = RecognitionLedger.Key(partner: partner, quarter: .quarter(2024, 2))
          input.ledger.add(points: 400, key)
          input.ledger.add(points: -stream.index(below: 3000), key)
        }
      }
      let recognition = Recognition(rules, input)
      #expect(recognition.accounts.count == 40 * 4)
      for account in recognition.accounts {
        #expect(account.opening == 0 && account.closing == 0)
        #expect(account.opening + account.earned + account.bonus - account.redeemed - account.expired == 0)
        #expect(account.redeemed >= 0 && account.expired >= 0 && account.value == Money(account.redeemed))
        #expect(account.basis == (!redeems ? .plan : account.quarter == .quarter(2024, 2) ? .booked : .history))
        #expect(account.missing.contains(.attainment) == (account.partner % 5 == 0))
        #expect(account.missing.contains(.satisfaction) == (account.partner % 7 == 0))
      }
      // Every point of the fund is in an account.
      #expect(recognition.accounts.reduce(0) { $0 + $1.bonus } == recognition.firstOrders.reduce(0) { $0 + $1.points })
      // Only the last quarter is due.
      #expect(recognition.awards.allSatisfy { $0.kind == "points" && $0.period == .quarter(2024, 4) })
      for next in recognition.outlook { #expect(next.granted == next.redeemed + next.expired) }
      #expect(recognition.outlook.first?.expiresOn.description == "2025-03-31")
    }
  }

  @Test("breakage is what the ledger shows to have expired")
  func breakage() {
    var ledger = RecognitionLedger()
    let key = RecognitionLedger.Key(partner: 0, quarter: .quarter(2024, 1))
    ledger.add(points: 800, key)
    #expect(ledger.redeemedShare == nil)
    ledger.add(points: -600, key)
    #expect(ledger.redeemedShare == Percent(75))
  }
}

@Suite("First orders")
struct FirstOrderTests {
  @Test("each partner and product once, in order of month and id, until the fund is exhausted")
  func fund() throws {
    let history = try SmallNetwork.history((0..<30).map { SmallNetwork.flat("P\($0 + 10)", 1, years: 1) })
    var stream = RandomStream(seed: 3)
    for reward in [FirstOrderRule.Reward.points(2), .cash(Money(500))] {
      let rule = FirstOrderRule(reward, fund: Money(7900))
      var orders = (0..<200).map { _ in
        FirstOrder(
          partner: stream.index(below: 30), product: "n\(stream.index(below: 2))",
          month: .month(2023, 1 + stream.index(below: 12)))
      }
      let entries = rule.settle(orders, history, pointValue: Money(2))
      var left = rule.fund
      var isOver = false
      for entry in entries {
        if entry.isRewarded {
          #expect(!isOver, "an order after the end of the fund was rewarded")
          left -= entry.cost
        }
        isOver = isOver || !entry.isRewarded
        #expect(entry.fundLeft == left && left >= .zero)
      }
      #expect(entries.contains { !$0.isRewarded })
      #expect(entries.map(\.cost).total() + left == rule.fund)
      #expect(Set(entries.map { "\($0.order.partner) \($0.order.product)" }).count == entries.count)
      for entry in entries {
        let all = orders.filter { $0.partner == entry.order.partner && $0.product == entry.order.product }
        #expect(entry.order.month == all.map(\.month).min())
      }
      // The order of the rows decides nothing.
      orders.reverse()
      #expect(rule.settle(orders, history, pointValue: Money(2)) == entries)
    }
  }

  @Test("double points: an order's hundred, twice")
  func double() throws {
    let history = try SmallNetwork.history([SmallNetwork.flat("P1", 1, years: 1)])
    let order = FirstOrder(partner: 0, product: "n", month: .month(2023, 5))
    let rule = FirstOrderRule(.points(2), fund: Money(200))
    let entries = rule.settle([order, order], history, pointValue: Money(1))
    #expect(entries.map(\.points) == [200] && entries.map(\.fundLeft) == [.zero])
    #expect(
      FirstOrderRule(.points(2), fund: Money(199)).settle([order], history, pointValue: Money(1))[0].cost == .zero)
  }
}

@Suite("Stars, streaks and priority")
struct StreakTests {
  /// Attained years of 2023 …, one dealer; nil for a year without targets.
  private func streak(_ attained: [Bool?], recorded: Double) throws -> AttainmentRecord.YearStreak {
    let history = try SmallNetwork.history([SmallNetwork.flat("P1", 100, years: attained.count)])
    let tracking = SmallNetwork.tracking(history) { _, quarter in
      attained[quarter.ordinal / 4 - 2023].map { $0 ? Money(300) : Money("300.01")! }
    }
    let record = AttainmentRecord(tracking, history)
    return record.yearStreak(partner: 0, through: .year(2022 + attained.count), recorded: recorded)
  }

  @Test("years must follow one another up to the last")
  func consecutive() throws {
    #expect(try streak([true, true, true], recorded: 0).years == 3)
    #expect(try streak([true, false, true], recorded: 9) == .init(years: 1, basis: .targets))
    #expect(try streak([true, true, false], recorded: 9) == .init(years: 0, basis: .targets))
    #expect(try streak([nil, nil, true], recorded: 3) == .init(years: 3, basis: .record))
    #expect(try streak([nil, true, true], recorded: 1) == .init(years: 2, basis: .targets))
    #expect(try streak([nil, nil, nil], recorded: .nan).years == 0)
  }

  @Test("a star needs exactly the years, and every year's sales earn loyalty once")
  func loyalty() throws {
    var rules = RecognitionRules()
    rules.star = StarRule()
    var bonuses: [Money] = []
    for years in 1...7 {
      let history = try SmallNetwork.history([SmallNetwork.flat("P1", 10_000, years: years)])
      var input = RecognitionInput(history: history)
      input.tracking = SmallNetwork.tracking(history) { _, _ in Money(30_000) }
      let recognition = Recognition(rules, input)
      let standing = try #require(recognition.stars.first)
      #expect(standing.streak.years == years && standing.isStar == (years >= 3))
      #expect(standing.base == Money(years < 3 ? 0 : years == 3 ? 360_000 : 120_000))
      #expect(recognition.awards.map(\.amount).total() == standing.bonus)
      bonuses.append(standing.bonus)
    }
    // 1 % of three years; then 1 ⅔ %, 2 ⅓ %, 3 % and 3 % of one.
    #expect(bonuses == [.zero, .zero, Money(3600), Money(2000), Money(2800), Money(3600), Money(3600)])
    #expect(rules.star?.rate(4) == Percent("1.6667"))
  }

  @Test("what the ledger paid is not paid again, and an overpayment stays")
  func netting() throws {
    var rules = RecognitionRules()
    rules.star = StarRule()
    var input = RecognitionInput(history: try SmallNetwork.history([SmallNetwork.flat("P1", 10_000)]))
    input.tracking = SmallNetwork.tracking(input.history) { _, _ in Money(30_000) }
    for (paid, payable) in [(0, 3600), (1500, 2100), (3600, 0), (9000, 0)] {
      input.ledger = RecognitionLedger()
      input.ledger.add(paid: Money(paid), for: "star", .init(partner: 0, quarter: .year(2025)))
      input.ledger.add(paid: Money(77), for: "star", .init(partner: 0, quarter: .year(2024)))
      let award = try #require(Recognition(rules, input).awards.first)
      #expect(award.amount == Money(3600) && award.settled == Money(paid) && award.payable == Money(payable))
    }
  }

  @Test("a bonus is rounded once, to cents")
  func rounding() {
    let rule = StarRule()
    #expect(rule.bonus(4, base: Money("0.30")!) == Money("0.00")!)  // 0.005 goes to the even cent
    #expect(rule.bonus(4, base: Money("0.90")!) == Money("0.02")!)  // 0.015 as well
    #expect(rule.bonus(2, base: Money(100)) == .zero)
  }

  @Test("priority needs quarters in a row up to the last, exclusive rights the highest grade as well")
  func priority() throws {
    var rules = RecognitionRules()
    rules.priority = PriorityRule()
    rules.grades = [SmallNetwork.ladder]
    var top = SmallNetwork.flat("P2", 200_000, years: 1)
    top.outlets = 9
    let history = try SmallNetwork.history([
      SmallNetwork.flat("P1", 100, years: 1), top, SmallNetwork.flat("P3", 100, years: 1),
    ])
    var input = RecognitionInput(history: history)
    input.tracking = SmallNetwork.tracking(history) { partner, quarter in
      partner == 2 && quarter == .quarter(2023, 4) ? Money(900_000) : Money(300)
    }
    let recognition = Recognition(rules, input)
    #expect(recognition.priorities.map(\.streak) == [4, 4, 0])
    #expect(recognition.result.hasPriority == ["P1", "P2"] && recognition.result.priorityFactor == 1.5)
    #expect(recognition.priorities.map(\.mayBeExclusive) == [false, true, false])
    input.tracking = nil
    #expect(Recognition(rules, input).result.hasPriority.isEmpty)
  }
}
