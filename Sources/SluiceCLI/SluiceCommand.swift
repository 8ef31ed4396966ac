import ArgumentParser
import Glibc
import Sluice

/// The command line: one verb per thing that a person wants. Verbs read arguments, call the library and hand what it
/// returns to `Reports`; they format nothing themselves.
struct SluiceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "Forecasts a dealer network and decides its budget and stock.",
    discussion: """
      Start with `sluice init --demo`, then `sluice run telecom-dealers/plan.yaml`.
      For any other table: `sluice forecast TABLE …` and `sluice regress TABLE --spec MODEL.yaml`.
      For a problem of your own: `sluice allocate PROBLEM.yaml`.
      Exit codes: 0 done, 1 findings, 2 bad usage, plan or data, 3 infeasible plan, 4 internal, 130 interrupted.
      """,
    version: EngineVersion.current,
    subcommands: [
      InitCommand.self, CheckCommand.self, RunCommand.self, WhatifCommand.self, ForecastCommand.self,
      RegressCommand.self,
      AllocateCommand.self, BenchCommand.self, ExplainCommand.self, CompareCommand.self,
      ReportCommand.self,
    ])
}

/// How a process ends, the same for every verb.
enum ExitStatus: Int32 {
  case done = 0
  case findings = 1
  case badInput = 2
  case infeasible = 3
  case internalError = 4
  case interrupted = 130
}

@main
enum Main {
  static func main() async {
    Interruption.shared.install()
    signal(SIGPIPE, SIG_IGN)
    BLASThreads.useOne()
    let status = await status(of: Array(CommandLine.arguments.dropFirst()))
    Interruption.shared.waitIfUnderWay()
    exit(status.rawValue)
  }

  private static func status(of arguments: [String]) async -> ExitStatus {
    do {
      try checkVerb(arguments.first)
      var command = try SluiceCommand.parseAsRoot(arguments)
      if var verb = command as? any AsyncParsableCommand {
        try await verb.run()
      } else {
        try command.run()
      }
      return .done
    } catch let failure as CommandFailure {
      Interruption.shared.waitIfUnderWay()
      if !failure.findings.kept.isEmpty { Terminal.report(failure.findings) }
      return failure.status
    } catch {
      let isAnswer = SluiceCommand.exitCode(for: error).isSuccess
      Terminal.write(SluiceCommand.fullMessage(for: error) + "\n", to: isAnswer ? .output : .messages)
      return isAnswer ? .done : .badInput
    }
  }
}

extension Main {
  /// Refuses a word that is no verb, with the nearest one; the parser would call it an unexpected argument.
  private static func checkVerb(_ word: String?) throws {
    guard let word, !word.hasPrefix("-") else { return }
    let verbs = SluiceCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard !verbs.contains(word) else { return }
    let closest = Suggestion.closest(to: word, among: verbs).map { "did you mean `\($0)`? " } ?? ""
    throw CommandFailure(
      .badInput,
      Diagnostic(
        CommandCodes.unknownVerb, .error, "there is no verb `\(word)`",
        hint: closest + "the verbs are \(verbs.joined(separator: ", "))"))
  }
}

/// A verb that cannot go on: what it found, and the exit status that says so.
struct CommandFailure: Error {
  var status: ExitStatus
  var findings: Findings

  init(_ status: ExitStatus, _ findings: Findings) {
    self.status = status
    self.findings = findings
  }

  init(_ status: ExitStatus, _ finding: Diagnostic?) {
    self.status = status
    findings = Findings()
    if let finding { findings.add(finding) }
  }
}
