internal import Glibc
internal import LinearAlgebra

// MARK: - Kinds of survival

extension FittedRegression {
  init(cox frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    guard let survival = specification.survival else { preconditionFailure("the frame is one of survival") }
    let ridge = specification.ridge
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

  /// Accelerated failure times with a Weibull distribution.
  init(weibull frame: ModelFrame) throws(RegressionError) {
    let fit = try AcceleratedFailureTimeRegression(distribution: .weibull).fit(
      frame.matrix, try frame.survivalResponse(), weights: try frame.weights(), offset: try frame.offset(),
      standardErrors: try frame.standardErrors())
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.events = Double(fit.events)
    statistics.logLikelihood = fit.logLikelihood
    statistics.nullLogLikelihood = fit.nullLogLikelihood
    statistics.aic = fit.aic
    statistics.bic = -2 * fit.logLikelihood + log(Double(fit.observations)) * Double(fit.terms.count)
    statistics.scale = fit.scale
    statistics.effectiveParameters = Double(fit.terms.count)
    statistics.iterations = fit.iterations
    self.init(frame, terms: fit.terms, dropped: fit.dropped, statistics, .duration(fit))
  }

  /// A hazard by whole periods, on a spline of the logarithm of time.
  init(discrete frame: ModelFrame) throws(RegressionError) {
    let specification = frame.specification
    let ridge = specification.ridge
    let link: DiscreteTimeHazard.HazardLink =
      specification.link == .complementaryLogLog ? .complementaryLogLog : .logit
    let fit = try DiscreteTimeHazard(link: link, ridge: ridge).fit(
      frame.matrix, try frame.survivalResponse(), weights: try frame.weights(),
      standardErrors: try frame.standardErrors())
    var statistics = Statistics()
    statistics.observations = Double(fit.observations)
    statistics.events = Double(fit.events)
    statistics.logLikelihood = fit.logLikelihood
    statistics.deviance = -2 * fit.logLikelihood
    statistics.aic = fit.aic
    statistics.bic = -2 * fit.logLikelihood + log(Double(fit.observations)) * fit.effectiveParameters
    statistics.effectiveParameters = fit.effectiveParameters
    statistics.iterations = fit.iterations
    statistics.lambda = ridge > 0 ? ridge : nil
    self.init(
      frame, terms: fit.terms, dropped: fit.dropped, statistics, .discrete(fit),
      notes: ["\(fit.records) records of one row and one period each"])
  }

  /// Survival without covariates.
  init(kaplanMeier frame: ModelFrame) throws(RegressionError) {
    let response = try frame.survivalResponse()
    let curves = try KaplanMeier(response, weights: try frame.weights())
    var statistics = Statistics()
    statistics.observations = Double(response.count)
    statistics.events = Double(response.event.count { $0 })
    self.init(frame, terms: [], dropped: [], statistics, .kaplanMeier(curves))
  }

  // MARK: - Predictions

  func predictSurvival(
    _ matrix: DesignMatrix, _ data: Predictors, _ offset: [Double]?, _ predictions: inout Predictions
  ) throws(RegressionError) {
    let horizons = predictions.horizons
    switch kind {
    case .cox(let fit):
      let risk = fit.linearPredictor(matrix, offset: offset).map { exp($0) }
      predictions.values = risk
      predictions.errors = zip(risk, fit.linearPredictorErrors(matrix)).map { $0 * $1 }
      guard !horizons.isEmpty else { return }
      let strata = try strata(data, among: fit.baseline.curves.map(\.stratum))
      predictions.survival = try fit.survival(matrix, horizons: horizons, strata: strata, offset: offset).survival
    case .duration(let fit):
      predictions.values = fit.quantiles(matrix, offset: offset)
      predictions.survival = horizons.isEmpty ? nil : fit.survival(matrix, horizons: horizons, offset: offset).survival
    case .discrete(let fit):
      let shown = horizons.isEmpty ? [1] : horizons
      let survival = try fit.survival(matrix, horizons: shown).survival
      predictions.values = survival.column(0).map { 1 - $0 }
      predictions.survival = horizons.isEmpty ? nil : survival
    case .kaplanMeier(let estimate):
      let codes = try strata(data, among: estimate.curves.map(\.stratum))?.codes
      let curves = (0..<matrix.rows.count).map { estimate.curves[codes?[$0] ?? 0] }
      predictions.values = curves.map { $0.median ?? .infinity }
      var survival = Matrix(rows: curves.count, columns: horizons.count)
      for (row, curve) in curves.enumerated() {
        for (index, horizon) in horizons.enumerated() { survival[row, index] = curve.survival(at: horizon) }
      }
      predictions.survival = horizons.isEmpty ? nil : survival
    default: preconditionFailure("the model is not one of survival")
    }
  }

  private func strata(_ data: Predictors, among names: [String]) throws(RegressionError) -> Strata? {
    guard isByStratum, let column = specification.strata else { return nil }
    return try data.strata(column, among: names)
  }

  var isByStratum: Bool {
    switch kind {
    case .cox(let fit): fit.baseline.curves.count > 1
    case .kaplanMeier(let estimate): estimate.curves.count > 1
    default: false
    }
  }

  /// A step of a baseline: the cumulative hazard and the survival after a time.
  public struct BaselineStep: Sendable, Hashable {
    /// Empty without strata.
    public let stratum: String
    public let time: Double
    public let cumulativeHazard: Double
    public let survival: Double
    /// Of the survival; nil where the model gives none.
    public let standardError: Double?
  }

  /// The baseline of a survival model for a row whose columns are all zero, or the curves of Kaplan and Meier; empty for
  /// other kinds of model.
  public var baseline: [BaselineStep] {
    switch kind {
    case .cox(let fit):
      return fit.baseline.curves.indices.flatMap { stratum in
        let (times, hazards) = fit.cumulativeHazardAtZero(stratum: stratum)
        return zip(times, hazards).map {
          BaselineStep(
            stratum: fit.baseline.curves[stratum].stratum, time: $0, cumulativeHazard: $1, survival: exp(-$1),
            standardError: nil)
        }
      }
    case .kaplanMeier(let estimate):
      return estimate.curves.flatMap { curve in
        curve.times.indices.map { step in
          BaselineStep(
            stratum: curve.stratum, time: curve.times[step],
            cumulativeHazard: curve.survival[step] > 0 ? -log(curve.survival[step]) : .infinity,
            survival: curve.survival[step], standardError: curve.standardErrors[step])
        }
      }
    default: return []
    }
  }
}

// MARK: - Held-out scores

extension RegressionSpecification {
  /// The times at which predictions of survival are judged: the event times after which at least a hundredth of the rows
  /// is still there, a hundred of them at most.
  func judgedTimes(_ training: Predictors) throws(RegressionError) -> [Double] {
    guard let survival else { return [] }
    let response = try training.survivalResponse(survival, event: event, strata: nil)
    let times = response.time.sorted()
    let last = times[max(0, times.count - 1 - times.count / 100)]
    var different = Set(zip(response.time, response.event).filter { $0.1 && $0.0 < last }.map(\.0)).sorted()
    if different.count > 100 { different = (0..<100).map { different[$0 * (different.count - 1) / 99] } }
    return different
  }

  /// Harrell's C of the mean survival over the times, and the integrated Brier score up to the last of them; what
  /// happens after it counts as censored.
  func survivalScores(
    training: Predictors, held: Predictors, _ predicted: FittedRegression.Predictions
  ) throws(RegressionError) -> [HeldOutScores.Score] {
    guard let survival, let curves = predicted.survival, let last = predicted.horizons.last,
      predicted.horizons.count > 1
    else { return [] }
    let known = try held.selecting(rows: predicted.rows).survivalResponse(survival, event: event, strata: nil)
    let test = try SurvivalResponse(
      time: known.time.map { $0 > last ? last.nextUp : $0 },
      event: zip(known.time, known.event).map { $1 && $0 <= last })
    let fitted = try training.selecting(rows: ModelFrame.completeRows(fittedRoles, training))
      .survivalResponse(survival, event: event, strata: nil)
    let measures = try SurvivalMeasures(training: fitted, test: test)
    let risk = (0..<test.count).map { row in -predicted.horizons.indices.reduce(0) { $0 + curves[row, $1] } }
    let prediction = SurvivalPrediction(horizons: predicted.horizons, survival: curves, standardErrors: nil)
    return [
      .init(name: "harrellC", value: measures.harrell(risk)), .init(name: "unoC", value: measures.uno(risk)),
      .init(name: "integratedBrier", value: measures.integratedBrier(prediction)),
    ]
  }
}
