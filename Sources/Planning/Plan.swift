/// What is to be computed, decoded from the plan file.
public struct Plan: Sendable {
  public init() {}
}
