internal import Glibc

/// Complex exponential smoothing: a level and its "information potential", one complex number, smoothed by one complex
/// weight. One recursion covers levels, trends and what lies between, so that no trend has to be chosen.
///
///     no season   y = ℓ + ε          ℓ' = ℓ − (1 − α₁)c + (α₀ − α₁)ε      c' = ℓ + (1 − α₀)c + (α₀ + α₁)ε
///     simple      the same from season to season, for each phase by itself
///     partial     y = ℓ + s + ε      and s' = s + β₀ε from season to season
///     full        y = ℓ + s + ε      and s, d from season to season like ℓ, c, with β
///
/// The weights minimise Σε², with initial states from a run backward ("backcasting"); the form is chosen by AICc, over
/// n·log Σε² with two, two, three and four states. Unknown values have no error. A series too short to fit is smoothed
/// with α = 1.3 + i, which is simple exponential smoothing.
///
/// Source: Svetunkov, Kourentzes & Ord, "Complex exponential smoothing" (Naval Research Logistics 69, 2022); the seasonal
/// forms: Svetunkov & Kourentzes, "Complex exponential smoothing for seasonal time series" (Lancaster University working
/// paper, 2018). Complexity: O(evaluations · n) a form, eight evaluations at a time; no allocation inside the search.
public struct ComplexExponentialSmoothing: LocalModel {
  public static let name = "complex_exponential_smoothing"

  public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
    case none, simple, partial, full
  }

  /// The forms that compete; a seasonal one needs two seasons.
  public var forms: [Form]

  public init(forms: [Form] = Form.allCases) {
    self.forms = forms
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedComplexSmoothing {
    let summary = try SeriesSummary(values, season: season)
    // 1. Backcasting goes from the last known value to the first.
    var first = 0
    while values[first].isNaN { first += 1 }
    var last = values.count - 1
    while values[last].isNaN { last -= 1 }
    let known = values.extracting(first...last)

    // 2. The form with the smallest AICc.
    // The richest form comes first, so that others that are far behind it need no search.
    var best = ComplexFit(unfitted: known)
    if summary.standardDeviation > 1e-12 * abs(summary.mean) {
      for form in Form.allCases.reversed()
      where forms.contains(form) && form.isPossible(knownCount: summary.knownCount, season: season) {
        let fit = ComplexFit(form, known, knownCount: summary.knownCount, season: season, toBeat: best.criterion)
        if let fit, fit.criterion < best.criterion { best = fit }
      }
    }
    return FittedComplexSmoothing(best, values, first: first, last: last)
  }
}

extension ComplexExponentialSmoothing.Form {
  /// Smoothing weights.
  var weightCount: Int { self == .full ? 4 : self == .partial ? 3 : 2 }

  /// What AICc counts: the states and the error variance.
  var criterionCount: Int { weightCount + 1 }

  func isPossible(knownCount: Int, season: Int) -> Bool {
    guard knownCount > criterionCount + 1 else { return false }
    return self == .none || season > 1 && knownCount >= 2 * season
  }
}

/// One form over one series.
struct ComplexFit {
  let form: ComplexExponentialSmoothing.Form
  let parameters: ComplexParameters
  let start: ComplexStart
  /// n·log Σε² + 2k + 2k(k+1)/(n−k−1); infinite where nothing was fitted.
  let criterion: Double

  /// Nil where the form has no hope of a smaller criterion than another one.
  init?(
    _ form: ComplexExponentialSmoothing.Form, _ values: Span<Double>, knownCount: Int, season: Int, toBeat other: Double
  ) {
    let (n, k) = (Double(knownCount), Double(form.criterionCount))
    let penalty: Double = 2 * k + 2 * k * (k + 1) / (n - k - 1)
    let start = ComplexStart(form, values, season: season)
    let hopeless = Self.searchGain * exp((other - penalty) / n)
    guard let optimum = ComplexSearch(form).minimise(values, start, hopeless: hopeless) else { return nil }
    self.form = form
    self.start = start
    parameters = optimum.parameters
    criterion = n * log(optimum.squares) + penalty
  }

  /// From the best start to the end, a search seldom divides the sum of squares by more than this.
  private static let searchGain = 4.0

  /// Simple exponential smoothing with a weight of 0.3.
  init(unfitted values: Span<Double>) {
    form = .none
    parameters = ComplexParameters(1.3, 1, 0, 0)
    start = ComplexStart(.none, values, season: 1)
    criterion = .infinity
  }
}
