import ArgumentParser
import Sluice

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes the report of a run again from its folder: HTML, an Excel workbook, Markdown.",
    discussion: """
      Without options all three are written into the run folder: report.html, report.xlsx and summary.md.
      The workbook has sheets on which budget and targets can be edited: type amounts, lock rows, then \
      `sluice run plan.yaml --workbook EDITED.xlsx`.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(help: "Where to write the page.", completion: .file(extensions: ["html"]))
  var html: String?

  @Option(help: "Where to write the workbook.", completion: .file(extensions: ["xlsx"]))
  var excel: String?

  @Option(help: "Where to write the summary in Markdown.", completion: .file(extensions: ["md"]))
  var markdown: String?

  @OptionGroup var language: LanguageOption

  func run() throws {
    var findings = Findings()
    guard let view = RunView(folder: folder, findings: &findings) else { throw CommandFailure(.badInput, findings) }
    let isAll = html == nil && excel == nil && markdown == nil
    func place(_ given: String?, _ name: String) -> String? { given ?? (isAll ? "\(view.folder)/\(name)" : nil) }
    var written: [String] = []
    do {
      try language.speaking(plan: view.language) {
        if let path = place(html, "report.html") {
          try AtomicFile.write(try HTMLReport(view).render(), to: path)
          written.append(path)
        }
        if let path = place(excel, "report.xlsx") {
          try RunWorkbook(view).write(to: path)
          written.append(path)
        }
        if let path = place(markdown, "summary.md") {
          try AtomicFile.write(MarkdownSummary(view).text, to: path)
          written.append(path)
        }
      }
    } catch let error as FileError {
      throw CommandFailure(.badInput, error.diagnostic)
    }
    for path in written { Terminal.write("wrote \(path)\n", to: .output) }
  }
}
