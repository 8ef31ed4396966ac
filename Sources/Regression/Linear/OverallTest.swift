internal import Probability

/// The F test of several coefficients at once.
public struct OverallTest: Sendable, Hashable {
  public let statistic: Double
  /// Of the numerator.
  public let degreesOfFreedom: Double
  /// Of the denominator.
  public let residualDegreesOfFreedom: Double

  init(statistic: Double, degreesOfFreedom: Double, _ residualDegreesOfFreedom: Double) {
    self.statistic = statistic
    self.degreesOfFreedom = degreesOfFreedom
    self.residualDegreesOfFreedom = residualDegreesOfFreedom
  }

  /// P(F ≥ statistic) if all of them were zero.
  public var pValue: Double {
    let (numerator, denominator) = (degreesOfFreedom, residualDegreesOfFreedom)
    return regularizedBeta(denominator / (denominator + numerator * statistic), denominator / 2, numerator / 2)
  }
}
