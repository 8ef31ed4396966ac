/// Which columns of a long table hold what.
package struct LongTableColumns: Sendable {
  /// The columns that together name a series.
  package var ids: [String]
  package var time: String
  package var value: String
  /// Further columns of numbers.
  package var numbers: [String]
  /// Further columns of text.
  package var texts: [String]
  package var conditions: [RowCondition]

  package init(
    ids: [String], time: String, value: String, numbers: [String] = [], texts: [String] = [],
    conditions: [RowCondition] = []
  ) {
    self.ids = ids
    self.time = time
    self.value = value
    self.numbers = numbers
    self.texts = texts
    self.conditions = conditions
  }
}

/// A table with a row for each series and time, opened to be read pass after pass, in blocks of rows.
///
/// Memory is that of a few megabytes of rows and of the names of the series. A pipe, and a text in GB18030, is held
/// whole.
package struct LongTable {
  package let reference: TableReference
  package let columns: LongTableColumns
  /// Where each column stands in the file; as in `columns`, conditions too.
  struct Fields {
    var ids: [Int]
    var time: Int
    var value: Int
    var numbers: [Int]
    var texts: [Int]
    var conditions: [Int]
  }
  let fields: Fields
  let width: Int
  package let notation: TimeNotation
  package let dialect: CSVDialect
  private let held: HeldText?

  /// Opens a table and looks at its header and first rows.
  /// - Returns: nil where there is an error among the findings.
  package static func open(
    _ reference: TableReference, _ columns: LongTableColumns, findings: inout Findings
  ) -> LongTable? {
    do throws(EncodedText.Failure) {
      if reference.isWorkbook {
        guard let text = SheetReading.text(reference, LayoutRequest(columns), &findings) else { return nil }
        return try open(reference, columns, held: HeldText(text), &findings)
      }
      let mustHold = !ByteSource.isRegular(reference.path)
      let held = mustHold ? try HeldText(path: reference.path) : nil
      return try open(reference, columns, held: held, &findings)
    } catch {
      findings.add(CSVReader.finding(error, reference))
      return nil
    }
  }

  /// The same table with its whole text in memory, for a file that turned out not to be UTF-8.
  package func holdingText(findings: inout Findings) -> LongTable? {
    do throws(EncodedText.Failure) {
      return try LongTable.open(reference, columns, held: try HeldText(path: reference.path), &findings)
    } catch {
      findings.add(CSVReader.finding(error, reference))
      return nil
    }
  }

  private static func open(
    _ reference: TableReference, _ columns: LongTableColumns, held: HeldText?, _ findings: inout Findings
  ) throws(EncodedText.Failure) -> LongTable? {
    do throws(RowStream.Failure) {
      let stream = try RowStream(path: reference.path, held: held)
      guard let header = try stream.header() else {
        findings.add(CSVReader.emptyFile(reference))
        return nil
      }
      return LongTable(reference, columns, held, stream, header, &findings)
    } catch {
      switch error {
      case .text(let failure): throw failure
      case .needsWholeText:
        return try open(reference, columns, held: try HeldText(path: reference.path), &findings)
      }
    }
  }

  private init?(
    _ reference: TableReference, _ columns: LongTableColumns, _ held: HeldText?, _ stream: RowStream,
    _ header: TableHeader, _ findings: inout Findings
  ) {
    self.reference = reference
    self.columns = columns
    self.held = held
    var dialect = stream.dialect
    if let held, held.sheet == nil { dialect.encoding = held.encoding }
    self.dialect = dialect
    width = header.width
    let text = SourceText(
      bytes: stream.bytes, dialect: dialect, file: reference.displayPath, origins: held?.sheet?.origins)
    if let doubt = stream.decimalDoubt, let cell = doubt.first { findings.add(doubt.finding(cell, text)) }
    guard let fields = LongTableHeader(header, text).fields(columns, &findings) else { return nil }
    self.fields = fields
    let sample = RowSample(stream.bytes, dialect, from: header.end)
    guard !sample.rows.isEmpty else {
      findings.add(
        Diagnostic(
          DataCodes.noRows, "`\(reference.displayPath)` has a header and no rows",
          at: text.place(header.ranges[0].lowerBound, line: 1), hint: "a forecast needs a history"))
      return nil
    }
    guard let notation = TimeNotation(ofCells: sample.cells(fields.time, stream.bytes)) else {
      findings.add(LongTable.noTime(sample, fields.time, columns.time, text))
      return nil
    }
    self.notation = notation
  }

  private static func noTime(_ sample: RowSample, _ field: Int, _ column: String, _ text: SourceText) -> Diagnostic {
    let range = sample.rows[0].dropFirst(field).first ?? sample.rows[0][0]
    let content = CellText.content(range, text.bytes).range
    let shown = String(decoding: text.bytes[content].prefix(CellText.longestShown), as: UTF8.self)
    var problems = CellProblems()
    problems.add(LongTableReader.timeProblem(shown, nil), column, field, content)
    var found = Findings()
    problems.findings(in: text, into: &found)
    return found.kept[0]
  }

  /// Where the rows of a sheet stand; nil for a text file.
  var origins: SheetOrigins? { held?.sheet?.origins }

  /// Starts a pass over the rows.
  package func reader() -> LongTableReader { LongTableReader(self, held: held) }

  /// Places of cells for findings, by number of the row among all rows of the file. Reads the file again.
  package func locate(
    _ cells: [(row: Int, column: String)]
  ) -> [(place: SourcePlace, excerpt: Diagnostic.Excerpt?)] {
    var known: [String: Int] = [columns.time: fields.time, columns.value: fields.value]
    for (name, field) in zip(columns.ids, fields.ids) { known[name] = known[name] ?? field }
    for (name, field) in zip(columns.numbers, fields.numbers) { known[name] = known[name] ?? field }
    if let sheet = held?.sheet {
      return SheetSource(origins: sheet.origins, summary: sheet.summary, fields: known).locate(cells)
    }
    return CSVSource(reference: reference, dialect: dialect, rowCount: 0, fields: known).locate(cells)
  }
}

/// The header of a long table: where the columns asked for stand.
private struct LongTableHeader {
  let header: TableHeader
  let text: SourceText

  init(_ header: TableHeader, _ text: SourceText) {
    self.header = header
    self.text = text
  }

  func fields(_ columns: LongTableColumns, _ findings: inout Findings) -> LongTable.Fields? {
    var isComplete = true
    func find(_ name: String, _ option: String) -> Int {
      let places = header.names.indices.filter { header.names[$0] == name && !name.isEmpty }
      if places.count == 1 { return places[0] }
      isComplete = false
      findings.add(places.isEmpty ? missing(name, option) : repeated(name, places[1]))
      return -1
    }
    let fields = LongTable.Fields(
      ids: columns.ids.map { find($0, "--id") }, time: find(columns.time, "--time"),
      value: find(columns.value, "--value"), numbers: columns.numbers.map { find($0, "--drivers") },
      texts: columns.texts.map { find($0, "--peers") },
      conditions: columns.conditions.map { find($0.column, "--where") })
    return isComplete ? fields : nil
  }

  private func missing(_ name: String, _ option: String) -> Diagnostic {
    let near = Suggestion.closest(to: name, among: header.names).map { "did you mean `\($0)`?" }
    let names = header.names.prefix(12).map { $0.count > 40 ? $0.prefix(40) + "…" : $0 }.joined(separator: ", ")
    return Diagnostic(
      DataCodes.missingColumn, "`\(name)`, given as `\(option)`, is not a column of the table", at: place(0),
      excerpt: text.excerpt(header.ranges[0]),
      hint: near ?? "the file has the columns \(names)" + (header.width > 12 ? ", …" : ""))
  }

  private func repeated(_ name: String, _ field: Int) -> Diagnostic {
    Diagnostic(
      DataCodes.repeatedColumn, "column `\(name)` is in the header twice", at: place(field),
      excerpt: text.excerpt(header.ranges[field]), hint: "rename or remove one of them")
  }

  private func place(_ field: Int) -> SourcePlace {
    let start = header.ranges[field].lowerBound
    return text.place(start, line: text.lines(of: [start])[0])
  }
}
