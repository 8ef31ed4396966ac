public import ChannelTypes

/// Where a partner stands in the procedure that may end with its exit.
public struct ProbationStatus: Sendable, Hashable {
  public enum State: String, Sendable, Hashable, CaseIterable { case ok, watch, warned, grace, exit }

  public var partner: String
  public var quarter: Period
  public var state: State
  /// Most quarters in a row that one and the same indicator was below its baseline.
  public var quartersBelow: Int

  public init(partner: String, quarter: Period, state: State, quartersBelow: Int) {
    self.partner = partner
    self.quarter = quarter
    self.state = state
    self.quartersBelow = quartersBelow
  }
}

public struct ProbationResult: Sendable {
  /// Partners in the order of their table, quarters inside.
  public var statuses: [ProbationStatus]
  public init(statuses: [ProbationStatus] = []) { self.statuses = statuses }
}
