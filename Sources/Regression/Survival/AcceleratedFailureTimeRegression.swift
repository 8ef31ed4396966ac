internal import Glibc
internal import LinearAlgebra

/// Regression for the logarithm of a duration: log t = xᵀb + σ z, with censoring and late entry.
///
/// A coefficient says by which factor e^b a unit of its column stretches all durations. Maximum likelihood by Newton's
/// method on (b, log σ) with step-halving, damped where the information is not positive definite. Source: Kalbfleisch and
/// Prentice, "The Statistical Analysis of Failure Time Data" (2nd ed., 2002), chapter 3; the same model as R's `survreg`.
/// Cost: n p² an iteration, usually 6 to 10 of them.
public struct AcceleratedFailureTimeRegression: Sendable, Hashable, Codable {
  public var distribution: DurationDistribution
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(distribution: DurationDistribution = .weibull, iterationLimit: Int = 100) {
    self.distribution = distribution
    self.iterationLimit = iterationLimit
  }

  /// - Parameters:
  ///   - design: n × p, with its intercept column.
  ///   - response: times above zero, without strata.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - offset: n values added to xᵀb.
  ///   - standardErrors: robust and clustered ones without a small-sample factor.
  public func fit(
    _ design: DesignMatrix, _ response: SurvivalResponse, weights: [Double]? = nil, offset: [Double]? = nil,
    standardErrors: StandardErrors = .model
  ) throws(RegressionError) -> AcceleratedFailureTimeFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    if let offset, !offset.isAllFinite { throw .notFinite(column: "offset") }
    try checkWeights(weights)
    guard response.strata == nil else {
      throw .badSpecification("durations have one distribution; strata belong to Cox models")
    }
    if let row = response.time.firstIndex(where: { $0 <= 0 }) {
      throw .badResponse(row: row, value: response.time[row], allowed: "times above zero")
    }
    // 1. Leave out columns that others explain.
    let gram = design.matrix.gram(weights: weights)
    let rank = IndependentColumns(gram, scale: gram.diagonal, names: design.names, hasBaseline: false)
    let matrix =
      rank.kept.count < design.matrix.columns ? design.matrix.selecting(columns: rank.kept) : design.matrix
    let problem = DurationProblem(
      matrix: matrix, response: response, weights: weights, offset: offset, distribution: distribution)
    guard problem.events > 0 else { throw .noEvents }
    // 2. The optimum, and that of the model with a constant alone.
    let solution = try maximise(problem)
    var null: Double?
    if let constant = rank.kept.first(where: { design.moments($0, weights: nil).deviation == 0 }) {
      var alone = problem
      alone.matrix = design.matrix.selecting(columns: [constant])
      null = try maximise(alone).state.logLikelihood
    }
    return AcceleratedFailureTimeFit(
      self, problem, solution, names: design.names, rank: rank, nullLogLikelihood: null, standardErrors: standardErrors)
  }

  struct Solution {
    var state: DurationProblem.State
    /// Of (b, log σ), or of b where σ is fixed.
    var inverse: Matrix
    var iterations: Int
  }

  private func maximise(_ problem: DurationProblem) throws(RegressionError) -> Solution {
    var state = problem.start()
    var isLast = false
    for iteration in 0...iterationLimit {
      let (gradient, information) = problem.derivatives(state)
      guard let (factor, isDamped) = AcceleratedFailureTimeRegression.factor(information) else {
        throw .notConverged(iterations: iteration, cause: "the information matrix became singular")
      }
      let direction = factor.solve(gradient)
      let decrement = dot(gradient, direction)
      if isLast, !isDamped {
        if decrement < 1e-12 { state.move(direction, length: 1) }
        return Solution(state: state, inverse: factor.inverse(), iterations: iteration)
      }
      isLast = !isDamped && decrement < 1e-12
      guard let next = problem.step(state, direction, decrement: decrement) else {
        throw .notConverged(
          iterations: iteration, cause: "no step along the Newton direction improves the likelihood")
      }
      state = next
      guard state.logScale > -30 else {
        throw .notConverged(
          iterations: iteration, cause: "the durations follow the columns without any scatter, so that σ tends to zero")
      }
    }
    throw .notConverged(iterations: iterationLimit, cause: "the likelihood still rises")
  }

  /// The factor of the information, with a growing share of its diagonal added where it is indefinite
  /// (Levenberg and Marquardt).
  private static func factor(_ information: Matrix) -> (factor: ScaledCholesky, isDamped: Bool)? {
    if let factor = try? ScaledCholesky(information) { return (factor, false) }
    let largest = information.diagonal.reduce(0) { max($0, abs($1)) }
    var share = 1e-3
    while share < 1e6 {
      var damped = information
      for j in 0..<damped.columns { damped[j, j] += share * max(abs(damped[j, j]), 1e-8 * largest) }
      if let factor = try? ScaledCholesky(damped) { return (factor, true) }
      share *= 10
    }
    return nil
  }
}
