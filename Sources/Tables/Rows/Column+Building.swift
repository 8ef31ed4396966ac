public import ChannelTypes

extension Column {
  public static func text(_ name: String, _ values: some Sequence<String?>) -> Column {
    Column(name: name, values: .text(TextColumn(values)))
  }
  public static func text(_ name: String, _ values: some Sequence<String>) -> Column {
    Column(name: name, values: .text(TextColumn(values.lazy.map { Optional($0) })))
  }
  public static func integer(_ name: String, _ values: some Sequence<Int?>) -> Column {
    Column(name: name, values: .integer(values.map { $0.map(Int64.init) ?? Unknown.integer }))
  }
  public static func integer(_ name: String, _ values: some Sequence<Int>) -> Column {
    Column(name: name, values: .integer(values.map(Int64.init)))
  }
  /// NaN stands for an unknown number.
  public static func real(_ name: String, _ values: some Sequence<Double>) -> Column {
    Column(name: name, values: .real(Array(values)))
  }
  public static func money(_ name: String, _ values: some Sequence<Money?>) -> Column {
    Column(name: name, values: .money(values.map { $0 ?? Unknown.money }))
  }
  public static func money(_ name: String, _ values: some Sequence<Money>) -> Column {
    Column(name: name, values: .money(Array(values)))
  }
  public static func period(_ name: String, form: PeriodForm, _ values: some Sequence<Period?>) -> Column {
    Column(name: name, values: .period(PeriodColumn(form: form, values)))
  }

  /// The same cell `count` times; nil for unknown.
  public static func constant(_ name: String, _ text: String?, count: Int) -> Column {
    let code = text == nil ? Unknown.code : 0
    return Column(
      name: name,
      values: .text(TextColumn(codes: [Int32](repeating: code, count: count), dictionary: text.map { [$0] } ?? [])))
  }

  /// The column under another name.
  public func renamed(_ name: String) -> Column { Column(name: name, values: values) }

  /// The cells of the given rows, in the order given. O(rows).
  public func selecting(_ rows: some Collection<Int>) -> Column {
    let selected: Values =
      switch values {
      case .text(let column):
        .text(TextColumn(codes: rows.map { column.codes[$0] }, dictionary: column.dictionary))
      case .integer(let values): .integer(rows.map { values[$0] })
      case .real(let values): .real(rows.map { values[$0] })
      case .money(let values): .money(rows.map { values[$0] })
      case .period(let column): .period(PeriodColumn(form: column.form, ordinals: rows.map { column.ordinals[$0] }))
      }
    return Column(name: name, values: selected)
  }
}

/// How one column of a table is made from the rows of a stage: `.money("plan") { $0.plan }`.
public struct ColumnDefinition<Row> {
  public let name: String
  private let make: ([Row]) -> Column

  private init(_ name: String, _ make: @escaping ([Row]) -> Column) {
    self.name = name
    self.make = make
  }

  public static func text(_ name: String, _ value: @escaping (Row) -> String?) -> Self {
    Self(name) { .text(name, $0.map(value)) }
  }
  public static func integer(_ name: String, _ value: @escaping (Row) -> Int?) -> Self {
    Self(name) { .integer(name, $0.map(value)) }
  }
  /// NaN stands for an unknown number.
  public static func real(_ name: String, _ value: @escaping (Row) -> Double) -> Self {
    Self(name) { .real(name, $0.map(value)) }
  }
  public static func money(_ name: String, _ value: @escaping (Row) -> Money?) -> Self {
    Self(name) { .money(name, $0.map(value)) }
  }
  /// `form` is the form of every period of the column.
  public static func period(_ name: String, form: PeriodForm, _ value: @escaping (Row) -> Period?) -> Self {
    Self(name) { .period(name, form: form, $0.map(value)) }
  }

  func column(_ rows: [Row]) -> Column { make(rows) }
}

extension Table {
  /// A table with one row for each element of `rows`.
  public init<Row>(name: String, rows: some Sequence<Row>, columns definitions: [ColumnDefinition<Row>]) {
    let rows = Array(rows)
    self.init(name: name, columns: definitions.map { $0.column(rows) })
  }
}
