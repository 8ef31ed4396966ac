import ArgumentParser
import Glibc
import Sluice

/// The options of every verb that reads a plan.
struct PlanOptions: ParsableArguments {
  @Argument(help: "The plan file.", completion: Completion.plan)
  var plan: String

  @Option(
    name: .customLong("set"),
    help: "Changes one value: budget.quarter=1300000, or by a factor or difference: =*0.85, =+5000, =-5000.",
    completion: Completion.setting)
  var overrides: [String] = []

  @Option(help: "A scenario of the plan.", completion: Completion.scenario)
  var scenario: String?

  @Option(
    help: "An edited workbook of a run of this plan: its amounts and locks.", completion: .file(extensions: ["xlsx"]))
  var workbook: String?

  @Option(help: "How many threads to use; results do not depend on it.")
  var threads: Int = Machine.cores

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads needs a whole number from 1 on") }
  }

  /// The plan, also where it has errors, so that the tables can be checked in the same pass.
  func load(_ findings: inout Findings) throws -> LoadedPlan { plan(of: try source(&findings), &findings) }

  /// The files of the plan.
  ///
  /// - Parameter scenarios: files with further scenarios.
  func source(scenarios: [String] = [], _ findings: inout Findings) throws -> PlanSource {
    let edits = workbook.flatMap { WorkbookEdits.read($0, findings: &findings) }
    let source = PlanSource.read(
      path: plan, scenarios: scenarios, workbook: edits, environment: Environment.variables, findings: &findings)
    guard let source else { throw CommandFailure(.badInput, findings) }
    return source
  }

  /// The plan with the scenario and the settings that were asked for.
  func plan(of source: PlanSource, _ findings: inout Findings) -> LoadedPlan {
    let loaded = source.plan(scenario: scenario, overrides: overrides, findings: &findings)
    source.workbook?.check(against: loaded.plan, findings: &findings)
    return loaded
  }
}

enum Machine {
  static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}

enum Environment {
  /// The variables of the process.
  static var variables: [String: String] {
    var all: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return all
  }
}
