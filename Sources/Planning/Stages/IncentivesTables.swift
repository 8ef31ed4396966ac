import ChannelTypes
import Partners
import Tables

extension IncentivesReport {
  var tables: [Table] {
    [payouts, accruals, accrualSchedule, nextTier, cliffs, cost]
      + [accrualFan, payoutCurves].filter { $0.rowCount > 0 }
  }

  // MARK: Payouts

  /// `payouts`: partner × period × rule. Money in the plan's currency; `payable` below zero is to be taken back.
  private var payouts: Table {
    let today = inputs.history.nextMonth.firstDay
    let regions = inputs.history.partners.map(\.region)
    return Table(
      name: "payouts", rows: published,
      columns: [
        .text("partner_id") { partner($0.partner).id }, .text("region") { regions[$0.partner] },
        .text("period") { $0.period.description }, .text("rule") { rule($0.version).name },
        .money("basis") { $0.basis },
        .money("entitlement") { line in
          let facts = inputs.facts(line)
          return line.isClosed ? nil : rule(line.version).formula.entitlement(facts).rounded()
        }, .real("reward_coefficient") { $0.links.reward.fraction },
        .real("turnover_factor") { $0.links.turnover.fraction }, .money("earned") { $0.earned },
        .real("effective_rate") {
          tabled($0.basis > .zero ? $0.earned.double / $0.basis.double : .nan, 6)
        },
        .money("netted") { $0.netted }, .money("booked") { $0.booked }, .money("payable") { $0.payable },
        .money("cash") { part($0, .cash) }, .money("discount") { part($0, .discount) },
        .money("in_kind") { part($0, .inKind) },
        .period("due_on", form: .day) { rule($0.version).dueDay(of: $0.period).map(Period.day) },
        .integer("days_overdue") { line in
          guard line.payable > .zero, let today, let due = rule(line.version).dueDay(of: line.period) else {
            return nil
          }
          return max(0, today.daysSinceEpoch - due.daysSinceEpoch)
        }, .text("status") { status($0, today) },
      ])
  }

  private func part(_ line: IncentiveSettlement.Line, _ form: Award.Form) -> Money {
    rule(line.version).split(line.payable).filter { $0.form == form }.map(\.amount).total()
  }

  /// The age of what is payable: `not_due`, `due_30` (up to 30 days ago), `due_60`, `due_90`, `older`; or `settled`,
  /// `clawback`.
  private func status(_ line: IncentiveSettlement.Line, _ today: CivilDate?) -> String {
    if line.payable == .zero { return "settled" }
    if line.payable < .zero { return "clawback" }
    guard let today, let due = rule(line.version).dueDay(of: line.period) else { return "not_due" }
    let days = today.daysSinceEpoch - due.daysSinceEpoch
    if days <= 0 { return "not_due" }
    return days <= 30 ? "due_30" : days <= 60 ? "due_60" : days <= 90 ? "due_90" : "older"
  }

  // MARK: Accruals

  /// `accruals`: what each rule is expected to pay a partner in a planned period: the mean over the forecast's draws.
  private var accruals: Table {
    Table(
      name: "accruals", rows: expected,
      columns: [
        .text("partner_id") { partner($0.partner).id }, .text("period") { $0.period.description },
        .text("rule") { rule($0.version).name }, .money("known_sales") { $0.knownSales },
        .money("expected_sales") { $0.expectedSales }, .money("expected_payout") { $0.expected },
        .money("netted") { $0.netted }, .money("accrual") { $0.accrual }, .real("rate") { tabled($0.rate, 6) },
        .money("payout_at_expected_sales") { $0.atExpectedSales },
        .real("reward_coefficient") { $0.links.reward.fraction },
        .real("turnover_factor") { $0.links.turnover.fraction },
        .period("due_on", form: .day) { rule($0.version).dueDay(of: $0.period).map(Period.day) },
      ])
  }

  private struct ScheduleRow {
    var period: Period
    var rule: String
    var partners = 0
    var sales = Money.zero
    var accrual = Money.zero
    var atExpectedSales = Money.zero
    var due: CivilDate?
  }

  /// `accrual_schedule`: what the network accrues by rule and period, and when it falls due. `convexity` is what
  /// accruing on the payout of the expected sales would miss.
  private var accrualSchedule: Table {
    var rows: [ScheduleRow] = []
    var places: [Int: [Period: Int]] = [:]
    for line in expected {
      let place = places[line.version]?[line.period] ?? rows.count
      if place == rows.count {
        places[line.version, default: [:]][line.period] = place
        let rule = rule(line.version)
        rows.append(ScheduleRow(period: line.period, rule: rule.name, due: rule.dueDay(of: line.period)))
      }
      rows[place].partners += 1
      rows[place].sales += line.expectedSales
      rows[place].accrual += line.accrual
      rows[place].atExpectedSales += line.atExpectedSales - line.netted
    }
    rows.sort { left, right in
      guard let first = left.due, let second = right.due, first != second else {
        return (left.period.description, left.rule) < (right.period.description, right.rule)
      }
      return first < second
    }
    return Table(
      name: "accrual_schedule", rows: rows,
      columns: [
        .text("period") { $0.period.description }, .text("rule") { $0.rule }, .integer("partners") { $0.partners },
        .money("expected_sales") { $0.sales }, .money("accrual") { $0.accrual },
        .real("rate") { tabled($0.sales > .zero ? $0.accrual.double / $0.sales.double : 0, 6) },
        .money("convexity") { $0.accrual - $0.atExpectedSales },
        .period("due_on", form: .day) { $0.due.map(Period.day) },
      ])
  }

  // MARK: Tiers

  /// `next_tier`: from where, how far, how likely and for how much; those that are close first.
  private var nextTier: Table {
    let rows = outlooks.filter { $0.next != nil }.enumerated().sorted { left, right in
      (left.element.isClose ? 0 : 1, left.offset) < (right.element.isClose ? 0 : 1, right.offset)
    }.map(\.element)
    return Table(
      name: "next_tier", rows: rows,
      columns: [
        .text("partner_id") { partner($0.partner).id }, .text("period") { $0.period.description },
        .text("rule") { rule($0.version).name }, .text("standing_is") { $0.isExpected ? "expected" : "last_period" },
        .money("standing") { $0.standing }, .integer("tier") { $0.tier }, .money("next_from") { $0.next },
        .money("distance") { $0.distance }, .real("chance") { tabled($0.chance, 6) }, .money("value") { $0.value },
        .real("value_per_unit") { tabled($0.valuePerUnit, 6) }, .text("close") { $0.isClose ? "yes" : "no" },
      ])
  }

  /// `tier_cliffs`: where one unit of sales moves a payout by much more than its rate.
  private var cliffs: Table {
    Table(
      name: "tier_cliffs", rows: TierCliff.all(inputs.rules, outlooks: outlooks),
      columns: [
        .text("rule") { rule($0.version).name }, .integer("tier") { $0.tier }, .money("from") { $0.from },
        .money("jump") { $0.jump }, .integer("partners_near") { $0.partners.count },
        .money("distance") { $0.distance }, .money("value") { $0.value },
        .real("value_per_unit") { tabled($0.distance > .zero ? $0.value.double / $0.distance.double : .nan, 6) },
        .text("partners") { cliff in
          let ids = cliff.partners.prefix(20).map { partner($0).id }
          return ids.isEmpty ? nil : ids.joined(separator: "|")
        },
      ])
  }

  // MARK: Cost

  /// `incentive_cost`: what incentives of the last year cost by partner and form, in one currency. Each yuan stands
  /// once: annual rebates less what quarterly ones cover, awards from their stage (from the ledger where it did not
  /// run), other payments from the ledger. Money that the budget adds to rebates is counted in the budget.
  private var cost: Table {
    guard let year = inputs.lastQuarter?.containing(.year) else { return Table(name: "incentive_cost", columns: []) }
    let count = inputs.history.partners.count
    var forms = [[Money]](repeating: [.zero, .zero, .zero], count: count)
    for line in settlement.lines where line.period.containing(.year) == year {
      for (form, amount) in rule(line.version).split(line.earned - line.netted) {
        forms[line.partner][Award.Form.allCases.firstIndex(of: form) ?? 0] += amount
      }
    }
    var awards = [Money](repeating: .zero, count: count)
    if let result = inputs.awards {
      for award in result.awards where award.period.containing(.year) == year {
        guard let partner = inputs.history.index(of: award.partner) else { continue }
        awards[partner] += award.amount
        forms[partner][Award.Form.allCases.firstIndex(of: award.form) ?? 0] += award.amount
      }
    } else {
      for (partner, years) in ledger.awardsPaid {
        awards[partner] += years[year.ordinal] ?? .zero
        forms[partner][0] += years[year.ordinal] ?? .zero
      }
    }
    for (partner, years) in ledger.otherPaid { forms[partner][0] += years[year.ordinal] ?? .zero }
    let other = (0..<count).map { ledger.otherPaid[$0]?[year.ordinal] ?? .zero }
    let months = inputs.history.months(in: year)
    let sales = (0..<count).map { inputs.history.revenue(partner: $0, months: months) }
    let rows = (0..<count).filter { sales[$0] != .zero || forms[$0].total() != .zero }
    return Table(
      name: "incentive_cost", rows: rows,
      columns: [
        .text("partner_id") { partner($0).id }, .text("region") { partner($0).region },
        .text("year") { _ in year.description }, .money("sales") { sales[$0] },
        .money("cash") { forms[$0][0] }, .money("discount") { forms[$0][1] }, .money("in_kind") { forms[$0][2] },
        .money("total") { forms[$0].total() }, .money("of_which_awards") { awards[$0] },
        .money("of_which_other_paid") { other[$0] },
        .real("share_of_sales") {
          tabled(sales[$0] > .zero ? forms[$0].total().double / sales[$0].double : .nan, 6)
        },
      ])
  }

}

extension IncentiveInputs {
  func facts(_ line: IncentiveSettlement.Line) -> IncentiveFacts {
    facts(rules.versions[line.version], partner: line.partner, period: line.period, basis: line.basis)
  }
}
