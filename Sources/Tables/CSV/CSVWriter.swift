import ChannelTypes

/// Writes tables as RFC 4180 text: UTF-8, comma, lines that end in a line feed, a header line.
///
/// Unknown cells are empty; a number that is not finite is unknown too. Text is quoted where it must be (separator,
/// quote, line end, blanks at either end) and guarded against being run as a formula: see `FormulaGuard`. Reading a
/// written table with `CSVReader` gives the same cells.
public enum CSVWriter {
  /// Writes the table as one file that appears whole or not at all; compressed where `path` ends in `.gz`, with the
  /// same bytes for the same table.
  public static func write(_ table: Table, to path: String) throws(FileError) {
    var file = try AtomicFile(path: path)
    var gzip = path.hasSuffix(".gz") ? Optional(GzipWriter()) : nil
    var encoder = RowEncoder(table)
    var row = 0
    encoder.appendHeader()
    repeat {
      while row < table.rowCount, encoder.bytes.count < 1 << 18 {
        encoder.append(row)
        row += 1
      }
      if gzip != nil {
        guard let compressed = gzip?.compress(encoder.bytes, isLast: row == table.rowCount) else {
          throw .writeFailed(path: path, reason: "zlib has not enough memory")
        }
        try file.append(compressed)
      } else {
        try file.append(encoder.bytes)
      }
      encoder.bytes.removeAll(keepingCapacity: true)
    } while row < table.rowCount
    try file.commit()
  }

  /// The text of the table as it would be written.
  public static func text(_ table: Table) -> String {
    var encoder = RowEncoder(table)
    encoder.appendHeader()
    for row in 0..<table.rowCount { encoder.append(row) }
    return String(decoding: encoder.bytes, as: UTF8.self)
  }
}

/// Turns rows into bytes; each distinct text and period is escaped or formatted once.
private struct RowEncoder {
  var bytes: [UInt8] = []
  private let names: [String]
  private var cells: [CellEncoder]

  init(_ table: Table) {
    names = table.columns.map(\.name)
    cells = table.columns.map(CellEncoder.init)
    bytes.reserveCapacity(1 << 18 + 1 << 14)
  }

  mutating func appendHeader() {
    for (position, name) in names.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: CSVWriter.escaped(name))
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func append(_ row: Int) {
    let start = bytes.count
    for position in cells.indices {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      cells[position].append(row, to: &bytes)
    }
    // An empty line would be no row: a single unknown cell is written as an empty text.
    if bytes.count == start { bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")]) }
    bytes.append(UInt8(ascii: "\n"))
  }
}

private enum CellEncoder {
  case text(codes: [Int32], escaped: [[UInt8]])
  case integer([Int64])
  case real([Double])
  case money([Money])
  case period(PeriodColumn, lastOrdinal: Int32, lastText: [UInt8])

  init(_ column: Column) {
    switch column.values {
    case .text(let values): self = .text(codes: values.codes, escaped: values.dictionary.map(CSVWriter.escaped))
    case .integer(let values): self = .integer(values)
    case .real(let values): self = .real(values)
    case .money(let values): self = .money(values)
    case .period(let values): self = .period(values, lastOrdinal: Unknown.ordinal, lastText: [])
    }
  }

  mutating func append(_ row: Int, to bytes: inout [UInt8]) {
    switch self {
    case .text(let codes, let escaped):
      if codes[row] >= 0 { bytes.append(contentsOf: escaped[Int(codes[row])]) }
    case .integer(let values):
      if values[row] != Unknown.integer { Self.append(values[row], to: &bytes) }
    case .real(let values):
      if values[row].isFinite { bytes.append(contentsOf: values[row].written.utf8) }
    case .money(let values):
      if values[row] != Unknown.money { Self.append(values[row], to: &bytes) }
    case .period(let values, let lastOrdinal, let lastText):
      let ordinal = values.ordinals[row]
      if ordinal == lastOrdinal {
        bytes.append(contentsOf: lastText)
      } else if let period = values[row] {
        let text = Array(period.description.utf8)
        bytes.append(contentsOf: text)
        self = .period(values, lastOrdinal: ordinal, lastText: text)
      }
    }
  }

  private static func append(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: value.magnitude, to: &bytes)
  }

  private static func append(digits value: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// At least two decimals, at most four: the text of `Money.description`.
  private static func append(_ amount: Money, to bytes: inout [UInt8]) {
    if amount.tenThousandths < 0 { bytes.append(UInt8(ascii: "-")) }
    let (units, fraction) = amount.tenThousandths.magnitude.quotientAndRemainder(dividingBy: UInt64(Money.scale))
    append(digits: units, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    var divisor: UInt64 = 1000
    var rest = fraction
    for place in 0..<Money.decimals where place < 2 || rest > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }
}

extension CSVWriter {
  /// A text as a cell: guarded, and quoted where it must be.
  static func escaped(_ text: String) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    var content = Array(text.utf8)
    if FormulaGuard.needsGuard(content) { content.insert(FormulaGuard.apostrophe, at: 0) }
    let needsQuotes =
      content.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 == 0x0A || $0 == 0x0D }
      || isBlank(content.first) || isBlank(content.last)
    guard needsQuotes else { return content }
    var quoted = [quote]
    for byte in content {
      if byte == quote { quoted.append(quote) }
      quoted.append(byte)
    }
    quoted.append(quote)
    return quoted
  }

  private static func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
}
