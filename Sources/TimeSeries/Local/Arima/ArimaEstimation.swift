import Glibc

/// One ARMA model of a differenced series, fitted by exact maximum likelihood.
struct ArimaEstimate: Sendable {
  var order: ArimaOrder
  /// Partial autocorrelations of φ, θ, Φ, Θ, one after another.
  var partials: [Double]
  /// φ, θ, Φ, Θ, one after another.
  var coefficients: [Double]
  /// What was filled in for unknown values, less what they are estimated to be.
  var unknown: [Double]
  /// Of the constant and the regressors, by generalised least squares.
  var effects: [Double]
  /// Σ of squared standardised errors.
  var squares: Double
  var logDeterminant: Double
  /// Values that are known after differencing.
  var knownCount: Int
  var evaluations: Int

  /// −2 × log-likelihood at the best error variance.
  var deviance: Double {
    let n = Double(knownCount)
    guard squares > 0, n > 0 else { return -.infinity }
    return n * (log(2 * .pi) + 1 + log(squares / n)) + logDeterminant
  }

  /// Coefficients, effects and the error variance.
  var parameterCount: Int { coefficients.count + effects.count + 1 }

  /// AICc; infinite where there are too few values for it.
  var criterion: Double {
    let k = Double(parameterCount)
    let room = Double(knownCount) - k - 1
    return room > 0 ? deviance + 2 * k + 2 * k * (k + 1) / room : .infinity
  }

  /// Whether no root of a polynomial lies within a hundredth of the unit circle: a model at the border has differences
  /// too many or too few, and its likelihood is not to be compared (Hyndman & Khandakar 2008, section 3.2).
  var isWellInside: Bool {
    let (p, q) = (order.regular.p, order.regular.q)
    let (seasonalP, seasonalQ) = (order.seasonal.p, order.seasonal.q)
    let (near, far) = (1.01, pow(1.01, Double(order.season)))
    var start = 0
    for (count, radius, sign) in [(p, near, 1.0), (q, near, -1), (seasonalP, far, 1), (seasonalQ, far, -1)] {
      let part = coefficients[start..<start + count].map { sign * $0 }
      guard PartialAutocorrelations.hasRootsBeyond(radius, part[...]) else { return false }
      start += count
    }
    return true
  }
}

extension ArimaEstimate {
  /// A series that is nothing but its constant, or zero without one.
  init(constant: Double, order: ArimaOrder, columns: Int, count: Int) {
    self.order = order
    (partials, coefficients, unknown) = ([], [], [])
    effects = [Double](repeating: 0, count: columns - 1)
    if order.hasConstant { effects[0] = constant }
    (squares, logDeterminant, knownCount, evaluations) = (0, 0, count, 0)
  }
}

/// Finds the maximum of the exact likelihood.
///
/// −2 log L = n log(Σ eₜ² · (Π Fₜ)^{1/n}) + constant for standardised errors eₜ, so that maximum likelihood is nonlinear
/// least squares with the residuals eₜ (Π Fₜ)^{1/2n}. Effects of regressors are projected out at every evaluation
/// (generalised least squares), which leaves the partial autocorrelations alone; they are searched by
/// Levenberg-Marquardt steps with a numerical Jacobian inside the cube of stationary and invertible models.
///
/// Source: Ansley, Biometrika 66 (1979); Golub & Pereyra, SIAM Journal on Numerical Analysis 10 (1973); Moré, "The
/// Levenberg-Marquardt algorithm" (1978). Cost: coefficients + 2 evaluations a step, seldom more than eight steps.
struct ArimaEstimation {
  /// The differenced series, then the differenced regressors: count × columns.
  let data: [Double]
  let count: Int
  let columns: Int
  /// Values of the first column that are known.
  let knownCount: Int
  /// Columns after the first that stand for unknown values: their determinant belongs to the likelihood.
  let unknownColumns: Int

  private var filter: ArimaFilter
  private var normal: NormalSystem
  private var logDeterminant = 0.0
  private var residuals: [Double]
  private var trial: [Double]
  private var jacobian: [Double] = []
  private(set) var evaluations = 0

  /// The partial autocorrelations stay this far inside the cube.
  static let border = 0.9995
  private static let step = 1e-5

  init(data: [Double], count: Int, columns: Int, knownCount: Int, unknownColumns: Int) {
    self.data = data
    self.count = count
    self.columns = columns
    self.knownCount = knownCount
    self.unknownColumns = unknownColumns
    filter = ArimaFilter(count: count, columns: columns)
    normal = NormalSystem(order: columns - 1)
    residuals = [Double](repeating: 0, count: count)
    trial = residuals
  }

  /// Of the differenced series.
  var meanOfFirst: Double { data.prefix(count).reduce(0, +) / Double(max(1, count)) }

  /// A point of the search with its value.
  private struct Point {
    var partials: [Double]
    var coefficients: [Double]
    var value: Double
  }

  /// - Parameters:
  ///   - start: partial autocorrelations to begin from.
  ///   - alternative: another start; the better one is taken.
  ///   - tolerance: stops when −2 log L falls by less.
  ///   - budget: evaluations allowed.
  /// - Returns: `nil` where neither start is a usable model.
  mutating func maximise(
    _ order: ArimaOrder, start: [Double], or alternative: [Double]? = nil, tolerance: Double, budget: Int
  ) -> ArimaEstimate? {
    let before = evaluations
    var best = Point(partials: [], coefficients: [], value: .infinity)
    for partials in [start, alternative] {
      guard let partials else { continue }
      var point = Point(partials: partials, coefficients: partials, value: 0)
      point.value = evaluate(&point, order)
      if point.value < best.value { best = point }
    }
    guard best.value.isFinite else { return nil }
    let k = best.partials.count
    if k > 0 {
      if jacobian.count < k * count { jacobian = [Double](repeating: 0, count: k * count) }
      var normal = NormalSystem(order: k)
      var damping = 1e-3
      best.value = evaluate(&best, order)
      swap(&residuals, &trial)
      while evaluations - before + k + 2 <= budget {
        setJacobian(best, order, &normal)
        guard let next = descend(from: best, order, &normal, &damping) else { break }
        let gain = best.value - next.value
        best = next
        if gain < tolerance { break }
      }
    }
    _ = evaluate(&best, order)
    return ArimaEstimate(
      order: order, partials: best.partials, coefficients: best.coefficients,
      unknown: Array(normal.solution.prefix(unknownColumns)),
      effects: Array(normal.solution.dropFirst(unknownColumns)), squares: normal.remaining,
      logDeterminant: logDeterminant,
      knownCount: knownCount, evaluations: evaluations - before)
  }

  /// n log(Σ eₜ²) + Σ log Fₜ at one point; its residuals go to `trial`.
  private mutating func evaluate(_ point: inout Point, _ order: ArimaOrder) -> Double {
    evaluations += 1
    ArimaEstimation.setCoefficients(&point.coefficients, point.partials, order)
    guard filter.run(data, order: order, coefficients: point.coefficients) else { return .infinity }
    // Project the regressors out.
    normal.setProducts(filter.errors, count: count, target: 0)
    normal.solve()
    logDeterminant = filter.logDeterminant + normal.logDeterminant(leading: unknownColumns)
    let scale = exp(logDeterminant / Double(2 * knownCount))
    var squares = 0.0
    for time in 0..<count {
      var error = filter.errors[time]
      for column in 1..<max(1, columns) { error -= normal.solution[column - 1] * filter.errors[column * count + time] }
      squares += error * error
      trial[time] = error * scale
    }
    normal.remaining = squares
    guard squares > 0, squares.isFinite else { return .infinity }
    return Double(knownCount) * log(squares) + logDeterminant
  }

  static func setCoefficients(_ coefficients: inout [Double], _ partials: [Double], _ order: ArimaOrder) {
    for index in partials.indices { coefficients[index] = partials[index] }
    let (p, q) = (order.regular.p, order.regular.q)
    let (seasonalP, seasonalQ) = (order.seasonal.p, order.seasonal.q)
    PartialAutocorrelations.toCoefficients(&coefficients, 0..<p)
    PartialAutocorrelations.toCoefficients(&coefficients, p..<p + q)
    PartialAutocorrelations.toCoefficients(&coefficients, p + q..<p + q + seasonalP)
    PartialAutocorrelations.toCoefficients(&coefficients, p + q + seasonalP..<p + q + seasonalP + seasonalQ)
    // 1 + Σ θB is written as 1 − Σ aB.
    for index in p..<p + q { coefficients[index].negate() }
    for index in p + q + seasonalP..<coefficients.count { coefficients[index].negate() }
  }

  /// Forward differences of the residuals, each towards the middle of the cube; then JᵀJ and −Jᵀe.
  private mutating func setJacobian(_ point: Point, _ order: ArimaOrder, _ system: inout NormalSystem) {
    var shifted = point
    for axis in point.partials.indices {
      let step = point.partials[axis] > 0 ? -ArimaEstimation.step : ArimaEstimation.step
      shifted.partials[axis] += step
      let value = evaluate(&shifted, order)
      shifted.partials[axis] = point.partials[axis]
      for time in 0..<count {
        jacobian[axis * count + time] = value.isFinite ? (residuals[time] - trial[time]) / step : 0
      }
    }
    system.setProducts(jacobian, residuals, count: count)
  }

  /// A damped step that lowers the value, or nil where none is found.
  private mutating func descend(
    from point: Point, _ order: ArimaOrder, _ system: inout NormalSystem, _ damping: inout Double
  ) -> Point? {
    var next = point
    for _ in 0..<6 {
      system.solve(damping: damping)
      for axis in next.partials.indices {
        let moved = point.partials[axis] + max(-0.6, min(0.6, system.solution[axis]))
        next.partials[axis] = max(-ArimaEstimation.border, min(ArimaEstimation.border, moved))
      }
      next.value = evaluate(&next, order)
      if next.value < point.value {
        damping = max(1e-9, damping / 8)
        swap(&residuals, &trial)
        return next
      }
      damping = max(1e-4, damping * 8)
    }
    return nil
  }
}
