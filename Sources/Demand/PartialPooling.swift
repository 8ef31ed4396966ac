internal import Glibc
internal import Probability

/// The mean of an effect over groups, and how much the groups differ.
///
/// Source: DerSimonian & Laird, "Meta-analysis in clinical trials" (Controlled Clinical Trials 7, 1986): group estimates
/// bᵢ with standard errors sᵢ are drawn around true effects that vary with variance τ² around a common mean.
package struct PooledEffect: Sendable, Hashable {
  /// Weighted by 1 / (sᵢ² + τ²).
  package let mean: Double
  package let standardError: Double
  /// τ²: the variance of the true effects between groups.
  package let betweenVariance: Double

  /// Nil where no group has an estimate with a standard error above zero.
  package init?(estimates: [Double], standardErrors: [Double]) {
    let groups = zip(estimates, standardErrors).filter { $0.0.isFinite && $0.1.isFinite && $0.1 > 0 }
    guard !groups.isEmpty else { return nil }
    // 1. The fixed-effect mean and the spread Q around it.
    var (sumW, sumWW, sumWB) = (0.0, 0.0, 0.0)
    for (estimate, error) in groups {
      let weight = 1 / (error * error)
      sumW += weight
      sumWW += weight * weight
      sumWB += weight * estimate
    }
    let fixed = sumWB / sumW
    let spread = groups.reduce(0.0) { $0 + ($1.0 - fixed) * ($1.0 - fixed) / ($1.1 * $1.1) }
    // 2. τ² by the moments of Q.
    let scale = sumW - sumWW / sumW
    let between = scale > 0 ? max(0, (spread - Double(groups.count - 1)) / scale) : 0
    // 3. The random-effects mean.
    var (weights, total) = (0.0, 0.0)
    for (estimate, error) in groups {
      let weight = 1 / (error * error + between)
      weights += weight
      total += weight * estimate
    }
    mean = total / weights
    standardError = (1 / weights).squareRoot()
    betweenVariance = between
  }

  /// The effect of one group, drawn towards the mean as far as its own error is larger than the difference of groups:
  /// (b/s² + mean/τ²) / (1/s² + 1/τ²). A group without an estimate takes the mean.
  package func shrunk(estimate: Double, standardError: Double) -> Double {
    guard estimate.isFinite, standardError.isFinite, standardError > 0 else { return mean }
    let own = betweenVariance / (betweenVariance + standardError * standardError)
    return mean + own * (estimate - mean)
  }
}
