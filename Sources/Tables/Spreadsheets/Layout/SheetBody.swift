import ChannelTypes

/// Which rows below the header are rows of the table; the others are blank, sums, repeated headers and notes.
struct SheetBody {
  /// A row that sums others up, with what it was held against.
  struct SumRow {
    var row: Int
    var label: String
    var labelColumn: Int
    /// The first column in which it is not the sum of its parts, both figures, and how many more there are.
    var difference: (column: Int, stated: Double, parts: Double)?
    var furtherColumns: [Int] = []
    /// Whether it has a figure that could be held against others.
    var isChecked = false
  }

  /// Indices of rows of the grid.
  private(set) var dataRows: [Int] = []
  private(set) var sumRows: [SumRow] = []
  /// Row numbers of the sheet.
  private(set) var derivedRows: [Int] = []
  private(set) var noteRows: [Int] = []
  private(set) var repeatedHeaders: [Int] = []
  private(set) var blankCount = 0
  /// Sums of columns that differ from their parts: row, column, stated, parts.
  private(set) var columnDifferences: [(row: Int, column: Int, stated: Double, parts: Double)] = []

  /// Columns of sums of which some cell was held against its parts.
  private(set) var checkedColumns: Set<Int> = []

  private let grid: SheetGrid
  private let layout: SheetLayout
  /// Rows with formulas that have no result yet: not empty, though they look so.
  private let uncomputed: Set<Int>
  /// Columns whose texts say what a row is: those of the table that hold no numbers and no fixed words.
  private let labelColumns: [Bool]
  /// Columns whose figures are added up.
  private let figureColumns: [Bool]
  private let labels: RowLabels
  private var sinceSum: RunningSums
  private var all: RunningSums
  /// A sum above its parts, which is held against the rows that follow.
  private var waiting: (index: Int, row: Int)?

  init(_ sheet: Spreadsheet.Sheet, _ layout: SheetLayout) {
    grid = sheet.grid
    self.layout = layout
    uncomputed = Set(sheet.formulasWithoutResult.map(\.row))
    labels = RowLabels(sheet.grid)
    let words = layout.fields.filter { $0.target.map { !$0.isNumber && !$0.hasVocabulary } ?? true }.map(\.column)
    labelColumns = Self.flags(words, sheet.grid)
    let numbers = layout.fields.filter { $0.target?.isNumber ?? true }.map(\.column)
    let figures = layout.isWide ? layout.periods.map(\.column) + layout.sums.map(\.column) : numbers
    figureColumns = Self.flags(figures, sheet.grid)
    sinceSum = RunningSums(count: grid.lastColumn + 1)
    all = sinceSum
    let start = grid.rows.firstIndex { Int($0.number) > layout.header.rows.upperBound } ?? grid.rows.count
    classify(from: start)
  }

  private static func flags(_ columns: [Int], _ grid: SheetGrid) -> [Bool] {
    var flags = [Bool](repeating: false, count: grid.lastColumn + 1)
    for column in columns where column < flags.count { flags[column] = true }
    return flags
  }

  private mutating func classify(from start: Int) {
    let end = endOfTable(from: start)
    for row in end..<grid.rows.count where !isBlank(row) { noteRows.append(Int(grid.rows[row].number)) }
    var last = layout.header.rows.upperBound
    for row in start..<end where !isBlank(row) {
      let number = Int(grid.rows[row].number)
      blankCount += number - last - 1
      last = number
      let cells = grid.cells[grid.range(ofRow: row)]
      if isHeader(cells) {
        repeatedHeaders.append(number)
      } else if let (word, cell) = label(cells) {
        if word == .derived {
          derivedRows.append(number)
        } else {
          addSum(row, word, cell)
        }
      } else if let cell = compoundLabel(cells), let parts = agreeing(cells, [sinceSum, all]), parts > 0 {
        addSum(row, .subtotal, cell)
      } else {
        dataRows.append(row)
        add(cells)
        checkColumns(cells, number)
      }
    }
    settleWaiting()
  }

  // MARK: Kinds of rows

  private func isBlank(_ row: Int) -> Bool {
    grid.cells[grid.range(ofRow: row)].allSatisfy { cell in
      Int(cell.column) > layout.lastColumn || (isText(cell) && grid.text(cell).trimmed.isEmpty)
    }
  }

  private func isText(_ cell: SheetGrid.StoredCell) -> Bool { cell.kind == .sharedText || cell.kind == .ownText }

  /// Behind the last row that is not a note: notes are text only, and little of it.
  private func endOfTable(from start: Int) -> Int {
    let width = layout.fields.count + layout.periods.count
    var end = grid.rows.count
    while end > start {
      let cells = grid.cells[grid.range(ofRow: end - 1)].filter { Int($0.column) <= layout.lastColumn }
      let filled = cells.filter { !isText($0) || !grid.text($0).trimmed.isEmpty }
      let isNote =
        width >= 3 && filled.allSatisfy(isText) && filled.count <= 2 && filled.count * 2 < width
        && label(filled[...]) == nil && !uncomputed.contains(Int(grid.rows[end - 1].number))
      guard filled.isEmpty || isNote else { break }
      end -= 1
    }
    return end
  }

  /// Whether a row repeats the header, as sheets made for printing do.
  private func isHeader(_ cells: ArraySlice<SheetGrid.StoredCell>) -> Bool {
    var same = 0
    for cell in cells where Int(cell.column) <= layout.lastColumn {
      guard isText(cell) else { return false }
      let text = grid.text(cell).trimmed
      if text.isEmpty { continue }
      let words = layout.header.columns.first { $0.column == Int(cell.column) }?.words ?? []
      let name = layout.fields.first { $0.column == Int(cell.column) }?.name
      guard words.contains(String(text)) || name == String(text) else { return false }
      same += 1
    }
    return same >= 2
  }

  /// The word that makes a row a sum or a row of shares.
  private func label(_ cells: ArraySlice<SheetGrid.StoredCell>) -> (TotalWord, SheetGrid.StoredCell)? {
    var isFirst = true
    for cell in cells where isText(cell) && Int(cell.column) <= layout.lastColumn {
      let kind = labels.kind(cell)
      if kind == .blank { continue }
      if labelColumns[Int(cell.column)] || isFirst, case .word(let word) = kind, isFirst || word != .derived {
        return (word, cell)
      }
      isFirst = false
    }
    return nil
  }

  private func compoundLabel(_ cells: ArraySlice<SheetGrid.StoredCell>) -> SheetGrid.StoredCell? {
    cells.first { isText($0) && labelColumns[Int($0.column)] && labels.kind($0) == .compound }
  }

  // MARK: Sums

  private func isFigure(_ cell: SheetGrid.StoredCell) -> Bool {
    cell.kind == .number && figureColumns[Int(cell.column)] && grid.style(cell).meaning != .percentage
  }

  private mutating func add(_ cells: ArraySlice<SheetGrid.StoredCell>) {
    for cell in cells where isFigure(cell) {
      let value = Double(bitPattern: cell.payload)
      sinceSum.add(value, Int(cell.column))
      all.add(value, Int(cell.column))
    }
  }

  /// How many figures of a row are the sums of the same rows; nil where one is not.
  private func agreeing(_ cells: ArraySlice<SheetGrid.StoredCell>, _ candidates: [RunningSums]) -> Int? {
    for sums in candidates {
      let figures = cells.filter(isFigure)
      let matches = figures.filter { sums.isSum(Double(bitPattern: $0.payload), Int($0.column)) }
      if matches.count == figures.count, !figures.isEmpty { return matches.count }
    }
    return nil
  }

  private mutating func addSum(_ row: Int, _ word: TotalWord, _ cell: SheetGrid.StoredCell) {
    settleWaiting()
    let cells = grid.cells[grid.range(ofRow: row)]
    var entry = SumRow(
      row: Int(grid.rows[row].number), label: String(grid.text(cell).trimmed), labelColumn: Int(cell.column))
    entry.isChecked = cells.contains(where: isFigure)
    if sinceSum.isEmpty, all.isEmpty || word == .subtotal {
      waiting = (sumRows.count, row)
    } else if agreeing(cells, [sinceSum, all]) == nil {
      let isOfAll = word == .total && !all.isEmpty
      compare(cells, isOfAll ? all : sinceSum, &entry)
    }
    sumRows.append(entry)
    sinceSum.reset()
  }

  /// A sum that stands above its parts: the rows up to the next sum, or all of the table.
  private mutating func settleWaiting() {
    guard let (index, row) = waiting else { return }
    waiting = nil
    let cells = grid.cells[grid.range(ofRow: row)]
    guard agreeing(cells, [sinceSum, all]) == nil, !sinceSum.isEmpty else { return }
    // The first of several sums may be that of the whole table, which is not known yet.
    guard sumRows.count == index + 1 else { return }
    compare(cells, sinceSum, &sumRows[index])
  }

  private func compare(_ cells: ArraySlice<SheetGrid.StoredCell>, _ sums: RunningSums, _ entry: inout SumRow) {
    for cell in cells where isFigure(cell) {
      let value = Double(bitPattern: cell.payload)
      let column = Int(cell.column)
      guard sums.counts[column] > 0, !sums.isSum(value, column), !sums.isMean(value, column) else { continue }
      if entry.difference == nil {
        entry.difference = (column, value, sums.values[column])
      } else {
        entry.furtherColumns.append(column)
      }
    }
  }

  /// Holds the sum columns of a row against the columns that they add up.
  private mutating func checkColumns(_ cells: ArraySlice<SheetGrid.StoredCell>, _ row: Int) {
    guard !layout.sums.isEmpty else { return }
    var values: [Int: Double] = [:]
    for cell in cells where cell.kind == .number { values[Int(cell.column)] = Double(bitPattern: cell.payload) }
    for sum in layout.sums where !sum.parts.isEmpty {
      guard let stated = values[sum.column] else { continue }
      var total = RunningSums(count: 1)
      for part in sum.parts { if let value = values[part] { total.add(value, 0) } }
      guard total.counts[0] > 0 else { continue }
      checkedColumns.insert(sum.column)
      guard !total.isSum(stated, 0), !total.isMean(stated, 0) else { continue }
      columnDifferences.append((row, sum.column, stated, total.values[0]))
    }
  }
}

/// What texts say about their rows; each text that cells share is looked at once.
private final class RowLabels {
  enum Kind: Equatable {
    case blank, name, compound
    case word(TotalWord)
  }

  private let grid: SheetGrid
  private var known: [Kind?]

  init(_ grid: SheetGrid) {
    self.grid = grid
    known = [Kind?](repeating: nil, count: grid.shared.count)
  }

  func kind(_ cell: SheetGrid.StoredCell) -> Kind {
    guard cell.kind == .sharedText else { return RowLabels.kind(grid.text(cell)) }
    let index = Int(cell.payload)
    if let kind = known[index] { return kind }
    let kind = RowLabels.kind(grid.shared[index])
    known[index] = kind
    return kind
  }

  private static func kind(_ text: String) -> Kind {
    if text.utf8.count > 200 { return .name }
    if text.trimmed.isEmpty { return .blank }
    if let word = TotalWord(text) { return .word(word) }
    return TotalWord.isCompound(text) ? .compound : .name
  }
}

/// Sums of columns as rows go by.
struct RunningSums {
  private(set) var values: [Double]
  private(set) var counts: [Int]
  private var magnitudes: [Double]
  private var hasFractions: [Bool]

  init(count: Int) {
    values = [Double](repeating: 0, count: count)
    magnitudes = values
    hasFractions = [Bool](repeating: false, count: count)
    counts = [Int](repeating: 0, count: count)
  }

  var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

  mutating func add(_ value: Double, _ column: Int) {
    values[column] += value
    magnitudes[column] += value.magnitude
    counts[column] += 1
    if value != value.rounded() { hasFractions[column] = true }
  }

  mutating func reset() {
    for column in values.indices {
      values[column] = 0
      magnitudes[column] = 0
      counts[column] = 0
      hasFractions[column] = false
    }
  }

  /// Whether a stated sum is the sum, to the last of its own digits: a total that was rounded to whole numbers need
  /// not agree with the decimals of its parts.
  func isSum(_ stated: Double, _ column: Int) -> Bool {
    (stated - values[column]).magnitude <= tolerance(stated, column) + 1e-9 * magnitudes[column]
  }

  /// Whether it is the average instead, as of a column of prices.
  func isMean(_ stated: Double, _ column: Int) -> Bool {
    guard counts[column] > 1 else { return false }
    let mean = values[column] / Double(counts[column])
    return (stated - mean).magnitude <= tolerance(stated, column) + 1e-9 * magnitudes[column]
  }

  /// Half a unit of the last digit that is written; none for a whole number whose parts are whole too.
  private func tolerance(_ stated: Double, _ column: Int) -> Double {
    guard stated != stated.rounded() else { return hasFractions[column] ? 0.5 : 0 }
    let decimals = CellNumber.written(stated).split(separator: ".").dropFirst().first?.count ?? 0
    var step = 0.5
    for _ in 0..<min(decimals, 12) { step /= 10 }
    return step * 1.000_001
  }
}
