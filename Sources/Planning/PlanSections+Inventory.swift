public import ChannelTypes
public import Partners
public import Specifications

/// `inventory:` the stock policy of partners.
public struct InventorySettings: Sendable {
  /// The chance that demand over lead time and review period is met from stock, between 0 and 1 exclusive.
  public var serviceLevel = Located(0.95)
  /// Days between two looks at the stock.
  public var reviewDays = Located(7.0)
  public var lower = LowerStockLine.safetyStock
  /// Above so many days of expected demand, stock is to be promoted or moved.
  public var upperCoverDays = Located(75.0)
  /// Stock of a product that sold nothing for so many days is slow-moving.
  public var slowNoSaleDays = Located(60.0)
  /// And so is stock that lasts for more days than this at expected demand; nil for no such rule.
  public var slowCoverDays: Located<Double>?
  public var age = StockAgeSettings()
  public var benchmark = StockBenchmark()
  /// Share of a partner's working capital that may lie in stock; nil for no limit.
  public var workingCapitalShare: Located<Percent>?
  public var pushing = PushingSettings()
  /// What turnover and slow stock do to rebates and credit limits; nil for nothing.
  public var links: StockLinks?
  /// Cost of holding stock for a year, in percent of its value.
  public var holding = Located(Percent(20))
  public var transfer = TransferSettings()
  public var promote = PromotionSettings()
  /// Money for all orders together; nil for no limit.
  public var budget: Located<Money>?
  /// Units of all orders together; nil for no limit.
  public var space: Located<Double>?

  public init() {}
}

/// `inventory.age:` stock that has lain for too long.
public struct StockAgeSettings: Sendable {
  /// Days after its receipt; nil for no limit.
  public var limitDays: Located<Double>?
  /// Days from the start of the plan by which it is to be sold.
  public var deadlineDays = Located(60)
  /// What the maker gives towards selling it, in percent of its value at cost.
  public var support = Located(Percent(5))

  public init() {}
}

/// `inventory.benchmark:` what is usual in the trade; the middle of the network where the plan does not say.
public struct StockBenchmark: Sendable {
  /// Days of stock.
  public var turnoverDays: Located<Double>?
  /// Slow-moving share of the stock's value, 0 … 1.
  public var slowShare: Located<Double>?

  public init() {}
}

/// `inventory.pushing:` when goods count as pushed into the channel.
public struct PushingSettings: Sendable {
  /// Sell-in ÷ sell-out of a quarter above this.
  public var index = Located(1.2)
  /// Or orders that swell at quarter ends: the p-value below this.
  public var pValue = Located(0.05)

  public init() {}
}

public enum LowerStockLine: String, Sendable, Hashable, CaseIterable { case safetyStock = "safety_stock" }

/// `inventory.transfer:` moving stock from one partner to another.
public struct TransferSettings: Sendable {
  /// Freight and handling of one unit, in the plan's currency.
  public var costPerUnit = Located(Money(8))
  /// Days until moved stock can be sold.
  public var days = Located(5.0)

  public init() {}
}

/// `inventory.promote:` selling stock faster at a lower price.
public struct PromotionSettings: Sendable {
  /// Off the price, in percent.
  public var discount = Located(Percent(10))
  /// More units sold while the promotion runs, in percent of the expected demand.
  public var lift = Located(Percent(40))

  public init() {}
}
