/// `probation:` when a partner is warned and when it has to go.
public struct ProbationSettings: Sendable {
  public init() {}
}
