import ChannelTypes

/// How the times of a table are written, so that they can be gone on with in the same way.
///
/// `2024-01-31`, `2024/1/31`, `20240131`, `2024-01`, `2024M01`, `202401`, `2024Q1`, `2024-Q1`, `2024-W05`, years and
/// running numbers, also with leading zeros; dates may end in a midnight (`2024-01-31 00:00:00`).
package struct TimeNotation: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    /// Running numbers, and years.
    case number
    case date, month, quarter, week
  }

  package let kind: Kind
  /// Between the year and what follows it: `-`, `M`, `-Q`; empty where there is nothing.
  let separator: [UInt8]
  /// Whether months, quarters and days of one digit have a zero in front.
  let isPadded: Bool
  /// The digits of a number with leading zeros; 0 where numbers have none.
  let width: Int
  /// What follows the time in every cell: a midnight after a date, `.0` after a number.
  let suffix: [UInt8]

  private init(_ kind: Kind, separator: [UInt8] = [], isPadded: Bool = true, width: Int = 0, suffix: [UInt8] = []) {
    self.kind = kind
    self.separator = separator
    self.isPadded = isPadded
    self.width = width
    self.suffix = suffix
  }

  // MARK: Recognition

  /// The notation of most of the cells; nil where none of them is a time.
  package init?(ofCells cells: [[UInt8]]) {
    let digits = cells.filter { !$0.isEmpty && $0.allSatisfy { $0 &- 48 < 10 } }
    if !digits.isEmpty, digits.count * 2 > cells.count {
      self = TimeNotation.ofDigits(digits)
      return
    }
    var counts: [TimeNotation: Int] = [:]
    var best: (notation: TimeNotation, count: Int)?
    for cell in cells {
      guard let notation = TimeNotation(cell) else { continue }
      let count = counts[notation, default: 0] + 1
      counts[notation] = count
      if count > best?.count ?? 0 { best = (notation, count) }
    }
    guard var notation = best?.notation else { return nil }
    // 2024-10 looks padded in a column that also has 2024-9.
    if notation.isPadded, let bare = counts.keys.first(where: { !$0.isPadded && $0.separator == notation.separator }) {
      notation = bare
    }
    self = notation
  }

  /// Bare digits: dates and months without separators where every cell is one, else numbers.
  private static func ofDigits(_ cells: [[UInt8]]) -> TimeNotation {
    for notation in [TimeNotation(.date), TimeNotation(.month)] {
      let length = notation.kind == .date ? 8 : 6
      guard cells.allSatisfy({ $0.count == length }) else { continue }
      var reader = TimeReader(notation)
      let isYearLikely = cells.allSatisfy { cell in
        (1800..<2200).contains(cell[..<4].reduce(0) { $0 * 10 + Int($1 &- 48) })
          && cell.withUnsafeBufferPointer { reader.read($0) } != nil
      }
      if isYearLikely { return notation }
    }
    let isZeroPadded = cells.contains { $0.count > 1 && $0[0] == 48 }
    return TimeNotation(.number, width: isZeroPadded ? cells[0].count : 0)
  }

  /// The notation of one cell that is not all digits.
  private init?(_ cell: [UInt8]) {
    func digits(from start: Int) -> Int { cell[start...].prefix { $0 &- 48 < 10 }.count }
    if let first = cell.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || cell.suffix(2) == [46, 48] {
      guard cell.withUnsafeBufferPointer({ NumberParsing.integer($0, mark: 46) }) != nil else { return nil }
      self.init(.number, suffix: cell.suffix(2) == [46, 48] ? [46, 48] : [])
      return
    }
    guard digits(from: 0) == 4 else { return nil }
    let separator = Array(cell[4...].prefix { $0 &- 48 >= 10 })
    guard (1...3).contains(separator.count) else { return nil }
    let partStart = 4 + separator.count
    let partLength = digits(from: partStart)
    guard (1...2).contains(partLength) else { return nil }
    let rest = Array(cell[(partStart + partLength)...])
    let isPadded = partLength == 2
    switch separator.last.map({ $0 | 0x20 }) {
    case UInt8(ascii: "q") where rest.isEmpty && partLength == 1: self.init(.quarter, separator: separator)
    case UInt8(ascii: "w") where rest.isEmpty: self.init(.week, separator: separator, isPadded: isPadded)
    case UInt8(ascii: "m") where rest.isEmpty: self.init(.month, separator: separator, isPadded: isPadded)
    default:
      guard separator.count == 1, "-/.".utf8.contains(separator[0]) else { return nil }
      if rest.isEmpty {
        self.init(.month, separator: separator, isPadded: isPadded)
        return
      }
      guard rest[0] == separator[0] else { return nil }
      let dayLength = rest.dropFirst().prefix { $0 &- 48 < 10 }.count
      let suffix = Array(rest.dropFirst(1 + dayLength))
      guard (1...2).contains(dayLength), TimeNotation.isMidnight(suffix) else { return nil }
      self.init(.date, separator: separator, isPadded: isPadded && dayLength == 2, suffix: suffix)
    }
  }

  private static func isMidnight(_ text: [UInt8]) -> Bool {
    guard let first = text.first else { return true }
    return (first == 0x20 || first == UInt8(ascii: "T")) && text.count >= 6 && text.count <= 35
      && text.dropFirst().allSatisfy { "0:.Z+".utf8.contains($0) }
  }

  // MARK: Writing

  /// Appends a time, counted as ``TimeReader/read(_:)`` counts.
  package func append(_ time: Int, to bytes: inout [UInt8]) {
    switch kind {
    case .number:
      if time < 0 { bytes.append(UInt8(ascii: "-")) }
      TimeNotation.append(Int(time.magnitude), width: width, to: &bytes)
    case .date:
      let (year, month, day) = CivilDate(daysSinceEpoch: time).components
      appendParts(year, month, to: &bytes)
      bytes.append(contentsOf: separator)
      TimeNotation.append(day, width: isPadded ? 2 : 1, to: &bytes)
    case .month:
      let (year, month) = time.dividedFloored(by: 12)
      appendParts(year, month + 1, to: &bytes)
    case .quarter:
      let (year, quarter) = time.dividedFloored(by: 4)
      TimeNotation.append(year, width: 4, to: &bytes)
      bytes.append(contentsOf: separator)
      TimeNotation.append(quarter + 1, width: 1, to: &bytes)
    case .week:
      // ISO 8601: the year of a week is the year of its Thursday.
      let thursday = CivilDate(daysSinceEpoch: time * 7)
      let newYear = CivilDate(year: thursday.year, month: 1, day: 1).daysSinceEpoch
      appendParts(thursday.year, (thursday.daysSinceEpoch - newYear) / 7 + 1, to: &bytes)
    }
    bytes.append(contentsOf: suffix)
  }

  package func text(_ time: Int) -> String {
    var bytes: [UInt8] = []
    append(time, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func appendParts(_ year: Int, _ part: Int, to bytes: inout [UInt8]) {
    TimeNotation.append(year, width: 4, to: &bytes)
    bytes.append(contentsOf: separator)
    TimeNotation.append(part, width: isPadded ? 2 : 1, to: &bytes)
  }

  private static func append(_ value: Int, width: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    while bytes.count - start < width { bytes.append(UInt8(ascii: "0")) }
    bytes[start...].reverse()
  }

  /// `2024-01-31`, as an example of the column in messages.
  var example: String {
    switch kind {
    case .number: text(40)
    case .date: text(CivilDate(year: 2026, month: 3, day: 14).daysSinceEpoch)
    case .month: text(2026 * 12 + 2)
    case .quarter: text(2026 * 4)
    case .week: text((CivilDate(year: 2026, month: 3, day: 12).daysSinceEpoch + 3) / 7)
    }
  }
}

extension Int {
  /// The quotient rounded down and the remainder from 0.
  fileprivate func dividedFloored(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let quotient = self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    return (quotient, self - quotient * divisor)
  }
}

/// Reads times of one notation. Neighbouring rows mostly share month or year, so that their calendar is kept.
package struct TimeReader {
  package let notation: TimeNotation
  private let isPlainDate: Bool
  private var monthPrefix: UInt64 = 0
  private var monthStart = 0
  private var monthLength: UInt8 = 0
  private var weekYear = Int.min
  private var firstWeek = 0
  private var weekCount = 0

  package init(_ notation: TimeNotation) {
    self.notation = notation
    isPlainDate =
      notation.kind == .date && notation.isPadded && notation.separator.count == 1 && notation.suffix.isEmpty
  }

  /// The number of the time: days or ISO weeks since 1970, months or quarters since year zero, or the number itself;
  /// nil where the cell is not written like the others.
  @inline(__always)
  package mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Int? {
    if notation.kind == .number { return number(cell) }
    if isPlainDate, cell.count == 10 {
      let base = UnsafeRawPointer(cell.baseAddress.unsafelyUnwrapped)
      if base.loadUnaligned(as: UInt64.self) == monthPrefix {
        let tens = cell[8] &- 48
        let units = cell[9] &- 48
        let day = tens &* 10 &+ units
        if tens < 10, units < 10, day &- 1 < monthLength { return monthStart &+ Int(day) }
      }
    }
    return parts(cell)
  }

  @inline(__always)
  private func number(_ cell: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let value = NumberParsing.integer(cell, mark: UInt8(ascii: ".")), value.magnitude < 1 << 53 else {
      return nil
    }
    return Int(value)
  }

  @inline(never)
  private mutating func parts(_ cell: UnsafeBufferPointer<UInt8>) -> Int? {
    var place = 0
    func digits(_ most: Int) -> Int? {
      var value = 0
      var count = 0
      while count < most, place < cell.count, cell[place] &- 48 < 10 {
        value = value * 10 + Int(cell[place] &- 48)
        place += 1
        count += 1
      }
      return count == 0 || (count < most && (most == 4 || notation.separator.isEmpty)) ? nil : value
    }
    func matches(_ text: [UInt8]) -> Bool {
      guard cell.count - place >= text.count else { return false }
      for (offset, byte) in text.enumerated() where cell[place + offset] != byte { return false }
      place += text.count
      return true
    }
    guard let year = digits(4), year >= 1000, matches(notation.separator), let part = digits(2), part >= 1 else {
      return nil
    }
    switch notation.kind {
    case .month: return place == cell.count && part <= 12 ? year * 12 + part - 1 : nil
    case .quarter: return place == cell.count && part <= 4 ? year * 4 + part - 1 : nil
    case .week: return place == cell.count ? week(year, part) : nil
    case .date:
      guard matches(notation.separator), let day = digits(2), matches(notation.suffix), place == cell.count,
        let date = CivilDate(checking: year, part, day)
      else { return nil }
      if isPlainDate, cell.count == 10 { remember(cell, year, part, date.daysSinceEpoch - day) }
      return date.daysSinceEpoch
    case .number: return nil
    }
  }

  private mutating func remember(_ cell: UnsafeBufferPointer<UInt8>, _ year: Int, _ month: Int, _ start: Int) {
    let next = month == 12 ? (year + 1, 1) : (year, month + 1)
    monthPrefix = UnsafeRawPointer(cell.baseAddress.unsafelyUnwrapped).loadUnaligned(as: UInt64.self)
    monthStart = start
    monthLength = UInt8(CivilDate(year: next.0, month: next.1, day: 1).daysSinceEpoch - 1 - start)
  }

  private mutating func week(_ year: Int, _ week: Int) -> Int? {
    if year != weekYear {
      weekYear = year
      firstWeek = TimeReader.firstWeek(year)
      weekCount = TimeReader.firstWeek(year + 1) - firstWeek
    }
    return week <= weekCount ? firstWeek + week - 1 : nil
  }

  /// The number of the week with 4 January.
  private static func firstWeek(_ year: Int) -> Int {
    (CivilDate(year: year, month: 1, day: 4).daysSinceEpoch + 3).dividedFloored(by: 7).quotient
  }
}
