public import LinearAlgebra
internal import Probability

/// Whether the effects of a Cox model change over time.
///
/// Tests, for every coefficient and for all together, the addition of x · g(t) to the model by the score test with the
/// full information of the extended model at its null values. Source: Grambsch and Therneau, "Proportional hazards tests
/// and diagnostics based on weighted residuals" (Biometrika 81, 1994); the exact score test as in R's survival ≥ 3.0
/// (`cox.zph`). The test does not change when g is shifted or stretched. Cost: three Gram matrices, 3 n p².
public struct ProportionalHazardsTest: Sendable, Hashable, Codable {
  /// g(t).
  public enum TimeTransform: String, Sendable, Hashable, Codable, CaseIterable {
    /// One minus the Kaplan-Meier curve just before t: spreads the events evenly.
    case kaplanMeier
    case identity
    /// The rank of t among the times of all rows, ties taking their mean.
    case rank
    case log
  }

  public struct Result: Sendable, Hashable, Codable {
    /// A column's name, or `global`.
    public let name: String
    public let statistic: Double
    public let degreesOfFreedom: Int

    public var pValue: Double {
      degreesOfFreedom > 0
        ? ChiSquared(degreesOfFreedom: Double(degreesOfFreedom)).upperTail(statistic) : 1
    }
  }

  public let transform: TimeTransform
  /// One per estimated coefficient.
  public let terms: [Result]
  public let global: Result
  /// The time of each event, by stratum and then ascending.
  public let eventTimes: [Double]
  /// events × coefficients: b + events · covariance · (x − mean at risk): their trend over g(t) is that of the effect.
  public let scaledResiduals: Matrix

  /// - Parameters:
  ///   - fit: a fit to these data by `CoxRegression` with the same ties and no penalty.
  public init(
    _ fit: CoxFit, _ design: DesignMatrix, _ response: SurvivalResponse, weights: [Double]? = nil,
    offset: [Double]? = nil, transform: TimeTransform = .kaplanMeier
  ) throws(RegressionError) {
    self.transform = transform
    let all = try CoxLikelihood(design.matrix, response, weights: weights, offset: offset, ties: fit.ties)
    let likelihood = all.selecting(columns: fit.kept)
    let state = likelihood.state(at: fit.kept.map { fit.coefficients[$0] })
    let g = try transform.values(likelihood.risk, response, weights)
    // 1. Information of (b, θ): blocks Σ V, Σ g V, Σ g² V over the event times, and the score Σ g u of θ.
    let base = likelihood.derivatives(state)
    let mixed = likelihood.derivatives(state, multipliers: g)
    let square = likelihood.derivatives(state, multipliers: g.map { $0 * $0 })
    // 2. Per term and together: uᵀ (I_θθ − I_θb I_bb⁻¹ I_bθ)⁻¹ u.
    let p = fit.kept.count
    var schur = square.information
    var score = mixed.gradient
    if p > 0 {
      guard let factor = try? ScaledCholesky(base.information) else {
        throw .notConverged(iterations: 0, cause: "the information matrix is singular at the fit")
      }
      for j in 0..<p {
        let reduced = factor.solve(Array(mixed.information.column(j)))
        for i in 0..<p { schur[i, j] -= dot(Array(mixed.information.column(i)), reduced) }
      }
      let correction = factor.solve(base.gradient)
      for i in 0..<p { score[i] -= dot(Array(mixed.information.column(i)), correction) }
    }
    terms = fit.kept.enumerated().map { index, column in
      let variance = schur[index, index]
      let statistic = variance > 0 ? score[index] * score[index] / variance : 0
      return Result(name: fit.names[column], statistic: statistic, degreesOfFreedom: 1)
    }
    let total = (try? ScaledCholesky(schur)).map { dot(score, $0.solve(score)) }
    global = Result(name: "global", statistic: total ?? 0, degreesOfFreedom: total == nil ? 0 : p)
    (eventTimes, scaledResiduals) = ProportionalHazardsTest.residuals(fit, likelihood, state, base.sums)
  }

  /// The scaled Schoenfeld residuals of Grambsch and Therneau (1994), section 3.
  private static func residuals(
    _ fit: CoxFit, _ likelihood: CoxLikelihood, _ state: CoxLikelihood.State, _ sums: CoxLikelihood.RiskSums
  ) -> ([Double], Matrix) {
    let (risk, p) = (likelihood.risk, fit.kept.count)
    let rows = risk.eventRows.map(Int.init).sorted { (risk.last[$0], $0) < (risk.last[$1], $1) }
    var residuals = Matrix(rows: rows.count, columns: p)
    for column in 0..<p {
      for (index, row) in rows.enumerated() {
        let mean = likelihood.meanAtEvent(Int(risk.last[row]), column, state, sums)
        let value = likelihood.matrix[row, likelihood.columns[column]] - likelihood.centres[column]
        residuals[index, column] = (value - mean) * (likelihood.weights?[row] ?? 1)
      }
    }
    var covariance = Matrix(rows: p, columns: p)
    for (j, column) in fit.kept.enumerated() {
      for (i, row) in fit.kept.enumerated() { covariance[i, j] = Double(rows.count) * fit.covariance[row, column] }
    }
    var scaled = residuals * covariance
    for (j, column) in fit.kept.enumerated() {
      for i in rows.indices { scaled[i, j] += fit.coefficients[column] }
    }
    return (rows.map { risk.times[Int(risk.last[$0])] }, scaled)
  }
}

extension ProportionalHazardsTest.TimeTransform {
  /// g at the event time of each block, shifted to begin at zero and stretched to end at one, so that weights by g and g²
  /// are not negative.
  func values(
    _ risk: RiskSets, _ response: SurvivalResponse, _ weights: [Double]?
  ) throws(RegressionError) -> [Double] {
    var values: [Double]
    switch self {
    case .identity: values = risk.times
    case .log:
      guard risk.times.allSatisfy({ $0 > 0 }) else {
        throw .badSpecification("the logarithm of time needs event times above zero")
      }
      values = risk.times.map(logarithm)
    case .rank:
      let sorted = response.time.sorted()
      values = risk.times.map { time in
        let upper = RiskSets.countUpTo(time, sorted, 0..<sorted.count)
        let lower = RiskSets.countUpTo(time.nextDown, sorted, 0..<sorted.count)
        return Double(lower + upper + 1) / 2
      }
    case .kaplanMeier:
      // One curve over all strata.
      let pooled = try SurvivalResponse(time: response.time, event: response.event, entry: response.entry)
      let curve = try KaplanMeier(pooled, weights: weights).curves[0]
      values = risk.times.map { 1 - curve.survival(at: $0.nextDown) }
    }
    let (lowest, highest) = (values.min() ?? 0, values.max() ?? 0)
    let stretch = highest > lowest ? highest - lowest : 1
    for i in values.indices { values[i] = (values[i] - lowest) / stretch }
    return values
  }
}
