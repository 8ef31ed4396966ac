public import Benchmarking
internal import Tables
internal import TimeSeries

/// The results of a benchmark as a person reads them: a leaderboard for all tasks and one for each.
public struct BenchmarkText: Sendable {
  private let results: BenchmarkResults

  public init(_ results: BenchmarkResults) { self.results = results }

  public var text: String {
    results.boards.map { board in
      TerminalText.safe(Self.headline(board)) + "\n" + Self.table(board, results.suite).text
        + (Self.differences(board).map { TerminalText.safe($0) + "\n" } ?? "") + Self.valueAdded(board)
    }.joined(separator: "\n")
  }

  static func name(_ board: TaskResult) -> String { board.name == "all" ? "All tasks" : board.name }

  /// `M1 YEARLY: 181 series, 6 ahead, season 1`
  static func headline(_ board: TaskResult) -> String {
    var parts = ["\(NumberText.grouped(board.seriesCount)) series"]
    if let horizon = board.horizon { parts.append("\(horizon) ahead") }
    if let season = board.season { parts.append("season \(season)") }
    if board.windows > 1 { parts.append("\(board.windows) windows") }
    return "\(name(board)): " + parts.joined(separator: ", ")
  }

  /// Whether the contestants differ, and by how many ranks they must.
  static func differences(_ board: TaskResult) -> String? {
    guard let comparison = board.comparison else { return nil }
    let p = comparison.pValue < 0.0001 ? "p < 0.0001" : "p = \(NumberText.grouped(comparison.pValue, decimals: 4))"
    return "Contestants with a letter in common cannot be told apart: critical difference of mean ranks "
      + "\(NumberText.grouped(comparison.criticalDifference, decimals: 3)) (Nemenyi), Friedman \(p)."
  }

  static func table(_ board: TaskResult, _ suite: BenchmarkSuite) -> TextTable {
    let level = suite.levels.indices.last
    let name = level.map { suite.levels[$0].written } ?? ""
    var columns: [TextTable.Column] = [
      .init(""), .init("model", .left), .init("mean rank"), .init("", .left), .init("OWA"), .init("MASE"),
      .init("RMSSE"), .init("sMAPE"), .init("bias"), .init("CRPS"),
    ]
    if level != nil { columns += [.init("inside \(name)"), .init("MSIS \(name)")] }
    columns += [.init("p"), .init("CPU s"), .init("peak MB"), .init("", .left)]
    var table = TextTable(columns)
    for (place, entry) in board.entries.enumerated() {
      let scores = entry.scores
      var cells = [
        String(place + 1), entry.name, NumberText.grouped(entry.meanRank, decimals: 2), entry.letters,
        decimal(scores.owa, 3), decimal(scores.mase, 3), decimal(scores.rmsse, 3), decimal(scores.smape, 2),
        decimal(scores.bias, 3), decimal(scores.crps, 3),
      ]
      if let level {
        let isKnown = scores.coverage.indices.contains(level)
        cells += [
          isKnown && scores.coverage[level].isFinite ? NumberText.percent(scores.coverage[level]) : "",
          isKnown ? decimal(scores.msis[level], 2) : "",
        ]
      }
      cells += [
        entry.pAgainstBest.map(probability) ?? "", seconds(entry.use), megabytes(entry.use),
        entry.status == .complete ? "" : entry.status.text,
      ]
      table.add(cells)
    }
    return table
  }

  static func decimal(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? NumberText.grouped(value, decimals: decimals) : ""
  }

  static func seconds(_ use: ResourceUse) -> String { NumberText.significant(use.cpuSeconds) }

  static func megabytes(_ use: ResourceUse) -> String {
    use.peakMemory.map { NumberText.grouped(Double($0) / 1_048_576) } ?? ""
  }

  private static func probability(_ p: Double) -> String { p < 0.0001 ? "<0.0001" : NumberText.grouped(p, decimals: 4) }

  static func valueAddedTable(_ added: ForecastValueAdded) -> TextTable {
    var table = TextTable([
      .init("step", .left), .init("WAPE"), .init("bias"), .init("added"), .init("added to first"), .init("changed"),
      .init("improved"),
    ])
    for step in added.steps {
      table.add(
        step.name, NumberText.percent(step.wape), NumberText.signedPercent(step.bias),
        NumberText.signedPercent(step.addedToPrevious), NumberText.signedPercent(step.addedToFirst),
        NumberText.grouped(step.changed), NumberText.percent(step.improvedShare))
    }
    return table
  }

  private static func valueAdded(_ board: TaskResult) -> String {
    board.valueAdded.map { "\nWhat each step adds, in points of WAPE:\n" + valueAddedTable($0).text } ?? ""
  }
}

/// A comparison of two runs as a person reads it.
public struct BenchmarkComparisonText: Sendable {
  private let comparison: BenchmarkComparison

  public init(_ comparison: BenchmarkComparison) { self.comparison = comparison }

  public var text: String {
    var table = TextTable([
      .init("task", .left), .init("model", .left), .init("old \(comparison.measure)"), .init("new"), .init("change"),
      .init("old CPU s"), .init("new"), .init("", .left),
    ])
    for row in comparison.rows {
      table.add(
        row.task, row.model, BenchmarkText.decimal(row.old, 4), BenchmarkText.decimal(row.new, 4),
        row.change.isFinite ? NumberText.signedPercent(row.change, decimals: 2) : "",
        row.oldSeconds.isFinite ? NumberText.significant(row.oldSeconds) : "",
        row.newSeconds.isFinite ? NumberText.significant(row.newSeconds) : "",
        row.verdict == .same ? "" : row.verdict.rawValue)
    }
    return table.text
  }
}
