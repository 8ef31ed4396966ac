internal import Glibc
public import LinearAlgebra

/// A fitted linear mixed model.
public struct MixedFit: Sendable {
  /// What predicts and can be saved.
  public let model: MixedModel
  /// The estimated fixed effects with their standard errors given the variances, without dropped columns; compared with
  /// the normal distribution, since their degrees of freedom are not known.
  public let terms: [Coefficient]
  /// Columns left out because others explain them.
  public let dropped: [DroppedColumn]
  /// Covariance of all fixed effects, p × p; zeros for dropped columns.
  public let covariance: Matrix
  /// Variances and covariances by random term, the residual variance last.
  public let components: [VarianceComponent]
  /// Rows with a weight above zero.
  public let observations: Int
  /// The number of independent rows that would say as much about the mean: the average variance of a row over the
  /// variance of the generalised least squares mean; nil for a design without a constant column.
  public let effectiveObservations: Double?
  /// Trace of the hat matrix: between the rank of X and that of [X, Z] (Vaida and Blanchard, Biometrika 92, 2005).
  public let effectiveParameters: Double
  /// Per random term the share of the variance of an average row that is due to it.
  public let intraclassCorrelations: [Double]
  /// Xβ + Zb.
  public let fitted: [Double]
  public let residuals: [Double]
  /// The restricted log-likelihood for REML.
  public let logLikelihood: Double
  /// Whether a variance is estimated as zero or a correlation as ±1.
  public let isSingular: Bool
  /// What a reader of the fit should know.
  public let notes: [String]
  public let iterations: Int
  /// Evaluations of the deviance with its gradient.
  public let evaluations: Int
  /// The largest derivative of the deviance by the logarithm of a parameter that is left.
  public let gradient: Double
  /// Number of variance parameters, without the residual's.
  private let covarianceParameters: Int

  public var names: [String] { model.names }
  public var coefficients: [Double] { model.coefficients }
  public var randomEffects: [RandomEffects] { model.randomEffects }
  public var residualVariance: Double { model.residualVariance }

  /// Fixed effects, variance parameters and the residual variance.
  public var parameters: Int { terms.count + covarianceParameters + 1 }
  /// −2 logLik + 2 parameters.
  public var aic: Double { -2 * logLikelihood + 2 * Double(parameters) }
  /// −2 logLik + parameters · log(observations).
  public var bic: Double { -2 * logLikelihood + Double(parameters) * log(Double(observations)) }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// See `MixedModel.predict`.
  public func predict(_ design: DesignMatrix, random: [RandomTerm]) -> MixedPrediction {
    model.predict(design, random: random)
  }

  init(
    _ specification: MixedRegression, _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?,
    _ random: [RandomTerm], _ fixed: FixedBasis, _ deviance: ProfiledDeviance,
    _ optimum: ProfiledDeviance.Optimum
  ) throws(RegressionError) {
    let products = deviance.products
    let variance = optimum.solution.penalizedSquares / deviance.degreesOfFreedom
    guard let effects = deviance.effects(optimum.solution, variance: variance) else {
      throw .notConverged(iterations: optimum.iterations, cause: "the information matrix is singular")
    }
    let p = design.matrix.columns
    let covariance = fixed.covariance(effects.fixedCovariance).expanded(fixed.kept, order: p)
    var coefficients = [Double](repeating: 0, count: p)
    let estimates = fixed.coefficients(Array(optimum.solution.solution[products.fixedStart...]))
    for (column, estimate) in zip(fixed.kept, estimates) { coefficients[column] = estimate }
    let errors = covariance.diagonal.map { max(0, $0).squareRoot() }
    let byTerm = MixedFit.byTerm(random, products.factors, effects)
    model = MixedModel(
      estimation: specification.estimation, names: design.names, coefficients: coefficients, standardErrors: errors,
      randomEffects: byTerm, residualVariance: variance)
    terms = fixed.kept.map {
      Coefficient(
        name: design.names[$0], estimate: coefficients[$0], standardError: errors[$0], degreesOfFreedom: .infinity)
    }
    dropped = fixed.dropped
    self.covariance = covariance
    let singular = deviance.parameters.singularFactors(optimum.theta)
    let componentErrors = singular.isEmpty ? deviance.componentErrors(optimum, variance: variance) : nil
    components = MixedFit.components(byTerm, products.factors, componentErrors, residual: variance)
    observations = products.observations
    covarianceParameters = optimum.theta.count
    effectiveParameters = effects.trace
    let shares = MixedFit.termVariances(random, products.factors, optimum.solution.lambdas, variance)
    let residualMean = variance * MixedFit.meanInverse(weights)
    let total = shares.reduce(residualMean, +)
    intraclassCorrelations = shares.map { $0 / total }
    effectiveObservations = fixed.constant.map { constant in
      total * deviance.constantInformation(optimum.solution, constant) / variance
    }
    var fitted = design.matrix * coefficients
    for (effects, term) in zip(byTerm, random) { _ = effects.add(term, to: &fitted) }
    self.fitted = fitted
    residuals = zip(response, fitted).map { $0 - $1 }
    logLikelihood = -optimum.solution.deviance / 2
    isSingular = !singular.isEmpty
    iterations = optimum.iterations
    evaluations = optimum.evaluations
    let gradient = zip(optimum.gradient.deviance, optimum.theta).reduce(0) { max($0, abs($1.0 * $1.1)) }
    self.gradient = gradient
    notes =
      singular.map { MixedFit.note(products.factors[$0]) }
      + (gradient > 1e-5 * (1 + abs(logLikelihood) / 1e3) ? [MixedFit.roundingNote] : [])
  }

  private static let roundingNote =
    "the random effects are so large beside the residuals that rounding leaves few digits of the variances"

  static func note(_ factor: RandomFactor) -> String {
    factor.width == 1
      ? "the variance of factor `\(factor.name)` is estimated as zero"
      : "the covariance of factor `\(factor.name)` is singular: a variance is zero or a correlation ±1"
  }

  private static func meanInverse(_ weights: [Double]?) -> Double {
    guard let weights else { return 1 }
    let positive = weights.filter { $0 > 0 }
    return positive.reduce(0) { $0 + 1 / $1 } / Double(positive.count)
  }
}
