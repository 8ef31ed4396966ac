/// A way to forecast many series at once.
///
/// What the series share is learnt once (``fit(_:horizon:)``); the fitted value then forecasts any series of the same
/// kind, also ones that it has not seen. So a file larger than memory is forecast in two passes: one that learns from a
/// sample, one that forecasts part after part.
public protocol PanelModel: Sendable {
  /// Learns what the series share.
  /// - Parameter horizon: periods ahead that will be asked for; at least 1.
  func fit(_ panel: SeriesPanel, horizon: Int) throws(TimeSeriesError) -> any FittedPanelModel
}

/// What was learnt from a panel, ready to forecast.
public protocol FittedPanelModel: Sendable {
  /// Periods ahead.
  var horizon: Int { get }

  /// Forecasts from the end of each series of `panel`.
  /// - Parameter probabilities: of the wanted quantiles, ascending, each between 0 and 1.
  func forecast(_ panel: SeriesPanel, probabilities: [Double]) -> PanelForecast
}

/// Medians and quantiles of the next values of many series, in contiguous columns.
public struct PanelForecast: Sendable {
  public let seriesCount: Int
  public let horizon: Int
  /// Of the quantiles, ascending.
  public let probabilities: [Double]
  /// series × horizon, in the unit of the series; NaN only for a series without any known value.
  public var median: [Double]
  /// series × horizon × probability, not falling along the probabilities.
  public var quantiles: [Double]

  public init(seriesCount: Int, horizon: Int, probabilities: [Double]) {
    self.seriesCount = seriesCount
    self.horizon = horizon
    self.probabilities = probabilities
    median = [Double](repeating: .nan, count: seriesCount * horizon)
    quantiles = [Double](repeating: .nan, count: seriesCount * horizon * probabilities.count)
  }

  public func median(series: Int, step: Int) -> Double { median[series * horizon + step] }

  public func quantile(series: Int, step: Int, probability index: Int) -> Double {
    quantiles[(series * horizon + step) * probabilities.count + index]
  }

  /// The probabilities that bound central intervals of the given levels in percent: 80 gives .1 and .9.
  public static func probabilities(levels: [Double]) -> [Double] {
    Set(levels.flatMap { [(100 - $0) / 200, (100 + $0) / 200] }).sorted()
  }
}
