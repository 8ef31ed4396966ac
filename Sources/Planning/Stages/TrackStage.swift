import ChannelTypes
public import Partners
import Tables

/// Targets against what is sold and will be sold, and targets moved with the market.
public struct TrackStage: Stage {
  public static let name = StageName.track
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [.targets, .marketIndex, .orders, .staff]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.targets, .demand]
  public static let planSections = ["calendar", "targets", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<TrackingResult> {
    throw .skipped(Diagnostic(TrackCodes.nothing, .note, "the plan has no section `tracking`"))
  }
}
