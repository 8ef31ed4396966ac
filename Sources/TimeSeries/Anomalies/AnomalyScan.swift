import Glibc
internal import Probability

/// Finds single values that do not belong, and shifts of the level, in one series.
///
/// The season is taken out by decomposition. What is left is described by a local level whose one-step errors are
/// searched for the effect that an outlier or a shift at each position would have (likelihood-ratio statistics);
/// the largest is removed if it exceeds a threshold, and the search goes on in what remains. At the end every finding is
/// estimated again with all others in place, and the whole is repeated with the season of the cleaned series.
///
/// The threshold is Bonferroni's for three statistics a value, so that in a quiet series with normal errors the chance of
/// any finding is about ``falseAlarmRate``. Measured on 500 series each of noise, wandering levels, trends, correlated
/// noise and seasons, 24 to 240 values long, at a nominal 5 %: 0.6 to 7 %, 4 % on average. Errors with heavy tails give
/// more: those values are rare under normal errors.
///
/// Source: Chen & Liu, "Joint estimation of model parameters and outlier effects in time series" (JASA 88, 1993), with
/// the local level of Harvey (1989) as the model; Cleveland et al. (1990) for the season. Cost: a few decompositions,
/// then O(n) a finding.
public struct AnomalyScan: Sendable, Hashable {
  /// The chance of any finding in a series that has none.
  public var falseAlarmRate: Double
  /// Findings stop at this share of the known values: beyond it there is no normal course to measure against.
  public var largestShare: Double

  public init(falseAlarmRate: Double = 0.05, largestShare: Double = 0.15) {
    self.falseAlarmRate = falseAlarmRate
    self.largestShare = largestShare
  }

  /// Fewer known values say nothing about what is normal.
  static let fewestValues = 12
  /// A season weaker than this is not taken out.
  private static let weakSeason = 0.3

  /// - Parameters:
  ///   - values: equally spaced, oldest first; NaN is unknown.
  ///   - season: periods in a season; 1 for none.
  ///   - censored: positions where demand was cut off, by a stock-out for example: taken as unknown, never as low.
  /// - Throws: ``TimeSeriesError`` where no value is known, one is infinite, or the season is below 1.
  public func scan(
    _ values: Span<Double>, season: Int, censored: Set<Int> = []
  ) throws(TimeSeriesError) -> AnomalyReport {
    _ = try SeriesSummary(values, season: season)
    let visible = values.indices.map { censored.contains($0) ? Double.nan : values[$0] }
    let known = visible.indices.filter { !visible[$0].isNaN }
    // Where most values are one and the same, as in occasional demand, no level wanders that a value could stray from.
    guard known.count >= AnomalyScan.fewestValues, RobustSpread.deviation(known.map { visible[$0] }) > 0 else {
      return AnomalyReport(cleaned: visible)
    }
    // 1. Logarithms where the spread grows with the level.
    let isLogarithmic = AnomalyScan.spreadGrowsWithLevel(known.map { visible[$0] }, block: max(6, season))
    let measured = isLogarithmic ? visible.map { log($0) } : visible
    // 2. Season out, shocks out, and again with the season of the cleaned series.
    var shocks: [Shock] = []
    for _ in 0..<3 {
      let quiet = AnomalyScan.removing(shocks, from: measured, known: known)
      let seasonal = try AnomalyScan.seasonal(quiet, season: season)
      let free = known.count - (seasonal == nil ? 0 : season)
      let adjusted = known.map { measured[$0] - (seasonal?[$0] ?? 0) }
      var search = ShockSearch(adjusted, threshold: threshold(known.count, free: free))
      search.run(limit: max(1, Int(largestShare * Double(known.count))))
      let isSettled = search.shocks.map(\.index) == shocks.map(\.index)
      shocks = search.shocks
      if isSettled || seasonal == nil { break }
    }
    return AnomalyReport(shocks, measured, known, visible, isLogarithmic: isLogarithmic)
  }

  public func scan(
    _ values: [Double], season: Int, censored: Set<Int> = []
  ) throws(TimeSeriesError) -> AnomalyReport {
    try scan(values.span, season: season, censored: censored)
  }

  /// Three statistics a value, two sides; Student's t because the spread is estimated from what is free to vary.
  func threshold(_ count: Int, free: Int) -> Double {
    let share = falseAlarmRate / Double(6 * count)
    return StudentT(degreesOfFreedom: max(3, 0.6 * Double(free))).quantile(1 - share)
  }

  /// The seasonal part, or nil where there is none to speak of. Not robust: local robust fits to a handful of seasons
  /// follow most values so closely that the rest look wrong; outliers leave the season in the next round instead.
  private static func seasonal(_ values: [Double], season: Int) throws(TimeSeriesError) -> [Double]? {
    guard season > 1, values.count >= 2 * season else { return nil }
    let parts = try MultipleSeasonDecomposition().decompose(values.span, seasons: [season])
    return parts.seasonalStrength > weakSeason ? parts.seasonalTotal : nil
  }

  /// The series as it would be without the shocks.
  private static func removing(_ shocks: [Shock], from values: [Double], known: [Int]) -> [Double] {
    var quiet = values
    for shock in shocks {
      switch shock.kind {
      case .outlier: quiet[known[shock.index]] -= shock.size
      case .levelShift:
        for time in known[shock.index]..<values.count { quiet[time] -= shock.size }
      }
    }
    return quiet
  }

  /// Whether blocks with a higher mean have a larger spread, nearly in proportion: Guerrero, Journal of Forecasting 12
  /// (1993). All values must be positive.
  static func spreadGrowsWithLevel(_ values: [Double], block: Int) -> Bool {
    guard values.allSatisfy({ $0 > 0 }) else { return false }
    var points: [(x: Double, y: Double)] = []
    for start in stride(from: 0, through: values.count - block, by: block) {
      let part = Array(values[start..<start + block])
      let spread = RobustSpread.deviation(part)
      if spread > 0 { points.append((log(RobustSpread.median(part)), log(spread))) }
    }
    guard points.count >= 3 else { return false }
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    let squares = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    let products = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
    // Levels must differ by a fifth or so for the slope to mean anything.
    return squares / count > 0.03 && products > 0.5 * squares
  }
}
