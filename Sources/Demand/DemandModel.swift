internal import ChannelTypes
public import TimeSeries

/// A way to forecast all series of a panel from one origin.
///
/// A new model is one file, and one line in ``DemandModels/all``.
public protocol DemandModel: Sendable {
  /// Unique, `snake_case`: what plans and output tables call the model.
  static var name: String { get }

  /// Forecasts the `horizon` periods after `end` from the periods before it; nothing after `end` may be looked at but
  /// drivers that were planned.
  func run(_ panel: DemandPanel, end: Int, horizon: Int, threads: Int) -> ModelRun
}

/// Every model that may be chosen for a series.
public enum DemandModels {
  public static let all: [any DemandModel] = [
    LocalDemandModel(SeasonalNaive()),
    LocalDemandModel(ExponentialSmoothing.forPanels),
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

  /// The mean of two runs: of means, deviations, errors and weights alike.
  static func average(_ left: ModelRun, _ right: ModelRun) -> ModelRun {
    var result = left
    for index in result.mean.indices {
      result.mean[index] = (left.mean[index] + right.mean[index]) / 2
      result.deviation[index] = (left.deviation[index] + right.deviation[index]) / 2
      result.weights[index] = (left.weights[index] + right.weights[index]) / 2
    }
    for index in result.residuals.indices {
      result.residuals[index] = (left.residuals[index] + right.residuals[index]) / 2
    }
    return result
  }
}

/// A model of single series, applied to each series of a panel.
public struct LocalDemandModel<Model: LocalModel>: DemandModel {
  public static var name: String { Model.name }
  private let model: Model

  public init(_ model: Model) { self.model = model }

  public func run(_ panel: DemandPanel, end: Int, horizon: Int, threads: Int) -> ModelRun {
    let season = panel.frequency.periodsPerYear
    let fits = parallelMap(count: panel.seriesCount, threads: threads) { [model] series -> LocalFit? in
      let start = series * panel.periodCount
      let history = Array(panel.demand[start..<start + end])
      guard let fitted = try? model.fit(history, season: season) else { return nil }
      return LocalFit(
        forecast: fitted.forecast(horizon: horizon).nonNegative(), residuals: fitted.residuals,
        weights: fitted.errorWeights(horizon: horizon))
    }
    var run = ModelRun(seriesCount: panel.seriesCount, end: end, horizon: horizon)
    for (series, fit) in fits.enumerated() {
      guard let fit else { continue }
      run.mean.replaceSubrange(run.range(ofSeries: series), with: fit.forecast.mean)
      run.deviation.replaceSubrange(run.range(ofSeries: series), with: fit.forecast.variance.map { $0.squareRoot() })
      run.weights.replaceSubrange(run.range(ofSeries: series), with: fit.weights)
      run.residuals.replaceSubrange(run.residualRange(ofSeries: series), with: fit.residuals)
    }
    return run
  }

  private struct LocalFit: Sendable {
    var forecast: Forecast
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
