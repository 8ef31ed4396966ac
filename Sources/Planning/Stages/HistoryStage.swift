import ChannelTypes
public import Partners
import Specifications
import Tables

/// What every partner bought and sold by month: read once, with control totals, for the stages that rest on it.
public struct HistoryStage: Stage {
  public static let name = StageName.history
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [.partners]
  public static let planSections = ["calendar"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ChannelHistory> {
    let calendar = context.plan.calendar
    guard let sales = context.table(.sales),
      let history = ChannelHistory(
        sales: sales, partners: context.table(.partners), historyFrom: calendar.historyFrom?.value,
        until: calendar.start?.value)
    else {
      throw .skipped(Diagnostic(HistoryCodes.noHistory, .note, "no month before the plan has sales of a partner"))
    }
    return StageOutput(history, tables: [])
  }
}
