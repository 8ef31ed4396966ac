import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables

/// Everything that is derived from the limits: risk, stress, concentration, longer terms, discounts, the fund.
struct CreditReport: Sendable {
  let facts: CreditFacts
  let solution: CreditSolution
  let sheet: RatioSheet
  let losses: CreditLosses
  let extending: (candidates: [TermExtension.Candidate], extension: TermExtension)
  let outcome: CreditOutcome
  let reliability: DefaultReliability?
  /// All published limits.
  let total: Money
  /// Published lines by member; nil for a partner without a limit.
  let lineOf: [Int?]

  init(facts: CreditFacts, solution: CreditSolution, seed: UInt64) {
    self.facts = facts
    self.solution = solution
    let settings = facts.settings
    let lossGivenDefault = settings.lossGivenDefault.value / 100
    var lineOf = [Int?](repeating: nil, count: facts.members.count)
    for (index, line) in facts.lines.enumerated() { facts.index(of: line.partner).map { lineOf[$0] = index } }
    self.lineOf = lineOf
    let total = facts.lines.map(\.limit).total()
    self.total = total
    sheet = Self.sheet(facts)
    losses = CreditLosses(
      facts.lines.map {
        .init(
          $0.partner, loss: $0.limit.double * lossGivenDefault, probability: facts.chance($0.partner).probability)
      }, correlation: settings.correlation.value, seed: seed)
    extending = Self.extending(facts, total)
    reliability = DefaultReliability(facts.observations)
    outcome = CreditOutcome(
      facts.members.indices.map { index in
        let (partner, chance) = (facts.members[index], facts.chances[index])
        let line = lineOf[index].map { facts.lines[$0] }
        let loss = (line?.limit ?? .zero).double * lossGivenDefault
        return CreditOutcome.Assessed(
          partner: partner.id, region: partner.region, chance: chance, band: facts.policy.band(chance.probability),
          rating: facts.policy.rating(chance.probability), line: line,
          cell: settings.matrix.cell(
            probability: chance.probability, lossShare: total > .zero ? loss / total.double : 0))
      })
  }

  var stress: CreditStress {
    let settings = facts.settings.stress
    return CreditStress(variableCostShare: settings.variableCost.value / 100, months: settings.months.value)
  }

  /// p · g · exposure, to the cent.
  func expectedLoss(_ exposure: Money, _ partner: String) -> Money? {
    let rate = facts.chance(partner).probability * facts.settings.lossGivenDefault.value / 100
    return Money(rounding: exposure.double * rate)
  }

  /// Sales a year that a line carries.
  static func sales(_ line: CreditLine) -> Double {
    line.terms.days > 0
      ? line.limit.double * 365 / Double(line.terms.days)
      : line.afterDemand.double * 365 / Double(line.terms.presentDays)
  }

  private static func sheet(_ facts: CreditFacts) -> RatioSheet {
    let settings = facts.settings.stress
    let stress = CreditStress(variableCostShare: settings.variableCost.value / 100, months: settings.months.value)
    let shock = settings.shocks.first?.value
    // Only years that the history covers whole can be held against a year's accounts.
    var months: [Int: Range<Int>] = [:]
    if let history = facts.history, let last = history.month(max(0, history.monthCount - 1)).containing(.year) {
      for year in last.ordinal - 3...last.ordinal {
        let range = history.months(in: .year(year))
        if range.count == 12 { months[year] = range }
      }
    }
    let indices = facts.members.map { facts.history?.index(of: $0.id) }
    return RatioSheet(
      partners: facts.members, statements: facts.statements, collections: facts.collections,
      benchmarks: Dictionary(
        facts.settings.benchmarks.map { ($0.ratio, .value($0.value.value)) }, uniquingKeysWith: { first, _ in first }),
      bought: { index, year in
        guard let range = months[year], let place = indices[index] else { return nil }
        return facts.history?.revenue(partner: place, months: range)
      },
      runway: { index, year in
        guard let shock, let own = facts.statements.statement(facts.members[index].id, year: year) else { return .nan }
        return stress.outcome(own, shock)?.runwayMonths ?? .nan
      })
  }

  private static func extending(
    _ facts: CreditFacts, _ total: Money
  ) -> (candidates: [TermExtension.Candidate], extension: TermExtension) {
    let settings = facts.settings
    let policy = TermExtension.Policy(
      steps: settings.extending.days.map(\.value), lift: settings.extending.salesLift.value / 100,
      margin: settings.margin.value / 100, lossGivenDefault: settings.lossGivenDefault.value / 100,
      capitalCost: settings.capitalCost.value / 100, limit: total.double * settings.extending.exposure.value / 100)
    let candidates = facts.lines.compactMap { line -> TermExtension.Candidate? in
      guard settings.extending.bands.contains(line.terms.band), line.terms.days > 0, line.limit > .zero,
        settings.extending.maturities.contains(facts.maturity[line.region] ?? "")
      else { return nil }
      return TermExtension.Candidate(
        line.partner, sales: sales(line), days: line.terms.days, probability: facts.chance(line.partner).probability)
    }
    return (candidates, TermExtension(candidates, policy))
  }

  func indicators(currency: String) -> [Indicator] {
    let level = facts.settings.level.value / 100
    let expected = facts.lines.reduce(0.0) {
      $0 + $1.limit.double * facts.chance($1.partner).probability * facts.settings.lossGivenDefault.value / 100
    }
    var indicators = [
      Indicator("credit_limits", "Credit limits together", total.double, unit: currency),
      Indicator(
        "credit_expected_loss", "Expected loss on credit in a year", expected, unit: currency, better: .lower,
        draws: losses.draws),
      Indicator(
        "credit_open_expected_loss", "Expected loss on what is owed today",
        facts.lines.reduce(0.0) { sum, line in
          sum + (facts.collections[line.partner].flatMap { expectedLoss($0.open, line.partner) }?.double ?? 0)
        }, unit: currency, better: .lower),
      Indicator(
        "credit_tail_loss", "Mean loss of the worst outcomes in a year", losses.expectedShortfall(confidence: level),
        unit: currency, better: .lower),
      Indicator(
        "credit_fund", "Emergency fund that covers a year's credit losses",
        losses.fund(confidence: facts.settings.fundLevel.value / 100), unit: currency, better: .lower),
    ]
    if !extending.candidates.isEmpty {
      indicators.append(
        Indicator(
          "credit_extension_gain", "Gain of longer terms a year", extending.extension.gain, unit: currency,
          better: .higher))
    }
    if let reliability, reliability.discrimination.isFinite {
      indicators.append(
        Indicator(
          "credit_default_discrimination", "Chance that a default was ranked above a payer, held-out year",
          reliability.discrimination, unit: "share", better: .higher))
    }
    return indicators
  }
}
