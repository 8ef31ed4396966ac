internal import LinearAlgebra
internal import Probability

/// A model of single series, run over each series of a panel; quantiles are normal around its mean.
///
/// Nothing is shared, so that fitting does no work and any part of a file can be forecast by itself.
public struct LocalPanelModel<Model: LocalModel>: PanelModel {
  public let model: Model
  public let threads: Int

  public init(_ model: Model, threads: Int = 1) {
    self.model = model
    self.threads = threads
  }

  public func fit(_ panel: SeriesPanel, horizon: Int) throws(TimeSeriesError) -> any FittedPanelModel {
    FittedLocalPanelModel(model: model, horizon: horizon, threads: threads)
  }
}

struct FittedLocalPanelModel<Model: LocalModel>: FittedPanelModel {
  let model: Model
  let horizon: Int
  let threads: Int

  func forecast(_ panel: SeriesPanel, probabilities: [Double]) -> PanelForecast {
    let forecasts = parallelMap(count: panel.count, threads: threads) { [model, horizon] series in
      let values = Array(panel.values(ofSeries: series))
      return try? model.fit(values, season: panel.season).forecast(horizon: horizon)
    }
    var result = PanelForecast(seriesCount: panel.count, horizon: horizon, probabilities: probabilities)
    let scores = probabilities.map { Normal.standard.quantile($0) }
    for (series, forecast) in forecasts.enumerated() {
      guard let forecast else { continue }
      let isNonNegative = panel.values(ofSeries: series).allSatisfy { $0.isNaN || $0 >= 0 }
      func held(_ value: Double) -> Double { isNonNegative ? max(0, value) : value }
      for step in 0..<horizon {
        let place = series * horizon + step
        let deviation = forecast.variance[step].squareRoot()
        result.median[place] = held(forecast.mean[step])
        for (index, score) in scores.enumerated() {
          result.quantiles[place * scores.count + index] = held(forecast.mean[step] + score * deviation)
        }
      }
    }
    return result
  }
}
