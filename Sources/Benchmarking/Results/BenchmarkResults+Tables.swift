public import Tables
internal import TimeSeries

extension BenchmarkResults {
  /// The leaderboard of all tasks, where there is one, then those of the tasks.
  public var boards: [TaskResult] { (overall.map { [$0] } ?? []) + tasks }

  /// A row for each task and contestant, best first: what `leaderboard.csv` holds.
  public var leaderboard: Table {
    let rows = boards.flatMap { board in board.entries.enumerated().map { (board, $0 + 1, $1) } }
    func reals(_ name: String, _ value: (BenchmarkEntry) -> Double) -> Column {
      Column(name: name, values: .real(rows.map { Self.known(value($0.2)) }))
    }
    let names = ScoreSummary.names(levels: suite.levels, probabilities: suite.probabilities)
    return Table(
      name: "leaderboard",
      columns: [
        .text("task", rows.map(\.0.name)), .integer("rank", rows.map(\.1)), .text("model", rows.map(\.2.name)),
        .text("status", rows.map(\.2.status.text)), .integer("series", rows.map(\.0.seriesCount)),
        .integer("windows", rows.map(\.0.windows)), reals("mean_rank", \.meanRank),
        .text("group", rows.map(\.2.letters)),
      ]
        + names.enumerated().map { index, name in
          reals(name) { entry in
            entry.scores.named(levels: suite.levels, probabilities: suite.probabilities)[index].value
          }
        } + [
          reals("above_best") { $0.aboveBest?.mean ?? .nan }, reals("above_best_lo") { $0.aboveBest?.lower ?? .nan },
          reals("above_best_hi") { $0.aboveBest?.upper ?? .nan },
          reals("p_against_best") { $0.pAgainstBest ?? .nan }, reals("cpu_seconds", \.use.cpuSeconds),
          reals("wall_seconds", \.use.wallSeconds),
          reals("peak_mb") { $0.use.peakMemory.map { Double($0) / 1_048_576 } ?? .nan },
        ])
  }

  /// A row for each task and step of a planning process; nil where no task names steps.
  public var valueAdded: Table? {
    let rows = tasks.flatMap { task in (task.valueAdded?.steps ?? []).map { (task.name, $0) } }
    guard !rows.isEmpty else { return nil }
    func reals(_ name: String, _ value: (ForecastValueAdded.Step) -> Double) -> Column {
      Column(name: name, values: .real(rows.map { Self.known(value($0.1)) }))
    }
    return Table(
      name: "value_added",
      columns: [
        .text("task", rows.map(\.0)), .text("step", rows.map(\.1.name)), reals("wape", \.wape), reals("bias", \.bias),
        reals("added_to_previous", \.addedToPrevious), reals("added_to_first", \.addedToFirst),
        .integer("changed", rows.map(\.1.changed)), reals("improved_share", \.improvedShare),
      ])
  }

  /// Everything, for programs.
  public var json: JSONValue {
    .object([
      .init("suite", .string(suite.name)), .init("measure", .string(suite.measure.rawValue)),
      .init("levels", .array(suite.levels.map { .number($0) })),
      .init("significance", .number(suite.significance)), .init("seed", .integer(Int(suite.seed))),
      .init("boards", .array(boards.map(json))),
      .init("findings", .array(findings.kept.map { .string($0.message) })),
    ])
  }

  private func json(_ board: TaskResult) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("task", .string(board.name)), .init("series", .integer(board.seriesCount)),
      .init("windows", .integer(board.windows)), .init("horizon", board.horizon.map { .integer($0) } ?? .null),
      .init("season", board.season.map { .integer($0) } ?? .null),
    ]
    if let comparison = board.comparison {
      members += [
        .init("friedman", .number(comparison.friedman)), .init("p_friedman", .number(comparison.pValue)),
        .init("critical_difference", .number(comparison.criticalDifference)),
        .init("ranked_series", .integer(comparison.blocks)),
      ]
    }
    members.append(.init("entries", .array(board.entries.map(json))))
    return .object(members)
  }

  private func json(_ entry: BenchmarkEntry) -> JSONValue {
    let scores = entry.scores.named(levels: suite.levels, probabilities: suite.probabilities)
    return .object([
      .init("model", .string(entry.name)), .init("status", .string(entry.status.text)),
      .init("mean_rank", .number(entry.meanRank)), .init("group", .string(entry.letters)),
      .init("scores", .object(scores.map { .init($0.name, .number($0.value)) })),
      .init("p_against_best", entry.pAgainstBest.map { .number($0) } ?? .null),
      .init(
        "above_best",
        entry.aboveBest.map { .array([.number($0.mean), .number($0.lower), .number($0.upper)]) } ?? .null),
      .init("cpu_seconds", .number(entry.use.cpuSeconds)), .init("wall_seconds", .number(entry.use.wallSeconds)),
      .init("peak_bytes", entry.use.peakMemory.map { .integer($0) } ?? .null),
    ])
  }

  private static func known(_ value: Double) -> Double { value.isFinite ? value : .nan }
}

extension BenchmarkEntry.Status {
  /// `complete`, `3 missing`, `failed`.
  public var text: String {
    switch self {
    case .complete: "complete"
    case .partial(let missing): "\(missing) missing"
    case .failed: "failed"
    }
  }
}
