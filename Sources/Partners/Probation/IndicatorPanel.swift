public import ChannelTypes
import Probability
public import Tables

/// Indicators by partner and quarter. Shape partner × quarter × indicator, indicators contiguous; NaN is unknown.
public struct IndicatorPanel: Sendable {
  public let quarters: [Period]
  public let indicators: [ProbationIndicator]
  public var values: [Double]
  /// Which quarters of each partner are judged, as positions in `quarters`.
  public var judged: [Range<Int>]

  public init(partnerCount: Int, quarters: [Period], indicators: [ProbationIndicator]) {
    self.quarters = quarters
    self.indicators = indicators
    values = [Double](repeating: .nan, count: partnerCount * quarters.count * indicators.count)
    judged = [Range<Int>](repeating: 0..<quarters.count, count: partnerCount)
  }

  public var partnerCount: Int { judged.count }

  @inlinable public func cell(_ partner: Int, _ quarter: Int, _ indicator: Int) -> Int {
    (partner * quarters.count + quarter) * indicators.count + indicator
  }

  /// The value of an indicator; NaN where it is unknown or not in the panel.
  public func value(partner: Int, quarter: Int, _ indicator: ProbationIndicator) -> Double {
    guard let position = indicators.firstIndex(of: indicator) else { return .nan }
    return values[cell(partner, quarter, position)]
  }
}

/// What partners are judged by: the history, and whatever else there is.
public struct ProbationEvidence: Sendable {
  public var history: ChannelHistory
  public var scores: ScoreResult?
  public var tracking: TrackingResult?
  public var standings: StockStandings?
  public var incidents: Table?
  public var receivables: Table?

  public init(_ history: ChannelHistory) { self.history = history }

  /// The panel of the given indicators over the whole quarters of the history.
  ///
  /// A partner is judged from its first whole quarter on; one whose business has ended up to its last whole quarter.
  /// Complexity: O(partners · months + rows of the tables).
  public func panel(_ indicators: [ProbationIndicator]) -> IndicatorPanel {
    let quarters = history.wholeQuarters
    var panel = IndicatorPanel(partnerCount: history.partners.count, quarters: quarters, indicators: indicators)
    let months = quarters.map { history.months(in: $0) }
    let hasSellIn = history.hasSellIn
    for partner in history.partners.indices { panel.judged[partner] = judged(partner, months) }
    for (position, indicator) in indicators.enumerated() {
      switch indicator {
      case .growth: fill(&panel, position) { growth($0, months[$1], hasSellIn) }
      case .revenue: fill(&panel, position) { revenue($0, months[$1], hasSellIn) }
      case .complaints: countComplaints(&panel, position)
      case .overdueDays: overdue(&panel, position)
      default:
        let last = quarters.count - 1
        fill(&panel, position) { partner, quarter in
          upstream(indicator, history.partners[partner], quarters[quarter], isLast: quarter == last)
        }
      }
    }
    return panel
  }

  private func fill(_ panel: inout IndicatorPanel, _ position: Int, _ value: (Int, Int) -> Double) {
    for partner in history.partners.indices {
      for quarter in panel.judged[partner] {
        panel.values[panel.cell(partner, quarter, position)] = value(partner, quarter)
      }
    }
  }

  private func judged(_ partner: Int, _ months: [Range<Int>]) -> Range<Int> {
    let cells = history.cells(partner: partner, months: 0..<history.monthCount)
    guard let first = cells.first(where: { history.rowCounts[$0] > 0 }),
      let last = cells.last(where: { history.rowCounts[$0] > 0 })
    else { return 0..<0 }
    let from = months.firstIndex { $0.lowerBound >= first - cells.lowerBound } ?? months.count
    let lastMonth = last - cells.lowerBound
    let isActive = history.partners[partner].isActive
    let to = isActive ? months.count : (months.lastIndex { $0.upperBound - 1 <= lastMonth } ?? -1) + 1
    return from..<max(from, to)
  }

  private func upstream(_ indicator: ProbationIndicator, _ partner: Partner, _ quarter: Period, isLast: Bool) -> Double
  {
    switch indicator {
    case .score: scores?.score(partner: partner.id, quarter: quarter)?.score ?? .nan
    case .gates: scores?.score(partner: partner.id, quarter: quarter).map { Double($0.failedGates.count) } ?? .nan
    case .attainment: tracking?.attainment(partner: partner.id, quarter: quarter)?.ratio ?? .nan
    case .satisfaction: isLast ? partner.satisfaction : .nan
    case .turnoverDays: isLast ? standings?[partner.id]?.turnoverDays ?? .nan : .nan
    case .growth, .revenue, .complaints, .overdueDays: .nan
    }
  }

  /// Revenue of one month.
  private func amount(_ cell: Int, _ hasSellIn: Bool) -> Double {
    hasSellIn ? history.sellInValue[cell].double : history.sellOutValue[cell].double
  }

  private func growth(_ partner: Int, _ months: Range<Int>, _ hasSellIn: Bool) -> Double {
    guard months.lowerBound >= 12 else { return .nan }
    let base = partner * history.monthCount
    var (now, before, matched) = (0.0, 0.0, 0)
    for month in months where history.rowCounts[base + month] > 0 && history.rowCounts[base + month - 12] > 0 {
      now += amount(base + month, hasSellIn)
      before += amount(base + month - 12, hasSellIn)
      matched += 1
    }
    return matched >= 2 && before > 0 ? now / before - 1 : .nan
  }

  private func revenue(_ partner: Int, _ months: Range<Int>, _ hasSellIn: Bool) -> Double {
    let base = partner * history.monthCount
    let reported = months.filter { history.rowCounts[base + $0] > 0 }
    guard reported.count >= 2 else { return .nan }
    return reported.reduce(0) { $0 + amount(base + $1, hasSellIn) } / Double(reported.count) * 3
  }

  private func countComplaints(_ panel: inout IndicatorPanel, _ position: Int) {
    guard let incidents, let ids = incidents.text("partner_id"), let kinds = incidents.text("kind"),
      let dates = incidents.periods("date")
    else { return }
    fill(&panel, position) { _, _ in 0 }
    let owner = ids.dictionary.map { history.index(of: $0) }
    let days = dates.ordinals(as: .quarter)
    guard let first = panel.quarters.first?.ordinal else { return }
    for row in 0..<incidents.rowCount where kinds[row] == "complaint" && days[row] != Int.min && ids.codes[row] >= 0 {
      guard let partner = owner[Int(ids.codes[row])], panel.judged[partner].contains(days[row] - first) else {
        continue
      }
      panel.values[panel.cell(partner, days[row] - first, position)] += 1
    }
  }

  private func overdue(_ panel: inout IndicatorPanel, _ position: Int) {
    guard let receivables, let ids = receivables.text("partner_id"), let due = receivables.periods("due"),
      let amounts = receivables.money("amount"), let firstQuarter = panel.quarters.first
    else { return }
    let paid = receivables.periods("paid")
    let ends = panel.quarters.map { ($0.advanced(by: 1).firstDay?.daysSinceEpoch ?? 0) - 1 }
    let start = firstQuarter.firstDay?.daysSinceEpoch ?? 0
    var (late, total) = ([Double](), [Double]())
    late = [Double](repeating: 0, count: panel.partnerCount * ends.count)
    total = late
    let owner = ids.dictionary.map { history.index(of: $0) }
    for row in 0..<receivables.rowCount where ids.codes[row] >= 0 && amounts[row] != Unknown.money {
      guard let partner = owner[Int(ids.codes[row])], let dueDay = due[row]?.firstDay?.daysSinceEpoch else { continue }
      let paidDay = paid?[row]?.firstDay?.daysSinceEpoch
      let amount = amounts[row].double
      for (quarter, end) in ends.enumerated() where dueDay <= end {
        let begin = quarter == 0 ? start : ends[quarter - 1] + 1
        if let paidDay, paidDay < begin { break }
        late[partner * ends.count + quarter] += amount * Double(max(0, min(paidDay ?? end, end) - dueDay))
        total[partner * ends.count + quarter] += amount
      }
    }
    fill(&panel, position) { partner, quarter in
      let cell = partner * ends.count + quarter
      return total[cell] > 0 ? late[cell] / total[cell] : .nan
    }
  }
}
