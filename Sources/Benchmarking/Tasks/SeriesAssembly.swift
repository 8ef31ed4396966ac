internal import ChannelTypes
internal import Specifications
internal import Tables

/// Puts the rows of one group's series in order of time, at equal distances.
struct SeriesAssembly {
  let suite: BenchmarkSuite
  let task: BenchmarkTask
  let group: String?

  typealias Source = (id: String, rows: [SeriesTableReader.Row], form: PeriodForm, firstRow: Int)

  /// Nil with an error among the findings.
  mutating func table(_ sources: [Source], _ cells: RowCells, _ findings: inout Findings) -> SeriesTable? {
    guard let form = sources.first?.form else { return nil }
    var table = SeriesTable(group: group)
    // Series written in another way than the first cannot share its calendar.
    let usable = sources.filter { $0.form == form }
    if usable.count < sources.count {
      findings.add(
        suite.diagnostic(
          BenchmarkCodes.badTime, .warning,
          "\(sources.count - usable.count) series of `\(label)` write times in another way", at: task.time.place,
          hint: "they are left out"))
    }
    // Empty cells before the first and after the last value are no observations.
    var sorted = usable.map { source in
      let rows = source.rows.sorted { $0.ordinal < $1.ordinal }
      let first = rows.firstIndex { !$0.value.isNaN } ?? 0
      let last = rows.lastIndex { !$0.value.isNaN } ?? -1
      return Array(rows[first..<max(first, last + 1)])
    }
    (table.form, table.step, table.offset) = Self.calendar(form, &sorted)
    var isWhole = true
    for (source, rows) in zip(usable, sorted) {
      isWhole = add(source.id, rows, to: &table, &findings) && isWhole
    }
    table.horizon = setting(task.horizon, "horizon", usable, cells, &findings)
    table.season = setting(task.season, "season", usable, cells, &findings) ?? 1
    table.metricSeason = setting(task.metricSeason, "metricSeason", usable, cells, &findings)
    return isWhole && !findings.hasErrors ? table : nil
  }

  private var label: String { group.map { "\(task.name) \($0)" } ?? task.name }

  /// How times are counted: months written as their first day as months; steps of seven days as weeks.
  private static func calendar(
    _ form: PeriodForm, _ sorted: inout [[SeriesTableReader.Row]]
  ) -> (form: PeriodForm, step: Int, offset: Int) {
    var form = form
    if form == .day, sorted.contains(where: { $0.count > 1 }),
      sorted.allSatisfy({ rows in
        rows.allSatisfy { Period(form: .day, ordinal: $0.ordinal).firstDay?.day == 1 }
      })
    {
      for series in sorted.indices {
        for row in sorted[series].indices {
          let day = Period(form: .day, ordinal: sorted[series][row].ordinal)
          sorted[series][row].ordinal = day.containing(.month)?.ordinal ?? 0
        }
      }
      form = .month
    }
    guard let first = sorted.first?.first?.ordinal else { return (form, 1, 0) }
    // The greatest step that every time is a multiple of; running numbers keep theirs.
    var step = 0
    for rows in sorted { for row in rows { step = gcd(step, (row.ordinal - first).magnitude) } }
    step = max(1, step)
    return (form, step, ((first % step) + step) % step)
  }

  private static func gcd(_ first: Int, _ second: UInt) -> Int {
    var (a, b) = (first, Int(second))
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  private func add(
    _ id: String, _ rows: [SeriesTableReader.Row], to table: inout SeriesTable, _ findings: inout Findings
  ) -> Bool {
    func index(_ row: SeriesTableReader.Row) -> Int { (row.ordinal - table.offset) / table.step }
    guard let first = rows.first, let last = rows.last else { return true }
    let start = index(first)
    var values = [Double](repeating: .nan, count: index(last) - start + 1)
    var trainingCount = values.count
    var hasTest = false
    for (position, row) in rows.enumerated() {
      if position > 0, rows[position - 1].ordinal == row.ordinal {
        let period = Period(form: table.form, ordinal: row.ordinal)
        findings.add(
          suite.diagnostic(
            BenchmarkCodes.badTime, "series `\(id)` has two rows for \(period)", at: task.data.place,
            hint: "`id` must name a series whole: list all of its key columns, or narrow `where`"))
        return false
      }
      values[index(row) - start] = row.value
      if row.isTest, !hasTest {
        hasTest = true
        trainingCount = index(row) - start
      } else if hasTest, !row.isTest {
        findings.add(
          suite.diagnostic(
            BenchmarkCodes.badTask, "series `\(id)` has training rows after its test part", at: task.place,
            hint: "the test part is the end of a series"))
        return false
      }
    }
    table.ids.append(id)
    table.starts.append(start)
    table.values.append(values)
    table.trainingCounts.append(trainingCount)
    return true
  }

  /// The number of a setting for this group.
  private func setting(
    _ setting: Located<BenchmarkTask.Setting>?, _ name: String, _ sources: [Source], _ cells: RowCells,
    _ findings: inout Findings
  ) -> Int? {
    guard let setting else { return nil }
    func refuse(_ message: String, _ hint: String) -> Int? {
      findings.add(suite.diagnostic(BenchmarkCodes.badTask, message, at: setting.place, hint: hint))
      return nil
    }
    switch setting.value {
    case .fixed(let number): return number
    case .byGroup(let numbers):
      let group = group ?? ""
      return numbers[group]
        ?? refuse("`\(name)` has no number for the group `\(group)`", "add `\(group): NUMBER`")
    case .column(let column):
      let texts = Set(sources.map { cells.text(column, $0.firstRow) ?? "" })
      guard texts.count == 1, let text = texts.first else {
        let shown = texts.sorted().prefix(3).joined(separator: ", ")
        return refuse(
          "the series of `\(label)` have different values of `\(column)`: \(shown), …",
          "`groupBy: \(column)` makes a task of each value")
      }
      guard let number = Int(text), number >= 1 else {
        return refuse("`\(column)` is `\(text)` in `\(label)`, where a whole number is expected", "name another column")
      }
      return number
    }
  }
}
