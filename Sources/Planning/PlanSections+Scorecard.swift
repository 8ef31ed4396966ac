public import Partners

/// `scorecard:` which indicators make a partner's score and how much, what follows from it, and what a new partner must
/// bring.
public struct ScorecardSettings: Sendable {
  public var card = Scorecard()
  public var candidates = CandidateRules()

  public init() {}
}
