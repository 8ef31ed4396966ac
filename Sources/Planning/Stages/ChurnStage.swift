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
        try PartnerChurn(horizon: settings.horizon, inactivePeriods: settings.partnerInactivePeriods)
          .fit(history, seed: seed)
      }
    }
    let customerEstimate = customers.flatMap { customers in
      estimate(&notes) { () throws(ChurnError) in
        try CustomerChurn(horizon: settings.horizon)
          .fit(customers, inactivePeriods: settings.partnerInactivePeriods, seed: seed)
      }
    }
    let result = ChurnResult(partners: partnerEstimate, customers: customerEstimate)
    guard !result.estimates.isEmpty else {
      throw .skipped(notes.first ?? Diagnostic(ChurnCodes.unsupported, .note, "the data do not support a churn model"))
    }
    if partnerEstimate != nil, context.table(.products)?.hasColumn("margin") != true {
      notes.append(Diagnostic(ChurnCodes.noMargin, .note, "the value of partners is their sales, not their margin"))
    }
    notes += result.estimates.map(Self.fitNote)
    return StageOutput(
      result, tables: ChurnTables.all(result), indicators: Self.indicators(result, context.plan.currency), notes: notes)
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
