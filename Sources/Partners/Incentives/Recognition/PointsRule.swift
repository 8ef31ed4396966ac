public import ChannelTypes

/// Points of a quarter: a weighted sum of what was achieved, gone at the quarter's end.
///
///     points = full · Σ over dimensions of weight · min(achievement, cap)
///
/// Achievements are percentages: sales of target, new customers of the number that counts as all, satisfaction of 100.
/// The sum is exact and rounded once, to whole points, ties to the even one. A dimension of which nothing is known
/// earns nothing, and says so.
public struct PointsRule: Sendable, Hashable {
  public enum Dimension: String, Sendable, Hashable, CaseIterable {
    case attainment
    case newCustomers = "new_customers"
    case satisfaction
  }

  /// By `Dimension.allCases`; 100 % together.
  public var weights = [Percent(50), Percent(30), Percent(20)]
  /// Points of a quarter in which every achievement is 100 %.
  public var full = 1000
  /// No achievement counts for more.
  public var cap = Percent(150)
  /// New customers of a quarter that count as 100 %.
  public var newCustomersGoal = 2
  /// Of one point, when it is redeemed.
  public var value = Money(1)
  /// Points redeemed before they expire, of those granted, until the ledger shows how many are.
  public var redeemed = Percent(80)
  /// What points are redeemed for.
  public var form = Award.Form.discount

  public init() {}

  /// Whether the weights add up to 100 %.
  public var isProper: Bool { weights.reduce(0) { $0 + $1.tenThousandths } == 1_000_000 }

  /// Points for achievements by dimension, nil where unknown; and the exact part of each dimension, in points · 10¹².
  public func points(_ achievements: [Percent?]) -> (total: Int, parts: [Int128]) {
    let parts = zip(weights, achievements).map { weight, achievement -> Int128 in
      let counted = min(max(achievement ?? Percent(0), Percent(0)), cap)
      return Int128(full) * Int128(weight.tenThousandths) * Int128(counted.tenThousandths)
    }
    return (Int(clamping: parts.reduce(0, +).dividedToEven(by: Self.partScale)), parts)
  }

  static let partScale: Int128 = 1_000_000_000_000
}

/// The points account of a partner in one quarter. It opens and closes at zero:
/// opening + earned + bonus − redeemed − expired = closing = 0.
public struct PointsAccount: Sendable, Hashable {
  /// Where the redeemed points are known from.
  public enum Basis: String, Sendable, Hashable, CaseIterable {
    /// Redemptions of the quarter in the ledger.
    case booked
    /// The share redeemed over the ledger's whole history.
    case history
    /// The plan's share.
    case plan
  }

  public var partner: Int
  public var quarter: Period
  /// By `PointsRule.Dimension`; nil where unknown.
  public var achievements: [Percent?]
  public var opening = 0
  public var earned = 0
  /// For first orders of new products.
  public var bonus = 0
  public var redeemed = 0
  public var basis = Basis.plan
  /// Points that the ledger granted in the quarter; nil where it has none.
  public var booked: Int?
  /// Of the redeemed points.
  public var value = Money.zero

  public var expired: Int { opening + earned + bonus - redeemed }
  public var closing: Int { opening + earned + bonus - redeemed - expired }
  public var missing: [PointsRule.Dimension] {
    zip(PointsRule.Dimension.allCases, achievements).filter { $1 == nil }.map(\.0)
  }
}

extension PointsAccount {
  init(
    _ partner: Int, _ quarter: Period, _ achievements: [Percent?], _ rule: PointsRule, bonus: Int,
    ledger: RecognitionLedger
  ) {
    (self.partner, self.quarter, self.achievements, self.bonus) = (partner, quarter, achievements, bonus)
    earned = rule.points(achievements).total
    let key = RecognitionLedger.Key(partner: partner, quarter: quarter)
    booked = ledger.granted[key]
    let available = opening + earned + bonus
    if ledger.hasRedemptions(quarter) {
      redeemed = min(available, ledger.redeemed[key] ?? 0)
      basis = .booked
    } else {
      let share = ledger.redeemedShare ?? rule.redeemed
      basis = ledger.redeemedShare == nil ? .plan : .history
      redeemed = Int((Int128(available) * Int128(share.tenThousandths)).dividedToEven(by: 1_000_000))
    }
    value = rule.value * redeemed
  }
}

/// What the network's points are expected to cost in a quarter to come.
public struct PointsOutlook: Sendable, Hashable {
  public var quarter: Period
  /// The day after which nothing of them is left.
  public var expiresOn: Period
  public var granted: Int
  public var redeemed: Int
  /// The breakage.
  public var expired: Int
  public var cost: Money
}
