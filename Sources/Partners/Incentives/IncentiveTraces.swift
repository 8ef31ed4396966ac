import ChannelTypes
public import Tables

/// The arithmetic behind payouts and accruals, made when it is asked for.
///
/// A payout's trace adds up to what is payable: the parts of the entitlement, the change that each link makes, what was
/// lost or won by rounding to the cent, what other rules' payouts cover, what the ledger has settled. Parts before the
/// end are shown to four decimals; they are differences of the running total, so that they add up.
public struct IncentiveTraces: Sendable {
  private let inputs: IncentiveInputs
  private let settled: [IncentiveSettlement.Line]
  private let accruals: [[IncentiveForecast.Line]]
  private let currency: String
  private let salesPlace: @Sendable (Int) -> SourcePlace?
  private let ledgerPlace: @Sendable (Int) -> SourcePlace?

  /// - Parameters:
  ///   - settled: the published lines of the settlement.
  ///   - accruals: expected lines by partner and period.
  ///   - salesPlace: where a row of the sales table stands; `ledgerPlace` likewise.
  public init(
    _ inputs: IncentiveInputs, settled: [IncentiveSettlement.Line], accruals: [[IncentiveForecast.Line]],
    currency: String, salesPlace: @escaping @Sendable (Int) -> SourcePlace?,
    ledgerPlace: @escaping @Sendable (Int) -> SourcePlace?
  ) {
    self.inputs = inputs
    self.settled = settled
    self.accruals = accruals
    self.currency = currency
    self.salesPlace = salesPlace
    self.ledgerPlace = ledgerPlace
  }

  public var book: TraceBook {
    TraceBook(count: settled.count + accruals.count) { index in
      index < settled.count ? payout(settled[index]) : accrual(accruals[index - settled.count])
    }
  }

  private func subject(_ partner: Int) -> String { "partner:" + inputs.history.partners[partner].id }

  // MARK: Payouts

  private func payout(_ line: IncentiveSettlement.Line) -> Trace {
    let version = inputs.rules.versions[line.version]
    let facts = inputs.facts(version, partner: line.partner, period: line.period, basis: line.basis)
    var total = RunningTotal()
    var steps = [basisStep(line, version)]
    if let target = facts.target {
      steps.append(
        Trace.Step("target", target.grouped, from: [.result(table: "attainment", condition: condition(line))]))
    }
    if line.isClosed {
      let amount = total.add(ExactAmount(line.earned))
      steps.append(Trace.Step("closed", "settled before", amount: .money(amount)))
    } else {
      for part in version.formula.contributions(facts) {
        steps.append(step(part, version, amount: total.add(part.amount)))
      }
      steps += linkSteps(line, version, facts, &total)
    }
    if line.kept != .zero {
      steps.append(
        Trace.Step("kept", "what was paid within the year is not taken back", amount: .money(line.kept)))
    }
    if line.netted != .zero {
      steps.append(
        Trace.Step(
          "paid within the year", version.nets.joined(separator: ", "), amount: .money(-line.netted),
          from: [.result(table: "payouts", condition: condition(line))]))
    }
    if line.booked != .zero || line.entries > 0 {
      let rows = Trace.Source.rows(
        table: "incentive_ledger",
        condition: "partner_id = \(inputs.history.partners[line.partner].id), kind = \(version.ledgerKind), "
          + "period = \(line.period)", count: line.entries, first: line.firstEntry.flatMap(ledgerPlace))
      steps.append(Trace.Step("already settled", amount: .money(-line.booked), from: [rows]))
    }
    return Trace(
      subject(line.partner), "\(version.traceName):\(line.period)", "\(version.name) of \(line.period), payable",
      .money(line.payable), unit: currency, steps: steps)
  }

  private func condition(_ line: IncentiveSettlement.Line) -> String {
    "partner_id = \(inputs.history.partners[line.partner].id), period in \(line.period)"
  }

  private func basisStep(_ line: IncentiveSettlement.Line, _ version: IncentiveRule) -> Trace.Step {
    let history = inputs.history
    let months = history.months(in: line.period)
    let rows = history.rows(partner: line.partner, months: months)
    let span = months.isEmpty ? "" : "\(history.month(months.lowerBound))..\(history.month(months.upperBound - 1))"
    var sources = [
      Trace.Source.rows(
        table: "sales", condition: "partner_id = \(history.partners[line.partner].id), period = \(span)",
        count: rows.count, first: rows.first.flatMap(salesPlace))
    ]
    sources += version.multipliers.map {
      .plan(key: "incentives.\(version.name).multipliers.\($0.scope.rawValue).\($0.id)", place: $0.place)
    }
    let detail = "\(line.basis.grouped), sum of \(rows.count) rows of sales"
    return Trace.Step("sales basis", detail + (version.multipliers.isEmpty ? "" : ", weighted"), from: sources)
  }

  private func step(_ part: Contribution, _ version: IncentiveRule, amount: Money) -> Trace.Step {
    let place = part.place.flatMap { version.places.indices.contains($0) ? version.places[$0] : nil }
    var sources = [Trace.Source.plan(key: "incentives." + version.name, place: place ?? version.place)]
    if case .grade = version.formula { sources.append(.result(table: "grades", condition: "the partner's grade")) }
    return Trace.Step(part.label, part.detail, amount: .money(amount), from: sources)
  }

  private func linkSteps(
    _ line: IncentiveSettlement.Line, _ version: IncentiveRule, _ facts: IncentiveFacts, _ total: inout RunningTotal
  ) -> [Trace.Step] {
    var steps: [Trace.Step] = []
    if let adjustment = line.links.adjustment, line.links.reward != Percent(100) {
      steps.append(
        Trace.Step(
          "reward coefficient", "× \(line.links.reward) %, \(adjustment.region) \(adjustment.quarter)",
          amount: .money(total.multiply(by: line.links.reward)),
          from: [.plan(key: "targets.elastic", place: adjustment.place)]))
    }
    if line.links.turnover != Percent(100) {
      let days = line.links.turnoverDays.map { ", \($0) days of stock" } ?? ""
      steps.append(
        Trace.Step(
          "turnover link", "× \(line.links.turnover) %" + days,
          amount: .money(total.multiply(by: line.links.turnover)),
          from: [.plan(key: "inventory.links", place: nil)]))
    }
    let rounding = total.finish()
    if rounding != .zero { steps.append(Trace.Step("rounded to the cent", amount: .money(rounding))) }
    return steps
  }

  // MARK: Accruals

  private func accrual(_ lines: [IncentiveForecast.Line]) -> Trace {
    let first = lines[0]
    var steps: [Trace.Step] = []
    for line in lines {
      let version = inputs.rules.versions[line.version]
      let tiers = line.chances.enumerated().map { "tier \($0 + 1) \(percent($1))" }.joined(separator: ", ")
      steps.append(
        Trace.Step(
          version.name,
          "mean over draws; expected sales \(line.expectedSales.grouped)"
            + (tiers.isEmpty ? "" : "; chance of " + tiers)
            + (line.links.reward == Percent(100) ? "" : "; × \(line.links.reward) %")
            + (line.links.turnover == Percent(100) ? "" : "; × \(line.links.turnover) %"),
          amount: .money(line.expected),
          from: [.plan(key: "incentives." + version.name, place: version.place)]))
      if line.netted != .zero {
        steps.append(
          Trace.Step(
            "paid within the year", version.nets.joined(separator: ", "), amount: .money(-line.netted)))
      }
    }
    return Trace(
      subject(first.partner), "accrual:\(first.period)", "Incentives expected in \(first.period)",
      .money(lines.map(\.accrual).total()), unit: currency, steps: steps)
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

/// A sum on its way to a payout: every step's amount is a difference of totals shown to four decimals.
private struct RunningTotal {
  private var exact = ExactAmount.zero
  private var shown = Money.zero

  mutating func add(_ amount: ExactAmount) -> Money {
    exact = exact + amount
    return step(decimals: 4)
  }

  mutating func multiply(by factor: Percent) -> Money {
    exact = exact.times(factor)
    return step(decimals: 4)
  }

  /// What rounding to the cent changes.
  mutating func finish() -> Money { step(decimals: 2) }

  private mutating func step(decimals: Int) -> Money {
    let total = exact.rounded(decimals: decimals)
    defer { shown = total }
    return total - shown
  }
}
