internal import Glibc
internal import LinearAlgebra

/// Logistic regression with Firth's penalty: finite estimates for separated outcomes and less bias in small samples.
///
/// Maximises logLik(b) + ½ log det I(b), where I = Xᵀ W X is the Fisher information. The modified scores are
/// Σ xᵢ (wᵢ (yᵢ − μᵢ) + hᵢ (½ − μᵢ)) with the leverages hᵢ of √W X.
///
/// Source: Firth, "Bias reduction of maximum likelihood estimates" (Biometrika 80, 1993); Heinze and Schemper, "A solution
/// to the problem of separation in logistic regression" (Statistics in Medicine 21, 2002). Each iteration is a Newton
/// step of the logistic regression in which row i has hᵢ further trials, half of them successes, with step-halving; the
/// leverages move with b, so that convergence is linear but fast. Cost: n p² an iteration, usually 10 to 40 of them;
/// memory: a copy of the design.
public struct FirthRegression: Sendable, Hashable, Codable {
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(iterationLimit: Int = 500) { self.iterationLimit = iterationLimit }

  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n values in 0…1: 0 and 1, or shares of events with the number of trials as weight.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - offset: n values added to xᵀb; nil for zeros.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, offset: [Double]? = nil
  ) throws(RegressionError) -> FirthFit {
    try check(design, response, weights, offset)
    let (used, kept, dropped) = try FirthProblem.independentColumns(design, weights)
    let problem = FirthProblem(used, response, weights, offset)
    guard kept.count <= problem.observations else {
      throw .tooFewRows(rows: problem.observations, coefficients: kept.count)
    }
    let (state, iterations) = try maximum(problem, from: kept.map { _ in 0 })
    return FirthFit(problem, state, names: design.names, kept: kept, dropped: dropped, iterations: iterations)
  }

  /// The interval of the values of one coefficient that the profile of the penalised likelihood does not reject: unlike
  /// the interval from the standard error it is right where the likelihood is lopsided, as under separation.
  ///
  /// Its ends solve 2 (l* − l*(β)) = χ²(level, 1), with l*(β) maximised over the other coefficients (Heinze and Schemper
  /// 2002, section 2.3). Infinite where the profile never falls that far. Cost: about ten fits for each end.
  /// - Parameters: those of the fit.
  public func profileInterval(
    of name: String, level: Double = 0.95, _ fit: FirthFit, _ design: DesignMatrix, response: [Double],
    weights: [Double]? = nil, offset: [Double]? = nil
  ) throws(RegressionError) -> ClosedRange<Double> {
    try check(design, response, weights, offset)
    guard let term = fit[name], let index = fit.terms.firstIndex(of: term) else { throw .unknownPredictor(name) }
    let kept = fit.names.indices.filter { column in fit.terms.contains { $0.name == fit.names[column] } }
    let used = DesignMatrix(design.matrix.selecting(columns: kept), names: kept.map { fit.names[$0] })
    let problem = FirthProblem(used, response, weights, offset)
    let quantile = Coefficient(name: "", estimate: 0, standardError: 1, degreesOfFreedom: .infinity)
      .interval(level: level).upperBound
    var profile = Profile(
      regression: self, problem: problem, index: index, best: kept.map { fit.coefficients[$0] },
      target: fit.penalizedLogLikelihood - quantile * quantile / 2)
    let lower = try profile.end(from: term.estimate, step: -quantile * term.standardError)
    let upper = try profile.end(from: term.estimate, step: quantile * term.standardError)
    return lower...upper
  }

  private func check(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ offset: [Double]?
  ) throws(RegressionError) {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    precondition(weights.map { $0.count == response.count } ?? true, "the weights do not fit the design")
    precondition(offset.map { $0.count == response.count } ?? true, "the offset does not fit the design")
    guard design.matrix.rows > 0 else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    if let row = response.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw .badResponse(row: row, value: response[row], allowed: "0 to 1")
    }
    guard offset?.isAllFinite ?? true else { throw .notFinite(column: "offset") }
    try checkWeights(weights)
  }

  /// Maximises the penalised likelihood, with one coefficient held where `fixed` names it.
  func maximum(
    _ problem: FirthProblem, from start: [Double], fixed: Int? = nil
  ) throws(RegressionError) -> (state: FirthProblem.State, iterations: Int) {
    guard var state = problem.state(at: start) else {
      throw .notConverged(iterations: 0, cause: "the information matrix is singular at the start")
    }
    var (iterations, settled) = (0, 0)
    var smallest = Double.infinity
    // Rounding moves the steps of the end: they stop where two in a row no longer get smaller.
    while settled < 2 {
      guard iterations < iterationLimit else {
        throw .notConverged(iterations: iterations, cause: "the steps are still \(smallest) standard errors long")
      }
      iterations += 1
      // 1. Modified scores, and a Newton step with the leverages as they are.
      guard let direction = problem.direction(state, fixed: fixed) else {
        throw .notConverged(iterations: iterations, cause: "the information matrix became singular")
      }
      // 2. Its length in standard errors.
      let length = direction.indices.reduce(0) { max($0, abs(direction[$1]) / state.standardErrors[$1]) }
      // 3. As far as the penalised likelihood rises.
      guard let next = problem.step(state, direction, isClose: length < 1e-6) else {
        throw .notConverged(iterations: iterations, cause: "no step along the scores improves the likelihood")
      }
      state = next
      if length < 1e-9, length >= smallest / 2 || length < 1e-15 { settled += 1 }
      smallest = min(smallest, length)
    }
    return (state, iterations)
  }

  /// The profile of the penalised likelihood along one coefficient.
  private struct Profile {
    let regression: FirthRegression
    let problem: FirthProblem
    let index: Int
    /// Where the inner fits start.
    var best: [Double]
    let target: Double

    /// l*(β) − target.
    private mutating func excess(_ value: Double) throws(RegressionError) -> Double {
      var start = best
      start[index] = value
      let state = try regression.maximum(problem, from: start, fixed: index).state
      best = state.coefficients
      return state.penalizedLogLikelihood - target
    }

    /// Doubles the step until the profile lies below the target, then closes in by the Illinois variant of the secant
    /// rule.
    mutating func end(from estimate: Double, step: Double) throws(RegressionError) -> Double {
      var (inside, outside) = (estimate, estimate + step)
      var insideExcess = try excess(inside)
      var outsideExcess = try excess(outside)
      var length = step
      while outsideExcess > 0 {
        length *= 2
        guard abs(length) < 1e6 * abs(step) else { return step < 0 ? -.infinity : .infinity }
        (inside, insideExcess) = (outside, outsideExcess)
        outside = estimate + length
        outsideExcess = try excess(outside)
      }
      for _ in 0..<100 {
        if abs(outside - inside) <= 1e-12 * abs(step) { break }
        let middle = outside - outsideExcess * (outside - inside) / (outsideExcess - insideExcess)
        let middleExcess = try excess(middle)
        if abs(middleExcess) < 1e-13 * max(1, abs(target)) { return middle }
        if (middleExcess > 0) == (outsideExcess > 0) {
          insideExcess /= 2
        } else {
          (inside, insideExcess) = (outside, outsideExcess)
        }
        (outside, outsideExcess) = (middle, middleExcess)
      }
      return outside
    }
  }
}
