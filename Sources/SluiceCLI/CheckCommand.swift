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

  func run() async throws {
    var findings = Findings()
    let loaded = try planOptions.load(&findings)
    if resolved {
      if !findings.kept.isEmpty { Terminal.report(findings) }
      Terminal.write(loaded.resolvedYAML(), to: .output)
      if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
      return
    }
    let data = DataCatalogue.read(loaded.plan, threads: planOptions.threads, findings: &findings)
    NetworkChecks.check(loaded.plan, data.tables, findings: &findings)
    if format == .json {
      Terminal.write(DiagnosticRenderer.json(findings).indented + "\n", to: .output)
      if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
      return
    }
    Terminal.report(findings)
    Terminal.write(ProfileText.text(DataProfile.profiles(loaded.plan, data.tables)), to: .output)
    if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
    try await proveFeasible(loaded.plan, data)
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
