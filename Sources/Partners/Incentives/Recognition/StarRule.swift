public import ChannelTypes

/// Star dealers: years in a row with the target met bring priority when exclusive rights are renewed, and a loyalty
/// bonus on cumulative sales.
///
/// The bonus of the year that completes the row is on the sales of all its years; of each later year on that year's
/// own. So every year's sales earn it once. The rate rises evenly with the years:
///
///     rate = low + (high − low) · min(years − needed, full − needed) ÷ (full − needed)
///
/// rounded with the sales, once, to cents.
public struct StarRule: Sendable, Hashable {
  /// Years in a row that make a star.
  public var years = 3
  public var low = Percent(1)
  public var high = Percent(3)
  /// Years from which the high rate is paid; at least `years`.
  public var fullYears = 6

  public init() {}

  /// How far on the way from the low rate to the high one: steps taken and steps in all.
  private func progress(_ streak: Int) -> (taken: Int, all: Int) {
    let all = fullYears - years
    guard all > 0 else { return (1, 1) }
    return (min(max(streak - years, 0), all), all)
  }

  /// The rate after so many years, to a ten-thousandth of one percent, for display; zero before the first star.
  public func rate(_ streak: Int) -> Percent {
    guard streak >= years else { return Percent(0) }
    let (taken, all) = progress(streak)
    let rise = Int128(high.tenThousandths - low.tenThousandths) * Int128(taken)
    return Percent(tenThousandths: low.tenThousandths + Int64(rise.dividedToEven(by: Int128(all))))
  }

  /// Whose sales the bonus of the last year is on: so many years, ending with it.
  public func baseYears(_ streak: Int) -> Int { streak < years ? 0 : streak == years ? years : 1 }

  /// The bonus on a base, to the cent.
  public func bonus(_ streak: Int, base: Money) -> Money {
    guard streak >= years, base > .zero else { return .zero }
    let (taken, all) = progress(streak)
    let rate =
      Int128(low.tenThousandths) * Int128(all) + Int128(high.tenThousandths - low.tenThousandths) * Int128(taken)
    return ExactArithmetic.cents(base, times: rate, over: Int128(all) * 1_000_000)
  }
}

/// Where a partner stands on the way to a star.
public struct StarStanding: Sendable, Hashable {
  public var partner: Int
  public var streak: AttainmentRecord.YearStreak
  public var isStar: Bool
  public var rate: Percent
  public var baseYears: Int
  public var base: Money
  public var bonus: Money
}

/// Priority in supply: quarters in a row with the target met.
public struct PriorityRule: Sendable, Hashable {
  /// Quarters needed.
  public var streak = 2
  /// What the weight of such a partner is multiplied by when scarce goods are split.
  public var factor = 1.5

  public init() {}
}

public struct PriorityStanding: Sendable, Hashable {
  public var partner: Int
  /// Quarters in a row, up to the last one.
  public var streak: Int
  public var hasPriority: Bool
  /// With priority on the highest grade: may be offered exclusive agency.
  public var mayBeExclusive: Bool
}
