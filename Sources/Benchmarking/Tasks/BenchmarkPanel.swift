public import ChannelTypes
public import TimeSeries

/// One window of one task: histories, what followed, and how forecasts are judged.
public struct BenchmarkPanel: Sendable {
  /// The task, with the group: `M1 YEARLY`.
  public let task: String
  /// Which of the task's windows: the cutoff, or how many periods before the end; empty where there is one.
  public let window: String
  public let ids: [String]
  /// Training parts, with the season that models are told.
  public let history: SeriesPanel
  /// The last period of each training part.
  public let lastPeriods: [Period]
  /// Ordinals from one period to the next.
  public let periodStep: Int
  public let horizon: Int
  /// The season of the measures and of Naive2.
  public let metricSeason: Int
  public let outcome: PanelOutcome

  /// The period of a step ahead, from 0.
  public func period(series: Int, step: Int) -> Period { lastPeriods[series].advanced(by: (step + 1) * periodStep) }
}
