/// The first rows of a table, split once: for guessing the types of columns and the number of rows.
struct RowSample {
  private static let longest = 1000
  private static let widest = 1 << 20

  private(set) var rows: [[Range<Int>]] = []
  /// How many bytes the rows take.
  private let byteCount: Int
  private let isWholeTable: Bool
  private let restCount: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, from start: Int) {
    var tokenizer = Tokenizer(bytes, dialect, position: start)
    while rows.count < Self.longest, tokenizer.position - start < Self.widest, let row = tokenizer.nextRow() {
      rows.append(row)
    }
    byteCount = min(tokenizer.position, bytes.count) - start
    restCount = bytes.count - start - byteCount
    isWholeTable = restCount == 0
  }

  /// A little more than the length of the sampled rows leads to expect.
  var expectedRowCount: Int {
    guard !isWholeTable, byteCount > 0 else { return rows.count }
    return rows.count + Int(Double(restCount) / Double(byteCount) * Double(rows.count) * 1.02) + 64
  }

  /// The texts of one column that are not empty.
  func cells(_ field: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
    rows.lazy.filter { field < $0.count }.map { Array(CellText.string($0[field], bytes).utf8) }.filter { !$0.isEmpty }
  }
}
