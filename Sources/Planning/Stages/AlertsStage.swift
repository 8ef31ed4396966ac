import ChannelTypes
public import Partners
import Tables

/// What is out of order: rules of the plan, months outside what was to be expected, breaks.
public struct AlertsStage: Stage {
  public static let name = StageName.alerts
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [.incidents, .inventory, .customers, .orders]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [
    .forecast, .demand, .track, .scores, .stock, .incentives, .probation, .credit,
  ]
  public static let planSections = ["calendar", "alerts", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<AlertResult> {
    throw .skipped(Diagnostic(AlertsCodes.nothing, .note, "the plan has no section `alerts`"))
  }
}
