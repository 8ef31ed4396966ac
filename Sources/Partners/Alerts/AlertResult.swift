public import ChannelTypes

/// Something out of order, and what to do about it.
public struct Alert: Sendable, Hashable {
  public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
    case watch, warn, critical

    public static func < (left: Self, right: Self) -> Bool {
      Self.allCases.firstIndex(of: left)! < Self.allCases.firstIndex(of: right)!
    }
  }

  /// `partner:P017`, `region:east`.
  public var subject: String
  public var period: Period
  public var level: Level
  /// The rule or test that fired.
  public var rule: String
  public var message: String
  /// What the plan, or the test, proposes.
  public var action: String

  public init(subject: String, period: Period, level: Level, rule: String, message: String, action: String) {
    self.subject = subject
    self.period = period
    self.level = level
    self.rule = rule
    self.message = message
    self.action = action
  }
}

public struct AlertResult: Sendable {
  public var alerts: [Alert]
  public init(alerts: [Alert] = []) { self.alerts = alerts }
}
