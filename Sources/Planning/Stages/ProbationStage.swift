import ChannelTypes
public import Partners
import Tables

/// Partners below their baselines: who is warned, what an exit would cost, and who could follow.
public struct ProbationStage: Stage {
  public static let name = StageName.probation
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .inventory, .receivables, .contracts, .candidates, .incidents, .budget, .finance, .regions,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.track, .scores, .stock, .incentives, .demand]
  public static let planSections = ["calendar", "probation", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ProbationResult> {
    throw .skipped(Diagnostic(ProbationCodes.nothing, .note, "the plan has no section `probation`"))
  }
}
