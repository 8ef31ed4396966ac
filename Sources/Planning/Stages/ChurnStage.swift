import ChannelTypes
public import Churn
import Probability
import Regression
import Specifications
import Tables

/// Who of the partners and end customers is likely to leave, why, and what is at stake.
public struct ChurnStage: Stage {
  public static let name = StageName.churn
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [
    .sales, .partners, .products, .customers, .incidents, .deliveries,
  ]
  public static let planSections = ["calendar", "churn", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ChurnResult> {
    let settings = context.plan.churn
    let calendar = context.plan.calendar
    // 1. What happened, from the tables that are there.
    let history = context.table(.sales).flatMap { sales in
      PartnerHistory(
        .init(
          sales: sales, partners: context.table(.partners), products: context.table(.products),
          incidents: context.table(.incidents), deliveries: context.table(.deliveries)),
        frequency: calendar.frequency, historyFrom: calendar.historyFrom?.value, until: calendar.start?.value)
    }
    let customers = context.table(.customers).flatMap { CustomerHistory($0, partners: history) }
    guard history != nil || customers != nil else {
      throw .skipped(Diagnostic(ChurnCodes.noTables, .note, "neither sales nor customers are there to see churn in"))
    }
    // 2. A model for each kind that the data support.
    var notes: [Diagnostic] = []
    let seed = context.seed ^ RandomStream.key("churn")
    let partnerEstimate = history.flatMap { history in
      estimate(&notes) { () throws(ChurnError) in
        try context.kept("partners") { () throws(ChurnError) in
          try PartnerChurn(horizon: settings.horizon, inactivePeriods: settings.partnerInactivePeriods)
            .fit(history, seed: seed)
        }
      }
    }
    context.progress(1, of: 3)
    let customerEstimate = customers.flatMap { customers in
      estimate(&notes) { () throws(ChurnError) in
        try context.kept("customers") { () throws(ChurnError) in
          try CustomerChurn(horizon: settings.horizon)
            .fit(customers, inactivePeriods: settings.partnerInactivePeriods, seed: seed)
        }
      }
    }
    context.progress(2, of: 3)
    // 3. What customers are worth, and where acting pays.
    let estimates = [partnerEstimate, customerEstimate].compactMap { $0 }
    let frequency = customers?.frequency ?? calendar.frequency
    let valuation = CustomerValuation(
      discountPerYear: settings.discount.fraction, periods: max(1, settings.valueMonths * frequency.periodsPerYear / 12)
    )
    let result = ChurnResult(
      partners: partnerEstimate, customers: customerEstimate, values: customers.map { valuation.value($0) },
      segments: customers.map { PurchaseSegments().assign($0) } ?? [],
      cohorts: customers.map { RetentionCohort.triangle($0) } ?? [],
      proposals: InterventionProposal.ranked(estimates, Self.interventions(settings)))
    guard !result.estimates.isEmpty else {
      throw .skipped(notes.first ?? Diagnostic(ChurnCodes.unsupported, .note, "the data do not support a churn model"))
    }
    if partnerEstimate != nil, context.table(.products)?.hasColumn("margin") != true {
      notes.append(Diagnostic(ChurnCodes.noMargin, .note, "the value of partners is their sales, not their margin"))
    }
    notes += result.estimates.map(Self.fitNote)
    notes += Self.valueNotes(result, settings)
    return StageOutput(
      result, tables: ChurnTables.all(result, settings, calendarStart: customers?.firstPeriod),
      indicators: Self.indicators(result, context.plan.currency), notes: notes)
  }

  /// Those of the plan, or the built-in ones.
  private static func interventions(_ settings: ChurnSettings) -> [Intervention] {
    guard !settings.interventions.isEmpty else { return Intervention.standard }
    return settings.interventions.map { item in
      Intervention(
        name: item.name, cost: item.cost.double, effect: item.saves,
        kind: item.appliesTo == .partner ? .partner : .customer)
    }
  }

  private static func valueNotes(_ result: ChurnResult, _ settings: ChurnSettings) -> [Diagnostic] {
    let source = settings.interventions.isEmpty ? "built in: give your own under churn.interventions" : "of the plan"
    let assumed = Set(result.proposals.map(\.intervention)).sorted { $0.name < $1.name }.map {
      "`\($0.name)` is assumed to keep \(Int(($0.effect * 100).rounded())) % of the \($0.kind.rawValue)s about to leave, "
        + "at a cost of \($0.cost.written) each"
    }
    var notes = [
      Diagnostic(
        ChurnCodes.interventions, .note,
        "\(result.proposals.count) interventions save more than they cost, if their effects are as assumed (\(source))",
        notes: assumed)
    ]
    if let values = result.values, !values.remarks.isEmpty {
      notes.append(Diagnostic(ChurnCodes.value, .note, "not every customer is valued", notes: values.remarks))
    }
    return notes
  }

  /// The estimate, or nil with a note that says why there is none.
  private func estimate(
    _ notes: inout [Diagnostic], _ fit: () throws(ChurnError) -> ChurnEstimate
  ) -> ChurnEstimate? {
    do throws(ChurnError) { return try fit() } catch {
      notes.append(Diagnostic(ChurnCodes.unsupported, .note, error.description, hint: error.hint))
      return nil
    }
  }

  private static func fitNote(_ estimate: ChurnEstimate) -> Diagnostic {
    let rows = estimate.calibration?.rows ?? 0
    var notes = estimate.remarks
    notes += estimate.dropped.map { "left out because others say the same: \($0)" }
    return Diagnostic(
      ChurnCodes.fit, .note,
      "churn of \(estimate.kind.rawValue)s rests on \(estimate.departures) departures in \(rows) rows, penalty "
        + "\(estimate.ridge.written)", notes: notes)
  }

  private static func indicators(_ result: ChurnResult, _ currency: String) -> [Indicator] {
    result.estimates.flatMap { estimate in
      let kind = estimate.kind.rawValue
      let atRisk = estimate.subjects.reduce(0) { $0 + $1.valueAtRisk }
      return [
        Indicator(
          "\(kind)_value_at_risk", "Margin at risk from \(kind)s that may leave", atRisk,
          unit: currency, better: .lower),
        Indicator(
          "\(kind)_expected_departures", "Expected departures of \(kind)s within \(estimate.horizon) periods",
          estimate.subjects.reduce(0) { $0 + $1.probability }, unit: "\(kind)s", better: .lower),
      ]
    }
  }
}
