public import Allocation
public import ChannelTypes
public import Specifications
public import Tables

/// `targets:` annual goals and how they are divided.
public struct TargetSettings: Sendable {
  /// Revenue of a year, in the plan's currency, ascending by year.
  public var annual: [(year: Int, amount: Located<Money>)] = []
  /// Targets are whole multiples of this.
  public var unit = Located(Money(1))
  public var method = TargetProblem.Method.leastSquares
  /// Exponents of last year's sales, potential and capability in a partner's share.
  public var split = TargetProblem.Split()
  /// Factors of the strategy by region.
  public var regionWeights: [(id: String, factor: Double)] = []
  /// The part of a region's share that goes to a line for customers still to be won, in percent.
  public var newCustomers = Percent(0)
  /// Sums that keep their share exactly.
  public var holdsMonths = false
  public var holdsRegions = false
  public var limits: [TargetProblem.Limit] = []
  public var growth: [TargetProblem.Growth] = []
  /// Share of a prepayment that becomes revenue after 0, 1, 2, … months; empty for revenue targets only.
  public var conversion: [Double] = []
  public var conversionPlace = SourcePlace.default
  /// How targets move with their markets and are followed.
  public var tracking = TrackingSettings()

  public init() {
    split.base = 1
    split.potential = 0
    split.capability = 0
  }
}
