public import Specifications

/// `uncertainties:` what is not known well, each with the range that a tornado takes it through.
public struct UncertaintySettings: Sendable {
  /// What it is called: `demand in the east`.
  public var name: String
  /// The value of the plan that stands for it.
  public var key: Located<String>
  /// What the value is set to, or by what it changes, at the low and at the high end: `*0.8`.
  public var low: Located<String>
  public var high: Located<String>
}
