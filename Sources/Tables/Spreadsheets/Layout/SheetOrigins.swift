/// Where the rows and cells of a table stand in the sheet that it was read from.
struct SheetOrigins: Sendable {
  /// Where the cells of a column of the table come from.
  enum Origin: Sendable {
    /// The same column of the sheet in every row.
    case column(Int)
    /// The header of the row's period.
    case period
    /// The column of the row's period; which of the figures.
    case figure(Int)
  }

  let file: String
  let sheet: String
  /// The rows are lines of a text file.
  let isText: Bool
  /// The lowest row of the header.
  let headerRow: Int
  /// For each field of the table.
  let fields: [Origin]
  /// For each row of the table: the row of the sheet.
  var rows: [Int32] = []
  /// For each row of a wide table: the number of its period.
  var periods: [UInt16] = []
  /// The columns of each period, one for each figure; 0 where it has none.
  let periodColumns: [[Int]]

  /// The cell of a row and a field; row -1 is the header.
  func address(row: Int, field: Int) -> CellAddress? {
    guard row < rows.count else { return nil }
    let origin = fields.indices.contains(field) ? fields[field] : nil
    let number = row < 0 ? headerRow : Int(rows[row])
    let columns = periods.indices.contains(row) ? periodColumns[Int(periods[row])] : periodColumns.first ?? []
    switch origin {
    case nil: return CellAddress(row: number, column: firstColumn)
    case .column(let column): return CellAddress(row: number, column: column)
    case .period: return CellAddress(row: headerRow, column: columns.first { $0 > 0 } ?? 1)
    case .figure(let figure):
      let column = columns.indices.contains(figure) && columns[figure] > 0 ? columns[figure] : columns.first { $0 > 0 }
      return CellAddress(row: number, column: column ?? 1)
    }
  }

  private var firstColumn: Int {
    for case .column(let column) in fields { return column }
    return 1
  }

  func place(row: Int, field: Int) -> SourcePlace {
    let address = address(row: row, field: field)
    if isText { return SourcePlace(file: file, line: address?.row) }
    guard let address else { return SourcePlace(file: file, sheet: sheet) }
    return SourcePlace(file: file, line: address.row, column: address.column, sheet: sheet)
  }
}

/// The sheet behind a table: where its cells are.
struct SheetSource: TableSource {
  let origins: SheetOrigins
  /// How the sheet was read, in a few words.
  let summary: String
  /// The field that each column of the table was read from.
  let fields: [String: Int]

  var file: String { origins.file }

  func locate(_ cells: [(row: Int, column: String)]) -> [(place: SourcePlace, excerpt: Diagnostic.Excerpt?)] {
    cells.map { (origins.place(row: $0.row, field: fields[$0.column] ?? -1), nil) }
  }
}
