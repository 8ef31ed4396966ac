/// Some rows of a long table, column by column.
package struct LongRows {
  /// The number of the series of each row, in order of first appearance; -1 where a cell is wrong.
  package var series: [Int32] = []
  /// The times, as ``TimeReader`` counts them.
  package var times: [Int] = []
  /// NaN where the cell is empty.
  package var values: [Double] = []
  /// The further columns of numbers.
  package var numbers: [[Double]] = []
  /// The further columns of text, as codes of ``LongTableReader/text(_:_:)``; -1 where a cell is empty.
  package var texts: [[Int32]] = []
  /// The number of each row among all rows of the file.
  package var rows: [Int] = []

  package init() {}
  package var count: Int { series.count }
}

/// A pass over a long table, a block of rows at a time.
package final class LongTableReader {
  /// How a pass ended that did not reach the end of the table.
  package enum Stop: Sendable {
    /// The file turned out not to be UTF-8: take ``LongTable/holdingText(findings:)`` and begin again.
    case needsWholeText
    case failure(Diagnostic)
  }

  private let table: LongTable
  private let stream: RowStream?
  private var tokenizer: Tokenizer?
  private var block: Tokenizer.Block
  private var times: TimeReader
  private var interner = TextInterner()
  private var textFormats: [TextFormat]
  private var joined: [UInt8] = []
  private var rowCount = 0
  private var problems = CellProblems()
  private var found = StretchProblems()
  private(set) package var stop: Stop?
  /// Whether a part of a name of several parts has a slash in it, so that joined names could be the same.
  private(set) package var hasSlashes = false
  /// Values of the columns of conditions in rows that were left out, a few each.
  private(set) package var leftOut: [[String]]

  init(_ table: LongTable, held: HeldText?) {
    self.table = table
    block = Tokenizer.Block(width: table.width)
    times = TimeReader(table.notation)
    textFormats = table.fields.texts.map { _ in TextFormat(vocabulary: nil) }
    leftOut = table.columns.conditions.map { _ in [] }
    var stop: Stop?
    stream = LongTableReader.start(table, held, &stop)
    if let stream, let header = try? stream.header() {
      tokenizer = Tokenizer(stream.bytes, stream.dialect, position: header.end, isPartial: !stream.isAtEnd)
    }
    self.stop = stop
  }

  private static func start(_ table: LongTable, _ held: HeldText?, _ stop: inout Stop?) -> RowStream? {
    do throws(RowStream.Failure) {
      return try RowStream(path: table.reference.path, held: held)
    } catch {
      stop = LongTableReader.stop(error, table)
      return nil
    }
  }

  private static func stop(_ failure: RowStream.Failure, _ table: LongTable) -> Stop {
    switch failure {
    case .needsWholeText: .needsWholeText
    case .text(let failure): .failure(CSVReader.finding(failure, table.reference))
    }
  }

  /// The number of different series so far.
  package var seriesCount: Int { interner.dictionary.count }

  /// The name of a series, parts joined with a slash.
  package func name(ofSeries code: Int32) -> String {
    let name = interner.dictionary[Int(code)]
    return table.fields.ids.count == 1 ? name : String(name.map { $0 == "\u{1F}" ? "/" : $0 })
  }

  /// A text of a further column.
  package func text(_ column: Int, _ code: Int32) -> String { textFormats[column].dictionary[Int(code)] }

  /// Whether no cell was wrong so far.
  package var isSound: Bool { found.isEmpty && problems.groups.isEmpty }

  /// What is wrong with the cells that were read.
  package func report(_ findings: inout Findings) { found.report(&findings) }

  /// Reads the next rows that meet the conditions; false at the end of the table, or where the pass stopped.
  package func next(_ rows: inout LongRows) -> Bool {
    guard let stream else { return false }
    while stop == nil, var tokenizer {
      let before = tokenizer.position
      tokenizer.next(&block)
      self.tokenizer = tokenizer
      if block.rowCount == 0, tokenizer.position == before || tokenizer.position >= stream.bytes.count {
        for irregularity in block.irregularities { problems.add(irregularity, width: table.width) }
        guard refill(stream, consumed: tokenizer.position) else { return false }
        continue
      }
      for irregularity in block.irregularities { problems.add(irregularity, width: table.width) }
      read(stream.bytes, &rows)
      if rows.count > 0 { return true }
    }
    return false
  }

  private func refill(_ stream: RowStream, consumed: Int) -> Bool {
    if !problems.groups.isEmpty {
      let text = SourceText(
        bytes: stream.bytes, dialect: stream.dialect, file: table.reference.displayPath, origins: table.origins)
      found.add(problems, in: text, firstLine: stream.firstLine)
      problems = CellProblems()
    }
    guard !stream.isAtEnd else {
      tokenizer = nil
      return false
    }
    do throws(RowStream.Failure) {
      try stream.advance(consumed: consumed)
    } catch {
      stop = LongTableReader.stop(error, table)
      return false
    }
    tokenizer = Tokenizer(stream.bytes, stream.dialect, isPartial: !stream.isAtEnd)
    return true
  }

  // MARK: Cells

  private func read(_ bytes: UnsafeBufferPointer<UInt8>, _ rows: inout LongRows) {
    let first = rowCount
    rowCount += block.rowCount
    rows.rows.removeAll(keepingCapacity: true)
    if table.columns.conditions.isEmpty {
      rows.rows.append(contentsOf: first..<rowCount)
    } else {
      keepRows(bytes, first, &rows.rows)
    }
    readSeries(bytes, &rows.series)
    readTimes(bytes, &rows.times, &rows.series)
    readNumbers(bytes, table.fields.value, table.columns.value, &rows.values)
    while rows.numbers.count < table.fields.numbers.count { rows.numbers.append([]) }
    for (index, field) in table.fields.numbers.enumerated() {
      readNumbers(bytes, field, table.columns.numbers[index], &rows.numbers[index])
    }
    while rows.texts.count < table.fields.texts.count { rows.texts.append([]) }
    for (index, field) in table.fields.texts.enumerated() { readTexts(bytes, field, index, &rows.texts[index]) }
  }

  /// Moves the rows that meet the conditions to the front of the block.
  private func keepRows(_ bytes: UnsafeBufferPointer<UInt8>, _ first: Int, _ rows: inout [Int]) {
    let stride = block.width + 1
    var kept = 0
    for row in 0..<block.rowCount {
      let slot = row * stride
      var isKept = true
      for (index, condition) in table.columns.conditions.enumerated() {
        let field = table.fields.conditions[index]
        let cell = CellText.content(block.bounds[slot + field] + 1..<block.bounds[slot + field + 1], bytes).range
        guard !condition.holds(UnsafeBufferPointer(rebasing: bytes[cell]), mark: table.dialect.decimalMark) else {
          continue
        }
        isKept = false
        if leftOut[index].count < 8 {
          let text = String(decoding: bytes[cell].prefix(CellText.longestShown), as: UTF8.self)
          if !leftOut[index].contains(text) { leftOut[index].append(text) }
        }
        break
      }
      guard isKept else { continue }
      rows.append(first + row)
      if kept != row { for offset in 0..<stride { block.bounds[kept * stride + offset] = block.bounds[slot + offset] } }
      kept += 1
    }
    block.rowCount = kept
  }

  private func readSeries(_ bytes: UnsafeBufferPointer<UInt8>, _ series: inout [Int32]) {
    series.removeAll(keepingCapacity: true)
    let stride = block.width + 1
    let fields = table.fields.ids
    let field = fields[0]
    for row in 0..<block.rowCount {
      let slot = row &* stride
      if fields.count == 1 {
        let start = block.bounds[slot &+ field] &+ 1
        let end = block.bounds[slot &+ field &+ 1]
        // Blanks, quotation marks and the apostrophe of a guarded text have codes below 0x28.
        if end > start, bytes[start] > 0x27, bytes[end &- 1] > 0x22 {
          series.append(interner.code(of: UnsafeBufferPointer(rebasing: bytes[start..<end])))
          continue
        }
      }
      series.append(joinedCode(bytes, slot))
    }
  }

  /// The code of a name of several parts, or of one that is quoted, padded, guarded or empty.
  private func joinedCode(_ bytes: UnsafeBufferPointer<UInt8>, _ slot: Int) -> Int32 {
    joined.removeAll(keepingCapacity: true)
    for (index, field) in table.fields.ids.enumerated() {
      let range = block.bounds[slot + field] + 1..<block.bounds[slot + field + 1]
      let (content, hasDoubledQuotes) = CellText.content(range, bytes)
      guard !content.isEmpty else {
        problems.add(CellProblem(DataCodes.emptyCell), table.columns.ids[index], field, range)
        return -1
      }
      if index > 0 { joined.append(0x1F) }
      let start = joined.count
      let cell = UnsafeBufferPointer(rebasing: bytes[content])
      if hasDoubledQuotes {
        joined.append(contentsOf: CellText.undoubled(cell))
      } else {
        joined.append(contentsOf: cell)
      }
      if joined[start] == FormulaGuard.apostrophe, joined[start...].withUnsafeBufferPointer(FormulaGuard.isGuarded) {
        joined.remove(at: start)
      }
      if table.fields.ids.count > 1, !hasSlashes { hasSlashes = joined[start...].contains(UInt8(ascii: "/")) }
    }
    return joined.withUnsafeBufferPointer { interner.code(of: $0) }
  }

  private func readTimes(_ bytes: UnsafeBufferPointer<UInt8>, _ values: inout [Int], _ series: inout [Int32]) {
    values.removeAll(keepingCapacity: true)
    let stride = block.width + 1
    let field = table.fields.time
    for row in 0..<block.rowCount {
      let start = block.bounds[row &* stride &+ field] &+ 1
      let end = block.bounds[row &* stride &+ field &+ 1]
      if end > start, let time = times.read(UnsafeBufferPointer(rebasing: bytes[start..<end])) {
        values.append(time)
        continue
      }
      let content = CellText.content(start..<end, bytes).range
      if let time = times.read(UnsafeBufferPointer(rebasing: bytes[content])), !content.isEmpty {
        values.append(time)
        continue
      }
      let text = String(decoding: bytes[content].prefix(CellText.longestShown), as: UTF8.self)
      let problem = content.isEmpty ? CellProblem(DataCodes.emptyCell) : Self.timeProblem(text, table.notation)
      problems.add(problem, table.columns.time, field, content.isEmpty ? start..<end : content)
      values.append(0)
      series[row] = -1
    }
  }

  /// What is wrong with a cell that is not a time written like the others.
  static func timeProblem(_ text: String, _ notation: TimeNotation?) -> CellProblem {
    var problem: CellProblem
    let narrow = FullWidth.narrowed(text)
    if narrow != text, TimeNotation(ofCells: [Array(narrow.utf8)]) != nil {
      problem = CellProblem(DataCodes.fullWidthNumber, hint: "these are full-width characters; write \(narrow)")
    } else if let notation, let other = TimeNotation(ofCells: [Array(text.utf8)]), other != notation {
      problem = CellProblem(
        DataCodes.mixedPeriods, detail: ", whose times are written like `\(notation.example)`, is written otherwise",
        hint: "one column holds times of one kind, written one way")
    } else {
      problem = CellProblem(
        DataCodes.notPeriod,
        hint: CellDiagnosis.isoSuggestion(narrow).map { "write \($0)?" }
          ?? "times are 2026-03-14, 2026-W11, 2026-03, 2026Q1, 2026 or running numbers such as 40")
    }
    problem.text = text
    return problem
  }

  private func readNumbers(
    _ bytes: UnsafeBufferPointer<UInt8>, _ field: Int, _ name: String, _ values: inout [Double]
  ) {
    values.removeAll(keepingCapacity: true)
    let stride = block.width + 1
    let mark = table.dialect.decimalMark
    for row in 0..<block.rowCount {
      let start = block.bounds[row &* stride &+ field] &+ 1
      let end = block.bounds[row &* stride &+ field &+ 1]
      if end > start, let value = NumberParsing.real(UnsafeBufferPointer(rebasing: bytes[start..<end]), mark: mark) {
        values.append(value)
      } else {
        values.append(unusualNumber(start..<end, bytes, field, name))
      }
    }
  }

  private func unusualNumber(
    _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ field: Int, _ name: String
  ) -> Double {
    let content = CellText.content(range, bytes).range
    if content.isEmpty { return .nan }
    let mark = table.dialect.decimalMark
    if let value = NumberParsing.real(UnsafeBufferPointer(rebasing: bytes[content]), mark: mark) { return value }
    let text = String(decoding: bytes[content].prefix(CellText.longestShown), as: UTF8.self)
    let rules = ColumnRules(name: name, type: .real, mark: mark)
    problems.add(CellDiagnosis.problem(text, rules), name, field, content)
    return .nan
  }

  private func readTexts(_ bytes: UnsafeBufferPointer<UInt8>, _ field: Int, _ index: Int, _ codes: inout [Int32]) {
    codes.removeAll(keepingCapacity: true)
    let stride = block.width + 1
    for row in 0..<block.rowCount {
      let range = block.bounds[row * stride + field] + 1..<block.bounds[row * stride + field + 1]
      let content = CellText.content(range, bytes).range
      let cell = UnsafeBufferPointer(rebasing: bytes[content])
      codes.append(content.isEmpty ? -1 : textFormats[index].read(cell) ?? -1)
    }
  }
}
