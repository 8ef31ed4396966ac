import ChannelTypes
public import Partners
import Tables

/// Partners below their baselines: who is warned, what an exit would cost, and who could follow.
///
/// 1. Every indicator of every partner is held to its own baseline, quarter by quarter: the states.
/// 2. For those that are warned or worse: who would take over their sales, best for the network.
/// 3. Their exit, priced before it is decided, and a recommendation.
/// 4. The lists that rest on the same figures: conflicts, bands, removals, renewals.
public struct ProbationStage: Stage {
  public static let name = StageName.probation
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .inventory, .receivables, .contracts, .candidates, .incidents, .budget, .finance, .regions, .products,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.track, .scores, .stock, .incentives, .demand]
  public static let planSections = ["calendar", "probation", "value", "currency", "forecast"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ProbationResult> {
    guard let settings = context.plan.probation else {
      throw .skipped(Diagnostic(ProbationCodes.nothing, .note, "the plan has no section `probation`"))
    }
    guard let history = context.result(of: HistoryStage.self), !history.wholeQuarters.isEmpty else {
      throw .skipped(Diagnostic(ProbationCodes.nothing, .note, "the history holds no whole quarter"))
    }
    let report = try ProbationReport(context, settings, history)
    let result = ProbationResult(
      statuses: report.statuses, exitCases: report.cases, renewals: report.renewals)
    return StageOutput(
      result, tables: report.tables, indicators: report.indicators(currency: context.plan.currency),
      certificates: [
        Certificate(
          problem: "successors", status: "optimal", sense: "maximise", objective: report.succession.objective,
          bound: report.succession.bound, unit: context.plan.currency)
      ], notes: report.notes, traces: report.traces(context))
  }
}
