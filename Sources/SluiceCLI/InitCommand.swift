import ArgumentParser
import Glibc
import Sluice

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Writes a plan to start from: of your own files, or of the bundled sample.",
    discussion: """
      From your own exports, CSV files and .xlsx workbooks, under any names and with any column names, English or Chinese:

        sluice init --from exports
        sluice check plan.yaml
        sluice run plan.yaml --only forecast

      The files stay where they are. What was guessed stands in the plan with its reason, what is doubtful as a \
      question (`# ?`).
      """)

  @Flag(help: "The bundled sample: a telecom maker's dealer network, made by a seeded generator.")
  var demo = false

  @Option(
    help:
      "A folder of CSV files and workbooks: guesses which table and column is which, and writes the mapping for review.",
    completion: .directory)
  var from: String?

  @Argument(help: "The folder to write; with --from the current one, with --demo telecom-dealers.")
  var folder: String?

  @Flag(help: "With --from: copies the data files into data/ beside the plan.")
  var copy = false

  @Option(help: "How many partners the sample network has.")
  var partners: Int?

  @Option(help: "The seed of the sample network.")
  var seed: UInt64?

  @Flag(help: "Writes the tables of the sample as .csv.gz.")
  var compressed = false

  @Option(name: [.short, .long], help: "The folder to write, as an option.")
  var output: String?

  func validate() throws {
    guard demo != (from != nil) else {
      throw ValidationError("say `--from DIR` for your own files, or `--demo` for the sample network")
    }
    guard folder == nil || output == nil else { throw ValidationError("the folder to write is named twice") }
    guard demo || (partners == nil && seed == nil && !compressed) else {
      throw ValidationError("--partners, --seed and --compressed go with --demo")
    }
    guard from != nil || !copy else { throw ValidationError("--copy goes with --from") }
    guard demo else { return }
    do throws(SampleNetworkError) {
      try specification.validate()
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    if let from { try draft(from: from) } else { try writeSample() }
  }

  // MARK: The user's own files

  private func draft(from source: String) throws {
    var target = folder ?? output ?? "."
    while target.count > 1, target.hasSuffix("/") { target.removeLast() }
    var findings = Findings()
    guard let draft = PlanDraft.fromFolder(source, findings: &findings) else {
      throw CommandFailure(.badInput, findings)
    }
    let plan: String
    do throws(FileError) {
      plan = try DraftFolder(draft, source: source, target: target, copies: copy).write(findings: &findings)
    } catch {
      throw CommandFailure(.badInput, error.diagnostic)
    }
    if findings.hasErrors { throw CommandFailure(.badInput, findings) }
    Terminal.write(DraftText.text(draft, plan: plan), to: .output)
  }

  // MARK: The sample

  private var specification: NetworkSpecification {
    var specification = NetworkSpecification()
    if let partners {
      specification.partners = partners
      // A small network serves a city per partner at most.
      specification.servedCities = min(specification.servedCities, partners)
    }
    if let seed { specification.seed = seed }
    return specification
  }

  private func writeSample() throws {
    let target = folder ?? output ?? "telecom-dealers"
    let network = try SampleNetwork.generate(specification)
    do throws(FileError) {
      let folder = try StagedFolder(at: target)
      do throws(FileError) {
        try network.write(to: folder.staging, compressed: compressed)
        try folder.commit()
      } catch {
        folder.abandon()
        throw error
      }
      Terminal.write("wrote \(target): \(network.summary)\nnext: sluice run \(target)/plan.yaml\n", to: .output)
    } catch {
      throw CommandFailure(.badInput, error.diagnostic)
    }
  }
}
