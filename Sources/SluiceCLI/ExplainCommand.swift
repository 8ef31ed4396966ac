import ArgumentParser
import Sluice

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explains a code such as D104: what it means, why it matters, what to do.")

  @Argument(help: "The code, as an error prints it; without one, every code is listed.")
  var code: String?

  func run() throws {
    let codes = CodeCatalogue.all + ModelTaskCodes.all + ForecastTaskCodes.all + BenchmarkCodes.all + CommandCodes.all
    guard let code else {
      Terminal.write(CodeText.list(codes), to: .output)
      return
    }
    guard let found = codes.first(where: { $0.id == code.uppercased() }) else {
      let hint = Suggestion.closest(to: code.uppercased(), among: codes.map(\.id)).map { "did you mean \($0)?" }
      throw CommandFailure(
        .badInput,
        Diagnostic(
          CommandCodes.unknownCode, .error, "there is no code `\(code)`",
          hint: hint ?? "`sluice explain` without a code lists them all"))
    }
    Terminal.write(CodeText.explanation(found), to: .output)
  }
}
