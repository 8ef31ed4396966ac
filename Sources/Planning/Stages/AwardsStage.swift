import ChannelTypes
public import Partners
import Tables

/// Grades, points, first orders, contests, loyalty: rewards that are not paid by a table of tiers.
///
/// Tables: `partner_grades`, `grade_path`, `points`, `points_outlook`, `first_orders`, `star_dealers`,
/// `priority_supply`, `support_tiers`, `awards`, `fairness`; one is left out where the plan has no rule for it.
public struct AwardsStage: Stage {
  public static let name = StageName.awards
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [.customers, .products, .incentiveLedger, .targets]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.demand, .track, .scores]
  public static let planSections = ["calendar", "incentives", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<AwardsResult> {
    guard let settings = context.plan.incentives?.recognition, !settings.rules.isEmpty else {
      throw .skipped(
        Diagnostic(AwardsCodes.nothing, .note, "the section `incentives` of the plan has no grades, points or awards"))
    }
    guard let history = context.result(of: HistoryStage.self) else {
      throw .skipped(Diagnostic(AwardsCodes.nothing, .note, "there are no months of sales"))
    }
    // 1. What the rules look at.
    let inputs = AwardsInputs(context, history, settings.rules)
    // 2. What partners earned.
    let recognition = Recognition(settings.rules, inputs.recognition)
    // 3. Tables, and the arithmetic behind them.
    let tables = AwardsTables(recognition, paid: inputs.paid(in: recognition.year))
    return StageOutput(
      recognition.result, tables: tables.all, indicators: tables.indicators(currency: context.plan.currency),
      notes: inputs.notes(recognition, settings),
      traces: RecognitionTraces(recognition, inputs.evidence(recognition, settings)).book)
  }
}
