/// Reads a table out of a workbook: finds the sheet, recognises its layout, and writes the text of a plain table.
enum SheetReading {
  /// - Returns: nil where there is an error among the findings.
  static func text(_ reference: TableReference, _ request: LayoutRequest, _ findings: inout Findings) -> SheetText? {
    do throws(SpreadsheetFailure) {
      let (sheet, others) = try sheet(reference)
      return text(sheet, others, reference, request, &findings)
    } catch {
      findings.add(error.diagnostic(file: reference.displayPath, path: reference.path))
      return nil
    }
  }

  /// The names of the columns of a sheet, as a plain table has them.
  static func columnNames(_ reference: TableReference, _ findings: inout Findings) -> [String]? {
    do throws(SpreadsheetFailure) {
      let sheet = try sheet(reference).sheet
      let request = LayoutRequest(table: "table")
      guard let header = HeaderBlock(sheet, request) else {
        findings.add(empty(sheet, reference))
        return nil
      }
      return SheetLayout(sheet, header, request).fields.map(\.name).filter { !$0.isEmpty }
    } catch {
      findings.add(error.diagnostic(file: reference.displayPath, path: reference.path))
      return nil
    }
  }

  /// The sheet that is asked for, or the first one that a person sees and that is not empty.
  private static func sheet(
    _ reference: TableReference
  ) throws(SpreadsheetFailure) -> (sheet: Spreadsheet.Sheet, others: [String]) {
    let reader = try SpreadsheetReader(path: reference.path, limits: .init())
    let names = reader.sheets.map(\.name)
    if let name = reference.sheet {
      guard let index = names.firstIndex(of: name) ?? names.firstIndex(where: { $0.lowercased() == name.lowercased() })
      else { throw .sheetMissing(name: name, names: names) }
      return (try reader.sheet(index), [])
    }
    let visible = reader.sheets.indices.filter { !reader.sheets[$0].isHidden && reader.sheets[$0].part != nil }
    for index in visible {
      let sheet = try reader.sheet(index)
      guard sheet.grid.cells.isEmpty, index != visible.last else {
        return (sheet, visible.filter { $0 != index }.map { names[$0] })
      }
    }
    throw .empty
  }

  private static func empty(_ sheet: Spreadsheet.Sheet, _ reference: TableReference) -> Diagnostic {
    Diagnostic(
      DataCodes.emptyFile, "sheet `\(sheet.name)` is empty",
      at: sheet.place(in: reference.displayPath),
      hint: "a table begins with a row of column names; for another sheet write `\(reference.displayPath)#NAME`")
  }

  /// The text of the table in a sheet that has been read.
  /// - Parameter others: the names of other sheets that a person could mean.
  static func text(
    _ sheet: Spreadsheet.Sheet, _ others: [String], _ reference: TableReference, _ request: LayoutRequest,
    _ findings: inout Findings
  ) -> SheetText? {
    let file = reference.displayPath
    guard let header = HeaderBlock(sheet, request) else {
      findings.add(empty(sheet, reference))
      return nil
    }
    // 1. What the columns are.
    var layout = SheetLayout(sheet, header, request)
    layout.findYear(sheet, file: file)
    layout.nameFigures(sheet, file: file, findings: &findings)
    layout.applyUnits(sheet, file: file, findings: &findings)

    // 2. What the rows are, and whether sums are those of their parts.
    let body = SheetBody(sheet, layout)
    layout.dropNamelessFields(sheet, body)
    SheetChecks(sheet: sheet, layout: layout, body: body, file: file).report(&findings)

    // 3. The text of the table.
    var writer = SheetTextWriter(sheet, layout, body, file: file)
    if let column = writer.withoutYear.first { findings.add(withoutYear(column, layout, sheet, file)) }
    let statement = SheetStatement(
      sheet: sheet, layout: layout, body: body, writer: writer, file: file, otherSheets: others)
    if let note = statement.note { findings.add(note) }
    return writer.text(summary: statement.summary)
  }

  private static func withoutYear(
    _ column: Int, _ layout: SheetLayout, _ sheet: Spreadsheet.Sheet, _ file: String
  ) -> Diagnostic {
    let period = layout.periods.first { $0.column == column }?.period
    return Diagnostic(
      DataCodes.periodWithoutYear, "the year of `\(period?.written ?? "the period")` is not known",
      at: sheet.place(in: file, row: layout.header.rows.upperBound, column: column),
      hint: "write the year above the periods, into the title, or into the name of the sheet: `2025年`")
  }
}

extension Spreadsheet.Sheet {
  /// A place for findings: the cell, or the line of a text file that is laid out like a sheet.
  func place(in file: String, row: Int? = nil, column: Int? = nil) -> SourcePlace {
    grid.isText
      ? SourcePlace(file: file, line: row) : SourcePlace(file: file, line: row, column: column, sheet: name)
  }
}

extension SheetLayout {
  /// Columns without a name are told only where the rows of the table have something in them.
  mutating func dropNamelessFields(_ sheet: Spreadsheet.Sheet, _ body: SheetBody) {
    let isNameless = fields.contains { $0.name.isEmpty }
    guard isNameless else { return }
    let year = yearField.map { fields[$0].column }
    var used: Set<UInt16> = []
    for row in body.dataRows { for cell in sheet.grid.cells[sheet.grid.range(ofRow: row)] { used.insert(cell.column) } }
    fields.removeAll { $0.name.isEmpty && !used.contains(UInt16($0.column)) }
    yearField = year.flatMap { column in fields.firstIndex { $0.column == column } }
  }
}

/// What does not add up in a sheet.
private struct SheetChecks {
  let sheet: Spreadsheet.Sheet
  let layout: SheetLayout
  let body: SheetBody
  let file: String

  /// So many cells are told one by one.
  private static let told = 5

  func report(_ findings: inout Findings) {
    reportFormulas(&findings)
    let rows = body.sumRows.filter { $0.difference != nil }
    for row in rows.prefix(Self.told) {
      guard let (column, stated, parts) = row.difference else { continue }
      let further = row.furtherColumns.prefix(4).map { CellAddress(row: row.row, column: $0).description }
      let notes =
        further.isEmpty
        ? [] : ["also in \(further.joined(separator: ", "))" + (row.furtherColumns.count > 4 ? ", …" : "")]
      findings.add(difference(row.label, row.row, column, stated, parts, notes))
    }
    if rows.count > Self.told { findings.count(.warning, rows.count - Self.told) }
    for sum in layout.sums {
      let found = body.columnDifferences.filter { $0.column == sum.column }
      guard let first = found.first else { continue }
      let notes = found.count > 1 ? ["also in \(SheetStatement.rows(found.dropFirst().map(\.row)))"] : []
      findings.add(difference(sum.label, first.row, first.column, first.stated, first.parts, notes))
    }
  }

  private func difference(
    _ label: String, _ row: Int, _ column: Int, _ stated: Double, _ parts: Double, _ notes: [String]
  ) -> Diagnostic {
    Diagnostic(
      DataCodes.sumDiffers, .warning,
      "`\(label)` says \(CellNumber.written(stated)), and its parts add up to \(CellNumber.written(parts))",
      at: sheet.place(in: file, row: row, column: column),
      hint: "the parts are read, the sum is not; look for a row or a figure that is missing or there twice",
      notes: notes)
  }

  /// Formulas of the table that no application has computed yet.
  private func reportFormulas(_ findings: inout Findings) {
    guard !sheet.formulasWithoutResult.isEmpty else { return }
    let columns = Set(layout.fields.filter { !$0.name.isEmpty }.map(\.column) + layout.periods.map(\.column))
    let last = body.dataRows.last.map { Int(sheet.grid.rows[$0].number) } ?? 0
    let left = Set(body.sumRows.map(\.row) + body.derivedRows + body.noteRows)
    let found = sheet.formulasWithoutResult.filter {
      columns.contains($0.column) && $0.row > layout.header.rows.upperBound && $0.row <= last && !left.contains($0.row)
    }
    guard let first = found.first else { return }
    findings.add(
      Diagnostic(
        DataCodes.formulaWithoutResult, "the formula in \(first) has no stored result",
        at: sheet.place(in: file, row: first.row, column: first.column),
        hint: "open the workbook in a spreadsheet application and save it",
        notes: found.count > 1 ? ["\(SheetStatement.count(found.count - 1, "more cell")) like it"] : []))
  }
}
