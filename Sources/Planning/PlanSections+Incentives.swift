public import Partners
public import Specifications

/// `incentives:` what partners earn, and by which rules.
public struct IncentiveSettings: Sendable {
  /// `points`, `star`, `contest`, `new_product`, `grades`, `awards`.
  public var recognition = RecognitionSettings()
  /// `commission`, `over_target_bonus`, `rebates`, `store_fit`, `reinvestment`: the versions of all rules, in the
  /// order of the plan.
  public var rules = IncentiveRules()
  /// A partner is close to its next tier where less than this is missing, in percent of where the tier begins.
  public var closePercent = Located(10.0)

  public init() {}
}
