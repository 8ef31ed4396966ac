public import ChannelTypes

/// The demand forecast of every series of a panel, with the means that are published and joint sample paths.
///
/// The means of groups are the exact sums of the leaf means in thousandths of a unit, so that printed figures add up.
/// The paths of all series live on the same draws: sums over series or periods are themselves sample paths.
public struct ForecastResult: Sendable, Codable {
  /// The history that was forecast from, with the names of partners, products, regions and cities.
  public let panel: DemandPanel
  /// The first forecast period.
  public let firstPeriod: Period
  public let horizon: Int
  /// Thousandths of a unit, series × horizon, periods contiguous.
  public let meanThousandths: [Int64]
  /// Units, series × horizon × draws.
  public let paths: SamplePaths
  /// How each series was forecast, in panel order.
  public let choices: [SeriesModelChoice]
  /// How the candidates did on the periods held out.
  public let accuracy: [CandidateAccuracy]
  /// How the levels were made to add up; nil where only the series were forecast.
  public let coherence: CoherenceReport?
  /// What a unit is worth in the planned periods against the history; nil where prices stay.
  public let priceFactors: PanelFactors?

  public init(
    panel: DemandPanel, firstPeriod: Period, horizon: Int, meanThousandths: [Int64], paths: SamplePaths,
    choices: [SeriesModelChoice], accuracy: [CandidateAccuracy], coherence: CoherenceReport? = nil,
    priceFactors: PanelFactors? = nil
  ) {
    precondition(meanThousandths.count == panel.seriesCount * horizon, "means must fill series × horizon")
    self.panel = panel
    self.firstPeriod = firstPeriod
    self.horizon = horizon
    self.meanThousandths = meanThousandths
    self.paths = paths
    self.choices = choices
    self.accuracy = accuracy
    self.coherence = coherence
    self.priceFactors = priceFactors
  }

  public var seriesCount: Int { panel.seriesCount }
  public var frequency: Frequency { panel.frequency }
  public func period(_ step: Int) -> Period { firstPeriod.advanced(by: step) }

  /// Expected units of a series in the `step`-th planned period (0 = the first).
  public func mean(series: Int, step: Int) -> Double {
    Double(meanThousandths[series * horizon + step]) / 1000
  }

  /// The average expected units per day of a series over the first `days` days of the plan, pro rata.
  public func meanPerDay(series: Int, days: Double) -> Double {
    guard days > 0, horizon > 0 else { return 0 }
    let periods = min(days / frequency.days, Double(horizon))
    var units = 0.0
    for step in 0..<horizon where Double(step) < periods {
      units += mean(series: series, step: step) * min(1, periods - Double(step))
    }
    return units / (periods * frequency.days)
  }

  /// The index of a series by the ids of its partner and product; nil where the panel has none.
  /// Complexity: O(log series).
  public func index(partner: String, product: String) -> Int? {
    var low = 0
    var high = panel.seriesCount
    while low < high {
      let middle = (low + high) / 2
      let key = (panel.partnerName(middle), panel.productName(middle))
      if key == (partner, product) { return middle }
      if key < (partner, product) { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}

/// Which model forecasts a series, and why.
public struct SeriesModelChoice: Sendable, Hashable, Codable {
  public var model: String
  /// One phrase for people: what decided.
  public var reason: String
  /// Known values in the history of the series.
  public var observations: Int
  /// Backtest windows that the series took part in.
  public var windows: Int
  /// Mean absolute scaled error of the chosen model over the windows; NaN where there was none.
  public var mase: Double
  public var maseOfSeasonalNaive: Double
  /// Mean error over mean demand in the windows, positive where the forecast was too high; NaN where there was none.
  public var bias: Double
  /// `inactive_partner`, `stock_outs`, `intermittent`, `short`, …; sorted.
  public var flags: [String]

  public init(
    model: String, reason: String, observations: Int, windows: Int = 0, mase: Double = .nan,
    maseOfSeasonalNaive: Double = .nan, bias: Double = .nan, flags: [String] = []
  ) {
    self.model = model
    self.reason = reason
    self.observations = observations
    self.windows = windows
    self.mase = mase
    self.maseOfSeasonalNaive = maseOfSeasonalNaive
    self.bias = bias
    self.flags = flags
  }
}

/// How one way of forecasting did on held-out periods, averaged over the series complete in training and test.
public struct CandidateAccuracy: Sendable, Hashable, Codable {
  /// `chosen` or the name of a candidate.
  public var model: String
  /// How many series the figures rest on.
  public var series: Int
  public var mase: Double
  public var rmsse: Double
  /// Percent, 0…200.
  public var smape: Double
  /// Σ(forecast − actual) / Σ actual.
  public var bias: Double
  /// Shares of held-out values inside the central 80 % and 95 % intervals.
  public var coverage80: Double
  public var coverage95: Double

  public init(
    model: String, series: Int, mase: Double, rmsse: Double, smape: Double, bias: Double, coverage80: Double,
    coverage95: Double
  ) {
    self.model = model
    self.series = series
    self.mase = mase
    self.rmsse = rmsse
    self.smape = smape
    self.bias = bias
    self.coverage80 = coverage80
    self.coverage95 = coverage95
  }
}
