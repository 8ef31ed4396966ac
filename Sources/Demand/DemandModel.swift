internal import ChannelTypes
internal import LinearAlgebra
public import TimeSeries

/// A way to forecast all series of a panel from one origin.
///
/// A new model is one file, and one line in ``DemandModels/all``.
public protocol DemandModel: Sendable {
  /// Unique, `snake_case`: what plans and output tables call the model.
  static var name: String { get }

  /// Forecasts the periods after the origin from the periods before it; nothing later may be looked at but drivers that
  /// were planned.
  func run(_ origin: ForecastOrigin) -> ModelRun
}

/// A point in time to forecast from, and what the series share that was learnt from the periods before it.
public struct ForecastOrigin: Sendable {
  public let panel: DemandPanel
  /// Periods known.
  public let end: Int
  /// Periods to forecast.
  public let horizon: Int
  /// Whether the calendar's events may explain demand.
  public let events: Bool
  public let threads: Int
  let regression: PooledRegression
  let season: GroupSeason

  public init(_ panel: DemandPanel, end: Int, horizon: Int, events: Bool = true, threads: Int = 1) {
    self.panel = panel
    self.end = end
    self.horizon = horizon
    self.events = events
    self.threads = threads
    regression = PooledRegression(panel, end: end, horizon: horizon, events: events, threads: threads)
    season = GroupSeason(regression, panel)
  }
}

/// Every model that may be chosen for a series.
public enum DemandModels {
  public static let all: [any DemandModel] = [
    LocalDemandModel(SeasonalNaive()),
    LocalDemandModel(ExponentialSmoothing.forPanels, adjustsSeason: true),
    AutoDemandModel(),
    DriverDemandModel(),
  ]
}

/// The forecasts of one model for all series of a panel, in contiguous columns.
public struct ModelRun: Sendable {
  public let end: Int
  public let horizon: Int
  /// Expected units, series × horizon; NaN for series that the model cannot forecast.
  public var mean: [Double]
  /// Standard deviations in units, series × horizon.
  public var deviation: [Double]
  /// One-step errors, series × end; NaN where there is none.
  public var residuals: [Double]
  /// How one-step errors add up over the horizon, series × horizon (see `FittedLocalModel.errorWeights`).
  public var weights: [Double]

  init(seriesCount: Int, end: Int, horizon: Int) {
    self.end = end
    self.horizon = horizon
    mean = [Double](repeating: .nan, count: seriesCount * horizon)
    deviation = [Double](repeating: 0, count: seriesCount * horizon)
    residuals = [Double](repeating: .nan, count: seriesCount * end)
    weights = [Double](repeating: 0, count: seriesCount * horizon)
  }

  var seriesCount: Int { horizon > 0 ? mean.count / horizon : 0 }

  func range(ofSeries series: Int) -> Range<Int> { series * horizon..<(series + 1) * horizon }
  func residualRange(ofSeries series: Int) -> Range<Int> { series * end..<(series + 1) * end }

  /// The mean of runs: of means, deviations, errors and weights alike. Where one says nothing, the others count.
  static func average(_ runs: [ModelRun]) -> ModelRun {
    var result = runs[0]
    for index in result.mean.indices {
      let speaking = runs.filter { !$0.mean[index].isNaN }
      guard !speaking.isEmpty else { continue }
      let count = Double(speaking.count)
      result.mean[index] = speaking.reduce(0) { $0 + $1.mean[index] } / count
      result.deviation[index] = speaking.reduce(0) { $0 + $1.deviation[index] } / count
      result.weights[index] = speaking.reduce(0) { $0 + $1.weights[index] } / count
    }
    for index in result.residuals.indices {
      var (sum, count) = (0.0, 0.0)
      for run in runs where !run.residuals[index].isNaN {
        sum += run.residuals[index]
        count += 1
      }
      result.residuals[index] = count > 0 ? sum / count : .nan
    }
    return result
  }
}

/// A model of single series, applied to each series of a panel: as it is, or freed of the season and the events that its
/// product shares (``GroupSeason``).
public struct LocalDemandModel<Model: LocalModel>: DemandModel {
  public static var name: String { Model.name }
  private let model: Model
  private let adjustsSeason: Bool

  public init(_ model: Model, adjustsSeason: Bool = false) {
    self.model = model
    self.adjustsSeason = adjustsSeason
  }

  public func run(_ origin: ForecastOrigin) -> ModelRun {
    let (panel, end, horizon) = (origin.panel, origin.end, origin.horizon)
    let fits = parallelMap(count: panel.seriesCount, threads: origin.threads) { [self] series -> LocalFit? in
      let start = series * panel.periodCount
      let product = panel.series[series].product
      let factors = (0..<end + horizon).map { adjustsSeason ? origin.season.factor(product: product, time: $0) : 1 }
      let history = (0..<end).map { panel.demand[start + $0] / factors[$0] }
      guard let fitted = try? model.fit(history, season: panel.frequency.periodsPerYear) else { return nil }
      let forecast = fitted.forecast(horizon: horizon).nonNegative()
      return LocalFit(
        mean: zip(forecast.mean, factors[end...]).map { $0 * $1 },
        deviation: zip(forecast.variance, factors[end...]).map { $0.squareRoot() * $1 },
        residuals: zip(fitted.residuals, factors).map { $0 * $1 }, weights: fitted.errorWeights(horizon: horizon))
    }
    var run = ModelRun(seriesCount: panel.seriesCount, end: end, horizon: horizon)
    for (series, fit) in fits.enumerated() {
      guard let fit else { continue }
      run.mean.replaceSubrange(run.range(ofSeries: series), with: fit.mean)
      run.deviation.replaceSubrange(run.range(ofSeries: series), with: fit.deviation)
      run.weights.replaceSubrange(run.range(ofSeries: series), with: fit.weights)
      run.residuals.replaceSubrange(run.residualRange(ofSeries: series), with: fit.residuals)
    }
    return run
  }

  private struct LocalFit: Sendable {
    var mean: [Double]
    var deviation: [Double]
    var residuals: [Double]
    var weights: [Double]
  }
}

extension ExponentialSmoothing {
  /// The forms that short, noisy partner series can carry, and a bounded search: thousands of series are fitted at
  /// several origins each.
  static let forPanels = ExponentialSmoothing(
    forms: [
      Form(), Form(trend: .damped), Form(season: .additive), Form(trend: .none, season: .multiplicative),
    ], maximumEvaluations: 300)
}
