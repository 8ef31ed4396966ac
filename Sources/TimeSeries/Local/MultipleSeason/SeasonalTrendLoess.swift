/// Decomposition of a series into trend, season and remainder by repeated loess.
///
/// Source: Cleveland, Cleveland, McRae & Terpenning, "STL: a seasonal-trend decomposition procedure based on loess"
/// (Journal of Official Statistics 6, 1990), sections 2 and 3; defaults as there: trend window ⌈1.5 m / (1 − 1.5/s)⌉
/// rounded up to odd, low-pass window the least odd number above m. Cost: O(passes · n · windows).
public struct SeasonalTrendLoess: Sendable, Hashable {
  /// Odd number of seasons over which a seasonal term is smoothed; `nil` for a season that does not change.
  public var seasonalWindow: Int?
  /// 0: a season's values are locally constant; 1: they may drift.
  public var seasonalDegree: Int
  public var innerPasses: Int
  /// Passes with bisquare weights, under which outliers count little; 0 for plain least squares.
  public var robustPasses: Int

  public init(seasonalWindow: Int? = 11, seasonalDegree: Int = 0, innerPasses: Int = 5, robustPasses: Int = 0) {
    self.seasonalWindow = seasonalWindow
    self.seasonalDegree = seasonalDegree
    self.innerPasses = innerPasses
    self.robustPasses = robustPasses
  }

  /// What a series is made of: value = trend + season + remainder at every position.
  public struct Parts: Sendable, Hashable {
    public internal(set) var trend: [Double]
    public internal(set) var seasonal: [Double]
    public internal(set) var remainder: [Double]
  }

  /// - Parameters:
  ///   - values: known values only, at least two seasons of them.
  ///   - season: periods in a season, at least 2.
  /// - Returns: `nil` where the series is shorter than two seasons.
  public func decompose(_ values: [Double], season: Int) -> Parts? {
    guard season >= 2, values.count >= 2 * season else { return nil }
    var pass = LoessPass(values, season: season, settings: self)
    for round in 0...robustPasses {
      for _ in 0..<innerPasses { pass.advance(values) }
      if round < robustPasses { pass.weigh(values) }
    }
    var remainder = values
    for time in values.indices { remainder[time] -= pass.trend[time] + pass.seasonal[time] }
    return Parts(trend: pass.trend, seasonal: pass.seasonal, remainder: remainder)
  }
}

/// The state of the inner loop, with its workspace.
private struct LoessPass {
  let season: Int
  var trend: [Double]
  var seasonal: [Double]
  /// Empty while all values count equally.
  private var robustness: [Double] = []
  private let isPeriodic: Bool
  private var seasonalLoess: EvenLoess
  private var lowPassLoess: EvenLoess
  private var trendLoess: EvenLoess
  /// Cycle-subseries smoothed, one season longer at each end: n + 2m.
  private var cycles: [Double]
  private var lowPass: [Double]
  private var scratch: [Double]
  private var subseries: [Double] = []
  private var subseriesWeights: [Double] = []

  init(_ values: [Double], season: Int, settings: SeasonalTrendLoess) {
    self.season = season
    let count = values.count
    let window = settings.seasonalWindow ?? 10 * count + 1
    isPeriodic = settings.seasonalWindow == nil
    let trendWindow = (1.5 * Double(season) / (1 - 1.5 / Double(window))).rounded(.up)
    seasonalLoess = EvenLoess(window: min(window, 4 * count + 1), degree: settings.seasonalDegree)
    trendLoess = EvenLoess(window: Int(trendWindow) | 1, degree: 1)
    lowPassLoess = EvenLoess(window: (season + 1) | 1, degree: 1)
    trend = [Double](repeating: 0, count: count)
    seasonal = trend
    cycles = [Double](repeating: 0, count: count + 2 * season)
    lowPass = cycles
    scratch = cycles
  }

  /// One pass of the inner loop, steps 1 to 6 of section 2.3.
  mutating func advance(_ values: [Double]) {
    let count = values.count
    // 1. Detrend; 2. smooth each cycle-subseries, one period further at each end.
    for phase in 0..<season {
      subseries.removeAll(keepingCapacity: true)
      subseriesWeights.removeAll(keepingCapacity: true)
      for time in stride(from: phase, to: count, by: season) {
        subseries.append(values[time] - trend[time])
        if !robustness.isEmpty { subseriesWeights.append(robustness[time]) }
      }
      if isPeriodic {
        let level = weightedMean()
        for place in stride(from: phase, to: cycles.count, by: season) { cycles[place] = level }
      } else {
        seasonalLoess.smooth(
          subseries, robustness: subseriesWeights, extension: 1, into: &cycles, offset: phase, stride: season)
      }
    }
    // 3. Low-pass filter: moving averages of m, m and 3, then loess.
    let first = movingAverage(cycles, count: cycles.count, length: season, into: &scratch)
    let second = movingAverage(scratch, count: first, length: season, into: &lowPass)
    let third = movingAverage(lowPass, count: second, length: 3, into: &scratch)
    lowPassLoess.smooth(Array(scratch.prefix(third)), robustness: [], into: &lowPass)
    // 4. The season is what the low-pass filter leaves; 5. deseasonalise; 6. smooth the trend.
    for time in 0..<count {
      seasonal[time] = cycles[season + time] - lowPass[time]
      scratch[time] = values[time] - seasonal[time]
    }
    trendLoess.smooth(Array(scratch.prefix(count)), robustness: robustness, into: &trend)
  }

  private func weightedMean() -> Double {
    guard !subseriesWeights.isEmpty else { return subseries.reduce(0, +) / Double(subseries.count) }
    var (sum, total) = (0.0, 0.0)
    for (value, weight) in zip(subseries, subseriesWeights) {
      sum += value * weight
      total += weight
    }
    return total > 0 ? sum / total : subseries.reduce(0, +) / Double(subseries.count)
  }

  /// Bisquare weights of the remainder against six times its median size: section 2.4.
  mutating func weigh(_ values: [Double]) {
    robustness = bisquareWeights(values.indices.map { values[$0] - trend[$0] - seasonal[$0] })
  }
}

/// Means of `length` neighbours; returns how many there are.
private func movingAverage(_ values: [Double], count: Int, length: Int, into output: inout [Double]) -> Int {
  var sum = 0.0
  for index in 0..<length { sum += values[index] }
  let results = count - length + 1
  output[0] = sum / Double(length)
  for index in 1..<max(1, results) {
    sum += values[index + length - 1] - values[index - 1]
    output[index] = sum / Double(length)
  }
  return results
}
