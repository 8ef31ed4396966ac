public import Tables

/// Tiers of service support: what a partner's commitment and cooperation earn of the maker's help.
///
/// Commitment is the number of people who work for our products only; cooperation the share of its months for which the
/// partner reported what it sold on. A partner is on the highest tier whose thresholds it meets in both.
public struct SupportLadder: Sendable, Hashable {
  public struct Tier: Sendable, Hashable {
    public var name: String
    public var dedicatedStaff: Int
    /// 0 … 1.
    public var reports: Double
    /// Days of field service in a quarter.
    public var fieldDays: Double
    public var place: SourcePlace?

    public init(_ name: String, dedicatedStaff: Int, reports: Double, fieldDays: Double) {
      self.name = name
      self.dedicatedStaff = dedicatedStaff
      self.reports = reports
      self.fieldDays = fieldDays
    }
  }

  /// From the lowest to the highest.
  public var tiers: [Tier]

  public init(_ tiers: [Tier]) { self.tiers = tiers }

  /// Whether no threshold falls from tier to tier.
  public var isProper: Bool {
    zip(tiers, tiers.dropFirst()).allSatisfy { $0.dedicatedStaff <= $1.dedicatedStaff && $0.reports <= $1.reports }
  }

  /// An unknown figure meets only a threshold of zero.
  public func tier(dedicatedStaff: Double, reports: Double) -> Int? {
    tiers.lastIndex {
      ($0.dedicatedStaff == 0 || dedicatedStaff >= Double($0.dedicatedStaff))
        && ($0.reports == 0 || reports >= $0.reports)
    }
  }
}

public struct SupportStanding: Sendable, Hashable {
  public var partner: Int
  /// NaN where unknown.
  public var dedicatedStaff: Double
  public var reports: Double
  /// 1 for the lowest tier; 0 below it.
  public var level: Int
  public var tier: SupportLadder.Tier?
}
