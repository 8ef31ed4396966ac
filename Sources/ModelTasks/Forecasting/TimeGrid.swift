internal import ChannelTypes
internal import Tables

/// The regular steps in which the times of a table follow one another.
struct TimeGrid: Sendable, Hashable {
  enum Unit: Sendable, Hashable {
    /// The count of the notation itself: days, ISO weeks, months, quarters, or running numbers.
    case count
    /// Dates a number of months apart: on the same day of the month, or always on its last day.
    case month(isMonthEnd: Bool)
    /// Dates from Monday to Friday.
    case workday
  }

  let notation: TimeNotation
  let unit: Unit
  /// How many units a step is.
  let step: Int

  /// Places of a table's times on a line of units.
  func ordinal(_ time: Int) -> Int { TimeGrid.ordinal(time, unit) }

  static func ordinal(_ time: Int, _ unit: Unit) -> Int {
    switch unit {
    case .count: return time
    case .month:
      let (year, month, _) = CivilDate(daysSinceEpoch: time).components
      return year * 12 + month - 1
    case .workday:
      // 1970-01-05 was a Monday.
      let (week, day) = (time - 4).floored(by: 7)
      return week * 5 + min(day, 4)
    }
  }

  /// The time of a place; `anchor` is the day of the month that the series falls on.
  func time(atOrdinal ordinal: Int, anchor: Int) -> Int {
    switch unit {
    case .count: return ordinal
    case .month(let isMonthEnd):
      let (year, month) = ordinal.floored(by: 12)
      let next = (ordinal + 1).floored(by: 12)
      let last = CivilDate(year: next.quotient, month: next.remainder + 1, day: 1).daysSinceEpoch - 1
      let first = CivilDate(year: year, month: month + 1, day: 1).daysSinceEpoch
      return isMonthEnd ? last : min(last, first + anchor - 1)
    case .workday:
      let (week, day) = ordinal.floored(by: 5)
      return week * 7 + day + 4
    }
  }

  /// The day of the month that the times of a series fall on; shorter months have it on their last day.
  func anchor(_ times: some Sequence<Int>) -> Int {
    guard case .month(isMonthEnd: false) = unit else { return 31 }
    return times.reduce(1) { max($0, CivilDate(daysSinceEpoch: $1).day) }
  }

  /// Periods in a season where the user names none.
  var season: Int {
    let perYear =
      switch (notation.kind, unit) {
      case (.date, .month), (.month, _): 12
      case (.quarter, _): 4
      case (.week, _): 52
      case (.date, .workday): 5
      case (.date, .count): 7
      case (.number, _): 1
      }
    if notation.kind == .date, unit == .count, step % 7 == 0 { return max(1, 52 / (step / 7)) }
    return perYear % step == 0 ? perYear / step : 1
  }

  /// `months`, for messages.
  var periods: String {
    switch (notation.kind, unit, step) {
    case (.date, .month, 1), (.month, _, 1): "months"
    case (.date, .month, 3), (.month, _, 3), (.quarter, _, 1): "quarters"
    case (.date, .month, 12), (.month, _, 12), (.quarter, _, 4): "years"
    case (.date, .count, 1): "days"
    case (.date, .count, 7), (.week, _, 1): "weeks"
    case (.date, .workday, _): "working days"
    default: "periods"
    }
  }
}

extension Int {
  /// The quotient rounded down and the remainder from 0.
  func floored(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let quotient = self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    return (quotient, self - quotient * divisor)
  }
}
