internal import Glibc
internal import LinearAlgebra

// MARK: - Penalties

extension FittedRegression {
  init(elasticNet frame: ModelFrame, _ lambda: Double?, _ alpha: Double) throws(RegressionError) {
    let specification = frame.specification
    let family: ElasticNetRegression.Family
    switch specification.family {
    case .binomial: family = .binomial
    case .poisson: family = .poisson
    default: family = .gaussian
    }
    var regression = ElasticNetRegression(family: family, alpha: alpha)
    let (response, weights, offset) = (try frame.response(), try frame.weights(), try frame.offset())
    let fit: ElasticNetFit
    let path: ElasticNetPath
    var notes: [String] = []
    if let lambda {
      regression.lambdas = [lambda]
      path = try regression.fit(frame.matrix, response: response, weights: weights, offset: offset)
      fit = path[0]
    } else {
      let groups = try frame.groups() ?? Array(response.indices)
      let folds = Folds.grouped(
        groups, events: family == .binomial ? response : nil, count: Folds.usual, seed: specification.seed)
      let judged = try regression.crossValidated(
        frame.matrix, response: response, weights: weights, offset: offset, folds: folds)
      (path, fit) = (judged.path, judged.best)
      notes.append(
        "the penalty \(written(fit.lambda)) has the least deviance over \(folds.count) held-out folds; within one standard "
          + "error of it is \(written(judged.oneStandardError.lambda)) with "
          + "\(judged.oneStandardError.nonzeroCount) coefficients")
    }
    var statistics = Statistics()
    statistics.observations = Double(path.observations)
    statistics.deviance = fit.deviance
    statistics.nullDeviance = path.nullDeviance
    statistics.effectiveParameters = Double(fit.nonzeroCount)
    statistics.iterations = fit.iterations
    statistics.scaledGradient = fit.optimalityResidual
    statistics.lambda = fit.lambda
    if family == .gaussian { statistics.rSquared = fit.devianceExplained }
    notes.append("a penalty that selects columns leaves no standard errors")
    self.init(
      frame, terms: FittedRegression.terms(fit), dropped: [], statistics,
      .generalized(
        .init(coefficients: fit.coefficients, covariance: nil), specification.family, specification.usedLink),
      notes: notes)
  }

  init(coxElasticNet frame: ModelFrame, _ lambda: Double?, _ alpha: Double) throws(RegressionError) {
    guard let lambda, let survival = frame.specification.survival else {
      throw .badSpecification("an elastic net of hazards needs a value of `lambda`")
    }
    let path = try ElasticNetRegression(family: .cox, alpha: alpha, lambdas: [lambda]).fit(
      frame.matrix, try frame.survivalResponse(), ties: survival.ties, weights: try frame.weights(),
      offset: try frame.offset())
    let fit = path[0]
    var statistics = Statistics()
    statistics.observations = Double(path.observations)
    statistics.deviance = fit.deviance
    statistics.nullDeviance = path.nullDeviance
    statistics.effectiveParameters = Double(fit.nonzeroCount)
    statistics.iterations = fit.iterations
    statistics.scaledGradient = fit.optimalityResidual
    statistics.lambda = fit.lambda
    self.init(
      frame, terms: FittedRegression.terms(fit), dropped: [], statistics,
      .relativeRisk(.init(coefficients: fit.coefficients, covariance: nil)),
      notes: ["a penalty that selects columns leaves no standard errors"])
  }

  /// Every column, those left out with a coefficient of zero.
  private static func terms(_ fit: ElasticNetFit) -> [Coefficient] {
    zip(fit.names, fit.coefficients).map {
      Coefficient(name: $0, estimate: $1, standardError: .nan, degreesOfFreedom: .infinity)
    }
  }

  init(firth frame: ModelFrame) throws(RegressionError) {
    let (response, weights, offset) = (try frame.response(), try frame.weights(), try frame.offset())
    let fit = try FirthRegression().fit(frame.matrix, response: response, weights: weights, offset: offset)
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.logLikelihood = fit.logLikelihood
    statistics.deviance = -2 * fit.logLikelihood
    statistics.dispersion = 1
    statistics.aic = -2 * fit.logLikelihood + 2 * Double(fit.terms.count)
    statistics.bic = -2 * fit.logLikelihood + log(Double(fit.observations)) * Double(fit.terms.count)
    statistics.effectiveParameters = Double(fit.terms.count)
    statistics.iterations = fit.iterations
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .generalized(.init(coefficients: fit.coefficients, covariance: fit.covariance), .binomial, .logit),
      notes: ["log-likelihood with Jeffreys' prior: \(fit.penalizedLogLikelihood)"])
  }
}

// MARK: - Random effects

extension FittedRegression {
  init(mixedGeneralized frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    let fit = try MixedGeneralizedRegression(
      specification.family, link: specification.link, quadraturePoints: specification.quadraturePoints
    ).fit(
      frame.matrix, response: try frame.response(), weights: try frame.weights(), offset: try frame.offset(),
      random: try frame.randomTerms())
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.logLikelihood = fit.logLikelihood
    statistics.deviance = -2 * fit.logLikelihood
    statistics.aic = fit.aic
    statistics.bic = fit.bic
    statistics.dispersion = 1
    statistics.effectiveParameters = Double(fit.parameters)
    statistics.iterations = fit.iterations
    statistics.scaledGradient = fit.gradient
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .mixedGeneralized(fit.model, fit.components, covariance: fit.covariance), notes: fit.notes)
  }
}
