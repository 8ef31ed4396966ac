package import ChannelTypes

/// The calendar of events that move demand in China and that a yearly season does not catch, because their dates move
/// or because they are narrower than a season can follow.
package enum ChineseEvents {
  /// The first day of the lunar year (正月初一), 2015 to 2035.
  /// Source: Hong Kong Observatory, Gregorian-lunar calendar conversion tables.
  static let lunarNewYears: [CivilDate] = [
    (2015, 2, 19), (2016, 2, 8), (2017, 1, 28), (2018, 2, 16), (2019, 2, 5), (2020, 1, 25), (2021, 2, 12),
    (2022, 2, 1), (2023, 1, 22), (2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26),
    (2029, 2, 13), (2030, 2, 3), (2031, 1, 23), (2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8),
  ].map { CivilDate(year: $0.0, month: $0.1, day: $0.2) }

  /// Names of the columns that `shares(of:)` gives.
  static let names = ["lunar_new_year_before", "lunar_new_year_holiday", "mid_year_festival", "singles_day"]

  /// Those that fall on the same days every year.
  static let fixedNames: Set<String> = ["mid_year_festival", "singles_day"]

  /// The share of each event's days that fall into a period: buying in the three weeks before the New Year, the quiet
  /// fifteen days from it to the Lantern Festival, the festival of 1-18 June (618) and of 1-11 November (11.11).
  /// Zeros for running numbers, which have no date.
  static func shares(of period: Period) -> [Double] {
    guard let first = period.firstDay?.daysSinceEpoch, let end = period.advanced(by: 1).firstDay?.daysSinceEpoch else {
      return names.map { _ in 0 }
    }
    let days = first..<end
    let year = CivilDate(daysSinceEpoch: (first + end) / 2).year
    let newYear = lunarNewYears.first { $0.year == year }?.daysSinceEpoch
    let june = CivilDate(year: year, month: 6, day: 1).daysSinceEpoch
    let november = CivilDate(year: year, month: 11, day: 1).daysSinceEpoch
    return [
      newYear.map { share(of: $0 - 21..<$0, in: days) } ?? 0,
      newYear.map { share(of: $0..<$0 + 15, in: days) } ?? 0,
      share(of: june..<june + 18, in: days), share(of: november..<november + 11, in: days),
    ]
  }

  /// Whether a different part of the weeks around the Lunar New Year falls into the two periods, so that comparing them
  /// says more of the calendar than of trade: January and February in most years. A part below a tenth does not count.
  package static func lunarNewYearDiffers(_ period: Period, _ other: Period) -> Bool {
    zip(shares(of: period), shares(of: other)).prefix(2).contains { abs($0 - $1) > 0.1 }
  }

  private static func share(of event: Range<Int>, in period: Range<Int>) -> Double {
    Double(event.clamped(to: period).count) / Double(event.count)
  }
}
