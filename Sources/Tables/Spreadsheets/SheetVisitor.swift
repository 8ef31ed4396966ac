/// Takes the cells of a worksheet as they come (ECMA-376 part 1, 18.3.1).
final class SheetVisitor: XMLVisitor {
  /// No table that a person made has more.
  private static let mostMergedRanges = 200_000

  private let name: String
  private let cellLimit: Int
  private(set) var failure: SpreadsheetFailure?

  private var grid = SheetGrid()
  private var mergedRanges: [CellRange] = []
  private var isProtected = false
  private var withoutResult: [CellAddress] = []
  private var isSorted = true

  // The cell that is being read. Its address may be left out: it then follows the one before (18.3.1.4).
  private var row = 0
  private var column = 0
  private var type = CellType.number
  private var style: UInt16 = 0
  private var isFormula = false
  private var hasValue = false
  private var content: [UInt8] = []
  private var isContent = false
  private var isReading = false
  private var isInCell = false

  /// `t` of a cell (18.18.11).
  private enum CellType { case number, shared, inline, formulaText, boolean, error, date, unknown }

  init(name: String, shared: [String], styles: [CellStyle], is1904: Bool, cellLimit: Int) {
    self.name = name
    self.cellLimit = cellLimit
    grid.shared = shared
    grid.styles = styles
    grid.is1904 = is1904
  }

  /// The cell that was read last; nil before the first.
  var lastCell: CellAddress? { row > 0 && column > 0 ? CellAddress(row: row, column: column) : nil }

  func start(_ element: XMLName, _ attributes: XMLAttributes) {
    switch element {
    case "c": startCell(attributes)
    case "v":
      isContent = isInCell
      hasValue = true
      content.removeAll(keepingCapacity: true)
    case "t" where isInCell && !isReading:
      isContent = true
      hasValue = true
    case "f": isFormula = isInCell
    case "row": startRow(attributes)
    case "rPh": isReading = true
    case "mergeCell":
      if let range = attributes["ref"].flatMap({ CellRange($0) }), range.first != range.last {
        mergedRanges.append(range)
        if mergedRanges.count > Self.mostMergedRanges { failure = failure ?? .tooManyCells(sheet: name) }
      }
    case "sheetProtection": isProtected = attributes.flag("sheet") ?? false
    default: break
    }
  }

  func end(_ element: XMLName) {
    switch element {
    case "c": endCell()
    case "v", "t": isContent = false
    case "rPh": isReading = false
    default: break
    }
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) { if isContent { content.append(contentsOf: bytes) } }

  // MARK: Cells

  private func startRow(_ attributes: XMLAttributes) {
    row = attributes.count("r") ?? row + 1
    column = 0
    if !(1...CellAddress.lastRow).contains(row) { fail("there is no row \(row)") }
  }

  private func startCell(_ attributes: XMLAttributes) {
    isInCell = true
    isFormula = false
    hasValue = false
    content.removeAll(keepingCapacity: true)
    if let reference = attributes.bytes("r") {
      guard let address = CellAddress(bytes: reference) else {
        fail("`\(String(decoding: reference.prefix(20), as: UTF8.self))` is no place of a cell")
        return
      }
      row = address.row
      column = address.column
    } else {
      row = max(row, 1)
      column += 1
      if column > CellAddress.lastColumn { fail("a row has more than \(CellAddress.lastColumn) cells") }
    }
    style = UInt16(clamping: attributes.count("s") ?? 0)
    type = attributes.bytes("t").map(Self.cellType) ?? .number
  }

  private static func cellType(_ bytes: UnsafeBufferPointer<UInt8>) -> CellType {
    switch (bytes.count, bytes.first) {
    case (1, UInt8(ascii: "s")): .shared
    case (1, UInt8(ascii: "n")): .number
    case (1, UInt8(ascii: "b")): .boolean
    case (1, UInt8(ascii: "e")): .error
    case (1, UInt8(ascii: "d")): .date
    case (3, UInt8(ascii: "s")): .formulaText
    case (9, UInt8(ascii: "i")): .inline
    default: .unknown
    }
  }

  private func endCell() {
    isInCell = false
    guard failure == nil else { return }
    guard hasValue, !content.isEmpty || type == .formulaText else {
      if isFormula, type != .formulaText { withoutResult.append(CellAddress(row: row, column: column)) }
      return
    }
    switch type {
    case .number: addNumber()
    case .shared:
      guard let index = count, index < grid.shared.count else {
        fail("the cell names text `\(shown)`, and there are \(grid.shared.count)")
        return
      }
      if !grid.shared[index].isEmpty { add(UInt64(index), .sharedText) }
    case .inline, .formulaText: addText(SpreadsheetText.decoded(content), .ownText)
    case .error: addText(String(decoding: content, as: UTF8.self), .error)
    case .boolean:
      guard let value = count, value <= 1 else {
        fail("`\(shown)` is neither true nor false")
        return
      }
      add(UInt64(value), .boolean)
    // A date as text is kept as it is written: ISO 8601.
    case .date: addText(SheetVisitor.withoutMidnight(String(decoding: content, as: UTF8.self)), .ownText)
    case .unknown: fail("the cell is of a type that the format does not have")
    }
  }

  private static func withoutMidnight(_ text: String) -> String {
    for ending in ["T00:00:00", "T00:00:00Z", "T00:00:00.000"] where text.hasSuffix(ending) {
      return String(text.dropLast(ending.count))
    }
    return text
  }

  private var count: Int? {
    content.withUnsafeBufferPointer { NumberParsing.integer($0, mark: 46) }.flatMap { $0 >= 0 ? Int($0) : nil }
  }

  private var shown: String { String(decoding: content.prefix(20), as: UTF8.self) }

  private func addNumber() {
    guard let value = content.withUnsafeBufferPointer({ NumberParsing.real($0, mark: UInt8(ascii: ".")) }) else {
      fail("`\(shown)` is not a number")
      return
    }
    var isDate = false
    if Int(style) < grid.styles.count, case .date = grid.styles[Int(style)].meaning { isDate = true }
    add(value.bitPattern, isDate ? .date : .number)
  }

  private func addText(_ text: String, _ kind: SheetGrid.Kind) {
    guard !text.isEmpty else { return }
    grid.own.append(text)
    add(UInt64(grid.own.count - 1), kind)
  }

  private func add(_ payload: UInt64, _ kind: SheetGrid.Kind) {
    guard grid.cells.count < cellLimit else {
      failure = .tooManyCells(sheet: name)
      return
    }
    if let last = grid.rows.last, Int(last.number) == row {
      if let cell = grid.cells.last, Int(cell.column) >= column { isSorted = false }
    } else {
      if let last = grid.rows.last, Int(last.number) > row { isSorted = false }
      grid.rows.append(SheetGrid.Row(number: Int32(row), start: grid.cells.count))
    }
    grid.lastColumn = max(grid.lastColumn, column)
    grid.cells.append(
      SheetGrid.StoredCell(
        payload: payload, style: style, column: UInt16(column), kind: kind, isFormula: isFormula))
  }

  private func fail(_ reason: String) {
    failure = failure ?? .damagedSheet(sheet: name, cell: lastCell, reason: reason)
  }

  // MARK: The finished sheet

  func sheet(isHidden: Bool) -> Spreadsheet.Sheet {
    if !isSorted { sort() }
    return Spreadsheet.Sheet(
      name: name, isHidden: isHidden, isProtected: isProtected, mergedRanges: mergedRanges,
      formulasWithoutResult: withoutResult, grid: grid)
  }

  /// Puts cells in order that a program wrote in another; of two at the same place the last one counts.
  private func sort() {
    var placed: [(row: Int32, cell: SheetGrid.StoredCell, order: Int)] = []
    placed.reserveCapacity(grid.cells.count)
    for index in grid.rows.indices {
      for cell in grid.range(ofRow: index) { placed.append((grid.rows[index].number, grid.cells[cell], cell)) }
    }
    placed.sort { ($0.row, $0.cell.column, $0.order) < ($1.row, $1.cell.column, $1.order) }
    grid.rows.removeAll()
    grid.cells.removeAll()
    for (row, cell, _) in placed {
      if let last = grid.rows.last, last.number == row {
        if let previous = grid.cells.last, previous.column == cell.column {
          grid.cells[grid.cells.count - 1] = cell
          continue
        }
      } else {
        grid.rows.append(SheetGrid.Row(number: row, start: grid.cells.count))
      }
      grid.cells.append(cell)
    }
  }
}
