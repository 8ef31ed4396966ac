/// What a text file looks like before anybody knows which table it is: how it is written, its header, and some rows.
///
/// Rows are taken from the head of the file and from places spread evenly over it, so that a file that is sorted by
/// one of its columns shows more than the first of its values. O(bytes) to decode the file, then O(sampled rows).
public struct TableSample: Sendable {
  /// The path that was opened.
  public let path: String
  public let dialect: CSVDialect
  /// The names in the header as they stand; an empty name has none, and names may repeat.
  public let names: [String]
  /// Cells by column, in the order of the file; all columns have the same number.
  public let columns: [[String]]
  /// About how many rows the file has; exact where `isWhole`.
  public let rowEstimate: Int
  /// Whether every row of the file is among the sampled ones.
  public let isWhole: Bool
  /// Sampled rows that have more or fewer cells than the header; they are not among the cells.
  public let unevenRows: Int
  /// Columns in which every comma stands in front of three digits, and nothing in the file says what it is.
  public let doubtfulFields: Set<Int>
  /// How it was read, in a few words.
  public let readAs: String
  /// What sums at the end of the file are called (`合计`); a reader leaves them out, and they are not among the rows.
  public let sums: [String]
  /// The cells of the last row, where it has as many as the header: reports end with their totals.
  public let lastRow: [String]

  /// Why a file has no sample.
  public enum Failure: Error, Sendable {
    /// The file cannot be opened or decompressed, or is no text.
    case unreadable(Diagnostic)
    case empty
  }

  private static let headRows = 1500
  private static let spreadPlaces = 24
  private static let rowsPerPlace = 60

  /// Reads a sample of a file.
  public static func read(_ path: String, displayPath: String? = nil) throws(Failure) -> TableSample {
    let reference = TableReference(path: path, displayPath: displayPath)
    let text: EncodedText
    do throws(EncodedText.Failure) { text = try EncodedText.open(path) } catch {
      throw .unreadable(CSVReader.finding(error, reference))
    }
    let encoding = text.encoding
    let isCompressed = text.isCompressed
    return try text.withBytes { (bytes) throws(Failure) in
      let sniffer = DialectSniffer(bytes)
      var dialect = sniffer.dialect
      dialect.encoding = encoding
      dialect.isCompressed = isCompressed
      guard !bytes.isEmpty, let header = TableHeader(bytes, dialect) else { throw .empty }
      // Three digits behind every comma are likelier groups than decimals; the draft of a plan says so, and asks.
      if let doubt = sniffer.doubt, doubt.contradiction == nil { dialect.decimalMark = UInt8(ascii: ".") }
      return TableSample(path, bytes, dialect, header, doubtful: Set(sniffer.doubt?.cells.keys.map(\.self) ?? []))
    }
  }

  /// The sample of a sheet that was laid out as a table; nil where it has no header.
  init?(path: String, _ text: SheetText) {
    let sample = text.bytes.withUnsafeBufferPointer { bytes in
      TableHeader(bytes, SheetText.dialect).map {
        TableSample(path, bytes, SheetText.dialect, $0, doubtful: [], sheet: text.summary)
      }
    }
    guard let sample else { return nil }
    self = sample
  }

  /// - Parameter sheet: how a sheet was read, without its sums; nil for a text file.
  private init(
    _ path: String, _ text: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, _ header: TableHeader,
    doubtful: Set<Int>, sheet: String? = nil
  ) {
    readAs = sheet ?? dialect.description
    let totals = sheet == nil ? TotalRows(text, dialect, header) : nil
    let bytes = UnsafeBufferPointer(rebasing: text[..<(totals?.end ?? text.count)])
    sums = totals?.rows.map(\.label) ?? []
    self.path = path
    doubtfulFields = doubtful
    self.dialect = dialect
    names = header.names
    var rows: [[Range<Int>]] = []
    var uneven = 0
    var tokenizer = Tokenizer(bytes, dialect, position: header.end)
    /// Takes rows that begin before `end`; returns how many bytes they have.
    func take(_ most: Int, before end: Int) -> (rows: Int, bytes: Int) {
      let start = tokenizer.position
      var taken = 0
      while taken < most, tokenizer.position < end, let row = tokenizer.nextRow() {
        if row.count == header.width { rows.append(row) } else { uneven += 1 }
        taken += 1
      }
      return (taken, min(tokenizer.position, bytes.count) - start)
    }
    // 1. The head, and the rest too where it is no longer than what would be taken of it.
    var taken = take(Self.headRows, before: bytes.count)
    let spread = Self.spreadPlaces * Self.rowsPerPlace
    if bytes.count - tokenizer.position < 2 * spread * taken.bytes / max(1, taken.rows) {
      let rest = take(.max, before: bytes.count)
      taken = (taken.rows + rest.rows, taken.bytes + rest.bytes)
    }
    isWhole = tokenizer.position >= bytes.count
    // 2. Places spread over the rest, each from the next line on and none into the next. Inside a quoted cell of
    // several lines a place gives rows of another width, which do not count.
    if !isWhole {
      let start = tokenizer.position
      let headUneven = uneven
      taken = (0, 0)
      let step = (bytes.count - start) / (Self.spreadPlaces + 1)
      for place in 1...Self.spreadPlaces {
        var position = start + step * place
        while position < bytes.count, bytes[position] != dialect.lineEnd { position += 1 }
        tokenizer = Tokenizer(bytes, dialect, position: min(position + 1, bytes.count))
        let found = take(Self.rowsPerPlace, before: start + step * (place + 1))
        taken = (taken.rows + found.rows, taken.bytes + found.bytes)
      }
      uneven = headUneven
    }
    unevenRows = uneven
    let rowBytes = Double(max(1, taken.bytes)) / Double(max(1, taken.rows))
    rowEstimate = isWhole ? taken.rows : Int((Double(bytes.count - header.end) / rowBytes).rounded())
    if totals?.hasInnerSums == true {
      rows.removeAll { TotalRows.isInnerSum($0, bytes) }
    }
    columns = (0..<header.width).map { field in rows.map { CellText.string($0[field], bytes) } }
    lastRow = TableSample.lastRow(bytes, dialect, width: header.width, from: header.end)
  }

  /// The cells of the last line that is not blank.
  private static func lastRow(
    _ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, width: Int, from start: Int
  ) -> [String] {
    var end = bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    var position = end
    while position > start, bytes[position - 1] != dialect.lineEnd { position -= 1 }
    guard position >= start, position < end else { return [] }
    var tokenizer = Tokenizer(bytes, dialect, position: position)
    guard let row = tokenizer.nextRow(), row.count == width else { return [] }
    return row.map { CellText.string($0, bytes) }
  }
}

extension TableSample {
  /// The number that a cell holds, with the file's decimal mark; nil where it is none.
  package func number(_ cell: String) -> Double? {
    let bytes = Array(cell.utf8)
    guard !bytes.isEmpty else { return nil }
    return bytes.withUnsafeBufferPointer { NumberParsing.real($0, mark: dialect.decimalMark) }
  }

  /// The number that a cell holds once thousands separators and currency signs are taken out.
  package func groupedNumber(_ cell: String) -> Double? {
    CellConverter.ungrouped(cell, mark: Character(Unicode.Scalar(dialect.decimalMark))).flatMap(number)
  }
}
