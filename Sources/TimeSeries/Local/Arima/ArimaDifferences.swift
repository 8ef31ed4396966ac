/// How often a series is to be differenced before an ARMA model may describe it.
enum ArimaDifferences {
  /// The 5 % point of the KPSS statistic around a level: Kwiatkowski et al. (1992), table 1.
  private static let criticalValue = 0.463
  /// A season stronger than this is taken to wander: Hyndman & Athanasopoulos (2021), section 9.1.
  private static let strongSeason = 0.64

  /// One seasonal difference where STL finds that most of what the trend leaves is season.
  /// - Parameter values: all known.
  static func seasonal(_ values: [Double], season: Int) -> Int {
    guard season > 1, values.count > 2 * season, let parts = SeasonalTrendLoess().decompose(values, season: season)
    else { return 0 }
    var (rest, both) = (Moments(), Moments())
    for time in values.indices {
      rest.add(parts.remainder[time])
      both.add(parts.remainder[time] + parts.seasonal[time])
    }
    guard both.squares > 0 else { return 0 }
    return 1 - rest.squares / both.squares > strongSeason ? 1 : 0
  }

  /// Differences until the KPSS test no longer rejects a stationary series at 5 %, at most `limit`.
  ///
  /// Source: Kwiatkowski, Phillips, Schmidt & Shin (Journal of Econometrics 54, 1992), with ⌊3√n/13⌋ lags; applied again
  /// and again as in Hyndman & Khandakar (2008), section 3.1.
  static func regular(_ values: [Double], limit: Int) -> Int {
    var series = values
    for taken in 0..<limit {
      guard series.count > 2, !isConstant(series), kpss(series) > criticalValue else { return taken }
      series = difference(series, lag: 1)
    }
    return limit
  }

  /// Σ Sₜ² / (n² σ̂²), S the partial sums around the mean and σ̂² the long-run variance with Bartlett weights.
  static func kpss(_ values: [Double]) -> Double {
    let count = values.count
    let mean = values.reduce(0, +) / Double(count)
    let lags = Int(3 * Double(count).squareRoot() / 13)
    var longRun = 0.0
    for lag in 0...lags {
      var sum = 0.0
      for time in lag..<count { sum += (values[time] - mean) * (values[time - lag] - mean) }
      longRun += lag == 0 ? sum : 2 * (1 - Double(lag) / Double(lags + 1)) * sum
    }
    var (partial, squares) = (0.0, 0.0)
    for value in values {
      partial += value - mean
      squares += partial * partial
    }
    return longRun > 0 ? squares / (Double(count) * longRun) : 0
  }

  static func difference(_ values: [Double], lag: Int) -> [Double] {
    guard values.count > lag else { return [] }
    return (lag..<values.count).map { values[$0] - values[$0 - lag] }
  }

  /// Whether the values differ by no more than rounding.
  static func isConstant(_ values: [Double], unit: Double = 0) -> Bool {
    guard let first = values.first else { return true }
    let tolerance = 1e-12 * max(unit, abs(first))
    return values.allSatisfy { abs($0 - first) <= tolerance }
  }
}
