public import ChannelTypes
public import Tables

/// Rows of a problem file: written in the file itself, or in a CSV file that it names.
public struct ProblemTable: Sendable {
  public let table: Table
  /// Places of inline rows and cells; empty for a CSV file, whose cells are found again when they are asked for.
  private let rowPlaces: [SourcePlace]
  private let cellPlaces: [[String: SourcePlace]]

  init(_ table: Table, rowPlaces: [SourcePlace] = [], cellPlaces: [[String: SourcePlace]] = []) {
    self.table = table
    self.rowPlaces = rowPlaces
    self.cellPlaces = cellPlaces
  }

  public var count: Int { table.rowCount }
  public func hasColumn(_ name: String) -> Bool { table.hasColumn(name) }

  /// A text column; nil in cells that are empty, and everywhere where there is no such column.
  public func texts(_ name: String) -> [String?] {
    guard let column = table[column: name] else { return Array(repeating: nil, count: count) }
    return (0..<count).map { column.text($0) }
  }

  /// A text column that is required: the empty text stands in where the table was refused anyway.
  public func names(_ name: String) -> [String] { texts(name).map { $0 ?? "" } }

  /// A numeric column, with `standard` in cells that are empty.
  public func numbers(_ name: String, default standard: Double = .nan) -> [Double] {
    guard let values = table.numbers(name) else { return Array(repeating: standard, count: count) }
    return standard.isNaN ? values : values.map { $0.isNaN ? standard : $0 }
  }

  /// A column of whole numbers, with `standard` in cells that are empty.
  public func integers(_ name: String, default standard: Int = 0) -> [Int] {
    guard let values = table.integers(name) else { return Array(repeating: standard, count: count) }
    return values.map { $0 == Unknown.integer ? standard : Int($0) }
  }

  public func flags(_ name: String, default standard: Bool = false) -> [Bool] {
    integers(name, default: standard ? 1 : 0).map { $0 != 0 }
  }

  /// A column of exact amounts; nil in cells that are empty.
  public func money(_ name: String) -> [Money?] {
    guard let values = table.money(name) else { return Array(repeating: nil, count: count) }
    return values.map { $0 == Unknown.money ? nil : $0 }
  }

  /// Where a cell is written; its row where it is empty.
  public func place(row: Int, _ column: String) -> SourcePlace { located(row: row, column).place }

  func located(row: Int, _ column: String) -> (place: SourcePlace, excerpt: Diagnostic.Excerpt?) {
    if rowPlaces.indices.contains(row) { return (cellPlaces[row][column] ?? rowPlaces[row], nil) }
    guard let source = table.source, let found = source.locate([(row, column)]).first else { return (.default, nil) }
    return found
  }
}

/// Numbers in rows and columns, row by row in one array.
public struct ProblemMatrix: Sendable {
  public let rowCount: Int
  public let columnCount: Int
  public let values: [Double]
  /// As a CSV file or a mapping names them; nil for a plain list of lists.
  public let rowNames: [String]?
  public let columnNames: [String]?

  public subscript(row: Int, column: Int) -> Double { values[row * columnCount + column] }
  public func row(_ row: Int) -> ArraySlice<Double> { values[row * columnCount..<(row + 1) * columnCount] }
}
