internal import Glibc
public import LinearAlgebra

/// A fitted discrete-time hazard.
public struct DiscreteTimeFit: Sendable, Codable {
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// The columns with a coefficient.
  public let kept: [Int]
  public let dropped: [DroppedColumn]
  public let link: DiscreteTimeHazard.HazardLink
  /// The baseline's coefficients, stratum after stratum, for a row at the mean of the covariates.
  public let baselineCoefficients: [Double]
  public let baselineNames: [String]
  /// Covariance of the kept coefficients and then the baseline's.
  public let covariance: Matrix
  /// Rows with a weight above zero, and their records of a period each.
  public let observations: Int
  public let records: Int
  public let events: Int
  /// Degrees of freedom that the fit uses: the number of parameters, or less with a penalty.
  public let effectiveParameters: Double
  /// Σ of the records' log-likelihood, without the penalty.
  public let logLikelihood: Double
  public let iterations: Int
  /// The number of clusters behind clustered standard errors.
  public let clusters: Int?
  private let basis: PeriodBasis
  private let centres: [Double]

  /// The estimated coefficients, and then those of the baseline.
  public var terms: [Coefficient] {
    let estimates = kept.map { (names[$0], coefficients[$0]) } + Array(zip(baselineNames, baselineCoefficients))
    return estimates.enumerated().map { index, term in
      Coefficient(
        name: term.0, estimate: term.1, standardError: max(0, covariance[index, index]).squareRoot(),
        degreesOfFreedom: clusters.map { Double($0 - 1) } ?? .infinity)
    }
  }

  public subscript(name: String) -> Coefficient? { terms.first { $0.name == name } }

  /// −2 logLik + 2 effective parameters.
  public var aic: Double { -2 * logLikelihood + 2 * effectiveParameters }

  init(
    _ specification: DiscreteTimeHazard, _ problem: DiscreteTimeProblem, _ state: DiscreteTimeProblem.State,
    inverse: Matrix, rank: IndependentColumns, iterations: Int, standardErrors: StandardErrors
  ) {
    names = problem.design.names
    kept = rank.kept
    dropped = rank.dropped
    link = problem.link
    basis = problem.basis
    baselineNames = problem.basis.names
    centres = rank.kept.map { problem.centres[$0] }
    logLikelihood = state.logLikelihood
    self.iterations = iterations
    let used = problem.response.time.indices.filter { (problem.weights?[$0] ?? 1) > 0 }
    observations = used.count
    events = used.count { problem.response.event[$0] }
    records = used.reduce(0) { $0 + Int(problem.response.time[$1] - (problem.response.entry?[$1] ?? 0)) }
    var coefficients = [Double](repeating: 0, count: names.count)
    for (index, column) in kept.enumerated() { coefficients[column] = state.coefficients[index] }
    self.coefficients = coefficients
    baselineCoefficients = Array(state.coefficients[kept.count...])
    effectiveParameters =
      Double(inverse.columns) - problem.penalty.indices.reduce(0) { $0 + inverse[$1, $1] * problem.penalty[$1] }
    switch standardErrors {
    case .model: (covariance, clusters) = (inverse, nil)
    case .robust:
      (covariance, clusters) = (problem.sandwich(state, inverse, Array(0..<problem.response.count)).covariance, nil)
    case .clustered(let numbers): (covariance, clusters) = problem.sandwich(state, inverse, numbers)
    }
  }

  /// P(no event in the periods up to each horizon).
  /// - Parameters:
  ///   - horizons: periods; parts of a period do not count.
  ///   - strata: the strata of the rows; nil where the fit has none.
  ///   - from: per row the last period that it is known to have passed: survival is then conditional on it.
  ///   - errors: whether to give standard errors by the delta method.
  ///
  /// Beyond the periods of the fit the baseline goes on as its last level, or as its spline does. Cost: n × the longest
  /// horizon, with errors n h (p + q)².
  public func survival(
    _ design: DesignMatrix, horizons: [Double], strata: Strata? = nil, from: [Double]? = nil, errors: Bool = false
  ) throws(RegressionError) -> SurvivalPrediction {
    let codes = try codes(strata, rows: design.matrix.rows)
    let count = max(0, Int(horizons.max() ?? 0))
    let periods = (0..<count).map { basis.values($0 + 1) }
    let levels = basis.strataNames.indices.map { stratum in
      let c = Array(baselineCoefficients[(stratum * basis.width)...].prefix(basis.width))
      return periods.map { dot($0, c) }
    }
    var survival = Matrix(rows: design.matrix.rows, columns: horizons.count)
    var standardErrors = errors ? survival : nil
    let order = horizons.indices.sorted { horizons[$0] < horizons[$1] }
    for i in 0..<design.matrix.rows {
      let stratum = codes?[i] ?? 0
      let x = kept.indices.map { design.matrix[i, kept[$0]] - centres[$0] }
      let predictor = dot(x, kept.map { coefficients[$0] })
      var (logSurvival, slopeSum, period) = (0.0, 0.0, max(0, Int(from?[i] ?? 0)))
      var slopes = [Double](repeating: 0, count: basis.width)
      for h in order {
        while period < Int(horizons[h]) {
          let terms = link.survivalTerms(predictor + levels[stratum][period])
          logSurvival += terms.logSurvival
          slopeSum += terms.slope
          if errors { for j in slopes.indices { slopes[j] += terms.slope * periods[period][j] } }
          period += 1
        }
        survival[i, h] = exp(logSurvival)
        guard errors else { continue }
        var gradient = x.map { $0 * slopeSum } + baselineCoefficients.map { _ in 0 }
        for j in slopes.indices { gradient[x.count + stratum * basis.width + j] = slopes[j] }
        standardErrors?[i, h] = exp(logSurvival) * max(0, dot(gradient, covariance * gradient)).squareRoot()
      }
    }
    return SurvivalPrediction(horizons: horizons, survival: survival, standardErrors: standardErrors)
  }

  private func codes(_ strata: Strata?, rows: Int) throws(RegressionError) -> [Int]? {
    guard basis.strataNames.count > 1 else { return nil }
    guard let strata else { throw .badSpecification("the model has strata, and the rows to predict have none") }
    precondition(strata.codes.count == rows, "the strata do not fit the design")
    return try strata.codes(among: basis.strataNames)
  }
}

extension DiscreteTimeProblem {
  /// The sandwich of the rows' scores, summed within clusters, without a small-sample factor.
  func sandwich(_ state: State, _ inverse: Matrix, _ clusters: [Int]) -> (covariance: Matrix, groups: Int) {
    precondition(clusters.count == response.count, "the clusters do not fit the design")
    let (group, groupCount) = clusters.numbered
    let p = columns.count
    var totals = Matrix(rows: groupCount, columns: inverse.columns)
    forEachPanel(state) { rows, panel, scores, _ in
      for (index, row) in rows.enumerated() {
        let sum = scores[index].reduce(0, +)
        for j in 0..<p { totals[group[row], j] += sum * panel[index, j] }
        let first = p + (response.strata?.codes[row] ?? 0) * basis.width
        for (offset, score) in scores[index].enumerated() {
          let z = periods[Int(response.entry?[row] ?? 0) + offset]
          for j in 0..<basis.width { totals[group[row], first + j] += score * z[j] }
        }
      }
    }
    return ((totals * inverse).gram(), groupCount)
  }
}
