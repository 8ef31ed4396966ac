internal import TimeSeries

/// The built-in models that a suite may name: those of ``ForecastModels``, and the benchmark Naive2.
enum ModelCatalogue {
  /// For hints.
  static var names: [String] { ForecastModels.names + ["naive2"] }

  /// The model of a name or of one in use elsewhere, read without case, `_` and `-`; nil where there is none.
  static func model(named name: String) -> (any PanelModel)? {
    if name.lowercased() == "naive2" { return NaiveBenchmarkModel() }
    return ForecastModels.model(named: name)
  }
}

/// Naive2 as a contestant; it gives no intervals.
private struct NaiveBenchmarkModel: PanelModel {
  func fit(_ panel: SeriesPanel, horizon: Int) -> any FittedPanelModel { Fitted(horizon: horizon) }

  private struct Fitted: FittedPanelModel {
    let horizon: Int

    func forecast(_ panel: SeriesPanel, probabilities: [Double]) -> PanelForecast {
      var result = PanelForecast(seriesCount: panel.count, horizon: horizon, probabilities: probabilities)
      result.median = NaiveBenchmark.forecast(panel, horizon: horizon).median
      return result
    }
  }
}
