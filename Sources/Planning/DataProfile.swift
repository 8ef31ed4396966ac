public import ChannelTypes
public import Tables

/// The periods that a column covers.
struct PeriodSpan {
  let first: Period
  let last: Period
  /// Periods between them without a row; empty for tables of things that happen now and then.
  private(set) var missing: [Period]

  /// Tables that have rows for every period.
  private static let isRegular: Set<InputTable> = [
    .sales, .budget, .targets, .deliveries, .marketIndex, .competitors, .drivers,
  ]

  /// The span of the table's `period` column; nil where it has none, or has days, which need not be complete.
  init?(of name: InputTable, _ table: Table) {
    guard table.hasColumn("period"), let column = table.periods("period"), column.form != .day else { return nil }
    self.init(column)
    if !Self.isRegular.contains(name) { missing = [] }
  }

  init?(_ column: PeriodColumn) {
    let present = Set(column.ordinals).subtracting([Unknown.ordinal])
    guard let low = present.min(), let high = present.max() else { return nil }
    first = Period(form: column.form, ordinal: Int(low))
    last = Period(form: column.form, ordinal: Int(high))
    // A slip in one year can make a span of centuries: no list is longer than what can be looked at.
    let gaps = (low...high).lazy.filter { !present.contains($0) }
    missing = gaps.prefix(10_000).map { Period(form: column.form, ordinal: Int($0)) }
  }

  /// `month`, `week`; `period` for running numbers.
  var noun: String { first.form.frequency?.rawValue ?? "period" }
}

/// What one table of a plan holds, for `check`.
public struct DataProfile: Sendable {
  public let table: InputTable
  /// The path as the plan gives it.
  public let file: String
  /// Nil where the table could not be read.
  public let rows: Int?
  public let first: Period?
  public let last: Period?
  /// Periods between the first and the last without a row.
  public let gaps: Int
  /// How the file was read: `comma-separated, UTF-8, gzip`; empty where it was not.
  public let dialect: String

  /// The profiles of all tables that the plan names, in the order of the documentation.
  public static func profiles(_ plan: Plan, _ tables: [InputTable: Table]) -> [DataProfile] {
    InputTable.allCases.compactMap { name in
      guard let reference = plan.data[name] else { return nil }
      let span = tables[name].flatMap { PeriodSpan(of: name, $0) }
      return DataProfile(
        table: name, file: reference.displayPath, rows: tables[name]?.rowCount, first: span?.first, last: span?.last,
        gaps: span?.missing.count ?? 0, dialect: tables[name]?.readAs ?? "")
    }
  }
}
