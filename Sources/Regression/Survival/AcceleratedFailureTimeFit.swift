internal import Glibc
public import LinearAlgebra

/// A fitted regression for durations.
public struct AcceleratedFailureTimeFit: Sendable, Codable {
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// The columns with a coefficient.
  public let kept: [Int]
  public let dropped: [DroppedColumn]
  public let distribution: DurationDistribution
  /// σ.
  public let scale: Double
  /// Covariance of all coefficients and, last, log σ: (p + 1) × (p + 1); zeros for dropped columns and a fixed σ.
  public let covariance: Matrix
  /// Rows with a weight above zero.
  public let observations: Int
  public let events: Int
  /// Of the times, not of their logarithms.
  public let logLikelihood: Double
  /// That of the model with a constant alone; nil where the design has none.
  public let nullLogLikelihood: Double?
  public let iterations: Int
  /// The number of clusters behind clustered standard errors.
  public let clusters: Int?

  static let logScaleName = "log(scale)"

  /// Estimated coefficients without dropped columns, and log σ last where it was estimated.
  public var terms: [Coefficient] {
    let degrees = clusters.map { Double($0 - 1) } ?? .infinity
    let error = { (index: Int) in max(0, covariance[index, index]).squareRoot() }
    var terms = kept.map { column in
      Coefficient(
        name: names[column], estimate: coefficients[column], standardError: error(column), degreesOfFreedom: degrees)
    }
    if !distribution.hasFixedScale {
      terms.append(
        Coefficient(
          name: AcceleratedFailureTimeFit.logScaleName, estimate: log(scale), standardError: error(names.count),
          degreesOfFreedom: degrees))
    }
    return terms
  }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// −2 logLik + 2 parameters.
  public var aic: Double { -2 * logLikelihood + 2 * Double(terms.count) }

  init(
    _ specification: AcceleratedFailureTimeRegression, _ problem: DurationProblem,
    _ solution: AcceleratedFailureTimeRegression.Solution, names: [String], rank: IndependentColumns,
    nullLogLikelihood: Double?, standardErrors: StandardErrors
  ) {
    let state = solution.state
    self.names = names
    kept = rank.kept
    dropped = rank.dropped
    distribution = specification.distribution
    scale = exp(state.logScale)
    observations = problem.weights?.count { $0 > 0 } ?? problem.matrix.rows
    events = problem.events
    logLikelihood = state.logLikelihood
    self.nullLogLikelihood = nullLogLikelihood
    iterations = solution.iterations
    var coefficients = [Double](repeating: 0, count: names.count)
    for (index, column) in kept.enumerated() { coefficients[column] = state.coefficients[index] }
    self.coefficients = coefficients
    let reduced: Matrix
    switch standardErrors {
    case .model: (reduced, clusters) = (solution.inverse, nil)
    case .robust: (reduced, clusters) = (problem.sandwich(solution, clusters: Array(0..<problem.matrix.rows)).0, nil)
    case .clustered(let numbers): (reduced, clusters) = problem.sandwich(solution, clusters: numbers)
    }
    let places = kept + (distribution.hasFixedScale ? [] : [names.count])
    covariance = reduced.expanded(places, order: names.count + 1)
  }

  /// xᵀb for every row: the location of log t.
  public func linearPredictor(_ design: DesignMatrix, offset: [Double]? = nil) -> [Double] {
    var predictor = design.matrix * coefficients
    if let offset { for i in predictor.indices { predictor[i] += offset[i] } }
    return predictor
  }

  /// P(no event by each horizon).
  /// - Parameters:
  ///   - from: per row a time that it is known to have reached: survival is then conditional on it. Nil for zero.
  ///   - errors: whether to give standard errors by the delta method. Cost with them: n h p².
  public func survival(
    _ design: DesignMatrix, horizons: [Double], from: [Double]? = nil, offset: [Double]? = nil, errors: Bool = false
  ) -> SurvivalPrediction {
    let (n, p) = (design.matrix.rows, names.count)
    let predictor = linearPredictor(design, offset: offset)
    var survival = Matrix(rows: n, columns: horizons.count)
    var standardErrors = errors ? Matrix(rows: n, columns: horizons.count) : nil
    for i in 0..<n {
      let start = logSurvival(from?[i] ?? 0, predictor[i])
      for h in horizons.indices {
        let end = logSurvival(max(horizons[h], from?[i] ?? 0), predictor[i])
        let value = exp(end.value - start.value)
        survival[i, h] = value
        guard errors else { continue }
        let (byPredictor, byLogScale) = (end.byPredictor - start.byPredictor, end.byLogScale - start.byLogScale)
        let slopes = (0..<p).map { design.matrix[i, $0] * byPredictor } + [byLogScale]
        standardErrors?[i, h] = value * max(0, dot(slopes, covariance * slopes)).squareRoot()
      }
    }
    return SurvivalPrediction(horizons: horizons, survival: survival, standardErrors: standardErrors)
  }

  /// The time by which survival has fallen to a share, per row; the median by default.
  public func quantiles(_ design: DesignMatrix, share: Double = 0.5, offset: [Double]? = nil) -> [Double] {
    let z = distribution.quantile(survival: share)
    return linearPredictor(design, offset: offset).map { exp($0 + scale * z) }
  }

  /// log S at a time, with its derivatives by η and log σ.
  private func logSurvival(
    _ time: Double, _ predictor: Double
  ) -> (value: Double, byPredictor: Double, byLogScale: Double) {
    guard time > 0 else { return (0, 0, 0) }
    let z = (log(time) - predictor) / scale
    let terms = distribution.logSurvival(z)
    return (terms.value, -terms.slope / scale, -z * terms.slope)
  }
}

extension DurationProblem {
  /// The sandwich of the rows' scores by (b, τ), summed within clusters.
  func sandwich(
    _ solution: AcceleratedFailureTimeRegression.Solution, clusters: [Int]
  ) -> (covariance: Matrix, groups: Int) {
    precondition(clusters.count == matrix.rows, "the clusters do not fit the design")
    let (group, groupCount) = clusters.numbered
    let (byPredictor, byLogScale) = scores(solution.state)
    var totals = Matrix(rows: groupCount, columns: solution.inverse.columns)
    for j in 0..<matrix.columns {
      for i in 0..<matrix.rows { totals[group[i], j] += byPredictor[i] * matrix[i, j] }
    }
    if !distribution.hasFixedScale {
      for i in 0..<matrix.rows { totals[group[i], matrix.columns] += byLogScale[i] }
    }
    // (T A⁻¹)ᵀ(T A⁻¹) is symmetric by construction.
    return ((totals * solution.inverse).gram(), groupCount)
  }
}
