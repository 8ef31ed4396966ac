internal import ChannelTypes
internal import TimeSeries

/// Forecasts every series of a panel: candidates, a backtest that chooses among them, and joint sample paths.
///
/// 1. Each candidate forecasts from earlier origins and from the end of the history.
/// 2. Each series takes the mean of `auto`, exponential smoothing and drivers, unless the backtest speaks clearly for a single
///    model (``LossTable/choices``).
/// 3. Deviations are calibrated on the errors of the backtest (``Calibration``).
/// 4. The forecasts of the series and of every level of the network are reconciled (``CoherentForecast``).
/// 5. Means are rounded to thousandths of a unit, so that group totals are exact sums.
/// 6. Joint paths give quantiles of series and, summed, of groups (``JointPaths``).
///
/// Results depend on the panel, the settings and the seed, never on the number of threads.
public struct DemandForecaster: Sendable {
  /// Periods ahead; at least 1.
  public var horizon = 12
  /// Names of the models that compete; empty for all. Two or more of them also compete as their mean, where they are
  /// `auto`, exponential smoothing and drivers.
  public var models: [String] = []
  public var metric = SelectionMetric.mase
  /// Origins of the backtest and the periods between them.
  public var windows = 3
  public var step = 1
  public var nonNegative = true
  /// Whether the calendar's events may explain demand.
  public var events = true
  /// The levels between the total and the series that are forecast as well, from coarse to fine; each is crossed with
  /// product.
  public var levels = ["region", "city", "partner"]
  /// How their forecasts are made to add up.
  public var coherence = CoherenceChoice.automatic
  /// Sample paths per series.
  public var drawCount = 256
  public var seed: UInt64 = 1
  public var threads = 1
  /// Told how many series have been forecast, of those of all candidates and origins together.
  public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }

  public init() {}

  /// What a count of thousandths in 64 bits can hold, with room for sums over a million series.
  static let largestMean = 1e9

  /// The name under which the mean of `auto`, exponential smoothing and drivers competes.
  static let averageName = "average"

  public func forecast(_ panel: DemandPanel) throws(DemandError) -> ForecastResult {
    guard panel.seriesCount > 0 else { throw .noSeries }
    guard panel.periodCount >= 3 else { throw .historyTooShort(periods: panel.periodCount) }
    let competing = self.competing
    // 1. Earlier origins, and now.
    let tested = min(horizon, max(1, panel.periodCount / 3))
    let origins = RollingOrigin(horizon: tested, windows: windows, step: step, minimumTraining: 3)
    let ends = origins.origins(count: panel.periodCount)
    let total = panel.seriesCount * competing.models.count * (ends.count + 1)
    var done = 0
    func run(_ origin: ForecastOrigin) -> Backtest.Window {
      let runs = competing.run(origin) {
        done += panel.seriesCount
        progress(done, total)
      }
      return Backtest.Window(origin: origin, runs: runs)
    }
    progress(0, total)
    let past = ends.map { end in
      run(ForecastOrigin(panel, end: end, horizon: tested, events: events, threads: threads))
    }
    let present = ForecastOrigin(panel, end: panel.periodCount, horizon: horizon, events: events, threads: threads)
    let now = run(present)
    let backtest = Backtest(panel, candidates: competing.names, windows: past, metric: metric)
    // 2. The choice of each series.
    let losses = backtest.losses(before: .max)
    let chosen = losses.choices(panel, competing)
    // 3. Means and calibrated deviations of the chosen models.
    let calibration = Calibration(backtest, horizon: horizon, before: .max)
    var mixed = MixedRun(panel, runs: now.runs, chosen: chosen.map(\.candidate), calibration, nonNegative: nonNegative)
    // 4. Coherent forecasts of all levels.
    let coherence = reconcile(&mixed, now.origin, past, chosen: chosen.map(\.candidate), calibration)
    // 5. Published means, 6. joint paths around them.
    let thousandths = mixed.run.mean.map { Int64((min($0, Self.largestMean) * 1000).rounded()) }
    let paths = jointPaths.draw(
      panel, mean: thousandths.map { Double($0) / 1000 }, deviation: mixed.run.deviation, run: mixed.run)
    let report = AccuracyReport(backtest, competing, self)
    return ForecastResult(
      panel: panel, firstPeriod: panel.nextPeriod, horizon: horizon, meanThousandths: thousandths, paths: paths,
      choices: describe(panel, chosen, losses, backtest, competing), accuracy: report.rows, coherence: coherence)
  }

  /// Brings the means of a run into line with those of the levels above, by the method that did best at earlier origins.
  private func reconcile(
    _ mixed: inout MixedRun, _ now: ForecastOrigin, _ past: [Backtest.Window], chosen: [Int], _ calibration: Calibration
  ) -> CoherenceReport? {
    let panel = now.panel
    guard coherence != .method(.bottomUp),
      let coherent = CoherentForecast(panel, levels: levels, nonNegative: nonNegative, threads: threads)
    else { return nil }
    let windows = past.map { window in
      let run = MixedRun(panel, runs: window.runs, chosen: chosen, calibration, nonNegative: nonNegative).run
      return (origin: window.origin, run: run)
    }
    var report = coherent.report(coherence, windows: windows)
    guard report.method != .bottomUp else { return report }
    let base = coherent.base(now, run: mixed.run)
    guard let values = coherent.coherent(base, report.method, horizon: horizon) else {
      report.method = .bottomUp
      return report
    }
    for (position, series) in coherent.members.enumerated() {
      let first = (coherent.hierarchy.aggregateCount + position) * horizon
      mixed.setMeans(ofSeries: series, Array(values[first..<first + horizon]))
    }
    return report
  }

  var jointPaths: JointPaths {
    JointPaths(seed: seed, drawCount: drawCount, nonNegative: nonNegative, threads: threads)
  }

  private var competing: Candidates {
    let asked = DemandModels.all.filter { models.isEmpty || models.contains(type(of: $0).name) }
    return Candidates(models: asked.isEmpty ? DemandModels.all : asked)
  }
}

/// The models that compete, and the mean of those that look at more than the last season.
struct Candidates {
  let models: [any DemandModel]
  let names: [String]
  private let averaged: [Int]

  init(models: [any DemandModel]) {
    var names = models.map { type(of: $0).name }
    let combined = [AutoDemandModel.name, ExponentialSmoothing.name, DriverDemandModel.name]
    let found = combined.compactMap { names.firstIndex(of: $0) }
    // Histories alone err to one side, drivers alone to the other: a mean needs both.
    let isMixed = names.contains(DriverDemandModel.name) && found.count > 1
    if isMixed { names.append(DemandForecaster.averageName) }
    self.models = models
    self.names = names
    averaged = isMixed ? found : []
  }

  /// The mean, where it competes: what is used unless a single model is clearly better.
  var average: Int? { averaged.isEmpty ? nil : names.count - 1 }

  /// What is used where nothing could be tested: the most robust that competes.
  var fallback: Int { average ?? names.firstIndex(of: AutoDemandModel.name) ?? 0 }

  /// - Parameter onModel: told after each model.
  func run(_ origin: ForecastOrigin, onModel: () -> Void = {}) -> [ModelRun] {
    var runs = models.map { model in
      defer { onModel() }
      return model.run(origin)
    }
    if !averaged.isEmpty { runs.append(ModelRun.average(averaged.map { runs[$0] })) }
    return runs
  }
}

/// The run of the chosen candidate of each series, with calibrated deviations. Inactive partners and series without
/// any known demand have zeros.
struct MixedRun {
  private(set) var run: ModelRun

  mutating func setMeans(ofSeries series: Int, _ means: [Double]) {
    run.mean.replaceSubrange(run.range(ofSeries: series), with: means)
  }

  init(_ panel: DemandPanel, runs: [ModelRun], chosen: [Int], _ calibration: Calibration, nonNegative: Bool) {
    let horizon = runs[0].horizon
    run = ModelRun(seriesCount: panel.seriesCount, end: runs[0].end, horizon: horizon)
    for series in 0..<panel.seriesCount {
      let source = runs[chosen[series]]
      let residuals = run.residualRange(ofSeries: series)
      run.residuals.replaceSubrange(residuals, with: source.residuals[residuals])
      for step in 0..<horizon {
        let index = series * horizon + step
        // A candidate that cannot forecast a series leaves it to one that can.
        let usable = ([chosen[series]] + runs.indices).first { !runs[$0].mean[index].isNaN }
        let isForecast = panel.isActive[panel.series[series].partner]
        guard isForecast, let usable else {
          run.mean[index] = 0
          continue
        }
        let mean = runs[usable].mean[index]
        run.mean[index] = nonNegative ? max(0, mean) : mean
        run.deviation[index] = runs[usable].deviation[index] * calibration.factor(candidate: usable, step: step)
        run.weights[index] = runs[usable].weights[index]
      }
    }
  }
}
