public import ChannelTypes

/// The stock of one product at one partner, as far as its standing needs it. Amounts are at cost.
public struct StockHolding: Sendable {
  public var partner: String
  public var product: String
  public var value: Money
  /// Expected sales of a day.
  public var soldPerDay: Double
  public var isSlow: Bool
  /// Above the upper line.
  public var excess: Money
  /// Older than the plan's limit.
  public var overAge: Money

  public init(
    partner: String, product: String, value: Money, soldPerDay: Double, isSlow: Bool = false, excess: Money = .zero,
    overAge: Money = .zero
  ) {
    self.partner = partner
    self.product = product
    self.value = value
    self.soldPerDay = soldPerDay
    self.isSlow = isSlow
    self.excess = excess
    self.overAge = overAge
  }
}

/// What standings are made of.
public struct StandingProblem: Sendable {
  /// The holdings of a partner are contiguous.
  public var holdings: [StockHolding]
  /// Partners by id: region, age and working capital.
  public var partners: [String: Partner]
  /// Stock at cost, mean of the counts of twelve months, and the cost of what was sold in them; by partner.
  public var averageStock: [String: Double]
  public var costOfGoodsSold: [String: Double]
  /// Days of lead time and review, by partner.
  public var protectionDays: [String: Double]
  public var history: ChannelHistory?
  /// The first planned month: what “new” is counted to.
  public var month: Period?
  /// Cost of holding stock for a year, of its value.
  public var holdingRate: Percent
  /// Share of the working capital that may lie in stock; nil for no limit.
  public var loadShare: Percent?
  public var links: StockLinks?

  public init(
    holdings: [StockHolding], partners: [String: Partner] = [:], averageStock: [String: Double] = [:],
    costOfGoodsSold: [String: Double] = [:], protectionDays: [String: Double] = [:], history: ChannelHistory? = nil,
    month: Period? = nil, holdingRate: Percent = Percent(20), loadShare: Percent? = nil, links: StockLinks? = nil
  ) {
    self.holdings = holdings
    self.partners = partners
    self.averageStock = averageStock
    self.costOfGoodsSold = costOfGoodsSold
    self.protectionDays = protectionDays
    self.history = history
    self.month = month
    self.holdingRate = holdingRate
    self.loadShare = loadShare
    self.links = links
  }

  /// The standing of every partner with a holding, in the order of the holdings.
  ///
  ///     turnover days        value / expected sales a day
  ///     past turnover days   average stock / cost of goods sold · 365
  ///     slow share           value of slow holdings / value
  ///     capital cost         value · rate
  ///     burn-down            excess / expected sales a day, over the holdings with excess that sell
  ///
  /// Complexity: O(holdings + partners · months).
  public func standings() -> StockStandings {
    var all: [StockStanding] = []
    var start = 0
    while start < holdings.count {
      var end = start + 1
      while end < holdings.count, holdings[end].partner == holdings[start].partner { end += 1 }
      all.append(standing(of: holdings[start..<end]))
      start = end
    }
    return StockStandings(all)
  }

  private func standing(of holdings: ArraySlice<StockHolding>) -> StockStanding {
    let id = holdings[holdings.startIndex].partner
    let partner = partners[id]
    let value = holdings.lazy.map(\.value).total()
    let slow = holdings.lazy.filter(\.isSlow).map(\.value).total()
    let soldPerDay = holdings.reduce(0) { $0 + $1.soldPerDay }
    var standing = StockStanding(
      partner: id, stockValue: value, turnoverDays: soldPerDay > 0 ? value.double / soldPerDay : .nan,
      slowShare: value > .zero ? min(1, max(0, slow.double / value.double)) : 0,
      capitalCost: holdingRate.of(value) ?? .zero)
    standing.region = partner?.region ?? ""
    if let average = averageStock[id], let sold = costOfGoodsSold[id], sold > 0 {
      standing.pastTurnoverDays = average / sold * 365
    }
    standing.excessValue = holdings.lazy.map(\.excess).total()
    standing.burnDownDays = burnDown(holdings)
    standing.overAgeValue = holdings.lazy.map(\.overAge).total()
    if let loadShare, let capital = partner?.workingCapital { standing.largestLoad = loadShare.of(capital) }
    if let history, let index = history.index(of: id) {
      standing.orders = history.orderBehaviour(partner: index, protectionMonths: (protectionDays[id] ?? 30) / 30.4375)
      standing.stuffingIndex = standing.orders.stuffingIndex
      standing.bullwhipRatio = standing.orders.bullwhipRatio
    }
    if let links {
      // Stock that nobody is expected to buy lies for ever; no stock at all is no ground for anything.
      let days = value > .zero ? (soldPerDay > 0 ? standing.turnoverDays : .infinity) : .nan
      standing.steps = links.steps(
        turnoverDays: days, slowShare: value > .zero ? standing.slowShare : .nan, region: standing.region,
        monthsSinceSigning: age(of: partner))
      let factor = standing.steps.last?.after ?? Percent(100)
      if links.targets.contains(.rebate) { standing.rebateFactor = factor }
      if links.targets.contains(.creditLimit) { standing.creditFactor = factor }
    }
    return standing
  }

  private func burnDown(_ holdings: ArraySlice<StockHolding>) -> Double {
    let over = holdings.filter { $0.excess > .zero }
    let sold = over.reduce(0) { $0 + $1.soldPerDay }
    guard !over.isEmpty else { return 0 }
    return sold > 0 ? over.lazy.map(\.excess).total().double / sold : .nan
  }

  /// Months from signing to the first planned one; nil where either is not known.
  private func age(of partner: Partner?) -> Int? {
    guard let signed = partner?.signedOn?.containing(.month), let month = month?.containing(.month) else { return nil }
    return max(0, month.ordinal - signed.ordinal)
  }
}
