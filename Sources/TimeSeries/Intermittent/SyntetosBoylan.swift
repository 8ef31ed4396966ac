/// Croston's method without its bias: the rate is multiplied by 1 − α/2.
///
/// Source: Syntetos & Boylan, "The accuracy of intermittent demand estimates" (International Journal of Forecasting 21,
/// 2005). The bias comes from dividing by an uncertain interval; where every period so far had demand there is none,
/// and nothing is taken off. O(n).
public struct SyntetosBoylan: LocalModel {
  public static let name = "syntetos_boylan"

  /// The weight of a new demand, between 0 and 1.
  public var weight: Double

  public init(weight: Double = 0.1) {
    precondition(weight > 0 && weight <= 1, "a weight is a share")
    self.weight = weight
  }

  public func fit(_ values: Span<Double>, season: Int) throws(TimeSeriesError) -> FittedCroston {
    let isSigned = try SeriesSummary(values, season: season).minimum < 0
    let start = CrostonState(sizeWeight: weight, intervalWeight: weight, isSigned: isSigned)
    return FittedCroston(start, deflation: 1 - weight / 2, values)
  }
}
