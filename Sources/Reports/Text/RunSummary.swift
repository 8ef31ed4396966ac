import Planning

/// The result of a run as `sluice run` prints it: the tables a planner looks at first, and where the files are.
public struct RunSummary {
  private let view: RunView

  public init(_ view: RunView) { self.view = view }

  /// The parts that the run has, separated by empty lines; ends with a newline.
  public var text: String {
    let parts = [forecastText, budgetText, churnText, stockText, certificateText, stageText, placeText]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  // MARK: - Parts

  private var forecastText: String {
    guard let figures = ForecastFigures(view) else { return "" }
    let (noun, count) = (
      figures.periodNoun, (figures.total.steps.first != nil ? figures.total : figures.regions[0]).steps.count
    )
    let level = figures.shownLevel
    var table = TextTable([
      .init("forecast, \(view.measureUnit)", .left), .init("last \(count) \(noun)"), .init("next \(count) \(noun)"),
      .init("change"),
      .init(level.map { "\(figures.levels[$0]) % range*" } ?? ""),
    ])
    let rows = figures.regions + (figures.total.steps.isEmpty ? [] : [figures.total])
    for series in rows {
      let range = level.flatMap { series.range(level: $0) }
      table.add(
        series.region.isEmpty ? "total" : series.region, series.last.map { NumberText.grouped($0) } ?? "",
        NumberText.grouped(series.next), series.change.map { NumberText.signedPercent($0) } ?? "",
        range.map { NumberText.grouped($0.lowerBound) + " .. " + NumberText.grouped($0.upperBound) } ?? "")
    }
    let note = level == nil ? "" : "* sums of the \(noun)' own ranges: the range of the sum is narrower\n"
    return table.text + note
  }

  private var budgetText: String {
    guard let figures = BudgetFigures(view) else { return "" }
    var table = TextTable([
      .init("budget, \(view.currency)", .left), .init("now"), .init("plan"), .init("change"), .init("marginal return"),
      .init("held by", .left),
    ])
    for region in figures.regions {
      table.add(
        region.label, NumberText.grouped(region.now), NumberText.grouped(region.plan), NumberText.signed(region.change),
        region.marginalReturn.isFinite ? NumberText.grouped(region.marginalReturn, decimals: 2) : "", region.heldBy)
    }
    return table.text + BudgetSentence.text(figures, certificate: budgetCertificate) + "\n"
  }

  private var churnText: String {
    guard let figures = ChurnFigures(view) else { return "" }
    var table = TextTable([
      .init("churn", .left), .init("looked at"), .init("expected to leave"), .init("chance above 50 %"),
      .init("value at risk, \(view.currency)"),
    ])
    for kind in figures.kinds {
      let rows = figures.rows(of: kind)
      table.add(
        kind + "s", NumberText.grouped(rows.count), NumberText.grouped(figures.expected(kind), decimals: 1),
        NumberText.grouped(rows.count { $0.probability > 0.5 }), NumberText.grouped(figures.atRisk(kind)))
    }
    return table.text
  }

  private var stockText: String {
    guard let figures = StockFigures(view) else { return "" }
    var table = TextTable([
      .init("stock", .left), .init("actions"), .init("units"), .init("value, \(view.currency)"),
      .init("expected saving"),
    ])
    for kind in figures.kinds {
      table.add(
        kind.action, NumberText.grouped(kind.count), NumberText.grouped(kind.quantity), NumberText.grouped(kind.value),
        NumberText.grouped(kind.saving))
    }
    table.add("no action", NumberText.grouped(figures.pairs - figures.actions.count))
    return table.text
  }

  private var certificateText: String {
    view.certificates.map { CertificateText.line($0) + "\n" }.joined()
  }

  private var stageText: String {
    view.stages.filter { $0.outcome != .ran }
      .map { "\($0.outcome.rawValue)  \($0.stage.rawValue): \(TerminalText.safe($0.note))\n" }.joined()
  }

  private var placeText: String {
    guard !view.folder.isEmpty else { return "" }
    return "files: \(TerminalText.safe(view.folder)) (\(NumberText.count(view.tables.count, "table")), report.html)\n"
  }

  private var budgetCertificate: Double? {
    view.certificates.first { $0.problem == "budget" }?.relativeGap
  }
}
