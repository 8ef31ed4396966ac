internal import Specifications
public import Tables
public import TimeSeries

/// Lets the contestants of a suite forecast its tasks, and judges them.
public struct BenchmarkRun: Sendable {
  public let suite: BenchmarkSuite
  /// A folder in place of the suite's own `dataFolder`.
  public let data: String?
  /// Only these contestants; nil for all.
  public let only: [String]?
  /// Given each forecast as it is made, with the task's panel: for those who keep forecasts.
  public typealias Keeper = (_ contestant: String, _ panel: BenchmarkPanel, _ forecast: PanelForecast) -> Void

  public init(_ suite: BenchmarkSuite, data: String? = nil, only: [String]? = nil) {
    self.suite = suite
    self.data = data
    self.only = only
  }

  /// - Parameters:
  ///   - progress: told what begins, and how many turns of contestants are over.
  ///   - keep: given each forecast as it is made.
  /// - Returns: nil with an error among the findings. What goes wrong with a contestant is in the results' findings.
  public func results(
    findings: inout Findings, progress: (_ work: String, _ counted: (done: Int, total: Int)?) -> Void = { _, _ in },
    keep: Keeper = { _, _, _ in }
  ) -> BenchmarkResults? {
    // 1. Who takes part: a misspelt name is found before anything is read.
    var entrants = Entrants(suite: suite, data: data, only: only)
    let contestants = suite.tasks.map { entrants.contestants(of: $0, findings: &findings) }
    guard !findings.hasErrors, let read = suite.panels(data: data, findings: &findings) else { return nil }
    // 2. Each has its turn at each panel.
    let turns = read.reduce(0) { total, item in
      let place = suite.tasks.firstIndex { $0.name == item.0.name }
      return total + item.1.count * (place.map { contestants[$0].count } ?? 0)
    }
    var done = 0
    var judged: [TaskJudgement] = []
    var found = Findings()
    for (task, panels) in read {
      guard let place = suite.tasks.firstIndex(where: { $0.name == task.name }) else { continue }
      var judgement = TaskJudgement(suite: suite, task: task, panels: panels)
      for (contestant, place) in contestants[place] {
        var scores = ContestantScores(name: contestant.name)
        for (panel, naive) in zip(panels, judgement.naive) {
          progress("contestants", (done, turns))
          progress("\(contestant.name) on \(panel.task)", nil)
          done += 1
          let attempt = contestant.attempt(panel, suite: suite, place: place)
          for finding in attempt.findings { found.add(finding) }
          if let forecast = attempt.forecast { keep(contestant.name, panel, forecast) }
          scores.add(attempt, panel, naive: naive.forecast, naiveScores: naive.scores, suite: suite)
        }
        judgement.scores.append(scores)
      }
      judged.append(judgement)
    }
    // 3. The judgement.
    let results = judged.map(\.result)
    for (judgement, result) in zip(judged, results) {
      for finding in judgement.missedBars(result) { found.add(finding) }
    }
    return BenchmarkResults(
      suite: suite, tasks: results, overall: TaskJudgement.overall(judged, results, suite), findings: found)
  }
}

/// Finds the contestants that the suite names; files are read once.
struct Entrants {
  let suite: BenchmarkSuite
  let data: String?
  let only: [String]?
  private var files: [String: ForecastFile] = [:]
  private var ways: [ContestantSpecification.Kind: Contestant.Way?] = [:]

  init(suite: BenchmarkSuite, data: String?, only: [String]?) {
    self.suite = suite
    self.data = data
    self.only = only
  }

  /// Those of a task that can take part; an error among the findings for each other, once.
  mutating func contestants(
    of task: BenchmarkTask, findings: inout Findings
  ) -> [(contestant: Contestant, place: SourcePlace)] {
    let all = task.contestants.isEmpty ? suite.contestants : task.contestants
    var chosen = all.filter { only?.contains($0.name) ?? true }
    // A name that the suite does not have may still be a built-in model.
    for name in only ?? [] where !all.contains(where: { $0.name == name }) {
      chosen.append(ContestantSpecification(kind: .model(name), name: name, place: SourcePlace(file: "--models")))
    }
    return chosen.compactMap { specification in
      if ways[specification.kind] == nil { ways[specification.kind] = .some(way(of: specification, &findings)) }
      guard let way = ways[specification.kind] ?? nil else { return nil }
      return (Contestant(name: specification.name, way: way), specification.place)
    }
  }

  private mutating func way(of specification: ContestantSpecification, _ findings: inout Findings) -> Contestant.Way? {
    switch specification.kind {
    case .model(let name):
      guard let model = ModelCatalogue.model(named: name) else {
        findings.add(
          suite.diagnostic(
            BenchmarkCodes.unknownModel, "there is no model `\(name)`", at: specification.place,
            hint: Suggestion.hint(for: name, among: ModelCatalogue.names)))
        return nil
      }
      return .model(model)
    case .program(let command):
      let folder = suite.besideSuite("")
      return .program(ExternalProgram(command: command, folder: folder, timeLimit: suite.timeLimit))
    case .file(let name, let model):
      let beside = suite.besideSuite(name)
      let path = FileSystem.exists(beside) ? beside : suite.dataPath(name, override: data)
      if files[path] == nil { files[path] = ForecastFile.read(path, displayPath: name, findings: &findings) }
      return files[path].map { .file($0, model: model) }
    }
  }
}
