internal import Glibc
public import LinearAlgebra
internal import Probability

/// A fitted proportional hazards model.
public struct CoxFit: Sendable, Codable {
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// The columns with a coefficient.
  public let kept: [Int]
  /// Columns left out because others, or the baseline hazard, explain them.
  public let dropped: [DroppedColumn]
  /// Covariance of all coefficients, p × p; zeros for dropped columns.
  public let covariance: Matrix
  public let ties: TiesMethod
  /// Rows at risk at one event or more.
  public let observations: Int
  public let events: Int
  /// Degrees of freedom that the fit uses: the rank, or less with a penalty.
  public let effectiveParameters: Double
  /// The log partial likelihood, without the penalty.
  public let logLikelihood: Double
  /// The log partial likelihood at b = 0.
  public let nullLogLikelihood: Double
  /// gᵀI⁻¹g at b = 0.
  public let scoreStatistic: Double
  /// bᵀV⁻¹b.
  public let waldStatistic: Double
  public let iterations: Int
  public let baseline: BaselineHazard
  /// The number of clusters behind clustered standard errors.
  public let clusters: Int?

  /// The estimated coefficients with their standard errors, without dropped columns.
  public var terms: [Coefficient] {
    kept.map { column in
      Coefficient(
        name: names[column], estimate: coefficients[column],
        standardError: max(0, covariance[column, column]).squareRoot(),
        degreesOfFreedom: clusters.map { Double($0 - 1) } ?? .infinity)
    }
  }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// Twice the gain of the log-likelihood over that of b = 0.
  public var likelihoodRatioStatistic: Double { 2 * (logLikelihood - nullLogLikelihood) }

  /// P(χ² ≥ statistic) of the three tests that all coefficients are zero.
  public var pValues: (likelihoodRatio: Double, score: Double, wald: Double) {
    guard !kept.isEmpty else { return (1, 1, 1) }
    let distribution = ChiSquared(degreesOfFreedom: Double(kept.count))
    return (
      distribution.upperTail(likelihoodRatioStatistic), distribution.upperTail(scoreStatistic),
      distribution.upperTail(waldStatistic)
    )
  }

  /// −2 logLik + 2 effective parameters.
  public var aic: Double { -2 * logLikelihood + 2 * effectiveParameters }

  init(
    _ specification: CoxRegression, _ likelihood: CoxLikelihood, _ solution: CoxRegression.Solution,
    design: DesignMatrix, response: SurvivalResponse, nullLogLikelihood: Double, rank: IndependentColumns,
    standardErrors: StandardErrors
  ) throws(RegressionError) {
    let state = solution.state
    names = design.names
    kept = rank.kept
    dropped = rank.dropped
    ties = specification.ties
    observations = likelihood.risk.last.count { $0 >= 0 }
    events = likelihood.risk.eventRows.count
    logLikelihood = state.logLikelihood
    self.nullLogLikelihood = nullLogLikelihood
    scoreStatistic = solution.scoreStatistic
    iterations = solution.iterations
    let inverse = rank.kept.isEmpty ? Matrix(rows: 0, columns: 0) : solution.factor.inverse()
    effectiveParameters =
      Double(kept.count) - rank.kept.indices.reduce(0) { $0 + inverse[$1, $1] * solution.penalty[$1] }
    let reduced: Matrix
    switch standardErrors {
    case .model: (reduced, clusters) = (inverse, nil)
    case .robust:
      (reduced, clusters) = (likelihood.sandwich(solution, inverse, clusters: nil).covariance, nil)
    case .clustered(let numbers):
      let result = likelihood.sandwich(solution, inverse, clusters: numbers)
      (reduced, clusters) = (result.covariance, result.groups)
    }
    var coefficients = [Double](repeating: 0, count: names.count)
    for (index, column) in kept.enumerated() { coefficients[column] = state.coefficients[index] }
    self.coefficients = coefficients
    covariance = reduced.expanded(kept, order: names.count)
    waldStatistic = (try? ScaledCholesky(reduced)).map { dot(state.coefficients, $0.solve(state.coefficients)) } ?? 0
    baseline = BaselineHazard(
      likelihood, state, solution.derivatives.sums, names: response.strata?.names ?? [""])
  }

  /// The cumulative baseline hazard of a stratum for a row whose covariates are all zero: times and values after them.
  public func cumulativeHazardAtZero(stratum: Int = 0) -> (times: [Double], values: [Double]) {
    let curve = baseline.curves[stratum]
    let factor = exp(-dot(baseline.centre, kept.map { coefficients[$0] }))
    return (curve.times, curve.cumulativeHazard.map { $0 * factor })
  }
}

func exponential(_ x: Double) -> Double { exp(x) }

func logarithm(_ x: Double) -> Double { log(x) }
