public import Benchmarking
internal import Tables
internal import TimeSeries

/// The results of a benchmark as one HTML file: charts are drawn in the page, nothing is loaded from anywhere.
public struct BenchmarkPage {
  private let results: BenchmarkResults
  private let version: String
  private static let shownBars = 30

  /// - Parameter version: of the engine that ran the benchmark.
  public init(_ results: BenchmarkResults, version: String) {
    self.results = results
    self.version = version
  }

  /// The page as text in UTF-8.
  public func render() throws(ReportError) -> String {
    let boards = results.boards
    let sections = boards.enumerated().map { section($1, number: $0 + 1) } + [method]
    let page = Page(
      title: results.suite.name, version: version,
      provenance: "\(NumberText.count(results.tasks.count, "task")) · ranked by \(measureName) · "
        + "seed \(results.suite.seed) · Sluice \(version)",
      footer: "Made by Sluice \(version). Every figure is in leaderboard.csv and results.json beside this page.",
      sections: sections, eyebrow: "Benchmark")
    return try HTMLReport.render(page)
  }

  private var measureName: String {
    switch results.suite.measure {
    case .mase: "scaled absolute error"
    case .rmsse: "scaled squared error"
    case .smape: "sMAPE"
    case .crps: "CRPS"
    }
  }

  private func section(_ board: TaskResult, number: Int) -> PageSection {
    var section = PageSection(
      "task-\(number)", BenchmarkText.name(board), question: "Who is ahead, and by how much?")
    section.lead = [lead(board)]
    section.blocks = [ranks(board), cost(board), bars(board)].compactMap(\.self)
    if let added = board.valueAdded { section.blocks.append(valueAdded(added)) }
    return section
  }

  /// Who is best, who cannot be told from it, who failed.
  private func lead(_ board: TaskResult) -> String {
    guard let best = board.entries.first else { return "Nobody took part." }
    var sentences = [BenchmarkText.headline(board) + "."]
    if let comparison = board.comparison {
      let level = board.entries.indices.dropFirst().filter { comparison.isLevelWithBest($0) }
      sentences.append(
        level.isEmpty
          ? "\(best.name) has the lowest mean rank, and no other is within the critical difference."
          : "\(best.name) has the lowest mean rank; \(Prose.list(level.map { board.entries[$0].name })) cannot be told "
            + "from it.")
    }
    let failed = board.entries.filter { $0.status == .failed }.map(\.name)
    if !failed.isEmpty { sentences.append("\(Prose.list(failed)) failed.") }
    return sentences.joined(separator: " ")
  }

  // MARK: Charts

  private func ranks(_ board: TaskResult) -> Block {
    var block = Block("Mean ranks", BenchmarkText.differences(board).map { [$0] } ?? [])
    if let comparison = board.comparison {
      let half = comparison.criticalDifference / 2
      let rows = board.entries.map { entry in
        IntervalChart.Row(
          name: entry.name, estimate: entry.meanRank, lower: entry.meanRank - half, upper: entry.meanRank + half,
          label: "\(NumberText.grouped(entry.meanRank, decimals: 2)) \(entry.letters)")
      }
      block.sentences.append("Lines that do not overlap differ: each is half a critical difference to both sides.")
      block.charts = [
        PageChart(
          width: 900, title: "Mean ranks of \(BenchmarkText.name(board))",
          description: "Mean rank of each contestant with half the critical difference to both sides; 1 is best."
        ) { IntervalChart(rows: rows).drawing(width: $0) }
      ]
    }
    block.openTable = PageTable(
      BenchmarkText.table(board, results.suite), name: "leaderboard of \(BenchmarkText.name(board))")
    block.source = "leaderboard.csv"
    return block
  }

  /// The measure of the ranking that has a mean.
  private func score(_ entry: BenchmarkEntry) -> Double {
    switch results.suite.measure {
    case .mase: entry.scores.owa.isFinite ? entry.scores.owa : entry.scores.mase
    case .rmsse: entry.scores.rmsse
    case .smape: entry.scores.smape
    case .crps: entry.scores.crps
    }
  }

  private var scoreName: String {
    switch results.suite.measure {
    case .mase: "OWA"
    case .rmsse: "RMSSE"
    case .smape: "sMAPE"
    case .crps: "CRPS"
    }
  }

  private func cost(_ board: TaskResult) -> Block? {
    let dots = board.entries.filter { score($0).isFinite && $0.use.cpuSeconds > 0 }.map { entry in
      CostChart.Dot(
        name: entry.name, cost: entry.use.cpuSeconds, value: score(entry),
        reading: "\(entry.name): \(scoreName) \(BenchmarkText.decimal(score(entry), 3)), "
          + "\(BenchmarkText.seconds(entry.use)) CPU s")
    }
    guard dots.count > 1 else { return nil }
    var block = Block("Error and cost", ["Lower left is better: less error for less processor time."])
    let chart = CostChart(dots: dots, xTitle: "CPU seconds", yTitle: scoreName)
    block.charts = [
      PageChart(
        width: 900, title: "\(scoreName) over CPU seconds, \(BenchmarkText.name(board))",
        description: "Each contestant by processor time, on a logarithmic axis, and by error."
      ) { chart.drawing(width: $0, height: 300) }
    ]
    var table = TextTable([.init("model", .left), .init(scoreName), .init("CPU s"), .init("peak MB")])
    for entry in board.entries {
      table.add(
        entry.name, BenchmarkText.decimal(score(entry), 4), BenchmarkText.seconds(entry.use),
        BenchmarkText.megabytes(entry.use))
    }
    block.foldedTable = PageTable(table, name: "error and cost of \(BenchmarkText.name(board))")
    block.source = "leaderboard.csv"
    return block
  }

  private func bars(_ board: TaskResult) -> Block? {
    let known = board.entries.filter { score($0).isFinite }.sorted { score($0) < score($1) }.prefix(Self.shownBars)
    guard !known.isEmpty else { return nil }
    let note = scoreName == "OWA" ? " Naive2 has 1." : ""
    var block = Block(scoreName, ["Mean over all series and windows; lower is better." + note])
    let bars = known.enumerated().map { index, entry in
      BarChart.Bar(
        name: entry.name, value: score(entry), label: BenchmarkText.decimal(score(entry), 3),
        style: index == 0 ? "plan" : "muted")
    }
    block.charts = [
      PageChart(
        width: 900, title: "\(scoreName) of \(BenchmarkText.name(board))", description: "A bar for each contestant."
      ) {
        BarChart(bars: bars).drawing(width: $0)
      }
    ]
    let suite = results.suite
    let names = known.first?.scores.named(levels: suite.levels, probabilities: suite.probabilities).map(\.name) ?? []
    var table = TextTable([.init("model", .left)] + names.map { .init(Prose.words($0)) })
    for entry in known {
      let values = entry.scores.named(levels: suite.levels, probabilities: suite.probabilities)
      table.add([entry.name] + values.map { BenchmarkText.decimal($0.value, 4) })
    }
    block.foldedTable = PageTable(table, name: "all measures of \(BenchmarkText.name(board))")
    block.source = "leaderboard.csv"
    return block
  }

  private func valueAdded(_ added: ForecastValueAdded) -> Block {
    var block = Block(
      "What each step adds",
      [
        "Over \(NumberText.grouped(added.count)) forecasts that every step made. A step that takes away less error than "
          + "the one before it costs work and harms the forecast."
      ])
    let bars = added.steps.dropFirst().map { step in
      BarChart.Bar(
        name: step.name, value: step.addedToPrevious * 100,
        label: NumberText.signedPercent(step.addedToPrevious), style: step.addedToPrevious < 0 ? "loss" : "gain")
    }
    block.charts = [
      PageChart(
        width: 900, title: "Points of WAPE that each step adds",
        description: "A bar for each step after the first; to the left where it harms."
      ) { BarChart(bars: bars).drawing(width: $0) }
    ]
    block.openTable = PageTable(BenchmarkText.valueAddedTable(added), name: "value added by each step")
    block.source = "value_added.csv"
    return block
  }

  private var method: PageSection {
    var section = PageSection("method", "Method", question: "How are forecasts judged?")
    var block = Block()
    block.terms = [
      Term("OWA", "Mean of sMAPE and MASE, each over that of Naive2, as in the M4 competition."),
      Term("MASE", "Mean absolute error over the mean absolute change of a season in training."),
      Term("RMSSE", "Root of the mean squared error over the mean squared change of a season in training."),
      Term("CRPS", "Error of the whole distribution, from the quantiles that were asked for, scaled as MASE."),
      Term("MSIS", "Width of intervals, plus a penalty for values outside, scaled as MASE."),
      Term("Mean rank", "Of each contestant in each series, 1 the best; last where it gave no forecast."),
      Term("Critical difference", "Nemenyi’s: mean ranks that are farther apart differ at the level of the suite."),
      Term(
        "p", "Wilcoxon’s signed ranks of scaled errors against the best (Diebold-Mariano for one series), after Holm."),
      Term("CPU s", "User and system time: of this process for built-in models, of the program for others."),
    ]
    section.blocks = [block]
    if !results.findings.kept.isEmpty {
      var findings = Block("Findings")
      var table = TextTable([.init("finding", .left), .init("code", .left)])
      for finding in results.findings.kept { table.add(finding.message, finding.code.id) }
      findings.openTable = PageTable(table, name: "findings about contestants")
      section.blocks.append(findings)
    }
    return section
  }
}
