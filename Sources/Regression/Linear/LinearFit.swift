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
  /// (XᵀWX + P)⁻¹ with the penalty P, p × p; zeros for dropped columns.
  public let inverseGram: Matrix
  /// Rows with a weight above zero; the sum of weights where they mean replication.
  public let observations: Double
  /// Degrees of freedom that the fit uses: the rank, or less with a penalty.
  public let effectiveParameters: Double
  /// y − Xb per row; empty for a fit from sufficient statistics.
  public let residuals: [Double]
  /// Σ w r².
  public let residualSumOfSquares: Double
  /// Σ w (y − ȳ)², or Σ w y² for a design without a constant column.
  public let totalSumOfSquares: Double
  /// Whether a column of the design is constant, so that R² is measured from the mean.
  public let hasConstant: Bool
  /// Log-likelihood of normal errors at the maximum-likelihood variance.
  public let logLikelihood: Double
  /// How the coefficients were found.
  public let method: Method

  public enum Method: String, Sendable, Hashable, Codable {
    /// Cholesky of the normal equations in double precision, refined by the residual.
    case normalEquations
    /// Normal equations and refinement in double-double arithmetic.
    case extended
  }

  /// Degrees of freedom left for the residual variance.
  public var residualDegreesOfFreedom: Double { max(0, observations - effectiveParameters) }

  /// Σ w r² / degrees of freedom; zero where none are left.
  public var residualVariance: Double {
    residualDegreesOfFreedom > 0 ? residualSumOfSquares / residualDegreesOfFreedom : 0
  }

  /// Share of the total sum of squares that is explained; zero where there is nothing to explain.
  public var rSquared: Double { totalSumOfSquares > 0 ? 1 - residualSumOfSquares / totalSumOfSquares : 0 }

  /// R² that counts the coefficients: 1 − (1 − R²) · (n − 1) / residual degrees of freedom, n in place of n − 1 without
  /// a constant column; R² itself where no degrees of freedom are left.
  public var adjustedRSquared: Double {
    guard residualDegreesOfFreedom > 0, totalSumOfSquares > 0 else { return rSquared }
    return 1 - (1 - rSquared) * (observations - (hasConstant ? 1 : 0)) / residualDegreesOfFreedom
  }

  /// The residual standard deviation √(Σ w r² / degrees of freedom).
  public var sigma: Double { residualVariance.squareRoot() }

  /// The F test that all coefficients but the constant are zero; nil where there are none, or no residual.
  public var overallTest: OverallTest? {
    let degrees = effectiveParameters - (hasConstant ? 1 : 0)
    guard degrees > 0, residualVariance > 0 else { return nil }
    let statistic = max(0, totalSumOfSquares - residualSumOfSquares) / degrees / residualVariance
    return OverallTest(statistic: statistic, degreesOfFreedom: degrees, residualDegreesOfFreedom)
  }

  /// −2 logLik + log n · (parameters + 1 for the variance).
  public var bic: Double { -2 * logLikelihood + log(observations) * (effectiveParameters + 1) }

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
    _ specification: LinearRegression, _ problem: LinearProblem, _ solution: LinearSolution,
    standardErrors: StandardErrors
  ) {
    let constant = problem.constantColumn
    self.init(
      specification, solution, names: problem.design.names, hasConstant: constant != nil,
      totalSquares: problem.totalSquares(aroundMean: constant != nil), weights: problem.weights
    ) { variance in
      LinearFit.covariance(solution, problem, variance: variance, standardErrors)
    }
  }

  /// - Parameter covariance: of the kept coefficients, and the number of clusters, for a residual variance.
  init(
    _ specification: LinearRegression, _ solution: LinearSolution, names: [String], hasConstant: Bool,
    totalSquares: Double, weights: [Double]?, covariance: (Double) -> (Matrix, groups: Int?)
  ) {
    let (p, kept, squares) = (names.count, solution.kept, solution.residualSquares)
    var coefficients = [Double](repeating: 0, count: p)
    for (index, column) in kept.enumerated() { coefficients[column] = solution.coefficients[index] }
    let products = solution.products
    let observations =
      specification.weightMeaning == .replication ? products.totalWeight : Double(products.observations)
    let parameters = solution.effectiveParameters
    let freedom = max(0, observations - parameters)
    let (reduced, groups) = covariance(freedom > 0 ? squares / freedom : 0)
    let degrees = groups.map { Double($0 - 1) } ?? freedom
    self.names = names
    self.coefficients = coefficients
    self.covariance = reduced.expanded(kept, order: p)
    inverseGram = solution.inverse.expanded(kept, order: p)
    terms = kept.enumerated().map { index, column in
      Coefficient(
        name: names[column], estimate: coefficients[column],
        standardError: max(0, reduced[index, index]).squareRoot(), degreesOfFreedom: degrees)
    }
    dropped = solution.dropped
    self.observations = observations
    effectiveParameters = parameters
    residuals = solution.residuals
    residualSumOfSquares = squares
    totalSumOfSquares = totalSquares
    self.hasConstant = hasConstant
    let logWeights =
      specification.weightMeaning == .precision ? (weights ?? []).reduce(0) { $0 + ($1 > 0 ? log($1) : 0) } : 0
    logLikelihood =
      squares > 0
      ? (logWeights - observations * (log(2 * Double.pi * squares / observations) + 1)) / 2
      : .greatestFiniteMagnitude
    method = solution.method
  }

  private static func covariance(
    _ solution: LinearSolution, _ problem: LinearProblem, variance: Double, _ standardErrors: StandardErrors
  ) -> (Matrix, groups: Int?) {
    let clusters: [Int]?
    switch standardErrors {
    case .model: return (solution.modelCovariance(variance: variance), nil)
    case .robust: clusters = nil
    case .clustered(let numbers): clusters = numbers
    }
    var scores = solution.residuals
    if let weights = problem.weights { for i in scores.indices { scores[i] *= weights[i] } }
    let isWhole = solution.kept.count == problem.matrix.columns
    let (covariance, groups) = SandwichCovariance.covariance(
      bread: solution.inverse, design: isWhole ? problem.matrix : problem.matrix.selecting(columns: solution.kept),
      scores: scores, clusters: clusters)
    return (covariance, clusters == nil ? nil : groups)
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
  design.quadraticForms(covariance).map { max(0, $0).squareRoot() }
}
