public import ChannelTypes
import Partners
public import Specifications

/// `value:` what partners and customers are worth keeping and winning.
public struct ValueSettings: Sendable {
  /// Months after signing in which a partner is on the ramp; at least 1.
  public var rampMonths = Located(12)
  /// Revenue against the year before, in percent, above which a partner grows, and below whose negative it declines.
  public var growing = Located(Percent(10))
  public var declining = Located(Percent(10))
  /// A partner is dormant when it has been silent for more than so many of its own usual gaps between orders.
  public var dormantGaps = Located(3.0)
  /// Partners that a rule of cross-selling rests on at least.
  public var leastBuyers = Located(5)
  /// Level of the interval of a lift, between 0 and 1.
  public var level = Located(0.95)
  /// Products proposed to a partner, at most.
  public var offers = Located(3)
  /// Share of the groups of places and customers that count as high-potential.
  public var highPotential = Located(Percent(25))

  public init() {}

  /// The rule of the stages of a partner's life.
  var lifecycle: Lifecycle.Rule {
    var rule = Lifecycle.Rule()
    rule.rampMonths = rampMonths.value
    rule.growFrom = growing.value.fraction * 100
    rule.declineFrom = -declining.value.fraction * 100
    return rule
  }
}
