internal import Glibc
internal import LinearAlgebra

/// The penalised likelihood of a Firth regression and its modified scores.
struct FirthProblem {
  let design: DesignMatrix
  let response: [Double]
  let weights: [Double]?
  let offset: [Double]?
  let observations: Int

  /// A point with what is known about it.
  struct State {
    var coefficients: [Double]
    /// μ = 1 / (1 + e^−η).
    var probabilities: [Double]
    /// w μ (1 − μ).
    var curvatures: [Double]
    /// Of the Fisher information.
    var inverse: Matrix
    var logLikelihood: Double
    /// logLik + ½ log det I.
    var penalizedLogLikelihood: Double

    var standardErrors: [Double] { inverse.diagonal.map { max(0, $0).squareRoot() } }
  }

  init(_ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ offset: [Double]?) {
    self.design = design
    self.response = response
    self.weights = weights
    self.offset = offset
    observations = weights?.count { $0 > 0 } ?? response.count
  }

  /// Nil where the information is singular to working precision.
  func state(at coefficients: [Double]) -> State? {
    var probabilities = design.matrix * coefficients
    var curvatures = probabilities
    var logLikelihood = 0.0
    for i in probabilities.indices {
      let eta = probabilities[i] + (offset?[i] ?? 0)
      let weight = weights?[i] ?? 1
      let small = exp(-abs(eta))
      probabilities[i] = (eta < 0 ? small : 1) / (1 + small)
      curvatures[i] = weight * small / ((1 + small) * (1 + small))
      if weight > 0 { logLikelihood += weight * (response[i] * eta - max(eta, 0) - log1p(small)) }
    }
    let information = design.matrix.gram(weights: curvatures)
    guard information.isFinite, let factor = try? ScaledCholesky(information),
      let logDeterminant = (try? Cholesky(information))?.logDeterminant
    else { return nil }
    return State(
      coefficients: coefficients, probabilities: probabilities, curvatures: curvatures, inverse: factor.inverse(),
      logLikelihood: logLikelihood, penalizedLogLikelihood: logLikelihood + logDeterminant / 2)
  }

  /// hᵢ = w μ (1 − μ) xᵢᵀ I⁻¹ xᵢ. Cost: 2 n p².
  func leverages(_ state: State) -> [Double] {
    linearPredictorErrors(design.matrix, state.inverse).enumerated().map { state.curvatures[$0] * $1 * $1 }
  }

  /// The Newton step of the logistic regression with hᵢ further trials, half of them successes. Nil where its information
  /// is singular.
  func direction(_ state: State, fixed: Int?) -> [Double]? {
    let leverages = leverages(state)
    var scores = leverages
    var curvatures = leverages
    for i in scores.indices {
      let weight = weights?[i] ?? 1
      let (mean, variance) = (state.probabilities[i], state.probabilities[i] * (1 - state.probabilities[i]))
      scores[i] = weight * (response[i] - mean) + leverages[i] * (0.5 - mean)
      curvatures[i] = (weight + leverages[i]) * variance
    }
    let gradient = design.matrix.transposedTimes(scores)
    let information = design.matrix.gram(weights: curvatures)
    let free = gradient.indices.filter { $0 != fixed }
    guard !free.isEmpty else { return gradient.map { _ in 0 } }
    var part = Matrix(rows: free.count, columns: free.count)
    for (j, column) in free.enumerated() {
      for (i, row) in free.enumerated() { part[i, j] = information[row, column] }
    }
    guard let factor = try? ScaledCholesky(part) else { return nil }
    var direction = gradient.map { _ in 0.0 }
    for (value, column) in zip(factor.solve(free.map { gradient[$0] }), free) { direction[column] = value }
    return direction
  }

  /// The first of the steps 1, ½, ¼, … that does not worsen the penalised likelihood; close to the optimum the full step,
  /// unseen: the gain is then below what rounding lets one see.
  func step(_ state: State, _ direction: [Double], isClose: Bool) -> State? {
    var length = 1.0
    for _ in 0..<40 {
      if let next = self.state(at: zip(state.coefficients, direction).map { $0 + length * $1 }) {
        let least = state.penalizedLogLikelihood - 1e-12 * abs(state.penalizedLogLikelihood)
        if isClose || next.penalizedLogLikelihood >= least { return next }
      }
      length /= 2
    }
    return nil
  }

  /// The columns that do not depend on those before them.
  static func independentColumns(
    _ design: DesignMatrix, _ weights: [Double]?
  ) throws(RegressionError) -> (DesignMatrix, kept: [Int], dropped: [DroppedColumn]) {
    let all = Array(0..<design.matrix.columns)
    if let factor = try? ScaledCholesky(design.matrix.gram(weights: weights)),
      factor.reciprocalCondition > LinearRegression.smallestReciprocalCondition
    {
      return (design, all, [])
    }
    let (kept, dropped) = try design.independentColumns(weights: weights)
    return (kept.count < all.count ? design.selecting(columns: kept) : design, kept, dropped)
  }
}
