import ChannelTypes
public import Partners
import Tables

/// What the incentive rules pay every partner: earned, settled, payable, and expected.
public struct IncentivesStage: Stage {
  public static let name = StageName.incentives
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [.incentiveLedger, .products, .priceBook]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.demand, .track, .stock, .awards]
  public static let planSections = ["calendar", "incentives", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<IncentiveResult> {
    throw .skipped(Diagnostic(IncentivesCodes.nothing, .note, "the plan has no section `incentives`"))
  }
}
