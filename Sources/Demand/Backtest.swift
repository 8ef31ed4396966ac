internal import ChannelTypes
internal import TimeSeries

/// How forecasts are compared; smaller is better.
public enum SelectionMetric: String, Sendable, Hashable, CaseIterable {
  /// Absolute error in units of the mean change over one season.
  case mase
  /// Squared error in units of the mean squared change over one season.
  case rmsse
  /// Absolute error in percent of the mean of forecast and actual.
  case smape
}

/// What each candidate would have said at earlier origins.
struct Backtest: Sendable {
  struct Window: Sendable {
    /// Periods known at the origin.
    let end: Int
    /// Periods tested.
    let horizon: Int
    /// One per candidate.
    let runs: [ModelRun]
  }

  let panel: DemandPanel
  let candidates: [String]
  let windows: [Window]
  let metric: SelectionMetric
  /// Per series the mean absolute and squared change over a season in the training part of the last window.
  let scale: [Double]
  let squaredScale: [Double]

  init(_ panel: DemandPanel, candidates: [String], windows: [Window], metric: SelectionMetric) {
    self.panel = panel
    self.candidates = candidates
    self.windows = windows
    self.metric = metric
    let end = windows.last?.end ?? panel.periodCount
    let season = panel.frequency.periodsPerYear
    var scales: [Double] = []
    var squares: [Double] = []
    for series in 0..<panel.seriesCount {
      let training = Array(panel.demand[series * panel.periodCount..<series * panel.periodCount + end])
      let lag = season < end ? season : 1
      var scale = Accuracy.seasonalScale(training.span, season: lag)
      var square = Accuracy.squaredSeasonalScale(training.span, season: lag)
      if !(scale > 0) { scale = Accuracy.seasonalScale(training.span, season: 1) }
      if !(square > 0) { square = Accuracy.squaredSeasonalScale(training.span, season: 1) }
      scales.append(scale > 0 ? scale : .nan)
      squares.append(square > 0 ? square : .nan)
    }
    scale = scales
    squaredScale = squares
  }

  /// Loss summed over tested periods before `limit`, and their number, by series and candidate.
  func losses(before limit: Int) -> LossTable {
    var table = LossTable(seriesCount: panel.seriesCount, candidateCount: candidates.count)
    for window in windows {
      for step in 0..<window.horizon where window.end + step < limit {
        for series in 0..<panel.seriesCount {
          let actual = panel.demand[series * panel.periodCount + window.end + step]
          // A series counts only where every candidate has a forecast, so that all are judged on the same periods.
          let forecasts = window.runs.map { $0.mean[series * $0.horizon + step] }
          guard !actual.isNaN, forecasts.allSatisfy({ !$0.isNaN }) else { continue }
          table.add(series: series, forecasts.map { loss(actual, $0, series) })
        }
      }
    }
    return table
  }

  private func loss(_ actual: Double, _ forecast: Double, _ series: Int) -> Double {
    switch metric {
    case .mase: return abs(actual - forecast) / scale[series]
    case .rmsse: return (actual - forecast) * (actual - forecast) / squaredScale[series]
    case .smape:
      let size = abs(actual) + abs(forecast)
      return size == 0 ? 0 : 200 * abs(actual - forecast) / size
    }
  }
}

/// Sums of losses by series and candidate.
struct LossTable: Sendable {
  let candidateCount: Int
  private(set) var sums: [Double]
  private(set) var counts: [Int]

  init(seriesCount: Int, candidateCount: Int) {
    self.candidateCount = candidateCount
    sums = [Double](repeating: 0, count: seriesCount * candidateCount)
    counts = [Int](repeating: 0, count: seriesCount)
  }

  mutating func add(series: Int, _ losses: [Double]) {
    guard losses.allSatisfy(\.isFinite) else { return }
    for (candidate, loss) in losses.enumerated() { sums[series * candidateCount + candidate] += loss }
    counts[series] += 1
  }

  /// NaN where nothing was tested.
  func mean(series: Int, candidate: Int) -> Double {
    counts[series] > 0 ? sums[series * candidateCount + candidate] / Double(counts[series]) : .nan
  }
}

extension LossTable {
  /// The best candidate of each series.
  ///
  /// The mean loss of a series rests on few periods; picking its smallest would pick luck. It is therefore averaged with
  /// the mean loss over the series of the same product, which counts like `weight` further periods.
  /// - Returns: per series a candidate and whether the series' own errors decided against its product's best.
  func choices(_ panel: DemandPanel, weight: Double = 24, fallback: Int) -> [(candidate: Int, isOwn: Bool)] {
    var result = [(candidate: Int, isOwn: Bool)](repeating: (fallback, false), count: panel.seriesCount)
    for members in panel.seriesByProduct {
      let tested = members.filter { counts[$0] > 0 }
      guard !tested.isEmpty else { continue }
      let pooled = (0..<candidateCount).map { candidate in
        tested.reduce(0.0) { $0 + mean(series: $1, candidate: candidate) } / Double(tested.count)
      }
      let best = Self.smallest(pooled)
      for series in members {
        let own = Double(counts[series])
        let scores = pooled.indices.map { candidate in
          (sums[series * candidateCount + candidate] + weight * pooled[candidate]) / (own + weight)
        }
        let choice = Self.smallest(scores)
        result[series] = (choice, choice != best)
      }
    }
    return result
  }

  private static func smallest(_ values: [Double]) -> Int {
    values.indices.min { values[$0] < values[$1] } ?? 0
  }
}
