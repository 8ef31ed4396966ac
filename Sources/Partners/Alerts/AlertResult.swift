public import ChannelTypes
public import Tables

/// Something out of order, and what to do about it.
public struct Alert: Sendable, Hashable {
  public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
    case watch, warn, critical

    public static func < (left: Self, right: Self) -> Bool {
      Self.allCases.firstIndex(of: left)! < Self.allCases.firstIndex(of: right)!
    }
  }

  /// What it is about: a subject has at most one alert for each.
  public enum Cause: String, Sendable, Hashable, CaseIterable {
    /// Demand of the partner alone changed, and nothing on record says why.
    case demand
    /// It had nothing to sell.
    case stockOut = "stock_out"
    /// Its prices rose.
    case price
    /// The demand of its whole region changed.
    case market
    /// A promotion ended, or began.
    case promotion
    /// More stock than it can sell, or goods pushed into the channel.
    case overstock
    case service, relationship, performance, credit, diversion
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
  public var cause = Cause.demand
  /// The first month of the unbroken stretch that ends with `period`.
  public var since: Period?
  /// Months of that stretch.
  public var months = 1
  /// Further rules and tests that fired for the same subject and cause.
  public var others: [String] = []
  /// In units a month: what was, and what was to be expected; NaN where the alert is not about demand.
  public var actual = Double.nan
  public var expected = Double.nan
  public var expectedLow = Double.nan
  public var expectedHigh = Double.nan
  /// The change against what was to be expected: −0.4 is 40 % less; NaN where that means nothing.
  public var size = Double.nan
  /// What the next three months lose if nothing changes; of stock and credit alerts, the amount that is tied up.
  public var moneyAtStake: Money?
  /// The line of the plan whose rule fired; nil for a test.
  public var place: SourcePlace?
  /// What was looked at, in the order of looking.
  public var evidence: [Evidence] = []

  /// A value that was looked at: `orders`, `23 (month 2025-12)`.
  public struct Evidence: Sendable, Hashable {
    public var label: String
    public var detail: String

    public init(_ label: String, _ detail: String) {
      self.label = label
      self.detail = detail
    }
  }

  public init(subject: String, period: Period, level: Level, rule: String, message: String, action: String) {
    self.subject = subject
    self.period = period
    self.level = level
    self.rule = rule
    self.message = message
    self.action = action
  }
}

/// How often a rule or test fired, and how often it may be expected to without cause.
public struct AlertRate: Sendable, Hashable {
  public var rule: String
  /// Series-months that could be judged.
  public var judged: Int
  /// Series-months in which the condition was unknown.
  public var unknown: Int
  /// Series-months of the history in which it fired, with or without cause.
  public var fired: Int
  /// False alarms in a hundred series-months of quiet history, by simulation; NaN for rules.
  public var falseAlarms: Double
  /// What the plan allows in a hundred; NaN for rules.
  public var budget: Double
  /// Where it begins, in standard errors; NaN for rules.
  public var threshold: Double
  public var place: SourcePlace?

  public init(
    rule: String, judged: Int, unknown: Int, fired: Int, falseAlarms: Double = .nan, budget: Double = .nan,
    threshold: Double = .nan, place: SourcePlace? = nil
  ) {
    self.rule = rule
    self.judged = judged
    self.unknown = unknown
    self.fired = fired
    self.falseAlarms = falseAlarms
    self.budget = budget
    self.threshold = threshold
    self.place = place
  }
}

public struct AlertResult: Sendable {
  /// Sorted by level, then by money at stake, then by subject.
  public var alerts: [Alert]
  public var rates: [AlertRate] = []
  public var complaints: [ComplaintCause] = []
  public var shifts: [DemandShift] = []
  /// Quantities that rules ask for and that nobody knows.
  public var unknownQuantities: [AlertQuantity] = []

  public init(alerts: [Alert] = []) { self.alerts = alerts }

  /// The most severe level of all alerts; nil where there is none.
  public var worst: Alert.Level? { alerts.lazy.map(\.level).max() }
}
