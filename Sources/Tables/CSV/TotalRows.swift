/// Sums at the end of a text table, as reports write them below their rows: `合计;;;851,134`. They are no rows of the
/// table, and are held against the rows above.
///
/// A last row is a sum where its first cell that is not empty is a word for one and nothing else, where no other cell
/// but figures is filled, and where it either leaves cells empty that the row above fills or has figures that all add
/// up: a dealer whose name is Total stays.
struct TotalRows {
  struct Row {
    var label: String
    var cell: Range<Int>
    /// The field of the label, and those that are empty.
    var field: Int
    var emptyFields: Set<Int>
    /// How many figures were held against the rows above.
    var checked = 0
    /// The first figure that is not the sum of its column, with what its parts add up to.
    var difference: (cell: Range<Int>, parts: Double)?
  }

  /// In the order of the file.
  private(set) var rows: [Row] = []
  /// Where the table ends: behind the last row that is no sum.
  private(set) var end: Int
  /// Where notes stand below the sums.
  private(set) var notes: [Int] = []
  /// Whether there are sums between the rows too.
  private(set) var hasInnerSums = false

  private let bytes: UnsafeBufferPointer<UInt8>
  private let dialect: CSVDialect

  /// More sums than this stand at the end of no table.
  private static let most = 8

  /// Nil where the last row is no sum, which costs nothing; else O(bytes) to add up the rows.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, _ header: TableHeader) {
    self.bytes = bytes
    self.dialect = dialect
    end = bytes.count
    var found: [(start: Int, cells: [Range<Int>], label: Int)] = []
    var position = bytes.count
    while found.count < Self.most, let line = lastLine(before: position, from: header.end) {
      position = line.start
      guard let first = line.cells.firstIndex(where: { !CellText.content($0, bytes).range.isEmpty }) else { continue }
      let isLone = line.cells.count { !CellText.content($0, bytes).range.isEmpty } == 1
      guard line.cells.count <= header.width, Self.isSum(CellText.string(line.cells[first], bytes)) else {
        // `制表人：…` below the sums of a table that is wider than that.
        guard found.isEmpty, isLone, header.width > 2, number(line.cells[first]) == nil, notes.count < Self.most
        else { break }
        notes.insert(line.cells[first].lowerBound, at: 0)
        continue
      }
      found.append((line.start, line.cells, first))
    }
    guard let start = found.last?.start, let above = lastLine(before: start, from: header.end) else { return nil }
    let sums = addUp(from: header, to: start)
    for row in found.reversed() {
      guard let row = check(row.cells, label: row.label, sums, above: above.cells) else { return nil }
      rows.append(row)
    }
    end = start
  }

  /// Whether a cell is a word for a sum and nothing else.
  static func isSum(_ text: String) -> Bool {
    switch TotalWord(text) {
    case .subtotal, .total: true
    case .derived, nil: false
    }
  }

  /// Whether a row between others is a sum: by its word, or by a name like `华东小计` that leaves cells empty.
  static func isInnerSum(_ cells: [Range<Int>], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = cells.first(where: { !$0.isEmpty }), first.count <= 60 else { return false }
    let text = CellText.string(first, bytes)
    return isSum(text) || (cells.contains(where: \.isEmpty) && TotalWord.isCompound(text))
  }

  /// The last line that is not blank and begins behind the header.
  private func lastLine(before position: Int, from first: Int) -> (start: Int, cells: [Range<Int>])? {
    var end = position
    while end > first, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    guard end > first else { return nil }
    var start = end
    while start > first, bytes[start - 1] != dialect.lineEnd { start -= 1 }
    var tokenizer = Tokenizer(UnsafeBufferPointer(rebasing: bytes[..<end]), dialect, position: start)
    return tokenizer.nextRow().map { (start, $0) }
  }

  /// The sums of all columns over the rows that are no sums themselves.
  private mutating func addUp(from header: TableHeader, to end: Int) -> RunningSums {
    var sums = RunningSums(count: header.width)
    let body = UnsafeBufferPointer(rebasing: bytes[..<end])
    var tokenizer = Tokenizer(body, dialect, position: header.end)
    var block = Tokenizer.Block(width: header.width)
    while tokenizer.position < body.count {
      tokenizer.next(&block)
      for row in 0..<block.rowCount {
        let slot = row * (header.width + 1)
        let cells = (0..<header.width).map { block.bounds[slot + $0] + 1..<block.bounds[slot + $0 + 1] }
        if Self.isInnerSum(cells, body) {
          hasInnerSums = true
          continue
        }
        for (field, cell) in cells.enumerated() {
          if let value = number(cell) { sums.add(value, field) }
        }
      }
    }
    return sums
  }

  /// The number in a cell, grouped or not.
  private func number(_ cell: Range<Int>) -> Double? {
    let content = CellText.content(cell, bytes).range
    guard !content.isEmpty, content.count <= 40 else { return nil }
    let plain = UnsafeBufferPointer(rebasing: bytes[content])
    if let value = NumberParsing.real(plain, mark: dialect.decimalMark) { return value }
    guard plain.contains(where: { $0 &- 48 < 10 }),
      let text = CellConverter.ungrouped(
        String(decoding: plain, as: UTF8.self), mark: Character(Unicode.Scalar(dialect.decimalMark)))
    else { return nil }
    return Array(text.utf8).withUnsafeBufferPointer { NumberParsing.real($0, mark: dialect.decimalMark) }
  }

  private func check(_ cells: [Range<Int>], label: Int, _ sums: RunningSums, above: [Range<Int>]) -> Row? {
    let empty = above.indices.filter { $0 >= cells.count || CellText.content(cells[$0], bytes).range.isEmpty }
    var row = Row(
      label: CellText.string(cells[label], bytes), cell: CellText.content(cells[label], bytes).range, field: label,
      emptyFields: Set(empty))
    var leavesEmpty = false
    for field in above.indices where field != label {
      let cell = field < cells.count ? cells[field] : nil
      let text = cell.map { CellText.string($0, bytes) } ?? ""
      if ["", "-", "--", "—", "/"].contains(text) || Self.isSum(text) {
        leavesEmpty = leavesEmpty || !CellText.content(above[field], bytes).range.isEmpty
        continue
      }
      guard let cell, let value = number(cell) else { return nil }
      guard field < sums.counts.count, sums.counts[field] > 0 else { continue }
      row.checked += 1
      if !sums.isSum(value, field), !sums.isMean(value, field), row.difference == nil {
        row.difference = (CellText.content(cell, bytes).range, sums.values[field])
      }
    }
    guard leavesEmpty || (row.checked > 0 && row.difference == nil) else { return nil }
    return row
  }

  /// Whether a table could not be read with these rows: they leave a required column empty, or have a word where it
  /// takes none. Other tables may have totals among their rows, as those that Sluice writes.
  func areForeign(to schema: Schema, _ reference: TableReference, _ header: TableHeader) -> Bool {
    rows.allSatisfy { row in
      schema.columns.contains { column in
        let isWord = column.type == .text && column.vocabulary == nil
        return Self.fields(of: column, reference, header).contains { field in
          column.isRequired && row.emptyFields.contains(field) || row.field == field && !isWord
        }
      }
    }
  }

  /// The fields that a column is read or computed from.
  private static func fields(of column: ColumnSchema, _ reference: TableReference, _ header: TableHeader) -> [Int] {
    switch reference.columns[column.name] {
    case nil: [column.name].compactMap { header.firstIndex(of: $0) }
    case .named(let name), .converted(let name, _): [name].compactMap { header.firstIndex(of: $0) }
    case .expression(let text): ((try? Expression(text))?.operands ?? []).compactMap { header.firstIndex(of: $0.name) }
    case .constant, .rowNumber: []
    }
  }

  /// Which rows were left out, and whether they agree with the rows above.
  func report(_ source: SourceText, _ findings: inout Findings) {
    let lines = source.lines(of: rows.map(\.cell.lowerBound))
    let below = source.lines(of: notes)
    for (row, line) in zip(rows, lines) {
      if let (cell, parts) = row.difference {
        let stated = String(decoding: source.bytes[cell], as: UTF8.self)
        findings.add(
          Diagnostic(
            DataCodes.sumDiffers, .warning,
            "`\(row.label)` says \(stated), and its parts add up to \(CellNumber.written(parts))",
            at: source.place(cell.lowerBound, line: line), excerpt: source.excerpt(cell),
            hint: "the parts are read, the sum is not; look for a row or a figure that is missing or there twice"))
        continue
      }
      let verdict = row.checked > 0 ? "it agrees with its parts" : "it has no figure to check"
      findings.add(
        Diagnostic(
          DataCodes.sheetLayout, .note, "line \(line) is a sum (`\(row.label)`) and left out; \(verdict)",
          at: source.place(row.cell.lowerBound, line: line)))
    }
    if let note = notes.first, let line = below.first {
      findings.add(
        Diagnostic(
          DataCodes.sheetLayout, .note,
          "left out: \(SheetStatement.rows(below).replacing("row", with: "line")) below the table, notes",
          at: source.place(note, line: line)))
    }
  }
}
