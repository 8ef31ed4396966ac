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
    let origin: ForecastOrigin
    /// One per candidate.
    let runs: [ModelRun]

    /// Periods known at the origin, and periods tested.
    var end: Int { origin.end }
    var horizon: Int { origin.horizon }
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

  /// Losses by series and candidate over the tested periods before `limit`.
  func losses(before limit: Int) -> LossTable {
    var table = LossTable(
      seriesCount: panel.seriesCount, candidateCount: candidates.count, windowLength: windows.first?.horizon ?? 1)
    let tested = (windows.first?.end ?? 0)..<min(limit, panel.periodCount)
    for series in 0..<panel.seriesCount where !tested.isEmpty {
      for time in tested {
        let actual = panel.demand[series * panel.periodCount + time]
        guard !actual.isNaN else { continue }
        var rows: [[Double]] = []
        for window in windows where time >= window.end && time < window.end + window.horizon {
          rows.append(window.runs.map { loss(actual, $0.mean[series * $0.horizon + time - window.end], series) })
        }
        // A series counts only where every candidate has a forecast, so that all are judged on the same periods.
        rows.removeAll { !$0.allSatisfy(\.isFinite) }
        guard !rows.isEmpty else { continue }
        table.add(
          series: series,
          candidates.indices.map { index in rows.reduce(0) { $0 + $1[index] } / Double(rows.count) })
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
