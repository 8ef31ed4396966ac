public import Partners
public import Tables

/// `incentives:` rewards that are not paid by a table of tiers: grades, points, first orders, star dealers, contests,
/// priority, pools, support.
public struct RecognitionSettings: Sendable {
  public var rules = RecognitionRules()
  /// Where each key of the section is written.
  public var places: [String: SourcePlace] = [:]

  public init() {}
}
