internal import Specifications
internal import Tables
internal import TimeSeries

/// Judges the contestants of one task when all have had their turn.
struct TaskJudgement {
  let suite: BenchmarkSuite
  let task: BenchmarkTask
  let panels: [BenchmarkPanel]
  /// The benchmark's forecast of each panel.
  let naive: [(forecast: PanelForecast, scores: PanelScores)]
  var scores: [ContestantScores] = []

  init(suite: BenchmarkSuite, task: BenchmarkTask, panels: [BenchmarkPanel]) {
    self.suite = suite
    self.task = task
    self.panels = panels
    naive = panels.map { panel in
      let forecast = NaiveBenchmark.forecast(panel.history, horizon: panel.horizon, season: panel.metricSeason)
      return (forecast, PanelScores(forecast, against: panel.outcome))
    }
  }

  /// The series of all windows, each once, in order of first appearance.
  private var ids: [String] {
    var seen: Set<String> = []
    return panels.flatMap(\.ids).filter { seen.insert($0).inserted }
  }

  var name: String { panels.first?.task ?? task.name }

  var result: TaskResult {
    let ids = ids
    var board = Leaderboard(
      names: scores.map(\.name), status: scores.map(\.status), uses: scores.map(\.use),
      summaries: scores.map { $0.summary(levels: suite.levels) },
      rankErrors: scores.flatMap { score in ids.map { score.rankError($0) } },
      scaledErrors: scores.map { score in ids.map { score.scaledError($0) } })
    if ids.count == 1 {
      // With one series its times take the place of series.
      board.rankErrors = scores.flatMap(\.errorsInTime)
      board.scaledErrors = scores.map(\.errorsInTime)
      board.horizonOfTimes = panels.first?.horizon
    }
    return TaskResult(
      board, suite: suite, name: name, seriesCount: ids.count, windows: panels.count, horizon: panels.first?.horizon,
      season: panels.first?.history.season, valueAdded: valueAdded)
  }

  private var valueAdded: ForecastValueAdded? {
    let steps = task.valueAdded.compactMap { step in scores.first { $0.name == step.value } }
    guard steps.count > 1 else { return nil }
    var columns = steps.map(\.medians)
    // A plan that was not changed keeps the forecast of the step before.
    for place in columns.indices.dropFirst() {
      for row in columns[place].indices where columns[place][row].isNaN {
        columns[place][row] = columns[place - 1][row]
      }
    }
    return ForecastValueAdded(
      actual: panels.flatMap(\.outcome.actual), steps: zip(steps.map(\.name), columns).map { ($0, $1) })
  }

  /// All series of all tasks, and the contestants that took part in every one.
  static func overall(_ judged: [TaskJudgement], _ results: [TaskResult], _ suite: BenchmarkSuite) -> TaskResult? {
    guard judged.count > 1, let first = judged.first else { return nil }
    let names = first.scores.map(\.name).filter { name in
      judged.allSatisfy { $0.scores.contains { $0.name == name } }
    }
    guard !names.isEmpty else { return nil }
    let scores = names.map { name in judged.compactMap { $0.scores.first { $0.name == name } } }
    func errors(_ contestant: Int, _ error: (ContestantScores, String) -> Double) -> [Double] {
      zip(judged, scores[contestant]).flatMap { task, score in task.ids.map { error(score, $0) } }
    }
    let status = scores.map { parts -> BenchmarkEntry.Status in
      if parts.allSatisfy({ $0.status == .failed }) { return .failed }
      let missing = parts.reduce(0) { $0 + $1.missing }
      return missing > 0 ? .partial(missing: missing) : .complete
    }
    let summaries = scores.map { parts in ScoreSummary.mean(parts.map { $0.summary(levels: suite.levels) }) }
    let board = Leaderboard(
      names: names, status: status, uses: scores.map { $0.map(\.use).reduce(.none, +) }, summaries: summaries,
      rankErrors: names.indices.flatMap { errors($0) { $0.rankError($1) } },
      scaledErrors: names.indices.map { errors($0) { $0.scaledError($1) } })
    return TaskResult(
      board, suite: suite, name: "all", seriesCount: results.reduce(0) { $0 + $1.seriesCount },
      windows: results.reduce(0) { $0 + $1.windows }, horizon: nil, season: nil, valueAdded: nil)
  }

  /// Bars of the task that a model does not reach.
  func missedBars(_ result: TaskResult) -> [Diagnostic] {
    let group = name == task.name ? nil : String(name.dropFirst(task.name.count + 1))
    return task.bars.compactMap { bar in
      if let wanted = bar.group, wanted != group { return nil }
      guard let entry = result.entries.first(where: { $0.name == bar.model }) else { return nil }
      let value = value(of: bar.measure, entry)
      let isReached = value <= bar.atMost ?? .infinity && value >= bar.atLeast ?? -.infinity
      guard !isReached else { return nil }
      let shown = (value * 1e4).rounded() / 1e4
      let limit = [bar.atMost.map { "at most \($0.written)" }, bar.atLeast.map { "at least \($0.written)" }]
        .compactMap(\.self).joined(separator: " and ")
      return suite.diagnostic(
        BenchmarkCodes.barMissed, .warning,
        "`\(bar.model)` has \(bar.measure) \(shown.written) in `\(name)`, where \(limit) is asked for", at: bar.place)
    }
  }

  private func value(of measure: String, _ entry: BenchmarkEntry) -> Double {
    let scores = entry.scores
    switch measure {
    case "owa": return scores.owa
    case "mase": return scores.mase
    case "rmsse": return scores.rmsse
    case "wrmsse": return scores.wrmsse
    case "smape": return scores.smape
    case "wape": return scores.wape
    case "crps": return scores.crps
    case "coverage": return scores.coverage.last ?? .nan
    case "msis": return scores.msis.last ?? .nan
    default: return entry.use.cpuSeconds
    }
  }
}

/// The material of a leaderboard, contestants in the order of the suite.
struct Leaderboard {
  var names: [String]
  var status: [BenchmarkEntry.Status]
  var uses: [ResourceUse]
  var summaries: [ScoreSummary]
  /// contestant × series, contiguous.
  var rankErrors: [Double]
  var scaledErrors: [[Double]]
  /// Steps ahead of the errors, where they are those of one series over time.
  var horizonOfTimes: Int?

  /// The p-value of no difference between two contestants: Wilcoxon's test over series, Diebold and Mariano's over the
  /// times of one series.
  func pValue(_ first: Int, _ second: Int) -> Double {
    let (own, other) = (scaledErrors[first], scaledErrors[second])
    guard let horizonOfTimes else { return PairedTests.wilcoxon(own.span, other.span) }
    return DieboldMariano(own.span, other.span, horizon: horizonOfTimes)?.pValue ?? 1
  }
}

extension TaskResult {
  init(
    _ board: Leaderboard, suite: BenchmarkSuite, name: String, seriesCount: Int, windows: Int, horizon: Int?,
    season: Int?, valueAdded: ForecastValueAdded?
  ) {
    let count = board.names.count
    let comparison =
      count > 1 ? RankComparison(errors: board.rankErrors, methods: count, significance: suite.significance) : nil
    let letters = comparison?.letters
    func rank(_ index: Int) -> Double { comparison?.meanRanks[index] ?? 1 }
    let order = board.names.indices.sorted { left, right in
      let failed = (board.status[left] == .failed, board.status[right] == .failed)
      if failed.0 != failed.1 { return failed.1 }
      return (rank(left), left) < (rank(right), right)
    }
    let best = order.first ?? 0
    // Each against the best, adjusted for how many tests there are.
    let tested = order.dropFirst().filter { board.status[$0] != .failed }
    let bestErrors = board.scaledErrors.isEmpty ? [] : board.scaledErrors[best]
    let adjusted = PairedTests.holm(tested.map { board.pValue($0, best) })
    let pValues = Dictionary(uniqueKeysWithValues: zip(tested, adjusted))
    let entries = order.map { index in
      let errors = board.scaledErrors[index]
      let above = PairedTests.bootstrap(errors.span, bestErrors.span, resamples: 1000, seed: suite.seed)
      return BenchmarkEntry(
        name: board.names[index], status: board.status[index], scores: board.summaries[index], use: board.uses[index],
        meanRank: rank(index), letters: letters?[index] ?? "", pAgainstBest: pValues[index],
        aboveBest: pValues[index] == nil ? nil : above)
    }
    self.init(
      name: name, seriesCount: seriesCount, windows: windows, horizon: horizon, season: season, entries: entries,
      comparison: comparison?.reordered(order), valueAdded: valueAdded)
  }
}
