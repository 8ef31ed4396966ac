import Glibc
internal import LinearAlgebra

/// Sines and cosines that stand for a season too long for seasonal lags.
///
/// Source: Hyndman & Athanasopoulos (2021), section 10.5, dynamic harmonic regression: the number of pairs by AICc, here
/// of an ARIMA(1,d,1) with those regressors. The search over orders then works on the series without them, and only the
/// last fit has them as regressors again, so that their number does not multiply the work of the search.
struct ArimaHarmonics: Sendable, Hashable, Codable {
  let season: Int
  let pairs: Int
  /// Evaluations of a likelihood that the choice took.
  var evaluations = 0
  /// Of each column, as estimated while choosing.
  var roughEffects: [Double] = []

  /// Columns: two a pair, but one for the pair of half a season, whose sine is zero.
  var count: Int { 2 * pairs - (2 * pairs == season ? 1 : 0) }

  func value(_ column: Int, time: Int) -> Double {
    // The phase in whole numbers, so that it is as exact far from the start as near to it.
    let phase = (time % season) * (column / 2 + 1) % season
    let angle = 2 * Double.pi * Double(phase) / Double(season)
    return column % 2 == 0 ? cos(angle) : sin(angle)
  }

  /// The caller's regressors and, after them, the harmonics.
  func appended(to regressors: Matrix?, rows: Int) -> Matrix? {
    guard pairs > 0 else { return regressors }
    var elements = regressors?.elements ?? []
    for column in 0..<count {
      for time in 0..<rows { elements.append(value(column, time: time)) }
    }
    return Matrix(rows: rows, columns: (regressors?.columns ?? 0) + count, elements: elements)
  }

  /// The number of pairs with the least AICc.
  static func choose(
    _ values: Span<Double>, season: Int, regressors: Matrix?, settings: AutomaticArima
  ) -> ArimaHarmonics {
    let most = min(settings.maximumHarmonics, season / 2, values.count / 8)
    let richest = ArimaHarmonics(season: season, pairs: most)
    let all = ArimaSeries(
      values, season: season, regressors: richest.appended(to: regressors, rows: values.count))
    var order = AutomaticArima.differences(all, season: 1)
    (order.regular.p, order.regular.q) = (1, 1)
    order.hasConstant = order.regular.d <= 1
    var best = (pairs: 0, criterion: Double.infinity, effects: [Double]())
    var evaluations = 0
    for pairs in candidates where pairs <= most {
      let table = ArimaHarmonics(season: season, pairs: pairs).appended(to: regressors, rows: values.count)
      let series = ArimaSeries(values, season: season, regressors: table)
      var estimation = series.estimation(order, withUnknown: false)
      let estimate = estimation.maximise(order, start: [0.3, 0.1], tolerance: 0.1, budget: 40)
      evaluations += estimation.evaluations
      guard let estimate, estimate.criterion < best.criterion else { continue }
      best = (pairs, estimate.criterion, series.unscaled(estimate))
    }
    let user = regressors?.columns ?? 0
    return ArimaHarmonics(
      season: season, pairs: best.pairs, evaluations: evaluations, roughEffects: Array(best.effects.dropFirst(user)))
  }

  private static let candidates = [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20]

  /// The series without the harmonics, by their rough effects.
  func removed(from values: Span<Double>) -> [Double] {
    var rest = values.indices.map { values[$0] }
    for column in roughEffects.indices {
      for time in rest.indices { rest[time] -= roughEffects[column] * value(column, time: time) }
    }
    return rest
  }
}
