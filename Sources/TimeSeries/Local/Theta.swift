/// The theta method as a state-space model: simple exponential smoothing whose forecasts lean on a line through the
/// series, each line of θ = 2 and θ = 0 counting one half. One of the strongest simple methods of the M-competitions.
///
/// A series with a season is seasonally adjusted first (``SeasonalDecomposition``).
///
/// Source: Assimakopoulos & Nikolopoulos, "The theta model" (International Journal of Forecasting 16, 2000), in the
/// form of Fiorucci, Pellegrini, Louzada, Petropoulos & Koehler, "Models for optimising the theta method and their
/// relationship to state space models" (ibid. 32, 2016): the standard theta model (STM), section 3.
/// Complexity: O(n·(α points + season)); no allocation inside the search.
public struct Theta: LocalModel {
  public static let name = "theta"
  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedTheta {
    try FittedTheta(.standard, values, season: season)
  }
}

/// The theta method with θ ≥ 1 fitted together with the smoothing weight and the initial level (OTM): the line through
/// the whole series has the weight 1 − 1/θ.
///
/// Source: section 3 of Fiorucci et al. (2016), see ``Theta``.
public struct OptimizedTheta: LocalModel {
  public static let name = "optimized_theta"
  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedTheta {
    try FittedTheta(.optimized, values, season: season)
  }
}

/// The theta method with the line drawn anew through the values so far at every period (DSTM).
///
/// Source: section 4 of Fiorucci et al. (2016), see ``Theta``.
public struct DynamicTheta: LocalModel {
  public static let name = "dynamic_theta"
  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedTheta {
    try FittedTheta(.dynamic, values, season: season)
  }
}

/// The dynamic theta method with θ ≥ 1 fitted (DOTM), the most accurate of the family on the M3 data.
///
/// Source: section 4 of Fiorucci et al. (2016), see ``Theta``.
public struct DynamicOptimizedTheta: LocalModel {
  public static let name = "dynamic_optimized_theta"
  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedTheta {
    try FittedTheta(.dynamicOptimized, values, season: season)
  }
}

/// A theta model at the end of its history.
public struct FittedTheta: FittedLocalModel {
  public let form: ThetaForm
  public let seasonal: SeasonalDecomposition
  /// One-step errors in the unit of the series; NaN for the first three periods, which the fit does not count.
  public private(set) var residuals: [Double]
  /// σ² of the seasonally adjusted series: Σε² over the counted errors, less one for each parameter that was fitted.
  public let variance: Double
  private var state: ThetaState

  public var parameters: ThetaParameters { state.parameters }

  init(_ form: ThetaForm, _ values: Span<Double>, season: Int) throws(TimeSeriesError) {
    _ = try SeriesSummary(values, season: season)
    var columns = ThetaColumns()
    columns.read(values, season: season, form: form)
    self.init(form, columns, count: values.count)
  }

  private init(_ form: ThetaForm, _ columns: borrowing ThetaColumns, count: Int) {
    let fit = ThetaFit(columns, form: form)
    let seasonal = columns.seasonal
    let offset = columns.offset
    var residuals = [Double](repeating: .nan, count: count)
    state = columns.run(fit.parameters, form: form) { time, error in
      guard time >= fit.firstError else { return }
      residuals[offset + time] = error * seasonal.scale(phase: seasonal.phase(offset + time))
    }
    self.form = form
    self.seasonal = seasonal
    self.residuals = residuals
    variance = fit.variance
  }

  public mutating func update(_ values: Span<Double>) {
    for index in values.indices {
      let phase = seasonal.phase(residuals.count)
      let value = seasonal.adjusted(values[index], phase: phase)
      residuals.append((value - state.forecast) * seasonal.scale(phase: phase))
      state.advance(value)
    }
  }

  /// Mean: the forecasts one after the other, each standing in for the value that it forecasts.
  /// Variance: σ²·Σ_{j<h} c_j² with the error weights below, times the square of a multiplicative seasonal index.
  public func forecast(horizon: Int) -> Forecast {
    var mean = [Double](repeating: 0, count: horizon)
    state.forecast(horizon: horizon) { step, value in
      mean[step] = seasonal.seasonal(value, phase: seasonal.phase(residuals.count + step))
    }
    var squares = 0.0
    var variances: [Double] = []
    for (step, weight) in errorWeights(horizon: horizon).enumerated() {
      squares += weight * weight
      let scale = seasonal.scale(phase: seasonal.phase(residuals.count + step))
      variances.append(variance * squares * scale * scale)
    }
    return Forecast(mean: mean, variance: variances)
  }

  /// c_j = α for the forms with one line; for the dynamic ones also what an error does to the line, where the paper's
  /// approximation keeps to α (section 4). The model is linear in the values, so that the weights are exact but for
  /// the slow fall of a value's share in the line while the series grows.
  public func errorWeights(horizon: Int) -> [Double] {
    var weights = [Double](repeating: 0, count: horizon)
    state.impulseResponse(horizon: horizon) { weights[$0] = $1 }
    return weights
  }
}
