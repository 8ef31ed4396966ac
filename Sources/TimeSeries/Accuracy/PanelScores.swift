/// What the forecasts of a panel are judged by: what happened, and the unit of each series' errors.
public struct PanelOutcome: Sendable {
  public let horizon: Int
  /// series × horizon, contiguous; NaN is unknown.
  public let actual: [Double]
  /// Of MASE and MSIS: the mean absolute change over a season in training; over one period where the series is no
  /// longer than a season, as in the M4 competition's code. NaN where it is zero or unknown.
  public let scales: [Double]
  /// Of RMSSE: the mean squared change.
  public let squaredScales: [Double]
  /// The sales of the last season of training: the weights of WRMSSE.
  public let weights: [Double]

  /// - Parameters:
  ///   - season: the periods over which changes are taken, where they differ from the panel's season.
  public init(history: SeriesPanel, actual: [Double], horizon: Int, season: Int? = nil) {
    precondition(actual.count == history.count * horizon, "one value for each series and step")
    let season = season ?? history.season
    self.horizon = horizon
    self.actual = actual
    var scales: [Double] = []
    var squaredScales: [Double] = []
    var weights: [Double] = []
    for series in 0..<history.count {
      let training = history.values.span.extracting(history.range(ofSeries: series))
      let step = training.count > season ? season : 1
      let scale = Accuracy.seasonalScale(training, season: step)
      let squared = Accuracy.squaredSeasonalScale(training, season: step)
      scales.append(scale > 0 ? scale : .nan)
      squaredScales.append(squared > 0 ? squared : .nan)
      weights.append(Accuracy.lastSeasonWeight(training, season: season))
    }
    (self.scales, self.squaredScales, self.weights) = (scales, squaredScales, weights)
  }

  public var seriesCount: Int { scales.count }
}

/// The scores of one set of forecasts: a column for each measure with a value for each series, NaN where it is unknown.
public struct PanelScores: Sendable {
  public private(set) var mae: [Double] = []
  public private(set) var mase: [Double] = []
  public private(set) var rmsse: [Double] = []
  /// Percent.
  public private(set) var smape: [Double] = []
  public private(set) var wape: [Double] = []
  /// Mean of forecast minus actual, in units of the scale.
  public private(set) var bias: [Double] = []
  /// In units of the scale; NaN without quantiles.
  public private(set) var crps: [Double] = []
  /// Of the probabilities of the forecast, in units of the scale: probability × series.
  public private(set) var pinball: [[Double]] = []
  /// For each level the share of values inside, and the scaled interval score.
  public private(set) var coverage: [[Double]] = []
  public private(set) var msis: [[Double]] = []
  /// The share of forecasts below zero.
  public private(set) var negative: [Double] = []
  public let levels: [Double]
  public let probabilities: [Double]
  private var errorSum = 0.0
  private var actualSum = 0.0
  private let weights: [Double]

  /// - Parameter levels: of the intervals that are judged, percent; those without quantiles in the forecast are left
  ///   out.
  public init(_ forecast: PanelForecast, against outcome: PanelOutcome, levels: [Double] = []) {
    precondition(
      forecast.seriesCount == outcome.seriesCount && forecast.horizon == outcome.horizon,
      "forecasts and outcome are of the same series and steps")
    probabilities = forecast.probabilities
    let bounds = levels.compactMap { level -> (level: Double, lower: Int, upper: Int)? in
      guard let lower = forecast.index(ofProbability: (100 - level) / 200),
        let upper = forecast.index(ofProbability: (100 + level) / 200)
      else { return nil }
      return (level, lower, upper)
    }
    self.levels = bounds.map(\.level)
    weights = outcome.weights
    coverage = bounds.map { _ in [] }
    msis = bounds.map { _ in [] }
    pinball = probabilities.map { _ in [] }
    for series in 0..<outcome.seriesCount { add(series, forecast, outcome, bounds) }
  }

  private mutating func add(
    _ series: Int, _ forecast: PanelForecast, _ outcome: PanelOutcome,
    _ bounds: [(level: Double, lower: Int, upper: Int)]
  ) {
    let horizon = outcome.horizon
    let range = series * horizon..<(series + 1) * horizon
    let scale = outcome.scales[series]
    let actual = outcome.actual.span.extracting(range)
    let median = forecast.median.span.extracting(range)
    mae.append(Accuracy.mase(actual, median, scale: 1))
    mase.append(Accuracy.mase(actual, median, scale: scale))
    rmsse.append(Accuracy.rmsse(actual, median, squaredScale: outcome.squaredScales[series]))
    smape.append(Accuracy.smape(actual, median))
    wape.append(Accuracy.wape(actual, median))
    bias.append(Accuracy.bias(actual, median) / scale)
    negative.append(Accuracy.negativeShare(median))
    for step in actual.indices where !actual[step].isNaN && !median[step].isNaN {
      errorSum += abs(actual[step] - median[step])
      actualSum += abs(actual[step])
    }
    let count = probabilities.count
    let quantiles = forecast.quantiles.span.extracting(range.lowerBound * count..<range.upperBound * count)
    crps.append(Accuracy.crps(actual, quantiles: quantiles, probabilities: probabilities) / scale)
    func column(_ index: Int) -> [Double] { (0..<horizon).map { quantiles[$0 * count + index] } }
    for (index, probability) in probabilities.enumerated() {
      pinball[index].append(
        Accuracy.pinball(actual, quantile: column(index).span, probability: probability) / scale)
    }
    for (index, bound) in bounds.enumerated() {
      let (lower, upper) = (column(bound.lower), column(bound.upper))
      coverage[index].append(Accuracy.coverage(actual, lower: lower.span, upper: upper.span))
      msis[index].append(
        Accuracy.msis(actual, lower: lower.span, upper: upper.span, level: bound.level, scale: scale))
    }
  }

  /// Σ|error| / Σ|actual| over all series.
  public var totalWAPE: Double { actualSum > 0 ? errorSum / actualSum : .nan }

  /// The weighted RMSSE; weights are the sales of the last season.
  public func wrmsse(levels: [Int]? = nil) -> Double { Accuracy.wrmsse(rmsse, weights: weights, levels: levels) }

  /// The mean of a column's known values; NaN where there is none.
  public static func mean(_ column: [Double]) -> Double {
    var (sum, count) = (0.0, 0)
    for value in column where value.isFinite {
      sum += value
      count += 1
    }
    return count > 0 ? sum / Double(count) : .nan
  }

  /// The overall weighted average of the M4 competition against the scores of ``NaiveBenchmark``.
  public func owa(against naive: PanelScores) -> Double {
    Accuracy.owa(
      smape: Self.mean(smape), mase: Self.mean(mase), naiveSMAPE: Self.mean(naive.smape),
      naiveMASE: Self.mean(naive.mase))
  }
}

extension PanelForecast {
  /// The place of a quantile's probability; nil where the forecast has none within 1e-9.
  public func index(ofProbability probability: Double) -> Int? {
    probabilities.firstIndex { abs($0 - probability) < 1e-9 }
  }
}
