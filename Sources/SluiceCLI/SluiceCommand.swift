import ArgumentParser
import Sluice

@main
struct SluiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice", abstract: "Forecasts a dealer network and decides its budget and stock.",
    version: "0.1.0")
}
