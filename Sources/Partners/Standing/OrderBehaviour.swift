internal import ChannelTypes
internal import Probability

/// What a partner's orders say beside what it sells: goods pushed into the channel, and swings that demand does not have.
public struct OrderBehaviour: Sendable, Hashable {
  /// Sell-in ÷ sell-out of the last three months; NaN where nothing was sold or sell-out is not reported.
  public var stuffingIndex = Double.nan
  /// How much larger the last month's share of a quarter is in sell-in than in sell-out, mean over whole quarters.
  public var quarterEndPush = Double.nan
  /// One-sided p-value of “the push is not above zero”: Student's t over the quarters. NaN with fewer than four.
  public var quarterEndPValue = Double.nan
  /// (Var(orders) ÷ mean²) ÷ (Var(demand) ÷ mean²): above 1 orders swing more than demand.
  public var bullwhipRatio = Double.nan
  /// The same had the maker replenished from sell-out: see `replayedRatio`.
  public var replayedRatio = Double.nan

  public init() {}

  /// Fewer months say nothing about a variance.
  static let leastMonths = 6

  /// - Parameters:
  ///   - orders, demand: units of consecutive months.
  ///   - firstMonth: of the calendar, 0 … 11.
  ///   - protectionMonths: lead time and review period.
  public init(
    orders: ArraySlice<Double>, demand: ArraySlice<Double>, firstMonth: Int, protectionMonths: Double
  ) {
    precondition(orders.count == demand.count, "orders and demand must cover the same months")
    let sold = demand.suffix(3).reduce(0, +)
    if demand.count >= 3, sold > 0 { stuffingIndex = orders.suffix(3).reduce(0, +) / sold }
    testQuarterEnds(Array(orders), Array(demand), firstMonth)
    guard demand.count >= Self.leastMonths else { return }
    bullwhipRatio = Self.relativeVariance(orders) / Self.relativeVariance(demand)
    if !bullwhipRatio.isFinite { bullwhipRatio = .nan }
    replayedRatio = Self.replayedRatio(demand, protectionMonths: protectionMonths)
  }

  /// The sample variance over the squared mean; NaN where the mean is not above zero.
  private static func relativeVariance(_ values: some Collection<Double>) -> Double {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    guard mean > 0 else { return .nan }
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / (mean * mean)
  }

  private mutating func testQuarterEnds(_ orders: [Double], _ demand: [Double], _ firstMonth: Int) {
    var pushes: [Double] = []
    for end in orders.indices where (firstMonth + end) % 3 == 2 && end >= 2 {
      let bought = orders[end - 2...end].reduce(0, +)
      let sold = demand[end - 2...end].reduce(0, +)
      guard bought > 0, sold > 0 else { continue }
      pushes.append(orders[end] / bought - demand[end] / sold)
    }
    guard pushes.count >= 4 else { return }
    let n = Double(pushes.count)
    let mean = pushes.reduce(0, +) / n
    let variance = pushes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    quarterEndPush = mean
    guard variance > 0 else {
      quarterEndPValue = mean > 0 ? 0 : 1
      return
    }
    quarterEndPValue = 1 - StudentT(degreesOfFreedom: n - 1).cumulative(mean / (variance / n).squareRoot())
  }

  /// The bullwhip ratio of an order-up-to policy fed with sell-out, replayed on the months of the history.
  ///
  /// The level of month t is L̂ times the mean demand of the p months before it; the order is the demand of the month
  /// plus the change of the level. For independent demand its ratio is 1 + 2 L / p + 2 L² / p².
  ///
  /// Source: Chen, Drezner, Ryan and Simchi-Levi, "Quantifying the bullwhip effect in a simple supply chain"
  /// (Management Science 46, 2000), equations 3 to 5; orders below zero are returns, as there.
  /// - Parameters:
  ///   - protectionMonths: L, lead time and review period.
  ///   - window: p.
  static func replayedRatio(
    _ demand: some Collection<Double>, protectionMonths: Double, window: Int = 12
  ) -> Double {
    let demand = Array(demand)
    let window = min(window, demand.count / 2)
    guard window >= 3, demand.count - window >= leastMonths else { return .nan }
    var orders: [Double] = []
    for month in window..<demand.count {
      // The mean moves by (D(t) − D(t − p)) / p, the level by L of that.
      orders.append(demand[month] + protectionMonths / Double(window) * (demand[month] - demand[month - window]))
    }
    let ratio = relativeVariance(orders) / relativeVariance(demand[window...])
    return ratio.isFinite ? ratio : .nan
  }
}

extension ChannelHistory {
  /// A partner's orders beside its sales, over the months from its first row to its last; all unknown where a month of
  /// them does not report sell-out.
  public func orderBehaviour(partner: Int, protectionMonths: Double) -> OrderBehaviour {
    let cells = cells(partner: partner, months: 0..<monthCount)
    guard let first = cells.first(where: { rowCounts[$0] > 0 }), let last = cells.last(where: { rowCounts[$0] > 0 }),
      (first...last).allSatisfy({ sellOutRows[$0] == rowCounts[$0] })
    else { return OrderBehaviour() }
    return OrderBehaviour(
      orders: sellInUnits[first...last], demand: sellOutUnits[first...last],
      firstMonth: (month(first - cells.lowerBound).month ?? 1) - 1, protectionMonths: protectionMonths)
  }
}
