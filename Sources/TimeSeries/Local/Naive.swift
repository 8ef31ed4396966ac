/// The last known value, however far ahead: the best forecast of a random walk.
///
/// Variance hσ²: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice* (3rd ed., 2021), sections 5.2 and 5.5.
/// A change over a gap of g periods has variance gσ². Complexity: O(n).
public struct Naive: LocalModel {
  public static let name = "naive"

  public init() {}

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedRandomWalk {
    let summary = try SeriesSummary(values, season: season)
    return FittedRandomWalk(
      values, start: values.knownEnds.first, slope: 0, span: 0, degreesOfFreedom: max(1, summary.knownCount - 1))
  }
}
