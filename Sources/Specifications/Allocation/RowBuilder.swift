import ChannelTypes
import Tables

/// Collects rows that are written in a file as sections, column by column as a schema asks for.
struct RowBuilder {
  private let schema: Schema
  private(set) var rowPlaces: [SourcePlace] = []
  private var cellPlaces: [[String: SourcePlace]] = []
  private var texts: [String: [String?]] = [:]
  private var integers: [String: [Int64]] = [:]
  private var reals: [String: [Double]] = [:]
  private var amounts: [String: [Money]] = [:]

  init(_ schema: Schema) { self.schema = schema }

  mutating func add(_ row: inout MappingCursor) {
    rowPlaces.append(row.origin.place)
    var places: [String: SourcePlace] = [:]
    for column in schema.columns {
      read(column, &row)
      if row.shape(of: column.name) != nil { places[column.name] = row.origin(of: column.name).place }
    }
    cellPlaces.append(places)
  }

  private mutating func read(_ column: ColumnSchema, _ row: inout MappingCursor) {
    let name = column.name
    switch column.type {
    case .text, .period:
      let format = column.vocabulary.map { ScalarFormat<String>.word(of: $0) } ?? .text
      texts[name, default: []].append(value(column, format, &row))
    case .integer:
      integers[name, default: []].append(value(column, .integer(column.wholeBounds), &row).map(Int64.init) ?? .min)
    case .flag:
      let flag = value(column, ScalarFormat<Bool>.flag, &row)
      integers[name, default: []].append(flag.map { $0 ? 1 : 0 } ?? Unknown.integer)
    case .real:
      reals[name, default: []].append(value(column, .number(column.bounds), &row) ?? .nan)
    case .money:
      let bounds = column.range.flatMap { range -> Bounds<Money>? in
        guard let lower = Money(rounding: range.lowerBound), let upper = Money(rounding: range.upperBound) else {
          return range.lowerBound == 0 ? .atLeast(.zero) : nil
        }
        return .between(lower, upper)
      }
      amounts[name, default: []].append(value(column, .money(bounds ?? .any), &row) ?? Unknown.money)
    }
  }

  private func value<Value>(
    _ column: ColumnSchema, _ format: ScalarFormat<Value>, _ row: inout MappingCursor
  ) -> Value? {
    (column.isRequired ? row.require(column.name, as: format) : row.read(column.name, as: format))?.value
  }

  /// Rows whose key another row before them has, with that row.
  func repeatedKeys() -> [(row: Int, first: Int)] {
    guard !schema.key.isEmpty else { return [] }
    var seen: [[String]: Int] = [:]
    var repeated: [(row: Int, first: Int)] = []
    for row in rowPlaces.indices {
      let key = schema.key.map { keyText(row, $0) }
      if let first = seen[key] { repeated.append((row, first)) } else { seen[key] = row }
    }
    return repeated
  }

  func keyText(_ row: Int, _ column: String) -> String {
    if let values = texts[column] { return values[row] ?? "" }
    if let values = integers[column] { return String(values[row]) }
    if let values = reals[column] { return values[row].written }
    return amounts[column].map { $0[row].plainDescription } ?? ""
  }

  func table(named name: String) -> ProblemTable {
    let columns = schema.columns.map { column in
      let values: Column.Values =
        switch column.type {
        case .text, .period: .text(TextColumn(texts[column.name] ?? []))
        case .integer, .flag: .integer(integers[column.name] ?? [])
        case .real: .real(reals[column.name] ?? [])
        case .money: .money(amounts[column.name] ?? [])
        }
      return Column(name: column.name, values: values)
    }
    return ProblemTable(Table(name: name, columns: columns), rowPlaces: rowPlaces, cellPlaces: cellPlaces)
  }
}

extension ColumnSchema {
  fileprivate var bounds: Bounds<Double> {
    guard let range else { return .any }
    var bounds = Bounds<Double>()
    if range.lowerBound > -Double.greatestFiniteMagnitude { bounds.lower = .including(range.lowerBound) }
    if range.upperBound < Double.greatestFiniteMagnitude { bounds.upper = .including(range.upperBound) }
    return bounds
  }

  fileprivate var wholeBounds: Bounds<Int> {
    guard let range else { return .any }
    return .between(Int(clamping: range.lowerBound.rounded(.up)), Int(clamping: range.upperBound.rounded(.down)))
  }
}

extension Int {
  fileprivate init(clamping value: Double) {
    self = value >= 9e18 ? .max : value <= -9e18 ? .min : Int(value)
  }
}
