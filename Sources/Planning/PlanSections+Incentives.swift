/// `incentives:` what partners earn, and by which rules.
public struct IncentiveSettings: Sendable {
  /// `points`, `star`, `contest`, `new_product`, `grades`, `awards`.
  public var recognition = RecognitionSettings()

  public init() {}
}
