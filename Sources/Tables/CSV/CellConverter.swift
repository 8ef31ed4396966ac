import ChannelTypes

/// Turns the cells of one column as its ``CellConversion`` says; each distinct text is turned once.
struct CellConverter {
  private let conversion: CellConversion
  private let mark: Character
  private let words: [String: String]
  private var known: [String: String?] = [:]

  /// A column with more distinct texts than this has no use for remembering them.
  private static let mostKnown = 1 << 16

  init(_ conversion: CellConversion, mark: UInt8) {
    self.conversion = conversion
    self.mark = Character(Unicode.Scalar(mark))
    if case .words(let pairs) = conversion {
      words = Dictionary(pairs.map { ($0.written, $0.meant) }, uniquingKeysWith: { first, _ in first })
    } else {
      words = [:]
    }
  }

  /// Nil where the text is to be read as it stands.
  mutating func converted(_ text: String) -> String? {
    switch conversion {
    case .words: return words[text]
    case .groupedNumbers: return CellConverter.ungrouped(text, mark: mark)
    case .dates(let order):
      if let answer = known[text] { return answer }
      let answer = DateNotation.iso(text, order)
      if known.count < Self.mostKnown { known[text] = .some(answer) }
      return answer
    }
  }

  /// A number without the signs that people put into it; nil where what is left is no number, or where commas do not
  /// stand between groups of three.
  static func ungrouped(_ text: String, mark: Character) -> String? {
    let blanks: Set<Character> = [" ", "\u{A0}", "\u{202F}", "'", "’", "_"]
    let signs: Set<Character> = ["¥", "￥", "$", "€", "£", "元"]
    let group: Character = mark == "." ? "," : "."
    var bare = FullWidth.narrowed(text).filter { !blanks.contains($0) && !signs.contains($0) }
    // Accountants write -5 as (5).
    if bare.hasPrefix("("), bare.hasSuffix(")") { bare = "-" + bare.dropFirst().dropLast() }
    let whole = bare.prefix { $0 != mark }.drop { $0 == "-" || $0 == "+" }
    let groups = whole.split(separator: group, omittingEmptySubsequences: false)
    guard let first = groups.first, groups.count == 1 || (1...3).contains(first.count),
      groups.dropFirst().allSatisfy({ $0.count == 3 })
    else { return nil }
    return bare.filter { $0 != group }
  }
}

/// Periods from the results of an expression: the digits of a year, a month or a day.
struct PeriodDigits {
  private let isNumber: Bool
  private var form: PeriodForm?
  private var ordinals: [Int32] = []
  private var latest = Unknown.ordinal

  init(isNumber: Bool) { self.isNumber = isNumber }

  var column: PeriodColumn { PeriodColumn(form: form ?? (isNumber ? .number : .day), ordinals: ordinals) }

  /// Whether a number is a period of the kind of those before it; `append` takes it up.
  mutating func read(_ value: Double) -> Bool {
    guard value == value.rounded(), value.magnitude < 1e9 else { return false }
    let digits = String(Int(value))
    let text = isNumber ? digits : DateNotation.iso(digits, .ymd) ?? digits
    guard let period = Period(text, asNumber: isNumber), form == nil || form == period.form else { return false }
    form = period.form
    latest = Int32(clamping: period.ordinal)
    return true
  }

  mutating func append(isKnown: Bool) { ordinals.append(isKnown ? latest : Unknown.ordinal) }
}
