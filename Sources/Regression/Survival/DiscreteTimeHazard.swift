internal import LinearAlgebra

/// A model of the chance that the event happens in a period, given that it has not happened before: periods 1, 2, 3 …
/// (months, say), covariates, and a baseline over the periods.
///
/// link(hazard of row i in period k) = xᵢᵀb + baseline of its stratum at k. This is binary regression on one record per
/// row and period at risk, but the records are never written out: they share xᵢ within a row and the baseline's columns
/// within a period, so that an iteration costs n p² + (records) instead of (records) p². Source: Singer and Willett,
/// "It's about time: using discrete-time survival analysis" (1993); Prentice and Gloeckler (1978) for the complementary
/// log-log, under which hazards are proportional in continuous time. Newton's method with step-halving.
///
/// Minimises −logLik / Σw + λ/2 Σ sⱼ² bⱼ² with sⱼ the population deviation of column j; the baseline is not penalised.
public struct DiscreteTimeHazard: Sendable, Hashable, Codable {
  public enum HazardLink: String, Sendable, Hashable, Codable, CaseIterable {
    case logit
    case complementaryLogLog
  }

  public enum Baseline: Sendable, Hashable, Codable {
    /// A coefficient per period; a period without an event shares that of the next one that has some.
    case factor
    /// A natural cubic spline of log(period), with knots at quantiles of the events.
    case spline(degreesOfFreedom: Int)
  }

  public var link: HazardLink
  public var baseline: Baseline
  /// λ ≥ 0.
  public var ridge: Double
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(
    link: HazardLink = .logit, baseline: Baseline = .spline(degreesOfFreedom: 4), ridge: Double = 0,
    iterationLimit: Int = 60
  ) {
    self.link = link
    self.baseline = baseline
    self.ridge = ridge
    self.iterationLimit = iterationLimit
  }

  /// Most periods that a row may span.
  static let longest = 100_000

  /// - Parameters:
  ///   - design: n × p; an intercept column is dropped, as the baseline holds the level.
  ///   - response: whole times: the period of the event, or the last one without it. With an entry the row is at risk
  ///     from the period after it. Strata have baselines of their own.
  ///   - weights: n values ≥ 0; nil for ones.
  public func fit(
    _ design: DesignMatrix, _ response: SurvivalResponse, weights: [Double]? = nil,
    standardErrors: StandardErrors = .model
  ) throws(RegressionError) -> DiscreteTimeFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    guard ridge >= 0, ridge.isFinite else { throw .badSpecification("the ridge penalty \(ridge) is negative") }
    if let column = design.notFiniteColumn { throw .notFinite(column: column) }
    try checkWeights(weights)
    try DiscreteTimeHazard.checkPeriods(response)
    // 1. The baseline's columns per period, and one by one the columns of the design that add to it.
    let basis = try PeriodBasis(baseline, response, weights)
    var problem = DiscreteTimeProblem(
      design: design, columns: Array(0..<design.matrix.columns), response: response, weights: weights, link: link,
      basis: basis, ridge: ridge)
    let start = problem.state(at: problem.start())
    var derivatives = problem.derivatives(start)
    let rank = try problem.independentColumns(derivatives)
    problem.columns = rank.kept
    problem.penalty = rank.kept.map { problem.penalty[$0] }
    // 2. Newton steps until the next one would move the coefficients by less than 1e-12 of their standard errors.
    var state = problem.state(at: problem.start())
    var (iterations, isLast) = (0, false)
    while true {
      derivatives = problem.derivatives(state)
      guard let factor = try? ScaledCholesky(derivatives.information) else {
        throw .notConverged(iterations: iterations, cause: "the information matrix became singular")
      }
      let direction = factor.solve(derivatives.gradient)
      let decrement = dot(derivatives.gradient, direction)
      if isLast {
        return DiscreteTimeFit(
          self, problem, state, inverse: factor.inverse(), rank: rank, iterations: iterations,
          standardErrors: standardErrors)
      }
      iterations += 1
      // A fit that exists needs far fewer steps; without one every step moves on by about as much as the last.
      if iterations > min(25, iterationLimit) { throw problem.separation(direction) }
      isLast = decrement < 1e-14
      guard let next = problem.step(state, direction, decrement: decrement) else {
        throw .notConverged(iterations: iterations, cause: "no step along the Newton direction improves the likelihood")
      }
      state = next
    }
  }

  private static func checkPeriods(_ response: SurvivalResponse) throws(RegressionError) {
    let isWhole = { (time: Double) in time == time.rounded() && time <= Double(longest) }
    let allowed = "whole periods from 1 to \(longest)"
    if let row = response.time.firstIndex(where: { !isWhole($0) || $0 < 1 }) {
      throw .badResponse(row: row, value: response.time[row], allowed: allowed)
    }
    if let entry = response.entry, let row = entry.firstIndex(where: { !isWhole($0) }) {
      throw .badResponse(row: row, value: entry[row], allowed: allowed)
    }
  }
}

/// The columns of a baseline over periods.
struct PeriodBasis: Sendable, Hashable, Codable {
  /// Of the spline over log(period); nil for a factor.
  let spline: NaturalSpline?
  /// The last period of each level of a factor, ascending.
  let ends: [Double]
  let strataNames: [String]

  var width: Int { spline.map { $0.degreesOfFreedom + 1 } ?? max(ends.count, 1) }

  var names: [String] {
    var columns = ["(baseline)"]
    if let spline {
      columns += (1...spline.degreesOfFreedom).map { "spline(period)[\($0)]" }
    } else if !ends.isEmpty {
      columns = ends.map { "period[\(Int($0))]" }
    }
    guard strataNames.count > 1 else { return columns }
    return strataNames.flatMap { stratum in columns.map { "\(stratum):\($0)" } }
  }

  init(
    _ baseline: DiscreteTimeHazard.Baseline, _ response: SurvivalResponse, _ weights: [Double]?
  ) throws(RegressionError) {
    strataNames = response.strata?.names ?? [""]
    let rows = response.event.indices.filter { response.event[$0] && (weights?[$0] ?? 1) > 0 }
    guard !rows.isEmpty else { throw .noEvents }
    for (stratum, name) in strataNames.enumerated() where strataNames.count > 1 {
      guard rows.contains(where: { response.strata?.codes[$0] == stratum }) else {
        throw .badSpecification("stratum `\(name)` has no event, so that its baseline cannot be estimated")
      }
    }
    switch baseline {
    case .factor:
      spline = nil
      // Every stratum needs an event in every level: a level ends where all of them have had one since the last end.
      var missing = Set(strataNames.indices)
      var ends: [Double] = []
      for row in rows.sorted(by: { response.time[$0] < response.time[$1] }) {
        if missing.isEmpty, response.time[row] > ends[ends.count - 1] { missing = Set(strataNames.indices) }
        missing.remove(response.strata?.codes[row] ?? 0)
        if missing.isEmpty, ends.last != response.time[row] { ends.append(response.time[row]) }
      }
      self.ends = ends
    case .spline(let degrees):
      guard degrees >= 1 else { throw .badSpecification("the baseline's spline has \(degrees) degrees of freedom") }
      spline = NaturalSpline(degreesOfFreedom: degrees, over: rows.map { logarithm(response.time[$0]) })
      ends = []
    }
  }

  /// The values of the columns in a period.
  func values(_ period: Int) -> [Double] {
    if let spline {
      return [1] + (0..<spline.degreesOfFreedom).map { spline.basis($0, at: logarithm(Double(period))) }
    }
    var values = [Double](repeating: 0, count: width)
    // After the last level its hazard goes on.
    values[ends.firstIndex { Double(period) <= $0 } ?? width - 1] = 1
    return values
  }
}
