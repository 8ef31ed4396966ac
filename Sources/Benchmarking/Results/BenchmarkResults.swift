public import Tables
public import TimeSeries

/// What a suite found out.
public struct BenchmarkResults: Sendable {
  public let suite: BenchmarkSuite
  /// One for each task and group.
  public let tasks: [TaskResult]
  /// The contestants of every task, over all series; nil where there are none.
  public let overall: TaskResult?
  /// What went wrong with contestants, and bars that were not reached.
  public let findings: Findings
}

/// The leaderboard of one task.
public struct TaskResult: Sendable {
  public let name: String
  public let seriesCount: Int
  public let windows: Int
  /// Periods ahead, and in a season; nil for the leaderboard of all tasks.
  public let horizon: Int?
  public let season: Int?
  /// Best first.
  public let entries: [BenchmarkEntry]
  /// Of the contestants in the order of `entries`; nil with fewer than two.
  public let comparison: RankComparison?
  /// What each step of the planning process adds; nil where the task names none.
  public let valueAdded: ForecastValueAdded?
}

/// A contestant's line in a leaderboard.
public struct BenchmarkEntry: Sendable {
  public enum Status: Sendable, Hashable {
    case complete
    /// So many series and windows had no usable forecast.
    case partial(missing: Int)
    case failed
  }

  public let name: String
  public let status: Status
  public let scores: ScoreSummary
  public let use: ResourceUse
  public let meanRank: Double
  /// Contestants that share a letter cannot be told apart.
  public let letters: String
  /// Wilcoxon's test against the best (Diebold and Mariano's for one series), adjusted by Holm; nil for the best itself and for one that failed.
  public let pAgainstBest: Double?
  /// The mean scaled error (the absolute one of a single series) above the best's, with a 95 % interval.
  public let aboveBest: PairedTests.Difference?
}

/// Means over series and windows; NaN where a measure is not known.
public struct ScoreSummary: Sendable, Hashable {
  public var owa = Double.nan
  public var mase = Double.nan
  public var rmsse = Double.nan
  public var wrmsse = Double.nan
  /// Percent.
  public var smape = Double.nan
  public var wape = Double.nan
  public var bias = Double.nan
  public var crps = Double.nan
  /// In the order of the suite's levels.
  public var coverage: [Double] = []
  public var msis: [Double] = []
  public var pinball: [Double] = []
  public var negativeShare = Double.nan

  /// The names of all measures, in the order of the tables.
  static func names(levels: [Double], probabilities: [Double]) -> [String] {
    ["owa", "mase", "rmsse", "wrmsse", "smape", "wape", "bias", "crps"] + levels.map { "coverage_\($0.written)" }
      + levels.map { "msis_\($0.written)" } + probabilities.map { "pinball_\($0.written)" } + ["negative_share"]
  }

  /// Every measure with its name, in the order of the tables; NaN where it is not known.
  public func named(levels: [Double], probabilities: [Double]) -> [(name: String, value: Double)] {
    func padded(_ values: [Double], _ count: Int) -> [Double] {
      values.count == count ? values : [Double](repeating: .nan, count: count)
    }
    let values =
      [owa, mase, rmsse, wrmsse, smape, wape, bias, crps] + padded(coverage, levels.count)
      + padded(msis, levels.count) + padded(pinball, probabilities.count) + [negativeShare]
    return zip(Self.names(levels: levels, probabilities: probabilities), values).map { ($0, $1) }
  }

  /// The plain mean of several tasks' scores; a measure unknown in one of them is unknown.
  static func mean(_ summaries: [ScoreSummary]) -> ScoreSummary {
    guard let first = summaries.first else { return ScoreSummary() }
    func mean(_ value: (ScoreSummary) -> Double) -> Double {
      summaries.reduce(0) { $0 + value($1) } / Double(summaries.count)
    }
    func means(_ values: (ScoreSummary) -> [Double]) -> [Double] {
      values(first).indices.map { index in mean { values($0).indices.contains(index) ? values($0)[index] : .nan } }
    }
    return ScoreSummary(
      owa: mean(\.owa), mase: mean(\.mase), rmsse: mean(\.rmsse), wrmsse: mean(\.wrmsse), smape: mean(\.smape),
      wape: mean(\.wape), bias: mean(\.bias), crps: mean(\.crps), coverage: means(\.coverage), msis: means(\.msis),
      pinball: means(\.pinball), negativeShare: mean(\.negativeShare))
  }
}
