/// The lines between which a stock should stand, in units. With lead time L, review period R and demand D(t) over t
/// days, from one distribution:
///
///     safety stock    s = q_p(D(L+R)) − E D(L+R), at least 0       p: the service level
///     lower line      E D(L) + s            below it the stock is expected to fall under s before an order arrives
///     order up to     E D(L+R) + s          lasts to the arrival of the next order with chance p
///     upper line      cover days · E D(1)   at least the order-up-to level
///
/// Source: Silver, Pyke & Thomas, *Inventory and Production Management in Supply Chains* (2017), ch. 6: the (R, s, S)
/// system with the safety stock of periodic review.
public struct StockLevels: Sendable {
  public var safetyStock: Double
  public var lower: Double
  public var orderUpTo: Double
  public var upper: Double
  /// P(D(L+R) > stock on hand and on order).
  public var stockoutProbability: Double
  /// P(D(cover days) < stock on hand and on order): the chance that some of it is left after the days of the upper line.
  public var overstockProbability: Double
  /// How long the stock on hand lasts at expected demand; nil where nothing is expected to sell.
  public var coverDays: Double?
  /// No sale for `slowDays`, or, where the last sale is not known, no demand expected; or stock on hand for more than
  /// `slowCoverDays` of expected demand.
  public var isSlow: Bool

  public init(_ item: StockItem, _ policy: StockPolicy) {
    let protection = item.demand.over(days: item.leadTimeDays + policy.reviewDays)
    safetyStock = max(0, protection.quantile(policy.serviceLevel) - protection.mean)
    lower = item.demand.mean(days: item.leadTimeDays) + safetyStock
    orderUpTo = protection.mean + safetyStock
    upper = max(policy.upperCoverDays * item.meanPerDay, orderUpTo)
    stockoutProbability = protection.probability(above: item.onHand + item.onOrder)
    let stock = item.onHand + item.onOrder
    // At the stock exactly, nothing is left.
    overstockProbability = stock > 0 ? item.demand.probability(below: stock, days: policy.upperCoverDays) : 0
    coverDays = item.meanPerDay > 0 ? max(0, item.onHand) / item.meanPerDay : nil
    let sellsNothing = item.daysSinceSale.map { $0 >= policy.slowDays } ?? (item.meanPerDay <= 0)
    isSlow = item.onHand > 0 && (sellsNothing || coverDays.map { $0 > policy.slowCoverDays } ?? false)
  }
}

/// How much to order.
public enum Replenishment {
  /// Units that bring stock on hand and on order up to `level`: at least `minimumOrder` and a multiple of `pack`; 0
  /// where nothing is missing.
  public static func units(
    upTo level: Double, onHand: Double, onOrder: Double, minimumOrder: Int = 1, pack: Int = 1
  ) -> Int {
    let missing = level - onHand - onOrder
    guard missing > 1e-9, missing < 1e15 else { return 0 }
    let units = max(Int((missing - 1e-9).rounded(.up)), minimumOrder)
    let pack = max(1, pack)
    return (units + pack - 1) / pack * pack
  }
}
