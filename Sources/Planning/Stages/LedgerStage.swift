import Allocation
import ChannelTypes
import Demand
import Partners
import Specifications
import Tables

/// What the run promises for planned periods, and what the tables say came true in past ones: two tables of the same
/// form, so that a frozen run can later be held against what happened.
public struct LedgerStage: Stage {
  public static let name = StageName.ledger
  public static let requiredTables: [InputTable] = [.sales]
  public static let optionalTables: [InputTable] = [
    .partners, .budget, .incentiveLedger, .incidents, .competitors, .inventory,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.demand, .targets, .track, .budget, .incentives]
  public static let planSections = ["calendar", "currency"]

  public struct Result: Sendable {
    public let promised: [LedgerEntry]
    /// Put together when first asked for: no what-if moves it.
    public var realised: [LedgerEntry] { deferred.value }
    private let deferred: Deferred<[LedgerEntry]>

    fileprivate init(promised: [LedgerEntry], realised: @escaping @Sendable () -> [LedgerEntry]) {
      self.promised = promised
      deferred = Deferred(realised)
    }
  }

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Result> {
    guard let history = context.result(of: HistoryStage.self) else {
      throw .skipped(Diagnostic(HistoryCodes.noHistory, .note, "there is no history"))
    }
    let promised = Promises(context, history).entries
    let result = Result(promised: promised) { Realisations(context, history).entries }
    return StageOutput(
      result, tables: [LedgerEntry.table("promises", promised), LedgerEntry.table("realised", result.realised)])
  }
}

/// What a run says of planned periods.
private struct Promises {
  private(set) var entries: [LedgerEntry] = []

  init(_ context: StageContext, _ history: ChannelHistory) {
    if let demand = context.result(of: DemandStage.self) { add(demand, context.plan.forecast.measure) }
    if let targets = context.result(of: TargetsStage.self)?.solution {
      add(targets, context.result(of: TrackStage.self))
    }
    if let budget = context.result(of: BudgetStage.self)?.solution { add(budget, context, history) }
    if let incentives = context.result(of: IncentivesStage.self) { add(incentives, history) }
  }

  /// Expected demand by region and period.
  private mutating func add(_ demand: ForecastResult, _ measure: Measure) {
    let measured: LedgerEntry.Measure
    switch measure {
    case .sellOutQuantity: measured = .sellOutUnits
    case .sellInQuantity: measured = .sellInUnits
    case .sellInValue: measured = .revenue
    case .sellOutValue: return
    }
    var sums = [Int64](repeating: 0, count: demand.panel.regions.count * demand.horizon)
    for (index, key) in demand.panel.series.enumerated() {
      for step in 0..<demand.horizon {
        sums[key.region * demand.horizon + step] += demand.meanThousandths[index * demand.horizon + step]
      }
    }
    for (region, name) in demand.panel.regions.enumerated() {
      for step in 0..<demand.horizon {
        let amount = Double(sums[region * demand.horizon + step]) / 1000
        entries.append(LedgerEntry(measured, name, demand.period(step), amount, basis: "forecast"))
      }
    }
  }

  /// Revenue targets by region and month, as adjusted where the market moved.
  private mutating func add(_ targets: TargetSolution, _ tracking: TrackingResult?) {
    let months = targets.months
    var sums: [String: [Double]] = [:]
    for (index, member) in targets.members.enumerated() {
      for (offset, month) in months.enumerated() {
        let factor =
          month.containing(.quarter)
          .flatMap { tracking?.adjustment(region: member.region, quarter: $0)?.targetFactor.fraction } ?? 1
        sums[member.region, default: Array(repeating: 0, count: months.count)][offset] +=
          targets.amounts[index * months.count + offset] * factor
      }
    }
    for (region, amounts) in sums.sorted(by: { $0.key < $1.key }) {
      for (month, amount) in zip(months, amounts) {
        entries.append(LedgerEntry(.revenue, region, month, amount, basis: "target"))
      }
    }
  }

  private mutating func add(_ budget: BudgetSolution, _ context: StageContext, _ history: ChannelHistory) {
    let start = context.plan.calendar.start?.value ?? history.nextMonth
    guard let quarter = start.containing(.quarter) else { return }
    for line in budget.lines {
      entries.append(
        LedgerEntry(.spend, "\(line.region)/\(line.spendType)", quarter, line.plan.double, basis: "allocation"))
    }
  }

  /// What is expected to be paid for by partners' sales, by region and quarter.
  private mutating func add(_ incentives: IncentiveResult, _ history: ChannelHistory) {
    var sums: [LedgerKey: Double] = [:]
    for accrual in incentives.accruals where accrual.period.form == .quarter {
      let region = history.index(of: accrual.partner).map { history.partners[$0].region } ?? ""
      sums[LedgerKey(id: region, period: accrual.period), default: 0] += accrual.expected.double
    }
    for (key, amount) in sums.sorted(by: { ($0.key.id, $0.key.period) < ($1.key.id, $1.key.period) }) {
      entries.append(LedgerEntry(.incentives, key.id, key.period, amount, basis: "accrual"))
    }
  }
}

struct LedgerKey: Hashable {
  var id: String
  var period: Period
}

/// What the tables say of past periods.
private struct Realisations {
  private(set) var entries: [LedgerEntry] = []
  private let history: ChannelHistory
  private let regionOf: (String) -> String

  init(_ context: StageContext, _ history: ChannelHistory) {
    self.history = history
    regionOf = { id in history.index(of: id).map { history.partners[$0].region } ?? "" }
    addSales()
    if let table = context.table(.budget) { addSpend(table) }
    if let table = context.table(.incentiveLedger) { addIncentives(table) }
    if let table = context.table(.incidents) { addResponse(table) }
    if let table = context.table(.competitors) { addShare(table) }
    if let table = context.table(.inventory) { addTurnover(table) }
  }

  private mutating func addSales() {
    let regions = Set(history.partners.map(\.region)).sorted()
    let place = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
    let count = history.monthCount
    var revenue = [Money](repeating: .zero, count: regions.count * count)
    var (sellIn, sellOut) = ([Double](repeating: 0, count: revenue.count), [Double](repeating: 0, count: revenue.count))
    for (partner, facts) in history.partners.enumerated() {
      guard let region = place[facts.region] else { continue }
      for month in 0..<count {
        let (cell, sum) = (partner * count + month, region * count + month)
        revenue[sum] += history.hasSellIn ? history.sellInValue[cell] : history.sellOutValue[cell]
        sellIn[sum] += history.sellInUnits[cell]
        sellOut[sum] += history.sellOutUnits[cell]
      }
    }
    for (region, name) in regions.enumerated() {
      for month in 0..<count {
        let cell = region * count + month
        let period = history.month(month)
        entries.append(LedgerEntry(.revenue, name, period, revenue[cell].double, basis: "sales"))
        if sellIn[cell] != 0 { entries.append(LedgerEntry(.sellInUnits, name, period, sellIn[cell], basis: "sales")) }
        if sellOut[cell] != 0 {
          entries.append(LedgerEntry(.sellOutUnits, name, period, sellOut[cell], basis: "sales"))
        }
      }
    }
  }

  private mutating func addSpend(_ table: Table) {
    guard let periods = table.periods("period"), let regions = table.text("region"),
      let types = table.text("spend_type"), let amounts = table.money("amount")
    else { return }
    var sums: [LedgerKey: Money] = [:]
    for row in 0..<table.rowCount where amounts[row] != Unknown.money {
      guard let region = regions[row], let type = types[row], let quarter = periods[row]?.containing(.quarter) else {
        continue
      }
      sums[LedgerKey(id: "\(region)/\(type)", period: quarter), default: .zero] += amounts[row]
    }
    add(sums.mapValues(\.double), .spend, basis: "budget")
  }

  private mutating func addIncentives(_ table: Table) {
    guard let partners = table.text("partner_id"), let dates = table.periods("date"),
      let amounts = table.money("amount")
    else { return }
    let settled = table.periods("period")
    var sums: [LedgerKey: Money] = [:]
    for row in 0..<table.rowCount where amounts[row] != Unknown.money {
      guard let partner = partners[row], let quarter = (settled?[row] ?? dates[row])?.containing(.quarter) else {
        continue
      }
      sums[LedgerKey(id: regionOf(partner), period: quarter), default: .zero] += amounts[row]
    }
    add(sums.mapValues(\.double), .incentives, basis: "incentive_ledger")
  }

  private mutating func addResponse(_ table: Table) {
    guard let partners = table.text("partner_id"), let dates = table.periods("date"),
      let hours = table.numbers("response_hours")
    else { return }
    var means: [LedgerKey: (sum: Double, count: Double)] = [:]
    for row in 0..<table.rowCount where hours[row].isFinite {
      guard let partner = partners[row], let quarter = dates[row]?.containing(.quarter) else { continue }
      let key = LedgerKey(id: regionOf(partner), period: quarter)
      let old = means[key] ?? (0, 0)
      means[key] = (old.sum + hours[row], old.count + 1)
    }
    add(means.mapValues { $0.sum / $0.count }, .responseHours, basis: "incidents")
  }

  /// Our share: what rivals leave, as the mean of a quarter's periods.
  private mutating func addShare(_ table: Table) {
    guard let periods = table.periods("period"), let regions = table.text("region"), let shares = table.numbers("share")
    else { return }
    var rivals: [LedgerKey: Double] = [:]
    for row in 0..<table.rowCount where shares[row].isFinite {
      guard let region = regions[row], let period = periods[row] else { continue }
      rivals[LedgerKey(id: region, period: period), default: 0] += shares[row]
    }
    var means: [LedgerKey: (sum: Double, count: Double)] = [:]
    for (key, share) in rivals.sorted(by: { ($0.key.id, $0.key.period) < ($1.key.id, $1.key.period) }) {
      guard let quarter = key.period.containing(.quarter) else { continue }
      let old = means[LedgerKey(id: key.id, period: quarter)] ?? (0, 0)
      means[LedgerKey(id: key.id, period: quarter)] = (old.sum + max(0, 1 - share), old.count + 1)
    }
    add(means.mapValues { $0.sum / $0.count }, .share, basis: "competitors")
  }

  /// Stock of the region ÷ its sell-out a day in the month of the count.
  private mutating func addTurnover(_ table: Table) {
    guard let snapshots = table.periods("snapshot"), let partners = table.text("partner_id"),
      let onHand = table.numbers("on_hand")
    else { return }
    var stock: [LedgerKey: Double] = [:]
    for row in 0..<table.rowCount where onHand[row].isFinite {
      guard let partner = partners[row], let month = snapshots[row]?.containing(.month) else { continue }
      stock[LedgerKey(id: regionOf(partner), period: month), default: 0] += onHand[row]
    }
    var sold: [LedgerKey: Double] = [:]
    for entry in entries where entry.measure == .sellOutUnits {
      sold[LedgerKey(id: entry.id, period: entry.period)] = entry.amount
    }
    let days = stock.compactMap { key, units in
      sold[key].flatMap { $0 > 0 ? (key, units / ($0 / 30.4375)) : nil }
    }
    add(Dictionary(uniqueKeysWithValues: days), .turnoverDays, basis: "inventory")
  }

  private mutating func add(_ amounts: [LedgerKey: Double], _ measure: LedgerEntry.Measure, basis: String) {
    for (key, amount) in amounts.sorted(by: { ($0.key.id, $0.key.period) < ($1.key.id, $1.key.period) }) {
      entries.append(LedgerEntry(measure, key.id, key.period, amount, basis: basis))
    }
  }
}
