public import Tables

/// Two runs of a suite side by side: what became better and worse.
public struct BenchmarkComparison: Sendable {
  public struct Row: Sendable {
    public let task: String
    public let model: String
    /// The scores by the measure; NaN where it is not known.
    public let old: Double
    public let new: Double
    public let oldSeconds: Double
    public let newSeconds: Double
    public let verdict: Verdict

    /// New over old, minus one.
    public var change: Double { new / old - 1 }
  }

  public enum Verdict: String, Sendable { case better, worse, same, failed, gone, added }

  public let measure: String
  public let rows: [Row]

  public var regressions: [Row] { rows.filter { [.worse, .failed, .gone].contains($0.verdict) } }

  /// Compares the leaderboards of two folders.
  /// - Parameters:
  ///   - measure: a column of the leaderboard; lower is better.
  ///   - tolerance: the share by which a score may grow without being worse.
  /// - Returns: nil with an error among the findings.
  public static func read(
    old: String, new: String, measure: String = "owa", tolerance: Double = 0.01, findings: inout Findings
  ) -> BenchmarkComparison? {
    guard let before = lines(old, measure, &findings), let after = lines(new, measure, &findings) else { return nil }
    return BenchmarkComparison(before, after, measure: measure, tolerance: tolerance)
  }

  /// Compares results with the leaderboard of an earlier folder.
  public static func read(
    old: String, new: [Line], measure: String = "owa", tolerance: Double = 0.01, findings: inout Findings
  ) -> BenchmarkComparison? {
    guard let before = lines(old, measure, &findings) else { return nil }
    return BenchmarkComparison(before, new, measure: measure, tolerance: tolerance)
  }

  /// The lines of results that were not written yet.
  public static func lines(of results: BenchmarkResults, measure: String) -> [Line] {
    let suite = results.suite
    return results.boards.flatMap { board in
      board.entries.map { entry in
        let scores = entry.scores.named(levels: suite.levels, probabilities: suite.probabilities)
        return Line(
          task: board.name, model: entry.name, score: scores.first { $0.name == measure }?.value ?? .nan,
          seconds: entry.use.cpuSeconds, hasFailed: entry.status == .failed)
      }
    }
  }

  /// A contestant's score in a task.
  public struct Line: Sendable {
    var task: String
    var model: String
    var score: Double
    var seconds: Double
    var hasFailed: Bool
  }

  init(_ before: [Line], _ after: [Line], measure: String, tolerance: Double) {
    self.measure = measure
    var rows = before.map { line in
      let other = after.first { $0.task == line.task && $0.model == line.model }
      return Row(
        task: line.task, model: line.model, old: line.score, new: other?.score ?? .nan, oldSeconds: line.seconds,
        newSeconds: other?.seconds ?? .nan, verdict: Self.verdict(line, other, tolerance))
    }
    for line in after where !before.contains(where: { $0.task == line.task && $0.model == line.model }) {
      rows.append(
        Row(
          task: line.task, model: line.model, old: .nan, new: line.score, oldSeconds: .nan, newSeconds: line.seconds,
          verdict: .added))
    }
    self.rows = rows
  }

  private static func verdict(_ before: Line, _ after: Line?, _ tolerance: Double) -> Verdict {
    guard let after else { return .gone }
    if after.hasFailed { return before.hasFailed ? .same : .failed }
    if before.hasFailed { return .better }
    if before.score.isNaN { return .same }
    if after.score.isNaN { return .worse }
    // A score of zero has no share to grow by.
    let room = tolerance * before.score.magnitude + 1e-12
    return after.score > before.score + room ? .worse : after.score < before.score - room ? .better : .same
  }

  private static func lines(_ folder: String, _ measure: String, _ findings: inout Findings) -> [Line]? {
    let path = folder.hasSuffix(".csv") ? folder : (folder.hasSuffix("/") ? folder : folder + "/") + "leaderboard.csv"
    guard FileSystem.exists(path) else {
      findings.add(
        Diagnostic(
          BenchmarkCodes.noResults, "there are no results in `\(folder)`", at: SourcePlace(file: path),
          hint: "write them with `sluice bench SUITE.yaml --output \(folder)`"))
      return nil
    }
    let reference = TableReference(path: path)
    guard let names = TableReader.columnNames(reference, findings: &findings) else { return nil }
    guard names.contains(measure) else {
      findings.add(
        Diagnostic(
          BenchmarkCodes.noResults, "`\(path)` has no measure `\(measure)`", at: SourcePlace(file: path, line: 1),
          hint: Suggestion.closest(to: measure, among: names).map { "did you mean `\($0)`?" }
            ?? "one of owa, mase, rmsse, smape, crps"))
      return nil
    }
    let schema = Schema(
      "leaderboard", keepsOtherColumns: false,
      [
        ColumnSchema("task", .text, required: true), ColumnSchema("model", .text, required: true),
        ColumnSchema("status", .text), ColumnSchema(measure, .real), ColumnSchema("cpu_seconds", .real),
      ])
    guard let table = TableReader.read(reference, schema: schema, findings: &findings),
      let tasks = table.text("task"), let models = table.text("model"), let scores = table.numbers(measure)
    else { return nil }
    let (status, seconds) = (table.text("status"), table.numbers("cpu_seconds"))
    return (0..<table.rowCount).map { row in
      Line(
        task: tasks[row] ?? "", model: models[row] ?? "", score: scores[row], seconds: seconds?[row] ?? .nan,
        hasFailed: status?[row] == "failed")
    }
  }
}
