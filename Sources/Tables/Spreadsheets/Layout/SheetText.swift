import ChannelTypes

/// A sheet as the text of a table: the same text that a CSV file of it would have, so that one reader serves both.
///
/// Cells are divided by the separators of ASCII, which no cell can contain, since XML has no such characters.
final class SheetText {
  static let dialect = CSVDialect(separator: 0x1F, decimalMark: UInt8(ascii: "."), lineEnd: 0x1E)

  let bytes: [UInt8]
  let origins: SheetOrigins
  /// How the sheet was read, in a few words.
  let summary: String

  init(bytes: [UInt8], origins: SheetOrigins, summary: String) {
    self.bytes = bytes
    self.origins = origins
    self.summary = summary
  }
}

/// Writes the rows of a table out of the cells of a sheet.
struct SheetTextWriter {
  /// Things that were read otherwise than they stand there: how often, and where first.
  struct Count {
    private(set) var count = 0
    private(set) var first: CellAddress?
    mutating func add(_ row: Int, _ column: Int) {
      count += 1
      if first == nil { first = CellAddress(row: row, column: column) }
    }
  }

  private let sheet: Spreadsheet.Sheet
  private let grid: SheetGrid
  private let layout: SheetLayout
  private var bytes: [UInt8] = []
  private(set) var origins: SheetOrigins
  private var merged: MergedCells

  /// Numbers that are stored as text, numbers with thousands separators, percentages, periods in other writings,
  /// amounts with more than four decimals.
  private(set) var numbersAsText = Count()
  private(set) var grouped = Count()
  private(set) var percentages = Count()
  private(set) var rewrittenPeriods = Count()
  private(set) var roundedAmounts = Count()
  /// Figures of a wide sheet that are unknown: no row.
  private(set) var unknownFigures = 0
  /// Periods that have no year, by column.
  private(set) var withoutYear: [Int] = []
  /// Columns whose merged cells hold for all their rows.
  var filledColumns: Set<Int> { merged.used }
  /// Whether groups of three digits are certain in a column.
  private let certainGroups: Set<Int>

  init(_ sheet: Spreadsheet.Sheet, _ layout: SheetLayout, _ body: SheetBody, file: String) {
    self.sheet = sheet
    grid = sheet.grid
    self.layout = layout
    merged = MergedCells(
      sheet, columns: layout.fields.filter { !($0.target?.isNumber ?? false) }.map(\.column),
      from: layout.header.rows.upperBound)
    certainGroups = GroupedNumbers.certainColumns(sheet.grid, body.dataRows, layout)
    // Columns that no name was given to are left out of wide tables.
    let named = layout.fields
    var fields = named.map { SheetOrigins.Origin.column($0.column) }
    var periodColumns: [[Int]] = []
    var order: [HeaderPeriod] = []
    if layout.isWide {
      fields.append(.period)
      fields += layout.figures.indices.map { .figure($0) }
      for entry in layout.periods {
        let index = order.firstIndex(of: entry.period) ?? order.count
        if index == order.count {
          order.append(entry.period)
          periodColumns.append([Int](repeating: 0, count: layout.figures.count))
        }
        periodColumns[index][entry.figure] = entry.column
      }
    }
    periods = order
    origins = SheetOrigins(
      file: file, sheet: sheet.name, isText: sheet.grid.isText, headerRow: layout.header.rows.upperBound,
      fields: fields,
      periodColumns: periodColumns)
    bytes.reserveCapacity(grid.cells.count * 8)
    writeHeader()
    if layout.isWide { writeWide(body) } else { writeLong(body) }
  }

  /// The different periods of a wide sheet, in the order of their columns.
  let periods: [HeaderPeriod]

  mutating func text(summary: String) -> SheetText {
    let text = SheetText(bytes: bytes, origins: origins, summary: summary)
    bytes = []
    return text
  }

  // MARK: Rows

  private mutating func writeHeader() {
    var names = layout.fields.map(\.name)
    if layout.isWide { names += [layout.periodName] + layout.figures.map(\.name) }
    for (index, name) in names.enumerated() {
      if index > 0 { bytes.append(SheetText.dialect.separator) }
      append(name)
    }
    bytes.append(SheetText.dialect.lineEnd)
  }

  private mutating func writeLong(_ body: SheetBody) {
    for row in body.dataRows {
      writeFields(row)
      endRow(row)
    }
  }

  private mutating func endRow(_ row: Int) {
    bytes.append(SheetText.dialect.lineEnd)
    origins.rows.append(grid.rows[row].number)
  }

  private mutating func writeFields(_ row: Int) {
    let range = grid.range(ofRow: row)
    let number = Int(grid.rows[row].number)
    var next = range.lowerBound
    for (index, field) in layout.fields.enumerated() {
      if index > 0 { bytes.append(SheetText.dialect.separator) }
      while next < range.upperBound, Int(grid.cells[next].column) < field.column { next += 1 }
      if next < range.upperBound, Int(grid.cells[next].column) == field.column {
        append(grid.cells[next], number, field.target, field.shift)
      } else if let origin = merged.origin(row: number, column: field.column),
        let cell = grid.index(origin.row, origin.column)
      {
        append(grid.cells[cell], number, field.target, field.shift)
      }
    }
  }

  private mutating func writeWide(_ body: SheetBody) {
    var shifts = [Int](repeating: 0, count: grid.lastColumn + 1)
    for period in layout.periods where period.column < shifts.count { shifts[period.column] = period.shift }
    var names: [Int: [String?]] = [:]
    for row in body.dataRows {
      let year = year(ofRow: row)
      if names[year ?? 0] == nil { names[year ?? 0] = periods.map { $0.period(year: year)?.description } }
      let start = bytes.count
      writeFields(row)
      let fields = Array(bytes[start...])
      bytes.removeLast(fields.count)
      let cells = grid.range(ofRow: row)
      for (index, columns) in origins.periodColumns.enumerated() {
        let found = columns.map { column in column > 0 ? grid.index(inRow: row, column) : nil }
        guard found.contains(where: { $0 != nil }), !cells.isEmpty else {
          unknownFigures += columns.count
          continue
        }
        guard let name = names[year ?? 0]?[index] else {
          if !withoutYear.contains(columns.first ?? 0) { withoutYear.append(columns.first ?? 0) }
          continue
        }
        bytes.append(contentsOf: fields)
        if !layout.fields.isEmpty { bytes.append(SheetText.dialect.separator) }
        bytes.append(contentsOf: name.utf8)
        for (figure, cell) in found.enumerated() {
          bytes.append(SheetText.dialect.separator)
          guard let cell else { continue }
          let column = Int(grid.cells[cell].column)
          append(grid.cells[cell], Int(grid.rows[row].number), layout.figures[figure].target, shifts[column])
        }
        endRow(row)
        origins.periods.append(UInt16(clamping: index))
      }
    }
  }

  private func year(ofRow row: Int) -> Int? {
    guard let field = layout.yearField, let cell = grid.index(inRow: row, layout.fields[field].column) else {
      return layout.year?.value
    }
    switch grid.value(grid.cells[cell]) {
    case .number(let number) where (1900...2200).contains(number): return Int(number)
    case .text(let text): return HeaderPeriod(text)?.year
    case .date(let date): return date.day.year
    default: return nil
    }
  }

  // MARK: Cells

  private mutating func append(
    _ cell: SheetGrid.StoredCell, _ row: Int, _ target: LayoutRequest.Target?, _ shift: Int
  ) {
    switch cell.kind {
    case .number:
      append(Double(bitPattern: cell.payload), grid.style(cell).meaning, row, Int(cell.column), target, shift)
    case .sharedText, .ownText: append(grid.text(cell), row, Int(cell.column), target, shift)
    case .boolean: append(cell.payload == 1 ? "true" : "false")
    case .error: append(grid.own[Int(cell.payload)])
    case .date:
      switch grid.value(cell) {
      case .date(let date): append(date.description)
      case .number(let number): append(CellNumber.written(number))
      default: break
      }
    }
  }

  private mutating func append(
    _ value: Double, _ meaning: CellStyle.Meaning, _ row: Int, _ column: Int, _ target: LayoutRequest.Target?,
    _ shift: Int
  ) {
    var shift = shift
    if meaning == .percentage, target?.isPercentage == true {
      percentages.add(row, column)
      shift = 2
    }
    var text = CellNumber.written(value, shift: shift)
    switch (meaning, target?.type) {
    case (.padded(let width), .text), (.padded(let width), nil):
      if text.utf8.count < width, value >= 0 { text = String(repeating: "0", count: width - text.utf8.count) + text }
    case (_, .money): text = amount(text, row, column)
    case (_, .period):
      if Period(text) == nil, let period = HeaderPeriod(text)?.period(year: nil) {
        rewrittenPeriods.add(row, column)
        text = period.description
      }
    default: break
    }
    bytes.append(contentsOf: text.utf8)
  }

  /// Arithmetic in cells leaves more decimals than money has; typed amounts have no more than four.
  private mutating func amount(_ text: String, _ row: Int, _ column: Int) -> String {
    guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")), !text.contains("e"),
      text.utf8.distance(from: point, to: text.utf8.endIndex) > 1 + Money.decimals, let value = Double(text),
      let rounded = Money(rounding: value, decimals: Money.decimals)
    else { return text }
    roundedAmounts.add(row, column)
    return rounded.description
  }

  private mutating func append(
    _ text: String, _ row: Int, _ column: Int, _ target: LayoutRequest.Target?, _ shift: Int
  ) {
    guard let target else {
      append(text)
      return
    }
    if target.type == .period {
      let plain = text.trimmed
      if Period(plain) == nil, plain.allSatisfy({ !FullWidth.isWide($0) }),
        let period = HeaderPeriod(plain)?.period(year: nil)
      {
        rewrittenPeriods.add(row, column)
        append(period.description)
        return
      }
    } else if target.isNumber, let number = GroupedNumbers.number(text, isCertain: certainGroups.contains(column)) {
      if number.isGrouped { grouped.add(row, column) }
      if number.isPercentage { percentages.add(row, column) }
      if !number.isGrouped, !number.isPercentage { numbersAsText.add(row, column) }
      let points = number.isPercentage && !target.isPercentage ? shift - 2 : shift
      let shifted = points == 0 ? number.digits : CellNumber.shifted(number.digits, by: points)
      append(target.type == .money ? amount(shifted, row, column) : shifted)
      return
    }
    append(text)
  }

  /// A text, in quotation marks where it begins with one; separators cannot occur in XML, but for escapes.
  private mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      let isQuoted = utf8.first == UInt8(ascii: "\"") || utf8.first == 0x20 && utf8.contains(UInt8(ascii: "\""))
      if isQuoted { bytes.append(UInt8(ascii: "\"")) }
      for byte in utf8 {
        if byte == UInt8(ascii: "\""), isQuoted { bytes.append(byte) }
        bytes.append(byte < 0x20 && [0, 0x1E, 0x1F].contains(byte) ? 0x20 : byte)
      }
      if isQuoted { bytes.append(UInt8(ascii: "\"")) }
    }
  }
}
