/// Forecasts of the ingredients from an origin inside the history, beside what came.
struct HeldOutOrigin: Sendable {
  let forecasts: IngredientForecasts
  /// Series × horizon; NaN where unknown.
  let actual: [Double]
  /// What an absolute error costs in sMAPE and MASE: 1/level/.1 + 1/scale/1.2, as the M4 competition's OWA weighs them;
  /// 0 for a series that cannot be judged.
  let costs: [Double]
  let history: SeriesPanel

  /// - Parameter back: periods between the origin and the end of the panel; at least the horizon.
  init(_ fitted: FittedIngredients, _ panel: SeriesPanel, back: Int, threads: Int) {
    let horizon = fitted.horizon
    let history = panel.withoutLast(back)
    let forecasts = fitted.forecast(history, threads: threads)
    self.history = history
    self.forecasts = forecasts
    var actual: [Double] = []
    var costs: [Double] = []
    for series in 0..<panel.count {
      let range = panel.range(ofSeries: series)
      let origin = range.upperBound - back
      let known = history.range(ofSeries: series)
      var cost = 0.0
      if origin > range.lowerBound, forecasts.isComplete(series: series) {
        cost = Self.cost(history.values.span.extracting(known), season: panel.season)
      }
      for step in 0..<horizon {
        let value = origin > range.lowerBound ? panel.values[origin + step] : .nan
        actual.append(value.isFinite ? value : .nan)
      }
      costs.append(cost)
    }
    self.actual = actual
    self.costs = costs
  }

  private static func cost(_ values: Span<Double>, season: Int) -> Double {
    guard values.count > max(3, season + 1) else { return 0 }
    let scale = Accuracy.seasonalScale(values, season: season)
    var (size, known) = (0.0, 0.0)
    for time in max(0, values.count - max(season, 4))..<values.count where values[time].isFinite {
      size += abs(values[time])
      known += 1
    }
    guard scale > 0, scale.isFinite, size > 0 else { return 0 }
    return 10 * known / size + 1 / (1.2 * scale)
  }

  /// The mean cost of the errors of a model on a series; nil where nothing can be judged.
  func loss(_ model: Int, series: Int) -> Double? {
    guard costs[series] > 0 else { return nil }
    var (sum, count) = (0.0, 0.0)
    for step in 0..<forecasts.horizon {
      let error = actual[series * forecasts.horizon + step] - forecasts.value(model, series: series, step: step)
      guard !error.isNaN else { continue }
      sum += abs(error)
      count += 1
    }
    return count > 0 ? costs[series] * sum / count : nil
  }

  /// The mean loss of the mean of all models, over all series.
  func loss() -> Double {
    let models = forecasts.models.indices
    var (sum, count) = (0.0, 0.0)
    for series in costs.indices where costs[series] > 0 {
      for step in 0..<forecasts.horizon {
        let middle = models.reduce(0) { $0 + forecasts.value($1, series: series, step: step) } / Double(models.count)
        let error = actual[series * forecasts.horizon + step] - middle
        guard !error.isNaN else { continue }
        sum += costs[series] * abs(error)
        count += 1
      }
    }
    return count > 0 ? sum / count : .infinity
  }
}
