public import ChannelTypes
public import Tables

/// Our share of the market beside that of rivals, by quarter: of every region, and of all weighted by their markets.
///
/// Our share is what partners sold on over the region's market: a twelfth of its cities' yearly potential a month, moved
/// by the market index. Rivals' shares are as reported. Both must be of the same market: where they add up to more than
/// the whole, the quarter is marked and nothing is left for others.
public struct RivalShares: Sendable {
  public struct Line: Sendable, Hashable {
    /// Nil for all regions together.
    public var region: String?
    public var quarter: Period
    /// Nil for ourselves.
    public var rival: String?
    /// 0 … 1; NaN where it is not known.
    public var share: Double
    /// The market in the quarter, in money; NaN where it is not known.
    public var market: Double
    /// Whether all shares of the quarter add up to at most the whole market.
    public var isSameMarket: Bool
    public var yearOnYear = Double.nan
    public var periodOnPeriod = Double.nan
  }

  /// By region (all first), quarter, ourselves first and then rivals by name.
  public private(set) var lines: [Line] = []
  public var differing: Int { Set(lines.filter { !$0.isSameMarket }.map { "\($0.region ?? "") \($0.quarter)" }).count }

  private static let tolerance = 1.005

  /// Complexity: O(partners · months + rows).
  public init(history: ChannelHistory, competitors: Table, regions: Table?, marketIndex: Table?) {
    let quarters = history.wholeQuarters
    let names = Set(history.partners.map(\.region)).subtracting([""]).sorted()
    guard let first = quarters.first, let reported = Self.reported(competitors, first, quarters.count) else { return }
    let rivals = Set(reported.keys.map(\.rival)).sorted()
    let market = Self.markets(history, quarters, regions, marketIndex)
    let sold = Self.sold(history, quarters)
    /// Shares of ourselves and rivals in a region and quarter.
    func shares(_ region: String, _ quarter: Int) -> (own: Double, rivals: [Double], market: Double) {
      let size = market[region]?[quarter] ?? .nan
      let own = (sold[region]?[quarter] ?? .nan) / size
      return (
        own.isFinite ? own : .nan, rivals.map { reported[Key(region: region, rival: $0, quarter: quarter)] ?? .nan },
        size
      )
    }
    for region in [nil] + names.map(Optional.init) {
      for quarter in quarters.indices {
        let parts = (region.map { [$0] } ?? names).map { shares($0, quarter) }
        let own = Self.mean(parts.map { ($0.own, $0.market) })
        let others = rivals.indices.map { rival in Self.mean(parts.map { ($0.rivals[rival], $0.market) }) }
        guard others.contains(where: \.isFinite) else { continue }
        let size = parts.map(\.market).reduce(0, +)
        let whole = ([own] + others).reduce(0) { $1.isFinite ? $0 + $1 : $0 }
        for (rival, share) in zip([nil] + rivals.map(Optional.init), [own] + others) {
          lines.append(
            Line(
              region: region, quarter: quarters[quarter], rival: rival, share: share, market: size,
              isSameMarket: whole <= Self.tolerance))
        }
      }
    }
    setChanges()
  }

  private struct Key: Hashable {
    var region: String
    var rival: String
    var quarter: Int
  }

  /// Means of the months of a quarter.
  private static func reported(_ table: Table, _ first: Period, _ count: Int) -> [Key: Double]? {
    guard let periods = table.periods("period"), let regions = table.text("region"), let rivals = table.text("rival"),
      let shares = table.numbers("share")
    else { return nil }
    let quarters = periods.ordinals(as: .quarter)
    var sums: [Key: (sum: Double, count: Double)] = [:]
    for row in 0..<table.rowCount where shares[row].isFinite && quarters[row] != Int.min {
      let quarter = quarters[row] - first.ordinal
      guard (0..<count).contains(quarter), let region = regions[row], let rival = rivals[row] else { continue }
      let key = Key(region: region, rival: rival, quarter: quarter)
      let old = sums[key] ?? (0, 0)
      sums[key] = (old.sum + shares[row], old.count + 1)
    }
    return sums.isEmpty ? nil : sums.mapValues { $0.sum / $0.count }
  }

  private static func sold(_ history: ChannelHistory, _ quarters: [Period]) -> [String: [Double]] {
    let values = history.sellOutValue.contains { $0 != .zero } ? history.sellOutValue : history.sellInValue
    let ranges = quarters.map { history.months(in: $0) }
    var sold: [String: [Double]] = [:]
    for (index, partner) in history.partners.enumerated() {
      for (quarter, range) in ranges.enumerated() {
        sold[partner.region, default: Array(repeating: 0, count: quarters.count)][quarter] +=
          values[history.cells(partner: index, months: range)].total().double
      }
    }
    return sold
  }

  /// The market of each region by quarter, in money.
  private static func markets(
    _ history: ChannelHistory, _ quarters: [Period], _ regions: Table?, _ marketIndex: Table?
  ) -> [String: [Double]] {
    guard let regions, let names = regions.text("region"), let money = regions.money("potential") else { return [:] }
    var yearly: [String: Double] = [:]
    for row in 0..<regions.rowCount where money[row] != Unknown.money {
      if let region = names[row] { yearly[region, default: 0] += money[row].double }
    }
    var index: [String: [Int: Double]] = [:]
    if let marketIndex, let periods = marketIndex.periods("period"), let places = marketIndex.text("region"),
      let values = marketIndex.numbers("index")
    {
      let months = periods.ordinals(as: .month)
      for row in 0..<marketIndex.rowCount where values[row].isFinite && months[row] != Int.min {
        if let region = places[row] { index[region, default: [:]][months[row]] = values[row] / 100 }
      }
    }
    return yearly.filter { $0.value > 0 }.reduce(into: [:]) { markets, region in
      let levels = index[region.key] ?? [:]
      markets[region.key] = quarters.map { quarter in
        history.months(in: quarter).reduce(0) { sum, month in
          sum + region.value / 12 * (levels[history.month(month).ordinal] ?? 1)
        }
      }
    }
  }

  /// Weighted by markets; plain where markets are not known.
  private static func mean(_ parts: [(share: Double, market: Double)]) -> Double {
    let known = parts.filter(\.share.isFinite)
    guard !known.isEmpty else { return .nan }
    let weights = known.allSatisfy(\.market.isFinite) ? known.map(\.market) : known.map { _ in 1 }
    return zip(known, weights).reduce(0) { $0 + $1.0.share * $1.1 } / weights.reduce(0, +)
  }

  private mutating func setChanges() {
    struct Who: Hashable {
      var region: String?
      var rival: String?
      var quarter: Int
    }
    let known = Dictionary(
      lines.map { (Who(region: $0.region, rival: $0.rival, quarter: $0.quarter.ordinal), $0.share) },
      uniquingKeysWith: { first, _ in first })
    for index in lines.indices {
      let line = lines[index]
      func change(_ distance: Int) -> Double {
        let who = Who(region: line.region, rival: line.rival, quarter: line.quarter.ordinal - distance)
        return line.share - (known[who] ?? .nan)
      }
      lines[index].yearOnYear = change(4)
      lines[index].periodOnPeriod = change(1)
    }
  }
}
