import ChannelTypes
public import Tables

/// Where the figures of recognition can be seen, by place.
public struct RecognitionEvidence: Sendable {
  /// Of the plan's keys below `incentives`: `points`, `star`.
  public var plan: [String: SourcePlace] = [:]
  /// A partner's row, and its first sale of the year under review, in the order of the history; may be empty.
  public var partnerRows: [SourcePlace?] = []
  public var salesRows: [SourcePlace?] = []
  /// The plan's currency.
  public var currency = ""

  public init() {}
}

/// The arithmetic behind grades, points, stars, priority, support and awards.
///
/// Subjects are `partner:P017` with the items `grade`, `star`, `priority`, `support`, `points:2025Q4` and
/// `award:NAME:PERIOD` (`award:star:2025`, `award:points:2025Q4`, `award:innovation:2025`), and `region:east` with
/// `contest:2025-11`.
public struct RecognitionTraces: Sendable {
  private let recognition: Recognition
  private let evidence: RecognitionEvidence
  private let months: Range<Int>
  private var accountOf: [Int: Int] = [:]
  private var ordersOf: [Int: [Int]] = [:]
  private var winnerOf: [String: [Int: Int]] = [:]

  /// Complexity: O(accounts + orders).
  public init(_ recognition: Recognition, _ evidence: RecognitionEvidence) {
    self.recognition = recognition
    self.evidence = evidence
    months = recognition.year.map { recognition.history.months(in: $0) } ?? 0..<0
    for (index, account) in recognition.accounts.enumerated() where account.quarter == recognition.quarter {
      accountOf[account.partner] = index
    }
    for (index, entry) in recognition.firstOrders.enumerated() {
      ordersOf[entry.order.partner, default: []].append(index)
    }
    for (index, pair) in recognition.winners.enumerated() {
      winnerOf[recognition.rules.pools[pair.pool].name, default: [:]][pair.winner.partner] = index
    }
  }

  public var book: TraceBook {
    TraceBook(joining: [
      TraceBook(count: recognition.grades.count) { grade(recognition.grades[$0]) },
      TraceBook(count: recognition.stars.count) { star(recognition.stars[$0]) },
      TraceBook(count: recognition.priorities.count) { priority(recognition.priorities[$0]) },
      TraceBook(count: recognition.support.count) { support(recognition.support[$0]) },
      TraceBook(count: recognition.accounts.count) { points(recognition.accounts[$0]) },
      TraceBook(count: recognition.awards.count) { award(recognition.awards[$0]) },
      TraceBook(count: recognition.teamAwards.count) { contest(recognition.teamAwards[$0]) },
    ])
  }

  // MARK: Sources

  private func id(_ partner: Int) -> String { recognition.history.partners[partner].id }
  private func subject(_ partner: Int) -> String { "partner:" + id(partner) }

  private func plan(_ key: String, _ place: SourcePlace? = nil) -> Trace.Source {
    let top = key.split(separator: ".").first.map(String.init) ?? key
    return .plan(key: "incentives." + key, place: place ?? evidence.plan[top])
  }

  private func partnerRow(_ partner: Int) -> Trace.Source {
    let place = evidence.partnerRows.isEmpty ? nil : evidence.partnerRows[partner]
    return .rows(table: "partners", condition: "partner_id = \(id(partner))", count: 1, first: place)
  }

  /// Sales of some months; the first row's place is known for the year under review.
  private func sales(_ partner: Int, _ range: Range<Int>) -> Trace.Source {
    let history = recognition.history
    let span = range.isEmpty ? "none" : "\(history.month(range.lowerBound))..\(history.month(range.upperBound - 1))"
    let place = range == months && !evidence.salesRows.isEmpty ? evidence.salesRows[partner] : nil
    return .rows(
      table: "sales", condition: "partner_id = \(id(partner)), period = \(span)",
      count: history.rows(partner: partner, months: range).count, first: place)
  }

  /// The trace of an attainment; where there is no target, the table that would hold it.
  private func attainment(_ partner: Int, _ quarter: Period) -> Trace.Source {
    recognition.record.cell(partner: partner, quarter: quarter) == nil
      ? .result(table: "attainment", condition: "level = partner, id = \(id(partner)), period = \(quarter)")
      : .trace(subject: subject(partner), item: "attainment:\(quarter)")
  }

  // MARK: Words

  private func grade(_ review: GradeReview) -> Trace {
    let name = review.level?.name ?? "none"
    var steps: [Trace.Step] = []
    if let year = review.year {
      steps.append(
        .init("sales of \(year)", review.sales.plainDescription, from: [sales(review.partner, months)]))
      let coverage =
        recognition.coverageIsKnown
        ? (review.coverage.isNaN ? "unknown" : "\(review.coverage.written) outlets") : "stated by nobody: waived"
      steps.append(.init("coverage", coverage, from: [partnerRow(review.partner)]))
    } else {
      steps.append(.init("no whole year of sales", "the grade on record stays", from: [partnerRow(review.partner)]))
    }
    if let level = review.level {
      steps.append(
        .init(
          "reached", "\(level.name): sales from \(level.sales.plainDescription), outlets from \(level.coverage)",
          from: [plan("grades.\(level.name)", level.place)]))
    }
    if let next = review.next {
      let gap = review.salesGap?.plainDescription ?? "0"
      let outlets = review.coverageGap.map(String.init) ?? "unknown"
      steps.append(
        .init(
          "to \(next.name)", "\(gap) of sales and \(outlets) outlets are missing",
          from: [plan("grades.\(next.name)", next.place)]))
    }
    let before = "\(review.recorded ?? "none") on record: \(review.change.rawValue)"
    steps.append(.init("before", before, from: [partnerRow(review.partner)]))
    return Trace(subject(review.partner), "grade", "Grade", .word(name), steps: steps)
  }

  private func star(_ standing: StarStanding) -> Trace {
    let needed = recognition.rules.star?.years ?? 0
    let year = recognition.year?.ordinal ?? 0
    let sources: [Trace.Source] =
      standing.streak.basis == .record
      ? [partnerRow(standing.partner)] : (1...4).map { attainment(standing.partner, .quarter(year, $0)) }
    var steps = [
      Trace.Step(
        "years in a row with the target met", "\(standing.streak.years), from \(standing.streak.basis.rawValue)",
        from: sources),
      Trace.Step("needed", "\(needed) years", from: [plan("star.years")]),
    ]
    if !recognition.history.partners[standing.partner].isActive {
      steps.append(.init("not active", from: [partnerRow(standing.partner)]))
    }
    return Trace(
      subject(standing.partner), "star", "Star dealer", .word(standing.isStar ? "star" : "no star"), steps: steps)
  }

  private func priority(_ standing: PriorityStanding) -> Trace {
    let quarters = recognition.record.quarters.suffix(max(1, standing.streak))
    let quarter = recognition.quarter?.description ?? ""
    return Trace(
      subject(standing.partner), "priority", "Priority in supply",
      .word(standing.hasPriority ? "priority" : "no priority"),
      steps: [
        .init(
          "quarters in a row with the target met, to \(quarter)", "\(standing.streak)",
          from: quarters.map { attainment(standing.partner, $0) }),
        .init("needed", "\(recognition.rules.priority?.streak ?? 0) quarters", from: [plan("priority.streak")]),
      ])
  }

  private func support(_ standing: SupportStanding) -> Trace {
    func shown(_ value: Double) -> String { value.isNaN ? "unknown" : value.written }
    let history = recognition.history
    return Trace(
      subject(standing.partner), "support", "Service support", .word(standing.tier?.name ?? "none"),
      steps: [
        .init("people for our products only", shown(standing.dedicatedStaff), from: [partnerRow(standing.partner)]),
        .init(
          "share of months with reported sell-out", shown(standing.reports),
          from: [sales(standing.partner, 0..<history.monthCount)]),
        .init(
          "tier", standing.tier?.name ?? "none",
          from: [plan("support" + (standing.tier.map { "." + $0.name } ?? ""), standing.tier?.place)]),
      ])
  }

  // MARK: Numbers

  private func points(_ account: PointsAccount) -> Trace {
    let rule = recognition.rules.points ?? PointsRule()
    let (total, parts) = rule.points(account.achievements)
    var steps: [Trace.Step] = []
    var sum = 0.0
    for (index, dimension) in PointsRule.Dimension.allCases.enumerated() {
      let weight = rule.weights[index]
      let detail =
        account.achievements[index].map { achieved in
          "\(rule.full) × \(weight) % × \(min(achieved, rule.cap)) %"
        } ?? "unknown: earns nothing"
      let source: Trace.Source =
        switch dimension {
        case .attainment: attainment(account.partner, account.quarter)
        case .newCustomers:
          .rows(
            table: "customers", condition: "partner_id = \(id(account.partner)), first_order in \(account.quarter)",
            count: newCustomers(account, rule), first: nil)
        case .satisfaction: partnerRow(account.partner)
        }
      let part = Double(parts[index]) / Double(PointsRule.partScale)
      sum += part
      steps.append(
        .init(
          dimension.rawValue, detail, amount: .number(part),
          from: [source, plan("points.weights.\(dimension.rawValue)")]))
    }
    steps.append(.init("rounded to whole points", amount: .number(Double(total) - sum)))
    if account.bonus > 0 {
      steps.append(
        .init(
          "first orders of new products", amount: .number(Double(account.bonus)),
          from: [
            plan("new_product"), .result(table: "first_orders", condition: "partner_id = \(id(account.partner))"),
          ]))
    }
    return Trace(
      subject(account.partner), "points:\(account.quarter)", "Points granted in \(account.quarter)",
      .number(Double(account.earned + account.bonus)), unit: "points", steps: steps)
  }

  /// New customers behind an achievement: the percentage was exact up to its fourth decimal.
  private func newCustomers(_ account: PointsAccount, _ rule: PointsRule) -> Int {
    guard let achieved = account.achievements[1] else { return 0 }
    return Int(
      (Int128(achieved.tenThousandths) * Int128(rule.newCustomersGoal)).dividedToEven(by: 1_000_000))
  }

  private func award(_ award: Award) -> Trace {
    let partner = recognition.history.index(of: award.partner) ?? 0
    let steps: [Trace.Step] =
      switch award.kind {
      case "points": pointsValue(partner)
      case "first_order": firstOrders(partner, award.period)
      case "star": loyalty(partner)
      case "fund", "subsidy": gradeMoney(partner, award)
      default: poolShare(partner, award)
      }
    return Trace(
      "partner:" + award.partner, "award:\(award.name):\(award.period)", "Award `\(award.name)` of \(award.period)",
      .money(award.amount), unit: evidence.currency, steps: steps)
  }

  private func pointsValue(_ partner: Int) -> [Trace.Step] {
    guard let index = accountOf[partner], let rule = recognition.rules.points else { return [] }
    let account = recognition.accounts[index]
    let granted = account.earned + account.bonus
    let basis: Trace.Source =
      account.basis == .plan
      ? plan("points.redeemed_pct")
      : .rows(table: "incentive_ledger", condition: "kind = points, points < 0", count: 0, first: nil)
    return [
      .init(
        "points granted", "\(granted) × \(rule.value.plainDescription)", amount: .money(rule.value * granted),
        from: [.trace(subject: subject(partner), item: "points:\(account.quarter)"), plan("points.value")]),
      .init(
        "expired with the quarter", "\(account.expired) × \(rule.value.plainDescription)",
        amount: .money(-(rule.value * account.expired)), from: [basis]),
    ]
  }

  private func firstOrders(_ partner: Int, _ quarter: Period) -> [Trace.Step] {
    (ordersOf[partner] ?? []).map { recognition.firstOrders[$0] }
      .filter { $0.cash > .zero && $0.order.month.containing(.quarter) == quarter }
      .map { entry in
        let month = recognition.history.firstMonth.ordinal
        let place = entry.order.month.ordinal - month
        return .init(
          "first order of \(entry.order.product) in \(entry.order.month)",
          "the fund then holds \(entry.fundLeft.plainDescription)", amount: .money(entry.cash),
          from: [plan("new_product"), sales(partner, place..<place + 1)])
      }
  }

  private func loyalty(_ partner: Int) -> [Trace.Step] {
    guard let rule = recognition.rules.star, !recognition.stars.isEmpty else { return [] }
    let standing = recognition.stars[partner]
    let low = ExactArithmetic.cents(standing.base, times: Int128(rule.low.tenThousandths), over: 1_000_000)
    let years = standing.baseYears
    let range = months.isEmpty ? months : max(0, months.upperBound - 12 * years)..<months.upperBound
    return [
      .init(
        "cumulative sales of \(years) \(years == 1 ? "year" : "years")",
        "\(standing.base.plainDescription) × \(rule.low) %", amount: .money(low),
        from: [sales(partner, range), plan("star.loyalty_pct")]),
      .init(
        "\(standing.streak.years) years in a row", "the rate rises to \(standing.rate) %",
        amount: .money(standing.bonus - low),
        from: [.trace(subject: subject(partner), item: "star"), plan("star.full_years")]),
    ]
  }

  private func gradeMoney(_ partner: Int, _ award: Award) -> [Trace.Step] {
    let level = recognition.grades.isEmpty ? nil : recognition.grades[partner].level
    let name = level?.name ?? ""
    return [
      .init(
        award.kind == "fund" ? "once, on reaching \(name)" : "for a year on \(name)", amount: .money(award.amount),
        from: [
          .trace(subject: subject(partner), item: "grade"), plan("grades.\(name).\(award.kind)", level?.place),
        ])
    ]
  }

  private func poolShare(_ partner: Int, _ award: Award) -> [Trace.Step] {
    guard let index = winnerOf[award.name]?[partner] else { return [] }
    let (pool, winner) = recognition.winners[index]
    let rule = recognition.rules.pools[pool]
    return [
      .init(
        "rank \(winner.rank) by \(rule.measure.rawValue)", winner.figure.written,
        from: [figure(rule.measure, partner, winner.period)]),
      .init(
        "share of the pool", "\(rule.pool.plainDescription) ÷ \(rule.winners), in cents",
        amount: .money(award.amount), from: [plan("awards.\(rule.name).pool", rule.place)]),
    ]
  }

  /// Where the figure of a pool's ranking comes from.
  private func figure(_ measure: PoolRule.Measure, _ partner: Int, _ period: Period) -> Trace.Source {
    switch measure {
    case .score: .trace(subject: subject(partner), item: "score:\(recognition.quarter?.description ?? "")")
    case .newCustomers: .result(table: "points", condition: "partner_id = \(id(partner)), quarter in \(period)")
    case .growth, .newProducts, .sales: sales(partner, recognition.history.months(in: period))
    }
  }

  private func contest(_ award: TeamAward) -> Trace {
    let score =
      award.base.map { "\(award.sales.plainDescription) ÷ \($0.plainDescription)" } ?? award.sales.plainDescription
    return Trace(
      "region:" + award.region, "contest:\(award.month)", "Prize of the squad for \(award.month)",
      .money(award.prize), unit: evidence.currency,
      steps: [
        .init(
          "score", score + (award.score.map { " = \($0) %" } ?? ""),
          from: [.result(table: "awards", condition: "subject = region:\(award.region), period = \(award.month)")]),
        .init(
          "rank \(award.rank)", amount: .money(award.prize), from: [plan("contest.prizes")]),
      ])
  }
}
