internal import Demand
internal import Tables
internal import TimeSeries

/// A model of a task, ready to forecast chunks.
enum ChunkModel: Sendable {
  case panel(any FittedPanelModel)
  /// A regression on drivers, and the factors by which its coefficients are pooled.
  case drivers(FittedDriverForecaster, names: [String], factors: [String])

  /// Forecasts the series of a chunk that have a history, in the order of its panel.
  func forecast(_ chunk: SeriesChunk, step: Int, probabilities: [Double]) -> PanelForecast {
    switch self {
    case .panel(let model): model.forecast(chunk.panel, probabilities: probabilities)
    case .drivers(let model, let names, let factors):
      model.forecast(
        chunk.driverPanel(names, factors, horizon: model.horizon, step: step), probabilities: probabilities)
    }
  }

  /// Whether the model forecasts from the values alone, so that it can forecast a peer without its drivers.
  var panelModel: (any FittedPanelModel)? { if case .panel(let model) = self { model } else { nil } }

  /// What was decided; nil for a model that does not say.
  var finding: Diagnostic? {
    guard case .drivers(let model, _, _) = self else { return nil }
    let error = (model.heldOutError * 1000).rounded() / 1000
    let words =
      error.isFinite ? "; held-out error \(error.written) of the mean change from one period to the next" : ""
    return Diagnostic(ForecastTaskCodes.driverModel, .note, "regression on the drivers: \(model.description)\(words)")
  }

  /// The names under which the regression on drivers can be asked for.
  static func isDriverRegression(_ name: String) -> Bool {
    ["auto", "drivers", "driverregression"].contains(name.lowercased().filter { !"_- ".contains($0) })
  }
}

extension SeriesChunk {
  /// The series with a history, with their drivers over history and horizon.
  func driverPanel(_ names: [String], _ factors: [String], horizon: Int, step: Int) -> DriverPanel {
    var result = DriverPanel(drivers: names, factors: factors, horizon: horizon, season: panel.season)
    for entry in entries where entry.place >= 0 {
      let history = Array(panel.values(ofSeries: entry.place))
      result.append(
        history, drivers: drivers.map { $0[entry.place] }, levels: factors.isEmpty ? [] : entry.attributes,
        firstTime: entry.last.floored(by: step).quotient - history.count + 1)
    }
    return result
  }
}
