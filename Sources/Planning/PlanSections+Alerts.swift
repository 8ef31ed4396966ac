public import Partners

/// `alerts:` what is to be noticed: rules `when → then`, and how the tests on monthly series behave.
public struct AlertSettings: Sendable {
  /// Conditions with their level and action, in the plan's order.
  public var rules: [AlertRule] = []
  /// False-alarm budget, escalation, complaints, satisfaction.
  public var tests = AlertTestSettings()

  public init() {}
}
