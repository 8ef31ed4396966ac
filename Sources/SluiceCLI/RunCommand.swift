import ArgumentParser
import Sluice

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Evaluates a plan: forecast, drivers, churn, budget, stock; writes tables and a report."
  )

  @OptionGroup var planOptions: PlanOptions

  @Option(
    help: "Only these stages, separated by commas, and what they build on.", completion: Completion.stages)
  var only: String?

  @Option(name: [.short, .long], help: "The output folder; out/<plan>-<scenario>-<hash> where it is not given.")
  var output: String?

  @Option(
    help:
      "Keeps the run under a name, in out/frozen-NAME: nothing replaces it, and `compare` holds it against later runs.")
  var freeze: String?

  @Option(help: "What to print: table or json.")
  var format: OutputFormat = .table

  @Flag(help: "Leaves out what the plan's scenarios and uncertainties would change.")
  var noScenarios = false

  @Flag(help: "Adds the seconds of every stage to the summary.")
  var timings = false

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  func run() async throws {
    var findings = Findings()
    let source = try planOptions.source(&findings)
    let loaded = planOptions.plan(of: source, &findings)
    let wanted = try StageSelection.parse(only)
    let output = try chosenOutput()
    if let output {
      do { try RunFolder.check(output) } catch { throw CommandFailure(.badInput, error.diagnostic) }
    }
    let progress = Progress(isQuiet: quiet)
    var run = await Run.evaluate(
      loaded, only: wanted, threads: planOptions.threads, findings: &findings
    ) { progress.note($0) }
    if let base = run, !base.isInvalid, !base.isInfeasible, wanted == nil, !noScenarios {
      let study = Study(
        source, base: base, scenario: planOptions.scenario, overrides: planOptions.overrides,
        threads: planOptions.threads)
      run = await base.answering(study)
    }
    progress.finish()
    guard let run else { throw CommandFailure(.badInput, findings) }
    if run.isInvalid { throw CommandFailure(.badInput, run.findings) }
    if run.isInfeasible { throw CommandFailure(.infeasible, run.findings) }
    if !quiet { Terminal.report(run.findings) }

    let folder = output ?? "out/\(run.name)"
    do {
      let report = try HTMLReport(RunView(run, folder: folder)).render()
      try RunFolder.write(run, reports: [("report.html", report)], to: folder, frozen: freeze)
    } catch let error as FileError {
      throw CommandFailure(.badInput, error.diagnostic)
    }
    switch format {
    case .table: Terminal.write(RunSummary(RunView(run, folder: folder, timings: timings)).text, to: .output)
    case .json: Terminal.write(run.record(files: []).indented + "\n", to: .output)
    }
  }
}

extension RunCommand {
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
