public import Tables

/// A rule of the plan: when a condition holds long enough, an alert with a level and an action.
public struct AlertRule: Sendable {
  public enum Scope: String, Sendable, Hashable, CaseIterable { case partner, region }

  public var name: String
  public var condition: Condition
  public var level: Alert.Level
  /// What is to be done; nil for what is usual for the cause.
  public var action: String?
  /// Months in a row for which the condition must hold.
  public var months: Int
  public var scope: Scope
  public var place: SourcePlace?

  public init(
    _ name: String, _ condition: Condition, level: Alert.Level = .warn, action: String? = nil, months: Int = 1,
    scope: Scope = .partner, place: SourcePlace? = nil
  ) {
    self.name = name
    self.condition = condition
    self.level = level
    self.action = action
    self.months = months
    self.scope = scope
    self.place = place
  }
}

/// What the tests on the series of partners and regions may do.
public struct AlertTestSettings: Sendable, Hashable {
  /// False alarms allowed in a hundred series-months of quiet history.
  public var falseAlarms = 2.0
  /// Months after which an alert is at least a warning, and at least critical.
  public var warnMonths = 2
  public var criticalMonths = 4
  /// Falls from which an alert is at least a warning, and critical: 0.4 is 40 % less than expected.
  public var warnDepth = 0.4
  public var criticalDepth = 0.7
  /// The most frequent complaint types that make up this share of all are the vital few.
  public var paretoShare = 0.8
  /// Chance of a false alarm in each test of complaints and of satisfaction.
  public var chance = 0.01
  /// Unsettled cases of one type at one partner within `repeatMonths` that make a repeat.
  public var repeats = 2
  public var repeatMonths = 6
  /// Fall of satisfaction, in points, below which nobody is alarmed.
  public var satisfactionDrop = 8.0
  /// Sell-in ÷ sell-out above which goods are pushed into the channel, and below whose inverse stock is run down.
  public var stuffing = 1.3

  public init() {}
}

/// How an alert grows with its duration and depth, and how it goes down again.
///
/// It rises at once to what duration and depth ask for, and goes down by one level a month when they ask for less: a
/// critical alert is a warning before it is only watched, and only then is it closed.
public struct AlertLadder: Sendable {
  public let settings: AlertTestSettings

  public init(_ settings: AlertTestSettings) { self.settings = settings }

  /// What a stretch of `months` with a fall of `depth` (0 … 1; a rise is negative) asks for. Rises are only watched.
  public func level(months: Int, depth: Double) -> Alert.Level {
    guard depth >= 0 else { return .watch }
    if months >= settings.criticalMonths || depth >= settings.criticalDepth { return .critical }
    return months >= settings.warnMonths || depth >= settings.warnDepth ? .warn : .watch
  }

  /// The level in every month, given what each asks for; nil is none.
  public static func climb(_ asked: [Alert.Level?]) -> [Alert.Level?] {
    var current: Alert.Level?
    return asked.map { level in
      let below = current.flatMap { now in Alert.Level.allCases.last { $0 < now } }
      current = [level, below].compactMap(\.self).max()
      return current
    }
  }
}
