internal import TimeSeries

/// The scores of one contestant in one task while its windows are gathered.
struct ContestantScores {
  let name: String
  var use = ResourceUse.none
  var windows: [(scores: PanelScores, naive: PanelScores, ids: [String])] = []
  var missing = 0
  var failures = 0
  /// The absolute error of each step of each panel, series after series.
  private var absoluteErrors: [[Double]] = []
  /// Forecasts of all windows in their order, for the value added of steps.
  var medians: [Double] = []
  /// By series: the errors that contestants are ranked by, and scaled ones, each with how many windows they come from.
  private var ranked: [String: (sum: Double, count: Double)] = [:]
  private var scaled: [String: (sum: Double, count: Double)] = [:]

  init(name: String) { self.name = name }

  mutating func add(
    _ attempt: Contestant.Attempt, _ panel: BenchmarkPanel, naive: PanelForecast, naiveScores: PanelScores,
    suite: BenchmarkSuite
  ) {
    use = use + attempt.use
    var forecast = attempt.forecast ?? naive
    medians += attempt.forecast?.median ?? [Double](repeating: .nan, count: naive.median.count)
    var isMissing = [Bool](repeating: attempt.forecast == nil, count: panel.ids.count)
    if attempt.forecast == nil { failures += 1 } else { isMissing = forecast.fillMissing(from: naive) }
    missing += isMissing.count { $0 }
    let scores = PanelScores(forecast, against: panel.outcome, levels: suite.levels)
    windows.append((scores, naiveScores, panel.ids))
    absoluteErrors.append(zip(panel.outcome.actual, forecast.median).map { abs($0 - $1) })
    for (series, id) in panel.ids.enumerated() {
      let error = Self.rankError(scores, series, suite.measure)
      if !error.isNaN { Self.add(isMissing[series] ? .infinity : error, to: &ranked[id]) }
      if !scores.mase[series].isNaN { Self.add(scores.mase[series], to: &scaled[id]) }
    }
  }

  private static func add(_ value: Double, to entry: inout (sum: Double, count: Double)?) {
    entry = ((entry?.sum ?? 0) + value, (entry?.count ?? 0) + 1)
  }

  /// Ranks do not depend on the scale, so that a series without one is ranked too.
  private static func rankError(_ scores: PanelScores, _ series: Int, _ measure: BenchmarkSuite.Measure) -> Double {
    switch measure {
    case .mase: scores.mae[series]
    case .rmsse: scores.rmsse[series]
    case .smape: scores.smape[series]
    // A forecast without quantiles is a point, and the CRPS of a point is its absolute error.
    case .crps: scores.crps[series].isNaN ? scores.mase[series] : scores.crps[series]
    }
  }

  /// The errors of a task of one series in the order of time; windows are the latest first.
  var errorsInTime: [Double] { absoluteErrors.reversed().flatMap(\.self) }

  /// Infinite where the contestant has no forecast; NaN where the series cannot be judged.
  func rankError(_ id: String) -> Double { ranked[id].map { $0.sum / $0.count } ?? .nan }

  /// With Naive2 in place of forecasts that are missing.
  func scaledError(_ id: String) -> Double { scaled[id].map { $0.sum / $0.count } ?? .nan }

  var status: BenchmarkEntry.Status {
    failures == windows.count ? .failed : missing > 0 ? .partial(missing: missing) : .complete
  }

  func summary(levels: [Double]) -> ScoreSummary {
    guard status != .failed else { return ScoreSummary() }
    func mean(_ column: (PanelScores) -> [Double]) -> Double { PanelScores.mean(windows.flatMap { column($0.scores) }) }
    func naiveMean(_ column: (PanelScores) -> [Double]) -> Double {
      PanelScores.mean(windows.flatMap { column($0.naive) })
    }
    var summary = ScoreSummary()
    summary.mase = mean(\.mase)
    summary.smape = mean(\.smape)
    summary.owa = Accuracy.owa(
      smape: summary.smape, mase: summary.mase, naiveSMAPE: naiveMean(\.smape), naiveMASE: naiveMean(\.mase))
    summary.rmsse = mean(\.rmsse)
    summary.wrmsse = PanelScores.mean(windows.map { $0.scores.wrmsse() })
    summary.wape = PanelScores.mean(windows.map(\.scores.totalWAPE))
    summary.bias = mean(\.bias)
    summary.crps = mean(\.crps)
    summary.coverage = levels.indices.map { level in mean { $0.coverage[level] } }
    summary.msis = levels.indices.map { level in mean { $0.msis[level] } }
    let probabilities = windows.first?.scores.probabilities ?? []
    summary.pinball = probabilities.indices.map { index in mean { $0.pinball[index] } }
    summary.negativeShare = mean(\.negative)
    return summary
  }
}

extension PanelForecast {
  /// Puts another forecast's values where this one has none; quantiles too, where this one has any.
  /// - Returns: which series had something missing.
  fileprivate mutating func fillMissing(from other: PanelForecast) -> [Bool] {
    let count = probabilities.count
    let hasQuantiles = quantiles.contains { $0.isFinite }
    return (0..<seriesCount).map { series in
      var isMissing = false
      for place in series * horizon..<(series + 1) * horizon where !median[place].isFinite {
        isMissing = true
        median[place] = other.median[place]
        if hasQuantiles {
          for index in place * count..<(place + 1) * count { quantiles[index] = other.median[place] }
        }
      }
      return isMissing
    }
  }
}
