public import ChannelTypes

/// How a partner stands with its stock, and what rebates and credit make of it.
public struct StockStanding: Sendable, Hashable {
  public var partner: String
  public var region: String
  /// At cost.
  public var stockValue: Money
  /// Stock in days of expected demand, both at cost; NaN without demand.
  public var turnoverDays: Double
  /// The same of the past: average stock ÷ cost of goods sold in twelve months × 365; NaN where unknown.
  public var pastTurnoverDays: Double
  /// Share of the stock's value that is slow-moving, 0 … 1.
  public var slowShare: Double
  /// What holding it costs in a year: value × rate × 365 / 365, rounded once to cents.
  public var capitalCost: Money
  /// Sell-in ÷ sell-out over the last quarter; above 1 goods are pushed into the channel. NaN where unknown.
  public var stuffingIndex: Double
  /// Variance of orders ÷ variance of demand, each against its mean. NaN where unknown.
  public var bullwhipRatio: Double
  /// What else its orders tell.
  public var orders: OrderBehaviour
  /// Stock above the upper lines, at cost, and days until it is sold at the expected rate; NaN where it never is.
  public var excessValue: Money
  public var burnDownDays: Double
  /// Stock older than the plan's limit, at cost.
  public var overAgeValue: Money
  /// The most stock that its working capital carries; nil where that is not known.
  public var largestLoad: Money?
  /// What the declared links make of rebates and of the credit limit; 100 % where none applies.
  public var rebateFactor: Percent
  public var creditFactor: Percent
  /// How the links came to their factor.
  public var steps: [StockLinks.Step]

  public init(
    partner: String, stockValue: Money, turnoverDays: Double, slowShare: Double, capitalCost: Money,
    stuffingIndex: Double = .nan, bullwhipRatio: Double = .nan, rebateFactor: Percent = Percent(100),
    creditFactor: Percent = Percent(100), region: String = "", pastTurnoverDays: Double = .nan,
    orders: OrderBehaviour = OrderBehaviour(), excessValue: Money = .zero, burnDownDays: Double = 0,
    overAgeValue: Money = .zero, largestLoad: Money? = nil, steps: [StockLinks.Step] = []
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
    self.region = region
    self.pastTurnoverDays = pastTurnoverDays
    self.orders = orders
    self.excessValue = excessValue
    self.burnDownDays = burnDownDays
    self.overAgeValue = overAgeValue
    self.largestLoad = largestLoad
    self.steps = steps
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
