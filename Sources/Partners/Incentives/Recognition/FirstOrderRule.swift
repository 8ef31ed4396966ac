public import ChannelTypes

/// A partner's first order of a product.
public struct FirstOrder: Sendable, Hashable {
  /// Index in the history.
  public var partner: Int
  public var product: String
  public var month: Period

  public init(partner: Int, product: String, month: Period) {
    self.partner = partner
    self.product = product
    self.month = month
  }
}

/// A reward for the first order of a new product, out of a fund that is never overdrawn.
///
/// Orders are served by month, then partner id, then product id. The first one that the rest of the fund does not
/// cover ends the rewards: none after it is paid, whoever places it.
public struct FirstOrderRule: Sendable, Hashable {
  public enum Reward: Sendable, Hashable {
    /// `multiple` times the points of an order.
    case points(Int)
    case cash(Money)
  }

  public var reward: Reward
  /// Points that an order counts for before they are multiplied.
  public var orderPoints = 100
  /// All rewards of a calendar year together.
  public var fund: Money
  /// A product is new for so many months, the one of its launch included.
  public var months = 12

  public init(_ reward: Reward, fund: Money) {
    self.reward = reward
    self.fund = fund
  }

  public struct Entry: Sendable, Hashable {
    public var order: FirstOrder
    /// False where the fund was exhausted.
    public var isRewarded: Bool
    public var points: Int
    public var cash: Money
    /// What the fund gives.
    public var cost: Money
    /// What it holds afterwards.
    public var fundLeft: Money
  }

  /// - Parameters:
  ///   - orders: orders of new products in one year, in any order; of each partner and product only the first counts.
  ///   - pointValue: what a point costs the fund.
  public func settle(_ orders: [FirstOrder], _ history: ChannelHistory, pointValue: Money) -> [Entry] {
    struct Line: Hashable {
      var partner: Int
      var product: String
    }
    let ids = history.partners
    let sorted = orders.sorted {
      ($0.month.ordinal, ids[$0.partner].id, $0.product) < ($1.month.ordinal, ids[$1.partner].id, $1.product)
    }
    var seen: Set<Line> = []
    var left = fund
    var isExhausted = false
    return sorted.compactMap { order in
      guard seen.insert(Line(partner: order.partner, product: order.product)).inserted else { return nil }
      var entry = Entry(order: order, isRewarded: false, points: 0, cash: .zero, cost: .zero, fundLeft: left)
      let (points, cash): (Int, Money) =
        switch reward {
        case .points(let multiple): (orderPoints * multiple, .zero)
        case .cash(let amount): (0, amount)
        }
      let cost = cash + pointValue * points
      isExhausted = isExhausted || cost > left
      guard !isExhausted else { return entry }
      left -= cost
      entry = Entry(order: order, isRewarded: true, points: points, cash: cash, cost: cost, fundLeft: left)
      return entry
    }
  }
}
