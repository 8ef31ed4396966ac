import ArgumentParser
import Sluice

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Writes a plan and a data folder to start from.")

  @Flag(help: "The bundled sample: a telecom maker's dealer network, made by a seeded generator.")
  var demo = false

  @Option(help: "How many partners the sample network has.")
  var partners: Int?

  @Option(help: "The seed of the sample network.")
  var seed: UInt64?

  @Flag(help: "Writes the tables as .csv.gz.")
  var compressed = false

  @Option(name: [.short, .long], help: "The folder to write.")
  var output = "telecom-dealers"

  func validate() throws {
    guard demo else { throw ValidationError("say `--demo` for the sample network") }
    do throws(SampleNetworkError) {
      try specification.validate()
    } catch {
      throw ValidationError(error.description)
    }
  }

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

  func run() throws {
    let network = try SampleNetwork.generate(specification)
    do throws(FileError) {
      let folder = try StagedFolder(at: output)
      do throws(FileError) {
        try network.write(to: folder.staging, compressed: compressed)
        try folder.commit()
      } catch {
        folder.abandon()
        throw error
      }
      Terminal.write("wrote \(output): \(network.summary)\nnext: sluice run \(output)/plan.yaml\n", to: .output)
    } catch {
      throw CommandFailure(.badInput, error.diagnostic)
    }
  }
}
