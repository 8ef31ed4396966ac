import ChannelTypes

/// A period as a header writes it: `2025-01`, `2025年1月`, `Jan 2025`, `1月` under a year, `一季度`, `2025`, `W05`.
///
/// Only what can be read in one way is a period: months by name or after the year, never `1/2/2025`.
struct HeaderPeriod: Hashable {
  enum Part: Hashable {
    case day(month: Int, day: Int)
    case week(Int)
    case month(Int)
    case quarter(Int)
    case year

    var form: PeriodForm {
      switch self {
      case .day: .day
      case .week: .week
      case .month: .month
      case .quarter: .quarter
      case .year: .year
      }
    }
  }

  /// Nil where the header does not say it: `1月`.
  var year: Int?
  var part: Part

  init(year: Int?, part: Part) {
    self.year = year
    self.part = part
  }

  /// The period of a cell that holds a date.
  init(_ date: SpreadsheetDate) {
    let (year, month, day) = date.day.components
    switch date.shown {
    case .year: self.init(year: year, part: .year)
    case .day: self.init(year: year, part: .day(month: month, day: day))
    default: self.init(year: year, part: .month(month))
    }
  }

  /// The period, with `year` where the header has none of its own; nil where there is no year, or no such day or week.
  func period(year context: Int?) -> Period? {
    guard let year = year ?? context else { return nil }
    switch part {
    case .year: return .year(year)
    case .quarter(let quarter): return .quarter(year, quarter)
    case .month(let month): return .month(year, month)
    case .week(let week): return Period("\(year)-W\(week < 10 ? "0" : "")\(week)")
    case .day(let month, let day): return CivilDate(checking: year, month, day).map(Period.day)
    }
  }

  // MARK: Reading

  private static let years = 1990...2099
  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]
  private static let numerals = [
    ("十二", "12"), ("十一", "11"), ("十", "10"), ("九", "9"), ("八", "8"), ("七", "7"), ("六", "6"), ("五", "5"),
    ("四", "4"), ("三", "3"), ("二", "2"), ("一", "1"),
  ]

  /// Reads a whole text as a period; nil where it is none.
  init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 40 else { return nil }
    var plain = text.lowercased().filter { !$0.isWhitespace && $0 != "\u{3000}" }
    if plain.contains(where: { "月季周".contains($0) }) {
      for (numeral, digits) in Self.numerals { plain = plain.replacing(numeral, with: digits) }
    }
    guard let found = Self.read(plain) else { return nil }
    self = found
  }

  /// The period at the beginning of a text and what follows it: `1月销量` is January and `销量`.
  static func leading(_ text: String) -> (period: HeaderPeriod, rest: String)? {
    if let period = HeaderPeriod(text) { return (period, "") }
    guard text.utf8.count <= 80 else { return nil }
    for end in text.indices.dropFirst().reversed() {
      let next = text[end]
      let last = text[text.index(before: end)]
      guard next.isWhitespace || "(（-_/:：".contains(next) || "月度周份年".contains(last), !"度份".contains(next),
        let period = HeaderPeriod(text[..<end])
      else { continue }
      let rest = text[end...].drop { $0.isWhitespace || "-_/:：".contains($0) }
      return (period, String(rest))
    }
    return nil
  }

  private static func read(_ text: String) -> HeaderPeriod? {
    // A year of four digits, or of two before 年, and what is left behind it.
    if let match = text.wholeMatch(of: /(\d{4})年?度?/), let year = year(match.1) {
      return .init(year: year, part: .year)
    }
    if let match = text.wholeMatch(of: /(\d{2})年/), let year = year(match.1) { return .init(year: year, part: .year) }
    if let match = text.wholeMatch(of: /(\d{4})(\d{2})/), let year = year(match.1) { return month(year, match.2) }
    if let match = text.wholeMatch(of: /(\d{4})[-\/.年](\d{1,2})[-\/.月](\d{1,2})日?/), let year = year(match.1),
      let month = Int(match.2), let day = Int(match.3), (1...12).contains(month), (1...31).contains(day)
    {
      return .init(year: year, part: .day(month: month, day: day))
    }
    if let match = text.wholeMatch(of: /(\d{4}|\d{2}(?=年))(年|[-\/._m])?(.+)/), let year = year(match.1) {
      guard match.2 != nil || match.3.first?.isNumber == false else { return nil }
      return part(String(match.3), year, isAfterYear: true)
    }
    if let match = text.wholeMatch(of: /(q[1-4]|[a-z]{3,9})[-\/.'’]?(\d{4}|\d{2})/), let year = year(match.2) {
      return part(String(match.1), year, isAfterYear: false)
    }
    return part(text, nil, isAfterYear: false)
  }

  private static func year(_ digits: some StringProtocol) -> Int? {
    guard let number = Int(digits) else { return nil }
    if digits.count == 2 { return 2000 + number }
    return years.contains(number) ? number : nil
  }

  private static func month(_ year: Int?, _ digits: some StringProtocol) -> HeaderPeriod? {
    Int(digits).flatMap { (1...12).contains($0) ? HeaderPeriod(year: year, part: .month($0)) : nil }
  }

  /// What stands beside a year, or alone.
  private static func part(_ text: String, _ year: Int?, isAfterYear: Bool) -> HeaderPeriod? {
    if let match = text.wholeMatch(of: /m?(\d{1,2})月?份?/), isAfterYear || text.contains("月") || text.hasPrefix("m") {
      return month(year, match.1)
    }
    if let match = text.wholeMatch(of: /第?q?([1-4])季?度?/), text.contains("q") || text.contains("季") {
      return Int(match.1).map { .init(year: year, part: .quarter($0)) }
    }
    if let match = text.wholeMatch(of: /第?(?:w|wk|week)?(\d{1,2})周?/), text.contains("w") || text.contains("周"),
      let week = Int(match.1), (1...53).contains(week)
    {
      return .init(year: year, part: .week(week))
    }
    let name = text.hasSuffix(".") ? String(text.dropLast()) : text
    guard name.count >= 3 else { return nil }
    let found = monthNames.firstIndex { $0 == name || $0.prefix(3) == name || (name == "sept" && $0 == "september") }
    return found.map { .init(year: year, part: .month($0 + 1)) }
  }
}
