internal import Glibc
public import LinearAlgebra

/// What is needed to predict from a generalised linear mixed model: the part that is worth saving.
public struct MixedGeneralizedModel: Sendable, Hashable, Codable {
  public let family: Family
  public let link: Link
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// One per column of the design; zero for dropped columns.
  public let standardErrors: [Double]
  /// One per random term: the modes of the effects given the data, on the scale of the linear predictor.
  public let randomEffects: [RandomEffects]

  /// Means of rows of a design with the same columns, at the modes of the random effects; levels that the fit had not
  /// seen have an effect of zero and are counted. `population` has all random effects at zero.
  public func predict(_ design: DesignMatrix, offset: [Double]? = nil, random: [RandomTerm]) -> MixedPrediction {
    let linear = MixedPrediction(design, coefficients, randomEffects, offset: offset, random: random)
    return MixedPrediction(
      values: linear.values.map(link.mean), population: linear.population.map(link.mean), unseen: linear.unseen)
  }
}

/// A fitted generalised linear mixed model.
public struct MixedGeneralizedFit: Sendable {
  /// What predicts and can be saved.
  public let model: MixedGeneralizedModel
  /// The estimated fixed effects, with standard errors from the observed information of all parameters.
  public let terms: [Coefficient]
  public let dropped: [DroppedColumn]
  /// Covariance of all fixed effects, p × p; zeros for dropped columns.
  public let covariance: Matrix
  /// Variances and covariances by random term.
  public let components: [VarianceComponent]
  /// Rows with a weight above zero.
  public let observations: Int
  /// Means at the modes of the random effects.
  public let fitted: [Double]
  /// By the approximation that was asked for.
  public let logLikelihood: Double
  /// Whether a variance is estimated as zero or a correlation as ±1.
  public let isSingular: Bool
  /// What a reader of the fit should know.
  public let notes: [String]
  public let iterations: Int
  public let evaluations: Int
  /// The largest derivative of the deviance that is left.
  public let gradient: Double
  /// Number of variance parameters.
  private let covarianceParameters: Int

  public var names: [String] { model.names }
  public var coefficients: [Double] { model.coefficients }
  public var randomEffects: [RandomEffects] { model.randomEffects }
  /// Fixed effects and variance parameters.
  public var parameters: Int { terms.count + covarianceParameters }
  /// −2 logLik + 2 parameters.
  public var aic: Double { -2 * logLikelihood + 2 * Double(parameters) }
  /// −2 logLik + parameters · log(observations).
  public var bic: Double { -2 * logLikelihood + Double(parameters) * log(Double(observations)) }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// See `MixedGeneralizedModel.predict`.
  public func predict(_ design: DesignMatrix, offset: [Double]? = nil, random: [RandomTerm]) -> MixedPrediction {
    model.predict(design, offset: offset, random: random)
  }

  init(
    _ specification: MixedGeneralizedRegression, _ design: DesignMatrix, _ offset: [Double]?, _ random: [RandomTerm],
    _ fixed: FixedBasis, _ problem: LaplaceProblem, _ optimum: LaplaceProblem.Optimum
  ) throws(RegressionError) {
    let deviance = optimum.mode.deviance
    let singular = deviance.parameters.singularFactors(optimum.theta)
    guard let effects = deviance.effects(optimum.mode.solution, variance: 1),
      let (reduced, errors) = problem.uncertainty(optimum, atBoundary: !singular.isEmpty)
    else {
      throw .notConverged(iterations: optimum.iterations, cause: "the information matrix is singular")
    }
    let p = design.matrix.columns
    let covariance = fixed.covariance(reduced).expanded(fixed.kept, order: p)
    var coefficients = [Double](repeating: 0, count: p)
    for (column, estimate) in zip(fixed.kept, fixed.coefficients(optimum.fixed)) { coefficients[column] = estimate }
    let standardErrors = covariance.diagonal.map { max(0, $0).squareRoot() }
    let byTerm = MixedFit.byTerm(random, problem.factors, effects)
    model = MixedGeneralizedModel(
      family: specification.family, link: specification.usedLink, names: design.names, coefficients: coefficients,
      standardErrors: standardErrors, randomEffects: byTerm)
    terms = fixed.kept.map {
      Coefficient(
        name: design.names[$0], estimate: coefficients[$0], standardError: standardErrors[$0],
        degreesOfFreedom: .infinity)
    }
    dropped = fixed.dropped
    self.covariance = covariance
    components = MixedFit.components(byTerm, problem.factors, errors, residual: nil)
    observations = deviance.products.observations
    fitted = model.predict(design, offset: offset, random: random).values
    logLikelihood = -optimum.value / 2
    isSingular = !singular.isEmpty
    notes = singular.map { MixedFit.note(problem.factors[$0]) }
    iterations = optimum.iterations
    evaluations = optimum.evaluations
    gradient = optimum.gradient.reduce(0) { max($0, abs($1)) }
    covarianceParameters = optimum.theta.count
  }
}

extension LaplaceProblem {
  /// The covariance of β̃ and the standard errors of the variances: twice the inverse Hessian. On the boundary the
  /// variances are taken as known.
  func uncertainty(_ optimum: Optimum, atBoundary: Bool) -> (Matrix, ProfiledDeviance.ComponentErrors?)? {
    guard let hessian = optimum.hessian else { return nil }
    let (k, order) = (optimum.theta.count, hessian.rows)
    let first = atBoundary ? k : 0
    var information = Matrix(rows: order - first, columns: order - first)
    for j in first..<order {
      for i in first..<order { information[i - first, j - first] = hessian[i, j] / 2 }
    }
    guard let inverse = (try? Cholesky(information))?.inverse() else { return nil }
    var reduced = Matrix(rows: order - k, columns: order - k)
    for j in k..<order {
      for i in k..<order { reduced[i - k, j - k] = inverse[i - first, j - first] }
    }
    guard !atBoundary else { return (reduced, nil) }
    // The last row stands for a residual variance, which is one without error.
    var byTheta = Matrix(rows: k + 1, columns: k + 1)
    for j in 0..<k {
      for i in 0..<k { byTheta[i, j] = inverse[i, j] }
    }
    return (reduced, optimum.mode.deviance.componentErrors(optimum.mode.solution, byTheta, variance: 1))
  }
}
