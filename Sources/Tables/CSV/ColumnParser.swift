/// What a column of the result is read from and held to.
struct ColumnRules {
  var name: String
  var type: ColumnType
  var isRequired = false
  var vocabulary: [String]?
  var range: ClosedRange<Double>?
  var unit = ""
  /// The type was guessed from a sample: a cell that disagrees makes the column fall back instead of being wrong.
  var isGuess = false
  var periodsAreNumbers = false
  var mark = UInt8(ascii: ".")
}

/// Reads one column, block after block.
protocol ColumnParser {
  var field: Int { get }
  var rules: ColumnRules { get }
  /// A cell disagreed with the guessed type, and reading of the column stopped.
  var hasFallen: Bool { get }
  mutating func parse(_ block: Tokenizer.Block, _ bytes: UnsafeBufferPointer<UInt8>, _ problems: inout CellProblems)
  func column() -> Column
}

extension ColumnRules {
  func parser(field: Int, expectedRows: Int) -> any ColumnParser {
    switch type {
    case .text: make(TextFormat(vocabulary: vocabulary), field, expectedRows)
    case .integer: make(IntegerFormat(mark: mark, range: range), field, expectedRows)
    case .real: make(RealFormat(mark: mark, range: range), field, expectedRows)
    case .money: make(MoneyFormat(mark: mark, range: range), field, expectedRows)
    case .period: make(PeriodFormat(isNumber: periodsAreNumbers), field, expectedRows)
    case .flag: make(FlagFormat(), field, expectedRows)
    }
  }

  private func make<Format: CellFormat>(_ format: Format, _ field: Int, _ expectedRows: Int) -> any ColumnParser {
    TypedColumnParser(rules: self, field: field, format: format, expectedRows: expectedRows)
  }
}

/// The loop over the cells of a column, specialised for each type.
private struct TypedColumnParser<Format: CellFormat>: ColumnParser {
  let rules: ColumnRules
  let field: Int
  private(set) var hasFallen = false
  private var format: Format
  private var values: [Format.Value] = []

  init(rules: ColumnRules, field: Int, format: Format, expectedRows: Int) {
    self.rules = rules
    self.field = field
    self.format = format
    values.reserveCapacity(expectedRows)
  }

  func column() -> Column { Column(name: rules.name, values: format.values(values)) }

  mutating func parse(
    _ block: Tokenizer.Block, _ bytes: UnsafeBufferPointer<UInt8>, _ problems: inout CellProblems
  ) {
    guard !hasFallen else { return }
    let stride = block.width + 1
    block.bounds.withUnsafeBufferPointer { bounds in
      var slot = field
      for _ in 0..<block.rowCount {
        let start = bounds[slot] &+ 1
        let end = bounds[slot &+ 1]
        slot &+= stride
        // Blanks and quotation marks, at either end, have codes below 0x23.
        if end > start, bytes[start] > 0x22, bytes[end &- 1] > 0x22,
          let value = format.read(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        {
          values.append(value)
        } else {
          values.append(unusual(start..<end, bytes, &problems))
        }
      }
    }
  }

  /// Empty, quoted, padded and wrong cells.
  @inline(never)
  private mutating func unusual(
    _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>, _ problems: inout CellProblems
  ) -> Format.Value {
    let (content, hasDoubledQuotes) = CellText.content(range, bytes)
    if content.isEmpty {
      if rules.isRequired { problems.add(CellProblem(DataCodes.emptyCell), rules.name, field, range) }
      return Format.unknown
    }
    let value =
      if hasDoubledQuotes {
        CellText.undoubled(UnsafeBufferPointer(rebasing: bytes[content])).withUnsafeBufferPointer { format.read($0) }
      } else {
        format.read(UnsafeBufferPointer(rebasing: bytes[content]))
      }
    if let value { return value }
    if rules.isGuess {
      hasFallen = true
    } else {
      let text = String(decoding: bytes[content].prefix(CellText.longestShown), as: UTF8.self)
      let form = (format as? PeriodFormat)?.form
      problems.add(CellDiagnosis.problem(text, rules, periodForm: form), rules.name, field, content)
    }
    return Format.unknown
  }
}

/// The text of a cell without what surrounds it.
enum CellText {
  /// How many bytes of a cell are looked at to say what is wrong with it.
  static let longestShown = 256

  /// The range inside the quotation marks, or without blanks around an unquoted cell.
  static func content(
    _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (range: Range<Int>, hasDoubledQuotes: Bool) {
    let quote = UInt8(ascii: "\"")
    var start = range.lowerBound
    var end = range.upperBound
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    guard end - start >= 2, bytes[start] == quote, bytes[end - 1] == quote else { return (start..<end, false) }
    let inner = start + 1..<end - 1
    return (inner, bytes[inner].contains(quote))
  }

  static func undoubled(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isSecond = false
    for byte in bytes {
      if byte == UInt8(ascii: "\""), !isSecond {
        isSecond = true
        result.append(byte)
      } else if byte == UInt8(ascii: "\"") {
        isSecond = false
      } else {
        isSecond = false
        result.append(byte)
      }
    }
    return result
  }

  static func string(_ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let (content, hasDoubledQuotes) = content(range, bytes)
    let inner = UnsafeBufferPointer(rebasing: bytes[content])
    return String(decoding: hasDoubledQuotes ? undoubled(inner) : Array(inner), as: UTF8.self)
  }
}
