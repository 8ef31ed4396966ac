public import LinearAlgebra

/// Autoregressive integrated moving-average models with seasonal terms and regressors, chosen without supervision.
///
/// With δ(B) = (1 − B)ᵈ(1 − Bᵐ)ᴰ, regressors x and errors ε of variance σ²,
///
///     φ(B) Φ(Bᵐ) (δ(B)(yₜ − xₜβ) − c) = θ(B) Θ(Bᵐ) εₜ.
///
/// D = 1 where STL finds a strong season, d by repeated KPSS tests, the other orders by a stepwise search for the least
/// AICc among models fitted by exact maximum likelihood. A season above ``longestSeason`` is described by pairs of
/// harmonics as regressors, with errors from a model without a season (dynamic harmonic regression), so that the time
/// stays bounded whatever the season.
///
/// Source: Box & Jenkins (1976); Hyndman & Khandakar, Journal of Statistical Software 27(3) (2008); Hyndman &
/// Athanasopoulos, *Forecasting: Principles and Practice* (3rd ed., 2021), chapters 9 and 10.
/// Cost: at most ``maximumEvaluations`` evaluations of a likelihood, each O(n · season) at worst.
public struct AutomaticArima: LocalModel {
  public static let name = "arima"

  /// Most autoregressive and most moving-average terms at one spacing.
  public var maximumOrder: Int
  /// The same for the seasonal ones.
  public var maximumSeasonalOrder: Int
  /// Models that the search may fit.
  public var maximumModels: Int
  /// Evaluations of a likelihood that the search may use.
  public var maximumEvaluations: Int
  /// Longer seasons are described by harmonics.
  public var longestSeason: Int
  /// Most pairs of harmonics.
  public var maximumHarmonics: Int
  /// A model to fit without any search.
  public var order: ArimaOrder?

  public init(
    order: ArimaOrder? = nil, maximumOrder: Int = 5, maximumSeasonalOrder: Int = 2, maximumModels: Int = 94,
    maximumEvaluations: Int = 4000, longestSeason: Int = 24, maximumHarmonics: Int = 10
  ) {
    self.order = order
    self.maximumOrder = maximumOrder
    self.maximumSeasonalOrder = maximumSeasonalOrder
    self.maximumModels = maximumModels
    self.maximumEvaluations = maximumEvaluations
    self.longestSeason = longestSeason
    self.maximumHarmonics = maximumHarmonics
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedArima {
    try fit(values, season: season, regressors: nil)
  }

  /// - Parameters:
  ///   - regressors: one row for each value; all finite.
  /// - Throws: ``TimeSeriesError`` where no value is known, or values or regressors cannot be used.
  public func fit(
    _ values: Span<Double>, season: Int, regressors: Matrix?
  ) throws(TimeSeriesError) -> FittedArima {
    let summary = try SeriesSummary(values, season: season)
    try AutomaticArima.check(regressors, rows: values.count)
    guard summary.standardDeviation > 0 else {
      return FittedArima(constant: summary.mean, values: values, regressorCount: regressors?.columns ?? 0)
    }
    // 1. A long season becomes regressors.
    var harmonics = ArimaHarmonics(season: season, pairs: 0, evaluations: 0)
    if order == nil, season > longestSeason, values.count >= 2 * season {
      harmonics = ArimaHarmonics.choose(values, season: season, regressors: regressors, settings: self)
    }
    let spacing = order?.season ?? (season > longestSeason ? 1 : season)
    // 2. Differences, 3. orders, of the series without harmonics.
    let rest = harmonics.removed(from: values)
    let estimate = chooseModel(ArimaSeries(rest.span, season: spacing, regressors: regressors), season: spacing)
    // 4. The chosen model once more, to the end and with unknown values treated exactly.
    let table = harmonics.appended(to: regressors, rows: values.count)
    var series = ArimaSeries(values, season: spacing, regressors: table)
    var last = series.estimation(estimate.order, withUnknown: series.estimatesUnknown)
    let refined = last.maximise(
      estimate.order, start: estimate.partials, tolerance: 1e-7, budget: maximumEvaluations)
    var final = refined ?? estimate
    if refined == nil {
      // Nothing is left to fit: the harmonics stay as they were found.
      final.effects += zip(harmonics.roughEffects, series.scales.suffix(harmonics.count)).map { $0 * $1 }
    }
    final.evaluations = last.evaluations + estimate.evaluations + harmonics.evaluations
    series.fillUnknown(final.unknown)
    return FittedArima(final, series, harmonics, values, userRegressors: regressors?.columns ?? 0)
  }

  private static func check(_ regressors: Matrix?, rows: Int) throws(TimeSeriesError) {
    guard let regressors else { return }
    guard regressors.rows == rows else { throw .regressorRows(regressors.rows, expected: rows) }
    guard !regressors.isFinite else { return }
    for column in 0..<regressors.columns {
      for row in 0..<rows where !regressors[row, column].isFinite {
        throw .unknownRegressor(row: row, column: column)
      }
    }
  }

  private func chooseModel(_ series: ArimaSeries, season: Int) -> ArimaEstimate {
    if let order, order.lostValues < series.count, let found = fitGiven(order, series) { return found }
    let base = AutomaticArima.differences(series, season: season)
    var order = base
    order.hasConstant = base.regular.d + base.seasonal.d <= 1
    var plain = series.estimation(order, withUnknown: false)
    if !ArimaDifferences.isConstant(Array(plain.data.prefix(plain.count)), unit: series.largest) {
      var search = ArimaSearch(series, base: base, settings: self)
      search.run(knownCount: series.count - series.unknown.count)
      if var best = search.best {
        best.evaluations = search.evaluations
        return best
      }
    }
    // Nothing to model but a mean or a drift.
    return plain.maximise(order, start: [], tolerance: 1, budget: 1)
      ?? ArimaEstimate(constant: plain.meanOfFirst, order: order, columns: plain.columns, count: plain.count)
  }

  /// A model of given orders, the best from three starts: a likelihood may have several tops.
  private func fitGiven(_ order: ArimaOrder, _ series: ArimaSeries) -> ArimaEstimate? {
    var estimation = series.estimation(order, withUnknown: false)
    let starts = ArimaStarts(ArimaSearch.adjusted(estimation), season: order.season)
    var best: ArimaEstimate?
    for start in [starts.partials(order), ArimaStarts.small(order), ArimaStarts.persistent(order)] {
      let found = estimation.maximise(order, start: start, tolerance: 1e-3, budget: maximumEvaluations)
      if let found, found.deviance < best?.deviance ?? .infinity { best = found }
    }
    best?.evaluations = estimation.evaluations
    return best
  }

  /// The orders with only their differences set.
  static func differences(_ series: ArimaSeries, season: Int) -> ArimaOrder {
    var rest = series.withoutRegressors()
    let seasonal = ArimaDifferences.seasonal(rest, season: season)
    if seasonal > 0 { rest = ArimaDifferences.difference(rest, lag: season) }
    let regular = ArimaDifferences.regular(rest, limit: 2)
    return ArimaOrder(.init(d: regular), seasonal: .init(d: seasonal), season: season)
  }
}
