import ChannelTypes

/// Orders of a network over the periods to come.
public struct PlannedOrder: Sendable, Hashable {
  /// Index of the item.
  public var item: Int
  /// Periods from the first one to come, of the order and of its arrival.
  public var period: Int
  public var arrival: Int
  public var units: Int
  /// Stock that is expected at the end of the period of the order, without it.
  public var stock: Double
}

extension InventoryProblem {
  /// Time-phased netting: period by period, expected demand is taken from stock and open orders, and what falls below the
  /// lower line is ordered up to the level, at least the minimum order and in packs, to arrive after the lead time.
  ///
  /// The first period's orders are those of the solution.
  ///
  /// Source: Orlicky, *Material Requirements Planning* (1975), ch. 4; Silver, Pyke & Thomas (2017), ch. 6.
  /// - Parameters: as of `projection(of:demand:horizon:periodDays:)`.
  /// - Returns: orders by item and period.
  public func purchasePlan(
    of solution: InventorySolution, demand: [Double], horizon: Int, periodDays: Double
  ) -> [PlannedOrder] {
    precondition(demand.count == items.count * horizon, "demand must fill items × periods")
    var orders: [PlannedOrder] = []
    for (index, item) in items.enumerated() where horizon > 0 {
      let line = solution.lines[index]
      let delivery = Int(min(max(0, item.leadTimeDays / periodDays), 1e6).rounded(.down))
      // Stock on hand and on order together, as the policy looks at it.
      var position = item.onHand + item.onOrder + Double(line.received - line.sent - line.promoted)
      for period in 0..<horizon {
        position -= demand[index * horizon + period]
        var units = 0
        if period == 0 {
          units = line.ordered
        } else if item.meanPerDay > 0, position < line.levels.lower {
          units = Replenishment.units(
            upTo: line.levels.orderUpTo, onHand: position, onOrder: 0, minimumOrder: item.minimumOrder, pack: item.pack)
        }
        guard units > 0 else { continue }
        orders.append(
          PlannedOrder(item: index, period: period, arrival: period + delivery, units: units, stock: position))
        position += Double(units)
      }
    }
    return orders
  }
}

/// What a shorter lead time would save.
public struct LeadTimeSaving: Sendable {
  public var partner: String
  public var region: String
  /// The partner's lead time: the mean of its items.
  public var leadTimeDays: Double
  /// Units of safety stock today, and with one day less.
  public var safetyStock: Double
  public var safetyStockLess: Double
  /// Money that would no longer lie in safety stock.
  public var capital: Double
  /// Money a year that holding it costs.
  public var costPerYear: Double
}

extension InventoryProblem {
  /// Safety stock and its cost with one day of lead time less, by partner in order of region and name.
  ///
  /// Complexity: one sort of the draws per item.
  public func leadTimeSavings(_ solution: InventorySolution) -> [LeadTimeSaving] {
    var savings: [String: (saving: LeadTimeSaving, items: Double)] = [:]
    for (item, line) in zip(items, solution.lines) where item.meanPerDay > 0 && item.leadTimeDays >= 1 {
      var shorter = item
      shorter.leadTimeDays -= 1
      let less = StockLevels(shorter, policy).safetyStock
      var entry =
        savings[item.partner]
        ?? (
          LeadTimeSaving(
            partner: item.partner, region: item.region, leadTimeDays: 0, safetyStock: 0, safetyStockLess: 0, capital: 0,
            costPerYear: 0), 0
        )
      let capital = (line.levels.safetyStock - less) * (item.unitCost?.double ?? 0)
      entry.saving.leadTimeDays += item.leadTimeDays
      entry.saving.safetyStock += line.levels.safetyStock
      entry.saving.safetyStockLess += less
      entry.saving.capital += capital
      entry.saving.costPerYear += capital * policy.holdingRate
      entry.items += 1
      savings[item.partner] = entry
    }
    return savings.values.map { entry in
      var saving = entry.saving
      saving.leadTimeDays /= entry.items
      return saving
    }.sorted { ($0.region, $0.partner) < ($1.region, $1.partner) }
  }
}
