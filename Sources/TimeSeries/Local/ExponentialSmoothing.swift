import Glibc

/// Exponential smoothing in innovations state-space form with additive errors, fitted by maximum likelihood.
///
/// With level ℓ, slope b and seasonal terms s over m periods, base q = ℓ + φb and error ε:
///
///     no season        y = q + ε       ℓ' = q + αε      b' = φb + βε
///     additive         y = q + s + ε   ℓ' = q + αε      b' = φb + βε      s' = s + γε
///     multiplicative   y = q·s + ε     ℓ' = q + αε/s    b' = φb + βε/s    s' = s + γε/q
///
/// φ = 1 for an additive trend, 0.8 … 0.98 for a damped one; without a trend b = 0. Parameters and initial states
/// minimise n·log Σε², twice the negative log-likelihood up to a constant, by the simplex method; the form is chosen by
/// AICc. An unknown value lets the state run on without an update.
///
/// Source: Hyndman, Koehler, Ord & Snyder, *Forecasting with Exponential Smoothing* (2008), chapters 2, 5, 6 and 7.
/// Complexity: O(evaluations · n) a form; no allocation inside the likelihood.
public struct ExponentialSmoothing: LocalModel {
  public static let name = "exponential_smoothing"

  public enum Trend: String, Sendable, Hashable, Codable, CaseIterable { case none, additive, damped }
  public enum Season: String, Sendable, Hashable, Codable, CaseIterable { case none, additive, multiplicative }

  public struct Form: Sendable, Hashable, Codable {
    public var trend: Trend
    public var season: Season

    public init(trend: Trend = .none, season: Season = .none) {
      self.trend = trend
      self.season = season
    }

    /// The shorthand of the literature: `A,Ad,M`.
    public var name: String {
      let trendLetters = trend == .none ? "N" : trend == .additive ? "A" : "Ad"
      return "A,\(trendLetters),\(season == .none ? "N" : season == .additive ? "A" : "M")"
    }

    /// Smoothing parameters, initial states and the error variance.
    func parameterCount(season m: Int) -> Int {
      let trendCount = trend == .none ? 0 : trend == .additive ? 2 : 3
      return 2 + trendCount + (season == .none ? 0 : m) + 1
    }
  }

  /// The forms that compete; those that the series is too short for, or that its sign rules out, are passed over.
  public var forms: [Form]
  /// The work allowed per form.
  public var maximumEvaluations: Int
  /// Seasons longer than this are not modelled: they would need more states than a series can tell.
  public var longestSeason: Int

  public static let allForms = Trend.allCases.flatMap { trend in Season.allCases.map { Form(trend: trend, season: $0) }
  }

  public init(forms: [Form] = ExponentialSmoothing.allForms, maximumEvaluations: Int = 2000, longestSeason: Int = 24) {
    self.forms = forms
    self.maximumEvaluations = maximumEvaluations
    self.longestSeason = longestSeason
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedExponentialSmoothing {
    // 1. Measure the series in units of its spread, so that steps and tolerances mean the same for every series.
    let summary = try SeriesSummary(values, season: season)
    let scale = summary.standardDeviation > 1e-9 * abs(summary.mean) ? summary.standardDeviation : abs(summary.mean)
    guard scale > 0, summary.standardDeviation > 1e-9 * scale else {
      return .constant(summary.mean, values: values)
    }
    let scaled = values.indices.map { values[$0] / scale }

    // 2. Fit every form that the series can carry and keep the one with the smallest AICc.
    var best: SmoothingFit?
    for form in forms where isPossible(form, summary, season: season) {
      let m = form.season == .none ? 1 : season
      let fit = SmoothingFit(form, scaled.span, season: m, maximumEvaluations: maximumEvaluations)
      if fit.criterion < best?.criterion ?? .infinity { best = fit }
    }

    // 3. A series too short for any form is smoothed with a fixed weight.
    let chosen = best ?? SmoothingFit(fixedWeight: 0.3, scaled.span)
    return FittedExponentialSmoothing(chosen, scaled.span, scale: scale)
  }

  private func isPossible(_ form: Form, _ summary: SeriesSummary, season: Int) -> Bool {
    guard summary.knownCount > form.parameterCount(season: form.season == .none ? 1 : season) + 1 else { return false }
    guard form.season != .none else { return true }
    return season > 1 && season <= longestSeason && summary.knownCount >= 2 * season
      && (form.season == .additive || summary.minimum > 0)
  }
}

/// An exponential smoothing model at the end of its history.
public struct FittedExponentialSmoothing: FittedLocalModel {
  public let form: ExponentialSmoothing.Form
  /// Weights of the error in level, slope and season; 0 where the form has none.
  public let alpha: Double
  public let beta: Double
  public let gamma: Double
  /// The damping of the slope: 1 for an additive trend, 0 without one.
  public let phi: Double
  /// The level, the slope and the seasonal terms of the next periods after the last observation.
  public private(set) var level: Double
  public private(set) var slope: Double
  public private(set) var seasonal: [Double]
  public private(set) var residuals: [Double]
  /// σ²: Σε² / (n − parameters), at least one degree of freedom.
  public let variance: Double
  /// n·log Σε² + 2k + 2k(k+1)/(n−k−1), in the unit of the series; NaN where no form was fitted.
  public let aicc: Double

  public mutating func update(_ values: Span<Double>) {
    var updated = SmoothingFit(
      form: form, season: seasonal.count,
      parameters: SmoothingParameters(alpha: alpha, beta: beta, gamma: gamma, phi: phi),
      start: SmoothingState(level: level, slope: slope, seasonal: seasonal), criterion: aicc)
    let before = residuals.count
    residuals.append(contentsOf: repeatElement(.nan, count: values.count))
    updated.start = updated.run(values) { residuals[before + $0] = $1 }
    (level, slope, seasonal) = (updated.start.level, updated.start.slope, updated.start.seasonal)
  }

  /// Mean: (ℓ + φ_h b) combined with the seasonal term, φ_h = φ + … + φʰ.
  /// Variance: σ²(1 + Σ_{j=1}^{h−1} c_j²), table 6.1 of the book; for a multiplicative season the first-order
  /// approximation around the mean, in which an error also scales with the ratio of the seasonal terms.
  public func forecast(horizon: Int) -> Forecast {
    let m = seasonal.count
    var bases: [Double] = []
    var damped = 0.0
    var power = 1.0
    for _ in 0..<horizon {
      power *= phi
      damped += power
      bases.append(level + damped * slope)
    }
    guard form.season == .multiplicative else {
      let weights = errorWeights(horizon: horizon)
      var squares = 0.0
      var variances: [Double] = []
      for weight in weights {
        squares += weight * weight
        variances.append(variance * squares)
      }
      return Forecast(mean: (0..<horizon).map { bases[$0] + seasonal[$0 % m] }, variance: variances)
    }
    let baseWeights = baseErrorWeights(horizon: horizon)
    let variances = (0..<horizon).map { step in
      var squares = 1.0
      for origin in 0..<step {
        let lag = step - origin
        var weight = baseWeights[lag] * seasonal[step % m] / seasonal[origin % m]
        if lag % m == 0, bases[origin] != 0 { weight += gamma * bases[step] / bases[origin] }
        squares += weight * weight
      }
      return variance * squares
    }
    return Forecast(mean: (0..<horizon).map { bases[$0] * seasonal[$0 % m] }, variance: variances)
  }

  public func errorWeights(horizon: Int) -> [Double] {
    var weights = baseErrorWeights(horizon: horizon)
    guard form.season != .none else { return weights }
    for lag in stride(from: seasonal.count, to: horizon, by: seasonal.count) { weights[lag] += gamma }
    return weights
  }

  /// c_j without the seasonal part: 1, then α + β(1 + φ + … + φ^{j−1}).
  private func baseErrorWeights(horizon: Int) -> [Double] {
    var weights = [Double](repeating: 1, count: horizon)
    var sum = 0.0
    var power = 1.0
    for lag in 1..<max(1, horizon) {
      sum += power
      power *= phi
      weights[lag] = alpha + beta * sum
    }
    return weights
  }
}

extension FittedExponentialSmoothing {
  /// A fit in scaled units, brought back to the unit of the series and run to its end.
  init(_ fit: SmoothingFit, _ scaled: Span<Double>, scale: Double) {
    var residuals = [Double](repeating: .nan, count: scaled.count)
    let end = fit.run(scaled) { time, error in residuals[time] = error * scale }
    let known = residuals.count { !$0.isNaN }
    let squares = residuals.reduce(0) { $1.isNaN ? $0 : $0 + $1 * $1 }
    let unit = fit.form.season == .multiplicative ? 1 : scale
    self.init(
      form: fit.form, alpha: fit.parameters.alpha, beta: fit.parameters.beta, gamma: fit.parameters.gamma,
      phi: fit.parameters.phi, level: end.level * scale, slope: end.slope * scale,
      seasonal: end.seasonal.map { $0 * unit }, residuals: residuals,
      variance: squares / Double(max(1, known - fit.form.parameterCount(season: fit.season) + 1)),
      aicc: fit.criterion + Double(known) * 2 * log(scale))
  }

  /// The model of a series whose known values are all equal.
  static func constant(_ mean: Double, values: Span<Double>) -> FittedExponentialSmoothing {
    FittedExponentialSmoothing(
      form: .init(), alpha: 0, beta: 0, gamma: 0, phi: 0, level: mean, slope: 0, seasonal: [0],
      residuals: values.indices.map { values[$0].isNaN ? .nan : 0 }, variance: 0, aicc: .nan)
  }
}
