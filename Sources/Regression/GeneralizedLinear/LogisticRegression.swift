internal import LinearAlgebra

/// Logistic regression by maximum likelihood, with an optional ridge penalty.
///
/// Minimises −logLik(b) / Σw + λ/2 Σ fⱼ sⱼ² bⱼ², where sⱼ is the population standard deviation of column j and fⱼ its
/// penalty factor, usually 1: the penalty does not depend on units, and constant columns (the intercept) are not
/// penalised.
///
/// Newton's method, which for this model is iteratively reweighted least squares, with step-halving. Source: McCullagh
/// and Nelder, "Generalized Linear Models" (2nd ed., 1989), section 2.5. Cost: n p² an iteration, usually 5 to 8 of them.
public struct LogisticRegression: Sendable, Hashable, Codable {
  /// λ ≥ 0.
  public var ridge: Double
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(ridge: Double = 0, iterationLimit: Int = 60) {
    self.ridge = ridge
    self.iterationLimit = iterationLimit
  }

  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n values in 0…1: 0 and 1, or shares of events with the number of trials as weight.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - start: p coefficients to start from; nil for zeros.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, standardErrors: StandardErrors = .model,
    start: [Double]? = nil
  ) throws(RegressionError) -> LogisticFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    try check(design, response, weights)
    // 1. Leave out columns that others explain.
    let (used, kept, dropped) = try independentColumns(design, weights)
    let problem = LogisticProblem(self, used, response, weights)
    let limit = problem.rowCount
    guard ridge > 0 || kept.count <= limit else { throw .tooFewRows(rows: limit, coefficients: kept.count) }
    // 2. Newton steps until the last one moved the coefficients by less than 1e-8 of their standard errors.
    var state = problem.state(at: start.map { start in kept.map { start[$0] } } ?? problem.zeros)
    var iterations = 0
    var decrement = Double.infinity
    while decrement > 1e-16 {
      guard iterations < iterationLimit else {
        throw .notConverged(iterations: iterations, cause: "the likelihood still rises by \(decrement / 2) a step")
      }
      iterations += 1
      let gradient = problem.gradient(state)
      guard let factor = problem.factor(state) else {
        throw .notConverged(iterations: iterations, cause: "the information matrix became singular")
      }
      let direction = factor.solve(gradient)
      let change = used.matrix * direction
      if ridge == 0, let columns = problem.separatingColumns(direction, change, iteration: iterations) {
        throw .separation(columns: columns, rows: limit)
      }
      decrement = dot(gradient, direction)
      guard let next = problem.step(state, direction, change, decrement: decrement) else {
        throw .notConverged(iterations: iterations, cause: "no step along the Newton direction improves the likelihood")
      }
      state = next
    }
    // 3. Uncertainty from the final weights.
    guard let factor = problem.factor(state) else {
      throw .notConverged(iterations: iterations, cause: "the information matrix is singular at the optimum")
    }
    return LogisticFit(
      problem, state, inverse: factor.inverse(), names: design.names, kept: kept, dropped: dropped,
      iterations: iterations, standardErrors: standardErrors)
  }

  private func check(_ design: DesignMatrix, _ response: [Double], _ weights: [Double]?) throws(RegressionError) {
    guard ridge >= 0, ridge.isFinite else { throw .badSpecification("the ridge penalty \(ridge) is negative") }
    guard design.matrix.rows > 0 else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    if let row = response.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw .badResponse(row: row, value: response[row], allowed: "0 to 1")
    }
    try checkWeights(weights)
    let used = response.indices.filter { (weights?[$0] ?? 1) > 0 }
    let first = response[used[0]]
    guard used.contains(where: { response[$0] != first }) || (first > 0 && first < 1) else {
      throw .constantOutcome(value: first)
    }
  }

  /// The columns that do not depend on those before them. The Gram matrix decides in the usual case; QR only where
  /// its condition says that columns may depend on one another.
  private func independentColumns(
    _ design: DesignMatrix, _ weights: [Double]?
  ) throws(RegressionError) -> (DesignMatrix, kept: [Int], dropped: [DroppedColumn]) {
    let all = Array(0..<design.matrix.columns)
    if let factor = try? ScaledCholesky(design.matrix.gram(weights: weights)),
      factor.reciprocalCondition > LinearRegression.smallestReciprocalCondition
    {
      return (design, all, [])
    }
    // Rows of weight zero say nothing about rank.
    let rows = weights.map { weights in weights.indices.filter { weights[$0] > 0 } }
    let qr: PivotedQR
    do { qr = try PivotedQR(rows.map { design.matrix.selecting(rows: $0) } ?? design.matrix) } catch {
      throw .notFinite(column: "design")
    }
    guard qr.rank < all.count else { return (design, all, []) }
    return (design.selecting(columns: qr.kept), qr.kept, qr.droppedColumns(names: design.names))
  }
}
