import ChannelTypes
import Demand
public import Partners
import Specifications
import Tables

/// What the incentive rules pay every partner: earned, settled, payable, and expected.
public struct IncentivesStage: Stage {
  public static let name = StageName.incentives
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .incentiveLedger, .products, .regions, .budget, .contracts,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.demand, .track, .stock, .awards]
  public static let planSections = ["calendar", "incentives", "currency", "forecast"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<IncentiveResult> {
    guard let settings = context.plan.incentives, !settings.rules.versions.isEmpty else {
      throw .skipped(Diagnostic(IncentivesCodes.nothing, .note, "the plan has no incentive rules"))
    }
    guard let history = context.result(of: HistoryStage.self) else {
      throw .skipped(Diagnostic(IncentivesCodes.nothing, .note, "there is no history of sales"))
    }
    // 1. What has been earned, against what the ledger has paid.
    let reader = IncentivesReader(context: context, history: history, rules: settings.rules)
    let inputs = reader.inputs()
    let ledger = reader.ledger()
    let settlement = IncentiveSettlement(inputs, ledger: ledger)
    let totals = IncentiveControl(context, history, ledger)
    // 2. What is expected, on the joint paths of the planned demand.
    let demand = context.result(of: DemandStage.self)
    let paths = demand.flatMap { IncentivesPaths(context, inputs, $0) }
    let expectation = demand.map {
      IncentiveForecast(inputs, settlement: settlement, firstMonth: $0.firstPeriod, monthCount: $0.horizon)
    }
    var expected: [IncentiveForecast.Line] = []
    var fan: [(period: Period, draws: [Double])] = []
    if let paths, let expectation {
      let (lines, totals) = paths.lines(expectation, threads: context.threads)
      expected = lines
      fan = zip(expectation.scopes, totals.sums).map { ($0.period, $1) }.filter { !$0.draws.isEmpty }
    }
    // 3. What people see.
    let report = IncentivesReport(
      inputs: inputs, settlement: settlement, expected: expected, fan: fan, ledger: ledger, settings: settings,
      currency: context.plan.currency)
    let split = ProfitSplit(context, reader)
    let splits = split.rows.isEmpty ? [] : [split.table]
    let (sales, booked) = (context.table(.sales), context.table(.incentiveLedger))
    return StageOutput(
      report.result, tables: report.tables + [totals.table] + splits, indicators: report.indicators,
      notes: Self.notes(context, settlement, ledger, totals, hasPaths: paths != nil),
      traces: report.traces(sales: sales, ledger: booked))
  }

  private static func notes(
    _ context: StageContext, _ settlement: IncentiveSettlement, _ ledger: IncentiveLedger, _ totals: IncentiveControl,
    hasPaths: Bool
  ) -> [Diagnostic] {
    var notes = totals.differences
    let aside = ledger.control.filter { line in
      if case .aside(let reason) = line.use { return reason != IncentiveLedger.Reason.topUp } else { return false }
    }
    if !aside.isEmpty {
      notes.append(
        Diagnostic(
          IncentivesCodes.ledger, .warning,
          "\(aside.reduce(0) { $0 + $1.rows }) entries of the ledger settle no rule of this plan",
          hint: "control_totals.csv lists them by kind and reason",
          notes: aside.map { "\($0.kind): \($0.rows) entries, \($0.amount), \($0.use.text)" }))
    }
    for missing in settlement.missing {
      notes.append(
        Diagnostic(
          IncentivesCodes.missing, .note,
          "`\(missing.rule)` has no line for \(missing.partners) partners: their \(missing.fact) is not known "
            + "(first \(missing.firstPartner))"))
    }
    if !hasPaths {
      notes.append(
        Diagnostic(
          IncentivesCodes.missing, .note,
          "there is no monthly forecast: nothing is accrued ahead, and next tiers count from the last period"))
    }
    for (isMissing, text) in [
      (context.result(of: TrackStage.self) == nil, "targets are not tracked: reward coefficients are 100 %"),
      (
        context.result(of: StockStage.self)?.standings.all.isEmpty ?? true,
        "stock standings are not known: turnover factors are 100 %"
      ),
    ] where isMissing {
      notes.append(Diagnostic(IncentivesCodes.missing, .note, text))
    }
    return notes
  }
}

/// Control totals: what the input tables hold against what was used and what was set aside.
struct IncentiveControl {
  struct Line {
    var table: String
    var item: String
    var use: String
    var rows: Int
    var amount: Money
  }
  private(set) var lines: [Line] = []
  private(set) var differences: [Diagnostic] = []

  init(_ context: StageContext, _ history: ChannelHistory, _ ledger: IncentiveLedger) {
    sales(context, history)
    if let table = context.table(.incentiveLedger) { entries(table, ledger) }
    if let table = context.table(.budget) { topUps(table) }
  }

  /// The table, read again on its own, against the sums of the history.
  private mutating func sales(_ context: StageContext, _ history: ChannelHistory) {
    guard let table = context.table(.sales), let periods = table.periods("period"),
      let partners = table.text("partner_id")
    else { return }
    let name = history.hasSellIn ? "sell_in_value" : "sell_out_value"
    let values = table.money(name) ?? []
    let months = periods.ordinals(as: .month)
    let (first, next) = (history.firstMonth.ordinal, history.nextMonth.ordinal)
    let uses = [
      "", "set aside: no date or partner", "set aside: before the history", "set aside: planned periods",
    ]
    var sums = [(rows: Int, amount: Money)](repeating: (0, .zero), count: uses.count)
    var all = (rows: 0, amount: Money.zero)
    for row in 0..<table.rowCount {
      let isUndated = months[row] == Int.min || partners.codes[row] < 0
      let use = isUndated ? 1 : months[row] < first ? 2 : months[row] >= next ? 3 : 0
      let amount = values.isEmpty || values[row] == Unknown.money ? Money.zero : values[row]
      sums[use] = (sums[use].rows + 1, sums[use].amount + amount)
      all = (all.rows + 1, all.amount + amount)
    }
    let used = Line(
      table: "sales", item: name, use: "used", rows: history.rowCounts.reduce(0) { $0 + Int($1) },
      amount: (history.hasSellIn ? history.sellInValue : history.sellOutValue).total())
    let aside = uses.indices.dropFirst().filter { sums[$0].rows > 0 }.map {
      Line(table: "sales", item: name, use: uses[$0], rows: sums[$0].rows, amount: sums[$0].amount)
    }
    add("sales", name, rows: all.rows, amount: all.amount, [used] + aside)
  }

  private mutating func entries(_ table: Table, _ ledger: IncentiveLedger) {
    guard let kinds = table.text("kind"), let amounts = table.money("amount") else { return }
    var sums: [String: (rows: Int, amount: Money)] = [:]
    for row in 0..<table.rowCount {
      let amount = amounts[row] == Unknown.money ? Money.zero : amounts[row]
      let sum = sums[kinds[row] ?? ""] ?? (0, .zero)
      sums[kinds[row] ?? ""] = (sum.rows + 1, sum.amount + amount)
    }
    for kind in sums.keys.sorted() {
      let parts = ledger.control.filter { $0.kind == kind }.map {
        Line(table: "incentive_ledger", item: kind, use: $0.use.text, rows: $0.rows, amount: $0.amount)
      }
      add("incentive_ledger", kind, rows: sums[kind]?.rows ?? 0, amount: sums[kind]?.amount ?? .zero, parts)
    }
  }

  /// Money that the budget adds to rebates stands beside the rules: it is counted in the budget, never netted here.
  private mutating func topUps(_ table: Table) {
    guard let types = table.text("spend_type"), let amounts = table.money("amount") else { return }
    let rows = (0..<table.rowCount).filter { types[$0] == IncentiveLedger.topUp && amounts[$0] != Unknown.money }
    guard !rows.isEmpty else { return }
    let amount = rows.map { amounts[$0] }.total()
    add(
      "budget", IncentiveLedger.topUp, rows: rows.count, amount: amount,
      [
        Line(
          table: "budget", item: IncentiveLedger.topUp, use: "set aside: " + IncentiveLedger.Reason.topUp,
          rows: rows.count, amount: amount)
      ])
  }

  private mutating func add(_ table: String, _ item: String, rows: Int, amount: Money, _ parts: [Line]) {
    let usedRows = parts.reduce(0) { $0 + $1.rows }
    let usedAmount = parts.map(\.amount).total()
    lines.append(Line(table: table, item: item, use: "in the table", rows: rows, amount: amount))
    lines += parts
    lines.append(
      Line(table: table, item: item, use: "difference", rows: rows - usedRows, amount: amount - usedAmount))
    if rows != usedRows || amount != usedAmount {
      differences.append(
        Diagnostic(
          IncentivesCodes.totals, .error,
          "\(table), \(item): \(rows - usedRows) rows and \(amount - usedAmount) are neither used nor set aside"))
    }
  }

  /// `control_totals`: by input table and item, rows and money in the table, used, set aside and why; the difference
  /// is zero.
  var table: Table {
    Table(
      name: "control_totals", rows: lines,
      columns: [
        .text("table") { $0.table }, .text("item") { $0.item }, .text("use") { $0.use }, .integer("rows") { $0.rows },
        .money("amount") { $0.amount },
      ])
  }
}
