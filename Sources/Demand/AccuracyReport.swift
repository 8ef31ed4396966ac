internal import ChannelTypes
internal import Probability
internal import TimeSeries

/// The accuracy of each candidate and of the choice among them, on the last window.
///
/// The choice that is judged here was made with what was known at the origin of that window: model, calibration and
/// paths use the earlier windows only up to it. Series count where the tested periods and the season before them are
/// complete, and no tested demand was made up for the larger part from stock-outs.
struct AccuracyReport {
  private(set) var rows: [CandidateAccuracy] = []

  init(_ backtest: Backtest, _ candidates: Candidates, _ forecaster: DemandForecaster) {
    guard let window = backtest.windows.last else { return }
    let panel = backtest.panel
    let complete = Self.completeSeries(backtest, window)
    guard !complete.isEmpty else { return }
    let earlier = Backtest(
      panel, candidates: backtest.candidates, windows: backtest.windows.dropLast(), metric: backtest.metric)
    let calibration = Calibration(earlier, horizon: window.horizon, before: window.end)
    // 1. What would have been published.
    let chosen = earlier.losses(before: window.end).choices(panel, candidates).map(\.candidate)
    let mixed = MixedRun(panel, runs: window.runs, chosen: chosen, calibration, nonNegative: forecaster.nonNegative).run
    let paths = forecaster.jointPaths.draw(panel, mean: mixed.mean, deviation: mixed.deviation, run: mixed)
    rows.append(
      Self.row("chosen", backtest, window, complete, mean: mixed.mean) { series, step, level in
        let draws = paths.draws(series: series, period: step).sorted()
        return (draws.quantileOfAscending((1 - level) / 2), draws.quantileOfAscending((1 + level) / 2))
      })
    // 2. Each candidate for all series.
    func add(_ name: String, _ run: ModelRun, _ candidate: Int) {
      rows.append(
        Self.row(name, backtest, window, complete, mean: run.mean) { series, step, level in
          let index = series * window.horizon + step
          let width = run.deviation[index] * calibration.factor(candidate: candidate, step: step)
          let margin = Normal.standard.quantile((1 + level) / 2) * width
          return (max(0, run.mean[index] - margin), run.mean[index] + margin)
        })
    }
    for (index, name) in candidates.names.enumerated() { add(name, window.runs[index], index) }
    // 3. For orientation: the driver regression of a maker who plans prices and promotions ahead.
    guard let drivers = candidates.names.firstIndex(of: DriverDemandModel.name),
      panel.drivers.contains(where: { $0.planned.isEmpty })
    else { return }
    let planned = DriverDemandModel(knownAhead: true).run(window.origin)
    add("drivers_planned_ahead", planned, drivers)
  }

  private static func completeSeries(_ backtest: Backtest, _ window: Backtest.Window) -> [Int] {
    let panel = backtest.panel
    let season = min(panel.frequency.periodsPerYear, window.end)
    return (0..<panel.seriesCount).filter { series in
      let start = series * panel.periodCount + window.end
      return (start - season..<start).allSatisfy { !panel.demand[$0].isNaN }
        && (start..<start + window.horizon).allSatisfy(panel.isMostlySeen)
        && backtest.scale[series] > 0
        && window.runs.allSatisfy { run in !run.mean[run.range(ofSeries: series)].contains(where: \.isNaN) }
    }
  }

  private static func row(
    _ name: String, _ backtest: Backtest, _ window: Backtest.Window, _ complete: [Int], mean: [Double],
    interval: (Int, Int, Double) -> (Double, Double)
  ) -> CandidateAccuracy {
    let panel = backtest.panel
    var (mase, rmsse, smape, error, total) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var (inside80, inside95) = (0, 0)
    for series in complete {
      let start = series * panel.periodCount + window.end
      let actual = Array(panel.demand[start..<start + window.horizon])
      let forecast = Array(mean[series * window.horizon..<(series + 1) * window.horizon])
      mase += Accuracy.mase(actual.span, forecast.span, scale: backtest.scale[series])
      rmsse += Accuracy.rmsse(actual.span, forecast.span, squaredScale: backtest.squaredScale[series])
      smape += Accuracy.smape(actual.span, forecast.span)
      for step in 0..<window.horizon {
        error += forecast[step] - actual[step]
        total += actual[step]
        let (low80, high80) = interval(series, step, 0.8)
        let (low95, high95) = interval(series, step, 0.95)
        if actual[step] >= low80, actual[step] <= high80 { inside80 += 1 }
        if actual[step] >= low95, actual[step] <= high95 { inside95 += 1 }
      }
    }
    let count = Double(complete.count)
    let cells = count * Double(window.horizon)
    return CandidateAccuracy(
      model: name, series: complete.count, mase: mase / count, rmsse: rmsse / count, smape: smape / count,
      bias: total > 0 ? error / total : .nan, coverage80: Double(inside80) / cells, coverage95: Double(inside95) / cells
    )
  }
}
