internal import LinearAlgebra

/// Proportional hazards: the hazard of a row is exp(xᵀb) times a baseline hazard of its stratum, which is left free.
///
/// Maximises the log partial likelihood (`CoxLikelihood`) − Σw λ/2 Σ sⱼ² bⱼ², where sⱼ is the population standard
/// deviation of column j, by Newton's method with step-halving. There is no intercept: a constant column, and any column
/// that is constant within every risk set, belongs to the baseline and is dropped by name.
///
/// Source: Cox, "Regression models and life-tables" (JRSS B 34, 1972); Therneau and Grambsch, "Modeling Survival Data"
/// (2000), chapter 3. Cost: n p² + L p² an iteration for L distinct event times, usually 5 or 6 of them; memory:
/// O(n + L p) above the design.
public struct CoxRegression: Sendable, Hashable, Codable {
  public var ties: TiesMethod
  /// λ ≥ 0.
  public var ridge: Double
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  /// Below this share of a column's sum of squares its variation within risk sets counts as none.
  static let rankTolerance = 1e-11

  public init(ties: TiesMethod = .efron, ridge: Double = 0, iterationLimit: Int = 60) {
    self.ties = ties
    self.ridge = ridge
    self.iterationLimit = iterationLimit
  }

  /// - Parameters:
  ///   - design: n × p; an intercept column is dropped.
  ///   - weights: n values ≥ 0; nil for ones. With tied events under Efron's method a weight is not the same as so many
  ///     equal rows, which would be tied with each other.
  ///   - offset: n values added to the linear predictor.
  ///   - standardErrors: robust and clustered ones are those of Lin and Wei, "The robust inference for the Cox
  ///     proportional hazards model" (JASA 84, 1989); clusters also serve subjects with several rows.
  public func fit(
    _ design: DesignMatrix, _ response: SurvivalResponse, weights: [Double]? = nil, offset: [Double]? = nil,
    standardErrors: StandardErrors = .model
  ) throws(RegressionError) -> CoxFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    try check(design, weights, offset)
    let all = try CoxLikelihood(design.matrix, response, weights: weights, offset: offset, ties: ties)
    // 1. The point b = 0: the null model, the score test, and which columns depend on others.
    let null = all.state(at: [Double](repeating: 0, count: all.columns.count))
    var derivatives = all.derivatives(null)
    let allPenalty = penalty(design, weights)
    let rank = IndependentColumns(penalised(derivatives, allPenalty), scale: derivatives.scale, names: design.names)
    let likelihood = rank.kept.count < all.columns.count ? all.selecting(columns: rank.kept) : all
    let penalty = rank.kept.map { allPenalty[$0] }
    var state = null
    if rank.kept.count < all.columns.count {
      state.coefficients = rank.kept.map { _ in 0 }
      derivatives = likelihood.derivatives(state)
    }
    // 2. Newton steps until the next one would move the coefficients by less than 1e-12 of their standard errors.
    let solution = try maximise(likelihood, penalty, state, derivatives, names: rank.kept.map { design.names[$0] })
    return try CoxFit(
      self, likelihood, solution, design: design, response: response, nullLogLikelihood: null.logLikelihood, rank: rank,
      standardErrors: standardErrors)
  }

  /// The optimum and what is known there.
  struct Solution {
    var state: CoxLikelihood.State
    var derivatives: CoxLikelihood.Derivatives
    var factor: ScaledCholesky
    var penalty: [Double]
    var iterations: Int
    /// gᵀI⁻¹g at b = 0.
    var scoreStatistic: Double
  }

  private func maximise(
    _ likelihood: CoxLikelihood, _ penalty: [Double], _ start: CoxLikelihood.State,
    _ startDerivatives: CoxLikelihood.Derivatives, names: [String]
  ) throws(RegressionError) -> Solution {
    var (state, derivatives) = (start, startDerivatives)
    var (iterations, scoreStatistic, isLast, last) = (0, 0.0, false, Double.infinity)
    while true {
      guard let factor = try? ScaledCholesky(penalised(derivatives, penalty)) else {
        throw .notConverged(iterations: iterations, cause: "the information matrix became singular")
      }
      var gradient = derivatives.gradient
      for j in gradient.indices { gradient[j] -= penalty[j] * state.coefficients[j] }
      let direction = factor.solve(gradient)
      let decrement = dot(gradient, direction)
      if iterations == 0 { scoreStatistic = decrement }
      if isLast || penalty.isEmpty {
        // The step that the last information matrix gives for free is far below what it could change about it.
        if decrement < 1e-12 { for j in direction.indices { state.coefficients[j] += direction[j] } }
        return Solution(
          state: state, derivatives: derivatives, factor: factor, penalty: penalty, iterations: iterations,
          scoreStatistic: scoreStatistic)
      }
      guard iterations < iterationLimit else {
        throw .notConverged(iterations: iterations, cause: "the likelihood still rises by \(decrement / 2) a step")
      }
      iterations += 1
      if ridge == 0, iterations >= 7, let columns = likelihood.monotoneColumns(direction, iteration: iterations) {
        throw .monotoneLikelihood(columns: columns.map { names[$0] })
      }
      // Newton squares the distance to the optimum, √decrement: from two of them in a row follows where the step lands.
      let landing = decrement.squareRoot() * (decrement / last)
      isLast = decrement < 1e-12 || (decrement < 1e-6 && landing < 1e-12)
      last = decrement
      guard let next = step(likelihood, penalty, state, direction, decrement: decrement) else {
        throw .notConverged(iterations: iterations, cause: "no step along the Newton direction improves the likelihood")
      }
      state = next
      derivatives = likelihood.derivatives(state)
    }
  }

  /// The first of the steps 1, ½, ¼, … that does not worsen the penalised likelihood; nil where none does. Close to the
  /// optimum the full step is taken unseen: the gain is then below what rounding lets one see.
  private func step(
    _ likelihood: CoxLikelihood, _ penalty: [Double], _ state: CoxLikelihood.State, _ direction: [Double],
    decrement: Double
  ) -> CoxLikelihood.State? {
    let current = objective(state, penalty)
    let tolerance = decrement < 1e-6 ? .infinity : 1e-12 * abs(current)
    var length = 1.0
    for _ in 0..<40 {
      let next = likelihood.state(at: zip(state.coefficients, direction).map { $0 + length * $1 })
      let value = objective(next, penalty)
      if value.isFinite, value >= current - tolerance { return next }
      length /= 2
    }
    return nil
  }

  private func objective(_ state: CoxLikelihood.State, _ penalty: [Double]) -> Double {
    var value = state.logLikelihood
    for j in penalty.indices { value -= penalty[j] * state.coefficients[j] * state.coefficients[j] / 2 }
    return value
  }

  private func penalised(_ derivatives: CoxLikelihood.Derivatives, _ penalty: [Double]) -> Matrix {
    var information = derivatives.information
    for j in penalty.indices where penalty[j] > 0 { information[j, j] += penalty[j] }
    return information
  }

  /// Σw λ sⱼ² per column.
  private func penalty(_ design: DesignMatrix, _ weights: [Double]?) -> [Double] {
    let total = weights?.reduce(0, +) ?? Double(design.matrix.rows)
    return (0..<design.matrix.columns).map { column in
      guard ridge > 0 else { return 0 }
      let deviation = design.moments(column, weights: weights).deviation
      return total * ridge * deviation * deviation
    }
  }

  private func check(
    _ design: DesignMatrix, _ weights: [Double]?, _ offset: [Double]?
  ) throws(RegressionError) {
    guard ridge >= 0, ridge.isFinite else { throw .badSpecification("the ridge penalty \(ridge) is negative") }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    if let offset, !offset.isAllFinite { throw .notFinite(column: "offset") }
    precondition(weights.map { $0.count == design.matrix.rows } ?? true, "the weights do not fit the design")
    precondition(offset.map { $0.count == design.matrix.rows } ?? true, "the offset does not fit the design")
    try checkWeights(weights)
  }
}

/// Which columns of an information matrix do not depend on those before them, by a Cholesky factorization in their
/// given order. A direction in which the partial likelihood is flat is flat at every b, so that b = 0 decides.
///
/// Source: Therneau and Grambsch (2000), appendix A: the same rule as in R's `coxph`. Cost: p³/3.
struct IndependentColumns {
  private(set) var kept: [Int] = []
  private(set) var dropped: [DroppedColumn] = []

  static let baseline = "(baseline)"

  /// - Parameters:
  ///   - scale: per column the size by which what remains of it is judged.
  ///   - hasBaseline: whether a free baseline explains columns of which nothing remains.
  init(_ information: Matrix, scale: [Double], names: [String], hasBaseline: Bool = true) {
    let p = information.columns
    if let factor = try? ScaledCholesky(information),
      factor.reciprocalCondition > LinearRegression.smallestReciprocalCondition,
      (0..<p).allSatisfy({ information[$0, $0] > 1e-6 * scale[$0] })
    {
      kept = Array(0..<p)
      return
    }
    // Row j of L for the kept columns.
    var factor: [[Double]] = []
    for column in 0..<p {
      var row: [Double] = []
      for (index, other) in kept.enumerated() {
        let sum = (0..<index).reduce(information[column, other]) { $0 - row[$1] * factor[index][$1] }
        row.append(sum / factor[index][index])
      }
      let rest = row.reduce(information[column, column]) { $0 - $1 * $1 }
      if rest > CoxRegression.rankTolerance * scale[column] {
        factor.append(row + [rest.squareRoot()])
        kept.append(column)
      } else {
        dropped.append(
          IndependentColumns.dependency(column, row, factor, kept, scale, names, hasBaseline: hasBaseline))
      }
    }
  }

  /// The combination of kept columns that equals a column up to the baseline.
  private static func dependency(
    _ column: Int, _ row: [Double], _ factor: [[Double]], _ kept: [Int], _ scale: [Double], _ names: [String],
    hasBaseline: Bool
  ) -> DroppedColumn {
    var weights = row
    for index in kept.indices.reversed() {
      for later in (index + 1)..<max(kept.count, index + 1) { weights[index] -= factor[later][index] * weights[later] }
      weights[index] /= factor[index][index]
    }
    let length = scale[column].squareRoot()
    let parts = zip(kept, weights).filter { abs($1) * scale[$0].squareRoot() > 1e-5 * length }
      .map { DroppedColumn.Part(column: names[$0], weight: $1) }
    let rest = hasBaseline ? [DroppedColumn.Part(column: baseline, weight: 1)] : []
    return DroppedColumn(name: names[column], combination: parts.isEmpty ? rest : parts)
  }
}
