import ChannelTypes
import Demand
import Foundation
import Partners
import Tables

/// What the tables and the stages above say about each partner's exit, in the order of the history.
struct ProbationInputs {
  let history: ChannelHistory
  let settings: ProbationSettings
  /// The first planned day.
  let today: CivilDate
  var facts: [ExitFacts]
  /// Revenue of the last twelve months, as reported.
  let revenue: [Money]
  var notes: [Diagnostic] = []
  /// Rows of inventory and receivables behind each partner's case, for traces.
  var stockRows: [RowSpan]
  var invoiceRows: [RowSpan]

  struct RowSpan {
    var count = 0
    var first = -1

    mutating func add(_ row: Int) {
      count += 1
      if first < 0 { first = row }
    }
  }

  /// Complexity: O(rows of the tables + partners + series of the forecast).
  init(_ context: StageContext, _ settings: ProbationSettings, _ history: ChannelHistory) {
    self.history = history
    self.settings = settings
    today = history.nextMonth.firstDay ?? CivilDate(daysSinceEpoch: 0)
    let lastYear = max(0, history.monthCount - 12)..<history.monthCount
    let amounts = history.hasSellIn ? history.sellInValue : history.sellOutValue
    revenue = history.partners.indices.map { amounts[history.cells(partner: $0, months: lastYear)].total() }
    facts = []
    stockRows = [RowSpan](repeating: RowSpan(), count: history.partners.count)
    invoiceRows = stockRows
    facts = contracts(context.table(.contracts)).map { ExitFacts(contract: $0) }
    for partner in facts.indices {
      facts[partner].revenue = revenue[partner]
      facts[partner].salesSpread = settings.salesSpread
    }
    stock(context.table(.inventory))
    invoices(context.table(.receivables))
    sales(context, lastYear)
    margins(context)
    incentives(context.result(of: IncentivesStage.self))
    support(context.table(.budget))
  }

  private mutating func note(_ text: String) {
    notes.append(Diagnostic(ProbationCodes.assumption, .note, text))
  }

  // MARK: Contracts

  /// The contract in force today, or the one that ends last.
  private mutating func contracts(_ table: Table?) -> [ContractTerms] {
    let exit = settings.exit
    var terms = history.partners.map { partner in
      ContractTerms(
        endsOn: partner.contractEnd?.firstDay, noticeDays: exit.noticeDays, buyBack: exit.buyBack,
        compensation: exit.compensation)
    }
    guard let table, let ids = table.text("partner_id"), let starts = table.periods("starts_on"),
      let ends = table.periods("ends_on")
    else {
      note("there are no contracts: every partner has the terms of `probation.exit.without_contract`")
      return terms
    }
    let owner = ids.dictionary.map { history.index(of: $0) }
    func rank(_ row: Int) -> (Int, Int) {
      let (start, end) = (starts[row]?.firstDay, ends[row]?.firstDay)
      let isInForce = (start ?? today) <= today && (end ?? today) >= today
      return (isInForce ? 1 : 0, end?.daysSinceEpoch ?? Int.min)
    }
    for row in 0..<table.rowCount where ids.codes[row] >= 0 {
      guard let partner = owner[Int(ids.codes[row])] else { continue }
      if let known = terms[partner].row, rank(known) >= rank(row) { continue }
      terms[partner].row = row
    }
    for partner in terms.indices { fill(&terms[partner], from: table) }
    return terms
  }

  private func fill(_ terms: inout ContractTerms, from table: Table) {
    guard let row = terms.row else { return }
    func percent(_ column: String, _ standard: Percent) -> Percent {
      guard let value = table.numbers(column)?[row], value.isFinite else { return standard }
      return Percent(tenThousandths: Int64((min(max(value, 0), 100) * 10_000).rounded()))
    }
    func amount(_ column: String) -> Money? {
      table.money(column).flatMap { $0[row] == Unknown.money ? nil : $0[row] }
    }
    terms.id = table.text("contract_id")?[row]
    terms.endsOn = table.periods("ends_on")?[row]?.firstDay ?? terms.endsOn
    if let days = table.integers("notice_days")?[row], days != Unknown.integer {
      terms.noticeDays = Int(min(max(days, 0), 3650))
    }
    terms.annualTarget = amount("annual_target")
    terms.deposit = amount("deposit") ?? .zero
    terms.buyBack = percent("buyback_pct", terms.buyBack)
    terms.compensation = percent("compensation_pct", terms.compensation)
  }

  // MARK: Stock and invoices

  /// Lots of the latest count of each partner; a product without a cost is left out.
  private mutating func stock(_ table: Table?) {
    guard let table, let ids = table.text("partner_id"), let snapshots = table.periods("snapshot"),
      let onHand = table.numbers("on_hand"), let costs = table.money("unit_cost")
    else { return note("there is no stock at cost: nothing is bought back") }
    let received = table.periods("oldest_receipt")
    let owner = ids.dictionary.map { history.index(of: $0) }
    var latest = [Int32](repeating: .min, count: facts.count)
    for row in 0..<table.rowCount where ids.codes[row] >= 0 {
      guard let partner = owner[Int(ids.codes[row])] else { continue }
      latest[partner] = max(latest[partner], snapshots.ordinals[row])
    }
    for row in 0..<table.rowCount where ids.codes[row] >= 0 && costs[row] != Unknown.money && onHand[row] > 0 {
      guard let partner = owner[Int(ids.codes[row])], snapshots.ordinals[row] == latest[partner] else { continue }
      let age = received?[row]?.firstDay.map { today.daysSinceEpoch - $0.daysSinceEpoch } ?? 0
      facts[partner].lots.append(
        StockLot(cost: Money(rounding: min(onHand[row] * costs[row].double, 1e12)) ?? .zero, ageDays: max(0, age)))
      stockRows[partner].add(row)
    }
  }

  private mutating func invoices(_ table: Table?) {
    guard let table, let ids = table.text("partner_id"), let amounts = table.money("amount") else {
      return note("there are no invoices: nothing is outstanding")
    }
    let (due, paid, issued) = (table.periods("due"), table.periods("paid"), table.periods("issued"))
    let owner = ids.dictionary.map { history.index(of: $0) }
    for row in 0..<table.rowCount where ids.codes[row] >= 0 && amounts[row] != Unknown.money {
      guard let partner = owner[Int(ids.codes[row])], amounts[row] > .zero else { continue }
      if let day = paid?[row]?.firstDay, day < today { continue }
      if let day = issued?[row]?.firstDay, day >= today { continue }
      let late = due?[row]?.firstDay.map { today.daysSinceEpoch - $0.daysSinceEpoch } ?? 0
      facts[partner].invoices.append(OpenInvoice(amount: amounts[row], daysOverdue: max(0, late)))
      invoiceRows[partner].add(row)
    }
  }

  // MARK: Sales, margin, incentives, support

  /// Expected sales of a year: planned demand at the partner's own average price, or else the reported months of the
  /// last year.
  private mutating func sales(_ context: StageContext, _ lastYear: Range<Int>) {
    for partner in facts.indices {
      let reported = history.cells(partner: partner, months: lastYear).count { history.rowCounts[$0] > 0 }
      guard reported > 0, history.partners[partner].isActive else { continue }
      facts[partner].sales = Money(estimate: revenue[partner].double / Double(reported) * 12).atLeastZero
    }
    guard let demand = context.result(of: DemandStage.self), demand.horizon > 0 else {
      return note("there is no planned demand: partners are expected to sell what they sold in the last twelve months")
    }
    let planned = PlannedSales(demand, history, context.plan.forecast.measure, lastYear)
    for partner in facts.indices where history.partners[partner].isActive {
      if let sales = planned.year(partner, revenue[partner]) { facts[partner].sales = sales }
    }
  }

  /// Fills the draws of expected sales for partners whose exit is simulated. O(their series · draws).
  mutating func drawSales(_ context: StageContext, of partners: [Int]) {
    guard let demand = context.result(of: DemandStage.self), demand.horizon > 0, demand.paths.drawCount > 0 else {
      return
    }
    let wanted = Dictionary(partners.map { (history.partners[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    var totals: [Int: [Double]] = [:]
    for series in 0..<demand.seriesCount {
      guard let partner = wanted[demand.panel.partnerName(series)] else { continue }
      let draws = demand.paths.cumulativeDraws(series: series, periods: Double(demand.horizon))
      if totals[partner] == nil {
        totals[partner] = draws
      } else {
        for (draw, value) in draws.enumerated() { totals[partner]![draw] += value }
      }
    }
    for (partner, draws) in totals {
      let mean = draws.reduce(0, +) / Double(draws.count)
      if mean > 0, mean.isFinite { facts[partner].salesFactors = draws.map { max(0, $0) / mean } }
    }
  }

  /// Margin by the mix of the last twelve months.
  private mutating func margins(_ context: StageContext) {
    for partner in facts.indices { facts[partner].marginRate = settings.exit.margin.fraction }
    guard let sales = context.table(.sales), let products = context.table(.products),
      let ids = sales.text("partner_id"), let names = sales.text("product_id"), let periods = sales.periods("period"),
      let values = sales.money(history.hasSellIn ? "sell_in_value" : "sell_out_value"),
      let keys = products.text("product_id"), let margins = products.numbers("margin")
    else { return note("products state no margin: it is \(settings.exit.margin) % throughout") }
    let lookup = RowLookup(keys)
    let rate = names.dictionary.map { name in lookup[name].map { margins[$0] } ?? .nan }
    let owner = ids.dictionary.map { history.index(of: $0) }
    let months = periods.ordinals(as: .month)
    let end = history.nextMonth.ordinal
    var (earned, known) = ([Double](repeating: 0, count: facts.count), [Double](repeating: 0, count: facts.count))
    for row in 0..<sales.rowCount where months[row] >= end - 12 && months[row] < end && names.codes[row] >= 0 {
      guard ids.codes[row] >= 0, values[row] != Unknown.money, let partner = owner[Int(ids.codes[row])] else {
        continue
      }
      let share = rate[Int(names.codes[row])]
      guard share.isFinite else { continue }
      earned[partner] += share * values[row].double
      known[partner] += values[row].double
    }
    for partner in facts.indices where known[partner] > 0 {
      facts[partner].marginRate = earned[partner] / known[partner]
    }
  }

  /// Expected payouts ÷ the sales that they are expected on; else the payouts of the last year ÷ its revenue.
  private mutating func incentives(_ result: IncentiveResult?) {
    guard let result, !(result.accruals.isEmpty && result.payouts.isEmpty) else {
      return note("no incentives are known: exits are priced without what they save")
    }
    var (paid, base) = ([Double](repeating: 0, count: facts.count), [Double](repeating: 0, count: facts.count))
    for accrual in result.accruals where accrual.rate > 0 && accrual.rate.isFinite {
      guard let partner = history.index(of: accrual.partner) else { continue }
      paid[partner] += accrual.expected.double
      base[partner] += accrual.expected.double / accrual.rate
    }
    if result.accruals.isEmpty {
      let end = today.daysSinceEpoch
      for payout in result.payouts {
        guard let day = payout.period.firstDay?.daysSinceEpoch, (end - 366..<end).contains(day),
          let partner = history.index(of: payout.partner)
        else { continue }
        paid[partner] += payout.earned.double
        base[partner] = revenue[partner].double
      }
    }
    for partner in facts.indices {
      facts[partner].incentiveRate = base[partner] > 0 ? paid[partner] / base[partner] : 0
    }
  }

  /// Spend of the last twelve months: what was for the partner alone, and of what was for its region the part of its
  /// revenue.
  private mutating func support(_ table: Table?) {
    guard let table, let periods = table.periods("period"), let regions = table.text("region"),
      let amounts = table.money("amount")
    else { return note("there is no budget: exits are priced without the support that they save") }
    let ids = table.text("partner_id")
    let months = periods.ordinals(as: .month)
    let end = history.nextMonth.ordinal
    var own = [Money](repeating: .zero, count: facts.count)
    var ofRegion: [String: Money] = [:]
    for row in 0..<table.rowCount where months[row] >= end - 12 && months[row] < end && amounts[row] != Unknown.money {
      if let id = ids?[row] {
        if let partner = history.index(of: id) { own[partner] += amounts[row] }
      } else if let region = regions[row] {
        ofRegion[region, default: .zero] += amounts[row]
      }
    }
    var revenueOf: [String: Double] = [:]
    for (partner, facts) in history.partners.enumerated() {
      revenueOf[facts.region, default: 0] += revenue[partner].atLeastZero.double
    }
    for (partner, place) in history.partners.enumerated() {
      let total = revenueOf[place.region] ?? 0
      let share = total > 0 ? revenue[partner].atLeastZero.double / total : 0
      facts[partner].support = own[partner] + Money(estimate: (ofRegion[place.region] ?? .zero).double * share)
    }
  }
}

/// Planned demand by partner, in units of the forecast.
private struct PlannedSales {
  private var planned: [Double]
  private var sold: [Double]

  init(_ demand: ForecastResult, _ history: ChannelHistory, _ measure: Measure, _ lastYear: Range<Int>) {
    planned = [Double](repeating: .nan, count: history.partners.count)
    let owner = demand.panel.partners.map { history.index(of: $0) }
    let years = demand.frequency.days * Double(demand.horizon) / 365.25
    for series in 0..<demand.seriesCount {
      guard let partner = owner[demand.panel.series[series].partner] else { continue }
      let units = (0..<demand.horizon).reduce(0) { $0 + demand.valueMean(series: series, step: $1) }
      planned[partner] = (planned[partner].isNaN ? 0 : planned[partner]) + units / years
    }
    sold = history.partners.indices.map { partner in
      let cells = history.cells(partner: partner, months: lastYear)
      return switch measure {
      case .sellOutQuantity: history.sellOutUnits[cells].reduce(0, +)
      case .sellInQuantity: history.sellInUnits[cells].reduce(0, +)
      case .sellOutValue: history.sellOutValue[cells].total().double
      case .sellInValue: history.sellInValue[cells].total().double
      }
    }
  }

  /// Planned units of a year × revenue ÷ units of the last one; nil where either is unknown.
  func year(_ partner: Int, _ revenue: Money) -> Money? {
    guard planned[partner].isFinite, sold[partner] > 0 else { return nil }
    return Money(estimate: planned[partner] * revenue.double / sold[partner]).atLeastZero
  }
}

extension Money {
  fileprivate var atLeastZero: Money { Swift.max(self, .zero) }
}
