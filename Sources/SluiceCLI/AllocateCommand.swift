import ArgumentParser
import Sluice

struct AllocateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allocate",
    abstract: "Solves a problem file: the best decision, its bound, and what limits are worth.",
    discussion: """
      PROBLEM is YAML or JSON and says its kind: budget, newsvendor, transfers, targets, facility_location, … \
      Models/allocation has a commented file of every kind to copy.

        sluice allocate budget.yaml --format table
        sluice allocate problem.json --output answer.json

      An infeasible problem ends with exit code 3, its conflict and the cheapest repairs.
      """)

  @Argument(help: "The problem file.")
  var problem: String

  @Option(help: "What to print: json or table.")
  var format: AllocationFormat?

  @Option(name: [.short, .long], help: "Writes the answer to a file instead of printing it.")
  var output: String?

  @Option(help: "Stop when |bound − objective| / max(1, |objective|) is this small.")
  var gap: Double = 0

  @Option(help: "Stop a tree search after this many nodes.")
  var nodes: Int?

  @Option(help: "Stop after this many seconds, with the best found so far; the answer then depends on the machine.")
  var timeLimit: Double?

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  @OptionGroup var progressOptions: ProgressOptions

  func validate() throws {
    guard gap >= 0, gap.isFinite else { throw ValidationError("--gap needs a number from 0 on") }
    if let nodes, nodes < 1 { throw ValidationError("--nodes needs a whole number from 1 on") }
    if let timeLimit, !(timeLimit > 0 && timeLimit.isFinite) {
      throw ValidationError("--time-limit needs a number of seconds above 0")
    }
  }

  func run() async throws {
    let progress = Progress(progressOptions, isQuiet: quiet)
    defer { progress.end() }
    var findings = Findings()
    let limits = AllocationLimits(relativeGap: gap, nodes: nodes, seconds: timeLimit)
    guard let file = AllocationFile.read(problem, findings: &findings) else {
      throw CommandFailure(.badInput, findings)
    }
    progress.begin("solving \(problem)")
    guard let task = AllocationTask.solve(file, within: limits, findings: &findings), !findings.hasErrors else {
      throw CommandFailure(.badInput, findings)
    }
    progress.end()
    if !quiet { Terminal.report(findings) }
    do throws(FileError) {
      try write(task)
    } catch {
      throw CommandFailure(.badInput, error.diagnostic)
    }
    if task.answer.status == .infeasible {
      throw CommandFailure(.infeasible, task.answer.conflict.map { file.quoting($0.diagnostic) })
    }
  }

  /// The format asked for, else that of the file's name, else JSON.
  private var usedFormat: AllocationFormat {
    format ?? (output.map { $0.hasSuffix(".txt") } == true ? .table : .json)
  }

  private func write(_ task: AllocationTask) throws(FileError) {
    let text =
      switch usedFormat {
      case .json: task.json.indented + "\n"
      case .table: AllocationText(task).text
      }
    if let output { try AtomicFile.write(text, to: output) } else { Terminal.write(text, to: .output) }
  }
}

enum AllocationFormat: String, ExpressibleByArgument, CaseIterable { case json, table }
