internal import LinearAlgebra

/// A theta model over every series of a panel, for callers that need the forecasts of thousands of series at several
/// origins: columns are reused from series to series, and nothing is allocated for a single one.
package struct ThetaPanel: Sendable {
  package let form: ThetaForm
  package let threads: Int

  package init(_ form: ThetaForm = .dynamicOptimized, threads: Int = 1) {
    self.form = form
    self.threads = threads
  }

  /// What was fitted to one series.
  package struct Fit: Sendable, Hashable {
    package var parameters: ThetaParameters
    /// One-step error variance in the unit of the seasonally adjusted series.
    package var variance: Double
  }

  /// Forecasts of every series.
  package struct Result: Sendable {
    package let horizon: Int
    /// series × horizon, in the unit of the series; NaN for a series without a known or with an infinite value.
    package var mean: [Double]
    /// The variance of the same places; see ``FittedTheta/forecast(horizon:)``.
    package var variance: [Double]
    /// One per series; NaN where the mean is.
    package var fits: [Fit]
  }

  /// - Parameter near: the fits of an earlier or later origin of the same series; the search then starts around them,
  ///   at two thirds of the cost.
  package func forecast(_ panel: SeriesPanel, horizon: Int, near: [Fit]? = nil) -> Result {
    let chunks = max(1, min(panel.count, threads * 8))
    let parts = parallelMap(count: threads > 1 ? chunks : 1, threads: threads) { [form] chunk -> Result in
      let count = threads > 1 ? chunks : 1
      let range = panel.count * chunk / count..<panel.count * (chunk + 1) / count
      return Self.forecast(form, panel, range, horizon: horizon, near: near)
    }
    var result = parts[0]
    for part in parts.dropFirst() {
      result.mean.append(contentsOf: part.mean)
      result.variance.append(contentsOf: part.variance)
      result.fits.append(contentsOf: part.fits)
    }
    return result
  }

  private static func forecast(
    _ form: ThetaForm, _ panel: SeriesPanel, _ range: Range<Int>, horizon: Int, near: [Fit]?
  ) -> Result {
    let size = range.count * horizon
    var result = Result(
      horizon: horizon, mean: [Double](repeating: .nan, count: size),
      variance: [Double](repeating: .nan, count: size), fits: [])
    result.fits.reserveCapacity(range.count)
    var columns = ThetaColumns()
    let values = panel.values.span
    for series in range {
      let history = values.extracting(panel.range(ofSeries: series))
      guard history.canBeForecast else {
        let parameters = ThetaParameters(alpha: .nan, lineWeight: .nan, initialLevel: .nan)
        result.fits.append(Fit(parameters: parameters, variance: .nan))
        continue
      }
      // 1. Fit, and run to the end of the history.
      columns.read(history, season: panel.season, form: form)
      let fit = ThetaFit(columns, form: form, near: near.flatMap { $0[series].alphaIfFitted })
      result.fits.append(Fit(parameters: fit.parameters, variance: fit.variance))
      let state = columns.run(fit.parameters, form: form) { _, _ in }
      // 2. Go on from there.
      let place = (series - range.lowerBound) * horizon
      let seasonal = columns.seasonal
      state.forecast(horizon: horizon) { step, value in
        result.mean[place + step] = seasonal.seasonal(value, phase: seasonal.phase(history.count + step))
      }
      var squares = 0.0
      state.impulseResponse(horizon: horizon) { step, weight in
        squares += weight * weight
        let scale = seasonal.scale(phase: seasonal.phase(history.count + step))
        result.variance[place + step] = fit.variance * squares * scale * scale
      }
    }
    return result
  }
}

extension ThetaPanel.Fit {
  fileprivate var alphaIfFitted: Double? { parameters.alpha.isNaN ? nil : parameters.alpha }
}

extension Span where Element == Double {
  /// Whether a value is known and none is infinite.
  fileprivate var canBeForecast: Bool {
    var isKnown = false
    for index in indices where !self[index].isNaN {
      guard self[index].isFinite else { return false }
      isKnown = true
    }
    return isKnown
  }
}
