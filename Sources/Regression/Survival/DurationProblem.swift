internal import Glibc
internal import LinearAlgebra

/// The log-likelihood of durations and its derivatives by (b, τ), τ = log σ.
///
/// With z = (log t − η) / σ and u = log f for events, log S for censored rows: a row contributes u(z), for events also
/// −τ − log t, and −log S at its entry.
struct DurationProblem {
  var matrix: Matrix
  let response: SurvivalResponse
  let weights: [Double]?
  let offset: [Double]?
  let distribution: DurationDistribution

  struct State {
    var coefficients: [Double]
    var logScale: Double
    var logLikelihood = -Double.infinity

    mutating func move(_ direction: [Double], length: Double) {
      for j in coefficients.indices { coefficients[j] += length * direction[j] }
      if direction.count > coefficients.count { logScale += length * direction[coefficients.count] }
    }
  }

  /// Derivatives of a row's contribution by η and τ.
  struct RowTerms {
    var value = 0.0
    var byPredictor = 0.0
    var byLogScale = 0.0
    var predictorCurvature = 0.0
    var mixedCurvature = 0.0
    var logScaleCurvature = 0.0

    /// Adds sign · u(z).
    mutating func add(_ terms: DurationDistribution.Terms, _ z: Double, scale: Double, sign: Double) {
      let (slope, curvature) = (sign * terms.slope, sign * terms.curvature)
      value += sign * terms.value
      byPredictor -= slope / scale
      byLogScale -= z * slope
      predictorCurvature -= curvature / (scale * scale)
      mixedCurvature -= (slope + z * curvature) / scale
      logScaleCurvature -= z * (slope + z * curvature)
    }
  }

  var events: Int {
    response.event.indices.count { response.event[$0] && (weights?[$0] ?? 1) > 0 }
  }

  func predictor(_ coefficients: [Double]) -> [Double] {
    var predictor = matrix * coefficients
    if let offset { for i in predictor.indices { predictor[i] += offset[i] } }
    return predictor
  }

  /// Least squares on the observed logarithms, which is where Newton's method starts.
  func start() -> State {
    var target = response.time.map { log($0) }
    if let offset { for i in target.indices { target[i] -= offset[i] } }
    let right = matrix.transposedTimes(target.indices.map { target[$0] * (weights?[$0] ?? 1) })
    let coefficients =
      (try? ScaledCholesky(matrix.gram(weights: weights)))?.solve(right)
      ?? [Double](repeating: 0, count: matrix.columns)
    let fitted = matrix * coefficients
    var (squares, total) = (0.0, 0.0)
    for i in target.indices {
      squares += (weights?[i] ?? 1) * (target[i] - fitted[i]) * (target[i] - fitted[i])
      total += weights?[i] ?? 1
    }
    let scale = max((squares / total).squareRoot(), 1e-3)
    var state = State(coefficients: coefficients, logScale: distribution.hasFixedScale ? 0 : log(scale))
    state.logLikelihood = logLikelihood(state)
    return state
  }

  func row(_ i: Int, _ predictor: Double, _ logScale: Double, _ scale: Double) -> RowTerms {
    var terms = RowTerms()
    let logTime = log(response.time[i])
    let z = (logTime - predictor) / scale
    if response.event[i] {
      terms.add(distribution.logDensity(z), z, scale: scale, sign: 1)
      terms.value -= logScale + logTime
      terms.byLogScale -= 1
    } else {
      terms.add(distribution.logSurvival(z), z, scale: scale, sign: 1)
    }
    if let entry = response.entry?[i], entry > 0 {
      let z = (log(entry) - predictor) / scale
      terms.add(distribution.logSurvival(z), z, scale: scale, sign: -1)
    }
    return terms
  }

  func logLikelihood(_ state: State) -> Double {
    let predictor = predictor(state.coefficients)
    let scale = exp(state.logScale)
    var sum = CompensatedSum()
    for i in predictor.indices where (weights?[i] ?? 1) > 0 {
      sum.add((weights?[i] ?? 1) * row(i, predictor[i], state.logScale, scale).value)
    }
    return sum.value.isNaN ? -.infinity : sum.value
  }

  /// Per row the weighted derivatives by η and τ.
  func scores(_ state: State) -> (byPredictor: [Double], byLogScale: [Double]) {
    let predictor = predictor(state.coefficients)
    let scale = exp(state.logScale)
    var scores = (byPredictor: predictor.map { _ in 0.0 }, byLogScale: predictor.map { _ in 0.0 })
    for i in predictor.indices where (weights?[i] ?? 1) > 0 {
      let terms = row(i, predictor[i], state.logScale, scale)
      scores.byPredictor[i] = (weights?[i] ?? 1) * terms.byPredictor
      scores.byLogScale[i] = (weights?[i] ?? 1) * terms.byLogScale
    }
    return scores
  }

  /// Gradient and negative Hessian by (b, τ), or by b alone where σ is fixed.
  func derivatives(_ state: State) -> (gradient: [Double], information: Matrix) {
    let (n, p) = (matrix.rows, matrix.columns)
    let predictor = predictor(state.coefficients)
    let scale = exp(state.logScale)
    var (slopes, mixed) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
    // Late entry may leave a row with negative curvature, of which no root can be taken.
    var (positive, negative) = (slopes, slopes)
    var (slope, curvature, anyNegative) = (0.0, 0.0, false)
    for i in 0..<n where (weights?[i] ?? 1) > 0 {
      let weight = weights?[i] ?? 1
      let terms = row(i, predictor[i], state.logScale, scale)
      slopes[i] = weight * terms.byPredictor
      mixed[i] = weight * terms.mixedCurvature
      let value = weight * terms.predictorCurvature
      if value < 0 { (negative[i], anyNegative) = (-value, true) } else { positive[i] = value }
      slope += weight * terms.byLogScale
      curvature += weight * terms.logScaleCurvature
    }
    var block = matrix.gram(weights: positive)
    if anyNegative {
      let lower = matrix.gram(weights: negative)
      for j in 0..<p { for i in 0..<p { block[i, j] -= lower[i, j] } }
    }
    let gradient = matrix.transposedTimes(slopes)
    guard !distribution.hasFixedScale else { return (gradient, block) }
    let border = matrix.transposedTimes(mixed)
    var information = Matrix(rows: p + 1, columns: p + 1)
    for j in 0..<p {
      for i in 0..<p { information[i, j] = block[i, j] }
      information[p, j] = border[j]
      information[j, p] = border[j]
    }
    information[p, p] = curvature
    return (gradient + [slope], information)
  }

  /// The first of the steps 1, ½, ¼, … that does not worsen the likelihood; nil where none does.
  func step(_ state: State, _ direction: [Double], decrement: Double) -> State? {
    let tolerance = decrement < 1e-6 ? .infinity : 1e-12 * abs(state.logLikelihood)
    var length = 1.0
    for _ in 0..<60 {
      var next = state
      next.move(direction, length: length)
      next.logLikelihood = logLikelihood(next)
      if next.logLikelihood.isFinite, next.logLikelihood >= state.logLikelihood - tolerance { return next }
      length /= 2
    }
    return nil
  }
}
