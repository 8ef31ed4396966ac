/// `incentives:` rewards that are not paid by a table of tiers: points, grades, star dealers, contests, first orders.
public struct RecognitionSettings: Sendable {
  public init() {}
}
