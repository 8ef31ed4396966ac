import ChannelTypes

/// How the cells of one type of column are read: one small reader per type, specialised into the loop of
/// `TypedColumnParser`.
protocol CellFormat {
  associatedtype Value
  static var unknown: Value { get }
  /// The value of a cell that is neither empty nor quoted; nil where it has none that the column allows.
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Value?
  /// The finished column.
  func values(_ values: [Value]) -> Column.Values
}

struct RealFormat: CellFormat {
  static var unknown: Double { Unknown.real }
  let mark: UInt8
  let lower: Double
  let upper: Double

  init(mark: UInt8, range: ClosedRange<Double>?) {
    self.mark = mark
    lower = range?.lowerBound ?? -.infinity
    upper = range?.upperBound ?? .infinity
  }

  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let value = NumberParsing.real(cell, mark: mark), value >= lower, value <= upper else { return nil }
    return value
  }

  func values(_ values: [Double]) -> Column.Values { .real(values) }
}

struct IntegerFormat: CellFormat {
  static var unknown: Int64 { Unknown.integer }
  let mark: UInt8
  let range: ClosedRange<Double>?

  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let value = NumberParsing.integer(cell, mark: mark) else { return nil }
    if let range, !range.contains(Double(value)) { return nil }
    return value
  }

  func values(_ values: [Int64]) -> Column.Values { .integer(values) }
}

struct MoneyFormat: CellFormat {
  static var unknown: Money { Unknown.money }
  let mark: UInt8
  let range: ClosedRange<Double>?

  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Money? {
    guard let value = NumberParsing.money(cell, mark: mark) else { return nil }
    if let range, !range.contains(value.double) { return nil }
    return value
  }

  func values(_ values: [Money]) -> Column.Values { .money(values) }
}

struct FlagFormat: CellFormat {
  static var unknown: Int64 { Unknown.integer }
  static let words: [String: Int64] = ["yes": 1, "no": 0, "true": 1, "false": 0, "1": 1, "0": 0, "是": 1, "否": 0]

  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
    if cell.count == 1, cell[0] &- 48 < 2 { return Int64(cell[0] &- 48) }
    guard cell.count <= 5 else { return nil }
    return Self.words[String(decoding: cell, as: UTF8.self).lowercased()]
  }

  func values(_ values: [Int64]) -> Column.Values { .integer(values) }
}

/// Periods of one form. Neighbouring rows mostly share the month, so that a day costs two digits; other forms
/// mostly repeat, so that the bytes of the last cell are compared first.
struct PeriodFormat: CellFormat {
  static var unknown: Int32 { Unknown.ordinal }
  let isNumber: Bool
  /// The form of the first cell; nil before it.
  private(set) var form: PeriodForm?
  private var monthPrefix: UInt64 = 0
  private var monthStart: Int32 = 0
  private var monthLength: UInt8 = 0
  private var lastBytes: UInt64 = 0
  private var lastOrdinal: Int32 = 0

  init(isNumber: Bool) { self.isNumber = isNumber }

  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Int32? {
    if cell.count == 10 {
      let base = UnsafeRawPointer(cell.baseAddress.unsafelyUnwrapped)
      if base.loadUnaligned(as: UInt64.self) == monthPrefix {
        let tens = cell[8] &- 48
        let units = cell[9] &- 48
        let day = tens &* 10 &+ units
        if tens < 10, units < 10, day &- 1 < monthLength { return monthStart &+ Int32(day) }
      }
    } else if cell.count <= 8, let bytes = Self.packed(cell), bytes == lastBytes {
      return lastOrdinal
    }
    return readNew(cell)
  }

  /// Up to eight bytes as one number; no cell packs to zero, since text has no NUL bytes.
  @inline(__always)
  private static func packed(_ cell: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var bytes: UInt64 = 0
    for byte in cell { bytes = bytes << 8 | UInt64(byte) }
    return bytes
  }

  @inline(never)
  private mutating func readNew(_ cell: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard let period = Period.parse(cell, asNumber: isNumber), form == nil || form == period.form else { return nil }
    form = period.form
    let ordinal = Int32(period.ordinal)
    if period.form == .day, cell.count == 10 {
      let date = CivilDate(daysSinceEpoch: period.ordinal)
      monthPrefix = UnsafeRawPointer(cell.baseAddress.unsafelyUnwrapped).loadUnaligned(as: UInt64.self)
      monthStart = ordinal - Int32(date.day)
      let next = date.month == 12 ? (date.year + 1, 1) : (date.year, date.month + 1)
      let nextStart = CivilDate(year: next.0, month: next.1, day: 1).daysSinceEpoch
      monthLength = UInt8(nextStart - 1 - Int(monthStart))
    } else if cell.count <= 8, let bytes = Self.packed(cell) {
      lastBytes = bytes
      lastOrdinal = ordinal
    }
    return ordinal
  }

  func values(_ values: [Int32]) -> Column.Values {
    .period(PeriodColumn(form: form ?? (isNumber ? .number : .day), ordinals: values))
  }
}

/// Texts, each distinct one stored once.
struct TextFormat: CellFormat {
  static var unknown: Int32 { Unknown.code }
  private var interner = TextInterner()
  private let vocabulary: Set<String>?

  /// The texts by their codes.
  var dictionary: [String] { interner.dictionary }

  init(vocabulary: [String]?) { self.vocabulary = vocabulary.map(Set.init) }

  @inline(__always)
  mutating func read(_ cell: UnsafeBufferPointer<UInt8>) -> Int32? {
    // A leading apostrophe may be a formula guard.
    if cell[0] == FormulaGuard.apostrophe, FormulaGuard.isGuarded(cell) {
      return accept(UnsafeBufferPointer(rebasing: cell.dropFirst()))
    }
    return accept(cell)
  }

  @inline(__always)
  private mutating func accept(_ cell: UnsafeBufferPointer<UInt8>) -> Int32? {
    let known = interner.dictionary.count
    let code = interner.code(of: cell)
    if let vocabulary {
      if Int(code) == known, !vocabulary.contains(interner.dictionary[known]) { interner.refuse(code) }
      if interner.isRefused(code) { return nil }
    }
    return code
  }

  func values(_ values: [Int32]) -> Column.Values {
    .text(TextColumn(codes: values, dictionary: interner.dictionary))
  }
}
