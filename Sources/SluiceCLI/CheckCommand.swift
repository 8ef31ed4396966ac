import ArgumentParser
import Sluice

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads a plan and all its tables, reports every finding, and says whether the plan can be met.")

  @OptionGroup var planOptions: PlanOptions

  @Flag(help: "Prints every value of the plan with its source.")
  var resolved = false

  @Option(help: "How to print the findings: table on the message stream, or json on the output.")
  var format: OutputFormat = .table

  @Option(help: "Ends with status 1 where a finding is at this level or above: note, warn.")
  var failOn: FindingLevel?

  @OptionGroup var exitOptions: ExitOptions

  @OptionGroup var progressOptions: ProgressOptions

  func run() async throws {
    let progress = Progress(progressOptions)
    defer { progress.end() }
    var findings = Findings()
    let loaded = try planOptions.load(&findings)
    if resolved {
      if !findings.kept.isEmpty { Terminal.report(findings) }
      Terminal.write(loaded.resolvedYAML(), to: .output)
      if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
      return
    }
    let data = DataCatalogue.read(loaded.plan, threads: planOptions.threads, findings: &findings) {
      progress.note(.reading(done: $0, total: $1))
    }
    NetworkChecks.check(loaded.plan, data.tables, findings: &findings)
    progress.end()
    if format == .json {
      Terminal.write(DiagnosticRenderer.json(findings).indented + "\n", to: .output)
      if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
      try judge(findings)
      return
    }
    Terminal.report(findings)
    Terminal.write(ProfileText.text(DataProfile.profiles(loaded.plan, data.tables)), to: .output)
    if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
    try await proveFeasible(loaded.plan, data)
    try judge(findings)
  }

  /// Ends with 1 where a finding is at the level that was named, or above; errors end with 2 before that.
  private func judge(_ findings: Findings) throws {
    guard let failOn, !exitOptions.exitZero else { return }
    let count = findings.warningCount + (failOn == .note ? findings.noteCount : 0)
    guard count > 0 else { return }
    throw CommandFailure(
      .findings,
      Diagnostic(
        CommandCodes.failedOn, .error, "there are findings (--fail-on \(failOn.rawValue))",
        hint: "they are listed above"))
  }

  /// Whether the budget's limits can be met together; says which lines of the plan collide where they cannot.
  private func proveFeasible(_ plan: Plan, _ data: DataCatalogue) async throws {
    let stages = await StageGraph.standard.evaluate(plan, data, only: [.budget], threads: planOptions.threads)
    guard let budget = stages.first(where: { $0.name == .budget }) else { return }
    var findings = Findings()
    for finding in budget.status.diagnostics { findings.add(finding) }
    if case .infeasible = budget.status { throw CommandFailure(.infeasible, findings) }
    if !findings.kept.isEmpty { Terminal.report(findings) }
    if budget.output != nil { Terminal.write(ProfileText.feasible(loadedFrom: planOptions.plan), to: .output) }
  }
}

/// What ends a check with status 1.
enum FindingLevel: String, ExpressibleByArgument, CaseIterable { case note, warn }
