internal import Glibc
internal import LinearAlgebra

/// Regression with an elastic-net penalty, for a path of penalties.
///
/// Minimises loss(b) + λ Σ (α |bⱼ| + (1 − α) bⱼ² / 2) over columns standardised by their population (weighted)
/// deviations, where the loss is the mean negative log-likelihood: ½ Σ w (y − η)² / Σ w for gaussian. The intercept, a
/// constant column of the design, is never penalised; without one columns are scaled but not centred. Coefficients come
/// back on the original scale.
///
/// This is the convention of Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via
/// coordinate descent" (J. Stat. Softw. 33, 2010), but for their division of a gaussian response by its deviation:
/// glmnet at (λ, α) is this at λ' = λα + λ(1 − α) / sd(y), α' = λα / λ'.
///
/// Every fit satisfies the optimality conditions to rounding (`ElasticNetFit.optimalityResidual`). Gaussian: one pass
/// over the rows for the Gram matrix, n p² / 2, then exact solves on the active sets (`QuadraticElasticNet`); memory
/// beside the design: 2 p². Other families: `ProximalNewton`.
public struct ElasticNetRegression: Sendable, Hashable, Codable {
  public var family: Family
  /// Share of the absolute penalty, 0…1: 1 for the lasso, 0 for ridge.
  public var alpha: Double
  /// Penalties ≥ 0 in any order; nil for a path from the least λ that leaves nothing in.
  public var lambdas: [Double]?
  /// Length of the path where `lambdas` is nil.
  public var pathLength: Int
  /// The smallest λ of the path as a share of the largest; nil for 1e-3, or 1e-2 with fewer rows than columns.
  public var smallestShare: Double?
  /// Whether the penalty applies to columns in units of their deviations; otherwise in their own units.
  public var standardizes: Bool
  /// Columns without a penalty, beside the intercept.
  public var unpenalized: Set<String>

  /// What is explained: the mean of a response, through the canonical link of its distribution, or a hazard.
  public enum Family: String, Sendable, Hashable, Codable {
    case gaussian, binomial, poisson, cox

    /// Nil for a Cox model.
    var canonical: CanonicalFamily? {
      switch self {
      case .gaussian: .gaussian
      case .binomial: .binomial
      case .poisson: .poisson
      case .cox: nil
      }
    }

    /// The expected response at η; the relative hazard for a Cox model.
    func mean(_ predictor: Double) -> Double {
      switch self {
      case .gaussian: predictor
      case .binomial: logistic(predictor)
      case .poisson, .cox: exp(predictor)
      }
    }
  }

  public init(
    family: Family = .gaussian, alpha: Double = 1, lambdas: [Double]? = nil, pathLength: Int = 100,
    smallestShare: Double? = nil, standardizes: Bool = true, unpenalized: Set<String> = []
  ) {
    self.family = family
    self.alpha = alpha
    self.lambdas = lambdas
    self.pathLength = pathLength
    self.smallestShare = smallestShare
    self.standardizes = standardizes
    self.unpenalized = unpenalized
  }

  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n values that the family allows; for binomial shares of events, with the trials as weights.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - offset: n values added to xᵀb; nil for zeros.
  /// - Returns: a fit per λ, in decreasing λ.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, offset: [Double]? = nil
  ) throws(RegressionError) -> ElasticNetPath {
    guard let canonical = family.canonical else {
      throw .badSpecification("the family cox needs times and events as its response")
    }
    try check(design, response, weights, offset)
    switch canonical {
    case .gaussian:
      let target = shifted(response, offset)
      let net = GaussianElasticNet(
        self, design, GaussianProducts.collected(design, response: target, weights: weights))
      return net.path(net.lambdas)
    case .binomial, .poisson:
      let standardization = ColumnStandardization(design, weights: weights, standardizes: standardizes)
      let loss = GeneralizedLinearLoss(
        canonical, design, standardization, response: response, weights: weights, offset: offset)
      return try path(
        loss, design, standardization, from: loss.start, observations: weights?.count { $0 > 0 } ?? response.count,
        deviance: loss.deviance)
    }
  }

  /// y − offset: what a gaussian model explains.
  func shifted(_ response: [Double], _ offset: [Double]?) -> [Double] {
    guard let offset else { return response }
    return zip(response, offset).map { $0 - $1 }
  }

  func check(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ offset: [Double]?
  ) throws(RegressionError) {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    try checkSpecification(design)
    try checkRows(design, weights, offset)
    guard response.isAllFinite else { throw .notFinite(column: "response") }
    switch family {
    case .gaussian, .cox: break
    case .binomial:
      if let row = response.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
        throw .badResponse(row: row, value: response[row], allowed: "0 to 1")
      }
    case .poisson:
      if let row = response.firstIndex(where: { $0 < 0 }) {
        throw .badResponse(row: row, value: response[row], allowed: "0 and above")
      }
    }
    try checkOutcome(response, weights, hasOffset: offset != nil)
  }

  func checkRows(_ design: DesignMatrix, _ weights: [Double]?, _ offset: [Double]?) throws(RegressionError) {
    let rows = design.matrix.rows
    precondition(weights.map { $0.count == rows } ?? true, "the weights do not fit the design")
    precondition(offset.map { $0.count == rows } ?? true, "the offset does not fit the design")
    guard rows > 0 else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    guard offset?.isAllFinite ?? true else { throw .notFinite(column: "offset") }
    try checkWeights(weights)
  }

  func checkSpecification(_ design: DesignMatrix) throws(RegressionError) {
    guard alpha >= 0 && alpha <= 1 else {
      throw .badSpecification("the share \(alpha) of the absolute penalty is outside 0 to 1")
    }
    if let lambdas {
      guard !lambdas.isEmpty else { throw .badSpecification("the list of penalties is empty") }
      guard lambdas.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        throw .badSpecification("a penalty is negative or not a number")
      }
    }
    guard pathLength > 0 else { throw .badSpecification("the path of penalties has a length of \(pathLength)") }
    guard smallestShare.map({ $0 > 0 && $0 <= 1 }) ?? true else {
      throw .badSpecification("the smallest penalty must be a share of the largest, above 0 and up to 1")
    }
    if let name = unpenalized.sorted().first(where: { !design.names.contains($0) }) { throw .unknownPredictor(name) }
  }

  /// Outcomes that are all 0 or all 1, and counts that are all zero, have no finite intercept.
  private func checkOutcome(
    _ response: [Double], _ weights: [Double]?, hasOffset: Bool
  ) throws(RegressionError) {
    guard let first = response.indices.first(where: { (weights?[$0] ?? 1) > 0 }) else { return }
    let value = response[first]
    let isConstant = response.indices.allSatisfy { response[$0] == value || weights?[$0] == 0 }
    guard isConstant else { return }
    switch family {
    case .cox: break
    case .gaussian: if !hasOffset { throw .constantOutcome(value: value) }
    case .binomial: if value == 0 || value == 1 || !hasOffset { throw .constantOutcome(value: value) }
    case .poisson: if value == 0 || !hasOffset { throw .constantOutcome(value: value) }
    }
  }

  /// The penalties in decreasing order.
  func path(from largest: Double, rows: Int, columns: Int) -> [Double] {
    if let lambdas { return lambdas.sorted(by: >) }
    guard largest > 0 else { return [0] }
    return geometricPath(from: largest, ratio: smallestShare ?? (rows < columns ? 1e-2 : 1e-3), count: pathLength)
  }

  /// One per column used.
  func penaltyFactors(_ standardization: ColumnStandardization, names: [String]) -> [Double] {
    standardization.columns.map { unpenalized.contains(names[$0]) ? 0 : 1 }
  }

  // MARK: Families other than gaussian

  /// The path of a loss over standardised columns; where there is one parameter more than columns, it is the intercept.
  /// - Parameters:
  ///   - deviance: of a value of the loss.
  func path(
    _ loss: some SmoothLoss, _ design: DesignMatrix, _ standardization: ColumnStandardization, from start: [Double],
    observations: Int, deviance: (Double) -> Double
  ) throws(RegressionError) -> ElasticNetPath {
    let columns = standardization.columns.count
    let hasIntercept = loss.count > columns
    let factors = penaltyFactors(standardization, names: design.names) + (hasIntercept ? [0] : [])
    // 1. The model of the free columns; the least λ that leaves it as it is.
    let newton = ProximalNewton(loss, alpha: alpha, penaltyFactors: factors)
    let null = try newton.null(from: start)
    let largest = newton.largestLambda(null)
    // 2. The path.
    let points = try newton.path(
      path(from: largest, rows: observations, columns: columns), from: null, nullLambda: largest)
    // 3. On the original scale.
    let nullDeviance = deviance(null.loss)
    let fits = points.map { point in
      fit(
        design, standardization, lambda: point.lambda, parameters: point.parameters,
        centre: hasIntercept ? point.parameters[columns] : 0, deviance: deviance(point.loss),
        nullDeviance: nullDeviance, residual: point.optimalityResidual, iterations: point.iterations)
    }
    return ElasticNetPath(
      fits: fits, nullDeviance: nullDeviance, observations: observations,
      constantColumns: constantColumns(design, standardization))
  }

  func constantColumns(_ design: DesignMatrix, _ standardization: ColumnStandardization) -> [String] {
    let used = Set(standardization.columns + (standardization.intercept.map { [$0.column] } ?? []))
    return design.names.indices.filter { !used.contains($0) }.map { design.names[$0] }
  }

  /// A fit from the parameters of standardised columns.
  /// - Parameter centre: the intercept of the standardised columns.
  func fit(
    _ design: DesignMatrix, _ standardization: ColumnStandardization, lambda: Double, parameters: [Double],
    centre: Double, deviance: Double, nullDeviance: Double, residual: Double, iterations: Int
  ) -> ElasticNetFit {
    let coefficients = standardization.originalScale(parameters, centre: centre, columns: design.names.count)
    return ElasticNetFit(
      names: design.names, family: family, lambda: lambda, coefficients: coefficients,
      intercept: standardization.intercept.map { coefficients[$0.column] * $0.value } ?? 0,
      nonzeroCount: standardization.columns.count { coefficients[$0] != 0 }, deviance: deviance,
      devianceExplained: nullDeviance > 0 ? 1 - deviance / nullDeviance : 0, optimalityResidual: residual,
      iterations: iterations)
  }
}
