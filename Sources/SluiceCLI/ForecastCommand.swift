import ArgumentParser
import Sluice

struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecasts every series of a table, with intervals; no plan needed.",
    discussion: """
      TABLE is long: a row for each series and time. CSV (comma, semicolon or tab; UTF-8 or GB18030; .gz too), or - \
      for the input stream. Times are dates, weeks, months, quarters, years or running numbers, and go on in the \
      table's own writing.

        sluice forecast sales.csv --id product --time month --value units --horizon 12
        sluice forecast sales.csv --id store,brand --time week --value units --horizon 8 --model auto,ETS,SNaive
        sluice forecast sales.csv --id store,brand --time week --value units --horizon 8 --drivers price,promo

      A period without a row, or with an empty value, is unknown, which is not zero. Rows with an empty value after a \
      series' last value carry the drivers of the periods to come.
      """)

  @Argument(help: "The table to forecast.", completion: Completion.table)
  var table: String

  @Option(help: "The column that names a series; several, separated by commas, are joined with `/`.")
  var id: String

  @Option(help: "The column of times.")
  var time: String

  @Option(help: "The column of values.")
  var value: String

  @Option(help: "How many periods ahead.")
  var horizon: Int

  @Option(help: "Periods in a season; 12 for months, 4 for quarters, 52 for weeks, 7 for days where it is not given.")
  var season: Int?

  @Option(
    help: "Models, separated by commas: auto, ETS, DOTM, ARIMA, SNaive, Croston, …; each has its columns.",
    completion: Completion.models)
  var model = "auto"

  @Option(help: "Levels of intervals in percent, separated by commas.")
  var levels = "80,95"

  @Option(help: "Only rows that meet this: `split=train`, `week>=40`, `region!=north`; may be given several times.")
  var `where`: [String] = []

  @Option(help: "Columns that are known ahead, such as price, separated by commas: `auto` is a regression on them.")
  var drivers: String?

  @Option(help: "Columns that say which series are alike, for series with fewer than five values.")
  var peers: String?

  @Option(help: "A table of changes by planners: unique_id, ds, value or delta, reason, author.")
  var overrides: String?

  @Option(name: [.short, .long], help: "Writes to a file instead of printing; compressed where it ends in .gz.")
  var output: String?

  @Option(help: "How many threads to use; results do not depend on it.")
  var threads: Int = Machine.cores

  @Option(help: "Decides which series are the sample that a large table's models learn from.")
  var seed: UInt64 = 1

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  @OptionGroup var progressOptions: ProgressOptions

  func validate() throws { _ = try request() }

  func run() async throws {
    let progress = Progress(progressOptions, isQuiet: quiet)
    defer { progress.end() }
    var findings = Findings()
    let target: ForecastTask.Output =
      if let output, output != "-" { .file(output) } else { .stream { Terminal.write($0, to: .output) } }
    let isDone = ForecastTask.run(
      try request(), to: target, progress: { progress.begin($0, $1) }, findings: &findings)
    progress.end()
    guard isDone else { throw CommandFailure(.badInput, findings) }
    if !quiet { Terminal.report(findings) }
  }

  /// What was asked for, or what is wrong with it.
  private func request() throws -> ForecastRequest {
    guard horizon >= 1, horizon <= 100_000 else { throw ValidationError("--horizon needs a whole number from 1 on") }
    guard season ?? 1 >= 1 else { throw ValidationError("--season needs a whole number from 1 on; 1 is none") }
    guard threads >= 1 else { throw ValidationError("--threads needs a whole number from 1 on") }
    let reference = table == "-" ? TableReference(path: "/dev/stdin", displayPath: "-") : TableReference(path: table)
    var request = ForecastRequest(
      table: reference, ids: try Self.list(id, "--id"), time: time, value: value, horizon: horizon)
    request.season = season
    request.models = try Self.list(model, "--model")
    request.levels = try Self.list(levels, "--levels").map { text in
      guard let level = ForecastRequest.Level(text) else {
        throw ValidationError("--levels: `\(text)` is no percentage between 0 and 100")
      }
      return level
    }
    request.conditions = try `where`.map { text in
      guard let condition = RowCondition(text) else {
        throw ValidationError("--where: write `\(text)` as a column, one of = != < <= > >=, and a value")
      }
      return condition
    }
    request.drivers = try drivers.map { try Self.list($0, "--drivers") } ?? []
    request.peers = try peers.map { try Self.list($0, "--peers") } ?? []
    request.overrides = overrides.map { TableReference(path: $0) }
    request.threads = threads
    request.seed = seed
    return request
  }

  /// The words between the commas, each there once.
  private static func list(_ text: String, _ option: String) throws -> [String] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmingBlanks) }
    guard !words.contains(where: \.isEmpty) else {
      throw ValidationError("\(option): an empty word in `\(text)`; separate words by single commas")
    }
    guard Set(words).count == words.count else {
      throw ValidationError("\(option): a word of `\(text)` is there twice")
    }
    return words
  }
}
