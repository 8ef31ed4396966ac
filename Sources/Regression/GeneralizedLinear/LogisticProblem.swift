internal import Glibc
internal import LinearAlgebra

/// The objective of a logistic regression and its derivatives, at points b that keep their linear predictor η = Xb.
struct LogisticProblem {
  let design: DesignMatrix
  let response: [Double]
  let weights: [Double]?
  /// Σw λ fⱼ sⱼ² per column.
  let penalty: [Double]
  let rowCount: Int

  /// A point with what is known about it.
  struct State {
    var coefficients: [Double]
    /// η = Xb.
    var predictor: [Double]
    /// μ = 1 / (1 + e^−η).
    var probabilities: [Double]
    var logLikelihood: Double
    /// −logLik + ½ Σ penalty b².
    var objective: Double
  }

  init(_ specification: LogisticRegression, _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?) {
    self.design = design
    self.response = response
    self.weights = weights
    let total = weights?.reduce(0, +) ?? Double(response.count)
    rowCount = weights?.count { $0 > 0 } ?? response.count
    penalty = (0..<design.matrix.columns).map { column in
      guard specification.ridge > 0 else { return 0 }
      let deviation = design.moments(column, weights: weights).deviation
      return total * specification.ridge * deviation * deviation * (design.penaltyFactors?[column] ?? 1)
    }
  }

  var zeros: [Double] { [Double](repeating: 0, count: penalty.count) }

  func state(at coefficients: [Double]) -> State {
    state(coefficients, predictor: design.matrix * coefficients)
  }

  private func state(_ coefficients: [Double], predictor: [Double]) -> State {
    var probabilities = predictor
    var logLikelihood = 0.0
    for i in predictor.indices {
      let eta = predictor[i]
      // e^−|η| never overflows; both μ and log(1 + e^η) follow from it.
      let small = exp(-abs(eta))
      probabilities[i] = (eta < 0 ? small : 1) / (1 + small)
      logLikelihood += (weights?[i] ?? 1) * (response[i] * eta - max(eta, 0) - log1p(small))
    }
    var penalised = 0.0
    for j in coefficients.indices { penalised += penalty[j] * coefficients[j] * coefficients[j] }
    return State(
      coefficients: coefficients, predictor: predictor, probabilities: probabilities, logLikelihood: logLikelihood,
      objective: -logLikelihood + penalised / 2)
  }

  /// Per row w (y − μ): the derivative of its log-likelihood by η.
  func scores(_ state: State) -> [Double] {
    var scores = response
    for i in scores.indices { scores[i] = (weights?[i] ?? 1) * (response[i] - state.probabilities[i]) }
    return scores
  }

  /// Xᵀ w (y − μ) − P b: the direction of steepest rise.
  func gradient(_ state: State) -> [Double] {
    var gradient = design.matrix.transposedTimes(scores(state))
    for j in gradient.indices { gradient[j] -= penalty[j] * state.coefficients[j] }
    return gradient
  }

  /// The factor of Xᵀ W X + P with W = w μ (1 − μ); nil where it is singular.
  func factor(_ state: State) -> ScaledCholesky? {
    var curvature = state.probabilities
    for i in curvature.indices { curvature[i] = (weights?[i] ?? 1) * curvature[i] * (1 - curvature[i]) }
    var information = design.matrix.gram(weights: curvature)
    for j in penalty.indices { information[j, j] += penalty[j] }
    return try? ScaledCholesky(information)
  }

  /// The first of the steps 1, ½, ¼, … along the Newton direction that does not worsen the objective; nil where none
  /// does. Close to the optimum the full step is taken unseen: the gain is then below what rounding lets one see.
  func step(_ state: State, _ direction: [Double], _ change: [Double], decrement: Double) -> State? {
    var length = 1.0
    for _ in 0..<40 {
      let coefficients = zip(state.coefficients, direction).map { $0 + length * $1 }
      let predictor = zip(state.predictor, change).map { $0 + length * $1 }
      let next = self.state(coefficients, predictor: predictor)
      let tolerance = decrement < 1e-6 ? .infinity : 1e-12 * abs(state.objective)
      if next.objective.isFinite, next.objective <= state.objective + tolerance { return next }
      length /= 2
    }
    return nil
  }

  /// The columns of a direction that tells the outcomes apart: moving along it, no row becomes less likely and some
  /// become more so, without end. Nil where the Newton direction is not such a direction.
  ///
  /// Source: Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models"
  /// (Biometrika 71, 1984). With separated data Newton's directions tend to a direction of recession, on which rows that
  /// do overlap move less and less: hence the tolerance, which applies once the others are fitted.
  func separatingColumns(_ direction: [Double], _ change: [Double], iteration: Int) -> [String]? {
    var (worst, best) = (0.0, 0.0)
    for i in change.indices where (weights?[i] ?? 1) > 0 {
      let gain =
        response[i] == 1 ? change[i] : response[i] == 0 ? -change[i] : -abs(change[i])
      worst = min(worst, gain)
      best = max(best, gain)
    }
    let tolerance = iteration < 8 ? 0 : 1e-5
    guard best > 1e-3, -worst <= tolerance * best else { return nil }
    let effects = direction.indices.map { column in
      abs(direction[column]) * design.moments(column, weights: weights).deviation
    }
    let largest = effects.max() ?? 0
    return direction.indices.filter { effects[$0] > 0.05 * largest }.map { design.names[$0] }
  }
}
