internal import ChannelTypes
internal import Tables

/// Figures of records: service, end customers, payments, accounts, surveys.
extension ScorePanel {
  private func sums() -> DatedSums { DatedSums(partners: partners.count, quarters: quarters.count) }

  /// The partner of each row; nil for strangers.
  private func owners(_ table: Table, _ records: ScoreRecords) -> [Int?]? {
    guard let ids = table.text("partner_id") else { return nil }
    let owner = ids.dictionary.map { records.history.index(of: $0) }
    return ids.codes.map { $0 < 0 ? nil : owner[Int($0)] }
  }

  /// Sets the ratio of two trailing sums, drawn to the ratio of all partners as if `prior` more cases had been seen.
  /// Partners without a case stay unknown.
  private mutating func setRates(
    _ indicator: ScoreIndicator, _ numerator: DatedSums, _ denominator: DatedSums, prior: Double,
    times unit: Double = 1,
    since earliest: Int = -DatedSums.lead
  ) {
    for quarter in quarters.indices where quarter >= earliest {
      let tops = partners.indices.map { numerator.trailing(partner: $0, quarter: quarter, since: earliest) }
      let bottoms = partners.indices.map { denominator.trailing(partner: $0, quarter: quarter, since: earliest) }
      let total = bottoms.reduce(0) { $0 + $1.sum }
      guard total > 0 else { continue }
      let mean = tops.reduce(0) { $0 + $1.sum } / total
      for partner in partners.indices where isActive[cell(partner, quarter)] && bottoms[partner].sum > 0 {
        let rate = (tops[partner].sum + prior * mean) / (bottoms[partner].sum + prior)
        let first = tops[partner].first >= 0 ? tops[partner].first : bottoms[partner].first
        set(
          indicator, partner, quarter, unit * rate, rows: max(tops[partner].count, bottoms[partner].count), first: first
        )
      }
    }
  }

  /// Response, resolution, the service standard and complaints per 1,000 orders; delivery as promised.
  mutating func measureService(_ records: ScoreRecords, _ card: Scorecard) {
    if let table = records.deliveries, let periods = table.periods("period"), let owner = owners(table, records),
      let promised = table.numbers("promised_days"), let actual = table.numbers("actual_days")
    {
      var (top, bottom) = (sums(), sums())
      let position = position(of: periods.ordinals(as: .quarter))
      for row in 0..<table.rowCount where promised[row].isFinite && actual[row] > 0 {
        guard let partner = owner[row], let quarter = position[row] else { continue }
        top.add(promised[row], partner: partner, quarter: quarter, row: row)
        bottom.add(actual[row], partner: partner, quarter: quarter, row: row)
      }
      setRates(.delivery, top, bottom, prior: 0)
    }
    guard let table = records.incidents, let dates = table.periods("date"), let owner = owners(table, records) else {
      return
    }
    let (kinds, hours, resolved) = (table.text("kind"), table.numbers("response_hours"), table.integers("resolved"))
    var (answered, time, cases, settled) = (sums(), sums(), sums(), sums())
    var (complaints, judged, kept) = (sums(), sums(), sums())
    let standard = card.gates.complaintHours
    let position = position(of: dates.ordinals(as: .quarter))
    for row in 0..<table.rowCount {
      guard let partner = owner[row], let quarter = position[row] else { continue }
      let kind = kinds?[row] ?? "complaint"
      guard kind == "complaint" || kind == "service" else { continue }
      let wait = hours?[row] ?? .nan
      if !wait.isNaN {
        answered.add(1, partner: partner, quarter: quarter, row: row)
        time.add(wait, partner: partner, quarter: quarter, row: row)
      }
      if let resolved, resolved[row] != Unknown.integer {
        cases.add(1, partner: partner, quarter: quarter, row: row)
        settled.add(Double(resolved[row]), partner: partner, quarter: quarter, row: row)
      }
      guard kind == "complaint" else { continue }
      complaints.add(1, partner: partner, quarter: quarter, row: row)
      guard !wait.isNaN, quarters.indices.contains(quarter) else { continue }
      let here = cell(partner, quarter)
      worstComplaintHours[here] =
        worstComplaintHours[here].isNaN ? wait : max(worstComplaintHours[here], wait)
      guard let standard else { continue }
      judged.add(1, partner: partner, quarter: quarter, row: row)
      kept.add(wait <= standard ? 1 : 0, partner: partner, quarter: quarter, row: row)
    }
    setRates(.responseHours, time, answered, prior: card.shrinkage.incidents)
    setRates(.resolutionRate, settled, cases, prior: card.shrinkage.incidents)
    setRates(.standardRate, kept, judged, prior: card.shrinkage.incidents)
    measureComplaints(records, complaints, prior: card.shrinkage.orders)
  }

  private mutating func measureComplaints(_ records: ScoreRecords, _ complaints: DatedSums, prior: Double) {
    guard let table = records.orders, let dates = table.periods("date"), let kinds = table.text("kind"),
      let owner = owners(table, records)
    else { return }
    var orders = sums()
    let position = position(of: dates.ordinals(as: .quarter))
    // A deal begins with an order or with a prepayment; the documents that follow it are no further orders.
    for row in 0..<table.rowCount where kinds[row] == "order" || kinds[row] == "prepayment" {
      guard let partner = owner[row], let quarter = position[row] else { continue }
      orders.add(1, partner: partner, quarter: quarter, row: row)
    }
    // Before the first order nothing can be counted per order.
    let earliest = position.lazy.compactMap(\.self).min() ?? 0
    setRates(
      .complaintRate, complaints, orders, prior: prior, times: 1000, since: max(earliest, -DatedSums.lead))
  }

  /// Renewals and retention of end customers. A renewal is dated a term before the next end of the contract.
  mutating func measureCustomers(_ records: ScoreRecords, _ card: Scorecard) {
    guard let table = records.customers, let owner = owners(table, records) else { return }
    let prior = card.shrinkage.customers
    if let expiry = table.periods("expires_on")?.ordinals(as: .month), let renewals = table.integers("renewals") {
      var (renewed, due) = (sums(), sums())
      let first = quarters[0].ordinal
      func quarter(_ month: Int) -> Int { Int((Double(month) / 3).rounded(.down)) - first }
      let lastMonth = records.history.nextMonth.ordinal - 1
      for row in 0..<table.rowCount where expiry[row] != Int.min && renewals[row] != Unknown.integer {
        guard let partner = owner[row] else { continue }
        for term in 0...max(0, min(Int(renewals[row]), 100)) {
          let month = expiry[row] - term * card.termMonths
          guard month <= lastMonth else { continue }
          due.add(1, partner: partner, quarter: quarter(month), row: row)
          renewed.add(term > 0 ? 1 : 0, partner: partner, quarter: quarter(month), row: row)
        }
      }
      setRates(.renewalRate, renewed, due, prior: prior)
    }
    guard let first = table.periods("first_order")?.ordinals(as: .month),
      let last = table.periods("last_order")?.ordinals(as: .month)
    else { return }
    measureRetention(first, last, owner, prior: prior)
  }

  /// Of the customers that ordered within half a year before last year's quarter end, those that did so before this
  /// one. The table knows only the last order: a customer who paused and came back counts as kept.
  private mutating func measureRetention(_ first: [Int], _ last: [Int], _ owner: [Int?], prior: Double) {
    for quarter in quarters.indices {
      let end = quarters[quarter].ordinal * 3 + 2
      var counts = [(kept: Double, all: Double, first: Int)](repeating: (0, 0, -1), count: partners.count)
      for row in first.indices where first[row] != Int.min && last[row] != Int.min {
        guard let partner = owner[row], first[row] <= end - 12, last[row] > end - 18 else { continue }
        counts[partner].all += 1
        if counts[partner].first < 0 { counts[partner].first = row }
        if last[row] > end - 6 { counts[partner].kept += 1 }
      }
      let total = counts.reduce(0) { $0 + $1.all }
      guard total > 0 else { continue }
      let mean = counts.reduce(0) { $0 + $1.kept } / total
      for (partner, count) in counts.enumerated() where count.all > 0 && isActive[cell(partner, quarter)] {
        set(
          .retention, partner, quarter, (count.kept + prior * mean) / (count.all + prior), rows: Int(count.all),
          first: count.first)
      }
    }
  }

  /// Punctual payment, overdue invoices, profitability and leverage.
  mutating func measureMoney(_ records: ScoreRecords, _ card: Scorecard) {
    measureInvoices(records, card)
    guard let table = records.finance, let years = table.periods("year"), let owner = owners(table, records) else {
      return
    }
    func column(_ name: String) -> [Double] { table.numbers(name) ?? Array(repeating: .nan, count: table.rowCount) }
    let (revenue, profit) = (column("revenue"), column("net_profit"))
    let (assets, liabilities) = (column("assets"), column("liabilities"))
    for row in 0..<table.rowCount {
      guard let partner = owner[row], let year = years[row]?.containing(.year)?.ordinal else { continue }
      // A business year is known from its last quarter until the next one is over.
      let known = Period.quarter(year, 4).ordinal - quarters[0].ordinal
      for quarter in known..<known + 4 where quarters.indices.contains(quarter) && isActive[cell(partner, quarter)] {
        if revenue[row] > 0 {
          set(.profitability, partner, quarter, profit[row] / revenue[row], rows: 1, first: row)
        }
        if assets[row] > 0 { set(.leverage, partner, quarter, liabilities[row] / assets[row], rows: 1, first: row) }
      }
    }
  }

  private mutating func measureInvoices(_ records: ScoreRecords, _ card: Scorecard) {
    guard let table = records.receivables, let due = table.periods("due"), let owner = owners(table, records),
      let amounts = table.money("amount")
    else { return }
    let paid = table.periods("paid")
    let (dueDays, paidDays) = (due.ordinals(as: .day), paid?.ordinals(as: .day))
    let position = position(of: due.ordinals(as: .quarter))
    let lastDays = quarters.map { ($0.advanced(by: 1).firstDay?.daysSinceEpoch ?? 0) - 1 }
    var (punctual, all) = (sums(), sums())
    for row in 0..<table.rowCount where dueDays[row] != Int.min && amounts[row] != Unknown.money {
      guard let partner = owner[row], let quarter = position[row] else { continue }
      let payday = paidDays?[row] ?? Int.min
      let amount = amounts[row].double
      // What is not due by the last quarter's end says nothing yet.
      if amount > 0, quarter < quarters.count {
        all.add(amount, partner: partner, quarter: quarter, row: row)
        let isPunctual = payday != Int.min && payday <= dueDays[row] + card.graceDays
        punctual.add(isPunctual ? amount : 0, partner: partner, quarter: quarter, row: row)
      }
      for late in max(0, quarter)..<max(0, quarter, quarters.count) {
        guard dueDays[row] < lastDays[late] else { continue }
        guard payday == Int.min || payday > lastDays[late] else { break }
        let here = cell(partner, late)
        let days = Double(lastDays[late] - dueDays[row])
        overdueDays[here] = overdueDays[here].isNaN ? days : max(overdueDays[here], days)
      }
    }
    setRates(.punctuality, punctual, all, prior: 0)
  }

  /// Answers of the last survey: known as of the last quarter only.
  mutating func measureSurveys(_ records: ScoreRecords) {
    let last = quarters.count - 1
    let column = records.partners?[column: "activity_satisfaction"]
    for (index, partner) in partners.enumerated() where isActive[cell(index, last)] && partner.row >= 0 {
      set(.satisfaction, index, last, partner.satisfaction, rows: 1, first: partner.row)
      if let column {
        set(.activitySatisfaction, index, last, column.number(partner.row), rows: 1, first: partner.row)
      }
    }
  }
}
