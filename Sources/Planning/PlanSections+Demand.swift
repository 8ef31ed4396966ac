public import Specifications

/// `demand:` what is assumed of demand beside the forecast; scenarios patch it (`demand.east: "*0.8"`).
public struct DemandSettings: Sendable {
  /// A region, or `all`, and what its forecast is multiplied by, in the order of the plan.
  public var factors: [(region: String, factor: Located<Double>)] = []
  /// For how many periods from the start of the plan; nil for all.
  public var periods: Located<Int>?

  public init() {}

  /// What a region's demand is multiplied by in the `step`-th planned period (0 = the first).
  public func factor(region: String, step: Int) -> Double {
    if let periods, step >= periods.value { return 1 }
    return factors.reduce(1) { $1.region == region || $1.region == "all" ? $0 * $1.factor.value : $0 }
  }
}
