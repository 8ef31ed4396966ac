/// The names that a condition of an alert rule may use: results of a run, by month, of a partner or of a region.
///
/// A quantity that the data do not have is unknown, and so is what is computed from it; a condition that is unknown
/// never fires.
public enum AlertQuantity: String, Sendable, Hashable, CaseIterable {
  case orders
  case orderValue = "order_value"
  case sellOut = "sell_out"
  case returns
  case stockOutDays = "stockout_days"
  case promotionDays = "promotion_days"
  case monthsSilent = "months_silent"
  case expectedLow = "forecast.p10"
  case expected = "forecast.p50"
  case expectedHigh = "forecast.p90"
  case nextLow = "next.p10"
  case next = "next.p50"
  case nextHigh = "next.p90"
  case attainment
  case score
  case quartersBelow = "quarters_below"
  case complaints
  case unresolved
  case diversions
  case responseHours = "response_hours"
  case satisfaction
  case turnoverDays = "turnover_days"
  case coverDays = "cover_days"
  case slowShare = "slow_share"
  case stuffingIndex = "stuffing_index"
  case stockValue = "stock_value"
  case excessStockValue = "excess_stock_value"
  case creditUse = "credit_use"
  case daysOverdue = "days_overdue"

  /// Where the quantity is only known for the month that is judged: a count, not a series.
  public var isSnapshot: Bool {
    switch self {
    case .turnoverDays, .coverDays, .slowShare, .stockValue, .excessStockValue, .creditUse, .daysOverdue, .nextLow,
      .next, .nextHigh:
      true
    default: false
    }
  }

  /// What it means and what it is counted in.
  public var meaning: String {
    switch self {
    case .orders: "units that were bought in the month"
    case .orderValue: "what was bought in the month, in the plan's currency"
    case .sellOut: "units that were sold on in the month"
    case .returns: "units that came back in the month"
    case .stockOutDays: "days without stock in the month, of the average product"
    case .promotionDays: "days of promotion in the month, of the average product"
    case .monthsSilent: "months since the last row of the sales table; 0 where the month has one"
    case .expectedLow, .expected, .expectedHigh:
      "units that were to be expected in the month as seen from the month before: a tenth, half, nine tenths of "
        + "months lie below"
    case .nextLow, .next, .nextHigh: "demand that is planned for the first planned month, in the forecast's measure"
    case .attainment: "actual ÷ adjusted target of the last whole quarter"
    case .score: "health score of the last whole quarter, 0 … 100"
    case .quartersBelow: "quarters in a row in which one indicator was below its baseline"
    case .complaints: "complaints and service cases in the month"
    case .unresolved: "complaints and service cases of the month that are not settled"
    case .diversions: "cases of diverted or dumped goods in the month"
    case .responseHours: "hours to the first answer, on average over the month's cases"
    case .satisfaction: "0 … 100, as surveyed"
    case .turnoverDays, .coverDays: "stock in days of expected demand"
    case .slowShare: "share of the stock's value that sold nothing for too long, 0 … 1"
    case .stuffingIndex: "sell-in ÷ sell-out over the last three months"
    case .stockValue: "stock at cost, in the plan's currency"
    case .excessStockValue: "stock at cost above the upper line, or what sells too slowly, whichever is more"
    case .creditUse: "open invoices ÷ credit limit"
    case .daysOverdue: "days by which the oldest open invoice is late"
    }
  }

  /// What an alert on the quantity is about: alerts of one subject about one thing are one alert.
  public var topic: Alert.Cause {
    switch self {
    case .orders, .orderValue, .sellOut, .monthsSilent, .expectedLow, .expected, .expectedHigh, .nextLow, .next,
      .nextHigh, .promotionDays:
      .demand
    case .returns, .complaints, .unresolved, .responseHours: .service
    case .stockOutDays: .stockOut
    case .attainment, .score, .quartersBelow: .performance
    case .diversions: .diversion
    case .satisfaction: .relationship
    case .turnoverDays, .coverDays, .slowShare, .stuffingIndex, .stockValue, .excessStockValue: .overstock
    case .creditUse, .daysOverdue: .credit
    }
  }
}

/// Quantities of subjects by month, subject after subject, months contiguous; NaN is unknown.
public struct AlertObservations: Sendable {
  /// `partner:P017`, `region:east`.
  public let subjects: [String]
  public let monthCount: Int
  private var columns: [AlertQuantity: [Double]] = [:]

  public init(subjects: [String], monthCount: Int) {
    self.subjects = subjects
    self.monthCount = monthCount
  }

  public var cellCount: Int { subjects.count * monthCount }

  public subscript(quantity: AlertQuantity) -> [Double] {
    get { columns[quantity] ?? [Double](repeating: .nan, count: cellCount) }
    set {
      precondition(newValue.count == cellCount, "observations must fill subjects × months")
      columns[quantity] = newValue
    }
  }

  /// One value, without copying its column.
  public func value(_ quantity: AlertQuantity, subject: Int, month: Int) -> Double {
    columns[quantity].map { $0[subject * monthCount + month] } ?? .nan
  }

  /// Sets a value of the last month only.
  public mutating func setLast(_ quantity: AlertQuantity, subject: Int, _ value: Double) {
    guard monthCount > 0 else { return }
    let last = (subject + 1) * monthCount - 1
    let unknown = [Double](repeating: .nan, count: columns[quantity] == nil ? cellCount : 0)
    columns[quantity, default: unknown][last] = value
  }

  /// Whether a quantity is known of anybody in the last month.
  public func isKnown(_ quantity: AlertQuantity) -> Bool {
    guard let column = columns[quantity], monthCount > 0 else { return false }
    return subjects.indices.contains { !column[($0 + 1) * monthCount - 1].isNaN }
  }
}
