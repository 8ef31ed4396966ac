public import ChannelTypes

/// Columns of equal length, with the place they came from.
public struct Table: Sendable {
  public let name: String
  public private(set) var columns: [Column]
  public let rowCount: Int
  /// Where the table was read; nil for a computed one. Turns a row and a column into `file:line:column`.
  public let source: (any TableSource)?
  private var positions: [String: Int]

  public init(name: String, columns: [Column], source: (any TableSource)? = nil) {
    let rowCount = columns.first?.count ?? 0
    precondition(columns.allSatisfy { $0.count == rowCount }, "columns of table \(name) differ in length")
    self.name = name
    self.columns = columns
    self.rowCount = rowCount
    self.source = source
    positions = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    precondition(positions.count == columns.count, "a column name appears twice in table \(name)")
  }

  public func hasColumn(_ name: String) -> Bool { positions[name] != nil }
  public subscript(column name: String) -> Column? { positions[name].map { columns[$0] } }

  /// Adds or replaces a column.
  public mutating func set(_ column: Column) {
    precondition(column.count == rowCount, "column \(column.name) does not fit table \(name)")
    if let position = positions[column.name] {
      columns[position] = column
    } else {
      positions[column.name] = columns.count
      columns.append(column)
    }
  }

  // Typed access: nil where the table has no such column; a trap where it has another type, which the schema that
  // read the table rules out.

  public func text(_ name: String) -> TextColumn? {
    guard let column = self[column: name] else { return nil }
    guard case .text(let values) = column.values else { preconditionFailure("\(self.name).\(name) is not text") }
    return values
  }
  public func integers(_ name: String) -> [Int64]? {
    guard let column = self[column: name] else { return nil }
    guard case .integer(let values) = column.values else { preconditionFailure("\(self.name).\(name) is not whole") }
    return values
  }
  public func money(_ name: String) -> [Money]? {
    guard let column = self[column: name] else { return nil }
    guard case .money(let values) = column.values else { preconditionFailure("\(self.name).\(name) is not money") }
    return values
  }
  public func periods(_ name: String) -> PeriodColumn? {
    guard let column = self[column: name] else { return nil }
    guard case .period(let values) = column.values else { preconditionFailure("\(self.name).\(name) is no period") }
    return values
  }
  /// Any numeric column as floating point; NaN where a cell is unknown.
  public func numbers(_ name: String) -> [Double]? {
    guard let column = self[column: name] else { return nil }
    switch column.values {
    case .real(let values): return values
    case .integer(let values): return values.map { $0 == Unknown.integer ? .nan : Double($0) }
    case .money(let values): return values.map { $0 == Unknown.money ? .nan : $0.double }
    case .text, .period: preconditionFailure("\(self.name).\(name) is not a number")
    }
  }
}

/// Finds the line and column of cells again in the file that a table was read from. Findings are rare, so the reader
/// keeps no row offsets; this scans the file once for all cells that are asked for.
public protocol TableSource: Sendable {
  /// The path as the user wrote it in the plan.
  var file: String { get }
  /// Places and excerpts of cells, in the order asked for; rows count from 0, columns by the table's own names.
  /// A cell of a computed or constant column gives the start of its row.
  func locate(_ cells: [(row: Int, column: String)]) -> [(place: SourcePlace, excerpt: Diagnostic.Excerpt?)]
}
