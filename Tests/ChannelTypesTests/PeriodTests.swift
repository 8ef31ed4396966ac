import ChannelTypes
import Testing

@Suite struct PeriodTests {
  private func padded(_ value: Int, _ width: Int) -> String {
    String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
  }

  /// A calendar that counts day after day, with nothing in common with the closed formulas under test.
  private struct Walk {
    var year: Int
    var month = 1
    var day = 1
    var dayOfYear = 1
    /// Monday is 1.
    var weekday: Int

    var isLeap: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var monthLength: Int { [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] }

    mutating func advance() {
      weekday = weekday % 7 + 1
      day += 1
      dayOfYear += 1
      guard day > monthLength else { return }
      day = 1
      month += 1
      guard month > 12 else { return }
      month = 1
      dayOfYear = 1
      year += 1
    }

    /// ISO 8601: the week of a day is that of its Thursday.
    var isoWeek: (year: Int, week: Int) {
      let week = (dayOfYear - weekday + 10) / 7
      if week == 0 {
        let previous = Walk(year: year - 1, weekday: 1)
        let length = previous.isLeap ? 366 : 365
        return (year - 1, (length + dayOfYear - weekday + 10) / 7)
      }
      let length = isLeap ? 366 : 365
      // The Thursday of this week lies in the next year.
      if dayOfYear + 4 - weekday > length { return (year + 1, 1) }
      return (year, week)
    }
  }

  @Test func daysAndWeeksAgreeWithACalendarThatCounts() throws {
    // 1970-01-01 was a Thursday.
    var walk = Walk(year: 1970, weekday: 4)
    for ordinal in 0..<50_000 {
      let text = padded(walk.year, 4) + "-" + padded(walk.month, 2) + "-" + padded(walk.day, 2)
      let day = Period(form: .day, ordinal: ordinal)
      let (year, week) = walk.isoWeek
      let weekText = padded(year, 4) + "-W" + padded(week, 2)
      let containing = try #require(day.containing(.week))
      let agrees =
        day.description == text && Period(text) == day && containing.description == weekText
        && Period(weekText) == containing && (walk.weekday != 1 || containing.firstDay == day.firstDay)
        && day.containing(.month) == .month(walk.year, walk.month)
        && day.containing(.quarter) == .quarter(walk.year, (walk.month + 2) / 3)
        && day.containing(.year) == .year(walk.year)
      #expect(agrees, "\(text), \(weekText)")
      walk.advance()
    }
    #expect(walk.year == 2106)
  }

  @Test func everyFormReadsBack() {
    for year in [1000, 1899, 1970, 2000, 2026, 9999] {
      for month in 1...12 {
        let period = Period.month(year, month)
        #expect(Period(period.description) == period)
        #expect(period.month == month)
        #expect(period.containing(.quarter)?.firstDay?.month == (month - 1) / 3 * 3 + 1)
      }
      for quarter in 1...4 { #expect(Period(Period.quarter(year, quarter).description) == .quarter(year, quarter)) }
      #expect(Period(Period.year(year).description) == .year(year))
    }
    #expect(Period("40", asNumber: true) == .number(40))
    #expect(Period("-3", asNumber: true) == .number(-3))
    // A plan by weeks may write them as running numbers or by the calendar.
    #expect(Period("2026-W05", asNumber: true)?.form == .week)
    #expect(Period("2026q1") == .quarter(2026, 1))
  }

  @Test(arguments: [
    "", "26", "0999", "2026-00", "2026-13", "2026-02-29", "2026-04-31", "2026-1", "2026Q0", "2026Q5", "2026-W00",
    "2026-W54", "2025-W53", "2026/01", "2026-01-01T00", "２０２６", "20260101", "2026-0a", "2026-01-1x",
  ])
  func refused(text: String) { #expect(Period(text) == nil) }

  @Test func leapDaysAndLongYears() {
    #expect(Period("2024-02-29") != nil)
    #expect(Period("1900-02-29") == nil)
    #expect(Period("2000-02-29") != nil)
    #expect(Period("2020-W53")?.firstDay?.description == "2020-12-28")
    #expect(Period("2026-W53")?.firstDay?.description == "2026-12-28")
  }

  @Test func differencesCountPeriods() {
    #expect(Period.month(2027, 1).ordinal - Period.month(2026, 1).ordinal == 12)
    #expect(Period.quarter(2025, 4).advanced(by: 1) == .quarter(2026, 1))
    #expect(Period("2026-W01")?.advanced(by: -1) == Period("2025-W52"))
    #expect(Period.number(3).firstDay == nil)
    #expect(Period.month(2026, 1).containing(.day) == nil)
  }
}
