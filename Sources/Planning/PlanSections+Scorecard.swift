/// `scorecard:` which indicators make a partner's score, and how much.
public struct ScorecardSettings: Sendable {
  public init() {}
}
