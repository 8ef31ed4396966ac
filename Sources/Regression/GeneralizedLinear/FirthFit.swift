public import LinearAlgebra

/// A fitted Firth regression.
public struct FirthFit: Sendable {
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// The estimated coefficients with their standard errors, without dropped columns.
  public let terms: [Coefficient]
  public let dropped: [DroppedColumn]
  /// The inverse of the Fisher information at the estimate, p × p; zeros for dropped columns.
  public let covariance: Matrix
  /// Rows with a weight above zero.
  public let observations: Int
  /// Σ w (y η − log(1 + e^η)).
  public let logLikelihood: Double
  /// logLik + ½ log det I.
  public let penalizedLogLikelihood: Double
  public let iterations: Int

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// xᵀb, plus the offset, for every row.
  public func linearPredictor(_ design: DesignMatrix, offset: [Double]? = nil) -> [Double] {
    let predictor = design.matrix * coefficients
    guard let offset else { return predictor }
    precondition(offset.count == predictor.count, "the offset does not fit the design")
    return zip(predictor, offset).map { $0 + $1 }
  }

  /// P(y = 1) for every row.
  public func predict(_ design: DesignMatrix, offset: [Double]? = nil) -> [Double] {
    linearPredictor(design, offset: offset).map(logistic)
  }

  init(
    _ problem: FirthProblem, _ state: FirthProblem.State, names: [String], kept: [Int], dropped: [DroppedColumn],
    iterations: Int
  ) {
    self.names = names
    self.dropped = dropped
    self.iterations = iterations
    observations = problem.observations
    logLikelihood = state.logLikelihood
    penalizedLogLikelihood = state.penalizedLogLikelihood
    covariance = state.inverse.expanded(kept, order: names.count)
    var coefficients = [Double](repeating: 0, count: names.count)
    for (index, column) in kept.enumerated() { coefficients[column] = state.coefficients[index] }
    self.coefficients = coefficients
    let errors = state.standardErrors
    terms = kept.enumerated().map { index, column in
      Coefficient(
        name: names[column], estimate: coefficients[column], standardError: errors[index],
        degreesOfFreedom: .infinity)
    }
  }
}
