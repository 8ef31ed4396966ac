import ChannelTypes

/// Why the demand of a partner changed, as far as the records tell.
///
/// In this order, the first that fits: its region is under an alert of the same direction; it had nothing to sell; a
/// promotion ended or began; its price changed against its own last half year. None of them: the change is its own.
struct DemandCause {
  let history: ChannelHistory
  let demand: WatchedDemand
  /// The open stretch of each region.
  let regions: [Episode?]

  /// Days without stock in a month, of the average product, from which empty shelves explain a fall.
  static let stockOutDays = 4.0
  /// Change of the average price that explains a change of demand.
  static let priceChange = 0.05

  func find(partner: Int, months: ClosedRange<Int>, isFall: Bool) -> (cause: Alert.Cause, evidence: Alert.Evidence) {
    // 1. The region.
    let region = demand.regionOf[partner]
    if let episode = regions[region], (episode.change < 0) == isFall, episode.end >= months.lowerBound {
      return (.market, .init("region \(demand.regionNames[region])", "\(percent(-episode.depth)) against expected"))
    }
    let before = max(0, months.lowerBound - 6)..<months.lowerBound
    let during = months.lowerBound..<months.upperBound + 1
    // 2. Empty shelves.
    let (empty, usual) = (
      perRow(history.stockOutDays, partner, during), perRow(history.stockOutDays, partner, before)
    )
    if isFall, empty >= Self.stockOutDays, empty >= 2 * (usual.isNaN ? 0 : usual) {
      return (.stockOut, .init("days without stock", "\(one(empty)) a month, \(one(usual)) in the half year before"))
    }
    // 3. Promotions.
    let (promoted, promotedBefore) = (
      perRow(history.promotionDays, partner, during),
      perRow(history.promotionDays, partner, max(0, months.lowerBound - 2)..<months.lowerBound)
    )
    if isFall
      ? promotedBefore >= 5 && promoted < 0.5 * promotedBefore : promoted >= 5 && promotedBefore < 0.5 * promoted
    {
      return (
        .promotion,
        .init("days of promotion", "\(one(promoted)) a month, \(one(promotedBefore)) in the months before")
      )
    }
    // 4. Price.
    let (price, priceBefore) = (averagePrice(partner, during), averagePrice(partner, before))
    let change = price / priceBefore - 1
    if isFall ? change >= Self.priceChange : change <= -Self.priceChange {
      return (.price, .init("average price", "\(percent(change)) against the half year before"))
    }
    return (.demand, .init("market, stock, promotions, price", "none of them explains it"))
  }

  /// Value of a unit over some months, at what consumers pay or, where that is not known, at what the partner pays.
  func averagePrice(_ partner: Int, _ months: Range<Int>) -> Double {
    let cells = history.cells(partner: partner, months: months)
    let sold = history.sellOutValue[cells].total().double / history.sellOutUnits[cells].reduce(0, +)
    if sold.isFinite, sold > 0 { return sold }
    let bought = history.sellInValue[cells].total().double / history.sellInUnits[cells].reduce(0, +)
    return bought.isFinite && bought > 0 ? bought : .nan
  }

  private func perRow(_ values: [Double], _ partner: Int, _ months: Range<Int>) -> Double {
    let cells = history.cells(partner: partner, months: months)
    let rows = cells.reduce(0) { $0 + Int(history.rowCounts[$1]) }
    return rows > 0 ? values[cells].reduce(0, +) / Double(rows) : .nan
  }
}

/// `−41.5 %`; a sign for both directions.
func percent(_ share: Double) -> String {
  guard share.isFinite, abs(share) < 1e12 else { return "unknown" }
  let tenths = Int((share * 1000).rounded())
  return (tenths < 0 ? "-" : "+") + "\(abs(tenths) / 10).\(abs(tenths) % 10) %"
}

/// One decimal; `unknown` for what is not a number.
func one(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "unknown" }
  let tenths = Int((value * 10).rounded())
  return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
}
