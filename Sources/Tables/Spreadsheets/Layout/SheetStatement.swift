import ChannelTypes

/// Tells how a sheet was read: what was recognised, and where.
struct SheetStatement {
  let sheet: Spreadsheet.Sheet
  let layout: SheetLayout
  let body: SheetBody
  let writer: SheetTextWriter
  let file: String
  /// The names of other visible sheets, where the first one was taken.
  let otherSheets: [String]

  /// The layout in a few words, for lists of tables.
  var summary: String {
    var parts = [sheet.grid.isText ? "text laid out like a sheet" : "sheet \(sheet.name)"]
    if layout.isWide { parts.append("\(writer.periods.count) \(periodNoun) in columns") }
    let names = layout.units.map(\.unit.text)
    if !names.isEmpty { parts.append("in " + names.joined(separator: ", ")) }
    return parts.joined(separator: ", ")
  }

  /// Nil where the sheet is a plain table: a header and rows.
  var note: Diagnostic? {
    let lines = titles + wide + units + sums + leftOut + cells
    guard !lines.isEmpty || !otherSheets.isEmpty else { return nil }
    let first = CellAddress(row: layout.header.rows.lowerBound, column: layout.header.columns.first?.column ?? 1)
    let lastRow = body.dataRows.last.map { Int(sheet.grid.rows[$0].number) } ?? layout.header.rows.upperBound
    let range = CellRange(first, CellAddress(row: lastRow, column: layout.lastColumn))
    let others = otherSheets.prefix(4).map { "`\($0)`" }.joined(separator: ", ") + (otherSheets.count > 4 ? ", …" : "")
    return Diagnostic(
      DataCodes.sheetLayout, .note,
      "\(subject) is read as a table of \(Self.count(body.dataRows.count, "row")) in \(range)",
      at: sheet.place(in: file, row: first.row, column: first.column),
      hint: otherSheets.isEmpty
        ? nil : "it is the first visible sheet; for another write `\(file)#NAME` (there is \(others))",
      notes: lines)
  }

  private var subject: String { sheet.grid.isText ? "the text" : "sheet `\(sheet.name)`" }

  // MARK: Lines

  private var titles: [String] {
    var lines: [String] = []
    let rows = Set(layout.header.captions.map(\.address.row)).sorted()
    if !rows.isEmpty { lines.append("\(Self.rows(rows)) above the header: titles") }
    if layout.header.rows.count > 1 { lines.append("the header is \(Self.rows(Array(layout.header.rows)))") }
    return lines
  }

  private var periodNoun: String {
    switch writer.periods.first?.part.form {
    case .month: "months"
    case .quarter: "quarters"
    case .week: "weeks"
    case .year: "years"
    default: "days"
    }
  }

  private var wide: [String] {
    guard layout.isWide, let first = layout.periods.first, let last = layout.periods.last else { return [] }
    func name(_ period: HeaderPeriod) -> String {
      layout.yearField == nil ? period.period(year: layout.year?.value)?.description ?? period.written : period.written
    }
    let columns = Self.columns(first.column, last.column)
    let figures = layout.figures.map { "`\($0.name)`" }.joined(separator: ", ")
    var lines = [
      "\(columns) are \(periodNoun), \(name(first.period)) to \(name(last.period)): each cell is a row with its period in "
        + "`\(layout.periodName)` and its figure in \(figures)"
    ]
    if let year = layout.year { lines.append("the year \(year.value) is that of \(year.place)") }
    if let field = layout.yearField { lines.append("the year is that of column `\(layout.fields[field].name)`") }
    if writer.unknownFigures > 0 {
      lines.append("\(Self.count(writer.unknownFigures, "empty cell")) of them are unknown: no row")
    }
    return lines
  }

  private var units: [String] {
    layout.units.map { unit, place, names in
      "unit `\(unit.text)` in \(place): \(names.map { "`\($0)`" }.joined(separator: ", ")) multiplied by \(unit.factor)"
    }
  }

  private var sums: [String] {
    var lines: [String] = []
    if !body.sumRows.isEmpty {
      let labels = body.sumRows.map(\.label).uniqued().prefix(4).joined(separator: ", ")
      let differing = body.sumRows.count { $0.difference != nil }
      let isChecked = body.sumRows.contains(where: \.isChecked)
      let verdict =
        !isChecked
        ? "not checked"
        : differing == 0 ? "they agree with their parts" : "\(differing) of them differ from their parts"
      lines.append("left out: sums in \(Self.rows(body.sumRows.map(\.row))) (\(labels)); \(verdict)")
    }
    for sum in layout.sums {
      let count = body.columnDifferences.count { $0.column == sum.column }
      let verdict =
        !body.checkedColumns.contains(sum.column)
        ? "not checked"
        : count == 0 ? "it agrees with its parts" : "it differs from its parts in \(Self.count(count, "row"))"
      lines.append("left out: column \(CellAddress.letters(ofColumn: sum.column)) (\(sum.label)); \(verdict)")
    }
    return lines
  }

  private var leftOut: [String] {
    var lines: [String] = []
    if !layout.derived.isEmpty {
      let names = layout.derived.map { CellAddress.letters(ofColumn: $0) }.joined(separator: ", ")
      lines.append("left out: column \(names), worked out from others")
    }
    if !body.derivedRows.isEmpty { lines.append("left out: \(Self.rows(body.derivedRows)), worked out from others") }
    if !body.repeatedHeaders.isEmpty {
      lines.append("left out: the header again in \(Self.rows(body.repeatedHeaders))")
    }
    if body.blankCount > 0 { lines.append("left out: \(Self.count(body.blankCount, "blank row"))") }
    if !body.noteRows.isEmpty { lines.append("left out: \(Self.rows(body.noteRows)) below the table, notes") }
    return lines
  }

  private var cells: [String] {
    var lines: [String] = []
    func add(_ count: SheetTextWriter.Count, _ noun: String, _ reading: String) {
      guard let first = count.first else { return }
      lines.append("\(Self.count(count.count, noun)), first \(first): \(reading)")
    }
    if !writer.filledColumns.isEmpty {
      let names = writer.filledColumns.sorted().map { CellAddress.letters(ofColumn: $0) }.joined(separator: ", ")
      lines.append("merged cells of column \(names) hold for all their rows")
    }
    add(writer.numbersAsText, "number stored as text", "read as a number")
    add(writer.grouped, "number with thousands separators", "read without them")
    add(writer.percentages, "percentage", "15 % is 15 in columns of percentages and 0.15 elsewhere")
    add(writer.rewrittenPeriods, "period in another writing", "read as 2025-01")
    add(writer.roundedAmounts, "amount with more than four decimals", "rounded to four")
    return lines
  }

  // MARK: Words

  /// `row 3`, `rows 3 to 4`, `rows 10, 20, 30, …`.
  static func rows(_ numbers: [Int]) -> String {
    guard let first = numbers.first, let last = numbers.last else { return "" }
    if numbers.count == 1 { return "row \(first)" }
    if last - first == numbers.count - 1 { return "rows \(first) to \(last)" }
    return "rows " + numbers.prefix(6).map(String.init).joined(separator: ", ") + (numbers.count > 6 ? ", …" : "")
  }

  private static func columns(_ first: Int, _ last: Int) -> String {
    let letters = CellAddress.letters(ofColumn: first)
    return first == last ? "column \(letters)" : "columns \(letters) to \(CellAddress.letters(ofColumn: last))"
  }

  static func count(_ number: Int, _ noun: String) -> String {
    guard number != 1 else { return "1 \(noun)" }
    if let space = noun.firstIndex(of: " "),
      noun.hasPrefix("number ") || noun.hasPrefix("period ") || noun.hasPrefix("amount ")
    {
      return "\(number) \(noun[..<space])s\(noun[space...])"
    }
    return "\(number) \(noun)s"
  }
}
