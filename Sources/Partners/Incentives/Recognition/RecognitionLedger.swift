public import ChannelTypes

/// What the incentive ledger says about recognition.
public struct RecognitionLedger: Sendable {
  public struct Key: Sendable, Hashable {
    public var partner: Int
    /// A year where an award is one of a year.
    public var quarter: Period

    public init(partner: Int, quarter: Period) {
      self.partner = partner
      self.quarter = quarter
    }
  }

  /// Points granted and points taken back for a redemption, both counted above zero.
  public private(set) var granted: [Key: Int] = [:]
  public private(set) var redeemed: [Key: Int] = [:]
  /// Partners that received a fund at any time.
  public var hasFund: Set<Int> = []
  /// Money paid for awards, by their name and period: the quarter of points and first orders, the year or quarter of
  /// others.
  public private(set) var paid: [String: [Key: Money]] = [:]
  private var totals: (granted: Int, redeemed: Int) = (0, 0)
  private var redemptionQuarters: Set<Period> = []

  public init() {}

  /// An entry of points: above zero granted, below zero redeemed.
  public mutating func add(points: Int, _ key: Key) {
    let count = min(points.magnitude, 1_000_000_000_000)
    if points >= 0 {
      granted[key, default: 0] += Int(count)
      totals.granted += Int(count)
    } else {
      redeemed[key, default: 0] += Int(count)
      totals.redeemed += Int(count)
      redemptionQuarters.insert(key.quarter)
    }
  }

  /// An entry of money for the award of a name.
  public mutating func add(paid amount: Money, for name: String, _ key: Key) {
    paid[name, default: [:]][key, default: .zero] += amount
  }

  func hasRedemptions(_ quarter: Period) -> Bool { redemptionQuarters.contains(quarter) }

  /// Redeemed ÷ granted over the whole ledger, at most 100 %; nil where nothing was ever redeemed. One less this share
  /// is the breakage.
  public var redeemedShare: Percent? {
    guard totals.redeemed > 0 else { return nil }
    return ExactArithmetic.percent(Int128(min(totals.redeemed, totals.granted)), of: Int128(totals.granted))
  }
}
