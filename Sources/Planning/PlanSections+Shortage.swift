public import Specifications

/// `shortage:` how scarce supply is split among the partners that need it.
public struct ShortageSettings: Sendable {
  /// Units of a product that can be delivered until the next review, in the order of the plan; products that are not
  /// listed are not scarce.
  public var supply: [(product: String, units: Located<Int>)] = []
  /// What every partner gets at least, in percent of what it needs.
  public var floorPercent = Located(20.0)
  /// Priority by grade of the partner; 1 where a grade is not listed. Twice the weight, twice the fill rate.
  public var weights: [(grade: String, weight: Located<Double>)] = []
  /// Whether a higher weight is served in full, above the floors, before a lower one.
  public var tiersAreStrict = Located(false)

  public init() {}

  func weight(of grade: String?) -> Double { weights.first { $0.grade == grade }?.weight.value ?? 1 }
}
