/// Finds the cells of rows by their number, in one scan for all of them.
enum RowLocator {
  /// The bounds of each row asked for, as in `Tokenizer.Block`: `width + 1` offsets. Rows that are not there are left
  /// out.
  static func bounds(
    of rows: some Sequence<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, headerEnd: Int, width: Int
  ) -> [Int: [Int]] {
    let wanted = Set(rows).sorted()
    var found: [Int: [Int]] = [:]
    var next = 0
    var firstRow = 0
    var tokenizer = Tokenizer(bytes, dialect, position: headerEnd)
    var block = Tokenizer.Block(width: width)
    while next < wanted.count {
      tokenizer.next(&block)
      if block.rowCount == 0, tokenizer.position >= bytes.count { break }
      while next < wanted.count, wanted[next] < firstRow + block.rowCount {
        let slot = (wanted[next] - firstRow) * (width + 1)
        found[wanted[next]] = Array(block.bounds[slot...(slot + width)])
        next += 1
      }
      firstRow += block.rowCount
    }
    return found
  }
}

extension [Int] {
  /// The range of a cell in the bounds of its row.
  func cell(_ field: Int) -> Range<Int> { self[field] + 1..<self[field + 1] }
}
