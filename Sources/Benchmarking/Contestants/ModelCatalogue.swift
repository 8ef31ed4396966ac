internal import TimeSeries

/// The built-in models that a suite may name.
enum ModelCatalogue {
  /// Those that are found by name, for hints.
  static var names: [String] {
    (LocalModels.all.map { type(of: $0).name } + ["naive2", PooledIntermittent.name]).sorted()
  }

  /// The model of a name, read without case, `_`, `-` and blanks; nil where there is none.
  static func model(named name: String, seed: UInt64) -> (any PanelModel)? {
    let plain = plain(name)
    if plain == "naive2" { return NaiveBenchmarkModel() }
    if plain == self.plain(PooledIntermittent.name) { return PooledIntermittent() }
    guard let local = LocalModels.all.first(where: { self.plain(type(of: $0).name) == plain }) else { return nil }
    return lifted(local)
  }

  private static func plain(_ name: String) -> String { name.lowercased().filter { !" _-.".contains($0) } }

  private static func lifted(_ model: some LocalModel) -> any PanelModel { LocalPanelModel(model) }
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
