import ArgumentParser
import Sluice

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reads a plan and all its tables, reports every finding, and says whether the plan can be met.")

  @OptionGroup var planOptions: PlanOptions

  @Flag(help: "Prints every value of the plan with its source.")
  var resolved = false

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
    Terminal.report(findings)
    Terminal.write(ProfileText.text(DataProfile.profiles(loaded.plan, data.tables)), to: .output)
    if findings.hasErrors { throw CommandFailure(.badInput, Findings()) }
  }
}
