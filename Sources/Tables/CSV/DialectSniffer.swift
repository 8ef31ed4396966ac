/// Finds out how a text table is written from its first lines.
struct DialectSniffer {
  private static let sampleBytes = 1 << 16
  private static let sampleRows = 200

  /// Where numbers with a comma could be decimal or grouped; nil where the file leaves no doubt.
  private(set) var doubtfulDecimal: Range<Int>?
  var dialect = CSVDialect()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let sample = UnsafeBufferPointer(rebasing: bytes.prefix(Self.sampleBytes))
    if !sample.contains(UInt8(ascii: "\n")), sample.contains(UInt8(ascii: "\r")) {
      dialect.lineEnd = UInt8(ascii: "\r")
    }
    dialect.separator = separator(sample)
    if dialect.separator != UInt8(ascii: ",") { sniffDecimalMark(sample) }
  }

  /// The candidate that divides the header and gives most rows as many cells as the header.
  private func separator(_ sample: UnsafeBufferPointer<UInt8>) -> UInt8 {
    var best = (separator: UInt8(ascii: ","), agreement: 0.0, width: 1)
    for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")] {
      let widths = cellCounts(sample, candidate)
      guard let width = widths.first, width > 1 else { continue }
      let agreement = Double(widths.count { $0 == width }) / Double(widths.count)
      if agreement > best.agreement || (agreement == best.agreement && width > best.width) {
        best = (candidate, agreement, width)
      }
    }
    return best.separator
  }

  private func cellCounts(_ sample: UnsafeBufferPointer<UInt8>, _ separator: UInt8) -> [Int] {
    var counts: [Int] = []
    forEachCell(sample, separator) { index, _, _ in
      if index == 0 { counts.append(1) } else { counts[counts.count - 1] += 1 }
    }
    return counts
  }

  /// Walks over the cells of the sample: index in the row, raw range, whether it was quoted. A last line that the
  /// sample may have cut off counts only where it is the only one.
  private func forEachCell(
    _ sample: UnsafeBufferPointer<UInt8>, _ separator: UInt8, _ visit: (Int, Range<Int>, Bool) -> Void
  ) {
    let quote = UInt8(ascii: "\"")
    var position = 0
    var rows = 0
    while position < sample.count, rows < Self.sampleRows {
      var index = 0
      var isRowOpen = true
      var cells: [(Range<Int>, Bool)] = []
      while isRowOpen {
        let start = position
        let isQuoted = position < sample.count && sample[position] == quote
        if isQuoted {
          position += 1
          while position < sample.count, sample[position] != quote { position += 1 }
        }
        while position < sample.count, sample[position] != separator, sample[position] != dialect.lineEnd {
          position += 1
        }
        cells.append((start..<position, isQuoted))
        isRowOpen = position < sample.count && sample[position] == separator
        position += 1
      }
      if position > sample.count, sample.count == Self.sampleBytes, rows > 0 { return }
      let isBlank = cells.count == 1 && cells[0].0.allSatisfy { sample[$0] == UInt8(ascii: "\r") }
      if isBlank { continue }
      for (range, isQuoted) in cells {
        visit(index, range, isQuoted)
        index += 1
      }
      rows += 1
    }
  }

  /// Takes the comma as decimal mark where more numbers have one than a full stop.
  private mutating func sniffDecimalMark(_ sample: UnsafeBufferPointer<UInt8>) {
    var commas = 0
    var points = 0
    var isCertain = false
    var firstComma: Range<Int>?
    forEachCell(sample, dialect.separator) { _, range, isQuoted in
      let cell = isQuoted ? range.dropFirst().dropLast() : range
      guard let mark = Self.onlyMark(sample, cell) else { return }
      if sample[mark] == UInt8(ascii: ".") {
        if !Self.isMonth(sample, cell, mark) { points += 1 }
      } else {
        commas += 1
        firstComma = firstComma ?? cell
        // Groups have three digits after the comma, and one to three before it that are not just a zero.
        let whole = cell.lowerBound..<mark
        let decimals = cell.upperBound - mark - 1 - (sample[cell.upperBound - 1] == UInt8(ascii: "\r") ? 1 : 0)
        isCertain = isCertain || decimals != 3 || whole.isEmpty || sample[whole.lowerBound] == UInt8(ascii: "0")
      }
    }
    guard commas > points else { return }
    dialect.decimalMark = UInt8(ascii: ",")
    if !isCertain { doubtfulDecimal = firstComma }
  }

  /// Whether a cell with a full stop is a month of a year: `03.2024`.
  private static func isMonth(_ sample: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>, _ mark: Int) -> Bool {
    let decimals = sample[(mark + 1)..<cell.upperBound].prefix { $0 &- 48 < 10 }
    return mark - cell.lowerBound <= 2 && decimals.count == 4
      && (decimals.starts(with: "19".utf8) || decimals.starts(with: "20".utf8))
  }

  /// The place of the one comma or full stop of a cell that otherwise holds digits and a sign.
  private static func onlyMark(_ sample: UnsafeBufferPointer<UInt8>, _ cell: Range<Int>) -> Int? {
    var mark: Int?
    var digits = 0
    for place in cell {
      switch sample[place] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "-"), UInt8(ascii: "+"): guard place == cell.lowerBound else { return nil }
      case UInt8(ascii: ","), UInt8(ascii: "."):
        guard mark == nil else { return nil }
        mark = place
      case UInt8(ascii: " "): continue
      case UInt8(ascii: "\r") where place == cell.upperBound - 1: continue
      default: return nil
      }
    }
    return digits > 0 ? mark : nil
  }
}
