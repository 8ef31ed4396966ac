/// The first row of a file: the names of its columns.
struct TableHeader {
  /// Trimmed names; empty for a nameless column.
  let names: [String]
  /// Where each name stands.
  let ranges: [Range<Int>]
  /// Where the rows begin.
  let end: Int

  var width: Int { names.count }

  /// Nil where the text has no row at all.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect) {
    var tokenizer = Tokenizer(bytes, dialect)
    guard let cells = tokenizer.nextRow() else { return nil }
    ranges = cells
    names = cells.map { cell in
      let name = CellText.string(cell, bytes)
      return Array(name.utf8).withUnsafeBufferPointer { FormulaGuard.isGuarded($0) } ? String(name.dropFirst()) : name
    }
    end = tokenizer.position
  }

  func firstIndex(of name: String) -> Int? { name.isEmpty ? nil : names.firstIndex(of: name) }
}
