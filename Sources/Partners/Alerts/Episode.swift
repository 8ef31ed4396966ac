import Foundation

/// A stretch of months in which a series is off its course, from the month that raised the alarm (or the first of the
/// window that did) on.
struct Episode: Sendable, Hashable {
  var test: AlarmTest
  /// First month, and the month of the first alarm.
  var start: Int
  var alarm: Int
  /// Last month that was off the course, of those known.
  var end: Int
  /// How far off, in standard errors, when the alarm came.
  var statistic: Double
  /// The level before it began, that the stretch is measured against.
  var reference: Double
  /// Mean change in logarithms; below 0 is a fall.
  var change: Double
  /// What the ladder makes of it in the last month of the history; nil where it is over.
  var level: Alert.Level?

  /// The share that is lacking; negative for a rise.
  var depth: Double { 1 - exp(min(change, 700)) }
}

/// The alarms of one panel: which months raised one, and what of it is open at the end.
struct PanelAlarms: Sendable {
  /// By `AlarmTest.allCases`: months that raised an alarm.
  private(set) var fired = [Int](repeating: 0, count: AlarmTest.allCases.count)
  /// Months with any alarm, and months that could be judged or not.
  private(set) var alarms = 0
  private(set) var judged = 0
  private(set) var unknown = 0
  /// The stretch of each series that is open in the last month; nil for most.
  private(set) var open: [Episode?]

  /// After so many months a new level is the level.
  static let longest = 12
  /// A stretch ends with the first month inside the central four fifths of what was expected before it.
  fileprivate static let inside = 1.2816

  init(_ course: ExpectedCourse, _ thresholds: AlarmThresholds, _ ladder: AlertLadder) {
    open = Array(repeating: nil, count: course.seriesCount)
    for series in 0..<course.seriesCount {
      let cells = series * course.monthCount..<(series + 1) * course.monthCount
      var (current, last): (Episode?, Episode?)
      var asked = [Alert.Level?](repeating: nil, count: course.monthCount)
      for month in 0..<course.monthCount {
        let (values, windows) = AlarmStatistics.at(month, of: course.error[cells])
        guard !values[0].isNaN else {
          if !course.logs[cells.lowerBound + month].isNaN { unknown += 1 }
          // A month without a report neither ends a stretch nor lengthens it.
          if let current { asked[month] = ladder.level(months: current.end - current.start + 1, depth: current.depth) }
          continue
        }
        judged += 1
        let exceeding = AlarmTest.allCases.indices.filter { values[$0] > thresholds.values[$0] }
        for index in exceeding { fired[index] += 1 }
        if !exceeding.isEmpty { alarms += 1 }
        if var episode = current { current = episode.continues(course, series, month) ? episode : nil }
        if current == nil, let index = exceeding.max(by: { values[$0] < values[$1] }) {
          var episode = Episode(
            test: AlarmTest.allCases[index], start: month - windows[index] + 1, alarm: month, end: month,
            statistic: values[index], reference: course.level[cells.lowerBound + month - windows[index] + 1],
            change: 0)
          episode.measure(course, series)
          current = episode
        }
        last = current ?? last
        if let current { asked[month] = ladder.level(months: current.end - current.start + 1, depth: current.depth) }
      }
      // What ended goes down level by level before it is closed.
      if let level = AlertLadder.climb(asked).last ?? nil, var episode = current ?? last {
        episode.level = level
        open[series] = episode
      }
    }
  }
}

extension Episode {
  /// Takes the next month in; false where it is back on course, or the stretch has lasted so long that it is the course.
  fileprivate mutating func continues(_ course: ExpectedCourse, _ series: Int, _ month: Int) -> Bool {
    let cell = series * course.monthCount + month
    guard month - start < PanelAlarms.longest else { return false }
    let deviation = course.logs[cell] - course.offset[cell] - reference
    let limit = PanelAlarms.inside * course.spread[cell]
    guard test.isBelow ? deviation < -limit : deviation > limit else { return false }
    end = month
    measure(course, series)
    return true
  }

  /// The mean change over the stretch.
  fileprivate mutating func measure(_ course: ExpectedCourse, _ series: Int) {
    var (sum, count) = (0.0, 0.0)
    for month in start...end {
      let cell = series * course.monthCount + month
      let deviation = course.logs[cell] - course.offset[cell] - reference
      if !deviation.isNaN { (sum, count) = (sum + deviation, count + 1) }
    }
    change = count > 0 ? sum / count : 0
  }
}
