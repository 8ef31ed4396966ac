public import Tables

/// What is to be forecast, and how.
public struct ForecastRequest: Sendable {
  /// A level of intervals in percent, with the text that names its columns.
  public struct Level: Sendable, Hashable {
    public let text: String
    public let percent: Double

    /// Nil where the text is not a number above 0 and below 100.
    public init?(_ text: String) {
      guard let percent = Double(text), percent > 0, percent < 100 else { return nil }
      self.text = text
      self.percent = percent
    }
  }

  public var table: TableReference
  /// The columns that together name a series.
  public var ids: [String]
  public var time: String
  public var value: String
  /// Rows that count; all of them have to hold.
  public var conditions: [RowCondition] = []
  /// Periods ahead.
  public var horizon: Int
  /// Periods in a season; nil for that of the calendar: 12 months, 4 quarters, 52 weeks, 7 days.
  public var season: Int?
  /// Names of models as typed; they name the columns of the result.
  public var models: [String] = ["auto"]
  public var levels: [Level] = []
  /// Columns that are known ahead, in rows without a value.
  public var drivers: [String] = []
  /// Columns that say which series are alike, for series that are too short to be forecast by themselves.
  public var peers: [String] = []
  /// A file of planners' changes.
  public var overrides: TableReference?
  public var threads = 1
  public var seed: UInt64 = 1
  /// The most rows that are kept of a table whose rows are grouped by series; of a larger one, a sample.
  package var keptRows = 4_000_000

  public init(table: TableReference, ids: [String], time: String, value: String, horizon: Int) {
    self.table = table
    self.ids = ids
    self.time = time
    self.value = value
    self.horizon = horizon
  }

  /// The columns to read; attributes of peers come after the drivers.
  var columns: LongTableColumns {
    LongTableColumns(
      ids: ids, time: time, value: value, numbers: drivers, texts: peerColumns, conditions: conditions)
  }

  /// The columns whose values peers share: those given, else the first part of a name of several parts.
  var peerColumns: [String] { peers.isEmpty && ids.count > 1 ? ids : peers }
}
