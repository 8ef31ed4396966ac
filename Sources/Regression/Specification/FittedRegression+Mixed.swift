extension FittedRegression {
  init(mixed frame: ModelFrame) throws(RegressionError) {
    let fit = try MixedRegression(estimation: frame.specification.estimation).fit(
      frame.matrix, response: try frame.response(), weights: try frame.weights(), random: try frame.randomTerms())
    var statistics = Statistics(logLikelihood: fit.logLikelihood, observations: fit.observations)
    (statistics.aic, statistics.bic) = (fit.aic, fit.bic)
    statistics.dispersion = fit.residualVariance
    statistics.effectiveParameters = fit.effectiveParameters
    (statistics.iterations, statistics.scaledGradient) = (fit.iterations, fit.gradient)
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .mixed(fit.model, fit.components, covariance: fit.covariance), notes: fit.notes)
  }

  init(mixedGeneralized frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    let fit = try MixedGeneralizedRegression(
      specification.family, link: specification.link, quadraturePoints: specification.quadraturePoints
    ).fit(
      frame.matrix, response: try frame.response(), weights: try frame.weights(), offset: try frame.offset(),
      random: try frame.randomTerms())
    var statistics = Statistics(logLikelihood: fit.logLikelihood, observations: fit.observations)
    (statistics.aic, statistics.bic) = (fit.aic, fit.bic)
    statistics.dispersion = 1
    statistics.effectiveParameters = Double(fit.parameters)
    (statistics.iterations, statistics.scaledGradient) = (fit.iterations, fit.gradient)
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics,
      .mixedGeneralized(fit.model, fit.components, covariance: fit.covariance), notes: fit.notes)
  }
}

extension FittedRegression.Statistics {
  /// The deviance is −2 logLik: a mixed model has no perfect fit to measure from.
  init(logLikelihood: Double, observations: Int) {
    self.observations = Double(observations)
    self.logLikelihood = logLikelihood
    deviance = -2 * logLikelihood
  }
}
