/// Decomposition of a series into a trend, several seasons and a remainder.
///
/// The seasons are found one after another by STL, shortest first, each on the series without the others, and the round
/// is repeated. Unknown values are filled with trend plus seasons and the decomposition is repeated, as in the method of
/// Shumway & Stoffer for gaps, so that at the end they carry no information of their own.
///
/// Source: Bandara, Hyndman & Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time series with multiple
/// seasonal patterns" (arXiv 2107.13462, 2021), algorithm 1; windows 11, 15, 19, … as there.
/// Cost: O(rounds · seasons · n · windows), linear in the length of the series.
public struct MultipleSeasonDecomposition: Sendable, Hashable {
  /// Rounds over the seasons where there are several.
  public var rounds: Int
  /// Rounds that fill unknown values.
  public var fillingRounds: Int
  /// Passes of every loess decomposition under bisquare weights; 0 where outliers are to count in full.
  public var robustPasses: Int

  public init(rounds: Int = 2, fillingRounds: Int = 4, robustPasses: Int = 0) {
    self.rounds = rounds
    self.fillingRounds = fillingRounds
    self.robustPasses = robustPasses
  }

  /// A season and its values over the whole history.
  public struct SeasonalPart: Sendable, Hashable, Codable {
    public let season: Int
    public internal(set) var values: [Double]
  }

  /// value = trend + Σ seasons + remainder where the value is known; the remainder is NaN where it is not.
  public struct Parts: Sendable, Hashable {
    public internal(set) var trend: [Double]
    /// Shortest season first; those that the history holds fewer than two of are left out.
    public internal(set) var seasonal: [SeasonalPart]
    public internal(set) var remainder: [Double]

    /// The sum of all seasons.
    public var seasonalTotal: [Double] {
      var total = [Double](repeating: 0, count: trend.count)
      for part in seasonal {
        for time in total.indices { total[time] += part.values[time] }
      }
      return total
    }

    /// 1 − var(remainder) / var(season + remainder), held in 0 … 1: how much of what the trend leaves is season.
    /// Source: Wang, Smith & Hyndman, "Characteristic-based clustering for time series data" (Data Mining and Knowledge
    /// Discovery 13, 2006).
    public var seasonalStrength: Double {
      let total = seasonalTotal
      var (rest, both) = (Moments(), Moments())
      for time in remainder.indices where !remainder[time].isNaN {
        rest.add(remainder[time])
        both.add(remainder[time] + total[time])
      }
      return both.squares > 0 ? max(0, min(1, 1 - rest.squares / both.squares)) : 0
    }
  }

  /// - Parameters:
  ///   - values: equally spaced, oldest first; NaN is unknown.
  ///   - seasons: periods in each season; a season of 1, or one that two of do not fit into the history, is left out.
  /// - Throws: ``TimeSeriesError`` where no value is known, one is infinite, or a season is below 1.
  public func decompose(_ values: Span<Double>, seasons: [Int]) throws(TimeSeriesError) -> Parts {
    for season in seasons where season < 1 { throw .badSeason(season) }
    _ = try SeriesSummary(values, season: 1)
    let usable = Set(seasons).sorted().filter { $0 > 1 && 2 * $0 <= values.count }
    let unknown = values.indices.filter { values[$0].isNaN }
    var filled = interpolated(values)
    var parts = decomposeKnown(filled, seasons: usable)
    if !unknown.isEmpty {
      for _ in 0..<fillingRounds {
        let total = parts.seasonalTotal
        for time in unknown { filled[time] = parts.trend[time] + total[time] }
        parts = decomposeKnown(filled, seasons: usable)
      }
      for time in unknown { parts.remainder[time] = .nan }
    }
    return parts
  }

  public func decompose(_ values: [Double], seasons: [Int]) throws(TimeSeriesError) -> Parts {
    try decompose(values.span, seasons: seasons)
  }

  /// Algorithm 1 of the paper, for values that are all known.
  private func decomposeKnown(_ values: [Double], seasons: [Int]) -> Parts {
    var rest = values
    var trend: [Double] = []
    var parts = seasons.map { SeasonalPart(season: $0, values: [Double](repeating: 0, count: values.count)) }
    for _ in 0..<(seasons.count > 1 ? rounds : 1) {
      for index in parts.indices {
        // 1. Put this season back, 2. find it anew, 3. take it out.
        for time in rest.indices { rest[time] += parts[index].values[time] }
        let loess = SeasonalTrendLoess(
          seasonalWindow: 11 + 4 * index, innerPasses: robustPasses > 0 ? 2 : 5, robustPasses: robustPasses)
        guard let found = loess.decompose(rest, season: parts[index].season) else { continue }
        parts[index].values = found.seasonal
        trend = found.trend
        for time in rest.indices { rest[time] -= found.seasonal[time] }
      }
    }
    if trend.isEmpty { trend = smoothed(values) }
    for time in rest.indices { rest[time] -= trend[time] }
    return Parts(trend: trend, seasonal: parts, remainder: rest)
  }

  /// The trend of a series without a season: a local line over a quarter of it.
  private func smoothed(_ values: [Double]) -> [Double] {
    var trend = values
    var loess = EvenLoess(window: max(7, values.count / 4), degree: 1)
    loess.smooth(values, robustness: [], into: &trend)
    guard robustPasses > 0 else { return trend }
    for _ in 0..<robustPasses {
      let weights = bisquareWeights(values.indices.map { values[$0] - trend[$0] })
      loess.smooth(values, robustness: weights, into: &trend)
    }
    return trend
  }
}

/// (1 − (|r|/6·median)²)², zero beyond six median sizes: Cleveland et al. (1990), section 2.4.
func bisquareWeights(_ residuals: [Double]) -> [Double] {
  let limit = 6 * RobustSpread.median(residuals.map(abs))
  return residuals.map { residual in
    let size = abs(residual)
    guard size > 0.001 * limit else { return 1 }
    guard size <= 0.999 * limit else { return 0 }
    let ratio = size / limit
    return (1 - ratio * ratio) * (1 - ratio * ratio)
  }
}

/// Straight lines over the unknown values, the nearest known value at the ends. At least one value must be known.
func interpolated(_ values: Span<Double>) -> [Double] {
  var filled = [Double](repeating: 0, count: values.count)
  var last = -1
  for time in values.indices where !values[time].isNaN {
    filled[time] = values[time]
    for gap in last + 1..<time {
      let weight = last < 0 ? 1 : Double(gap - last) / Double(time - last)
      filled[gap] = last < 0 ? values[time] : values[last] + weight * (values[time] - values[last])
    }
    last = time
  }
  for gap in last + 1..<values.count { filled[gap] = values[last] }
  return filled
}

/// Running mean and sum of squared deviations: Welford, Technometrics 4 (1962).
struct Moments {
  private(set) var count = 0
  private(set) var mean = 0.0
  private(set) var squares = 0.0

  mutating func add(_ value: Double) {
    count += 1
    let deviation = value - mean
    mean += deviation / Double(count)
    squares += deviation * (value - mean)
  }
}
