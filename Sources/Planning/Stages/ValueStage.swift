import ChannelTypes
import Churn
public import Partners
import Specifications
import Tables

/// What partners and customers are worth keeping and winning: lifetime values against risk, dormancy, the next product,
/// where potential lies, and which interventions are worth their cost.
public struct ValueStage: Stage {
  public static let name = StageName.value
  public static let requiredTables: [InputTable] = []
  public static let optionalTables: [InputTable] = [.sales, .products, .regions, .customers]
  public static let upstream: [StageName] = [.churn]
  public static let optionalUpstream: [StageName] = [.history]
  public static let planSections = ["calendar", "churn", "value", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ValueResult> {
    guard let churn = context.result(of: ChurnStage.self) else {
      throw .skipped(Diagnostic(ValueCodes.nothing, .note, "there is no model of churn"))
    }
    // 1. Who is there, how likely each leaves, and what each is worth.
    let subjects = Self.subjects(churn, context.plan.churn)
    // 2. What is worth doing about it.
    let result = ValueResult(subjects: subjects, proposals: churn.proposals.map(Self.proposal))
    // 3. What the history of partners says: life, silence, the next product, potential.
    var tables = [
      RetentionTables.quadrants(result), RetentionTables.lifetimes(result, churn, context.table(.customers)),
    ]
    tables += [RetentionTables.plan(result)]
    var notes: [Diagnostic] = []
    let history = context.result(of: HistoryStage.self)
    if let history {
      let report = PartnerValueTables(history, result, churn, context.plan)
      tables += report.tables
    }
    let baskets = context.table(.sales).flatMap { CrossSellTables(context, $0) }
    if let baskets, !baskets.table.columns.isEmpty { tables.append(baskets.table) }
    if baskets?.table.rowCount ?? 0 == 0 {
      notes.append(Diagnostic(ValueCodes.noBaskets, .note, "no cross-selling is proposed"))
    }
    let potential = PotentialTables(context, history)
    tables.append(potential.table)
    if !potential.hasAreas {
      notes.append(Diagnostic(ValueCodes.noPotential, .note, "the potential of places is not known"))
    }
    let filled = tables.filter { $0.rowCount > 0 }
    return StageOutput(
      result, tables: filled, indicators: Self.indicators(result, context.plan.currency),
      notes: notes, traces: ValueTraces(result, currency: context.plan.currency, context.plan.churn).book)
  }

  /// Partners as the churn model rates them, their survival held at its hazard; customers with their lifetime values.
  static func subjects(_ churn: ChurnResult, _ settings: ChurnSettings) -> [ValueSubject] {
    let values = Dictionary(
      (churn.values?.customers ?? []).map { ($0.id, $0.estimate) }, uniquingKeysWith: { first, _ in first })
    let rate = LifetimeValue.periodRate(yearly: settings.discount.fraction, periodsPerYear: 12)
    return churn.estimates.flatMap { estimate in
      estimate.subjects.map { subject in
        let known =
          estimate.kind == .customer
          ? values[subject.id] : Self.lifetime(subject, estimate.horizon, settings.valueMonths, rate)
        return ValueSubject(
          estimate.kind == .partner ? .partner : .customer, id: subject.id, partner: subject.partner,
          region: subject.region, left: subject.left, yearlyValue: subject.value, lifetime: known?.lifetime ?? .nan,
          lifetimeValue: known?.value ?? .nan, valueOfOneMorePeriod: known?.valueOfOneMorePeriod ?? .nan)
      }
    }
  }

  /// Survival goes on after the horizon as it was on average within it.
  private static func lifetime(
    _ subject: ChurnEstimate.Subject, _ horizon: Int, _ months: Int, _ rate: Double
  ) -> LifetimeValue.Estimate {
    let stays = horizonRoot(1 - min(1, max(0, subject.probability)), horizon)
    var share = 1.0
    let survival = (0..<months).map { month -> Double in
      share = month < subject.left.count ? 1 - subject.left[month] : share * stays
      return share
    }
    return LifetimeValue.fromSurvival(survival, margin: subject.value / 12, discountPerPeriod: rate)
  }

  private static func horizonRoot(_ share: Double, _ horizon: Int) -> Double {
    // share^(1 / horizon), from the rate that compounds to it.
    1 + LifetimeValue.periodRate(yearly: max(share, 1e-12) - 1, periodsPerYear: max(1, horizon))
  }

  private static func proposal(_ proposal: InterventionProposal) -> RetentionProposal {
    let subject = proposal.subject
    return RetentionProposal(
      name: proposal.intervention.name, kind: proposal.kind == .partner ? .partner : .customer, id: subject.id,
      partner: subject.partner, region: subject.region, cost: Money(rounding: proposal.intervention.cost) ?? .zero,
      expectedSaved: Money(rounding: subject.valueAtRisk * proposal.intervention.effect) ?? .zero,
      effect: proposal.intervention.effect, valueAtRisk: Money(rounding: subject.valueAtRisk) ?? .zero)
  }

  private static func indicators(_ result: ValueResult, _ currency: String) -> [Indicator] {
    let (cost, saved) = result.retention
    return [
      Indicator(
        "retention_cost", "Cost of all interventions that save more than they cost", cost.double, unit: currency),
      Indicator(
        "retention_saved", "Value that interventions are expected to save", saved.double, unit: currency,
        better: .higher),
    ]
  }
}
