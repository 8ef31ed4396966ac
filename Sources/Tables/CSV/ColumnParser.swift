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
  /// How cells are turned into what the type reads; nil where they are read as they stand.
  var conversion: CellConversion?
}

/// Reads one column, block after block. An enumeration rather than a protocol value, so that the loop of each type is
/// compiled for it.
enum ColumnParser {
  case text(TypedColumnParser<TextFormat>)
  case integer(TypedColumnParser<IntegerFormat>)
  case real(TypedColumnParser<RealFormat>)
  case money(TypedColumnParser<MoneyFormat>)
  case period(TypedColumnParser<PeriodFormat>)
  case flag(TypedColumnParser<FlagFormat>)
  /// The storage is lent to a running loop.
  case lent

  init(_ rules: ColumnRules, field: Int, expectedRows: Int) {
    func parser<Format: CellFormat>(_ format: Format) -> TypedColumnParser<Format> {
      TypedColumnParser(rules: rules, field: field, format: format, expectedRows: expectedRows)
    }
    switch rules.type {
    case .text: self = .text(parser(TextFormat(vocabulary: rules.vocabulary)))
    case .integer: self = .integer(parser(IntegerFormat(mark: rules.mark, range: rules.range)))
    case .real: self = .real(parser(RealFormat(mark: rules.mark, range: rules.range)))
    case .money: self = .money(parser(MoneyFormat(mark: rules.mark, range: rules.range)))
    case .period: self = .period(parser(PeriodFormat(isNumber: rules.periodsAreNumbers)))
    case .flag: self = .flag(parser(FlagFormat()))
    }
  }

  mutating func parse(
    _ block: Tokenizer.Block, _ bytes: UnsafeBufferPointer<UInt8>, _ problems: inout CellProblems
  ) {
    let current = self
    // Without this, the arrays would have two owners and be copied.
    self = .lent
    switch consume current {
    case .text(var parser):
      parser.parse(block, bytes, &problems)
      self = .text(parser)
    case .integer(var parser):
      parser.parse(block, bytes, &problems)
      self = .integer(parser)
    case .real(var parser):
      parser.parse(block, bytes, &problems)
      self = .real(parser)
    case .money(var parser):
      parser.parse(block, bytes, &problems)
      self = .money(parser)
    case .period(var parser):
      parser.parse(block, bytes, &problems)
      self = .period(parser)
    case .flag(var parser):
      parser.parse(block, bytes, &problems)
      self = .flag(parser)
    case .lent: break
    }
  }

  /// A cell disagreed with the guessed type, and reading of the column stopped.
  var hasFallen: Bool {
    switch self {
    case .text(let parser): parser.hasFallen
    case .integer(let parser): parser.hasFallen
    case .real(let parser): parser.hasFallen
    case .money(let parser): parser.hasFallen
    case .period(let parser): parser.hasFallen
    case .flag(let parser): parser.hasFallen
    case .lent: false
    }
  }

  /// The cells read so far.
  var values: Column.Values {
    switch self {
    case .text(let parser): parser.columnValues
    case .integer(let parser): parser.columnValues
    case .real(let parser): parser.columnValues
    case .money(let parser): parser.columnValues
    case .period(let parser): parser.columnValues
    case .flag(let parser): parser.columnValues
    case .lent: .real([])
    }
  }
}

/// The loop over the cells of a column, specialised for each type.
struct TypedColumnParser<Format: CellFormat> {
  private let rules: ColumnRules
  private let field: Int
  private(set) var hasFallen = false
  private var format: Format
  private var values: [Format.Value] = []
  private var converter: CellConverter?

  init(rules: ColumnRules, field: Int, format: Format, expectedRows: Int) {
    self.rules = rules
    self.field = field
    self.format = format
    converter = rules.conversion.map { CellConverter($0, mark: rules.mark) }
    values.reserveCapacity(expectedRows)
  }

  var columnValues: Column.Values { format.values(values) }

  mutating func parse(
    _ block: Tokenizer.Block, _ bytes: UnsafeBufferPointer<UInt8>, _ problems: inout CellProblems
  ) {
    guard !hasFallen else { return }
    let stride = block.width + 1
    let isPlain = converter == nil
    withUnsafeTemporaryAllocation(of: Format.Value.self, capacity: block.rowCount) { output in
      block.bounds.withUnsafeBufferPointer { bounds in
        var slot = field
        for row in 0..<block.rowCount {
          let start = bounds[slot] &+ 1
          let end = bounds[slot &+ 1]
          slot &+= stride
          // Blanks and quotation marks, at either end, have codes below 0x23.
          if isPlain, end > start, bytes[start] > 0x22, bytes[end &- 1] > 0x22,
            let value = format.read(UnsafeBufferPointer(rebasing: bytes[start..<end]))
          {
            output.initializeElement(at: row, to: value)
          } else {
            output.initializeElement(at: row, to: unusual(start..<end, bytes, &problems))
          }
        }
      }
      values.append(contentsOf: UnsafeBufferPointer(output))
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
      if let converted = converter?.converted(CellText.string(range, bytes)) {
        Array(converted.utf8).withUnsafeBufferPointer { format.read($0) }
      } else if hasDoubledQuotes {
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
