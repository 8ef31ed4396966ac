import ChannelTypes
public import Partners
import Specifications
import Tables

/// The channel monitor: key figures against the year before and the period before, the funnel, rivals, where demand is,
/// and where prices would make goods leak. It only reports; no other stage rests on it.
public struct MonitorStage: Stage {
  public static let name = StageName.monitor
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [
    .regions, .customers, .orders, .competitors, .marketIndex, .lanes,
  ]
  public static let upstream: [StageName] = [.history]
  public static let planSections = ["calendar", "currency", "inventory.transfer"]

  public struct Result: Sendable {
    public var points: [ChannelMonitor.Point]
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let history = context.result(of: HistoryStage.self) else {
      throw .skipped(Diagnostic(MonitorCodes.nothing, .note, "there is no history of sales"))
    }
    // 1. Key figures.
    let monitor = ChannelMonitor(
      history: history, orders: context.table(.orders), customers: context.table(.customers))
    let points = monitor.points()
    guard !points.isEmpty else {
      throw .skipped(Diagnostic(MonitorCodes.nothing, .note, "the history holds no whole month"))
    }
    // 2. What else the tables say of the channel.
    var notes: [Diagnostic] = []
    var tables = [
      MonitorTables.definitions(points, currency: context.plan.currency),
      MonitorTables.series(points, currency: context.plan.currency, holidays: context.plan.calendar.holidays),
      MonitorTables.funnel(
        SalesFunnel(
          customers: context.table(.customers), orders: context.table(.orders), until: history.nextMonth)),
    ]
    if let competitors = context.table(.competitors) {
      let shares = RivalShares(
        history: history, competitors: competitors, regions: context.table(.regions),
        marketIndex: context.table(.marketIndex))
      tables.append(MonitorTables.rivals(shares))
      notes += Self.notes(shares)
    }
    if let regions = context.table(.regions) {
      tables.append(MonitorTables.areas(DemandAreas(history: history, regions: regions)))
    }
    if let sales = context.table(.sales) {
      let gaps = PriceGaps(
        sales: sales, lanes: context.table(.lanes),
        regionOf: { history.index(of: $0).map { history.partners[$0].region } }, until: history.nextMonth,
        freight: context.plan.inventory.transfer.costPerUnit.value.double)
      tables.append(MonitorTables.gaps(gaps))
    }
    let filled = tables.filter { $0.rowCount > 0 }
    return StageOutput(
      Result(points: points), tables: filled,
      indicators: Self.indicators(points, currency: context.plan.currency), notes: notes)
  }

  private static func notes(_ shares: RivalShares) -> [Diagnostic] {
    if shares.differing > 0 {
      return [
        Diagnostic(
          MonitorCodes.differentMarkets, .warning,
          "shares add up to more than the market in \(shares.differing) of the regions and quarters")
      ]
    }
    let own = shares.lines.filter { $0.rival == nil }
    guard !own.isEmpty, own.allSatisfy({ $0.share.isNaN }) else { return [] }
    return [Diagnostic(MonitorCodes.ownShareUnknown, .note, "rivals' shares stand alone: our own is not known")]
  }

  /// The last whole quarter of the network against the year before.
  private static func indicators(_ points: [ChannelMonitor.Point], currency: String) -> [Indicator] {
    func last(_ kpi: ChannelKPI) -> ChannelMonitor.Point? {
      points.last { $0.kpi == kpi && $0.scope == .network && $0.period.form == .quarter }
    }
    var indicators: [Indicator] = []
    if let sales = last(.sales) {
      indicators.append(
        Indicator("sales_last_quarter", "Sales of \(sales.period)", sales.value, unit: currency, better: .higher))
      if sales.yearOnYear.isFinite {
        indicators.append(
          Indicator(
            "sales_year_on_year", "Sales of \(sales.period) against the year before", sales.yearOnYear, unit: "share",
            better: .higher))
      }
    }
    if let active = last(.activePartners) {
      indicators.append(
        Indicator("active_partners", "Partners active in \(active.period)", active.value, unit: "partners"))
    }
    return indicators
  }
}
