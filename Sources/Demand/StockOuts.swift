internal import ChannelTypes

extension DemandPanel {
  /// Makes up for days without stock: sales of such periods are a lower bound of demand, not demand.
  ///
  /// With stock on hand for a share f of the period, customers coming evenly, sales y are Poisson with mean λ f. The rate
  /// λ of the period is drawn from a gamma distribution around the typical demand μ of the series, with a shape k of half
  /// a sale: what was seen decides, and the typical demand where next to nothing was seen. Expected demand is what was
  /// sold and what the rest of the period would have added (the mean of a gamma-Poisson posterior; Gelman and others,
  /// *Bayesian Data Analysis*, 3rd edition, section 2.6; censored demand as in Conrad, "Sales data and the estimation of
  /// demand", Operational Research Quarterly 27, 1976):
  ///
  ///     y + (1 − f) μ (k + y) / (k + μ f)
  ///
  /// μ is the mean over the periods without stock-outs within half a year, else over all periods of the series that
  /// have a quantity. Periods with stock for less than a tenth are unknown.
  /// - Parameter days: series × period, days without stock; NaN counts as none.
  mutating func treatStockOuts(days: [Double], _ report: inout PanelReport) {
    precondition(days.count == observed.count, "stock-out days must fill series × periods")
    let lengths = (0..<periodCount).map { lengthInDays(of: $0) }
    for series in 0..<seriesCount {
      let range = range(ofSeries: series)
      guard range.contains(where: { days[$0] > 0 && !observed[$0].isNaN }) else { continue }
      for cell in range where days[cell] > 0 && !observed[cell].isNaN {
        let seen = 1 - days[cell] / lengths[cell - range.lowerBound]
        guard seen >= Self.leastSeen else {
          demand[cell] = .nan
          report.hiddenByStockOuts += 1
          continue
        }
        let typical = typicalDemand(at: cell, of: range, days)
        let rate = typical * (Self.priorSales + observed[cell]) / (Self.priorSales + typical * seen)
        demand[cell] = observed[cell] + (1 - seen) * rate
        report.raisedForStockOuts += 1
      }
    }
  }

  /// What the typical demand of a series weighs against the sales of a period, in units sold.
  private static let priorSales = 0.5

  /// The share of a period with stock below which nothing is said.
  private static let leastSeen = 0.1

  private func typicalDemand(at cell: Int, of range: Range<Int>, _ days: [Double]) -> Double {
    func mean(_ cells: Range<Int>, withStock: Bool) -> Double? {
      var (sum, count) = (0.0, 0.0)
      for other in cells where !observed[other].isNaN && (!withStock || !(days[other] > 0)) {
        sum += observed[other]
        count += 1
      }
      return count >= (withStock ? 3 : 1) ? sum / count : nil
    }
    let half = max(3, frequency.periodsPerYear / 2)
    let near = max(range.lowerBound, cell - half)..<min(range.upperBound, cell + half + 1)
    return mean(near, withStock: true) ?? mean(range, withStock: true) ?? mean(range, withStock: false) ?? 0
  }

  /// Whether demand is known and at least half of it was sold.
  func isMostlySeen(_ cell: Int) -> Bool {
    !demand[cell].isNaN && 2 * observed[cell] >= demand[cell]
  }

  /// The days of the period at `time`, from the calendar where it is known.
  func lengthInDays(of time: Int) -> Double {
    let period = firstPeriod.advanced(by: time)
    guard let first = period.firstDay, let next = period.advanced(by: 1).firstDay else { return frequency.days }
    return Double(next.daysSinceEpoch - first.daysSinceEpoch)
  }
}
