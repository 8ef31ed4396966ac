public import ChannelTypes

/// What a rule pays over sales, at the corners of the line: enough to draw it exactly, because a payout is straight
/// between them.
public struct PayoutCurve: Sendable, Hashable {
  public enum Unit: String, Sendable {
    case money
    /// Sales and payout as shares of the partner's target.
    case shareOfTarget = "share_of_target"
  }

  public struct Corner: Sendable, Hashable {
    public enum Kind: String, Sendable { case start, below, at, end }
    public var kind: Kind
    public var sales: Money
    public var payout: Money
  }

  public var unit: Unit
  /// Ascending; where a payout jumps, `below` and `at` stand at sales one unit of currency apart.
  public var corners: [Corner]

  /// Nil for formulas whose payout hangs on the partner: its grade or its market.
  public init?(_ formula: IncentiveFormula) {
    let thresholds: [Money]
    switch formula {
    case .tiers(let schedule): (unit, thresholds) = (.money, schedule.tiers.map(\.from))
    case .steps(let steps, _, _): (unit, thresholds) = (.money, steps.map(\.from))
    case .aboveTarget: (unit, thresholds) = (.shareOfTarget, [Money(1)])
    case .grade, .market: return nil
    }
    guard let last = thresholds.last, last > .zero, last.tenThousandths < Int64.max / 4 else { return nil }
    let target = unit == .shareOfTarget ? Money(1) : nil
    func corner(_ kind: Corner.Kind, _ sales: Money) -> Corner {
      let payout = formula.entitlement(IncentiveFacts(basis: sales, target: target, outlets: 1))
      return Corner(kind: kind, sales: sales, payout: payout.rounded())
    }
    var corners = thresholds.first == .zero ? [] : [corner(.start, .zero)]
    for from in thresholds {
      if unit == .money, from > Money(1) { corners.append(corner(.below, from - Money(1))) }
      corners.append(corner(.at, from))
    }
    corners.append(corner(.end, Money(tenThousandths: last.tenThousandths / 2 * 3)))
    self.corners = corners
  }
}
