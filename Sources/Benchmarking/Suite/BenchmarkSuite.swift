public import Specifications
public import Tables

/// A suite file as it was read: tasks, contestants, and how they are judged.
public struct BenchmarkSuite: Sendable {
  public var name: String
  /// The path as the user wrote it.
  public var path: String
  /// Where data paths start from, relative to the suite's folder.
  public var dataFolder: String
  public var tasks: [BenchmarkTask]
  public var contestants: [ContestantSpecification]
  /// Of the intervals that are asked for and judged, percent.
  public var levels: [Double]
  public var seed: UInt64
  /// Of the critical difference.
  public var significance: Double
  /// What contestants are ranked by.
  public var measure: Measure
  /// Seconds after which a program is ended.
  public var timeLimit: Double
  /// The lines of the file, to quote.
  public var source: SourceText

  /// Of the quantiles that contestants are asked for: the ends of the intervals, and the median.
  public var probabilities: [Double] {
    let ends: [Double] = levels.flatMap { level -> [Double] in [(100 - level) / 200, (100 + level) / 200] }
    return Set(ends + [0.5]).sorted()
  }

  /// What contestants are ranked by. Lower is better.
  public enum Measure: String, Sendable, CaseIterable { case mase, rmsse, smape, crps }
}

/// One table that is forecast, or one for each value of `groupBy`.
public struct BenchmarkTask: Sendable {
  public var name: String
  public var place: SourcePlace
  public var data: Located<String>
  /// Rows that take part.
  public var conditions: [Located<RowCondition>]
  public var ids: [Located<String>]
  public var time: Located<String>
  public var value: Located<String>
  public var join: Join?
  public var groupBy: Located<String>?
  /// Periods ahead; nil where the test part tells.
  public var horizon: Located<Setting>?
  /// Periods in a season, as models are told.
  public var season: Located<Setting>?
  /// The season of MASE, RMSSE, MSIS and Naive2; that of the models where it is nil.
  public var metricSeason: Located<Setting>?
  public var split: Split
  /// Series with a shorter training part are left out.
  public var minimumTraining: Int
  /// In place of the contestants of the suite.
  public var contestants: [ContestantSpecification]
  public var bars: [Bar]
  /// The steps of a planning process, by the names of contestants: what each adds is reported.
  public var valueAdded: [Located<String>]

  /// A table that tells more about each series.
  public struct Join: Sendable {
    public var file: Located<String>
    public var key: Located<String>
  }

  /// A number of periods.
  public enum Setting: Sendable, Hashable {
    case fixed(Int)
    /// A column of the table or of the joined one.
    case column(String)
    /// For each value of `groupBy`.
    case byGroup([String: Int])
  }

  /// Which part of a series is held out.
  public enum Split: Sendable, Hashable {
    /// The rows that meet a condition, as in competitions.
    case test(RowCondition)
    /// The last periods of each series, and windows before them; `step` nil for the horizon.
    case ends(count: Int, step: Int?)
    /// The same dates for all series; empty `cutoffs` for the date that fits most series, and windows before it.
    case dates(count: Int, step: Int?, cutoffs: [String])
  }

  /// The worst score that a model may have.
  public struct Bar: Sendable {
    public var model: String
    public var measure: String
    public var atMost: Double?
    public var atLeast: Double?
    public var group: String?
    public var place: SourcePlace
  }
}

/// Who takes part.
public struct ContestantSpecification: Sendable {
  public enum Kind: Sendable, Hashable {
    /// A built-in model.
    case model(String)
    /// A command that reads a history and writes a forecast.
    case program(String)
    /// A file of forecasts, and the model in it.
    case file(String, model: String?)
  }

  public var kind: Kind
  public var name: String
  public var place: SourcePlace

  public init(kind: Kind, name: String, place: SourcePlace = .default) {
    self.kind = kind
    self.name = name
    self.place = place
  }
}
