/// How often a series is observed.
public enum Frequency: String, Sendable, Hashable, Codable, CaseIterable {
  case day, week, month, quarter, year

  /// Periods in a year: the length of the yearly season.
  public var periodsPerYear: Int {
    switch self {
    case .day: 365
    case .week: 52
    case .month: 12
    case .quarter: 4
    case .year: 1
    }
  }

  /// The average length of one period in days.
  public var days: Double {
    switch self {
    case .day: 1
    case .week: 7
    case .month: 365.25 / 12
    case .quarter: 365.25 / 4
    case .year: 365.25
    }
  }
}

/// How a period is written in a table.
public enum PeriodForm: UInt8, Sendable, Hashable, Codable, CaseIterable {
  /// `2026-03-14`
  case day
  /// `2026-W11` (ISO 8601)
  case week
  /// `2026-03`
  case month
  /// `2026Q1`
  case quarter
  /// `2026`
  case year
  /// A running number whose meaning the plan gives (`frequency: week`).
  case number

  /// The frequency that the writing itself tells; nil for running numbers.
  public var frequency: Frequency? {
    switch self {
    case .day: .day
    case .week: .week
    case .month: .month
    case .quarter: .quarter
    case .year: .year
    case .number: nil
    }
  }
}

/// One period of a calendar, or one number of a running count.
///
/// `ordinal` counts periods without gaps within a form, so that `b.ordinal - a.ordinal` is the number of periods
/// between them: days and ISO weeks since 1970, months, quarters and years since year zero.
public struct Period: Hashable, Comparable, Sendable, Codable {
  public let form: PeriodForm
  public let ordinal: Int

  @inlinable public init(form: PeriodForm, ordinal: Int) {
    self.form = form
    self.ordinal = ordinal
  }

  @inlinable public static func < (left: Period, right: Period) -> Bool { left.ordinal < right.ordinal }

  @inlinable public func advanced(by periods: Int) -> Period { Period(form: form, ordinal: ordinal + periods) }

  public static func month(_ year: Int, _ month: Int) -> Period {
    Period(form: .month, ordinal: year * 12 + month - 1)
  }
  public static func quarter(_ year: Int, _ quarter: Int) -> Period {
    Period(form: .quarter, ordinal: year * 4 + quarter - 1)
  }
  public static func year(_ year: Int) -> Period { Period(form: .year, ordinal: year) }
  public static func number(_ number: Int) -> Period { Period(form: .number, ordinal: number) }
  public static func day(_ date: CivilDate) -> Period { Period(form: .day, ordinal: date.daysSinceEpoch) }

  /// The first day of the period; nil for running numbers.
  public var firstDay: CivilDate? {
    switch form {
    case .day: CivilDate(daysSinceEpoch: ordinal)
    case .week: CivilDate(daysSinceEpoch: ordinal * 7 - 3)
    case .month: CivilDate(year: ordinal.quotientFloored(by: 12), month: ordinal.remainderFloored(by: 12) + 1, day: 1)
    case .quarter:
      CivilDate(year: ordinal.quotientFloored(by: 4), month: ordinal.remainderFloored(by: 4) * 3 + 1, day: 1)
    case .year: CivilDate(year: ordinal, month: 1, day: 1)
    case .number: nil
    }
  }

  /// The calendar month from 1 to 12 in which the period begins; nil for running numbers.
  public var month: Int? { firstDay?.month }

  /// The period of `form` in which this one begins; nil where there is none (running numbers, finer forms).
  public func containing(_ form: PeriodForm) -> Period? {
    if form == self.form { return self }
    guard let day = firstDay else { return nil }
    switch form {
    case .day: return nil
    case .week: return Period(form: .week, ordinal: (day.daysSinceEpoch + 3).quotientFloored(by: 7))
    case .month: return .month(day.year, day.month)
    case .quarter: return .quarter(day.year, (day.month - 1) / 3 + 1)
    case .year: return .year(day.year)
    case .number: return nil
    }
  }
}

extension Period: CustomStringConvertible {
  /// As it is written in a table: `2026-03-14`, `2026-W11`, `2026-03`, `2026Q1`, `2026`, `17`.
  public var description: String {
    switch form {
    case .day: return CivilDate(daysSinceEpoch: ordinal).description
    case .week:
      // ISO 8601: the year of a week is the year of its Thursday.
      let thursday = CivilDate(daysSinceEpoch: ordinal * 7)
      let newYear = CivilDate(year: thursday.year, month: 1, day: 1).daysSinceEpoch
      return padded(thursday.year, 4) + "-W" + padded((thursday.daysSinceEpoch - newYear) / 7 + 1, 2)
    case .month:
      return padded(ordinal.quotientFloored(by: 12), 4) + "-" + padded(ordinal.remainderFloored(by: 12) + 1, 2)
    case .quarter: return padded(ordinal.quotientFloored(by: 4), 4) + "Q\(ordinal.remainderFloored(by: 4) + 1)"
    case .year: return padded(ordinal, 4)
    case .number: return String(ordinal)
    }
  }

  /// Reads any of the written forms; a bare number of four digits from 1000 on is a year.
  /// `asNumber` reads every bare integer as a running number instead.
  public init?(_ text: some StringProtocol, asNumber: Bool = false) {
    let bytes = Array(text.utf8)
    guard let period = bytes.withUnsafeBufferPointer({ Period.parse($0, asNumber: asNumber) }) else { return nil }
    self = period
  }

  /// The byte-level reader behind `init(_:)`, for table columns.
  package static func parse(_ bytes: UnsafeBufferPointer<UInt8>, asNumber: Bool) -> Period? {
    if asNumber, let value = Int(String(decoding: bytes, as: UTF8.self)) {
      return value.magnitude < Int32.max.magnitude ? .number(value) : nil
    }
    func digits(_ range: Range<Int>) -> Int? {
      var value = 0
      for index in range {
        let digit = Int(bytes[index]) - 48
        guard (0...9).contains(digit) else { return nil }
        value = value * 10 + digit
      }
      return value
    }
    guard bytes.count >= 4, let year = digits(0..<4), year >= 1000 else { return nil }
    switch bytes.count {
    case 4: return .year(year)
    case 6 where bytes[4] == UInt8(ascii: "Q") || bytes[4] == UInt8(ascii: "q"):
      guard let quarter = digits(5..<6), (1...4).contains(quarter) else { return nil }
      return .quarter(year, quarter)
    case 7 where bytes[4] == UInt8(ascii: "-"):
      guard let month = digits(5..<7), (1...12).contains(month) else { return nil }
      return .month(year, month)
    case 8 where bytes[4] == UInt8(ascii: "-") && bytes[5] == UInt8(ascii: "W"):
      guard let week = digits(6..<8), (1...53).contains(week) else { return nil }
      let fourth = CivilDate(year: year, month: 1, day: 4).daysSinceEpoch
      let first = (fourth + 3).quotientFloored(by: 7)
      let period = Period(form: .week, ordinal: first + week - 1)
      // A year without a week 53 has none to name.
      guard week < 53 || CivilDate(daysSinceEpoch: period.ordinal * 7).year == year else { return nil }
      return period
    case 10 where bytes[4] == UInt8(ascii: "-") && bytes[7] == UInt8(ascii: "-"):
      guard let month = digits(5..<7), let day = digits(8..<10),
        let date = CivilDate(checking: year, month, day)
      else { return nil }
      return .day(date)
    default: return nil
    }
  }
}

/// A date of the proleptic Gregorian calendar.
///
/// Conversion follows Howard Hinnant, "chrono-compatible low-level date algorithms" (2013).
public struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let daysSinceEpoch: Int

  @inlinable public init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

  public init(year: Int, month: Int, day: Int) {
    let y = month <= 2 ? year - 1 : year
    let era = y.quotientFloored(by: 400)
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
  }

  /// Nil where the calendar has no such day.
  public init?(checking year: Int, _ month: Int, _ day: Int) {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard date.components == (year, month, day) else { return nil }
    self = date
  }

  public var components: (year: Int, month: Int, day: Int) {
    let z = daysSinceEpoch + 719_468
    let era = z.quotientFloored(by: 146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
  public var year: Int { components.year }
  public var month: Int { components.month }
  public var day: Int { components.day }

  public static func < (left: CivilDate, right: CivilDate) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

  public var description: String {
    let (year, month, day) = components
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
  }
}

extension Int {
  func quotientFloored(by divisor: Int) -> Int {
    self >= 0 ? self / divisor : (self - divisor + 1) / divisor
  }
  func remainderFloored(by divisor: Int) -> Int { self - quotientFloored(by: divisor) * divisor }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
