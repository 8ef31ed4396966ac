internal import ChannelTypes

extension DemandPanel {
  /// Makes up for days without stock: sales of such periods are a lower bound of demand, not demand.
  ///
  /// Where stock was out for a share u of the period, u ≤ 1/2, demand is sales / (1 − u): customers are taken to come
  /// evenly over the period. Where it was out for longer, too little of the period was seen, and demand is unknown.
  /// - Parameter days: series × period, days without stock; NaN counts as none.
  mutating func treatStockOuts(days: [Double], _ report: inout PanelReport) {
    precondition(days.count == observed.count, "stock-out days must fill series × periods")
    let lengths = (0..<periodCount).map { lengthInDays(of: $0) }
    for cell in observed.indices where days[cell] > 0 && !observed[cell].isNaN {
      let share = min(1, days[cell] / lengths[cell % periodCount])
      if share <= 0.5 {
        demand[cell] = observed[cell] / (1 - share)
        report.raisedForStockOuts += 1
      } else {
        demand[cell] = .nan
        report.hiddenByStockOuts += 1
      }
    }
  }

  /// The days of the period at `time`, from the calendar where it is known.
  func lengthInDays(of time: Int) -> Double {
    let period = firstPeriod.advanced(by: time)
    guard let first = period.firstDay, let next = period.advanced(by: 1).firstDay else { return frequency.days }
    return Double(next.daysSinceEpoch - first.daysSinceEpoch)
  }
}
