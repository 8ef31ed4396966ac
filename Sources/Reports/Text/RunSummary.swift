import Planning

/// The result of a run as `sluice run` prints it: the tables a planner looks at first, and where the files are.
public struct RunSummary {
  private let view: RunView

  public init(_ view: RunView) { self.view = view }

  /// The parts that the run has, separated by empty lines; ends with a newline.
  public var text: String {
    let parts = [
      forecastText, budgetText, churnText, stockText, LoopText(view).text, certificateText, stageText, timingText,
      placeText,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  // MARK: - Parts

  private var forecastText: String {
    guard let figures = ForecastFigures(view) else { return "" }
    return figures.table(unit: view.measureUnit).text
  }

  private var budgetText: String {
    guard let figures = BudgetFigures(view) else { return "" }
    return figures.table(currency: view.currency).text + BudgetSentence(figures, view).text
  }

  private var churnText: String { ChurnFigures(view)?.table(currency: view.currency).text ?? "" }
  private var stockText: String { StockFigures(view)?.table(currency: view.currency).text ?? "" }

  private var certificateText: String {
    view.certificates.map { CertificateText.line($0) + "\n" }.joined()
  }

  private var stageText: String {
    view.stages.filter { $0.outcome != .ran }
      .map { stage in
        let name = say(word: stage.stage.rawValue) + Typography.colon
        return "\(say(word: stage.outcome.rawValue))  \(name)\(TerminalText.safe(say(finding: stage.note)))\n"
      }.joined()
  }

  private var timingText: String { view.timings.map { TimingFigures($0).text } ?? "" }

  private var placeText: String {
    guard !view.folder.isEmpty else { return "" }
    let tables = NumberText.count(view.tables.count, "table")
    return say("files: \(TerminalText.safe(view.folder)) (\(tables), report.html)") + "\n"
  }
}
