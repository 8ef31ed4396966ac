/// Lines, columns and excerpts of a text, by byte offset. Lines are counted only for findings, in one scan for all.
///
/// The text of a sheet has a line for each row of the table; its places are cells.
struct SourceText {
  let bytes: UnsafeBufferPointer<UInt8>
  let dialect: CSVDialect
  let file: String
  /// Where the rows of a sheet stand; nil for a text file.
  let origins: SheetOrigins?

  init(bytes: UnsafeBufferPointer<UInt8>, dialect: CSVDialect, file: String, origins: SheetOrigins? = nil) {
    self.bytes = bytes
    self.dialect = dialect
    self.file = file
    self.origins = origins
  }

  /// How much of a long line is shown on either side of the marked cell, in characters.
  private static let shownBefore = 60
  private static let shownAfter = 60

  /// The line of each offset, counting from 1. O(bytes + offsets·log offsets).
  func lines(of offsets: [Int]) -> [Int] {
    var lines = [Int](repeating: 1, count: offsets.count)
    var position = 0
    var line = 1
    for index in offsets.indices.sorted(by: { offsets[$0] < offsets[$1] }) {
      let offset = min(offsets[index], bytes.count)
      while position < offset {
        if bytes[position] == dialect.lineEnd { line += 1 }
        position += 1
      }
      lines[index] = line
    }
    return lines
  }

  /// The column in characters (Unicode scalars), counting from 1. O(length of the line before it).
  func column(of offset: Int) -> Int {
    1 + bytes[lineStart(offset)..<offset].count { $0 & 0xC0 != 0x80 }
  }

  func place(_ offset: Int, line: Int) -> SourcePlace {
    // The first line is the header.
    if let origins { return origins.place(row: line - 2, field: field(of: offset)) }
    return SourcePlace(file: file, line: line, column: column(of: offset))
  }

  /// `line 1907`, or `cell C12` of a sheet, as notes cite further places.
  func name(_ offset: Int, line: Int) -> String {
    guard let origins else { return String(line) }
    if origins.isText { return String(origins.address(row: line - 2, field: 0)?.row ?? line) }
    return origins.address(row: line - 2, field: field(of: offset))?.description ?? ""
  }

  /// What notes call the places that they cite.
  var placeNoun: String { origins?.isText ?? true ? "line" : "cell" }

  /// A column of the header in messages: `3`, or `C` of a sheet.
  func columnName(_ field: Int) -> String {
    guard let address = origins?.address(row: -1, field: field) else { return String(field + 1) }
    return CellAddress.letters(ofColumn: address.column)
  }

  private func field(of offset: Int) -> Int {
    bytes[lineStart(offset)..<min(offset, bytes.count)].count { $0 == dialect.separator }
  }

  /// The line around a range, cut where it is long.
  func excerpt(_ range: Range<Int>) -> Diagnostic.Excerpt {
    let start = lineStart(range.lowerBound)
    let reach = min(bytes.count, range.lowerBound + 4 * Self.shownAfter + 8)
    var end = range.lowerBound
    while end < reach, bytes[end] != dialect.lineEnd { end += 1 }
    if end > range.lowerBound, bytes[end - 1] == 0x0D { end -= 1 }

    let farthest = boundary(max(start, range.lowerBound - 4 * Self.shownBefore))
    var before = string(farthest..<range.lowerBound)
    if farthest > start || before.count > Self.shownBefore { before = "…" + before.suffix(Self.shownBefore) }
    var after = string(range.lowerBound..<boundary(end))
    if end == reach && reach < bytes.count || after.count > Self.shownAfter {
      after = String(after.prefix(Self.shownAfter)) + "…"
    }
    let markedEnd = min(max(range.upperBound, range.lowerBound), boundary(end))
    let marked = string(range.lowerBound..<markedEnd).count
    return Diagnostic.Excerpt(text: before + after, caret: before.count, length: max(1, min(marked, after.count)))
  }

  private func lineStart(_ offset: Int) -> Int {
    var start = offset
    while start > 0, bytes[start - 1] != dialect.lineEnd { start -= 1 }
    return start
  }

  /// The first place from `offset` back at which a character begins.
  private func boundary(_ offset: Int) -> Int {
    var place = offset
    while place > 0, place < bytes.count, bytes[place] & 0xC0 == 0x80 { place -= 1 }
    return place
  }

  private func string(_ range: Range<Int>) -> String {
    let text = String(decoding: bytes[range], as: UTF8.self)
    // Cells of a sheet are shown with bars between them, each in one line.
    return origins == nil ? text : text.replacing("\u{1F}", with: " | ").replacing("\n", with: " ")
  }
}
