/// Sums over the mean interval between demands, smoothed, and spread evenly over their periods (ADIDA).
///
/// Source: Nikolopoulos, Syntetos, Boylan, Petropoulos & Assimakopoulos, "An aggregate-disaggregate intermittent demand
/// approach (ADIDA) to forecasting" (Journal of the Operational Research Society 62, 2011), with simple exponential
/// smoothing whose weight is chosen per series between 0.1 and 0.3. Sums end with the last value. O(n).
public struct AggregateDisaggregate: LocalModel {
  public static let name = "aggregate_disaggregate"

  /// The longest sum.
  public var longest: Int

  public init(longest: Int = 64) {
    precondition(longest >= 1, "a sum has at least one period")
    self.longest = longest
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedAggregation {
    _ = try SeriesSummary(values, season: season)
    return FittedAggregation(lengths: [meanInterval(values, longest: longest)], values)
  }
}
