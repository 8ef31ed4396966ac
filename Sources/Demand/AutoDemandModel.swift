internal import LinearAlgebra
internal import TimeSeries

/// `auto` over the series of a panel, freed of the season and the events that their product shares (``GroupSeason``).
///
/// Pooled regressions and theta are combined by what they would have forecast at earlier origins
/// (`TimeSeries.AutoForecaster`). Complex smoothing is left out: it has too many weights for histories of a few years,
/// and costs more than all the rest. One-step errors and how they add up, which joint sample paths need, are those of
/// dynamic optimised theta, the only ingredient that runs along the history.
struct AutoDemandModel: DemandModel {
  static let name = AutoForecaster.name

  private static let ingredients: [Ingredient] = [.states, .anchoredStates, .theta, .autoregression]
  /// Within one standard deviation of a normal distribution lie these probabilities.
  private static let probabilities = [0.158655, 0.841345]

  func run(_ origin: ForecastOrigin) -> ModelRun {
    let (panel, end, horizon) = (origin.panel, origin.end, origin.horizon)
    var run = ModelRun(seriesCount: panel.seriesCount, end: end, horizon: horizon)
    // 1. Histories without season and events.
    var histories = SeriesPanel(season: 1)
    for series in 0..<panel.seriesCount {
      let start = series * panel.periodCount
      let product = panel.series[series].product
      let history = (0..<end).map { panel.demand[start + $0] / origin.season.factor(product: product, time: $0) }
      histories.append(history.span)
    }
    // 2. Medians and spreads of auto.
    let forecaster = AutoForecaster(models: Self.ingredients, threads: origin.threads)
    guard let fitted = try? forecaster.fit(histories, horizon: horizon) else { return run }
    let forecast = fitted.forecast(histories, probabilities: Self.probabilities)
    for series in 0..<panel.seriesCount {
      for step in 0..<horizon {
        let factor = origin.season.factor(product: panel.series[series].product, time: end + step)
        let place = series * horizon + step
        let (low, high) = (
          forecast.quantile(series: series, step: step, probability: 0),
          forecast.quantile(series: series, step: step, probability: 1)
        )
        guard forecast.median[place].isFinite else { continue }
        run.mean[place] = max(0, forecast.median[place]) * factor
        run.deviation[place] = max(0, (high - low) / 2) * factor
      }
    }
    // 3. One-step errors.
    let paths = parallelMap(count: panel.seriesCount, threads: origin.threads) { [histories] series -> StepErrors? in
      let values = Array(histories.values(ofSeries: series))
      guard let theta = try? DynamicOptimizedTheta().fit(values, season: 1) else { return nil }
      return StepErrors(residuals: theta.residuals, weights: theta.errorWeights(horizon: horizon))
    }
    for (series, errors) in paths.enumerated() {
      guard let errors else { continue }
      let product = panel.series[series].product
      let scaled = errors.residuals.enumerated().map { $1 * origin.season.factor(product: product, time: $0) }
      run.residuals.replaceSubrange(run.residualRange(ofSeries: series), with: scaled)
      run.weights.replaceSubrange(run.range(ofSeries: series), with: errors.weights)
    }
    return run
  }

  private struct StepErrors: Sendable {
    var residuals: [Double]
    var weights: [Double]
  }
}
