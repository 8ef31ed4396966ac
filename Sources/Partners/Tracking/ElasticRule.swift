public import ChannelTypes

/// When a region's targets give way to its market, and by how much.
///
/// With the fall d of the market's demand and the trigger x of the region:
///
///     d < x:  the target stays, the coefficient of rewards is 100 %
///     d ≥ x:  target factor = max(floor, 1 − elasticity · d), rounded once to a ten-thousandth of a percent
///
/// The coefficient of rewards moves in the same step: linked, it is the target factor itself, or what the declared
/// steps give for the fall; else it stays 100 %. All of it is exact arithmetic on percentages; an adjusted target is
/// rounded once, to the cent (`adjusted`).
public struct ElasticRule: Sendable, Hashable {
  /// A coefficient of rewards from a fall of the market on.
  public struct RewardStep: Sendable, Hashable {
    public var drop: Percent
    public var coefficient: Percent

    public init(drop: Percent, coefficient: Percent) {
      self.drop = drop
      self.coefficient = coefficient
    }
  }

  /// What the rule says of one fall.
  public struct Answer: Sendable, Hashable {
    /// The trigger that was compared.
    public var trigger: Percent
    public var isLowered: Bool
    public var targetFactor: Percent
    public var rewardCoefficient: Percent
  }

  /// The fall from which on targets move.
  public var trigger = Percent(15)
  /// In place of it, by the maturity of the region's market.
  public var triggerByMaturity: [String: Percent] = [:]
  /// A fall must also be at least so many standard deviations of the region's own changes; nil where it need not.
  public var volatility: Double?
  /// Percent of the target given up per percent of demand lost, in ten-thousandths (10 000 is one for one).
  public var elasticityTenThousandths: Int64 = 10_000
  /// A target keeps at least this part of itself.
  public var floor = Percent(70)
  public var linksReward = true
  /// Ascending by fall; empty where the coefficient is the target factor.
  public var rewardSteps: [RewardStep] = []

  public init() {}

  /// The fall from which on a region's targets move.
  /// - Parameter spread: the standard deviation of its market's changes, a share of 1; NaN where it is not known.
  public func trigger(maturity: String?, spread: Double = .nan) -> Percent {
    let declared = maturity.flatMap { triggerByMaturity[$0] } ?? trigger
    guard let volatility, spread.isFinite else { return declared }
    return max(declared, Percent(rounding: min(volatility * spread, 1)))
  }

  /// - Parameter change: of the market's demand; −20 % is a fall by a fifth.
  public func answer(change: Percent, maturity: String? = nil, spread: Double = .nan) -> Answer {
    let trigger = trigger(maturity: maturity, spread: spread)
    let drop = Percent(tenThousandths: -change.tenThousandths)
    guard drop > Percent(0), drop >= trigger else {
      return Answer(trigger: trigger, isLowered: false, targetFactor: Percent(100), rewardCoefficient: Percent(100))
    }
    let factor = min(Percent(100), max(floor, remainder(after: drop)))
    var coefficient = Percent(100)
    if linksReward {
      coefficient =
        rewardSteps.isEmpty ? factor : rewardSteps.last { drop >= $0.drop }?.coefficient ?? Percent(100)
    }
    return Answer(
      trigger: trigger, isLowered: factor < Percent(100), targetFactor: factor, rewardCoefficient: coefficient)
  }

  /// 100 % − elasticity · fall, ties to even.
  private func remainder(after drop: Percent) -> Percent {
    let product = Int128(min(drop, Percent(100)).tenThousandths) * Int128(elasticityTenThousandths)
    let given = Int64(product.dividedToEven(by: 10_000))
    return Percent(tenThousandths: Percent(100).tenThousandths - given)
  }

  /// A target after the adjustment: rounded once to the cent, ties to even, and never above the target. What is zero
  /// or below is left as it is.
  public static func adjusted(_ target: Money, by factor: Percent) -> Money {
    guard factor < Percent(100), target > .zero else { return target }
    return min(target, factor.of(target) ?? target)
  }
}

extension Percent {
  /// The nearest ten-thousandth of a percent to a share; not finite counts as 0, and ±1000 is the end.
  package init(rounding share: Double) {
    guard share.isFinite else {
      self.init(0)
      return
    }
    self.init(tenThousandths: Int64((min(max(share, -1000), 1000) * 1_000_000).rounded(.toNearestOrEven)))
  }
}
