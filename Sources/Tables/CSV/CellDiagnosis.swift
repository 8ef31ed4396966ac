import ChannelTypes

/// Says what is wrong with a cell that its column refused, and what was probably meant.
enum CellDiagnosis {
  /// - Parameter periodForm: the form of the periods read so far.
  static func problem(_ text: String, _ rules: ColumnRules, periodForm: PeriodForm? = nil) -> CellProblem {
    var problem =
      switch rules.type {
      case .text: vocabulary(text, rules)
      case .integer, .real, .money: number(text, rules)
      case .period: period(text, rules, periodForm)
      case .flag: CellProblem(DataCodes.notFlag, hint: "write yes or no; leave the cell empty where it is unknown")
      }
    problem.text = text
    return problem
  }

  // MARK: Words

  private static func vocabulary(_ text: String, _ rules: ColumnRules) -> CellProblem {
    let words = rules.vocabulary ?? []
    let list = "one of: " + words.joined(separator: ", ")
    let near = Suggestion.closest(to: text, among: words)
    return CellProblem(DataCodes.notInVocabulary, hint: near.map { "did you mean `\($0)`? (\(list))" } ?? list)
  }

  // MARK: Numbers

  private static func number(_ text: String, _ rules: ColumnRules) -> CellProblem {
    if let value = value(of: text, mark: rules.mark) { return wrongNumber(text, value, rules) }
    let narrow = FullWidth.narrowed(text)
    if narrow != text, value(of: narrow, mark: rules.mark) != nil {
      return CellProblem(DataCodes.fullWidthNumber, hint: "these are full-width characters; write \(narrow)")
    }
    if let plain = withoutGroups(text, mark: rules.mark) {
      return CellProblem(DataCodes.thousandsSeparators, hint: "write it without grouping: \(plain)")
    }
    return CellProblem(DataCodes.notNumber, hint: numberHint(text, rules))
  }

  /// A number that the column does not take.
  private static func wrongNumber(_ text: String, _ value: Double, _ rules: ColumnRules) -> CellProblem {
    let bytes = Array(text.utf8)
    if rules.type == .integer, bytes.withUnsafeBufferPointer({ NumberParsing.integer($0, mark: rules.mark) }) == nil {
      return CellProblem(DataCodes.notWhole, hint: value.magnitude < 1e15 ? "\(value.rounded().written)?" : nil)
    }
    if rules.type == .money, bytes.withUnsafeBufferPointer({ NumberParsing.money($0, mark: rules.mark) }) == nil {
      let rounded = Money(rounding: value, decimals: 4)
      return CellProblem(
        DataCodes.notMoney, hint: rounded.map { "amounts have at most four decimals: \($0)" } ?? "it is too large")
    }
    guard let range = rules.range else {
      return CellProblem(DataCodes.outOfRange, hint: "it is too large for a number")
    }
    let unit = rules.unit.isEmpty ? "" : " " + rules.unit
    let hint =
      if range.upperBound == .infinity || range.upperBound >= .greatestFiniteMagnitude {
        "the least is \(range.lowerBound.written)\(unit); leave the cell empty where the value is unknown"
      } else if range.lowerBound == -.infinity || range.lowerBound <= -.greatestFiniteMagnitude {
        "the most is \(range.upperBound.written)\(unit)"
      } else {
        "it lies between \(range.lowerBound.written) and \(range.upperBound.written)\(unit)"
      }
    return CellProblem(DataCodes.outOfRange, hint: hint)
  }

  private static func value(of text: String, mark: UInt8) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { NumberParsing.real($0, mark: mark) }
  }

  /// The number without its thousands separators; nil where it is not a grouped number.
  private static func withoutGroups(_ text: String, mark: UInt8) -> String? {
    let decimal = Character(Unicode.Scalar(mark))
    let unsigned = text.drop { $0 == "-" || $0 == "+" }
    for separator: Character in [",", ".", "'", "’", " ", "\u{A0}", "\u{202F}", "_"] where separator != decimal {
      let parts = unsigned.split(separator: separator, omittingEmptySubsequences: false)
      guard parts.count > 1, let last = parts.last, (1...3).contains(parts[0].count) else { continue }
      let tail = last.split(separator: decimal, maxSplits: 1, omittingEmptySubsequences: false)
      let groups = parts.dropFirst().dropLast() + [tail[0]]
      let plain = text.filter { $0 != separator }
      if groups.allSatisfy({ $0.count == 3 && $0.allSatisfy(\.isASCIIDigit) }), value(of: plain, mark: mark) != nil {
        return plain
      }
    }
    // 1.234,56 in a file with decimal points: both signs at once can only be groups and decimals.
    let other: Character = decimal == "." ? "," : "."
    if unsigned.contains(other), unsigned.contains(decimal) {
      let plain = String(text.filter { $0 != decimal }.map { $0 == other ? decimal : $0 })
      if value(of: plain, mark: mark) != nil { return plain }
    }
    return nil
  }

  private static let unknownWords: Set<String> = [
    "na", "n/a", "nan", "null", "nil", "none", "-", "--", "?", "#n/a", "#div/0!", "#value!", "#ref!", ".", "无", "暂无",
    "unknown", "inf", "-inf", "\\n",
  ]

  private static func numberHint(_ text: String, _ rules: ColumnRules) -> String {
    if unknownWords.contains(text.lowercased()) { return "leave the cell empty where the value is unknown" }
    if let hint = letterHint(text, mark: rules.mark) { return hint }
    let decimal = Character(Unicode.Scalar(rules.mark))
    let other: Character = decimal == "." ? "," : "."
    let swapped = String(text.map { $0 == other ? decimal : $0 })
    if swapped != text, value(of: swapped, mark: rules.mark) != nil {
      return "the decimal mark of this file is `\(decimal)`: \(swapped)?"
    }
    if text.hasPrefix("("), text.hasSuffix(")"), value(of: String(text.dropFirst().dropLast()), mark: rules.mark) != nil
    {
      return "a negative number has a minus sign: -\(text.dropFirst().dropLast())?"
    }
    let bare = text.filter { $0.isASCIIDigit || $0 == "-" || $0 == decimal }
    if value(of: bare, mark: rules.mark) != nil {
      return "write the bare number: \(bare)?"
    }
    return "write a number such as 1200 or -3\(decimal)5; leave the cell empty where the value is unknown"
  }

  private static let ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]

  /// Letters that look like digits: `12O0`.
  private static func letterHint(_ text: String, mark: UInt8) -> String? {
    let lookalikes: [Character: Character] = ["O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8", "Z": "2"]
    guard let place = text.firstIndex(where: { lookalikes[$0] != nil }), text.contains(where: \.isASCIIDigit) else {
      return nil
    }
    let repaired = String(text.map { lookalikes[$0] ?? $0 })
    guard value(of: repaired, mark: mark) != nil else { return nil }
    let position = text.distance(from: text.startIndex, to: place)
    let name = position < ordinals.count ? ordinals[position] : "\(position + 1)th"
    return "the \(name) character is the letter \(text[place]); \(repaired)?"
  }

  // MARK: Periods

  private static func period(_ text: String, _ rules: ColumnRules, _ form: PeriodForm?) -> CellProblem {
    if let form, let other = Period(text, asNumber: rules.periodsAreNumbers), other.form != form {
      return CellProblem(
        DataCodes.mixedPeriods, detail: ", which holds \(name(form))s so far, is a \(name(other.form))",
        hint: "one column holds periods of one kind")
    }
    let narrow = FullWidth.narrowed(text)
    if narrow != text, Period(narrow, asNumber: rules.periodsAreNumbers) != nil {
      return CellProblem(DataCodes.fullWidthNumber, hint: "these are full-width characters; write \(narrow)")
    }
    if rules.periodsAreNumbers {
      return CellProblem(DataCodes.notPeriod, hint: "periods of this table are running numbers, such as 40")
    }
    let hint =
      isoSuggestion(narrow).map { "write \($0)?" }
      ?? "write 2026-03-14, 2026-W11, 2026-03, 2026Q1 or 2026; running numbers need `calendar: {frequency: …}`"
    return CellProblem(DataCodes.notPeriod, hint: hint)
  }

  private static func name(_ form: PeriodForm) -> String {
    switch form {
    case .day: "day"
    case .week: "week"
    case .month: "month"
    case .quarter: "quarter"
    case .year: "year"
    case .number: "running number"
    }
  }

  /// The ISO form of a date whose parts can only be read one way.
  static func isoSuggestion(_ text: String) -> String? {
    let date = text.split { $0 == " " || $0 == "T" }.first ?? ""
    let parts = date.split { !$0.isASCIIDigit }
    if parts.count == 1, parts[0].count == 8, parts[0].count == date.count {
      let digits = String(parts[0])
      return checked("\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))")
    }
    guard let first = parts.first, first.count == 4, parts.dropFirst().allSatisfy({ $0.count <= 2 }) else { return nil }
    let padded = parts.map { $0.count < 2 ? "0\($0)" : String($0) }
    return (2...3).contains(padded.count) ? checked(padded.joined(separator: "-")) : nil
  }

  private static func checked(_ text: String) -> String? { Period(text) == nil ? nil : text }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
