import ArgumentParser
import Sluice

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Puts run folders side by side: what differs, and what was promised and came true.",
    discussion: """
      Promised against realised: freeze a plan (`sluice run plan.yaml --freeze q1`), run it again when the tables have \
      the planned periods, then `sluice compare out/frozen-q1 out/LATER-RUN`.

      A run that should become the plan: `sluice compare out/BASE out/WANTED --adopt plan.yaml` prints what the last run \
      sets otherwise than the first as a diff of the plan file.
      """)

  @Argument(help: "Run folders, the earliest first.")
  var runs: [String]

  @Flag(help: "Shows figures that agree too.")
  var all = false

  @Option(name: [.short, .long], help: "A CSV file for every promise with what came true, by region and period.")
  var output: String?

  @Option(help: "A plan file: prints what the last run sets otherwise as a diff of it, to be applied with `patch -p0`.")
  var adopt: String?

  @OptionGroup var language: LanguageOption

  func run() throws {
    guard runs.count >= 2 else {
      throw CommandFailure(
        .badInput,
        Diagnostic(
          CommandCodes.oneRun, .error, "one run has nothing to be compared with", hint: "name at least two run folders")
      )
    }
    var findings = Findings()
    if let adopt { return try printAdoption(by: adopt) }
    guard let compared = ComparedRun.read(runs, findings: &findings) else { throw CommandFailure(.badInput, findings) }
    let comparison = RunComparison(compared)
    if let output {
      do throws(FileError) { try CSVWriter.write(comparison.outcomeTable, to: output) } catch {
        throw CommandFailure(.badInput, error.diagnostic)
      }
    }
    let text = language.speaking(plan: Language(run: runs[0])) {
      ComparisonText(comparison, showsAll: all).text
    }
    Terminal.write(text, to: .output)
  }

  private func printAdoption(by plan: String) throws {
    var findings = Findings()
    let changes = PlanSource.changes(from: runs[0], to: runs[runs.count - 1], findings: &findings)
    guard let source = PlanSource.read(path: plan, findings: &findings), !findings.hasErrors else {
      throw CommandFailure(.badInput, findings)
    }
    try Terminal.write(source.adopting(changes))
  }
}
