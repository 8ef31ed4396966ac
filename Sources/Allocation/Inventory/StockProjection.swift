/// How the stock of a region will stand at the end of each period, on expected demand.
public struct StockProjection: Sendable {
  public var region: String
  /// Units, by period. Stock above an item's upper line counts like any other.
  public var stock: [Double]
  public var demand: [Double]
  /// The sums of the lines of its items.
  public var lower: Double
  public var upper: Double
}

extension InventoryProblem {
  /// Projects stock under the solution and, afterwards, under its policy: whatever falls below its lower line is ordered
  /// up to its level again. Demand is as expected, so the lines tell what safety there is on top.
  ///
  /// In each period of an item, in this order: what was ordered or moved arrives; what the period is expected to take
  /// below the lower line is ordered, to arrive after the lead time; sales go out, promoted ones at most `lift` above
  /// expectation.
  /// - Parameters:
  ///   - demand: expected units by item and period, periods contiguous.
  ///   - periodDays: the length of a period.
  /// - Returns: regions in order of their names.
  public func projection(
    of solution: InventorySolution, demand: [Double], horizon: Int, periodDays: Double
  ) -> [StockProjection] {
    precondition(demand.count == items.count * horizon, "demand must fill items × periods")
    var regions: [String: StockProjection] = [:]
    for (index, item) in items.enumerated() {
      let line = solution.lines[index]
      let own = demand[index * horizon..<(index + 1) * horizon]
      var region =
        regions[item.region]
        ?? StockProjection(
          region: item.region, stock: zeros(horizon), demand: zeros(horizon), lower: 0, upper: 0)
      let stock = projected(item, line, own, periodDays: periodDays)
      for (period, units) in own.enumerated() {
        region.stock[period] += stock[period]
        region.demand[period] += units
      }
      region.lower += line.levels.lower
      region.upper += line.levels.upper
      regions[item.region] = region
    }
    return regions.values.sorted { $0.region < $1.region }
  }

  private func projected(
    _ item: StockItem, _ line: InventorySolution.Line, _ demand: ArraySlice<Double>, periodDays: Double
  ) -> [Double] {
    let horizon = demand.count
    let delivery = periods(item.leadTimeDays, periodDays)
    var arrivals = zeros(horizon)
    func add(_ units: Double, after periods: Int) { if periods < horizon { arrivals[periods] += units } }
    add(item.onOrder + Double(line.ordered), after: delivery)
    add(Double(line.received), after: periods(policy.transferDays, periodDays))
    var stock = item.onHand - Double(line.sent)
    var promoted = Double(line.promoted)
    var result = zeros(horizon)
    for (period, expected) in demand.enumerated() {
      stock += arrivals[period]
      let coming = arrivals[(period + 1)...].reduce(0, +)
      if period > 0, stock + coming - expected < line.levels.lower {
        let units = line.levels.orderUpTo - (stock + coming - expected)
        if delivery == 0 { stock += units } else { add(units, after: period + delivery) }
      }
      let more = min(promoted, policy.lift * expected)
      promoted -= more
      stock = max(min(stock, 0), stock - expected - more)
      result[period] = stock
    }
    return result
  }

  /// Whole periods that pass before something arrives.
  private func periods(_ days: Double, _ periodDays: Double) -> Int {
    Int(min(max(0, days / periodDays), 1e6).rounded(.down))
  }
}

private func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
