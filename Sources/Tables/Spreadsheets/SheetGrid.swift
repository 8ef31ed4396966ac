/// The cells of a sheet in compact form: row after row, each cell 16 bytes.
struct SheetGrid: Sendable {
  enum Kind: UInt8, Sendable {
    case number, date, boolean, sharedText, ownText, error
  }

  struct StoredCell: Sendable {
    /// The number, or the index of the text.
    var payload: UInt64
    var style: UInt16
    /// From 1; a sheet has at most 16,384.
    var column: UInt16
    var kind: Kind
    var isFormula: Bool
  }

  struct Row: Sendable {
    /// From 1.
    var number: Int32
    /// The first cell of the row.
    var start: Int
  }

  /// Rows that hold something, from top to bottom.
  var rows: [Row] = []
  var cells: [StoredCell] = []
  /// Texts of this sheet alone; texts that sheets share are in `shared`.
  var own: [String] = []
  var shared: [String] = []
  var styles: [CellStyle] = []
  var is1904 = false
  /// The cells are those of a text file, and rows are its lines.
  var isText = false
  var lastColumn = 0

  /// The cells of the row at an index of `rows`.
  func range(ofRow index: Int) -> Range<Int> {
    rows[index].start..<(index + 1 < rows.count ? rows[index + 1].start : cells.count)
  }

  /// The index in `rows` of a row number; nil where the row is empty.
  func rowIndex(_ number: Int) -> Int? {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle].number) < number { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && Int(rows[low].number) == number ? low : nil
  }

  /// The index of the cell at a place; nil where it is empty.
  func index(_ row: Int, _ column: Int) -> Int? {
    guard let row = rowIndex(row) else { return nil }
    return index(inRow: row, column)
  }

  func index(inRow row: Int, _ column: Int) -> Int? {
    let range = range(ofRow: row)
    var low = range.lowerBound
    var high = range.upperBound
    while low < high {
      let middle = (low + high) / 2
      if Int(cells[middle].column) < column { low = middle + 1 } else { high = middle }
    }
    return low < range.upperBound && Int(cells[low].column) == column ? low : nil
  }

  func address(_ index: Int) -> CellAddress {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].start <= index { low = middle + 1 } else { high = middle }
    }
    return CellAddress(row: low > 0 ? Int(rows[low - 1].number) : 1, column: Int(cells[index].column))
  }

  func style(_ cell: StoredCell) -> CellStyle {
    Int(cell.style) < styles.count ? styles[Int(cell.style)] : .standard
  }

  func text(_ cell: StoredCell) -> String {
    cell.kind == .sharedText ? shared[Int(cell.payload)] : own[Int(cell.payload)]
  }

  func value(_ cell: StoredCell) -> Spreadsheet.Value {
    switch cell.kind {
    case .number: return .number(Double(bitPattern: cell.payload))
    case .boolean: return .boolean(cell.payload != 0)
    case .sharedText, .ownText: return .text(text(cell))
    case .error: return .error(own[Int(cell.payload)])
    case .date:
      let serial = Double(bitPattern: cell.payload)
      guard case .date(let form) = style(cell).meaning,
        let date = SpreadsheetDate(serial: serial, is1904: is1904, shown: form)
      else { return .number(serial) }
      return .date(date)
    }
  }

  func cell(_ index: Int) -> Spreadsheet.Cell {
    let stored = cells[index]
    let style = style(stored)
    return Spreadsheet.Cell(
      value: value(stored), isFormula: stored.isFormula, isLocked: style.isLocked,
      isPercentage: style.meaning == .percentage && stored.kind == .number)
  }
}
