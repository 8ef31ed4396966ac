/// Multiple-season decomposition with exponential smoothing of what the seasons leave.
///
/// The seasonally adjusted series is forecast without a season; every season goes on with its last cycle.
///
/// Source: Bandara, Hyndman & Bergmeir (arXiv 2107.13462, 2021), section 3; Hyndman & Athanasopoulos, *Forecasting:
/// Principles and Practice* (3rd ed., 2021), section 5.7. The variance is that of the adjusted series: the seasons count
/// as known. Cost: one decomposition and one smoothing fit.
public struct MultipleSeasonModel: LocalModel {
  public static let name = "multiple_season"

  public var decomposition: MultipleSeasonDecomposition
  public var trendModel: ExponentialSmoothing

  public init(
    decomposition: MultipleSeasonDecomposition = MultipleSeasonDecomposition(),
    trendModel: ExponentialSmoothing = ExponentialSmoothing()
  ) {
    self.decomposition = decomposition
    self.trendModel = trendModel
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedMultipleSeason {
    try fit(values, seasons: [season])
  }

  public func fit(_ values: [Double], seasons: [Int]) throws(TimeSeriesError) -> FittedMultipleSeason {
    try fit(values.span, seasons: seasons)
  }

  /// - Parameter seasons: periods in each season; those that two of do not fit into the history are left out.
  public func fit(_ values: Span<Double>, seasons: [Int]) throws(TimeSeriesError) -> FittedMultipleSeason {
    for season in seasons where season < 1 { throw .badSeason(season) }
    let summary = try SeriesSummary(values, season: 1)
    guard summary.standardDeviation > 0 else {
      let trend = try trendModel.fit(values, season: 1)
      return FittedMultipleSeason(trend: trend, seasons: [], residuals: trend.residuals)
    }
    let parts = try decomposition.decompose(values, seasons: seasons)
    let total = parts.seasonalTotal
    let adjusted = values.indices.map { values[$0] - total[$0] }
    let trend = try trendModel.fit(adjusted.span, season: 1)
    return FittedMultipleSeason(
      trend: trend,
      seasons: parts.seasonal.map {
        .init(season: $0.season, values: Array($0.values.suffix($0.season)))
      },
      residuals: trend.residuals)
  }
}

/// A multiple-season model at the end of its history.
public struct FittedMultipleSeason: FittedLocalModel {
  public private(set) var trend: ExponentialSmoothing.Fitted
  /// The next cycle of every season.
  public private(set) var seasons: [MultipleSeasonDecomposition.SeasonalPart]
  public private(set) var residuals: [Double]

  /// The seasons stay as they are; the trend model takes in the adjusted values.
  public mutating func update(_ values: Span<Double>) {
    let adjusted = values.indices.map { values[$0] - seasonal(ahead: $0) }
    let before = trend.residuals.count
    trend.update(adjusted.span)
    residuals.append(contentsOf: trend.residuals[before...])
    for index in seasons.indices {
      let turn = values.count % seasons[index].season
      let cycle = seasons[index].values
      seasons[index].values = Array(cycle[turn...] + cycle[..<turn])
    }
  }

  public func forecast(horizon: Int) -> Forecast {
    var forecast = trend.forecast(horizon: horizon)
    for step in 0..<horizon { forecast.mean[step] += seasonal(ahead: step) }
    return forecast
  }

  public func errorWeights(horizon: Int) -> [Double] { trend.errorWeights(horizon: horizon) }

  private func seasonal(ahead step: Int) -> Double {
    var sum = 0.0
    for part in seasons { sum += part.values[step % part.season] }
    return sum
  }
}
