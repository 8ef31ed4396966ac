public import ChannelTypes
public import Tables

/// A region's targets of a quarter, moved because its market moved.
public struct TargetAdjustment: Sendable, Hashable {
  public var region: String
  public var quarter: Period
  /// The market's demand against what the target was set for: −0.2 is a fifth less.
  public var marketChange: Double
  /// 100 % where nothing was moved.
  public var targetFactor: Percent
  /// What rewards that hang on the target are multiplied by.
  public var rewardCoefficient: Percent
  /// Whether the maker's own sales stand in for the market.
  public var isFallback: Bool
  /// The line of the plan whose rule was applied.
  public var place: SourcePlace?

  public init(
    region: String, quarter: Period, marketChange: Double, targetFactor: Percent, rewardCoefficient: Percent,
    isFallback: Bool, place: SourcePlace? = nil
  ) {
    self.region = region
    self.quarter = quarter
    self.marketChange = marketChange
    self.targetFactor = targetFactor
    self.rewardCoefficient = rewardCoefficient
    self.isFallback = isFallback
    self.place = place
  }
}

/// A partner's target of a quarter and what became of it.
public struct Attainment: Sendable, Hashable {
  public var partner: String
  public var quarter: Period
  /// As it was set; nil where there is none.
  public var target: Money?
  /// After the region's adjustment.
  public var adjustedTarget: Money?
  /// What is known so far; nil for a quarter that has not begun.
  public var actual: Money?
  /// Chance of reaching the adjusted target; 0 or 1 for a quarter that is over, NaN without a forecast.
  public var probability: Double
  /// How far the attainment is from the region's, in the region's own spread; NaN where that is not known.
  public var regionScore: Double

  public init(
    partner: String, quarter: Period, target: Money?, adjustedTarget: Money?, actual: Money?, probability: Double,
    regionScore: Double = .nan
  ) {
    self.partner = partner
    self.quarter = quarter
    self.target = target
    self.adjustedTarget = adjustedTarget
    self.actual = actual
    self.probability = probability
    self.regionScore = regionScore
  }

  /// Actual ÷ adjusted target; NaN where one of them is missing or the target is zero.
  public var ratio: Double {
    guard let actual, let adjustedTarget, adjustedTarget > .zero else { return .nan }
    return actual.double / adjustedTarget.double
  }
}

/// What the stages after tracking read of it.
public struct TrackingResult: Sendable {
  public var adjustments: [TargetAdjustment]
  /// Partner × quarter: quarters of the history that have a target, and planned ones.
  public var attainments: [Attainment]
  private var adjustmentIndex: [String: [Int: Int]] = [:]
  private var attainmentIndex: [String: [Int: Int]] = [:]

  public init(adjustments: [TargetAdjustment] = [], attainments: [Attainment] = []) {
    self.adjustments = adjustments
    self.attainments = attainments
    for (index, item) in adjustments.enumerated() {
      adjustmentIndex[item.region, default: [:]][item.quarter.ordinal] = index
    }
    for (index, item) in attainments.enumerated() {
      attainmentIndex[item.partner, default: [:]][item.quarter.ordinal] = index
    }
  }

  public func adjustment(region: String, quarter: Period) -> TargetAdjustment? {
    adjustmentIndex[region]?[quarter.ordinal].map { adjustments[$0] }
  }

  public func attainment(partner: String, quarter: Period) -> Attainment? {
    attainmentIndex[partner]?[quarter.ordinal].map { attainments[$0] }
  }
}
