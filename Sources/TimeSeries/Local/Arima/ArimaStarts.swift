/// Where the search for an ARMA model's coefficients begins.
///
/// A long autoregression gives estimates of the errors; a regression of the series on its own lags and on those of the
/// errors then gives every coefficient of a model at once, without iteration.
///
/// Source: Hannan & Rissanen, "Recursive estimation of mixed autoregressive-moving average order" (Biometrika 69, 1982);
/// the long autoregression by Burg's recursion (Brockwell & Davis 2002, section 5.1.2). Cost: O(n L) once per differenced
/// series, L the length of the autoregression, then O(n k²) a model with k coefficients.
struct ArimaStarts {
  private let series: [Double]
  private let errors: [Double]

  /// Starts nearer to the border than this are drawn in.
  private static let border = 0.95

  /// - Parameter series: differenced, without regressors and mean.
  init(_ series: [Double], season: Int) {
    self.series = series
    let wanted = 10 + (season > 1 ? season : 0)
    errors = ArimaStarts.burgErrors(series, length: min(wanted, series.count / 3))
  }

  /// Partial autocorrelations of φ, θ, Φ, Θ; zeros where the series is too short to tell.
  func partials(_ order: ArimaOrder) -> [Double] {
    let (p, q) = (order.regular.p, order.regular.q)
    let (seasonalP, seasonalQ) = (order.seasonal.p, order.seasonal.q)
    let k = order.coefficientCount
    var result = [Double](repeating: 0, count: k)
    var lags: [(lag: Int, isError: Bool)] = []
    for lag in 1..<p + 1 { lags.append((lag, false)) }
    for lag in 1..<q + 1 { lags.append((lag, true)) }
    for lag in 1..<seasonalP + 1 { lags.append((lag * order.season, false)) }
    for lag in 1..<seasonalQ + 1 { lags.append((lag * order.season, true)) }
    let first = lags.reduce(0) { max($0, $1.lag) }
    let rows = series.count - first
    guard k > 0, rows > 2 * k + 4 else { return result }
    var table: [Double] = []
    table.reserveCapacity(k * rows)
    for (lag, isError) in lags {
      table.append(contentsOf: (isError ? errors : series)[first - lag..<series.count - lag])
    }
    var system = NormalSystem(order: k)
    system.setProducts(table, Array(series[first...]), count: rows)
    system.solve(damping: 1e-6)
    result = system.solution
    var start = 0
    for (count, sign) in [(p, 1.0), (q, -1), (seasonalP, 1), (seasonalQ, -1)] {
      ArimaStarts.drawIn(&result, start..<start + count, sign: sign)
      start += count
    }
    return result
  }

  /// Nearly white noise, with parts that do not cancel.
  static func small(_ order: ArimaOrder) -> [Double] {
    [Double](repeating: 0.05, count: order.regular.p) + [Double](repeating: 0.1, count: order.regular.q)
      + [Double](repeating: 0.05, count: order.seasonal.p) + [Double](repeating: 0.1, count: order.seasonal.q)
  }

  /// A level that wanders slowly under noise.
  static func persistent(_ order: ArimaOrder) -> [Double] {
    var point = small(order)
    let (p, q, seasonalP) = (order.regular.p, order.regular.q, order.seasonal.p)
    if p > 0 { point[0] = 0.9 }
    if q > 0 { point[p] = 0.5 }
    if seasonalP > 0 { point[p + q] = 0.7 }
    if order.seasonal.q > 0 { point[p + q + seasonalP] = 0.4 }
    return point
  }

  /// Coefficients to partial autocorrelations, shrunk until they are those of a stationary model.
  private static func drawIn(_ values: inout [Double], _ range: Range<Int>, sign: Double) {
    for index in range { values[index] *= sign }
    for _ in 0..<40 {
      var partials = values
      if PartialAutocorrelations.fromCoefficients(&partials, range) {
        for index in range { values[index] = max(-border, min(border, partials[index])) }
        return
      }
      var power = 1.0
      for index in range {
        power *= 0.93
        values[index] *= power
      }
    }
    for index in range { values[index] = 0 }
  }

  /// Forward errors of Burg's autoregression of the given length, aligned with the series.
  private static func burgErrors(_ series: [Double], length: Int) -> [Double] {
    let count = series.count
    var forward = series
    var backward = series
    for order in 1..<max(1, length + 1) {
      var (product, power) = (0.0, 0.0)
      for time in order..<count {
        product += forward[time] * backward[time - 1]
        power += forward[time] * forward[time] + backward[time - 1] * backward[time - 1]
      }
      guard power > 0 else { break }
      let reflection = 2 * product / power
      for time in (order..<count).reversed() {
        let (ahead, behind) = (forward[time], backward[time - 1])
        forward[time] = ahead - reflection * behind
        backward[time] = behind - reflection * ahead
      }
    }
    return forward
  }
}
