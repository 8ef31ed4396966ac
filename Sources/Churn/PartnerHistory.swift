public import ChannelTypes

/// What happened to every partner, period by period, as far as it was recorded.
///
/// Series have the shape partner × period, periods contiguous: the value of partner i in period t (0 = the first) is at
/// i · periodCount + t. NaN is unknown: nothing was reported.
public struct PartnerHistory: Sendable {
  public let partners: [String]
  /// Region and kind of channel of each partner; empty where not stated.
  public let regions: [String]
  public let channels: [String]
  public let firstPeriod: Period
  public let periodCount: Int
  public let frequency: Frequency
  /// Value (or quantity) of sell-out.
  public var sales: [Double]
  /// Margin on the sell-out, in currency.
  public var margin: [Double]
  /// Value (or quantity) of sell-in; NaN where not given.
  public var sellIn: [Double]
  /// Share of days without stock, mean over the products reported.
  public var stockoutShare: [Double]
  /// Complaints and other incidents; empty without such a table.
  public var incidents: [Double] = []
  /// Days that deliveries came later than promised; empty without such a table.
  public var deliveryDelay: [Double] = []
  /// Period in which the partner signed, counted like the others, possibly negative; nil where unknown.
  public let signed: [Int?]
  /// Whether the partner's status says that it has ended.
  public let isEnded: [Bool]

  public init(
    partners: [String], regions: [String], channels: [String], firstPeriod: Period, periodCount: Int,
    frequency: Frequency, sales: [Double], margin: [Double], sellIn: [Double], stockoutShare: [Double], signed: [Int?],
    isEnded: [Bool]
  ) {
    precondition(sales.count == partners.count * periodCount, "the history must fill partners × periods")
    self.partners = partners
    self.regions = regions
    self.channels = channels
    self.firstPeriod = firstPeriod
    self.periodCount = periodCount
    self.frequency = frequency
    self.sales = sales
    self.margin = margin
    self.sellIn = sellIn
    self.stockoutShare = stockoutShare
    self.signed = signed
    self.isEnded = isEnded
  }

  /// Periods in a quarter of a year: the window over which the recent past is judged.
  var quarter: Int { max(1, frequency.periodsPerYear / 4) }

  /// Mean of the known values of a series over periods, cut to the history; NaN where none is known.
  func mean(_ series: [Double], _ partner: Int, _ periods: Range<Int>) -> Double {
    var (sum, known) = (0.0, 0)
    for period in periods.clamped(to: 0..<periodCount) {
      let value = series[partner * periodCount + period]
      guard !value.isNaN else { continue }
      sum += value
      known += 1
    }
    return known > 0 ? sum / Double(known) : .nan
  }

  func sells(_ partner: Int, _ period: Int) -> Bool { sales[partner * periodCount + period] > 0 }

  func firstSale(_ partner: Int) -> Int? { (0..<periodCount).first { sells(partner, $0) } }
  func lastSale(_ partner: Int) -> Int? { (0..<periodCount).last { sells(partner, $0) } }

  /// The first period without the partner: the one after its last sale, where its status says that it ended or it has
  /// sold nothing for `inactivePeriods` since. Nil for a partner that is there, or about which it is too early to say.
  public func exit(_ partner: Int, inactivePeriods: Int) -> Int? {
    guard let last = lastSale(partner) else { return nil }
    return isEnded[partner] || periodCount - 1 - last >= inactivePeriods ? last + 1 : nil
  }
}
