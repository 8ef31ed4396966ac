import ChannelTypes
import Tables

/// The dates that move demand in China.
enum SalesCalendar {
  /// The first day of the Lunar New Year. Source: the Chinese calendar as published by Purple Mountain Observatory.
  static func lunarNewYear(_ year: Int) -> CivilDate? {
    let days: [Int: (month: Int, day: Int)] = [
      2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6),
      2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23),
    ]
    return days[year].map { CivilDate(year: year, month: $0.month, day: $0.day) }
  }

  /// How the weeks around the Lunar New Year fall into a month: the shares of the 21 days before it (presents and
  /// stocking up) and of the 15 days from it on (shops and sites closed).
  static func newYearShares(_ specification: NetworkSpecification, _ month: Int) -> (rush: Double, pause: Double) {
    let first = specification.firstDay(month)
    guard let newYear = lunarNewYear(first.year) else { return (0, 0) }
    let last = specification.firstDay(month + 1).daysSinceEpoch
    func overlap(_ from: Int, _ to: Int) -> Double { Double(max(0, min(to, last) - max(from, first.daysSinceEpoch))) }
    let day = newYear.daysSinceEpoch
    return (overlap(day - 21, day) / 21, overlap(day, day + 15) / 15)
  }

  /// Days of a named event in a month: `lunar_new_year` the eight days of the holiday, `618` the shopping days of
  /// June, `double_eleven` those of November, `national_day` the first week of October.
  static func eventDays(_ specification: NetworkSpecification, _ month: Int) -> [(name: String, days: Double)] {
    let first = specification.firstDay(month)
    var events: [(name: String, days: Double)] = []
    if let newYear = lunarNewYear(first.year) {
      let last = specification.firstDay(month + 1).daysSinceEpoch
      let start = newYear.daysSinceEpoch
      let days = max(0, min(start + 7, last) - max(start - 1, first.daysSinceEpoch))
      if days > 0 { events.append(("lunar_new_year", Double(days))) }
    }
    switch first.month {
    case 6: events.append(("618", 18))
    case 10: events.append(("national_day", 7))
    case 11: events.append(("double_eleven", 11))
    default: break
    }
    return events
  }

  /// Events of the history and of the year after it, for all regions.
  static func table(_ specification: NetworkSpecification) -> Table {
    var (periods, names, values) = ([Period](), [String?](), [Double]())
    for month in 0..<(specification.months + 12) {
      for event in eventDays(specification, month) {
        periods.append(specification.month(month))
        names.append(event.name)
        values.append(event.days)
      }
    }
    return Table(
      name: "events",
      columns: [
        .months("period", periods), .text("region", periods.map { _ in "all" }), .text("name", names),
        .real("value", values),
      ])
  }
}
