internal import ChannelTypes
internal import Tables

/// Finds the step of a table's times from the differences inside its series.
struct StepSurvey {
  /// How often neighbouring times differ by the same amount, and a row that shows it.
  struct Difference {
    var count = 0
    var row = 0
    /// How many series have no other difference.
    var uniformSeries = 0
  }

  /// A table of differences with the largest step that divides them all.
  struct Differences {
    private(set) var counts: [Int: Difference] = [:]
    private(set) var divisor = 0
    private(set) var pairs = 0
    /// The sum of all differences.
    private(set) var total = 0

    mutating func add(_ difference: Int, times: Int, row: Int) {
      pairs += times
      total += difference * times
      divisor = StepSurvey.greatestDivisor(divisor, difference)
      // A table without any regularity is not worth a large dictionary.
      guard counts.count < 512 || counts[difference] != nil else { return }
      if counts[difference] == nil { counts[difference] = Difference(row: row) }
      counts[difference]?.count += times
    }

    mutating func addUniform(_ difference: Int) { counts[difference]?.uniformSeries += 1 }

    var most: (difference: Int, count: Int)? {
      counts.max { ($0.value.count, -$0.key) < ($1.value.count, -$1.key) }.map { ($0.key, $0.value.count) }
    }
  }

  private let notation: TimeNotation
  private var counts = Differences()
  private var months = Differences()
  /// Whether every series falls on one day of the month, and whether all dates are the last of their month.
  private var isOnOneDay = true
  private var isMonthEnd = true
  private var isOnWorkdays = true
  /// The first row that is not on the day of the month of its series.
  private var oddRow: Int?
  private(set) var seriesCount = 0
  private var severalCount = 0
  /// The series with the widest span for its number of rows.
  private var widest: (ratio: Double, span: Int, rows: Int, row: Int)?

  init(_ notation: TimeNotation) { self.notation = notation }

  private static func greatestDivisor(_ left: Int, _ right: Int) -> Int {
    var (left, right) = (left, right)
    while right != 0 { (left, right) = (right, left % right) }
    return left
  }

  /// Looks at the times of a series, ascending and different.
  mutating func add(_ times: [Int], rows: [Int]) {
    seriesCount += 1
    if times.count > 1 {
      severalCount += 1
      StepSurvey.add(times, rows, to: &counts) { $1 - $0 }
      let span = times[times.count - 1] - times[0]
      let ratio = Double(span) / Double(1000 + times.count)
      if ratio > widest?.ratio ?? 0 { widest = (ratio, span, times.count, rows[rows.count - 1]) }
    }
    guard notation.kind == .date else { return }
    if isOnWorkdays { isOnWorkdays = times.allSatisfy { ($0 - 4).floored(by: 7).remainder < 5 } }
    if isOnOneDay { addMonths(times, rows) }
  }

  private static func add(
    _ times: [Int], _ rows: [Int], to table: inout Differences, _ difference: (Int, Int) -> Int
  ) {
    var last = difference(times[0], times[1])
    var run = 0
    var isUniform = true
    let first = last
    for index in 1..<times.count {
      let next = difference(times[index - 1], times[index])
      if next == last {
        run += 1
      } else {
        table.add(last, times: run, row: rows[index - 1])
        last = next
        run = 1
        isUniform = false
      }
    }
    table.add(last, times: run, row: rows[rows.count - 1])
    if isUniform { table.addUniform(first) }
  }

  private mutating func addMonths(_ times: [Int], _ rows: [Int]) {
    let dates = times.map { CivilDate(daysSinceEpoch: $0).components }
    let anchor = dates.reduce(1) { max($0, $1.day) }
    for date in dates where date.day != anchor || isMonthEnd {
      let last = StepSurvey.lastDay(date.year, date.month)
      if date.day != last { isMonthEnd = false }
      if date.day != min(anchor, last) {
        isOnOneDay = false
        oddRow = StepSurvey.oddDay(dates.map(\.day)).map { rows[$0] }
        return
      }
    }
    let ordinals = dates.map { $0.year * 12 + $0.month - 1 }
    guard zip(ordinals, ordinals.dropFirst()).allSatisfy({ $0 < $1 }) else {
      isOnOneDay = false
      return
    }
    if ordinals.count > 1 { StepSurvey.add(ordinals, rows, to: &months) { $1 - $0 } }
  }

  /// The first date that is not on the day of the month that most are on.
  private static func oddDay(_ days: [Int]) -> Int? {
    var counts = [Int](repeating: 0, count: 32)
    for day in days { counts[day] += 1 }
    let usual = counts.indices.max { (counts[$0], -$0) < (counts[$1], -$1) }
    return days.firstIndex { $0 != usual }
  }

  private static func lastDay(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // MARK: What was found

  /// What the step is, how much is missing, and which rows do not fit.
  struct Result {
    var grid: TimeGrid
    /// Periods between the first and the last row of a series that have no row.
    var missingCount: Int
    /// How many series have such periods.
    var gappyCount: Int
    /// A row whose time is not on the step that the others keep.
    var oddRow: (row: Int, step: String)?
    /// A row that makes a series implausibly long.
    var farRow: (row: Int, periods: Int)?
  }

  func result() -> Result {
    if notation.kind == .date, isOnOneDay, months.pairs > 0 {
      return result(.month(isMonthEnd: isMonthEnd), months)
    }
    guard notation.kind == .date, counts.pairs > 0 else { return result(.count, counts) }
    let share = { (range: ClosedRange<Int>) in
      counts.counts.reduce(0) { $0 + (range.contains($1.key) ? $1.value.count : 0) } * 10 >= counts.pairs * 9
    }
    if isOnWorkdays, counts.divisor == 1, counts.counts[3] != nil, share(1...4) {
      return workdays()
    }
    var found = result(.count, counts)
    if let most = counts.most, most.difference > 1, most.difference != counts.divisor {
      let isMonthly = share(28...31)
      if isMonthly, let oddRow {
        found.oddRow = (oddRow, "a month")
      } else if most.count * 10 >= counts.pairs * 8,
        let odd = counts.counts.filter({ $0.key % most.difference != 0 }).map(\.value.row).min()
      {
        found.oddRow = (odd, "\(most.difference) days")
      }
    }
    return found
  }

  private func result(_ unit: TimeGrid.Unit, _ table: Differences) -> Result {
    let step = max(1, table.divisor)
    var result = Result(
      grid: TimeGrid(notation: notation, unit: unit, step: step), missingCount: table.total / step - table.pairs,
      gappyCount: severalCount - (table.counts[step]?.uniformSeries ?? 0))
    if unit == .count, let widest, widest.span / step > 100_000 + 100 * widest.rows {
      result.farRow = (widest.row, widest.span / step)
    }
    return result
  }

  /// Over a weekend three days are one step.
  private func workdays() -> Result {
    let grid = TimeGrid(notation: notation, unit: .workday, step: 1)
    return Result(grid: grid, missingCount: 0, gappyCount: 0)
  }
}
