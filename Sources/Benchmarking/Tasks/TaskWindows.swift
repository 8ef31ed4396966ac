internal import ChannelTypes
internal import Specifications
internal import Tables
internal import TimeSeries

/// Cuts the series of a group into training and test parts.
struct TaskWindows {
  let suite: BenchmarkSuite
  let task: BenchmarkTask
  let table: SeriesTable

  private struct Cut {
    var series: Int
    /// Values that are training.
    var training: Int
  }

  /// The windows, the latest first; nil with an error among the findings.
  func panels(findings: inout Findings) -> [BenchmarkPanel]? {
    let cuts: [(label: String, cuts: [Cut])]
    var horizon = table.horizon ?? 1
    switch task.split {
    case .test:
      let longest = table.values.indices.map { table.values[$0].count - table.trainingCounts[$0] }.max() ?? 0
      if table.horizon == nil { horizon = max(1, longest) }
      cuts = [("", table.values.indices.map { Cut(series: $0, training: table.trainingCounts[$0]) })]
    case .ends(let count, let step):
      cuts = ends(count, step ?? horizon, horizon)
    case .dates(let count, let step, let cutoffs):
      guard let found = dates(count, step ?? horizon, cutoffs, horizon, &findings) else { return nil }
      cuts = found
    }
    let panels = cuts.compactMap { panel($0.label, $0.cuts, horizon) }
    if panels.isEmpty {
      findings.add(
        suite.diagnostic(
          BenchmarkCodes.noSeries, "no series of `\(label)` is long enough", at: task.place,
          hint: "it needs \(task.minimumTraining) periods of training and \(horizon) to test on"))
      return nil
    }
    return panels
  }

  private var label: String { table.group.map { "\(task.name) \($0)" } ?? task.name }

  private func ends(_ count: Int, _ step: Int, _ horizon: Int) -> [(label: String, cuts: [Cut])] {
    (0..<count).map { window in
      let back = horizon + window * step
      return (
        count == 1 ? "" : "\(back) before the end",
        table.values.indices.map { Cut(series: $0, training: table.values[$0].count - back) }
      )
    }
  }

  private func dates(
    _ count: Int, _ step: Int, _ cutoffs: [String], _ horizon: Int, _ findings: inout Findings
  ) -> [(label: String, cuts: [Cut])]? {
    var ends: [Int] = []
    for text in cutoffs {
      guard let period = TimeColumn.period(text), period.form == table.form else {
        findings.add(
          suite.diagnostic(
            BenchmarkCodes.badTask, "the cutoff `\(text)` is no time of `\(label)`", at: task.place,
            hint: "write it as the table does, such as \(table.period(table.starts.first ?? 0))"))
        return nil
      }
      ends.append((period.ordinal - table.offset) / table.step)
    }
    if ends.isEmpty, let best = bestCutoff(horizon) { ends = (0..<count).map { best - $0 * step } }
    return ends.map { end in
      let cuts = table.values.indices.map { Cut(series: $0, training: end - table.starts[$0] + 1) }
      // A common date tests every series on the same periods.
      return (
        table.period(end).description,
        cuts.filter { table.values[$0.series].count - $0.training >= horizon && $0.training >= 1 }
      )
    }
  }

  /// The earliest of the dates at which most series have a whole test part and enough training.
  private func bestCutoff(_ horizon: Int) -> Int? {
    var changes: [Int: Int] = [:]
    for series in table.values.indices {
      let first = table.starts[series] + task.minimumTraining - 1
      let last = table.starts[series] + table.values[series].count - 1 - horizon
      guard first <= last else { continue }
      changes[first, default: 0] += 1
      changes[last + 1, default: 0] -= 1
    }
    var (fitting, most, best) = (0, 0, Int?.none)
    for date in changes.keys.sorted() {
      fitting += changes[date] ?? 0
      if fitting > most { (most, best) = (fitting, date) }
    }
    return best
  }

  private func panel(_ window: String, _ cuts: [Cut], _ horizon: Int) -> BenchmarkPanel? {
    let usable = cuts.filter { cut in
      cut.training >= max(1, task.minimumTraining) && cut.training < table.values[cut.series].count
        && table.values[cut.series][..<cut.training].contains { !$0.isNaN }
    }
    guard !usable.isEmpty else { return nil }
    var history = SeriesPanel(season: table.season)
    var actual: [Double] = []
    for cut in usable {
      let values = table.values[cut.series]
      history.append(Array(values[..<cut.training]).span)
      let test = values[cut.training...].prefix(horizon)
      actual += test + [Double](repeating: .nan, count: horizon - test.count)
    }
    let metricSeason = table.metricSeason ?? table.season
    return BenchmarkPanel(
      task: label, window: window, ids: usable.map { table.ids[$0.series] }, history: history,
      lastPeriods: usable.map { table.period(table.starts[$0.series] + $0.training - 1) }, periodStep: table.step,
      horizon: horizon, metricSeason: metricSeason,
      outcome: PanelOutcome(history: history, actual: actual, horizon: horizon, season: metricSeason))
  }
}
