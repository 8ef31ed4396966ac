/// The mean of the forecasts from sums over 1, 2, … periods, up to the mean interval between demands (IMAPA).
///
/// Source: Petropoulos & Kourentzes, "Forecast combinations for intermittent demand" (Journal of the Operational
/// Research Society 66, 2015); Syntetos & Boylan, *Intermittent Demand Forecasting* (2021), with simple exponential
/// smoothing whose weight is chosen per length between 0.1 and 0.3. Sums end with the last value. O(n · lengths).
public struct IntermittentMultipleAggregation: LocalModel {
  public static let name = "intermittent_multiple_aggregation"

  /// The longest sum.
  public var longest: Int

  public init(longest: Int = 64) {
    precondition(longest >= 1, "a sum has at least one period")
    self.longest = longest
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedAggregation {
    _ = try SeriesSummary(values, season: season)
    return FittedAggregation(lengths: Array(1...meanInterval(values, longest: longest)), values)
  }
}
