/// Finds out how a text table is written from its first lines.
struct DialectSniffer {
  private static let sampleBytes = 1 << 16
  fileprivate static let sampleRows = 200
  /// So many bytes are looked at where the sample leaves a doubt about commas.
  private static let doubtBytes = 1 << 22

  /// Where a comma in front of three digits could be decimal or group thousands.
  private(set) var doubt: DecimalDoubt?
  var dialect = CSVDialect()

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    let sample = UnsafeBufferPointer(rebasing: bytes.prefix(Self.sampleBytes))
    if !sample.contains(UInt8(ascii: "\n")), sample.contains(UInt8(ascii: "\r")) {
      dialect.lineEnd = UInt8(ascii: "\r")
    }
    dialect.separator = separator(sample)
    if dialect.separator != UInt8(ascii: ",") { sniffDecimalMark(sample, bytes) }
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
  fileprivate func forEachCell(
    _ sample: UnsafeBufferPointer<UInt8>, _ separator: UInt8, rows most: Int = sampleRows,
    _ visit: (Int, Range<Int>, Bool) -> Void
  ) {
    let quote = UInt8(ascii: "\"")
    var position = 0
    var rows = 0
    while position < sample.count, rows < most {
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
      if position > sample.count, [Self.sampleBytes, Self.doubtBytes].contains(sample.count), rows > 0 { return }
      let isBlank = cells.count == 1 && cells[0].0.allSatisfy { sample[$0] == UInt8(ascii: "\r") }
      if isBlank { continue }
      for (range, isQuoted) in cells {
        visit(index, range, isQuoted)
        index += 1
      }
      rows += 1
    }
  }

  /// Looks at the numbers of the columns that hold numbers: a certain comma or point decides, and the more frequent of
  /// the two where there are both; commas in front of three digits alone leave a doubt.
  private mutating func sniffDecimalMark(_ sample: UnsafeBufferPointer<UInt8>, _ bytes: UnsafeBufferPointer<UInt8>) {
    var evidence = DecimalEvidence(sample, self)
    if evidence.isDoubtful, sample.count < bytes.count {
      // The head leaves a doubt: more of the file may settle it.
      evidence = DecimalEvidence(UnsafeBufferPointer(rebasing: bytes.prefix(Self.doubtBytes)), self, rows: .max)
    }
    guard evidence.prefersComma else { return }
    dialect.decimalMark = UInt8(ascii: ",")
    doubt = evidence.doubt
  }
}

/// Commas that could be decimal marks or stand between groups of three digits.
struct DecimalDoubt {
  /// Columns of which every comma stands in front of three digits, with the first such cell.
  var cells: [Int: Range<Int>]
  /// A number elsewhere that has a decimal point for certain.
  var contradiction: Range<Int>?
  /// The first of the cells.
  var first: Range<Int>? { cells.values.min { $0.lowerBound < $1.lowerBound } }
}

/// What the numbers of a text say about its decimal mark.
private struct DecimalEvidence {
  /// What one cell says.
  private enum Sign {
    case comma, point
    /// `1,200`, `1.200`.
    case doubtfulComma, doubtfulPoint
    /// A number without a mark, or a month of a year.
    case neither
  }

  private struct Field {
    var filled = 0
    var numbers = 0
    var commas = 0
    var points = 0
    var doubtfulCommas = 0
    var doubtfulPoints = 0
    var firstPoint: Range<Int>?
    var firstDoubt: Range<Int>?
    /// Most of its cells are numbers.
    var isNumber: Bool { 2 * numbers >= filled }
  }

  private var fields: [Int: Field] = [:]

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ sniffer: DialectSniffer, rows: Int = DialectSniffer.sampleRows) {
    let separator = sniffer.dialect.separator
    var row = -1
    sniffer.forEachCell(bytes, separator, rows: rows) { index, range, isQuoted in
      if index == 0 { row += 1 }
      guard row > 0 else { return }
      let cell = Self.content(isQuoted ? range.dropFirst().dropLast() : range, bytes)
      guard !cell.isEmpty else { return }
      fields[index, default: Field()].filled += 1
      guard let sign = Self.sign(UnsafeBufferPointer(rebasing: bytes[cell])) else { return }
      fields[index]?.numbers += 1
      switch sign {
      case .comma: fields[index]?.commas += 1
      case .point:
        fields[index]?.points += 1
        if fields[index]?.firstPoint == nil { fields[index]?.firstPoint = cell }
      case .doubtfulComma:
        fields[index]?.doubtfulCommas += 1
        if fields[index]?.firstDoubt == nil { fields[index]?.firstDoubt = cell }
      case .doubtfulPoint: fields[index]?.doubtfulPoints += 1
      case .neither: break
      }
    }
    fields = fields.filter(\.value.isNumber)
  }

  private func sum(_ count: KeyPath<Field, Int>) -> Int { fields.values.reduce(0) { $0 + $1[keyPath: count] } }

  var isDoubtful: Bool { sum(\.commas) == 0 && sum(\.points) == 0 && sum(\.doubtfulCommas) > 0 }

  var prefersComma: Bool {
    let commas = sum(\.commas)
    let points = sum(\.points)
    return commas + points > 0 ? commas > points : sum(\.doubtfulCommas) > sum(\.doubtfulPoints)
  }

  /// Nil where every comma is a decimal mark for certain, or as certain as others that are.
  var doubt: DecimalDoubt? {
    let contradiction = fields.values.compactMap(\.firstPoint).min { $0.lowerBound < $1.lowerBound }
    guard isDoubtful || contradiction != nil else { return nil }
    let cells = fields.filter { $0.value.commas == 0 }.compactMapValues(\.firstDoubt)
    return cells.isEmpty ? nil : DecimalDoubt(cells: cells, contradiction: contradiction)
  }

  /// Without blanks, a sign, and signs of currency or percentage around it.
  private static func content(_ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var range = range
    func isAround(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D, 0x24, 0x25, 0x28, 0x29, 0x2B, 0x2D].contains(byte) }
    var isCut = true
    while isCut, !range.isEmpty {
      isCut = false
      if isAround(bytes[range.lowerBound]) {
        range.removeFirst()
        isCut = true
      } else if isAround(bytes[range.upperBound - 1]) {
        range.removeLast()
        isCut = true
      }
      for sign in currencies where range.count > sign.count {
        if bytes[range].starts(with: sign) {
          range.removeFirst(sign.count)
          isCut = true
        } else if bytes[range].suffix(sign.count).elementsEqual(sign) {
          range.removeLast(sign.count)
          isCut = true
        }
      }
    }
    return range
  }

  private static let currencies = ["¥", "￥", "€", "£", "元"].map { Array($0.utf8) }

  /// Nil where the cell is no number.
  private static func sign(_ cell: UnsafeBufferPointer<UInt8>) -> Sign? {
    guard cell.count <= 40 else { return nil }
    var marks: [Int] = []
    for (place, byte) in cell.enumerated() where byte &- 48 > 9 {
      guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: ".") else { return nil }
      marks.append(place)
    }
    guard cell.count > marks.count else { return nil }
    guard let last = marks.last else { return .neither }
    let isComma = cell[last] == UInt8(ascii: ",")
    let isThree = cell.count - last == 4
    // Groups have one to three digits before the first mark, and three between marks.
    let hasGroups =
      (1...3).contains(marks[0]) && cell[0] != 48 && zip(marks, marks.dropFirst()).allSatisfy { $1 - $0 == 4 }
    if marks.count == 1 {
      if !isComma, isMonth(cell, last) { return .neither }
      guard isThree, hasGroups else { return isComma ? .comma : .point }
      return isComma ? .doubtfulComma : .doubtfulPoint
    }
    let others = Set(marks.dropLast().map { cell[$0] })
    guard others.count == 1, hasGroups else { return nil }
    // 1,250.5 says both; the marks of 1,234,567 are all groups.
    if others.first != cell[last] { return isComma ? .comma : .point }
    return isThree ? (isComma ? .point : .comma) : nil
  }

  /// `03.2024`, `2024.03`.
  private static func isMonth(_ cell: UnsafeBufferPointer<UInt8>, _ mark: Int) -> Bool {
    let parts = [cell[..<mark], cell[(mark + 1)...]]
    guard let year = parts.first(where: { $0.count == 4 }), let month = parts.first(where: { $0.count != 4 }),
      year.starts(with: "19".utf8) || year.starts(with: "20".utf8), (1...2).contains(month.count)
    else { return false }
    let number = month.reduce(0) { $0 * 10 + Int($1 - 48) }
    return (1...12).contains(number)
  }
}
