import ChannelTypes
public import Partners
import Tables

/// Grades, points, first orders, contests, loyalty: rewards that are not paid by a table of tiers.
public struct AwardsStage: Stage {
  public static let name = StageName.awards
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .customers, .products, .incentiveLedger, .incidents, .regions, .orders,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.track, .scores]
  public static let planSections = ["calendar", "incentives", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<AwardsResult> {
    throw .skipped(Diagnostic(AwardsCodes.nothing, .note, "the plan has no section `incentives`"))
  }
}
