/// Finds the row of a table by the text of its key column: the other side of a join.
public struct RowLookup: Sendable {
  private let rows: [String: Int32]

  /// - Parameter key: where a text appears twice, the first row counts.
  public init(_ key: TextColumn) {
    var rows: [String: Int32] = [:]
    rows.reserveCapacity(key.dictionary.count)
    for (row, code) in key.codes.enumerated() where code >= 0 {
      let text = key.dictionary[Int(code)]
      if rows[text] == nil { rows[text] = Int32(row) }
    }
    self.rows = rows
  }

  public subscript(text: String) -> Int? { rows[text].map(Int.init) }

  public var count: Int { rows.count }

  /// Every key, in no particular order.
  public var keys: some Collection<String> { rows.keys }

  /// The row for each text of another column's dictionary (index by its codes); nil where there is none.
  public func rows(for column: TextColumn) -> [Int?] { column.dictionary.map { self[$0] } }

  /// The row that matches each row of another column; nil where the cell is unknown or has no match. O(rows).
  public func matching(_ column: TextColumn) -> [Int?] {
    let rowOfCode = rows(for: column)
    return column.codes.map { $0 < 0 ? nil : rowOfCode[Int($0)] }
  }
}
