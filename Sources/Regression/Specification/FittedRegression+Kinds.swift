internal import Glibc
internal import LinearAlgebra

extension FittedRegression {
  /// The common end of every kind.
  init(
    _ frame: ModelFrame, terms: [Coefficient], dropped: [DroppedColumn], _ statistics: Statistics, _ kind: Kind,
    notes: [String] = [], inflation: [String: Double] = [:]
  ) {
    specification = frame.specification
    design = frame.design
    self.terms = terms
    self.dropped = dropped
    varianceInflation = inflation
    self.statistics = statistics
    treatment = frame.treatment
    self.notes = frame.notes + notes
    self.kind = kind
  }
}

// MARK: - Means

extension FittedRegression {
  init(linear frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    let ridge = specification.ridge
    let fit = try LinearRegression(
      ridge: ridge, weightMeaning: specification.weightMeaning, precision: specification.precision
    ).fit(
      frame.matrix, response: try frame.response(), weights: try frame.weights(),
      standardErrors: try frame.standardErrors())
    var statistics = Statistics()
    statistics.observations = fit.observations
    statistics.logLikelihood = fit.logLikelihood < .greatestFiniteMagnitude ? fit.logLikelihood : nil
    statistics.deviance = fit.residualSumOfSquares
    statistics.nullDeviance = fit.totalSumOfSquares
    statistics.aic = statistics.logLikelihood == nil ? nil : fit.aic
    statistics.bic = statistics.logLikelihood == nil ? nil : fit.bic
    statistics.dispersion = fit.residualVariance
    statistics.rSquared = fit.rSquared
    statistics.adjustedRSquared = fit.adjustedRSquared
    statistics.residualSumOfSquares = fit.residualSumOfSquares
    statistics.residualDegreesOfFreedom = fit.residualDegreesOfFreedom
    statistics.effectiveParameters = fit.effectiveParameters
    statistics.iterations = 1
    statistics.lambda = ridge > 0 ? ridge : nil
    let inflation = fit.varianceInflation(frame.matrix, weights: try frame.weights())
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .generalized(.init(coefficients: fit.coefficients, covariance: fit.covariance), .gaussian, .identity),
      inflation: Dictionary(inflation.map { ($0.name, $0.factor) }, uniquingKeysWith: { first, _ in first }))
  }

  init(generalized frame: ModelFrame) throws(RegressionError) {
    let ridge = frame.specification.ridge
    let fit = try GeneralizedLinearRegression(frame.specification.family, link: frame.specification.link, ridge: ridge)
      .fit(
        frame.matrix, response: try frame.response(), weights: try frame.weights(), offset: try frame.offset(),
        standardErrors: try frame.standardErrors())
    self.init(frame, fit, lambda: ridge > 0 ? ridge : nil)
  }

  /// Ridge with the penalty of the least held-out deviance.
  init(ridgeChosen frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    let response = try frame.response()
    let groups = try frame.groups()
    let isBinary = specification.family == .binomial && response.allSatisfy { $0 == 0 || $0 == 1 }
    let folds = Folds.grouped(
      groups ?? Array(response.indices), events: isBinary ? response : nil,
      count: min(Folds.usual, max(2, Set(groups ?? Array(response.indices)).count)), seed: specification.seed)
    var regression = GeneralizedLinearRegression(specification.family, link: specification.link)
    let (weights, offset) = (try frame.weights(), try frame.offset())
    guard
      let choice = regression.choosingRidge(
        frame.matrix, response: response, weights: weights, offset: offset, folds: folds)
    else { throw .notConverged(iterations: 0, cause: "no ridge penalty could be judged on held-out rows") }
    regression.ridge = choice.ridge
    let fit = try regression.fit(
      frame.matrix, response: response, weights: weights, offset: offset, standardErrors: try frame.standardErrors())
    self.init(
      frame, fit, lambda: choice.ridge,
      notes: ["the penalty \(choice.ridge) has the least deviance over \(folds.count) held-out folds"])
  }

  /// The default model of a binary outcome. Its calibration is linear in the log-odds and goes into the coefficients.
  init(calibrated frame: ModelFrame) throws(RegressionError) {
    let response = try frame.response()
    let fit = try CalibratedLogistic(seed: frame.specification.seed).fit(
      frame.design, frame.matrix, response: response, groups: try frame.groups(), notes: [])
    let (shift, slope) = (fit.recalibration.shift, fit.recalibration.slope)
    func calibrated(_ estimate: Double, _ name: String) -> Double {
      estimate * slope + (name == Design.interceptName ? shift : 0)
    }
    let names = fit.regression.names
    var covariance = fit.regression.covariance
    for index in covariance.storage.indices { covariance.storage[index] *= slope * slope }
    let predictor = LinearPredictor(
      coefficients: zip(fit.regression.coefficients, names).map(calibrated), covariance: covariance)
    var statistics = Statistics()
    statistics.observations = Double(fit.regression.observations)
    statistics.events = response.reduce(0, +)
    let means = frame.matrix.predictor(predictor.coefficients).map(Link.logit.mean)
    let deviance = zip(response, means).reduce(0) {
      $0 + Family.binomial.deviance($1.0, min(max($1.1, 1e-15), 1 - 1e-15))
    }
    statistics.logLikelihood = -deviance / 2
    statistics.deviance = deviance
    statistics.dispersion = 1
    statistics.effectiveParameters = fit.regression.effectiveParameters
    statistics.aic = deviance + 2 * fit.regression.effectiveParameters
    statistics.bic = deviance + log(statistics.observations) * fit.regression.effectiveParameters
    statistics.iterations = fit.regression.iterations
    statistics.scaledGradient = fit.regression.scaledGradient
    statistics.lambda = fit.ridge
    self.init(
      frame,
      terms: fit.regression.terms.map {
        Coefficient(
          name: $0.name, estimate: calibrated($0.estimate, $0.name), standardError: $0.standardError * abs(slope),
          degreesOfFreedom: $0.degreesOfFreedom)
      }, dropped: fit.regression.dropped, statistics, .generalized(predictor, .binomial, .logit),
      notes: [
        "the penalty \(fit.ridge) has the least log-loss over held-out folds",
        "the log-odds are calibrated on held-out rows: shift \(written(shift)), slope \(written(slope))",
      ])
  }

  init(_ frame: ModelFrame, _ fit: GeneralizedLinearFit, lambda: Double?, notes: [String] = []) {
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.logLikelihood = fit.logLikelihood < .greatestFiniteMagnitude ? fit.logLikelihood : nil
    statistics.deviance = fit.deviance
    statistics.nullDeviance = fit.nullDeviance
    statistics.aic = statistics.logLikelihood == nil ? nil : fit.aic
    statistics.bic = statistics.logLikelihood == nil ? nil : fit.bic
    statistics.dispersion = fit.dispersion
    statistics.residualDegreesOfFreedom = fit.residualDegreesOfFreedom
    statistics.effectiveParameters = fit.effectiveParameters
    statistics.iterations = fit.iterations
    statistics.scaledGradient = fit.scaledGradient
    statistics.lambda = lambda
    if fit.family == .gaussian, let total = fit.nullDeviance, total > 0 {
      statistics.rSquared = 1 - fit.deviance / total
    }
    if case .negativeBinomial(let size?) = fit.family {
      statistics.size = size
      statistics.sizeError = fit.sizeError
    }
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .generalized(.init(coefficients: fit.coefficients, covariance: fit.covariance), fit.family, fit.link),
      notes: notes)
  }

}

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
    let predictor = LinearPredictor(coefficients: fit.coefficients, covariance: nil)
    self.init(frame, path, fit, .generalized(predictor, specification.family, specification.usedLink), notes: notes)
  }

  init(coxElasticNet frame: ModelFrame, _ lambda: Double?, _ alpha: Double) throws(RegressionError) {
    guard let lambda, let survival = frame.specification.survival else {
      throw .badSpecification("an elastic net of hazards needs a value of `lambda`")
    }
    let path = try ElasticNetRegression(family: .cox, alpha: alpha, lambdas: [lambda]).fit(
      frame.matrix, try frame.survivalResponse(), ties: survival.ties, weights: try frame.weights(),
      offset: try frame.offset())
    let predictor = LinearPredictor(coefficients: path[0].coefficients, covariance: nil)
    self.init(frame, path, path[0], .relativeRisk(predictor), notes: [])
  }

  /// Every column has a term, those left out with a coefficient of zero.
  private init(
    _ frame: ModelFrame, _ path: ElasticNetPath, _ fit: ElasticNetFit, _ kind: Kind, notes: [String]
  ) {
    var statistics = Statistics()
    statistics.observations = Double(path.observations)
    statistics.deviance = fit.deviance
    statistics.nullDeviance = path.nullDeviance
    statistics.effectiveParameters = Double(fit.nonzeroCount)
    statistics.iterations = fit.iterations
    statistics.scaledGradient = fit.optimalityResidual
    statistics.lambda = fit.lambda
    if fit.family == .gaussian { statistics.rSquared = fit.devianceExplained }
    let terms = zip(fit.names, fit.coefficients).map {
      Coefficient(name: $0, estimate: $1, standardError: .nan, degreesOfFreedom: .infinity)
    }
    self.init(
      frame, terms: terms, dropped: [], statistics, kind,
      notes: notes + ["a penalty that selects columns leaves no standard errors"])
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

/// Three significant digits, for notes.
func written(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "0" }
  let scale = pow(10, 2 - floor(log10(abs(value))))
  return "\((value * scale).rounded() / scale)"
}
