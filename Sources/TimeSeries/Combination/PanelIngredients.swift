internal import LinearAlgebra

/// The models that `auto` combines.
public enum Ingredient: String, Sendable, Hashable, Codable, CaseIterable {
  /// The regression on smoothing states, and the same around a theta forecast.
  case states = "state_regression"
  case anchoredStates = "anchored_state_regression"
  /// Dynamic optimised theta on values that are seasonally adjusted with indices that follow a changing season.
  case theta = "dynamic_optimized_theta"
  case complexSmoothing = "complex_exponential_smoothing"
  case autoregression = "pooled_autoregression"

  /// Work for each value of a series: passes over the value. Measured relative to one run of the bank of smoothers.
  var workPerValue: Double {
    switch self {
    case .states, .anchoredStates, .autoregression: 1
    case .theta: 10
    case .complexSmoothing: 400
    }
  }
}

/// Forecasts of several models for the series of a panel, in one contiguous column: model × series × horizon.
struct IngredientForecasts: Sendable {
  let models: [Ingredient]
  let seriesCount: Int
  let horizon: Int
  private(set) var values: [Double] = []

  init(models: [Ingredient], seriesCount: Int, horizon: Int) {
    self.models = models
    self.seriesCount = seriesCount
    self.horizon = horizon
    values.reserveCapacity(models.count * seriesCount * horizon)
  }

  mutating func append(_ forecasts: [Double]) { values.append(contentsOf: forecasts) }

  @inline(__always)
  func value(_ model: Int, series: Int, step: Int) -> Double {
    values[(model * seriesCount + series) * horizon + step]
  }

  /// Whether every model says something about every step of a series.
  func isComplete(series: Int) -> Bool {
    models.indices.allSatisfy { model in
      (0..<horizon).allSatisfy { value(model, series: series, step: $0).isFinite }
    }
  }
}

/// What the ingredients have learnt from a panel.
struct FittedIngredients: Sendable {
  let models: [Ingredient]
  let horizon: Int
  let memory: Double
  /// Fitted where a model needs them.
  private let states: FittedStateRegression?
  private let autoregression: FittedAutoregression?

  /// - Parameter memory: what seasonal indices keep of a season from year to year.
  init(_ models: [Ingredient], _ panel: SeriesPanel, horizon: Int, memory: Double) {
    self.models = models
    self.horizon = horizon
    self.memory = memory
    var regression = StateRegression()
    regression.memory = memory
    let usesStates = models.contains(.states) || models.contains(.anchoredStates)
    states = usesStates ? regression.fitStates(panel, horizon: horizon) : nil
    let usesLags = models.contains(.autoregression)
    autoregression = usesLags ? PooledAutoregression().fitLags(panel, horizon: horizon) : nil
  }

  func forecast(_ panel: SeriesPanel, threads: Int) -> IngredientForecasts {
    var forecasts = IngredientForecasts(models: models, seriesCount: panel.count, horizon: horizon)
    let both = states?.forecast(panel) ?? (plain: [], anchored: [])
    for model in models {
      switch model {
      case .states: forecasts.append(both.plain)
      case .anchoredStates: forecasts.append(both.anchored)
      case .autoregression: forecasts.append(autoregression?.forecast(panel) ?? [])
      case .theta: forecasts.append(theta(panel, threads: threads))
      case .complexSmoothing:
        let model = LocalPanelModel(ComplexExponentialSmoothing(), threads: threads)
        let fitted = FittedLocalPanelModel(model: model.model, horizon: horizon, threads: threads)
        forecasts.append(fitted.forecast(panel.latest(Self.longest(panel.season)), probabilities: []).median)
      }
    }
    return forecasts
  }

  /// Older values say nothing about the next ones that a local model could use.
  private static func longest(_ season: Int) -> Int { max(200, 30 * season) }

  private func theta(_ panel: SeriesPanel, threads: Int) -> [Double] {
    let adjusted = AdjustedPanel(panel, horizon: horizon, memory: memory, longest: Self.longest(panel.season))
    var column = ThetaPanel(threads: threads).forecast(adjusted.seriesPanel, horizon: horizon).mean
    for place in column.indices {
      column[place] = adjusted.inUnit(column[place], series: place / horizon, step: place % horizon)
    }
    return column
  }
}

extension AdjustedPanel {
  /// The adjusted values as series without a season.
  var seriesPanel: SeriesPanel {
    var panel = SeriesPanel(season: 1)
    for series in 0..<count { panel.append(values.span.extracting(range(ofSeries: series))) }
    return panel
  }
}

extension SeriesPanel {
  /// The latest values of each series.
  func latest(_ periods: Int) -> SeriesPanel {
    guard (0..<count).contains(where: { length(ofSeries: $0) > periods }) else { return self }
    var panel = SeriesPanel(season: season)
    for series in 0..<count {
      let range = range(ofSeries: series)
      panel.append(values.span.extracting(max(range.lowerBound, range.upperBound - periods)..<range.upperBound))
    }
    return panel
  }
}
