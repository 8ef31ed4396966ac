import ChannelTypes

/// Dates and periods as people and spreadsheets write them, turned into the forms that tables hold.
///
/// Years first: `2024/1/5`, `2024.1.5`, `2024年1月5日`, `20240105`, `2024/1`, `2024年1月`, `202401`, `2024年1季度`,
/// `2024年第5周`. Day or month first: `5.1.2024`, `1/5/24`, `1/2024`. Months by name: `Jan-24`, `5 January 2024`.
/// A time of day behind the date is left out. Years of two digits are 1970 to 2069 (POSIX `%y` turns at 69).
public enum DateNotation {
  /// The ISO form; nil where the text is no date in this order of its parts.
  public static func iso(_ text: String, _ order: DateOrder) -> String? {
    guard text.utf8.count <= 64 else { return nil }
    let tokens = tokens(FullWidth.narrowed(text))
    let numbers = tokens.compactMap { if case .number(let digits) = $0 { digits } else { nil } }
    let words = tokens.compactMap { if case .word(let letters) = $0 { letters } else { nil } }
    guard !numbers.isEmpty else { return nil }
    if let word = words.first {
      // A month by name, or what the numbers count.
      if words.count == 1, let month = month(word) { return dated(numbers, month: month, order) }
      if words.count == 1, word.hasPrefix("q") || word == "季" { return counted(numbers, "Q", width: 1) }
      if words.count == 1, word == "w" || word == "week" || word == "周" { return counted(numbers, "-W", width: 2) }
      if words.count == 1, word == "m", order == .ymd { return ordered(numbers, order) }
      return nil
    }
    return ordered(numbers, order)
  }

  // MARK: Parts

  private enum Token {
    case number(Substring)
    case word(String)
  }

  /// Runs of digits and of letters before the time of day; signs of date units are separators like others.
  private static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var rest = text[...]
    while let character = rest.first {
      let isDigit = character.isASCII && character.isNumber
      let run = rest.prefix { isDigit ? $0.isASCII && $0.isNumber : $0.isASCII && $0.isLetter }
      if isDigit {
        rest = rest.dropFirst(run.count)
        // 10:30 begins the time of day.
        if rest.first == ":" { return tokens }
        tokens.append(.number(run))
      } else if !run.isEmpty {
        rest = rest.dropFirst(run.count)
        // The T of 2024-01-05T10:30, and the Z behind it.
        if run != "T", run != "Z" { tokens.append(.word(run.lowercased())) }
      } else {
        rest = rest.dropFirst()
        if "季周週星".contains(character) { tokens.append(.word(character == "季" ? "季" : "周")) }
      }
    }
    return tokens
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func month(_ word: String) -> Int? {
    guard word.count >= 3 else { return nil }
    return months.firstIndex { word.hasPrefix($0) }.map { $0 + 1 }
  }

  private static func year(_ digits: Substring) -> Int? {
    guard let value = Int(digits) else { return nil }
    switch digits.count {
    case 4: return value >= 1000 ? value : nil
    case 2: return value < 70 ? 2000 + value : 1900 + value
    default: return nil
    }
  }

  private static func dated(_ numbers: [Substring], month: Int, _ order: DateOrder) -> String? {
    switch numbers.count {
    case 1: return year(numbers[0]).flatMap { checked($0, month, nil) }
    case 2:
      // The year is the one of four digits, else stands where the order has it.
      let isYearFirst = numbers[0].count == 4 || (numbers[1].count != 4 && order == .ymd)
      let (first, second) = isYearFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
      guard let year = year(first), let day = Int(second) else { return nil }
      return checked(year, month, day)
    default: return nil
    }
  }

  /// `2024Q1` and `2024-W05` from a year and a count in either order.
  private static func counted(_ numbers: [Substring], _ sign: String, width: Int) -> String? {
    guard numbers.count == 2 else { return nil }
    let (first, second) = numbers[0].count == 4 ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
    guard let year = year(first), let count = Int(second), count < 100 else { return nil }
    let digits = String(count)
    return "\(year)" + sign + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func ordered(_ numbers: [Substring], _ order: DateOrder) -> String? {
    switch numbers.count {
    case 1: return joined(numbers[0], order)
    case 2:
      let (first, second) = order == .ymd ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
      // 12.5 is a number sooner than May 2012.
      guard order != .ymd || first.count == 4, let year = year(first), let month = Int(second) else { return nil }
      return checked(year, month, nil)
    case 3:
      let places = order == .ymd ? (0, 1, 2) : order == .mdy ? (2, 0, 1) : (2, 1, 0)
      guard let year = year(numbers[places.0]), let month = Int(numbers[places.1]), let day = Int(numbers[places.2])
      else { return nil }
      return checked(year, month, day)
    default: return nil
    }
  }

  /// `20240105`, `202401`, `2024`: digits without anything between them.
  private static func joined(_ digits: Substring, _ order: DateOrder) -> String? {
    func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
    switch (digits.count, order) {
    case (4, _): return year(digits).map { "\($0)" }
    case (6, .ymd): return ordered([part(0, 4), part(4, 2)], order)
    case (8, .ymd): return ordered([part(0, 4), part(4, 2), part(6, 2)], order)
    case (8, _): return ordered([part(0, 2), part(2, 2), part(4, 4)], order)
    default: return nil
    }
  }

  private static func checked(_ year: Int, _ month: Int, _ day: Int?) -> String? {
    guard let date = CivilDate(checking: year, month, day ?? 1) else { return nil }
    return day == nil ? Period.month(year, month).description : date.description
  }
}
