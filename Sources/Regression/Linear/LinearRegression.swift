internal import LinearAlgebra

/// Least squares: ordinary, weighted, and with a ridge penalty.
///
/// Minimises ½ Σ wᵢ (yᵢ − xᵢᵀb)² / Σ wᵢ + λ/2 Σ sⱼ² bⱼ², where sⱼ is the population standard deviation of column j: the
/// penalty does not depend on the units of the columns, and constant columns (the intercept) are not penalised.
///
/// The normal equations of unit-length columns are solved by Cholesky and refined once by the residual of the
/// data; where their condition estimate says that this would cost digits, QR with pivoting takes over, and columns that
/// depend on others are dropped by name. Source: Golub and Van Loan, "Matrix Computations" (4th ed.), section 5.3;
/// Björck, "Numerical Methods for Least Squares Problems" (1996), section 2.9. Cost: n p² + p³/3.
public struct LinearRegression: Sendable, Hashable, Codable {
  /// λ ≥ 0.
  public var ridge: Double
  /// What a weight says.
  public var weightMeaning: WeightMeaning

  public enum WeightMeaning: String, Sendable, Hashable, Codable {
    /// The row's variance is σ² / weight.
    case precision
    /// The row stands for so many equal rows.
    case replication
  }

  /// Below this reciprocal condition of the scaled Gram matrix QR takes over.
  static let smallestReciprocalCondition = 1e-8

  public init(ridge: Double = 0, weightMeaning: WeightMeaning = .precision) {
    self.ridge = ridge
    self.weightMeaning = weightMeaning
  }

  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n finite values.
  ///   - weights: n values ≥ 0, at least one above zero; nil for ones.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, standardErrors: StandardErrors = .model
  ) throws(RegressionError) -> LinearFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    try check(design, response, weights)
    // 1. XᵀWX, XᵀWy in one pass over the rows.
    var products = CrossProducts(columns: design.matrix.columns)
    products.add(design.matrix, response: response, weights: weights)
    let penalty = ridgePenalty(design, weights, totalWeight: products.totalWeight)
    // 2. Coefficients by the cheapest way that keeps the digits.
    let solution: Solution
    if let factor = normalEquations(products, penalty) {
      solution = refined(factor, design, response, weights, penalty)
    } else {
      solution = try orthogonal(design, response, weights, penalty)
    }
    if ridge == 0, products.observations < solution.kept.count {
      throw .tooFewRows(rows: products.observations, coefficients: solution.kept.count)
    }
    // 3. Residuals, variance, covariance.
    return LinearFit(
      self, design, response, weights, products: products, penalty: penalty, solution: solution,
      standardErrors: standardErrors)
  }

  /// Coefficients on some columns, and the inverse of their penalised Gram matrix.
  struct Solution {
    var kept: [Int]
    /// One per kept column.
    var coefficients: [Double]
    /// (XᵀWX + P)⁻¹ over the kept columns.
    var inverse: Matrix
    var dropped: [DroppedColumn]
    var usedQR: Bool
  }

  private func check(_ design: DesignMatrix, _ response: [Double], _ weights: [Double]?) throws(RegressionError) {
    guard ridge >= 0, ridge.isFinite else { throw .badSpecification("the ridge penalty \(ridge) is negative") }
    guard design.matrix.rows > 0 else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    guard response.isAllFinite else { throw .notFinite(column: "response") }
    try checkWeights(weights)
  }

  /// n λ sⱼ² per column.
  private func ridgePenalty(_ design: DesignMatrix, _ weights: [Double]?, totalWeight: Double) -> [Double] {
    guard ridge > 0 else { return [Double](repeating: 0, count: design.matrix.columns) }
    return (0..<design.matrix.columns).map { column in
      let deviation = design.moments(column, weights: weights).deviation
      return totalWeight * ridge * deviation * deviation
    }
  }

  /// Cholesky of the Gram matrix with unit diagonal; nil where its condition would cost digits.
  private func normalEquations(_ products: CrossProducts, _ penalty: [Double]) -> ScaledCholesky? {
    var gram = products.gram
    for j in penalty.indices { gram[j, j] += penalty[j] }
    guard let factor = try? ScaledCholesky(gram),
      factor.reciprocalCondition > LinearRegression.smallestReciprocalCondition
    else { return nil }
    return factor
  }

  /// Solves by the factor, then corrects by the gradient that the solution leaves: two corrections bring the error from
  /// condition² units in the last place to about those of an orthogonal method.
  private func refined(
    _ factor: ScaledCholesky, _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ penalty: [Double]
  ) -> Solution {
    var coefficients = [Double](repeating: 0, count: penalty.count)
    for _ in 0..<3 {
      let fitted = design.matrix * coefficients
      var residuals = response
      for i in residuals.indices { residuals[i] = (response[i] - fitted[i]) * (weights?[i] ?? 1) }
      var gradient = design.matrix.transposedTimes(residuals)
      for j in gradient.indices { gradient[j] -= penalty[j] * coefficients[j] }
      let step = factor.solve(gradient)
      for j in coefficients.indices { coefficients[j] += step[j] }
    }
    return Solution(
      kept: Array(penalty.indices), coefficients: coefficients, inverse: factor.inverse(), dropped: [], usedQR: false)
  }

  /// QR of √W X with rows √P below it; drops columns that others explain.
  private func orthogonal(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ penalty: [Double]
  ) throws(RegressionError) -> Solution {
    let (n, p) = (design.matrix.rows, design.matrix.columns)
    let penalised = penalty.indices.filter { penalty[$0] > 0 }
    var augmented = Matrix(rows: n + penalised.count, columns: p)
    var target = [Double](repeating: 0, count: n + penalised.count)
    let roots = weights?.map { $0.squareRoot() }
    for i in 0..<n { target[i] = response[i] * (roots?[i] ?? 1) }
    for j in 0..<p {
      for (i, value) in design.matrix.column(j).enumerated() { augmented[i, j] = value * (roots?[i] ?? 1) }
    }
    for (index, j) in penalised.enumerated() { augmented[n + index, j] = penalty[j].squareRoot() }
    let qr: PivotedQR
    do { qr = try PivotedQR(augmented) } catch { throw .notFinite(column: "weighted design") }
    var coefficients = qr.leastSquares(target)
    let fitted = augmented * coefficients
    let correction = qr.leastSquares(zip(target, fitted).map { $0 - $1 })
    for j in coefficients.indices { coefficients[j] += correction[j] }
    return Solution(
      kept: qr.kept, coefficients: qr.kept.map { coefficients[$0] }, inverse: qr.inverseGram(),
      dropped: qr.droppedColumns(names: design.names), usedQR: true)
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
