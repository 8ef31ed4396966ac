public import ChannelTypes
public import Tables

/// How the demand of each region's whole market moves: the index of the market, and the plan's assumption for the
/// months to come.
///
/// - A month that is known counts by its index against the same month a year before.
/// - A planned month counts (1 + min(0, r)) · f against the same month a year before, where r is the change of the
///   last known months against the same ones a year before, and f what the plan assumes of the region's demand. A
///   market that grew does not offset a fall that the plan states: the growth is in the targets already.
/// - The change of a quarter is the mean over its months, less 1.
///
/// Where a region has no index its own sales stand in, and every result says so: a maker that loses share would
/// otherwise be rewarded for it with lower targets.
public struct MarketDemand: Sendable {
  /// The change of a quarter and what it rests on.
  public struct Change: Sendable, Hashable {
    /// Of the quarter against what its target was set for, to a ten-thousandth of a percent.
    public var change: Percent
    /// Of the last known months against a year before; nil where it is not known or no month is planned.
    public var recent: Percent?
    /// The months behind `recent` or, of a quarter that is over, the quarter's own.
    public var months: Range<Int>
    /// The plan's factor on the planned months, their mean; 1 where there are none.
    public var assumed: Double
  }

  public let regions: [String]
  public let firstMonth: Period
  public let monthCount: Int
  /// Region × month; NaN is unknown.
  public private(set) var index: [Double]
  /// By region: whether its own sales stand in.
  public private(set) var isFallback: [Bool]
  /// By region and month: the first row of the table, −1 where there is none.
  public private(set) var rows: [Int32]
  /// How many recent months are compared.
  public let window: Int
  /// What is assumed of a region's demand in a month on or after the plan's start, against the forecast.
  private let assumption: @Sendable (_ region: String, _ month: Period) -> Double
  private var positions: [String: Int] = [:]

  /// - Parameters:
  ///   - table: `period, region, index`; nil where there is none.
  ///   - history: gives the months, the first planned one, and the sales that stand in.
  ///   - window: recent months that are compared, 1 or more.
  /// Complexity: O(rows + partners · months).
  public init(
    _ table: Table?, history: ChannelHistory, window: Int,
    assumption: @escaping @Sendable (_ region: String, _ month: Period) -> Double = { _, _ in 1 }
  ) {
    regions = Set(history.partners.map(\.region)).sorted()
    (firstMonth, monthCount) = (history.firstMonth, history.monthCount)
    self.window = max(1, window)
    self.assumption = assumption
    for (place, region) in regions.enumerated() { positions[region] = place }
    index = [Double](repeating: .nan, count: regions.count * monthCount)
    rows = [Int32](repeating: -1, count: regions.count * monthCount)
    isFallback = [Bool](repeating: false, count: regions.count)
    if let table { read(table) }
    for region in regions.indices where !cells(region).contains(where: { index[$0].isFinite }) {
      isFallback[region] = true
      standIn(region, history)
    }
  }

  private func cells(_ region: Int) -> Range<Int> { region * monthCount..<(region + 1) * monthCount }

  /// Finer periods than months add up.
  private mutating func read(_ table: Table) {
    guard let names = table.text("region"), let periods = table.periods("period"), let values = table.numbers("index")
    else { return }
    let ordinals = periods.ordinals(as: .month)
    let region = names.dictionary.map { positions[$0] }
    for row in 0..<table.rowCount where names.codes[row] >= 0 && values[row].isFinite && ordinals[row] != Int.min {
      let month = ordinals[row] - firstMonth.ordinal
      guard let region = region[Int(names.codes[row])], (0..<monthCount).contains(month) else { continue }
      let cell = region * monthCount + month
      index[cell] = index[cell].isNaN ? values[row] : index[cell] + values[row]
      if rows[cell] < 0 { rows[cell] = Int32(row) }
    }
  }

  private mutating func standIn(_ region: Int, _ history: ChannelHistory) {
    let values = history.hasSellIn ? history.sellInValue : history.sellOutValue
    for (partner, facts) in history.partners.enumerated() where facts.region == regions[region] {
      for month in 0..<monthCount {
        let cell = region * monthCount + month
        let sold = values[partner * monthCount + month].double
        index[cell] = index[cell].isNaN ? sold : index[cell] + sold
      }
    }
  }

  public func position(of region: String) -> Int? { positions[region] }

  /// Σ index of some months ÷ Σ of the same a year before, less 1; NaN where one of them is not known.
  public func yearChange(region: Int, months: Range<Int>) -> Double {
    guard !months.isEmpty, months.lowerBound >= 12, months.upperBound <= monthCount else { return .nan }
    let cell = region * monthCount
    let now = months.reduce(0) { $0 + index[cell + $1] }
    let before = months.reduce(0) { $0 + index[cell + $1 - 12] }
    return before > 0 ? now / before - 1 : .nan
  }

  /// The last `window` months whose change is known, no more than a year old.
  public func recentMonths(region: Int) -> Range<Int>? {
    for end in stride(from: monthCount, through: max(window, monthCount - 11), by: -1) {
      let months = end - window..<end
      if months.lowerBound >= 0, yearChange(region: region, months: months).isFinite { return months }
    }
    return nil
  }

  /// The standard deviation of the region's changes over every stretch of `window` months; NaN with fewer than six.
  public func spread(region: Int) -> Double {
    let changes = (0...max(0, monthCount - window)).map { yearChange(region: region, months: $0..<$0 + window) }
      .filter(\.isFinite)
    guard changes.count >= 6 else { return .nan }
    let mean = changes.reduce(0, +) / Double(changes.count)
    let sum = changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (sum / Double(changes.count - 1)).squareRoot()
  }

  /// How a region's market in a quarter stands against what the quarter's target was set for; nil where nothing is
  /// known of it.
  public func change(region name: String, quarter: Period) -> Change? {
    guard let region = positions[name], let start = quarter.firstDay else { return nil }
    let first = Period.month(start.year, start.month).ordinal - firstMonth.ordinal
    let known = max(0, first)..<max(max(0, first), min(first + 3, monthCount))
    var sum = 0.0
    if !known.isEmpty {
      let change = yearChange(region: region, months: known)
      guard change.isFinite else { return nil }
      sum = (1 + change) * Double(known.count)
    }
    let planned = (max(first, monthCount)..<max(max(first, monthCount), first + 3)).map { firstMonth.advanced(by: $0) }
    guard known.count + planned.count == 3 else { return nil }
    guard !planned.isEmpty else {
      return Change(change: Percent(rounding: sum / 3 - 1), recent: nil, months: known, assumed: 1)
    }
    let factors = planned.map { assumption(name, $0) }
    let recentMonths = recentMonths(region: region)
    let recent = recentMonths.map { yearChange(region: region, months: $0) }
    // Without a market to compare, the plan's assumption still holds.
    let trend = 1 + min(0, recent ?? 0)
    sum += factors.reduce(0) { $0 + trend * $1 }
    return Change(
      change: Percent(rounding: sum / 3 - 1), recent: recent.map { Percent(rounding: $0) },
      months: known.isEmpty ? recentMonths ?? 0..<0 : known,
      assumed: factors.reduce(0, +) / Double(factors.count))
  }
}
