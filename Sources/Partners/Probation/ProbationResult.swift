public import ChannelTypes

/// Where a partner stands in the procedure that may end with its exit.
public struct ProbationStatus: Sendable, Hashable {
  public enum State: String, Sendable, Hashable, CaseIterable { case ok, watch, warned, grace, exit }

  public var partner: String
  public var quarter: Period
  public var state: State
  /// Most quarters in a row that one and the same indicator was below its baseline.
  public var quartersBelow: Int
  /// The indicator that decides the state; nil where all is well.
  public var indicator: ProbationIndicator?

  public init(
    partner: String, quarter: Period, state: State, quartersBelow: Int, indicator: ProbationIndicator? = nil
  ) {
    self.indicator = indicator
    self.partner = partner
    self.quarter = quarter
    self.state = state
    self.quartersBelow = quartersBelow
  }
}

/// What the stages after probation read of it.
public struct ProbationResult: Sendable {
  /// Partners in the order of their table, quarters inside.
  public var statuses: [ProbationStatus]
  /// Exits priced, of partners that are warned or worse.
  public var exitCases: [ExitCase]
  public var renewals: [Renewal]

  public init(statuses: [ProbationStatus] = [], exitCases: [ExitCase] = [], renewals: [Renewal] = []) {
    self.statuses = statuses
    self.exitCases = exitCases
    self.renewals = renewals
  }
}
