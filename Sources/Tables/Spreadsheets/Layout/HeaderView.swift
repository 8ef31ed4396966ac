/// What a cell near the top of a sheet says.
enum HeaderLabel: Equatable {
  case words(String)
  case date(SpreadsheetDate)
  case number(Double)
  /// A truth value or an error, which no header has.
  case other

  /// The text of a cell that is no date and no number.
  var text: String? { if case .words(let text) = self { text } else { nil } }

  var isHeaderLike: Bool { text != nil || period(isYearLikely: true) != nil }

  var written: String {
    switch self {
    case .words(let text): text
    case .date(let date): date.description
    case .number(let number): CellNumber.written(number)
    case .other: ""
    }
  }

  /// The period that the cell begins with, and what follows it.
  var leadingPeriod: (period: HeaderPeriod, rest: String)? {
    switch self {
    case .words(let text): HeaderPeriod.leading(FullWidth.narrowed(text))
    case .date, .number: period(isYearLikely: true).map { ($0, "") }
    case .other: nil
    }
  }

  /// The period that the cell names.
  /// - Parameter isYearLikely: whether a bare number may be a year or a year and a month.
  func period(isYearLikely: Bool) -> HeaderPeriod? {
    switch self {
    case .words(let text): HeaderPeriod.leading(FullWidth.narrowed(text))?.period
    case .date(let date): HeaderPeriod(date)
    case .number(let number) where isYearLikely && number == number.rounded() && (1900..<210_000).contains(number):
      HeaderPeriod(CellNumber.written(number))
    default: nil
    }
  }
}

/// The top of a sheet with merged cells filled in: every cell of a merged range says what its first one says.
struct HeaderView {
  let merges: [CellRange]
  /// Rows that hold something, of the first ones.
  let rowNumbers: [Int]
  /// Rows above the table with one cell that stands alone, whatever it says: `2025年出货表`, merged or not.
  private(set) var titleRows: Set<Int> = []
  private let sheet: Spreadsheet.Sheet
  private let labels: [Int: [Int: HeaderLabel]]
  private let content: Set<Int>

  init(_ sheet: Spreadsheet.Sheet, depth: Int) {
    self.sheet = sheet
    let grid = sheet.grid
    var labels: [Int: [Int: HeaderLabel]] = [:]
    var numbers: [Int] = []
    var content: Set<Int> = []
    for row in grid.rows.indices.prefix(depth) {
      let number = Int(grid.rows[row].number)
      var found: [Int: HeaderLabel] = [:]
      for cell in grid.cells[grid.range(ofRow: row)] {
        guard let label = HeaderView.label(grid, cell) else { continue }
        found[Int(cell.column)] = label
        content.insert(Int(cell.column))
      }
      guard !found.isEmpty else { continue }
      numbers.append(number)
      labels[number] = found
    }
    rowNumbers = numbers
    self.content = content
    let last = numbers.last ?? 0
    merges = sheet.mergedRanges.filter { $0.first.row <= last }
    // What is merged over more columns than the sheet has cells in says nothing about them.
    for merge in merges {
      guard let label = labels[merge.first.row]?[merge.first.column] else { continue }
      for row in merge.first.row...min(merge.last.row, last) {
        for column in merge.first.column...min(merge.last.column, max(grid.lastColumn, merge.first.column)) {
          labels[row, default: [:]][column] = label
        }
      }
    }
    self.labels = labels
    titleRows = findTitles()
  }

  /// Lone cells above the first row with several. One that begins right of the table's first column and is merged, or
  /// says a period and nothing else, is a group of columns: the year over its months.
  private func findTitles() -> Set<Int> {
    guard let table = rowNumbers.firstIndex(where: { filled($0) > 1 }) else { return [] }
    let first = rowNumbers[table...].compactMap { columns($0).first }.min() ?? 1
    var titles: Set<Int> = []
    for row in rowNumbers[..<table] {
      guard let column = columns(row).first(where: { isOwn(row, $0) }), let label = label(row, column) else { continue }
      let merge = merges.first { $0.first.row == row && $0.first.column == column }
      let isGroup =
        column > first
        && (merge.map { $0.first.column < $0.last.column } ?? false || label.leadingPeriod.map(\.rest.isEmpty) ?? false)
      guard !isGroup else { continue }
      titles.formUnion(row...max(row, min(merge?.last.row ?? row, rowNumbers[table] - 1)))
    }
    return titles
  }

  private static func label(_ grid: SheetGrid, _ cell: SheetGrid.StoredCell) -> HeaderLabel? {
    switch grid.value(cell) {
    case .text(let text):
      // A line end inside a header is where the application wraps it.
      let plain = text.trimmed.replacing("\r", with: "").replacing("\n", with: " ")
      return plain.isEmpty ? nil : .words(String(plain))
    case .number(let number): return .number(number)
    case .date(let date): return .date(date)
    case .boolean, .error: return .other
    }
  }

  func label(_ row: Int, _ column: Int) -> HeaderLabel? { labels[row]?[column] }
  func columns(_ row: Int) -> [Int] { labels[row]?.keys.sorted() ?? [] }
  func hasContent(_ column: Int) -> Bool { content.contains(column) }

  /// Whether the cell itself holds something, rather than being covered by a merged one.
  func isOwn(_ row: Int, _ column: Int) -> Bool { sheet.cell(row: row, column: column) != nil }

  /// How many cells of the row hold something of their own.
  func filled(_ row: Int) -> Int { columns(row).count { isOwn(row, $0) } }
}

extension MeasureUnit {
  /// A unit in brackets and nothing else.
  static func bare(_ text: String) -> MeasureUnit? { MeasureUnit(text.trimmed.filter { !"()（）[]".contains($0) }) }
}
