public import ChannelTypes

/// A date in a cell, with its time of day.
///
/// Workbooks store dates as numbers of days. In the 1900 system day 1 is 1900-01-01, and day 60 stands for 29 February
/// 1900, which never was: a fault of Lotus 1-2-3 that the format keeps. In the 1904 system day 0 is 1904-01-01.
///
/// Source: ECMA-376 part 1, 18.17.4 (dates and times).
public struct SpreadsheetDate: Sendable, Hashable, CustomStringConvertible {
  public let day: CivilDate
  /// Seconds since midnight, rounded; 0 for a plain date.
  public let seconds: Int
  /// What the format of the cell shows of the date: a day, a month or a year.
  public let shown: PeriodForm

  public init(_ day: CivilDate, seconds: Int = 0, shown: PeriodForm = .day) {
    self.day = day
    self.seconds = seconds
    self.shown = shown
  }

  /// The last day that a workbook can name: 9999-12-31.
  private static let lastDay = CivilDate(year: 9999, month: 12, day: 31).daysSinceEpoch

  /// The date of a stored number; nil where it names none: a time without a day, day 60 of the 1900 system, and what
  /// lies outside the calendar of the application.
  init?(serial: Double, is1904: Bool, shown: PeriodForm) {
    guard serial.isFinite, serial >= (is1904 ? 0 : 1), serial < 3e6 else { return nil }
    var number = Int(serial)
    var seconds = Int(((serial - Double(number)) * 86_400).rounded())
    if seconds == 86_400 {
      number += 1
      seconds = 0
    }
    let start: CivilDate
    if is1904 {
      start = CivilDate(year: 1904, month: 1, day: 1)
    } else {
      guard number != 60 else { return nil }
      start = number < 60 ? CivilDate(year: 1899, month: 12, day: 31) : CivilDate(year: 1899, month: 12, day: 30)
    }
    let day = start.daysSinceEpoch + number
    guard day <= Self.lastDay else { return nil }
    self.init(CivilDate(daysSinceEpoch: day), seconds: seconds, shown: shown)
  }

  /// The day, month or year that the cell shows.
  public var period: Period { Period.day(day).containing(shown) ?? .day(day) }

  /// `2026-03-14`, `2026-03` where only the month is shown, `2026-03-14 09:30:00` with a time of day.
  public var description: String {
    guard seconds > 0, shown == .day else { return period.description }
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : String($0) }
    return "\(day) \(parts.joined(separator: ":"))"
  }
}
