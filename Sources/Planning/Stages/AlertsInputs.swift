import Allocation
import ChannelTypes
import Demand
import Partners
import Probability
import Tables

/// What other stages and tables know of partners, month by month, for conditions to ask.
struct AlertsInputs {
  private let context: StageContext
  private let history: ChannelHistory

  init(_ context: StageContext, _ history: ChannelHistory) {
    self.context = context
    self.history = history
  }

  /// Cases of the history's months; nil without the table. Its own column `type` says what a case was about; where it
  /// has none, kind and severity stand for it.
  var incidents: [Incident]? {
    guard let table = context.table(.incidents), let ids = table.text("partner_id"), let dates = table.periods("date"),
      let kinds = table.text("kind")
    else { return nil }
    let (types, severities) = (table.text("type"), table.integers("severity"))
    let (resolved, hours) = (table.integers("resolved"), table.numbers("response_hours"))
    let months = dates.ordinals(as: .month)
    let partners = ids.dictionary.map { history.index(of: $0) }
    return (0..<table.rowCount).compactMap { row in
      guard months[row] != Int.min, ids.codes[row] >= 0, let partner = partners[Int(ids.codes[row])] else { return nil }
      let month = months[row] - history.firstMonth.ordinal
      guard (0..<history.monthCount).contains(month), let kind = kinds[row] else { return nil }
      let severity = severities.flatMap { $0[row] == Unknown.integer ? nil : " of severity \($0[row])" } ?? ""
      let state = resolved.flatMap { $0[row] == Unknown.integer ? nil : $0[row] == 1 }
      return Incident(
        partner: partner, month: month, kind: kind, type: types?[row] ?? kind + severity, isResolved: state,
        responseHours: hours?[row] ?? .nan)
    }
  }

  /// Whether surveys are dated.
  var hasSatisfactionHistory: Bool { context.table(.deliveries)?.numbers("satisfaction") != nil }

  func fill(_ seen: inout AlertObservations) {
    fillQuarters(&seen)
    fillStock(&seen)
    fillDemand(&seen)
    fillCredit(&seen)
    fillSatisfaction(&seen)
  }

  /// Quarterly results hold from the last month of their quarter until the next one ends.
  private func fillQuarters(_ seen: inout AlertObservations) {
    let (track, scores) = (context.result(of: TrackStage.self), context.result(of: ScoresStage.self))
    let probation = context.result(of: ProbationStage.self)
    guard track != nil || scores != nil || probation != nil else { return }
    var (attainment, score, below) = (seen[.attainment], seen[.score], seen[.quartersBelow])
    var statuses: [String: [Int: Int]] = [:]
    for status in probation?.statuses ?? [] {
      statuses[status.partner, default: [:]][status.quarter.ordinal] = status.quartersBelow
    }
    let quarters = (0..<history.monthCount).map { month -> Period? in
      // The last quarter that is over at the end of the month.
      history.month(month + 1).containing(.quarter)?.advanced(by: -1)
    }
    for (partner, facts) in history.partners.enumerated() {
      let own = statuses[facts.id] ?? [:]
      for (month, quarter) in quarters.enumerated() {
        guard let quarter else { continue }
        let cell = partner * history.monthCount + month
        if let ratio = track?.attainment(partner: facts.id, quarter: quarter)?.ratio { attainment[cell] = ratio }
        if let value = scores?.score(partner: facts.id, quarter: quarter)?.score { score[cell] = value }
        if let count = own[quarter.ordinal] { below[cell] = Double(count) }
      }
    }
    seen[.attainment] = attainment
    seen[.score] = score
    seen[.quartersBelow] = below
  }

  private func fillStock(_ seen: inout AlertObservations) {
    guard let stock = context.result(of: StockStage.self) else { return }
    if stock.standings.all.isEmpty {
      // Standings may not be worked out; cover follows from the stock problem itself.
      var (value, sold): ([String: Double], [String: Double]) = ([:], [:])
      for item in stock.problem.items {
        let cost = item.unitCost?.double ?? 0
        value[item.partner, default: 0] += max(0, item.onHand) * cost
        sold[item.partner, default: 0] += item.meanPerDay * cost
      }
      for (partner, facts) in history.partners.enumerated() {
        guard let held = value[facts.id] else { continue }
        seen.setLast(.stockValue, subject: partner, held)
        if let sold = sold[facts.id], sold > 0 {
          seen.setLast(.coverDays, subject: partner, held / sold)
          seen.setLast(.turnoverDays, subject: partner, held / sold)
        }
      }
      return
    }
    for (partner, facts) in history.partners.enumerated() {
      guard let standing = stock.standings[facts.id] else { continue }
      seen.setLast(.stockValue, subject: partner, standing.stockValue.double)
      let slow = standing.slowShare * standing.stockValue.double
      seen.setLast(
        .excessStockValue, subject: partner, max(standing.excessValue.double, slow.isFinite ? slow : 0))
      seen.setLast(.turnoverDays, subject: partner, standing.turnoverDays)
      seen.setLast(.coverDays, subject: partner, standing.turnoverDays)
      seen.setLast(.slowShare, subject: partner, standing.slowShare)
    }
  }

  /// Quantiles of the partner's sum over products in the first planned period: sums of draws are draws of sums.
  private func fillDemand(_ seen: inout AlertObservations) {
    guard let forecast = context.result(of: DemandStage.self), forecast.horizon > 0 else { return }
    let count = forecast.paths.drawCount
    guard count > 0, forecast.paths.seriesCount == forecast.panel.series.count else { return }
    var sums = [Double](repeating: 0, count: forecast.panel.partners.count * count)
    for (index, key) in forecast.panel.series.enumerated() {
      for (draw, value) in forecast.paths.draws(series: index, period: 0).enumerated() {
        sums[key.partner * count + draw] += Double(value)
      }
    }
    for (index, id) in forecast.panel.partners.enumerated() {
      guard let partner = history.index(of: id) else { continue }
      let draws = sums[index * count..<(index + 1) * count].sorted()
      for (quantity, share) in [(AlertQuantity.nextLow, 0.1), (.next, 0.5), (.nextHigh, 0.9)] {
        seen.setLast(quantity, subject: partner, draws.quantileOfAscending(share))
      }
    }
  }

  /// Open invoices at the end of the history.
  private func fillCredit(_ seen: inout AlertObservations) {
    guard let table = context.table(.receivables), let ids = table.text("partner_id"),
      let issued = table.periods("issued"), let due = table.periods("due"), let amounts = table.money("amount"),
      let end = history.nextMonth.firstDay?.daysSinceEpoch
    else { return }
    let paid = table.periods("paid")
    let partners = ids.dictionary.map { history.index(of: $0) }
    var open = [Double](repeating: 0, count: history.partners.count)
    var late = open
    for row in 0..<table.rowCount where ids.codes[row] >= 0 && amounts[row] != Unknown.money {
      guard let partner = partners[Int(ids.codes[row])], let start = issued[row]?.firstDay?.daysSinceEpoch, start < end
      else { continue }
      if let settled = paid?[row]?.firstDay?.daysSinceEpoch, settled < end { continue }
      open[partner] += amounts[row].double
      if let due = due[row]?.firstDay?.daysSinceEpoch { late[partner] = max(late[partner], Double(end - due)) }
    }
    for (partner, facts) in history.partners.enumerated() {
      seen.setLast(.daysOverdue, subject: partner, late[partner])
      if let limit = facts.creditLimit?.double, limit > 0 {
        seen.setLast(.creditUse, subject: partner, open[partner] / limit)
      }
    }
  }

  private func fillSatisfaction(_ seen: inout AlertObservations) {
    if let table = context.table(.deliveries), let ids = table.text("partner_id"),
      let periods = table.periods("period"), let values = table.numbers("satisfaction")
    {
      var satisfaction = seen[.satisfaction]
      let months = periods.ordinals(as: .month)
      let partners = ids.dictionary.map { history.index(of: $0) }
      for row in 0..<table.rowCount where months[row] != Int.min && ids.codes[row] >= 0 {
        let month = months[row] - history.firstMonth.ordinal
        guard let partner = partners[Int(ids.codes[row])], (0..<history.monthCount).contains(month) else { continue }
        satisfaction[partner * history.monthCount + month] = values[row]
      }
      seen[.satisfaction] = satisfaction
    }
    let last = history.monthCount - 1
    for (partner, facts) in history.partners.enumerated() where !facts.satisfaction.isNaN {
      if seen.value(.satisfaction, subject: partner, month: last).isNaN {
        seen.setLast(.satisfaction, subject: partner, facts.satisfaction)
      }
    }
  }
}
