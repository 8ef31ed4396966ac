internal import Glibc
internal import LinearAlgebra

extension RegressionSpecification {
  /// Fits the model to a table of named columns.
  ///
  /// Rows that miss a value which the model needs are left out and counted; everything that was left to choice (terms,
  /// penalty) is settled and noted in the result.
  public func fit(_ data: Predictors) throws(RegressionError) -> FittedRegression {
    try check()
    let frame = try ModelFrame(self, data)
    switch frame.specification.survival?.model {
    case .cox:
      if case .elasticNet(let lambda, let alpha) = penalty {
        return try FittedRegression(coxElasticNet: frame, lambda, alpha)
      }
      return try FittedRegression(cox: frame)
    case .weibull: return try FittedRegression(weibull: frame)
    case .discrete: return try FittedRegression(discrete: frame)
    case .kaplanMeier: return try FittedRegression(kaplanMeier: frame)
    case nil: break
    }
    if !random.isEmpty {
      let isLinear = family == .gaussian && usedLink == .identity
      return isLinear ? try FittedRegression(mixed: frame) : try FittedRegression(mixedGeneralized: frame)
    }
    switch penalty {
    case .elasticNet(let lambda, let alpha): return try FittedRegression(elasticNet: frame, lambda, alpha)
    case .firth: return try FittedRegression(firth: frame)
    case .ridge(nil):
      let isDefaultModel = terms == nil && family == .binomial && usedLink == .logit && weights == nil && offset == nil
      return isDefaultModel ? try FittedRegression(calibrated: frame) : try FittedRegression(ridgeChosen: frame)
    case .none, .ridge:
      let isLinear = family == .gaussian && usedLink == .identity && offset == nil && frame.matrix.factors.isEmpty
      return isLinear ? try FittedRegression(linear: frame) : try FittedRegression(generalized: frame)
    }
  }

  /// What does not go together, said before any row is read.
  func check() throws(RegressionError) {
    let isSurvival = survival != nil
    guard response != nil || isSurvival else { throw .badSpecification("the model names no response") }
    guard isSurvival || family.links.contains(usedLink) else {
      throw .badSpecification(
        "the link \(usedLink.rawValue) does not suit the family \(family); it takes "
          + family.links.map(\.rawValue).joined(separator: ", "))
    }
    if event != nil, family != .binomial, !isSurvival {
      throw .badSpecification("an event makes the response 0 or 1, which needs the family binomial")
    }
    if !random.isEmpty {
      guard !isSurvival else { throw .badSpecification("random effects are not fitted for survival") }
      guard penalty == .none, cluster == nil, errors == .model else {
        throw .badSpecification("random effects go with neither a penalty nor robust or clustered errors")
      }
      guard offset == nil || family != .gaussian else {
        throw .badSpecification("a gaussian mixed model takes no offset: subtract it from the response")
      }
    }
    if penalty == .firth {
      guard family == .binomial, usedLink == .logit, !isSurvival else {
        throw .badSpecification("Firth's penalty is for the family binomial with the link logit")
      }
    }
    if case .elasticNet = penalty, !isSurvival {
      let isCanonical = family.isCanonical(usedLink)
      guard isCanonical, family == .gaussian || family == .binomial || family == .poisson else {
        throw .badSpecification(
          "an elastic net is for the families gaussian, binomial and poisson with their canonical links, and for Cox")
      }
    }
    if precision == .extended, isSurvival || family != .gaussian || usedLink != .identity || !random.isEmpty {
      throw .badSpecification("extended precision is for least squares: family gaussian, link identity")
    }
    if strata != nil, survival?.model != .cox, survival?.model != .kaplanMeier {
      throw .badSpecification("strata are for survival by Cox regression or Kaplan-Meier")
    }
  }
}

// MARK: - Kinds of model

extension FittedRegression {
  init(linear frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    var ridge = 0.0
    if case .ridge(let lambda?) = specification.penalty { ridge = lambda }
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
    var ridge = 0.0
    if case .ridge(let lambda?) = frame.specification.penalty { ridge = lambda }
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
    let means = predictor.linearPredictor(frame.matrix).map(Link.logit.mean)
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
    if case .negativeBinomial(let size?) = fit.family {
      statistics.size = size
      statistics.sizeError = fit.sizeError
    }
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .generalized(.init(coefficients: fit.coefficients, covariance: fit.covariance), fit.family, fit.link),
      notes: notes)
  }

  init(mixed frame: ModelFrame) throws(RegressionError) {
    let fit = try MixedRegression(estimation: frame.specification.estimation).fit(
      frame.matrix, response: try frame.response(), weights: try frame.weights(), random: try frame.randomTerms())
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.logLikelihood = fit.logLikelihood
    statistics.deviance = -2 * fit.logLikelihood
    statistics.aic = fit.aic
    statistics.bic = fit.bic
    statistics.dispersion = fit.residualVariance
    statistics.effectiveParameters = fit.effectiveParameters
    statistics.iterations = fit.iterations
    statistics.scaledGradient = fit.gradient
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .mixed(fit.model, fit.components, covariance: fit.covariance), notes: fit.notes)
  }

  init(cox frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    guard let survival = specification.survival else { preconditionFailure("the frame is one of survival") }
    var ridge = 0.0
    if case .ridge(let lambda?) = specification.penalty { ridge = lambda }
    let response = try frame.survivalResponse()
    let fit = try CoxRegression(ties: survival.ties, ridge: ridge).fit(
      frame.matrix, response, weights: try frame.weights(), offset: try frame.offset(),
      standardErrors: try frame.standardErrors())
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.events = Double(fit.events)
    statistics.logLikelihood = fit.logLikelihood
    statistics.nullLogLikelihood = fit.nullLogLikelihood
    statistics.aic = fit.aic
    statistics.effectiveParameters = fit.effectiveParameters
    statistics.iterations = fit.iterations
    statistics.lambda = ridge > 0 ? ridge : nil
    statistics.concordance = fit.concordance(frame.matrix, response).index
    self.init(frame, terms: fit.terms, dropped: fit.dropped, statistics, .cox(fit))
  }

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

/// Three significant digits, for notes.
func written(_ value: Double) -> String {
  guard value != 0, value.isFinite else { return "0" }
  let scale = pow(10, 2 - floor(log10(abs(value))))
  return "\((value * scale).rounded() / scale)"
}
