import ChannelTypes
import Tables

/// What became of one partner, month by month; other tables are written from it.
struct PartnerHistory {
  /// The month in which it was gone; nil while it is active.
  var end: Int?
  /// Entry 0 belongs to this month.
  let firstMonth: Int
  /// Sell-in at dealer prices.
  var sellIn: [Money] = []
  /// Sell-out at net prices.
  var sellOut: [Money] = []
  /// The maker's contribution on the sell-out.
  var margin: [Double] = []
  /// Units shipped to it.
  var units: [Int] = []
  /// Share of days without stock, mean over its products.
  var stockouts: [Double] = []
  var promisedDays: [Double] = []
  var actualDays: [Double] = []
  var complaints: [Int] = []
  var satisfaction: [Double] = []
  /// The sum of the monthly chances of leaving.
  var expectedDepartures = 0.0
  /// Whether the month's report is missing from the sales table.
  var isMissing: [Bool] = []
  /// Stock at cost when it was last counted.
  var stockValue = Money.zero

  init(firstMonth: Int) { self.firstMonth = firstMonth }

  /// Months with entries.
  var months: Range<Int> { firstMonth..<(firstMonth + sellOut.count) }

  /// The mean monthly sell-out of the last twelve months in which it was there, in CNY.
  var monthlySales: Double {
    let last = sellOut.suffix(12)
    return last.isEmpty ? 0 : last.total().double / Double(last.count)
  }

  /// The mean of the last `count` stock-out shares.
  func recentStockouts(_ count: Int) -> Double {
    let last = stockouts.suffix(count)
    return last.isEmpty ? 0 : last.reduce(0, +) / Double(last.count)
  }

  func stockouts(at month: Int) -> Double {
    months.contains(month) ? stockouts[month - firstMonth] : 0
  }
}
