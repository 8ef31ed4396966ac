public import ChannelTypes

/// How a partner stands with its stock, and what rebates and credit make of it.
public struct StockStanding: Sendable, Hashable {
  public var partner: String
  /// At cost.
  public var stockValue: Money
  /// Stock in days of expected demand; NaN without demand.
  public var turnoverDays: Double
  /// Share of the stock's value that sold nothing for too long, 0 … 1.
  public var slowShare: Double
  /// What holding it costs in a year.
  public var capitalCost: Money
  /// Sell-in ÷ sell-out over the last quarter; above 1 goods are pushed into the channel. NaN where unknown.
  public var stuffingIndex: Double
  /// Variance of orders ÷ variance of demand, each against its mean. NaN where unknown.
  public var bullwhipRatio: Double
  /// What the declared links make of rebates and of the credit limit; 100 % where none applies.
  public var rebateFactor: Percent
  public var creditFactor: Percent

  public init(
    partner: String, stockValue: Money, turnoverDays: Double, slowShare: Double, capitalCost: Money,
    stuffingIndex: Double = .nan, bullwhipRatio: Double = .nan, rebateFactor: Percent = Percent(100),
    creditFactor: Percent = Percent(100)
  ) {
    self.partner = partner
    self.stockValue = stockValue
    self.turnoverDays = turnoverDays
    self.slowShare = slowShare
    self.capitalCost = capitalCost
    self.stuffingIndex = stuffingIndex
    self.bullwhipRatio = bullwhipRatio
    self.rebateFactor = rebateFactor
    self.creditFactor = creditFactor
  }
}

/// The standings of all partners with stock.
public struct StockStandings: Sendable {
  public let all: [StockStanding]
  private var positions: [String: Int] = [:]

  public init(_ all: [StockStanding] = []) {
    self.all = all
    for (index, standing) in all.enumerated() { positions[standing.partner] = index }
  }

  public subscript(partner: String) -> StockStanding? { positions[partner].map { all[$0] } }
}
