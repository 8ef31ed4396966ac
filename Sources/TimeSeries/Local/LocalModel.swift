/// A model that forecasts one series from its own history.
///
/// A new model is one file with a type that conforms, and one line in ``LocalModels/all``; the conformance suite in the
/// tests then holds it to what every model owes: finite results for short, constant, all-zero, intermittent and gappy
/// series, equivariance, and determinism.
public protocol LocalModel: Sendable {
  associatedtype Fitted: FittedLocalModel

  /// Unique, `snake_case`: what plans and output tables call the model.
  static var name: String { get }

  /// Fits the model to equally spaced values, oldest first; NaN is unknown.
  /// - Parameter season: periods in a season; 1 for none.
  /// - Throws: ``TimeSeriesError`` where no value is known or one is infinite.
  func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> Fitted
}

extension LocalModel {
  public func fit(_ values: [Double], season: Int) throws(TimeSeriesError) -> Fitted {
    try fit(values.span, season: season)
  }
}

/// A model with its parameters, ready to forecast from the end of the history that it was fitted to; it can be saved and
/// brought up to date.
public protocol FittedLocalModel: Sendable, Codable {
  /// One-step errors, value minus forecast, aligned with the history; NaN where there is none.
  var residuals: [Double] { get }

  /// Goes on with new values after the history, parameters unchanged: the state and the residuals are those of a run
  /// over all values. NaN is unknown.
  mutating func update(_ values: Span<Double>)

  /// Mean and variance of each of the next `horizon` values.
  func forecast(horizon: Int) -> Forecast

  /// How one-step errors add up in the error of a longer forecast: the error at step h is
  /// Σ_{j=0}^{h−1} c_j ε_{h−j} with c₀ = 1. For models that are not linear, the first-order approximation.
  func errorWeights(horizon: Int) -> [Double]
}

/// What a model says about the next values.
public struct Forecast: Sendable, Hashable {
  /// In the unit of the series, one per step ahead.
  public var mean: [Double]
  /// In the squared unit of the series.
  public var variance: [Double]

  public init(mean: [Double], variance: [Double]) {
    precondition(mean.count == variance.count, "a forecast has one variance per mean")
    self.mean = mean
    self.variance = variance
  }

  public var horizon: Int { mean.count }

  /// The same forecast with means held at zero or above, for quantities that cannot be negative.
  public func nonNegative() -> Forecast { Forecast(mean: mean.map { max(0, $0) }, variance: variance) }
}

/// Why a series cannot be forecast.
public enum TimeSeriesError: Error, Sendable, Hashable, CustomStringConvertible {
  case noKnownValue
  case infiniteValue(position: Int)
  case badSeason(Int)
  case regressorRows(Int, expected: Int)
  case unknownRegressor(row: Int, column: Int)

  public var description: String {
    switch self {
    case .noKnownValue: "the series has no known value; leave it out or give at least one"
    case .infiniteValue(let position): "value \(position) of the series is infinite; mark it as unknown (NaN)"
    case .badSeason(let season): "a season of \(season) periods makes no sense; give 1 for none"
    case .regressorRows(let rows, let expected): "regressors have \(rows) rows; give one for each of \(expected) values"
    case .unknownRegressor(let row, let column):
      "row \(row) of regressor \(column) is not a finite number; fill it in or leave the regressor out"
    }
  }
}

/// Every local model that `auto` and plans may name.
public enum LocalModels {
  public static let all: [any LocalModel] = [
    Naive(),
    SeasonalNaive(),
    Drift(),
    SimpleExponentialSmoothing(),
    ExponentialSmoothing(),
    Theta(),
    OptimizedTheta(),
    DynamicTheta(),
    DynamicOptimizedTheta(),
    ComplexExponentialSmoothing(),
    AutomaticArima(),
    MultipleSeasonModel(),
    Croston(),
    OptimizedCroston(),
    SyntetosBoylan(),
    TeunterSyntetosBabai(),
    AggregateDisaggregate(),
    IntermittentMultipleAggregation(),
  ]
}

/// What every model checks and most need: how many values are known, their mean and their spread.
struct SeriesSummary {
  let knownCount: Int
  let mean: Double
  let standardDeviation: Double
  let minimum: Double

  init(_ values: Span<Double>, season: Int) throws(TimeSeriesError) {
    guard season >= 1 else { throw .badSeason(season) }
    var count = 0
    var sum = 0.0
    var minimum = Double.infinity
    for index in values.indices where !values[index].isNaN {
      guard values[index].isFinite else { throw .infiniteValue(position: index) }
      count += 1
      sum += values[index]
      minimum = min(minimum, values[index])
    }
    guard count > 0 else { throw .noKnownValue }
    let mean = sum / Double(count)
    var squares = 0.0
    for index in values.indices where !values[index].isNaN {
      squares += (values[index] - mean) * (values[index] - mean)
    }
    knownCount = count
    self.mean = mean
    self.minimum = minimum
    standardDeviation = (squares / Double(count)).squareRoot()
  }
}
