public import ChannelTypes

/// When stock is too low, when it is too high, and what it costs to do something about it.
public struct StockPolicy: Sendable {
  /// The chance that demand over lead time and review period is met from stock; above 0 and below 1.
  public var serviceLevel = 0.95
  /// Days between two looks at the stock.
  public var reviewDays = 7.0
  /// Stock for more days of expected demand than this is too much.
  public var upperCoverDays = 75.0
  /// Stock that sold nothing for so many days is slow-moving.
  public var slowDays = 60.0
  /// And so is stock that lasts longer at expected demand.
  public var slowCoverDays = Double.infinity
  /// Cost of holding stock for a year, as a share of its value.
  public var holdingRate = 0.2
  /// Freight and handling of a unit between partners without a lane of their own, in the plan's currency.
  public var transferCost = Money(8)
  /// Days until stock moved between such partners can be sold.
  public var transferDays = 5.0
  /// Off the price while a promotion runs, as a share.
  public var discount = 0.1
  /// More sold while it runs, as a share of expected demand.
  public var lift = 0.4

  public init() {}

  /// What is out of range; nil where nothing is.
  var defect: String? {
    if !(serviceLevel > 0 && serviceLevel < 1) { return "service_level \(serviceLevel) is not between 0 and 1" }
    let days = [("review_days", reviewDays), ("upper.cover_days", upperCoverDays), ("slow.no_sale_days", slowDays)]
    if !(slowCoverDays >= 0) { return "slow.cover_days \(slowCoverDays) is not 0 or more" }
    for (name, value) in days where !(value >= 0 && value.isFinite) { return "\(name) \(value) is not 0 or more" }
    if !(holdingRate >= 0 && holdingRate.isFinite) { return "holding_pct is not 0 or more" }
    if transferCost < .zero || !(transferDays >= 0) { return "transfer costs and days are 0 or more" }
    if !(discount >= 0 && discount <= 1) || !(lift >= 0) {
      return "promote.discount_pct is 0 to 100, lift_pct 0 or more"
    }
    return nil
  }
}

/// The stock of one product at one partner.
public struct StockItem: Sendable {
  public var partner: String
  public var product: String
  public var region: String
  /// Units.
  public var onHand: Double
  public var onOrder: Double
  public var leadTimeDays: Double
  public var demand: DemandDistribution
  /// Expected units a day over the next months.
  public var meanPerDay: Double
  /// What a unit cost; nil where it is not known.
  public var unitCost: Money?
  /// What a unit sells for; nil where it is not known.
  public var unitPrice: Double?
  /// Days since the last sale; nil where it is not known.
  public var daysSinceSale: Double?
  /// The smallest order, and the multiple in which units are ordered.
  public var minimumOrder = 1
  public var pack = 1

  public init(
    partner: String, product: String, region: String, onHand: Double, onOrder: Double = 0, leadTimeDays: Double,
    demand: DemandDistribution, meanPerDay: Double
  ) {
    self.partner = partner
    self.product = product
    self.region = region
    self.onHand = onHand
    self.onOrder = onOrder
    self.leadTimeDays = leadTimeDays
    self.demand = demand
    self.meanPerDay = meanPerDay
  }

  /// What a unit sold earns; nil where cost or price is not known.
  var unitMargin: Double? {
    guard let unitCost, let unitPrice else { return nil }
    return max(0, unitPrice - unitCost.double)
  }
}

/// What to do with the stock of a network: replenish what is short, and promote or move what is too much.
public struct InventoryProblem: Sendable {
  public var items: [StockItem]
  public var policy: StockPolicy
  /// Lanes between partners; where there are none at all, every partner can send to every other at the policy's cost.
  public var lanes: [Lane: LaneCost] = [:]

  public struct Lane: Hashable, Sendable {
    public var from: String
    public var to: String
    public init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  public struct LaneCost: Sendable {
    public var perUnit: Money
    public var days: Double
    public init(perUnit: Money, days: Double) {
      self.perUnit = perUnit
      self.days = days
    }
  }

  public init(items: [StockItem], policy: StockPolicy = StockPolicy()) {
    self.items = items
    self.policy = policy
  }

  /// The cost of a lane; nil where nothing can be sent. Partners of one region can always send to one another.
  func lane(from giver: StockItem, to receiver: StockItem) -> LaneCost? {
    if let lane = lanes[Lane(from: giver.partner, to: receiver.partner)] { return lane }
    guard lanes.isEmpty || giver.region == receiver.region else { return nil }
    return LaneCost(perUnit: policy.transferCost, days: policy.transferDays)
  }
}
