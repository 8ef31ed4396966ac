/// Expected demand against the stock that is there for it, item by item and period by period: stock of one partner does
/// not serve another, so that a lack here and a surplus there both show.
///
/// With D(t) the expected demand of an item and A(t) what is left of its stock,
///
///     gap(t) = D(t) − A(t)        A(t + 1) = max(0, A(t) − D(t))
///
/// Arrays have the shape item × period, periods contiguous; units.
public struct SupplyMatch: Sendable {
  public let horizon: Int
  public let demand: [Double]
  /// A(t): what is there at the beginning of the period, without further orders.
  public let available: [Double]

  /// What is asked for and what is there, summed over the items of a node.
  public struct Node: Sendable, Hashable {
    public var demand = 0.0
    public var available = 0.0
    /// Sums of the gaps above zero, and of those below it without their sign.
    public var short = 0.0
    public var surplus = 0.0

    public init() {}

    /// demand − available = short − surplus.
    public var gap: Double { demand - available }
  }

  /// - Parameter stock: units of each item that are there for the first period.
  public init(stock: [Double], demand: [Double], horizon: Int) {
    precondition(demand.count == stock.count * horizon, "demand must fill items × periods")
    self.horizon = horizon
    self.demand = demand
    var available = [Double](repeating: 0, count: demand.count)
    for (item, units) in stock.enumerated() {
      var left = max(0, units)
      for cell in item * horizon..<(item + 1) * horizon {
        available[cell] = left
        left = max(0, left - demand[cell])
      }
    }
    self.available = available
  }

  /// Sums over the items of each node, node × period. Complexity: O(items · periods).
  /// - Parameter nodes: the node of each item.
  public func sums(by nodes: [Int], count: Int) -> [Node] {
    var sums = [Node](repeating: Node(), count: count * horizon)
    for (item, node) in nodes.enumerated() {
      for period in 0..<horizon {
        let cell = item * horizon + period
        let gap = demand[cell] - available[cell]
        sums[node * horizon + period].demand += demand[cell]
        sums[node * horizon + period].available += available[cell]
        sums[node * horizon + period].short += max(0, gap)
        sums[node * horizon + period].surplus += max(0, -gap)
      }
    }
    return sums
  }
}

/// What has to be made for dealers to meet expected demand and end every period with their safety stock.
///
///     make(t) = Σ over items max(0, D(t) + s − C(t))        C(t + 1) = C(t) + make(t) − D(t)
///
/// with C the channel's stock and s the safety stock of an item: the roll-up of the dealers' demand, net of what already
/// lies in the channel. Source: Orlicky, *Material Requirements Planning* (1975), ch. 4, netting.
public struct ProductionSignal: Sendable {
  /// Product × period, units.
  public let demand: [Double]
  public let channelStock: [Double]
  public let make: [Double]

  /// - Parameters:
  ///   - products: the product of each item.
  ///   - stock, safety: units of each item; demand that nobody holds stock for is an item with neither.
  public init(
    stock: [Double], safety: [Double], demand: [Double], products: [Int], productCount: Int, horizon: Int
  ) {
    precondition(demand.count == stock.count * horizon, "demand must fill items × periods")
    var sums = [Double](repeating: 0, count: productCount * horizon)
    var (channel, make) = (sums, sums)
    for (item, product) in products.enumerated() {
      var left = max(0, stock[item])
      for period in 0..<horizon {
        let units = demand[item * horizon + period]
        let cell = product * horizon + period
        let made = max(0, units + safety[item] - left)
        sums[cell] += units
        channel[cell] += left
        make[cell] += made
        left += made - units
      }
    }
    (self.demand, channelStock, self.make) = (sums, channel, make)
  }
}
