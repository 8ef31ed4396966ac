internal import Glibc
public import LinearAlgebra

/// A fitted linear regression.
public struct LinearFit: Sendable {
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// The estimated coefficients with their standard errors, without dropped columns.
  public let terms: [Coefficient]
  /// Columns left out because others explain them.
  public let dropped: [DroppedColumn]
  /// Covariance of all coefficients, p × p; zeros for dropped columns.
  public let covariance: Matrix
  /// Rows with a weight above zero; the sum of weights where they mean replication.
  public let observations: Double
  /// Degrees of freedom that the fit uses: the rank, or less with a penalty.
  public let effectiveParameters: Double
  public let residuals: [Double]
  /// Σ w r².
  public let residualSumOfSquares: Double
  /// Σ w (y − ȳ)², or Σ w y² for a design without a constant column.
  public let totalSumOfSquares: Double
  /// Log-likelihood of normal errors at the maximum-likelihood variance.
  public let logLikelihood: Double
  /// Whether the condition of the normal equations called for QR.
  public let usedQR: Bool

  /// Degrees of freedom left for the residual variance.
  public var residualDegreesOfFreedom: Double { max(0, observations - effectiveParameters) }

  /// Σ w r² / degrees of freedom; zero where none are left.
  public var residualVariance: Double {
    residualDegreesOfFreedom > 0 ? residualSumOfSquares / residualDegreesOfFreedom : 0
  }

  /// Share of the total sum of squares that is explained; zero where there is nothing to explain.
  public var rSquared: Double { totalSumOfSquares > 0 ? 1 - residualSumOfSquares / totalSumOfSquares : 0 }

  /// −2 logLik + 2 (parameters + 1 for the variance).
  public var aic: Double { -2 * logLikelihood + 2 * (effectiveParameters + 1) }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// xᵀb and its standard error for one row of a design.
  public func predict(_ row: [Double]) -> (mean: Double, standardError: Double) {
    (dot(row, coefficients), max(0, dot(row, covariance * row)).squareRoot())
  }

  /// xᵀb for every row.
  public func predict(_ design: DesignMatrix) -> [Double] { design.matrix * coefficients }

  /// The standard error of xᵀb for every row. Cost: 2 n p².
  public func predictionErrors(_ design: DesignMatrix) -> [Double] {
    linearPredictorErrors(design.matrix, covariance)
  }

  init(
    _ specification: LinearRegression, _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?,
    products: CrossProducts, penalty: [Double], solution: LinearRegression.Solution, standardErrors: StandardErrors
  ) {
    let (p, kept) = (design.matrix.columns, solution.kept)
    var coefficients = [Double](repeating: 0, count: p)
    for (index, column) in kept.enumerated() { coefficients[column] = solution.coefficients[index] }
    let fitted = design.matrix * coefficients
    let residuals = zip(response, fitted).map { $0 - $1 }
    var squares = 0.0
    for i in residuals.indices { squares += (weights?[i] ?? 1) * residuals[i] * residuals[i] }
    let observations =
      specification.weightMeaning == .replication ? products.totalWeight : Double(products.observations)
    // The hat matrix's trace: tr((G + P)⁻¹ G) = rank − tr((G + P)⁻¹ P).
    let shrinkage = kept.enumerated().reduce(0) { $0 + solution.inverse[$1.offset, $1.offset] * penalty[$1.element] }
    let parameters = Double(kept.count) - shrinkage
    let freedom = max(0, observations - parameters)
    let variance = freedom > 0 ? squares / freedom : 0
    let (reduced, groups) = LinearFit.covariance(
      solution, design.matrix, residuals, weights, variance: variance, penalty: penalty, gram: products.gram,
      standardErrors)
    names = design.names
    self.coefficients = coefficients
    covariance = reduced.expanded(kept, order: p)
    let degrees = groups.map { Double($0 - 1) } ?? freedom
    terms = kept.enumerated().map { index, column in
      Coefficient(
        name: design.names[column], estimate: coefficients[column],
        standardError: max(0, reduced[index, index]).squareRoot(), degreesOfFreedom: degrees)
    }
    dropped = solution.dropped
    self.observations = observations
    effectiveParameters = parameters
    self.residuals = residuals
    residualSumOfSquares = squares
    totalSumOfSquares = LinearFit.totalSquares(design, response, weights)
    let logWeights =
      specification.weightMeaning == .precision ? (weights ?? []).reduce(0) { $0 + ($1 > 0 ? log($1) : 0) } : 0
    logLikelihood =
      squares > 0
      ? (logWeights - observations * (log(2 * Double.pi * squares / observations) + 1)) / 2
      : .greatestFiniteMagnitude
    usedQR = solution.usedQR
  }

  private static func covariance(
    _ solution: LinearRegression.Solution, _ design: Matrix, _ residuals: [Double], _ weights: [Double]?,
    variance: Double, penalty: [Double], gram: Matrix, _ standardErrors: StandardErrors
  ) -> (Matrix, groups: Int?) {
    var scores = residuals
    if let weights { for i in scores.indices { scores[i] *= weights[i] } }
    switch standardErrors {
    case .model:
      // σ² (G + P)⁻¹ G (G + P)⁻¹ = σ² (A⁻¹ − A⁻¹ P A⁻¹).
      let inverse = solution.inverse
      var result = inverse
      let penalised = solution.kept.indices.filter { penalty[solution.kept[$0]] > 0 }
      for j in 0..<result.columns {
        for i in 0..<result.rows {
          let shrunk = penalised.reduce(0) { $0 + inverse[i, $1] * penalty[solution.kept[$1]] * inverse[$1, j] }
          result[i, j] = variance * (inverse[i, j] - shrunk)
        }
      }
      return (result, nil)
    case .robust:
      let kept = design.selecting(columns: solution.kept)
      return (
        SandwichCovariance.covariance(bread: solution.inverse, design: kept, scores: scores, clusters: nil).covariance,
        nil
      )
    case .clustered(let clusters):
      let kept = design.selecting(columns: solution.kept)
      let (covariance, groups) = SandwichCovariance.covariance(
        bread: solution.inverse, design: kept, scores: scores, clusters: clusters)
      return (covariance, groups)
    }
  }

  private static func totalSquares(_ design: DesignMatrix, _ response: [Double], _ weights: [Double]?) -> Double {
    let hasConstant = (0..<design.matrix.columns).contains { column in
      let (mean, deviation) = design.moments(column, weights: nil)
      return deviation == 0 && mean != 0
    }
    let centre = hasConstant ? weightedMoments(response[...], weights: weights).mean : 0
    var squares = 0.0
    for (i, value) in response.enumerated() { squares += (weights?[i] ?? 1) * (value - centre) * (value - centre) }
    return squares
  }
}

extension Matrix {
  /// A p × p matrix with this one on the rows and columns named, zeros elsewhere.
  func expanded(_ kept: [Int], order: Int) -> Matrix {
    guard kept.count < order else { return self }
    var full = Matrix(rows: order, columns: order)
    for (j, column) in kept.enumerated() {
      for (i, row) in kept.enumerated() { full[row, column] = self[i, j] }
    }
    return full
  }
}

/// √(xᵀ V x) for every row x.
func linearPredictorErrors(_ design: Matrix, _ covariance: Matrix) -> [Double] {
  let product = design * covariance
  var squares = [Double](repeating: 0, count: design.rows)
  for j in 0..<design.columns {
    for ((i, left), right) in zip(product.column(j).enumerated(), design.column(j)) { squares[i] += left * right }
  }
  return squares.map { max(0, $0).squareRoot() }
}
