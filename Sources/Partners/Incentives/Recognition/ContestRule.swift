public import ChannelTypes

/// The monthly contest of region squads.
///
/// Squads are ranked by their score, exact: sales ÷ base, compared by cross-multiplication. Ties go to the higher
/// sales, then to the id that comes first, so that the order of rows never decides.
public struct ContestRule: Sendable, Hashable {
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// Sales ÷ the region's revenue target of the month.
    case attainment
    /// Sales ÷ sales of the same month a year before.
    case growth
    case sales
  }

  public var measure = Measure.attainment
  /// By rank; as many as there are winners.
  public var prizes: [Money]

  public init(_ measure: Measure = .attainment, prizes: [Money]) {
    self.measure = measure
    self.prizes = prizes
  }

  public struct Squad: Sendable, Hashable {
    public var region: String
    public var sales: Money
    /// What sales are compared with; a squad without one is not ranked.
    public var base: Money?

    public init(_ region: String, sales: Money, base: Money?) {
      self.region = region
      self.sales = sales
      self.base = base
    }
  }

  /// The winners of a month, best first.
  public func winners(_ squads: [Squad], _ month: Period) -> [TeamAward] {
    let ranked = squads.filter { $0.sales > .zero && $0.base.map { $0 > .zero } ?? (measure == .sales) }
      .sorted { left, right in
        let (ours, theirs) = (product(left, right), product(right, left))
        if measure != .sales, ours != theirs { return ours > theirs }
        if left.sales != right.sales { return left.sales > right.sales }
        return left.region < right.region
      }
    return zip(ranked, prizes).enumerated().map { rank, pair in
      TeamAward(
        region: pair.0.region, month: month, rank: rank + 1, sales: pair.0.sales, base: pair.0.base, prize: pair.1)
    }
  }

  private func product(_ left: Squad, _ right: Squad) -> Int128 {
    Int128(left.sales.tenThousandths) * Int128(right.base?.tenThousandths ?? 1)
  }
}

/// A prize for a region's squad: a cost of the maker, not of a partner's account.
public struct TeamAward: Sendable, Hashable {
  public var region: String
  public var month: Period
  public var rank: Int
  public var sales: Money
  public var base: Money?
  public var prize: Money

  /// Sales ÷ base; nil where squads are ranked by sales alone.
  public var score: Percent? {
    base.flatMap { ExactArithmetic.percent(Int128(sales.tenThousandths), of: Int128($0.tenThousandths)) }
  }
}
