import ChannelTypes
import Partners
import Tables

/// The output tables and indicators of the stage `awards`. Amounts are in the plan's currency.
struct AwardsTables {
  private let recognition: Recognition
  private let history: ChannelHistory
  /// What the ledger paid each partner in the year under review.
  private let paid: [Money]?

  init(_ recognition: Recognition, paid: [Money]?) {
    self.recognition = recognition
    history = recognition.history
    self.paid = paid
  }

  var all: [Table] {
    let rules = recognition.rules
    var tables: [Table] = []
    if !recognition.grades.isEmpty { tables += [partnerGrades, gradePath] }
    if rules.points != nil { tables += [points, outlook] }
    if rules.firstOrder != nil { tables.append(firstOrders) }
    if !recognition.stars.isEmpty { tables.append(starDealers) }
    if !recognition.priorities.isEmpty { tables.append(priority) }
    if !recognition.support.isEmpty { tables.append(support) }
    return tables + [awards, fairness]
  }

  private func id(_ partner: Int) -> String { history.partners[partner].id }
  private func number(_ percent: Percent) -> Double { Double(percent.tenThousandths) / 10_000 }

  // MARK: Grades

  /// `partner_grades`: one row a partner: the grade of the year's sales and of outlets, what it brings, and the change
  /// as an audit line: `grade_before` is the grade on record, `rule` the plan's line of the grade, or of the lowest one
  /// that was missed. `rebate_pct` in percent of a quarter's sales, `training_hours` a year; in effect from
  /// `effective_from` to `effective_to`.
  private var partnerGrades: Table {
    let effective = recognition.year.map { $0.advanced(by: 1) }
    return Table(
      name: "partner_grades", rows: recognition.grades,
      columns: [
        .text("partner_id") { id($0.partner) }, .text("region") { history.partners[$0.partner].region },
        .period("year", form: .year) { $0.year }, .money("sales") { $0.sales },
        .real("coverage") { $0.coverage.isFinite ? $0.coverage : .nan }, .text("grade_before") { $0.recorded },
        .text("grade") { $0.level?.name }, .text("change") { $0.change.rawValue },
        .real("rebate_pct") { number($0.level?.rebate ?? Percent(0)) },
        .money("subsidy") { $0.level?.subsidy ?? .zero }, .integer("training_hours") { $0.level?.trainingHours ?? 0 },
        .money("fund") { $0.fund }, .text("no_fund_because") { $0.fundReason },
        .period("effective_from", form: .quarter) { _ in effective.map { .quarter($0.ordinal, 1) } },
        .period("effective_to", form: .quarter) { _ in effective.map { .quarter($0.ordinal, 4) } },
        .text("missing") { recognition.coverageIsKnown && $0.coverage.isNaN ? "outlets" : nil },
        .text("rule") { ($0.level ?? $0.next)?.place?.description },
      ])
  }

  /// `grade_path`: partners below the highest grade: what the next one asks for, how far away it is in each criterion,
  /// the chance that next year's sales reach its threshold, and what it would bring: the rebate on a year's sales at
  /// the threshold, less the present grade's on the year's sales.
  private var gradePath: Table {
    Table(
      name: "grade_path", rows: recognition.grades.filter { $0.next != nil },
      columns: [
        .text("partner_id") { id($0.partner) }, .text("grade") { $0.level?.name },
        .text("next_grade") { $0.next?.name },
        .money("sales") { $0.sales }, .money("sales_needed") { $0.next?.sales }, .money("sales_gap") { $0.salesGap },
        .real("coverage") { $0.coverage.isFinite ? $0.coverage : .nan },
        .integer("coverage_needed") { $0.next?.coverage }, .integer("coverage_gap") { $0.coverageGap },
        .real("chance") { tabled($0.chance, 6) },
        .money("rebate_gain") { review in
          guard let next = review.next, let then = next.rebate.of(max(next.sales, review.sales)),
            let now = (review.level?.rebate ?? Percent(0)).of(review.sales)
          else { return nil }
          return then - now
        },
      ])
  }

  // MARK: Points

  /// `points`: a partner's account in each of the last four quarters; opening + earned + bonus − redeemed − expired =
  /// closing = 0. Achievements in percent, empty where unknown and named under `missing`; `value` of what was redeemed;
  /// `booked_points` are those that the ledger granted.
  private var points: Table {
    func achievement(_ index: Int) -> (PointsAccount) -> Double { { $0.achievements[index].map(number) ?? .nan } }
    return Table(
      name: "points", rows: recognition.accounts,
      columns: [
        .text("partner_id") { id($0.partner) }, .period("quarter", form: .quarter) { $0.quarter },
        .real("attainment_pct", achievement(0)), .real("new_customers_pct", achievement(1)),
        .real("satisfaction_pct", achievement(2)), .integer("opening") { $0.opening }, .integer("earned") { $0.earned },
        .integer("bonus") { $0.bonus }, .integer("redeemed") { $0.redeemed }, .integer("expired") { $0.expired },
        .integer("closing") { $0.closing }, .money("value") { $0.value }, .text("redeemed_from") { $0.basis.rawValue },
        .integer("booked_points") { $0.booked },
        .period("expires_on", form: .day) { account in
          account.quarter.advanced(by: 1).firstDay.map { Period.day($0).advanced(by: -1) }
        },
        .text("missing") { account in
          account.missing.isEmpty ? nil : account.missing.map(\.rawValue).joined(separator: "|")
        },
      ])
  }

  /// `points_outlook`: the network's points in the next four quarters, as the mean of the last ones; `expired` is the
  /// breakage.
  private var outlook: Table {
    Table(
      name: "points_outlook", rows: recognition.outlook,
      columns: [
        .period("quarter", form: .quarter) { $0.quarter }, .period("expires_on", form: .day) { $0.expiresOn },
        .integer("granted") { $0.granted }, .integer("redeemed") { $0.redeemed }, .integer("expired") { $0.expired },
        .money("cost") { $0.cost },
      ])
  }

  /// `first_orders`: first orders of new products in the year, in the order in which the fund serves them.
  private var firstOrders: Table {
    Table(
      name: "first_orders", rows: recognition.firstOrders,
      columns: [
        .period("month", form: .month) { $0.order.month }, .text("partner_id") { id($0.order.partner) },
        .text("product_id") { $0.order.product }, .integer("rewarded") { $0.isRewarded ? 1 : 0 },
        .integer("points") { $0.points }, .money("cash") { $0.cash }, .money("cost") { $0.cost },
        .money("fund_left") { $0.fundLeft },
      ])
  }

  // MARK: Loyalty, priority, support

  /// `star_dealers`: one row a partner; `loyalty_rate_pct` in percent of `cumulative_sales`, those of `base_years`.
  private var starDealers: Table {
    Table(
      name: "star_dealers", rows: recognition.stars,
      columns: [
        .text("partner_id") { id($0.partner) }, .integer("years_in_a_row") { $0.streak.years },
        .integer("years_needed") { _ in recognition.rules.star?.years },
        .text("years_from") { $0.streak.basis.rawValue }, .integer("star") { $0.isStar ? 1 : 0 },
        .integer("renewal_priority") { $0.isStar ? 1 : 0 },
        .text("contract_end") { history.partners[$0.partner].contractEnd?.description },
        .real("loyalty_rate_pct") { number($0.rate) }, .integer("base_years") { $0.baseYears },
        .money("cumulative_sales") { $0.base }, .money("loyalty_bonus") { $0.bonus },
      ])
  }

  /// `priority_supply`: one row a partner; `weight_factor` multiplies its weight when scarce goods are split.
  private var priority: Table {
    Table(
      name: "priority_supply", rows: recognition.priorities,
      columns: [
        .text("partner_id") { id($0.partner) }, .period("quarter", form: .quarter) { _ in recognition.quarter },
        .integer("quarters_in_a_row") { $0.streak },
        .integer("quarters_needed") { _ in recognition.rules.priority?.streak },
        .integer("priority") { $0.hasPriority ? 1 : 0 }, .integer("exclusive_eligible") { $0.mayBeExclusive ? 1 : 0 },
        .real("weight_factor") { $0.hasPriority ? recognition.rules.priority?.factor ?? 1 : 1 },
      ])
  }

  /// `support_tiers`: one row a partner; `reported_share` of its months, `field_days` a quarter; level 0 is below the
  /// lowest tier.
  private var support: Table {
    Table(
      name: "support_tiers", rows: recognition.support,
      columns: [
        .text("partner_id") { id($0.partner) }, .real("dedicated_staff") { $0.dedicatedStaff },
        .real("reported_share") { tabled($0.reports, 6) }, .integer("support_level") { $0.level },
        .text("tier") { $0.tier?.name }, .real("field_days") { $0.tier?.fieldDays ?? 0 },
        .text("rule") { $0.tier?.place?.description },
      ])
  }

  // MARK: Awards

  private struct AwardRow {
    var subject: String
    var period: Period
    var kind: String
    var name: String
    var rank: Int?
    var score = Double.nan
    var amount: Money
    var settled = Money.zero
    var form: Award.Form
  }

  /// `awards`: everything that recognition gives, to partners and to region squads. `score` in the unit of the rule:
  /// the squad's attainment or growth in percent, the figure of a pool. `settled` is what the ledger holds for it,
  /// `payable` what is left, never below zero.
  private var awards: Table {
    let pools = recognition.rules.pools
    var winners: [String: [String: PoolRule.Winner]] = [:]
    for (pool, winner) in recognition.winners { winners[pools[pool].name, default: [:]][id(winner.partner)] = winner }
    let partners = recognition.awards.map { award in
      let winner = award.kind == "award" ? winners[award.name]?[award.partner] : nil
      return AwardRow(
        subject: "partner:" + award.partner, period: award.period, kind: award.kind, name: award.name,
        rank: winner?.rank, score: winner.map { tabled($0.figure, 6) } ?? .nan, amount: award.amount,
        settled: award.settled, form: award.form)
    }
    let squads = recognition.teamAwards.map { award in
      AwardRow(
        subject: "region:" + award.region, period: award.month, kind: "contest", name: "contest", rank: award.rank,
        score: award.score.map(number) ?? award.sales.double, amount: award.prize, form: .cash)
    }
    return Table(
      name: "awards", rows: partners + squads,
      columns: [
        .text("subject") { $0.subject }, .text("period") { $0.period.description }, .text("kind") { $0.kind },
        .text("name") { $0.name }, .integer("rank") { $0.rank }, .real("score") { $0.score },
        .money("amount") { $0.amount }, .money("settled") { $0.settled },
        .money("payable") { max(.zero, $0.amount - $0.settled) }, .text("form") { $0.form.rawValue },
      ])
  }

  // MARK: Fairness

  private struct FairnessRow {
    var basis: String
    var scope: String
    var group: String
    var fairness: Fairness
  }

  /// `fairness`: how evenly awards (basis `due`) and what the ledger paid in the year (basis `paid`) are spread over
  /// active partners and their sales, of all and within each region, kind of channel and grade. Rates are payout ÷
  /// sales; a tenth of the partners is below `low_rate`, a tenth above `high_rate`.
  private var fairness: Table {
    let months = recognition.year.map { history.months(in: $0) } ?? 0..<0
    var due = [Money](repeating: .zero, count: history.partners.count)
    for award in recognition.awards {
      if let partner = history.index(of: award.partner) { due[partner] += award.amount }
    }
    let active = history.partners.indices.filter { history.partners[$0].isActive }
    let sales = history.partners.indices.map { history.revenue(partner: $0, months: months).double }
    var rows: [FairnessRow] = []
    for (basis, payouts) in [("due", due), ("paid", paid)] as [(String, [Money]?)] {
      guard let payouts else { continue }
      func add(_ scope: String, _ key: (Int) -> String?) {
        var groups: [String: [(sales: Double, payout: Double)]] = [:]
        for partner in active {
          groups[key(partner) ?? "none", default: []].append((sales[partner], payouts[partner].double))
        }
        for (group, accounts) in groups.sorted(by: { $0.key < $1.key }) {
          rows.append(FairnessRow(basis: basis, scope: scope, group: group, fairness: Fairness(accounts)))
        }
      }
      add("all") { _ in "all" }
      add("region") { history.partners[$0].region }
      add("channel_type") { history.partners[$0].channelType }
      if !recognition.grades.isEmpty { add("grade") { recognition.grades[$0].level?.name } }
    }
    return Table(
      name: "fairness", rows: rows,
      columns: [
        .text("basis") { $0.basis }, .text("scope") { $0.scope }, .text("group") { $0.group },
        .integer("partners") { $0.fairness.partners }, .money("sales") { Money(rounding: $0.fairness.sales) },
        .money("payouts") { Money(rounding: $0.fairness.payouts) },
        .real("payout_rate") { tabled($0.fairness.rate, 6) },
        .real("dispersion") { tabled($0.fairness.dispersion, 6) }, .real("gini") { tabled($0.fairness.gini, 6) },
        .real("low_rate") { tabled($0.fairness.lowRate, 6) }, .real("high_rate") { tabled($0.fairness.highRate, 6) },
      ])
  }

  // MARK: Indicators

  func indicators(currency: String) -> [Indicator] {
    var all = [
      Indicator(
        "award_cost", "Awards due to partners", recognition.awards.map(\.amount).total().double, unit: currency,
        better: .lower)
    ]
    if !recognition.grades.isEmpty {
      let changes = recognition.grades.map(\.change)
      all += [
        Indicator(
          "partners_promoted", "Partners promoted", Double(changes.count { $0 == .promoted }), unit: "partners"),
        Indicator("partners_demoted", "Partners demoted", Double(changes.count { $0 == .demoted }), unit: "partners"),
      ]
    }
    if recognition.rules.contest != nil {
      all.append(
        Indicator(
          "contest_cost", "Prizes of region squads in a year",
          recognition.teamAwards.map(\.prize).total().double, unit: currency, better: .lower))
    }
    if let next = recognition.outlook.first {
      all.append(
        Indicator("points_breakage", "Points expected to expire next quarter", Double(next.expired), unit: "points"))
    }
    if !recognition.stars.isEmpty {
      all.append(
        Indicator(
          "star_dealers", "Star dealers", Double(recognition.stars.count { $0.isStar }), unit: "partners",
          better: .higher))
    }
    if !recognition.priorities.isEmpty {
      let count = recognition.priorities.count { $0.hasPriority }
      all.append(
        Indicator(
          "priority_partners", "Partners supplied first", Double(count), unit: "partners", better: .higher))
    }
    return all
  }
}
