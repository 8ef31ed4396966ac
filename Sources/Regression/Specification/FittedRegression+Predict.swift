internal import Glibc
internal import LinearAlgebra

extension FittedRegression {
  /// Predicts rows of a table that has the model's predictors.
  /// - Parameter horizons: times at which survival is wanted; the specification's where empty.
  public func predict(_ data: Predictors, horizons: [Double] = []) throws(RegressionError) -> Predictions {
    // 1. The rows that miss nothing.
    var treatment = DesignMatrix.Treatment()
    var needed = specification.offset.map { [$0] } ?? []
    if isByStratum, let strata = specification.strata { needed.append(strata) }
    if specification.missing == .leaveOut { needed += design.encodings.flatMap(\.predictors) }
    let rows = try ModelFrame.complete(needed, data, &treatment)
    let known = rows.count == data.rowCount ? data : data.selecting(rows: rows)
    let matrix = try design.matrix(known, keepingLargeFactors: specification.takesLargeFactors)
    treatment.filled = matrix.treatment.filled
    treatment.unseen = matrix.treatment.unseen
    var offset: [Double]?
    if let name = specification.offset { offset = try known.numbers(name) }
    // 2. By kind.
    var predictions = Predictions(
      rows: rows, values: [], errors: nil, survival: nil,
      horizons: horizons.isEmpty ? specification.horizons : horizons, treatment: treatment)
    switch kind {
    case .generalized(let predictor, _, let link):
      predictor.predict(matrix, offset, link, &predictions)
    case .mixed(let model, _, let covariance):
      let result = model.predict(matrix, random: try specification.randomTerms(known))
      predictions.values = result.values
      predictions.errors = Regression.linearPredictorErrors(matrix.matrix, covariance)
      for (factor, count) in result.unseen { predictions.treatment.unseen[factor] = count }
    case .mixedGeneralized(let model, _, let covariance):
      let result = model.predict(matrix, offset: offset, random: try specification.randomTerms(known))
      predictions.values = result.values
      let errors = Regression.linearPredictorErrors(matrix.matrix, covariance)
      predictions.errors = zip(result.values, errors).map { value, error in
        abs(model.link.derivatives(model.link.predictor(value)).slope) * error
      }
      for (factor, count) in result.unseen { predictions.treatment.unseen[factor] = count }
    case .cox, .duration, .discrete, .kaplanMeier:
      try predictSurvival(matrix, known, offset, &predictions)
    case .relativeRisk(let predictor):
      predictor.predict(matrix, offset, .log, &predictions)
    }
    return predictions
  }

  /// The distribution of the response, with the size of a negative binomial where it was estimated; gaussian for mixed
  /// models.
  public var family: Family {
    if case .generalized(_, let family, _) = kind { family } else { specification.family }
  }

  public var link: Link {
    if case .generalized(_, _, let link) = kind { link } else { specification.usedLink }
  }

  /// The variances of the random effects and of the residual; empty for other kinds of model.
  public var varianceComponents: [VarianceComponent] {
    switch kind {
    case .mixed(_, let components, _), .mixedGeneralized(_, let components, _): components
    default: []
    }
  }

  /// The shrunken effects of a mixed model's levels; empty for other kinds of model.
  public var randomEffects: [RandomEffects] {
    switch kind {
    case .mixed(let model, _, _): model.randomEffects
    case .mixedGeneralized(let model, _, _): model.randomEffects
    default: []
    }
  }
}

extension FittedRegression.LinearPredictor {
  func predict(
    _ matrix: DesignMatrix, _ offset: [Double]?, _ link: Link, _ predictions: inout FittedRegression.Predictions
  ) {
    var predictor = matrix.predictor(coefficients)
    if let offset { for i in predictor.indices { predictor[i] += offset[i] } }
    predictions.values = predictor.map(link.mean)
    guard let covariance, matrix.factors.isEmpty else { return }
    // Delta method: the error of xᵀb times the slope of the mean.
    let errors = linearPredictorErrors(matrix.matrix, covariance)
    predictions.errors = zip(predictor, errors).map { abs(link.derivatives($0).slope) * $1 }
  }
}

extension Predictors {
  /// The strata of rows to predict, by the names of the strata of the fit.
  func strata(_ name: String, among names: [String]) throws(RegressionError) -> Strata {
    let (codes, levels) = try levels(name)
    let position = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    var result: [Int] = []
    for code in codes {
      guard let stratum = position[levels[Int(code)]] else {
        throw .unseenLevel(predictor: name, level: levels[Int(code)])
      }
      result.append(stratum)
    }
    return Strata(codes: result, names: names)
  }
}
