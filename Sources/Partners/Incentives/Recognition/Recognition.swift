public import ChannelTypes

/// The rules of recognition that a plan states; what is nil is not run.
public struct RecognitionRules: Sendable {
  /// Ascending by the day from which they hold; empty for no grades.
  public var grades: [GradeLadder] = []
  public var points: PointsRule?
  public var firstOrder: FirstOrderRule?
  public var star: StarRule?
  public var contest: ContestRule?
  public var priority: PriorityRule?
  public var pools: [PoolRule] = []
  public var support: SupportLadder?

  public init() {}

  public var isEmpty: Bool {
    grades.isEmpty && points == nil && firstOrder == nil && star == nil && contest == nil && priority == nil
      && pools.isEmpty && support == nil
  }
}

/// What recognition looks at. Figures by partner are in the order of `history.partners`.
public struct RecognitionInput: Sendable {
  public var history: ChannelHistory
  public var tracking: TrackingResult?
  public var scores: ScoreResult?
  public var ledger = RecognitionLedger()
  /// First orders of customers by partner and quarter; nil without a table of customers.
  public var newCustomers: [RecognitionLedger.Key: Int]?
  /// Orders of products while they are new, at least the first of each partner and product.
  public var firstOrders: [FirstOrder] = []
  /// Sales of new products by partner, and by month of the history: partner · monthCount + month. Empty for none.
  public var newProductSales: [Money] = []
  /// Revenue targets of regions by month.
  public var regionTargets: [String: [Period: Money]] = [:]
  /// Draws of a partner's sales over the next twelve planned months; nil where there is no forecast.
  public var yearAhead: (@Sendable (_ partner: Int) -> [Double])?

  public init(history: ChannelHistory) { self.history = history }
}

/// Grades, points, first orders, contests, stars, priority and pools of one network, in exact decimals.
///
/// The quarter under review is the last one that the history covers whole, the year the last whole calendar year.
/// Points of earlier quarters are gone, redeemed or expired: they are shown for the last four quarters, and due for the
/// last.
public struct Recognition: Sendable {
  public let rules: RecognitionRules
  public let history: ChannelHistory
  public let record: AttainmentRecord
  /// Nil where the history covers no quarter, no calendar year whole.
  public let quarter: Period?
  public let year: Period?
  /// Whether any partner states its outlets; without, the grades' second criterion is waived.
  public let coverageIsKnown: Bool
  /// The ladder in force; nil without grades.
  public let ladder: GradeLadder?
  /// One of each partner, in the order of the history; empty where the rule is absent.
  public private(set) var grades: [GradeReview] = []
  public private(set) var stars: [StarStanding] = []
  public private(set) var priorities: [PriorityStanding] = []
  public private(set) var support: [SupportStanding] = []
  /// Active partners, quarters inside.
  public private(set) var accounts: [PointsAccount] = []
  public private(set) var outlook: [PointsOutlook] = []
  public private(set) var firstOrders: [FirstOrderRule.Entry] = []
  public private(set) var teamAwards: [TeamAward] = []
  public private(set) var winners: [(pool: Int, winner: PoolRule.Winner)] = []
  /// What is due to partners.
  public private(set) var awards: [Award] = []

  /// Complexity: O(partners · months + orders · log orders).
  public init(_ rules: RecognitionRules, _ input: RecognitionInput) {
    self.rules = rules
    history = input.history
    record = AttainmentRecord(input.tracking, input.history)
    quarter = record.quarters.last
    let whole = Set(record.quarters)
    year = record.quarters.last.map { Period.year($0.containing(.year)?.ordinal ?? 0) }.flatMap { latest in
      [latest, latest.advanced(by: -1)].first { year in
        (1...4).allSatisfy { whole.contains(.quarter(year.ordinal, $0)) }
      }
    }
    coverageIsKnown = history.partners.contains { $0.outlets.isFinite }
    ladder = rules.grades.inForce(year ?? quarter?.containing(.year) ?? .year(0))
    reviewGrades(input)
    rewardFirstOrders(input)
    countPoints(input)
    rateStars()
    rankPriorities()
    holdContests(input)
    awardPools(input)
    rateSupport()
    collectAwards(input.ledger)
  }
}

extension Recognition {
  private mutating func reviewGrades(_ input: RecognitionInput) {
    guard let ladder else { return }
    // Months of the reviewed year and of the years before it.
    let first = record.quarters.first?.containing(.year)?.ordinal ?? 0
    let months = year.map { history.months(in: $0) } ?? 0..<0
    let earlier = year.map { year in
      (first..<max(first, year.ordinal)).map { Period.year($0) }.map { ($0, history.months(in: $0)) }
        .filter { $0.1.count == 12 }
    }
    grades = history.partners.indices.map { index in
      let partner = history.partners[index]
      let coverage = coverageIsKnown ? partner.outlets : .infinity
      var held: Set<String> = []
      for (past, months) in earlier ?? [] {
        guard let rules = rules.grades.inForce(past) else { continue }
        let sales = history.revenue(partner: index, months: months)
        held.formUnion(GradeReview.namesHeld(rules, rules.level(sales: sales, coverage: coverage)))
      }
      var review = GradeReview(
        index, partner, year: year, ladder: ladder, sales: history.revenue(partner: index, months: months),
        coverage: coverage, earlier: held, wasPaid: input.ledger.hasFund.contains(index))
      if let next = review.next, let draws = input.yearAhead?(index), !draws.isEmpty {
        review.chance = Double(draws.count { $0 >= next.sales.double }) / Double(draws.count)
      }
      return review
    }
  }

  /// The fund is one of a calendar year: the one that the last whole quarter lies in.
  private mutating func rewardFirstOrders(_ input: RecognitionInput) {
    guard let rule = rules.firstOrder, let current = quarter?.containing(.year) else { return }
    let orders = input.firstOrders.filter {
      $0.month.containing(.year) == current && history.partners[$0.partner].isActive
    }
    firstOrders = rule.settle(orders, history, pointValue: rules.points?.value ?? .zero)
  }

  private mutating func countPoints(_ input: RecognitionInput) {
    guard let rule = rules.points else { return }
    let quarters = record.quarters.suffix(4)
    var bonus: [RecognitionLedger.Key: Int] = [:]
    for entry in firstOrders where entry.points > 0 {
      guard let quarter = entry.order.month.containing(.quarter) else { continue }
      bonus[RecognitionLedger.Key(partner: entry.order.partner, quarter: quarter), default: 0] += entry.points
    }
    for (index, partner) in history.partners.enumerated() where partner.isActive {
      let satisfaction =
        partner.satisfaction.isFinite
        ? Percent(tenThousandths: Int64((min(max(partner.satisfaction, 0), 1000) * 10_000).rounded())) : nil
      for quarter in quarters {
        let key = RecognitionLedger.Key(partner: index, quarter: quarter)
        let customers = input.newCustomers.flatMap {
          ExactArithmetic.percent(Int128($0[key] ?? 0), of: Int128(rule.newCustomersGoal))
        }
        accounts.append(
          PointsAccount(
            index, quarter, [record.cell(partner: index, quarter: quarter)?.percent, customers, satisfaction], rule,
            bonus: bonus[key] ?? 0, ledger: input.ledger))
      }
    }
    foresee(rule, quarters: quarters.count, input.ledger)
  }

  /// The next four quarters as the mean of the last ones: granted, redeemed at the known share, the rest breakage.
  private mutating func foresee(_ rule: PointsRule, quarters: Int, _ ledger: RecognitionLedger) {
    guard let quarter, quarters > 0 else { return }
    let total = accounts.reduce(0) { $0 + $1.earned + $1.bonus }
    let granted = Int(Int128(total).dividedToEven(by: Int128(quarters)))
    let share = ledger.redeemedShare ?? rule.redeemed
    let redeemed = Int((Int128(granted) * Int128(share.tenThousandths)).dividedToEven(by: 1_000_000))
    outlook = (1...4).compactMap { ahead in
      let next = quarter.advanced(by: ahead)
      guard let after = next.advanced(by: 1).firstDay else { return nil }
      return PointsOutlook(
        quarter: next, expiresOn: Period.day(after).advanced(by: -1), granted: granted, redeemed: redeemed,
        expired: granted - redeemed, cost: rule.value * redeemed)
    }
  }

  private mutating func rateStars() {
    guard let rule = rules.star, let year else { return }
    let months = (0..<rule.years).map { history.months(in: year.advanced(by: -$0)) }
    stars = history.partners.indices.map { index in
      let partner = history.partners[index]
      let streak = record.yearStreak(partner: index, through: year, recorded: partner.starYears)
      let isStar = partner.isActive && streak.years >= rule.years
      let count = isStar ? rule.baseYears(streak.years) : 0
      let base = months.prefix(count).map { history.revenue(partner: index, months: $0) }.total()
      return StarStanding(
        partner: index, streak: streak, isStar: isStar, rate: isStar ? rule.rate(streak.years) : Percent(0),
        baseYears: count, base: base, bonus: isStar ? rule.bonus(streak.years, base: base) : .zero)
    }
  }

  private mutating func rankPriorities() {
    guard let rule = rules.priority, quarter != nil else { return }
    priorities = history.partners.indices.map { index in
      let streak = record.quarterStreak(partner: index)
      let hasPriority = history.partners[index].isActive && streak >= rule.streak
      let isTop = ladder.map { !grades.isEmpty && grades[index].level == $0.levels.last } ?? false
      return PriorityStanding(
        partner: index, streak: streak, hasPriority: hasPriority, mayBeExclusive: hasPriority && isTop)
    }
  }

  /// The months of the last four whole quarters.
  private mutating func holdContests(_ input: RecognitionInput) {
    guard let rule = rules.contest else { return }
    let regions = Array(Set(history.partners.map(\.region))).filter { !$0.isEmpty }.sorted()
    var places: [String: Int] = [:]
    for (index, region) in regions.enumerated() { places[region] = index }
    var sales = [Money](repeating: .zero, count: regions.count * history.monthCount)
    let hasSellIn = history.hasSellIn
    let values = hasSellIn ? history.sellInValue : history.sellOutValue
    for (index, partner) in history.partners.enumerated() {
      guard let region = places[partner.region] else { continue }
      for month in 0..<history.monthCount {
        sales[region * history.monthCount + month] += values[index * history.monthCount + month]
      }
    }
    for month in record.quarters.suffix(4).flatMap({ history.months(in: $0) }) {
      let squads = regions.enumerated().map { index, region in
        let base: Money? =
          switch rule.measure {
          case .attainment: input.regionTargets[region]?[history.month(month)]
          case .growth: month >= 12 ? sales[index * history.monthCount + month - 12] : nil
          case .sales: nil
          }
        return ContestRule.Squad(region, sales: sales[index * history.monthCount + month], base: base)
      }
      teamAwards += rule.winners(squads, history.month(month))
    }
  }

  private mutating func awardPools(_ input: RecognitionInput) {
    for (index, rule) in rules.pools.enumerated() {
      guard let period = rule.every == .year ? year : quarter else { continue }
      winners += rule.award(figures(rule.measure, period, input), history, period).map { (index, $0) }
    }
  }

  /// The figure of every partner by which a pool ranks them; NaN where unknown.
  private func figures(_ measure: PoolRule.Measure, _ period: Period, _ input: RecognitionInput) -> [Double] {
    let months = history.months(in: period)
    let everyone = history.partners.indices
    switch measure {
    case .score: return history.partners.map { input.scores?.current($0.id)?.score ?? .nan }
    case .sales: return everyone.map { history.revenue(partner: $0, months: months).double }
    case .growth:
      let past = history.months(in: period.advanced(by: -1))
      return everyone.map { partner in
        let before = history.revenue(partner: partner, months: past)
        return before > .zero ? history.revenue(partner: partner, months: months).double / before.double : .nan
      }
    case .newProducts:
      guard !input.newProductSales.isEmpty else { return everyone.map { _ in .nan } }
      return everyone.map { input.newProductSales[history.cells(partner: $0, months: months)].total().double }
    case .newCustomers:
      guard let counts = input.newCustomers else { return everyone.map { _ in .nan } }
      let quarters = period.form == .year ? (1...4).map { Period.quarter(period.ordinal, $0) } : [period]
      return everyone.map { partner in
        Double(quarters.reduce(0) { $0 + (counts[.init(partner: partner, quarter: $1)] ?? 0) })
      }
    }
  }

  private mutating func rateSupport() {
    guard let ladder = rules.support else { return }
    support = history.partners.indices.map { index in
      let partner = history.partners[index]
      let cells = history.cells(partner: index, months: 0..<history.monthCount)
      let active = cells.count { history.rowCounts[$0] > 0 }
      let reported = cells.count { history.sellOutRows[$0] > 0 }
      let reports = active > 0 ? Double(reported) / Double(active) : .nan
      let tier = partner.isActive ? ladder.tier(dedicatedStaff: partner.dedicatedStaff, reports: reports) : nil
      return SupportStanding(
        partner: index, dedicatedStaff: partner.dedicatedStaff, reports: reports, level: (tier ?? -1) + 1,
        tier: tier.map { ladder.tiers[$0] })
    }
  }

  /// Awards by partner, each kind in turn: what the incentive ledger has to settle.
  private mutating func collectAwards(_ ledger: RecognitionLedger) {
    func award(_ partner: Int, _ period: Period, _ kind: String, _ amount: Money, _ form: Award.Form, _ name: String) {
      guard amount > .zero else { return }
      awards.append(
        Award(
          partner: history.partners[partner].id, period: period, kind: kind, amount: amount, form: form, name: name,
          settled: ledger.paid[name]?[.init(partner: partner, quarter: period)] ?? .zero))
    }
    for account in accounts where account.quarter == quarter {
      award(account.partner, account.quarter, "points", account.value, rules.points?.form ?? .cash, "points")
    }
    // First orders paid in money, a sum for each partner and quarter.
    var cash: [RecognitionLedger.Key: Money] = [:]
    for entry in firstOrders where entry.cash > .zero {
      guard let quarter = entry.order.month.containing(.quarter) else { continue }
      cash[.init(partner: entry.order.partner, quarter: quarter), default: .zero] += entry.cash
    }
    for (key, amount) in cash.sorted(by: { ($0.key.partner, $0.key.quarter) < ($1.key.partner, $1.key.quarter) }) {
      award(key.partner, key.quarter, "first_order", amount, .cash, "first_order")
    }
    if let year {
      for standing in stars { award(standing.partner, year, "star", standing.bonus, .cash, "star") }
      for review in grades { award(review.partner, year, "fund", review.fund, .inKind, "fund") }
      for review in grades {
        award(review.partner, year.advanced(by: 1), "subsidy", review.level?.subsidy ?? .zero, .inKind, "subsidy")
      }
    }
    for (pool, winner) in winners {
      award(winner.partner, winner.period, "award", winner.amount, .cash, rules.pools[pool].name)
    }
  }

  /// What later stages read.
  public var result: AwardsResult {
    AwardsResult(
      grades: grades.map {
        PartnerGrade(
          partner: history.partners[$0.partner].id, grade: $0.level?.name, rebate: $0.level?.rebate ?? Percent(0))
      }, awards: awards,
      hasPriority: Set(priorities.filter(\.hasPriority).map { history.partners[$0.partner].id }),
      priorityFactor: rules.priority?.factor ?? 1, teamAwards: teamAwards)
  }
}
