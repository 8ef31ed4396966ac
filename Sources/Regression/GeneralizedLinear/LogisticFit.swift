internal import Glibc
public import LinearAlgebra

/// A fitted logistic regression.
public struct LogisticFit: Sendable {
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// The estimated coefficients with their standard errors, without dropped columns.
  public let terms: [Coefficient]
  public let dropped: [DroppedColumn]
  /// Covariance of all coefficients, p × p; zeros for dropped columns.
  public let covariance: Matrix
  /// Rows with a weight above zero.
  public let observations: Int
  /// Degrees of freedom that the fit uses: the rank, or less with a penalty.
  public let effectiveParameters: Double
  /// Σ w (y η − log(1 + e^η)), without the penalty and without binomial coefficients.
  public let logLikelihood: Double
  /// Twice the distance of the log-likelihood from that of a perfect fit.
  public let deviance: Double
  public let iterations: Int
  /// The largest element of the penalised gradient per unit of weight and per standard deviation of its column.
  public let scaledGradient: Double

  /// −2 logLik + 2 effective parameters.
  public var aic: Double { -2 * logLikelihood + 2 * effectiveParameters }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// xᵀb for every row.
  public func linearPredictor(_ design: DesignMatrix) -> [Double] { design.matrix * coefficients }

  /// P(y = 1) for every row.
  public func predict(_ design: DesignMatrix) -> [Double] { linearPredictor(design).map(logistic) }

  /// P(y = 1) with an interval for every row: the interval of xᵀb, which is close to normal, mapped to probabilities.
  /// Cost: 2 n p².
  public func predict(
    _ design: DesignMatrix, level: Double
  ) -> [(probability: Double, interval: ClosedRange<Double>)] {
    let predictor = linearPredictor(design)
    let errors = linearPredictorErrors(design.matrix, covariance)
    let quantile = Coefficient(name: "", estimate: 0, standardError: 1, degreesOfFreedom: .infinity)
      .interval(level: level).upperBound
    return zip(predictor, errors).map { eta, error in
      (logistic(eta), logistic(eta - quantile * error)...logistic(eta + quantile * error))
    }
  }

  init(
    _ problem: LogisticProblem, _ state: LogisticProblem.State, inverse: Matrix, names: [String], kept: [Int],
    dropped: [DroppedColumn], iterations: Int, standardErrors: StandardErrors
  ) {
    self.names = names
    self.dropped = dropped
    self.iterations = iterations
    observations = problem.rowCount
    logLikelihood = state.logLikelihood
    deviance = max(0, 2 * (LogisticFit.perfectLogLikelihood(problem) - state.logLikelihood))
    let shrinkage = kept.indices.reduce(0) { $0 + inverse[$1, $1] * problem.penalty[$1] }
    effectiveParameters = Double(kept.count) - shrinkage
    scaledGradient = LogisticFit.scaledGradient(problem, state)
    var groups: Int?
    let reduced: Matrix
    switch standardErrors {
    case .model: reduced = inverse
    case .robust:
      reduced =
        SandwichCovariance.covariance(
          bread: inverse, design: problem.design.matrix, scores: problem.scores(state), clusters: nil
        ).covariance
    case .clustered(let clusters):
      let result = SandwichCovariance.covariance(
        bread: inverse, design: problem.design.matrix, scores: problem.scores(state), clusters: clusters)
      reduced = result.covariance
      groups = result.groups
    }
    var coefficients = [Double](repeating: 0, count: names.count)
    for (index, column) in kept.enumerated() { coefficients[column] = state.coefficients[index] }
    self.coefficients = coefficients
    covariance = reduced.expanded(kept, order: names.count)
    terms = kept.enumerated().map { index, column in
      Coefficient(
        name: names[column], estimate: coefficients[column],
        standardError: max(0, reduced[index, index]).squareRoot(),
        degreesOfFreedom: groups.map { Double($0 - 1) } ?? .infinity)
    }
  }

  /// Σ w (y log y + (1 − y) log(1 − y)): zero for outcomes 0 and 1.
  private static func perfectLogLikelihood(_ problem: LogisticProblem) -> Double {
    var sum = 0.0
    for (i, y) in problem.response.enumerated() where y > 0 && y < 1 {
      sum += (problem.weights?[i] ?? 1) * (y * log(y) + (1 - y) * log1p(-y))
    }
    return sum
  }

  private static func scaledGradient(_ problem: LogisticProblem, _ state: LogisticProblem.State) -> Double {
    let gradient = problem.gradient(state)
    let total = problem.weights?.reduce(0, +) ?? Double(problem.response.count)
    var largest = 0.0
    for (column, value) in gradient.enumerated() {
      let (mean, deviation) = problem.design.moments(column, weights: problem.weights)
      let scale = deviation > 0 ? deviation : abs(mean)
      if scale > 0 { largest = max(largest, abs(value) / (total * scale)) }
    }
    return largest
  }
}

/// 1 / (1 + e^−x), without overflow.
public func logistic(_ x: Double) -> Double {
  let small = exp(-abs(x))
  return (x < 0 ? small : 1) / (1 + small)
}

/// log(p / (1 − p)), the inverse of `logistic`.
public func logit(_ p: Double) -> Double { log(p) - log1p(-p) }
