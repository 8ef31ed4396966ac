import ArgumentParser
import Glibc
import Sluice

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Lets forecasting models compete on the tasks of a suite.",
    discussion: """
      A suite names tables, how they are cut into history and test part, and who takes part: built-in models, \
      programs (`exec:`) and files of forecasts (`import:`). Benchmarks/suites has suites to copy.

        sluice bench Benchmarks/suites/m1.yaml --data shared/data --output out/m1
        sluice bench suite.yaml --models auto,ets --baseline out/before --fail-on regression
        sluice bench compare out/before out/after
      """,
    subcommands: [BenchRunCommand.self, BenchCompareCommand.self], defaultSubcommand: BenchRunCommand.self)
}

/// What ends a benchmark with status 1.
enum BenchFailure: String, ExpressibleByArgument, CaseIterable { case regression, bar, contestant }

struct BenchRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a suite; `sluice bench SUITE.yaml` is short for it.")

  @Argument(help: "The suite file.")
  var suite: String

  @Option(help: "The folder that data paths start from; else SLUICE_DATA, else the suite's own.")
  var data: String?

  @Option(
    help: "Only these contestants, separated by commas; other built-in models may be named too.",
    completion: Completion.models)
  var models: String?

  @Option(name: [.short, .long], help: "A folder for leaderboard.csv, results.json and bench.html.")
  var output: String?

  @Flag(help: "Keeps the forecasts in the output folder: a suite can import them again.")
  var keepForecasts = false

  @Option(help: "An earlier output folder to compare with.")
  var baseline: String?

  @Option(parsing: .upToNextOption, help: "Ends with status 1 on: regression, bar, contestant.")
  var failOn: [BenchFailure] = []

  @OptionGroup var exitOptions: ExitOptions

  @Option(help: "What to print: table or json.")
  var format: OutputFormat = .table

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  @OptionGroup var progressOptions: ProgressOptions

  func validate() throws {
    if failOn.contains(.regression), baseline == nil {
      throw ValidationError("--fail-on regression needs --baseline DIR: a folder that an earlier run wrote")
    }
    if keepForecasts, output == nil { throw ValidationError("--keep-forecasts needs --output DIR") }
  }

  func run() async throws {
    var findings = Findings()
    guard let suite = BenchmarkSuite.read(suite, findings: &findings) else {
      throw CommandFailure(.badInput, findings)
    }
    if let output { try Self.files { () throws(FileError) in try BenchmarkFolder.check(output) } }
    let progress = Progress(progressOptions, isQuiet: quiet)
    defer { progress.end() }
    var kept = KeptForecasts(levels: suite.levels)
    let run = BenchmarkRun(suite, data: data ?? Environment.variables["SLUICE_DATA"], only: names)
    let results = run.results(
      findings: &findings, progress: { progress.begin($0, $1) },
      keep: { name, panel, forecast in if keepForecasts { kept.keep(name, panel, forecast) } })
    guard let results, !findings.hasErrors else { throw CommandFailure(.badInput, findings) }
    progress.end()
    findings.merge(results.findings)
    if !quiet || results.findings.count > 0 { Terminal.report(findings) }
    switch format {
    case .table: Terminal.write(BenchmarkText(results).text, to: .output)
    case .json: Terminal.write(results.json.indented + "\n", to: .output)
    }
    if let output {
      let page = try BenchmarkPage(results, version: EngineVersion.current).render()
      let forecasts = keepForecasts ? kept.table : nil
      try Self.files { () throws(FileError) in
        try BenchmarkFolder.write(results, page: page, forecasts: forecasts, to: output)
      }
    }
    try judge(results)
  }

  private var names: [String]? {
    models.map { $0.split(separator: ",").map { String($0.drop { $0 == " " }) } }
  }

  /// Ends with status 1 where something happened that was to end so.
  private func judge(_ results: BenchmarkResults) throws {
    let codes = results.findings.kept.map(\.code.id)
    var hasFailed = failOn.contains(.bar) && codes.contains(BenchmarkCodes.barMissed.id)
    if failOn.contains(.contestant) {
      let bad = [BenchmarkCodes.contestantFailed.id, BenchmarkCodes.missingForecasts.id]
      hasFailed = hasFailed || codes.contains(where: bad.contains)
    }
    if let baseline {
      let rows = BenchmarkComparison.lines(of: results, measure: "owa")
      var findings = Findings()
      guard let comparison = BenchmarkComparison.read(old: baseline, new: rows, findings: &findings) else {
        throw CommandFailure(.badInput, findings)
      }
      Terminal.write("\n" + BenchmarkComparisonText(comparison).text, to: .output)
      hasFailed = hasFailed || failOn.contains(.regression) && !comparison.regressions.isEmpty
    }
    if hasFailed, !exitOptions.exitZero { throw CommandFailure(.findings, Findings()) }
  }

  /// A file's error as the end of the command.
  static func files(_ work: () throws(FileError) -> Void) throws {
    do { try work() } catch { throw CommandFailure(.badInput, error.diagnostic) }
  }
}

struct BenchCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compares two output folders; ends with status 1 where a model became worse.")

  @Argument(help: "The earlier output folder.")
  var old: String

  @Argument(help: "The later output folder.")
  var new: String

  @Option(help: "The measure: owa, mase, rmsse, smape, wape, crps, msis_95.")
  var measure: String = "owa"

  @Option(help: "Percent by which a score may grow without being worse.")
  var tolerance: Double = 1

  func validate() throws {
    guard tolerance >= 0, tolerance.isFinite else { throw ValidationError("--tolerance needs a number from 0 on") }
  }

  func run() throws {
    var findings = Findings()
    guard
      let comparison = BenchmarkComparison.read(
        old: old, new: new, measure: measure, tolerance: tolerance / 100, findings: &findings)
    else { throw CommandFailure(.badInput, findings) }
    Terminal.write(BenchmarkComparisonText(comparison).text, to: .output)
    guard comparison.regressions.isEmpty else {
      for row in comparison.regressions {
        findings.add(
          Diagnostic(
            BenchmarkCodes.regression, "`\(row.model)` is \(row.verdict.rawValue) in `\(row.task)`",
            at: SourcePlace(file: new)))
      }
      throw CommandFailure(.findings, findings)
    }
  }
}
