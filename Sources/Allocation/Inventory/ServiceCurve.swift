import ChannelTypes

/// What a service level costs in stock: the safety stock and the stock that it asks for on average, over all items.
public struct ServicePoint: Sendable, Hashable {
  /// The chance that a cycle passes without a stock-out, 0 … 1.
  public var serviceLevel: Double
  /// Units, and money at unit cost; items without a cost count nothing.
  public var safetyStock: Double
  public var safetyStockValue: Double
  /// Safety stock and half of what a review period sells.
  public var averageStockValue: Double
  /// What holding the average stock costs a year.
  public var holdingCost: Double
}

extension InventoryProblem {
  /// The stock that each service level asks for, everything else as the policy says.
  ///
  /// Safety stock is that of `StockLevels`: the quantile of demand over lead time and review, less its mean. Half a
  /// review period's demand is the cycle stock. Source: Silver, Pyke & Thomas (2017), ch. 6, exchange curves.
  /// Complexity: O(items · draws · log draws), as one run of the levels.
  public func serviceCurve(levels: [Double]) -> [ServicePoint] {
    var points = levels.map {
      ServicePoint(serviceLevel: $0, safetyStock: 0, safetyStockValue: 0, averageStockValue: 0, holdingCost: 0)
    }
    for item in items where item.meanPerDay > 0 {
      let protection = item.demand.over(days: item.leadTimeDays + policy.reviewDays)
      let cost = item.unitCost?.double ?? 0
      let cycle = item.meanPerDay * policy.reviewDays / 2
      for index in points.indices {
        let safety = max(0, protection.quantile(points[index].serviceLevel) - protection.mean)
        points[index].safetyStock += safety
        points[index].safetyStockValue += safety * cost
        points[index].averageStockValue += (safety + cycle) * cost
        points[index].holdingCost += (safety + cycle) * cost * policy.holdingRate
      }
    }
    return points
  }
}
