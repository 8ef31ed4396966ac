import ArgumentParser
import Sluice

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Evaluates a plan: forecast, drivers, churn, budget, stock; writes tables and a report."
  )

  @OptionGroup var planOptions: PlanOptions

  @OptionGroup var language: LanguageOption

  @Option(
    help: "Only these stages, separated by commas, and what they build on.", completion: Completion.stages)
  var only: String?

  @Option(name: [.short, .long], help: "The output folder; out/<plan>-<scenario>-<hash> where it is not given.")
  var output: String?

  @Option(
    help:
      "Keeps the run under a name, in out/frozen-NAME: nothing replaces it, and `compare` holds it against later runs.")
  var freeze: String?

  @Option(
    help: ArgumentHelp(
      "Holds an earlier run's folder against this one: what changed, what was promised and came true. May be repeated.",
      valueName: "run"), completion: .directory)
  var since: [String] = []

  @Option(help: "What to print: table or json.")
  var format: OutputFormat = .table

  @Flag(help: "Leaves out what the plan's scenarios and uncertainties would change.")
  var noScenarios = false

  @Flag(help: "Writes report.xlsx too, with sheets to edit; `sluice report` writes it later.")
  var excel = false

  @Flag(help: "Adds what every stage cost to the summary, the report and run.json.")
  var timings = false

  @Flag(help: "Goes on with an interrupted run: takes over what it had finished, where nothing has changed since.")
  var resume = false

  @Flag(help: "Keeps costly results as soon as they are there, against a loss of power; else on an interruption only.")
  var checkpoint = false

  @Option(help: "Ends with status 1 where an alert is at this level or above: watch, warn, critical.")
  var failOn: Alert.Level?

  @OptionGroup var exitOptions: ExitOptions

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  @OptionGroup var progressOptions: ProgressOptions

  func run() async throws {
    var findings = Findings()
    let source = try planOptions.source(&findings)
    let loaded = planOptions.plan(of: source, &findings)
    let wanted = try StageSelection.parse(only)
    let output = try chosenOutput()
    guard let earlier = ComparedRun.read(since, findings: &findings) else { throw CommandFailure(.badInput, findings) }
    let checkpoint = try Self.files { () throws(FileError) in
      if let output { try RunFolder.check(output) }
      return try RunCheckpoint(
        forOutput: output ?? "out/\(loaded.plan.name)-\(loaded.plan.scenario)", writesAtOnce: self.checkpoint,
        command: CommandLineText.resuming)
    }
    let progress = Progress(progressOptions, isQuiet: quiet)
    Interruption.shared.whenAsked { Self.leave(checkpoint, progress) }
    if resume { checkpoint.resume() }
    var run = await Run.evaluate(
      loaded, only: wanted, threads: planOptions.threads, checkpoint: checkpoint, findings: &findings
    ) { progress.note($0) }
    defer { progress.end() }
    if let base = run, !base.isInvalid, !base.isInfeasible, wanted == nil, !noScenarios {
      progress.begin("answering scenarios")
      let study = Study(
        source, base: base, scenario: planOptions.scenario, overrides: planOptions.overrides,
        threads: planOptions.threads)
      run = await base.answering(study)
    }
    guard var run else { throw CommandFailure(.badInput, findings) }
    if run.isInvalid { throw CommandFailure(.badInput, run.findings) }
    if run.isInfeasible { throw CommandFailure(.infeasible, run.findings) }
    if !earlier.isEmpty { run = run.held(against: earlier) }

    let folder = output ?? "out/\(run.name)"
    Interruption.shared.whenAsked { Self.leave(checkpoint, progress, unfinished: folder) }
    progress.begin("writing \(folder)")
    let timings = self.timings ? RunTimings(run) : nil
    let view = RunView(run, folder: folder, timings: timings)
    try language.speaking(plan: run.plan.language) {
      // The workbook is made while it is written.
      let written = try reports(view)
      try Self.files { () throws(FileError) in
        try RunFolder.write(run, reports: written, view: view.record, to: folder, frozen: freeze, timings: timings)
      }
    }
    Interruption.shared.whenAsked(nil)
    checkpoint.remove()
    progress.end()
    if !quiet {
      Terminal.report(checkpoint.notes)
      Terminal.report(run.findings)
    }
    switch format {
    case .table:
      let summary = language.speaking(plan: run.plan.language) { RunSummary(view).text }
      Terminal.write(summary, to: .output)
    case .json: Terminal.write(run.record(files: [], timings: timings).indented + "\n", to: .output)
    }
    try judge(run)
  }
}

extension RunCommand {
  /// What is written beside the tables.
  private func reports(_ view: RunView) throws -> [RunFolder.Report] {
    var reports = [
      RunFolder.Report("report.html", text: try HTMLReport(view).render()),
      RunFolder.Report("summary.md", text: MarkdownSummary(view).text),
    ]
    // Of the sample network it is 7 MB and most of the writing time, so only where somebody wants it.
    if excel {
      reports.append(.init("report.xlsx") { (path) throws(FileError) in try RunWorkbook(view).write(to: path) })
    }
    return reports
  }

  /// Puts away what an interrupted run has finished, and says how to go on. The process ends after it.
  private static func leave(_ checkpoint: RunCheckpoint, _ progress: Progress, unfinished folder: String? = nil) {
    progress.end()
    if let folder { RunFolder.abandon(folder) }
    do {
      let kept = try checkpoint.write()
      let what = kept.isEmpty ? "no costly result had finished" : "\(kept.joined(separator: ", ")) kept"
      Terminal.write(
        "\ninterrupted: \(what) in \(checkpoint.folder)\ngo on: \(CommandLineText.resuming)\n", to: .messages)
    } catch {
      let reason = (error as? FileError)?.diagnostic.message ?? "\(error)"
      Terminal.write("\ninterrupted: nothing could be kept in \(checkpoint.folder): \(reason)\n", to: .messages)
    }
  }

  /// Ends with 1 where an alert is at the level that was named, or above.
  private func judge(_ run: Run) throws {
    guard let failOn, !exitOptions.exitZero else { return }
    let alerts = run.stages.first { $0.name == .alerts }?.output?.result as? AlertResult
    guard let worst = alerts?.worst, worst >= failOn else { return }
    throw CommandFailure(
      .findings,
      Diagnostic(
        CommandCodes.failedOn, .error, "there are alerts at level \(worst.rawValue) (--fail-on \(failOn.rawValue))",
        hint: "alerts.csv lists them, with what to do"))
  }

  /// A file's error as the end of the command.
  private static func files<Value>(_ work: () throws(FileError) -> Value) throws -> Value {
    do { return try work() } catch { throw CommandFailure(.badInput, error.diagnostic) }
  }

  /// `--output`, or the place of a frozen run.
  private func chosenOutput() throws -> String? {
    guard let freeze else { return output }
    let isName = freeze.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_".unicodeScalars.contains($0)
    }
    guard isName, !freeze.isEmpty, freeze.count <= 80 else {
      throw CommandFailure(
        .badInput,
        Diagnostic(
          CommandCodes.freezeName, .error, "--freeze: `\(freeze.prefix(80))` cannot name a folder",
          hint: "use letters, digits, `-` and `_`"))
    }
    return output ?? "out/frozen-\(freeze)"
  }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case table, json }

enum StageSelection {
  /// The stages of `--only`; nil for all.
  static func parse(_ text: String?) throws -> Set<StageName>? {
    guard let text else { return nil }
    let known = StageGraph.standard.names
    var wanted: Set<StageName> = []
    var findings = Findings()
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = String(word.trimmingBlanks)
      if let name = StageName(rawValue: word), known.contains(name) {
        wanted.insert(name)
        continue
      }
      let closest = Suggestion.closest(to: word, among: known.map(\.rawValue)).map { "did you mean `\($0)`? " } ?? ""
      let later =
        StageName(rawValue: word) == nil ? "there is no stage `\(word)`" : "stage `\(word)` is not in this version"
      findings.add(
        Diagnostic(
          CommandCodes.unknownStage, .error, "--only: \(later)",
          hint: closest + "this version has \(known.map(\.rawValue).joined(separator: ", "))"))
    }
    if findings.hasErrors { throw CommandFailure(.badInput, findings) }
    return wanted
  }
}

extension Substring {
  var trimmingBlanks: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
