import ArgumentParser
import Sluice

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explains a code such as D104, or the arithmetic behind a number of a run.",
    usage: "sluice explain [CODE]\n       sluice explain RUN [SUBJECT [ITEM]]",
    discussion: """
      Without arguments, every code is listed.
      With a run folder: whom one can ask about (partner:P017, region:east); with one of them: which of its numbers;
      with a number (target:2026Q2, score:2025Q4, credit_limit): how it came about, step by step.
      """)

  @Argument(help: "A code as an error prints it, or a run folder.")
  var subjectOfExplanation: String?

  @Argument(help: "Whom or what the number is about, such as partner:P017.", completion: Completion.subject)
  var subject: String?

  @Argument(help: "Which number, such as rebate:2026Q2.", completion: Completion.item)
  var item: String?

  @Option(help: "What to print: table or json, a line for each number.")
  var format: OutputFormat = .table

  @OptionGroup var language: LanguageOption

  func run() throws {
    guard let word = subjectOfExplanation else {
      Terminal.write(CodeText.list(Self.codes), to: .output)
      return
    }
    if let archive = TraceArchive(run: word) { return try explain(archive) }
    if subject != nil || word.contains("/") {
      throw CommandFailure(
        .badInput,
        Diagnostic(
          CommandCodes.noRun, .error, "`\(word)` is no run folder: it has no run.json",
          hint: "give the folder that `sluice run` named, such as out/telecom-dealers-base-1a2b3c4d"))
    }
    guard let found = Self.codes.first(where: { $0.id == word.uppercased() }) else {
      let hint = Suggestion.closest(to: word.uppercased(), among: Self.codes.map(\.id)).map { "did you mean \($0)?" }
      throw CommandFailure(
        .badInput,
        Diagnostic(
          CommandCodes.unknownCode, .error, "there is no code `\(word)`",
          hint: hint ?? "`sluice explain` without a code lists them all"))
    }
    Terminal.write(CodeText.explanation(found), to: .output)
  }

  private static var codes: [DiagnosticCode] {
    CodeCatalogue.all + ModelTaskCodes.all + ForecastTaskCodes.all + BenchmarkCodes.all + CommandCodes.all
  }

  private func explain(_ archive: TraceArchive) throws {
    let found: Result<Answer, FileError>
    do throws(FileError) { found = .success(try answer(archive)) } catch { found = .failure(error) }
    switch found {
    case .success(.subjects(let all)): Terminal.write(TraceText.subjects(all), to: .output)
    case .success(.entries(let entries)): write(entries, of: archive)
    case .success(.nothing(let finding)): throw CommandFailure(.badInput, finding)
    case .failure(let error): throw CommandFailure(.badInput, error.diagnostic)
    }
  }

  private enum Answer {
    case subjects([String])
    case entries([TraceArchive.Entry])
    case nothing(Diagnostic)
  }

  private func answer(_ archive: TraceArchive) throws(FileError) -> Answer {
    guard let subject else { return .subjects(try archive.subjects()) }
    let entries = try archive.entries(of: subject, item: item)
    return entries.isEmpty ? .nothing(try missing(archive, subject)) : .entries(entries)
  }

  private func write(_ entries: [TraceArchive.Entry], of archive: TraceArchive) {
    let text = language.speaking(plan: Language(run: archive.path)) {
      switch format {
      case .json: entries.map { $0.json + "\n" }.joined()
      case .table where item == nil: TraceText.items(entries)
      case .table: entries.map(TraceText.explanation).joined(separator: "\n")
      }
    }
    Terminal.write(text, to: .output)
  }

  /// What is not there, with what is.
  private func missing(_ archive: TraceArchive, _ subject: String) throws(FileError) -> Diagnostic {
    let items = try archive.entries(of: subject).map(\.item)
    if let wanted = item, !items.isEmpty {
      return Diagnostic(
        CommandCodes.unknownItem, .error, "`\(subject)` has no number `\(wanted)` in this run",
        hint: (Suggestion.closest(to: wanted, among: items).map { "did you mean \($0)? " } ?? "")
          + "`sluice explain \(archive.path) \(subject)` lists them")
    }
    let subjects = try archive.subjects()
    return Diagnostic(
      CommandCodes.unknownItem, .error, "nothing in this run is about `\(subject)`",
      hint: (Suggestion.closest(to: subject, among: subjects).map { "did you mean \($0)? " } ?? "")
        + "`sluice explain \(archive.path)` lists whom one can ask about",
      notes: item.map { ["asked for \($0)"] } ?? [])
  }
}
