import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables

/// The tables of the credit stage. Amounts are in the plan's currency, shares from 0 to 1, `_pct` in percent, `_days` in
/// days; an empty cell is unknown or does not apply.
///
/// | table | a row is |
/// |---|---|
/// | `credit` | a partner with a limit: limits, terms, chance of default, what it owes |
/// | `credit_adjust` | a change of a limit by a rule: before, after, the plan's line |
/// | `default_reliability` | a group of partners of the held-out year: predicted and seen defaults |
/// | `dupont`, `financial_ratios` | a partner and year; a partner and ratio over three years |
/// | `stress`, `stress_scenarios` | a partner and shock; a shock |
/// | `risk_matrix`, `risk_grid` | a partner; a cell of the grid |
/// | `concentration` | the book or a region, by limits or by what is owed |
/// | `credit_extension`, `cash_terms` | a partner: longer terms; cash against credit |
/// | `emergency_fund`, `loss_sharing` | a partner: its contribution; how a loss on slow stock is shared |
struct CreditTables {
  let report: CreditReport
  var facts: CreditFacts { report.facts }

  init(_ report: CreditReport) { self.report = report }

  var all: [Table] {
    var tables = [credit, adjustments, matrix, grid, concentration, extensions, cashTerms, fund, lossDistribution]
    if let reliability = report.reliability { tables.append(Self.table(reliability)) }
    if !facts.statements.all.isEmpty { tables += [dupont, ratios, stress, stressScenarios] }
    if !facts.slowStock.isEmpty { tables.append(lossSharing) }
    return tables
  }

  func percent(_ percent: Percent) -> Double { Double(percent.tenThousandths) / 10_000 }

  /// `chance_from`: `accounts` or `mean` for the score that the own record is drawn towards. `allocated_limit` is the
  /// optimiser's; `proposed_limit` is what is left after stock and rounding. `loss_saved_by_terms` is the expected loss
  /// that shorter terms or prepayment take off the present limit.
  private var credit: Table {
    let rows = facts.lines.indices.map { index in
      let line = facts.lines[index]
      return (line: line, given: report.solution.partners[index], chance: facts.chance(line.partner))
    }
    return Table(
      name: "credit", rows: rows,
      columns: [
        .text("partner_id") { $0.line.partner }, .text("region") { $0.line.region },
        .money("present_limit") { $0.line.present }, .money("needed_limit") { $0.line.needed },
        .money("allocated_limit") { $0.line.optimised }, .money("proposed_limit") { $0.line.limit },
        .money("change") { $0.line.change }, .integer("terms_days") { $0.line.terms.presentDays },
        .integer("proposed_days") { $0.line.terms.days }, .text("terms") { $0.line.terms.change.rawValue },
        .text("band") { $0.line.terms.band.rawValue }, .text("rating") { facts.policy.rating($0.chance.probability) },
        .real("default_probability") { tabled($0.chance.probability, 6) },
        .text("chance_from") { $0.chance.isFromAccounts ? "accounts" : "mean" },
        .integer("record_years") { $0.chance.recordYears },
        .integer("record_defaults") { $0.chance.recordDefaults },
        .money("expected_loss") { report.expectedLoss($0.line.limit, $0.line.partner) },
        .money("loss_saved_by_terms") {
          guard let before = report.expectedLoss($0.line.afterDemand, $0.line.partner),
            let after = report.expectedLoss($0.line.needed, $0.line.partner)
          else { return nil }
          return before - after
        }, .money("open") { facts.collections[$0.line.partner]?.open ?? .zero },
        .money("overdue") { facts.collections[$0.line.partner]?.overdue ?? .zero },
        .integer("oldest_overdue_days") { facts.collections[$0.line.partner]?.oldestOverdueDays ?? 0 },
        .period("review_on", form: .day) { row in
          facts.policy.reviewDays[row.line.terms.band].flatMap { facts.today?.advanced(by: $0) }
        }, .real("demand_factor_pct") { percent($0.line.demandFactor) },
        .real("stock_factor_pct") { percent($0.line.stockFactor) },
        .real("value_of_one_more") { tabled($0.given.capPrice, 6) }, .text("held_by") { $0.line.heldBy },
        .money("expected_loss_on_open") { line in
          facts.collections[line.line.partner].flatMap { report.expectedLoss($0.open, line.line.partner) } ?? .zero
        },
      ])
  }

  /// One row for every step that changed a limit, in the order of the steps.
  private var adjustments: Table {
    let rows = facts.lines.flatMap { line in
      CreditSteps.of(line, facts).filter { $0.before != $0.after }.map { (line: line, step: $0) }
    }
    return Table(
      name: "credit_adjust", rows: rows,
      columns: [
        .text("partner_id") { $0.line.partner }, .text("region") { $0.line.region }, .text("rule") { $0.step.rule },
        .text("plan_key") { $0.step.key }, .text("plan_line") { $0.step.place?.description },
        .money("before") { $0.step.before }, .money("after") { $0.step.after }, .text("why") { $0.step.why },
      ])
  }

  private static func table(_ reliability: DefaultReliability) -> Table {
    Table(
      name: "default_reliability", rows: reliability.groups.enumerated(),
      columns: [
        .period("year", form: .year) { _ in .year(reliability.year) }, .integer("group") { $0.offset + 1 },
        .integer("partners") { $0.element.partners }, .real("predicted") { $0.element.predicted },
        .real("observed") { $0.element.observed }, .integer("defaults") { $0.element.defaults },
        .real("brier") { _ in reliability.brier }, .real("brier_of_mean") { _ in reliability.brierOfMean },
        .real("discrimination") { _ in reliability.discrimination },
      ])
  }

  /// Longer terms for partners of growing regions; `stricter_service` for those of mature ones. Amounts are a year's.
  private var extensions: Table {
    let (candidates, extending) = report.extending
    let options = Dictionary(
      zip(candidates.map(\.partner), extending.chosen).map { $0 }, uniquingKeysWith: { first, _ in first })
    func action(_ line: CreditLine) -> String {
      if (options[line.partner]?.extraDays ?? 0) > 0 { return "extend" }
      return facts.maturity[line.region] == "mature" ? "stricter_service" : "keep"
    }
    return Table(
      name: "credit_extension", rows: facts.lines,
      columns: [
        .text("partner_id") { $0.partner }, .text("region") { $0.region },
        .text("maturity") { facts.maturity[$0.region] }, .text("band") { $0.terms.band.rawValue },
        .integer("days") { $0.terms.days }, .text("action", action),
        .integer("extra_days") { options[$0.partner]?.extraDays },
        .money("extra_exposure") { options[$0.partner].flatMap { Money(rounding: $0.exposure) } },
        .money("expected_margin") { options[$0.partner].flatMap { Money(rounding: $0.margin) } },
        .money("expected_loss") { options[$0.partner].flatMap { Money(rounding: $0.expectedLoss) } },
        .money("capital_cost") { options[$0.partner].flatMap { Money(rounding: $0.capitalCost) } },
        .money("gain") { options[$0.partner].flatMap { Money(rounding: $0.gain) } },
        .real("stricter_service_pct") {
          action($0) == "stricter_service" ? facts.settings.extending.matureService.value : .nan
        },
      ])
  }

  /// Cash before delivery at the plan's discount against the terms as decided.
  private var cashTerms: Table {
    let settings = facts.settings
    let policy = CashDiscount(
      discount: settings.cash.discount.value / 100, partnerRate: settings.cash.partnerRate.value / 100,
      lossGivenDefault: settings.lossGivenDefault.value / 100, capitalCost: settings.capitalCost.value / 100)
    let rows = facts.lines.map { line in
      let cash = facts.statements.latest(line.partner)?.cash
      return (
        line: line, sales: CreditReport.sales(line),
        outcome: policy.outcome(
          probability: facts.chance(line.partner).probability, days: line.terms.days,
          canPay: cash.map { $0 >= line.limit })
      )
    }
    return Table(
      name: "cash_terms", rows: rows,
      columns: [
        .text("partner_id") { $0.line.partner }, .integer("days") { $0.line.terms.days },
        .money("sales_per_year") { Money(rounding: $0.sales) },
        .money("cost_of_credit") { Money(rounding: $0.sales * $0.outcome.costOfCredit) },
        .money("cost_of_discount") { Money(rounding: $0.sales * settings.cash.discount.value / 100) },
        .real("most_discount_for_maker_pct") { tabled($0.outcome.costOfCredit * 100, 6) },
        .real("least_discount_for_partner_pct") { tabled($0.outcome.leastForPartner * 100, 6) },
        .real("implied_rate_pct") { tabled($0.outcome.impliedRate * 100, 6) },
        .integer("some_discount_serves_both") { $0.outcome.hasRoom ? 1 : 0 },
        .text("choice") { $0.outcome.choice.rawValue }, .text("why") { $0.outcome.reason },
      ])
  }

  /// The least fund that covers a year's losses with the plan's confidence, raised in proportion to expected losses; the
  /// contributions add up to it exactly.
  private var fund: Table {
    let fund = Money(rounding: report.losses.fund(confidence: facts.settings.fundLevel.value / 100)) ?? .zero
    let weights = facts.lines.map { report.expectedLoss($0.limit, $0.partner)?.double ?? 0 }
    let sum = weights.reduce(0, +)
    return Table(
      name: "emergency_fund",
      rows: zip(facts.lines.indices, RiskSharing.split(fund, by: weights)).map { (index: $0, part: $1) },
      columns: [
        .text("partner_id") { facts.lines[$0.index].partner }, .money("fund") { _ in fund },
        .real("confidence_pct") { _ in facts.settings.fundLevel.value },
        .real("share") { sum > 0 ? tabled(weights[$0.index] / sum, 6) : .nan }, .money("contribution") { $0.part },
      ])
  }

  /// `loss_distribution`: what credit loses in a year over the simulated economies, in bars of money up to the 99.5 %
  /// worst and one bar beyond; `chance_of_more` is the chance of a loss above the bar.
  private var lossDistribution: Table {
    Table(
      name: "loss_distribution", rows: report.losses.bins(40, confidence: 0.995),
      columns: [
        .money("loss_from") { Money(rounding: $0.from) }, .money("loss_to") { Money(rounding: $0.to) },
        .real("share") { tabled($0.share, 6) }, .real("chance_of_more") { tabled($0.chanceOfMore, 6) },
      ])
  }

  /// What slow stock is expected to lose, between the maker and the partner by shareholding; the parts add up exactly.
  private var lossSharing: Table {
    let rate = Percent(tenThousandths: Int64((facts.settings.overstockLoss.value * 10_000).rounded()))
    let rows = facts.members.enumerated().compactMap { index, partner in
      facts.slowStock[partner.id].map { slow in
        let (loss, share) = (rate.of(slow) ?? .zero, facts.shareholding[index])
        return (
          partner: partner.id, slow: slow, loss: loss, share: share,
          parts: share.map { RiskSharing.byShareholding(loss, makerOwns: $0) }
        )
      }
    }
    return Table(
      name: "loss_sharing", rows: rows,
      columns: [
        .text("partner_id") { $0.partner }, .money("slow_stock") { $0.slow }, .money("loss") { $0.loss },
        .real("shareholding_pct") { $0.share.map { percent($0) } ?? .nan },
        .money("maker_part") { $0.parts?.maker }, .money("partner_part") { $0.parts?.partner },
      ])
  }
}
