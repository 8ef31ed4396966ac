internal import LinearAlgebra

/// How exactly a least-squares problem is solved.
public enum RegressionPrecision: String, Sendable, Hashable, Codable, CaseIterable {
  /// Double precision with refinement; double-double arithmetic by itself where the data are small or the problem is
  /// ill-conditioned.
  case standard
  /// Double-double arithmetic from the sums over the rows to the residuals.
  case extended
}

/// Least squares: ordinary, weighted, and with a ridge penalty.
///
/// Minimises ½ Σ wᵢ (yᵢ − xᵢᵀb)² / Σ wᵢ + λ/2 Σ sⱼ² bⱼ², where sⱼ is the population standard deviation of column j: the
/// penalty does not depend on the units of the columns, and constant columns (the intercept) are not penalised.
///
/// The normal equations of unit-length columns are solved by Cholesky and refined by the residual of the data. Where
/// their condition estimate says that this would cost digits, and always where the data are small or the precision is
/// extended, the normal equations are formed, solved and refined in double-double arithmetic; columns that depend on
/// others are then dropped by name. Source: Golub and Van Loan, "Matrix Computations" (4th ed.), section 5.3;
/// Björck, "Numerical Methods for Least Squares Problems" (1996), sections 2.9 (iterative refinement) and 6.6.4
/// (corrected normal equations). Cost: n p² + p³/3, in double-double arithmetic ten times that; memory beyond the
/// input: three vectors of n.
public struct LinearRegression: Sendable, Hashable, Codable {
  /// λ ≥ 0.
  public var ridge: Double
  /// What a weight says.
  public var weightMeaning: WeightMeaning
  public var precision: RegressionPrecision

  public enum WeightMeaning: String, Sendable, Hashable, Codable, CaseIterable {
    /// The row's variance is σ² / weight.
    case precision
    /// The row stands for so many equal rows.
    case replication
  }

  /// Below this reciprocal condition of the scaled Gram matrix the normal equations need double-double arithmetic.
  static let smallestReciprocalCondition = 1e-8
  /// Up to so many products n p² double-double arithmetic costs some milliseconds and is always used.
  static let smallWork = 500_000
  /// A unit-length column of which less than this remains after the others is dropped; the second where the design
  /// carries more digits than double precision, or the user asked for them.
  static let (dependence, extendedDependence) = (1e-11, 1e-13)

  public init(
    ridge: Double = 0, weightMeaning: WeightMeaning = .precision, precision: RegressionPrecision = .standard
  ) {
    self.ridge = ridge
    self.weightMeaning = weightMeaning
    self.precision = precision
  }

  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n finite values.
  ///   - weights: n values ≥ 0, at least one above zero; nil for ones.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, standardErrors: StandardErrors = .model
  ) throws(RegressionError) -> LinearFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    try check()
    guard design.matrix.rows > 0 else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    try checkWeights(weights)
    let problem = LinearProblem(design: design, response: response, weights: weights, ridge: ridge)
    let solution = try solve(problem)
    let observations = solution.products.observations
    if ridge == 0, observations < solution.kept.count {
      throw .tooFewRows(rows: observations, coefficients: solution.kept.count)
    }
    return LinearFit(self, problem, solution, standardErrors: standardErrors)
  }

  func check() throws(RegressionError) {
    guard ridge >= 0, ridge.isFinite else { throw .badSpecification("the ridge penalty \(ridge) is negative") }
  }

  /// Coefficients by the cheapest way that keeps the digits.
  private func solve(_ problem: LinearProblem) throws(RegressionError) -> LinearSolution {
    let (n, p) = (problem.matrix.rows, problem.matrix.columns)
    if precision == .standard, n * p * p > LinearRegression.smallWork {
      // 1. XᵀWX, XᵀWy in one pass over the rows.
      var products = CrossProducts(columns: p)
      products.add(problem.matrix, response: problem.response, weights: problem.weights)
      try problem.checkRange(products)
      // 2. Cholesky and refinement where the condition allows.
      let penalty = problem.penalty(totalWeight: products.totalWeight)
      if let equations = NormalEquations(problem, products, penalty) {
        return problem.refined(equations, products, penalty)
      }
    }
    let isExtended = precision == .extended || problem.design.lowOrder != nil
    return try problem.extended(
      tolerance: isExtended ? LinearRegression.extendedDependence : LinearRegression.dependence)
  }
}

func checkWeights(_ weights: [Double]?) throws(RegressionError) {
  guard let weights else { return }
  if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) { throw .badWeights(row: row) }
  guard weights.contains(where: { $0 > 0 }) else { throw .badWeights(row: nil) }
}

extension PivotedQR {
  func droppedColumns(names: [String]) -> [DroppedColumn] {
    dependencies.map { dependency in
      DroppedColumn(
        name: names[dependency.column],
        combination: dependency.combination.map { .init(column: names[$0.column], weight: $0.weight) })
    }
  }
}

/// The Cholesky factor of a Gram matrix scaled to unit diagonal, so that units do not spoil its condition.
struct ScaledCholesky {
  private let factor: Cholesky
  private let scale: [Double]

  init(_ gram: Matrix) throws(LinearAlgebraError) {
    let diagonal = gram.diagonal
    if let zero = diagonal.firstIndex(where: { !($0 > 0) }) { throw .notPositiveDefinite(order: zero + 1) }
    scale = diagonal.map { 1 / $0.squareRoot() }
    var scaled = gram
    for j in scale.indices {
      for i in scale.indices { scaled[i, j] *= scale[i] * scale[j] }
    }
    factor = try Cholesky(scaled)
  }

  var reciprocalCondition: Double { factor.reciprocalCondition }

  func solve(_ vector: [Double]) -> [Double] {
    let solution = factor.solve(zip(vector, scale).map { $0 * $1 })
    return zip(solution, scale).map { $0 * $1 }
  }

  func inverse() -> Matrix {
    var inverse = factor.inverse()
    for j in scale.indices {
      for i in scale.indices { inverse[i, j] *= scale[i] * scale[j] }
    }
    return inverse
  }
}
