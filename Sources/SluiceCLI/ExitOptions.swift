public import ArgumentParser
public import Sluice

/// The option of every verb that may end with 1.
struct ExitOptions: ParsableArguments {
  @Flag(help: "Ends with 0 where it would end with 1, for findings; errors keep their status.")
  var exitZero = false
}

/// The command line that started the process, to be typed again.
enum CommandLineText {
  /// With `--resume`.
  static var resuming: String {
    let words = CommandLine.arguments.dropFirst().filter { $0 != "--resume" }
    return (["sluice"] + words.map(quoted) + ["--resume"]).joined(separator: " ")
  }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%".unicodeScalars)

  /// A word as a shell reads it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy(plain.contains)
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension Alert.Level: ExpressibleByArgument {}
