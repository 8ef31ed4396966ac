/// A text table that is laid out like a sheet: what planners export from one, with titles, months in columns, sums.
///
/// Plain tables never come here: a text is looked at as a sheet only where its first line lacks a required column, or
/// where sums stand between its rows.
enum CSVSheet {
  /// Larger texts are no sheets that people lay out.
  private static let mostBytes = 1 << 22

  /// The text of a plain table; nil where the layout explains nothing that the first line does not.
  static func text(
    _ source: SourceText, _ header: TableHeader, _ schema: Schema, _ reference: TableReference,
    _ findings: inout Findings
  ) -> SheetText? {
    let request = LayoutRequest(schema, reference)
    let required = schema.columns.filter(\.isRequired).compactMap { column -> String? in
      switch reference.columns[column.name] {
      case .named(let name), .converted(let name, _): name
      case .constant, .expression, .rowNumber: nil
      case nil: column.name
      }
    }
    guard source.bytes.count <= mostBytes, !required.allSatisfy({ header.names.contains($0) }) else { return nil }
    let sheet = sheet(source)
    guard let block = HeaderBlock(sheet, request) else { return nil }
    let layout = SheetLayout(sheet, block, request)
    let names = Set(layout.fields.map(\.name))
    let found = required.filter { name in names.contains(name) || (layout.isWide && name == request.period) }
    let isBetter = layout.isWide ? layout.periods.count >= 2 : found.count == required.count
    guard isBetter else { return nil }
    return SheetReading.text(sheet, [], reference, request, &findings)
  }

  /// The text of a table whose rows are divided by sums; nil where it is too large to be laid out by people.
  static func text(
    _ source: SourceText, _ header: TableHeader, withSums schema: Schema, _ reference: TableReference,
    _ findings: inout Findings
  ) -> SheetText? {
    guard source.bytes.count <= mostBytes else { return nil }
    let grouped = reference.columns.values.compactMap { origin -> Int? in
      guard case .converted(let name, .groupedNumbers) = origin else { return nil }
      return header.firstIndex(of: name)
    }
    return SheetReading.text(
      sheet(source, grouped: Set(grouped)), [], reference, LayoutRequest(schema, reference), &findings)
  }

  /// The cells of a text: numbers where they are written as the text writes numbers, else texts. The rows are lines.
  /// - Parameter grouped: fields in which the plan says that numbers have thousands separators.
  private static func sheet(_ source: SourceText, grouped: Set<Int> = []) -> Spreadsheet.Sheet {
    var grid = SheetGrid()
    grid.isText = true
    let bytes = source.bytes
    var tokenizer = Tokenizer(bytes, source.dialect)
    var line = 1
    var counted = 0
    while let cells = tokenizer.nextRow() {
      guard let start = cells.first?.lowerBound else { continue }
      line += bytes[counted..<start].count { $0 == source.dialect.lineEnd }
      counted = start
      guard line <= CellAddress.lastRow else { break }
      grid.rows.append(SheetGrid.Row(number: Int32(line), start: grid.cells.count))
      for (index, range) in cells.prefix(CellAddress.lastColumn).enumerated() {
        let text = CellText.string(range, bytes)
        guard !text.isEmpty else { continue }
        var cell = SheetGrid.StoredCell(
          payload: UInt64(grid.own.count), style: 0, column: UInt16(index + 1), kind: .ownText, isFormula: false)
        let mark = source.dialect.decimalMark
        let plain = grouped.contains(index) ? CellConverter.ungrouped(text, mark: Character(Unicode.Scalar(mark))) : nil
        if let number = number(plain ?? text, mark: mark) {
          cell.payload = number.bitPattern
          cell.kind = .number
        } else {
          grid.own.append(text)
        }
        grid.cells.append(cell)
        grid.lastColumn = max(grid.lastColumn, index + 1)
      }
      if grid.rows.last?.start == grid.cells.count { grid.rows.removeLast() }
    }
    return Spreadsheet.Sheet(
      name: "", isHidden: false, isProtected: false, mergedRanges: [], formulasWithoutResult: [], grid: grid)
  }

  /// A number that its digits write back: 0012 is a code.
  private static func number(_ text: String, mark: UInt8) -> Double? {
    let bytes = Array(text.utf8)
    guard let value = bytes.withUnsafeBufferPointer({ NumberParsing.real($0, mark: mark) }) else { return nil }
    let digits = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    return digits.count > 1 && digits.first == 48 && digits.dropFirst().first.map { $0 &- 48 < 10 } == true
      ? nil : value
  }
}
