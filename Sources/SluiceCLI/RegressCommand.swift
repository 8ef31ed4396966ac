import ArgumentParser
import Sluice

struct RegressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "regress",
    abstract: "Fits a model file to any table: coefficients, errors, held-out scores, predictions.",
    discussion: """
      TABLE is CSV (comma, semicolon or tab; UTF-8 or GB18030; .gz too). A model file names the response, the family \
      and the terms; Models/regression has one of every kind to copy.

        sluice regress sales.csv --spec model.yaml
        sluice regress sales.csv --spec model.yaml --predict next.csv --format csv
        sluice regress sales.csv --spec model.yaml --save model.json
        sluice regress --load model.json --predict next.csv
      """)

  @Argument(help: "The table to fit the model to.")
  var table: String?

  @Option(help: "The model file: what to regress on what, and how.")
  var spec: String?

  @Option(help: "A table whose rows are predicted.")
  var predict: String?

  @Option(help: "What to print: table, json or csv.")
  var format: RegressionFormat?

  @Option(help: "Writes the fitted model as JSON, to predict later with --load.")
  var save: String?

  @Option(help: "A model that --save wrote, in place of fitting one.")
  var load: String?

  @Option(name: [.short, .long], help: "Writes the result to a file instead of printing it.")
  var output: String?

  @Option(help: "A new folder for the design matrix, residuals, folds and scores, a row for each row of the table.")
  var export: String?

  @Option(help: "How many threads to use; results do not depend on it.")
  var threads: Int = Machine.cores

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  @OptionGroup var progressOptions: ProgressOptions

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads needs a whole number from 1 on") }
    if load != nil {
      guard spec == nil else { throw ValidationError("--load has the model already: leave out --spec") }
      guard export == nil else { throw ValidationError("--export needs the fit itself: give TABLE and --spec") }
    } else {
      guard spec != nil else { throw ValidationError("say which model: --spec MODEL.yaml, or --load MODEL.json") }
      guard table != nil else { throw ValidationError("say which table to fit the model to") }
    }
  }

  func run() async throws {
    let progress = Progress(progressOptions, isQuiet: quiet)
    defer { progress.end() }
    var findings = Findings()
    let task = try result(&findings) { try model(&$0, progress) }
    // A loaded model has nothing to fit: the table is one to predict.
    let asked = predict ?? (load == nil ? nil : table)
    var predictions: Table?
    if let asked {
      progress.begin("predicting \(asked)")
      predictions = try result(&findings) { task.predict(asked, findings: &$0) }
    }
    do {
      if let save { try SavedRegression.save(task.fitted, to: save) }
      if let export { try RegressionExport(task).write(to: export) }
      progress.end()
      if !quiet { Terminal.report(findings) }
      try write(task, predictions)
    } catch let error as FileError {
      throw CommandFailure(.badInput, error.diagnostic)
    }
  }

  /// A step's result, or the end of the command with what was found.
  private func result<Value>(_ findings: inout Findings, _ step: (inout Findings) throws -> Value?) throws -> Value {
    guard let value = try step(&findings), !findings.hasErrors else { throw CommandFailure(.badInput, findings) }
    return value
  }

  private func model(_ findings: inout Findings, _ progress: Progress) throws -> RegressionTask? {
    if let load { return RegressionTask.load(load, findings: &findings) }
    guard let spec, let table, let file = RegressionFile.read(spec, findings: &findings) else { return nil }
    progress.begin("fitting \(table)")
    return RegressionTask.fit(file, to: table, threads: threads, findings: &findings)
  }

  /// The format asked for, else that of the file's name, else the table for people.
  private var usedFormat: RegressionFormat {
    if let format { return format }
    guard let output else { return .table }
    return output.hasSuffix(".json") ? .json : output.hasSuffix(".csv") || output.hasSuffix(".csv.gz") ? .csv : .table
  }

  private func write(_ task: RegressionTask, _ predictions: Table?) throws {
    switch usedFormat {
    case .csv:
      let table = predictions ?? task.termTable
      if let output {
        try CSVWriter.write(table, to: output)
      } else {
        Terminal.write(CSVWriter.text(table), to: .output)
      }
    case .json: try write(task.json(predictions: predictions).indented + "\n")
    case .table: try write(RegressionText(task).text(predictions: predictions))
    }
  }

  private func write(_ text: String) throws {
    if let output { try AtomicFile.write(text, to: output) } else { Terminal.write(text, to: .output) }
  }
}

enum RegressionFormat: String, ExpressibleByArgument, CaseIterable { case table, json, csv }
