internal import Glibc
public import LinearAlgebra

/// A fitted generalized linear model.
public struct GeneralizedLinearFit: Sendable {
  public let family: Family
  public let link: Link
  /// The columns of the design: those of the matrix, then the levels of factors held as codes.
  public let names: [String]
  /// One per name; zero for dropped columns.
  public let coefficients: [Double]
  /// The estimated coefficients with their standard errors, without dropped columns.
  public let terms: [Coefficient]
  public let dropped: [DroppedColumn]
  /// Covariance of the coefficients of the matrix's columns, p × p; zeros for dropped columns.
  public let covariance: Matrix
  /// Rows with a weight above zero.
  public let observations: Int
  /// Degrees of freedom that the fit uses: the rank, or less with a penalty.
  public let effectiveParameters: Double
  /// The mean of every row.
  public let fitted: [Double]
  /// Variance over V(μ): Pearson's statistic over its degrees of freedom, or 1 where the family fixes it.
  public let dispersion: Double
  /// Σ w (y − μ)² / V(μ).
  public let pearson: Double
  public let deviance: Double
  /// Deviance of the overall mean alone (of the offset alone without an intercept); nil with an offset.
  public let nullDeviance: Double?
  public let logLikelihood: Double
  public let iterations: Int
  /// The largest element of the penalised gradient per unit of weight and per standard deviation of its column.
  public let scaledGradient: Double
  /// Standard error of a negative binomial's size where it was estimated.
  public let sizeError: Double?

  /// Whether a dispersion or size was estimated beside the coefficients.
  private var estimatesMore: Bool { family.estimatesDispersion || sizeError != nil }

  /// −2 logLik + 2 (effective parameters, and one for an estimated dispersion or size).
  public var aic: Double { -2 * logLikelihood + 2 * (effectiveParameters + (estimatesMore ? 1 : 0)) }

  /// −2 logLik + log n (effective parameters, and one for an estimated dispersion or size).
  public var bic: Double {
    -2 * logLikelihood + log(Double(observations)) * (effectiveParameters + (estimatesMore ? 1 : 0))
  }

  /// Degrees of freedom left.
  public var residualDegreesOfFreedom: Double { max(0, Double(observations) - effectiveParameters) }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// xᵀb for every row, with the factors' effects, without an offset.
  public func linearPredictor(_ design: DesignMatrix) -> [Double] {
    precondition(design.allNames == names, "the design is another than that of the fit")
    return design.predictor(coefficients)
  }

  /// The mean for every row: a probability for the binomial.
  public func predict(_ design: DesignMatrix) -> [Double] { linearPredictor(design).map(link.mean) }

  /// The mean with an interval for every row: the interval of xᵀb, which is close to normal, mapped by the link.
  /// Cost: 2 n p².
  public func predict(
    _ design: DesignMatrix, level: Double
  ) -> [(mean: Double, interval: ClosedRange<Double>)] {
    let predictor = linearPredictor(design)
    let errors = linearPredictorErrors(design.matrix, covariance)
    let quantile = Coefficient(name: "", estimate: 0, standardError: 1, degreesOfFreedom: .infinity)
      .interval(level: level).upperBound
    return zip(predictor, errors).map { eta, error in
      let ends = [link.mean(eta - quantile * error), link.mean(eta + quantile * error)].sorted()
      return (link.mean(eta), ends[0]...ends[1])
    }
  }

  init(
    _ specification: GeneralizedLinearRegression, _ data: GeneralizedLinearRegression.Data,
    _ solution: GeneralizedLinearRegression.Solution, sizeError: Double?, standardErrors: StandardErrors
  ) {
    let problem = solution.problem
    family = problem.family
    link = problem.link
    observations = problem.rowCount
    iterations = solution.iterations
    dropped = solution.dropped
    self.sizeError = sizeError
    names = data.design.allNames
    // 1. Figures of the fit.
    let summary = FitSummary(problem, solution.rows.predictor)
    fitted = summary.means
    deviance = summary.deviance
    nullDeviance = summary.nullDeviance
    pearson = summary.pearson
    let (bread, levelVariances) = solution.factor.inverse()
    let variances = bread.diagonal + levelVariances
    let shrinkage = zip(variances, problem.penalty).reduce(0) { $0 + $1.0 * $1.1 }
    let parameters = Double(problem.coefficientCount) - shrinkage
    effectiveParameters = parameters
    let freedom = max(0, Double(problem.rowCount) - parameters)
    dispersion = problem.family.estimatesDispersion ? (freedom > 0 ? summary.pearson / freedom : 0) : 1
    logLikelihood = summary.logLikelihood(problem, dispersion: dispersion)
    scaledGradient = GeneralizedLinearFit.scaledGradient(solution)
    // 2. Coefficients in the order of the design, with their errors.
    let layout = CoefficientLayout(problem, data.design)
    coefficients = layout.full(solution.point.coefficients)
    let errors = CoefficientErrors(
      solution, bread: bread, levelVariances: levelVariances, dispersion: dispersion, standardErrors)
    let columns = problem.design.names.count
    covariance = errors.border.selecting(rows: Array(0..<columns)).selecting(columns: Array(0..<columns))
      .expanded(solution.kept, order: data.design.names.count)
    let degrees = errors.groups.map { Double($0 - 1) } ?? (problem.family.estimatesDispersion ? freedom : .infinity)
    let allErrors = errors.border.diagonal + errors.levelVariances
    terms = layout.order.map { name, index in
      Coefficient(
        name: name, estimate: solution.point.coefficients[index],
        standardError: max(0, allErrors[index]).squareRoot(), degreesOfFreedom: degrees)
    }
  }

  private static func scaledGradient(_ solution: GeneralizedLinearRegression.Solution) -> Double {
    let problem = solution.problem
    // The deviations of some ten thousand rows do as the units of a residual.
    let step = max(1, problem.response.count / 20_000)
    let rows = Array(stride(from: 0, to: problem.response.count, by: step))
    let sample = step == 1 ? problem.design : problem.design.selecting(rows: rows)
    let weights = step == 1 ? problem.weights : problem.weights.map { weights in rows.map { weights[$0] } }
    var largest = 0.0
    for (column, value) in solution.point.gradient.prefix(problem.design.names.count).enumerated() {
      let (mean, deviation) = sample.moments(column, weights: weights)
      let scale = deviation > 0 ? deviation : abs(mean)
      if scale > 0 { largest = max(largest, abs(value) / (problem.totalWeight * scale)) }
    }
    for value in solution.point.gradient.dropFirst(problem.design.names.count) {
      largest = max(largest, abs(value) / problem.totalWeight)
    }
    return largest
  }
}

/// Where the coefficients of a problem stand in its design: the problem puts the largest factor last and leaves out
/// dropped columns.
private struct CoefficientLayout {
  /// Names in the design's order with their index among the problem's coefficients.
  var order: [(name: String, index: Int)] = []
  private var positions: [Int] = []
  private var count: Int

  init(_ problem: GeneralizedLinearProblem, _ design: DesignMatrix) {
    let all = design.allNames
    let position = Dictionary(zip(all, all.indices), uniquingKeysWith: { first, _ in first })
    count = all.count
    let placed = problem.names.enumerated().map { (name: $1, index: $0, position: position[$1] ?? 0) }
    for entry in placed.sorted(by: { $0.position < $1.position }) {
      order.append((entry.name, entry.index))
      positions.append(entry.position)
    }
  }

  func full(_ coefficients: [Double]) -> [Double] {
    var full = [Double](repeating: 0, count: count)
    for (entry, position) in zip(order, positions) { full[position] = coefficients[entry.index] }
    return full
  }
}
