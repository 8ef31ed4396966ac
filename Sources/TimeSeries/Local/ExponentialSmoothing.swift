import Glibc

/// Exponential smoothing in innovations state-space form, fitted by maximum likelihood.
///
/// With level ℓ, slope b and seasonal terms s over m periods, base q = ℓ + φb, forecast f and error ε = y − f:
///
///     no season        f = q         ℓ' = q + αε      b' = φb + βε
///     additive         f = q + s     ℓ' = q + αε      b' = φb + βε      s' = s + γε
///     multiplicative   f = q·s       ℓ' = q + αε/s    b' = φb + βε/s    s' = s + γε/q
///
/// φ = 1 for an additive trend, 0.8 … 0.98 for a damped one; without a trend b = 0. Additive errors ε have one variance
/// σ²; of multiplicative errors it is ε/f. In both cases the states run alike; the likelihoods differ, twice the
/// negative logarithm being n·log Σε², or n·log Σ(ε/f)² + 2Σ log f, up to a constant. Parameters, with 0 < α < 1,
/// 0 < β < α (see ``largestSlopeWeight``) and 0 < γ < 1 − α, and initial states minimise it together; the form is
/// chosen by AICc. An unknown value lets the state run on without an update.
///
/// Source: Hyndman, Koehler, Ord & Snyder, *Forecasting with Exponential Smoothing* (2008), chapters 2, 5, 6 and 7;
/// the choice among forms: Hyndman & Khandakar, "Automatic time series forecasting" (Journal of Statistical Software
/// 27(3), 2008). Complexity: O(passes · n · m²) a form; no allocation inside the search.
public struct ExponentialSmoothing: LocalModel {
  public static let name = "exponential_smoothing"

  public enum Errors: String, Sendable, Hashable, Codable, CaseIterable { case additive, multiplicative }
  public enum Trend: String, Sendable, Hashable, Codable, CaseIterable { case none, additive, damped }
  public enum Season: String, Sendable, Hashable, Codable, CaseIterable { case none, additive, multiplicative }

  public struct Form: Sendable, Hashable, Codable {
    public var error: Errors
    public var trend: Trend
    public var season: Season

    public init(error: Errors = .additive, trend: Trend = .none, season: Season = .none) {
      self.error = error
      self.trend = trend
      self.season = season
    }

    /// The shorthand of the literature: `M,Ad,A`.
    public var name: String {
      let letters = [Trend.none: "N", .additive: "A", .damped: "Ad"]
      let seasons = [Season.none: "N", .additive: "A", .multiplicative: "M"]
      return "\(error == .additive ? "A" : "M"),\(letters[trend] ?? ""),\(seasons[season] ?? "")"
    }

    /// Smoothing parameters, initial states and the error variance.
    func parameterCount(season m: Int) -> Int {
      let trendCount = trend == .none ? 0 : trend == .additive ? 2 : 3
      return 2 + trendCount + (season == .none ? 0 : m) + 1
    }
  }

  /// The forms that compete; those that the series is too short for, or that its sign rules out, are passed over.
  public var forms: [Form]
  /// The work allowed per form, in passes over the series.
  public var maximumEvaluations: Int
  /// Seasons longer than this are not modelled: they would need more states than a series can tell.
  public var longestSeason: Int
  /// β is at most this share of 1/m, so that a slope changes over seasons, not from one period to the next - unless a
  /// larger one is far likelier: then up to α, at a charge of 20 in AICc.
  ///
  /// The default forecasts better than 0.2 and 0.05 from origins inside the training data of eight public data sets.
  public var largestSlopeWeight: Double

  /// Every form there is.
  public static let allForms = Errors.allCases.flatMap { error in
    Trend.allCases.flatMap { trend in Season.allCases.map { Form(error: error, trend: trend, season: $0) } }
  }

  /// Every form but those with additive errors and a multiplicative season, whose forecast variance may be infinite.
  public static let stableForms = allForms.filter { $0.error == .multiplicative || $0.season != .multiplicative }

  public init(
    forms: [Form] = ExponentialSmoothing.stableForms, maximumEvaluations: Int = 200, longestSeason: Int = 24,
    largestSlopeWeight: Double = 0.1
  ) {
    precondition(largestSlopeWeight > 0 && largestSlopeWeight <= 1, "the largest weight of a slope is a share")
    self.forms = forms
    self.maximumEvaluations = maximumEvaluations
    self.longestSeason = longestSeason
    self.largestSlopeWeight = largestSlopeWeight
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedExponentialSmoothing {
    // 1. Measure the series in units of its spread, so that steps and tolerances mean the same for every series.
    let summary = try SeriesSummary(values, season: season)
    let scale = summary.standardDeviation
    guard scale > 1e-9 * abs(summary.mean) else { return .constant(summary.mean, values: values) }

    // 2. Fit every form that the series can carry and keep the one with the smallest AICc.
    let first = values.knownEnds.first
    let series = values.extracting(first...)
    let possible = forms.filter { isPossible($0, summary, season: season) }
    let slopeCap = largestSlopeWeight / Double(season <= longestSeason ? season : 1)
    let best = SmoothingSelection(
      series, scale: scale, forms: possible, season: season, slopeCap: slopeCap, isPositive: summary.minimum > 0,
      maximumPasses: maximumEvaluations
    ).choose()

    // 3. A series too short for any form is smoothed with a fixed weight.
    let chosen =
      best
      ?? SmoothingFit(
        form: Form(), parameters: SmoothingParameters(alpha: 0.3),
        start: SmoothingState(level: series[0] / scale, slope: 0, seasonal: [0]), criterion: .nan)
    return FittedExponentialSmoothing(chosen, values, first: first, scale: scale)
  }

  private func isPossible(_ form: Form, _ summary: SeriesSummary, season: Int) -> Bool {
    guard summary.knownCount > form.parameterCount(season: season) + 1 else { return false }
    guard form.error == .additive || summary.minimum > 0 else { return false }
    guard form.season != .none else { return true }
    return season > 1 && season <= longestSeason && summary.knownCount >= 2 * season
      && (form.season == .additive || summary.minimum > 0)
  }
}
