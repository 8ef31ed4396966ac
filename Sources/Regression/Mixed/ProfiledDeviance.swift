internal import Glibc
internal import LinearAlgebra

/// The profiled deviance of a linear mixed model, −2 times the log-likelihood (ML) or the restricted one (REML) at the
/// best fixed effects and residual variance for given θ, and its exact gradient.
///
/// Source: Bates, Mächler, Bolker, Walker, "Fitting linear mixed-effects models using lme4" (J. Stat. Softw. 67, 2015),
/// equations 34 and 41, with the absorbed factor eliminated level by level; the gradient as in Bates and DebRoy, "Linear
/// mixed models and penalized least squares" (J. Multivariate Anal. 91, 2004), in a form without inverses of Λ, which is
/// exact on the boundary too.
///
/// With S = [ΛᵀZᵀWZΛ + I, ΛᵀZᵀWX; XᵀWZΛ, XᵀWX] and r² the least of ‖W^½(y − Xβ − ZΛu)‖² + ‖u‖²:
/// REML = log|S| + (n − p)(1 + log(2π r² / (n − p))) − Σ log w; ML takes the block of u alone, and n.
/// Cost of one evaluation with gradient: Σ levels q b² + border³, b the border columns of a level; no row is touched.
struct ProfiledDeviance: Sendable {
  let products: MixedProducts
  let parameters: CovarianceParameters
  let restricted: Bool
  /// log det(XᵀWX) − log det(X̃ᵀWX̃).
  let basisLogDeterminant: Double
  /// Whether the residual variance is profiled out. Generalised models have none: of them the deviance here is log|S|
  /// alone.
  var hasResidualVariance = true

  /// n − p, or n.
  var degreesOfFreedom: Double { Double(products.observations - (restricted ? products.rank : 0)) }

  /// The penalised least squares problem solved at some θ.
  struct Solution {
    let lambdas: [[Double]]
    /// [V, y]ᵀ W [V, y] with the absorbed factor eliminated, H; lower triangle.
    let border: Matrix
    /// L of Λ̂ᵀHΛ̂ + I, with Λ̂ = I on the fixed effects.
    let factor: Cholesky
    /// u of the border factors, then the fixed effects.
    let solution: [Double]
    /// Λ̂ u and the fixed effects, then −1 for the response.
    let combination: [Double]
    /// r².
    let penalizedSquares: Double
    let deviance: Double
    /// log|S|, or log of its block of u.
    let logDeterminant: Double
  }

  struct Gradient {
    /// Of the deviance.
    let deviance: [Double]
    /// Of log|S|.
    let logDeterminant: [Double]
    /// Of r².
    let penalizedSquares: [Double]
  }

  /// Nil where θ is so large that the problem is singular to working precision.
  func solution(_ theta: [Double]) -> Solution? {
    let lambdas = parameters.factors(theta)
    // 1. Eliminate the absorbed factor.
    var border = products.border
    guard var logDeterminant = eliminate(lambdas[0], from: &border) else { return nil }
    // 2. Factor the border.
    let b = products.order
    var scaled = Matrix(rows: b, columns: b)
    for j in 0..<b {
      for i in j..<b { scaled.storage[i + j * b] = border.storage[i + j * (b + 1)] }
    }
    scaleBorder(&scaled, lambdas)
    guard let factor = try? Cholesky(scaled) else { return nil }
    for j in 0..<(restricted ? b : products.fixedStart) { logDeterminant += 2 * log(factor.lower.storage[j + j * b]) }
    // 3. Solve for the border's effects and the fixed effects.
    var right = (0..<b).map { border.storage[b + $0 * (b + 1)] }
    multiplyTransposed(&right, lambdas)
    let half = factor.solveLower(right)
    let penalizedSquares = border.storage[b + b * (b + 1)] - dot(half, half)
    guard penalizedSquares > 0 || !hasResidualVariance else { return nil }
    let solution = factor.solve(right)
    var combination = solution
    multiply(&combination, lambdas)
    combination.append(-1)
    // 4. The deviance.
    let freedom = degreesOfFreedom
    let deviance =
      hasResidualVariance
      ? logDeterminant + freedom * (1 + log(2 * Double.pi * penalizedSquares / freedom)) - products.logWeights
        + (restricted ? basisLogDeterminant : 0)
      : logDeterminant
    guard deviance.isFinite else { return nil }
    return Solution(
      lambdas: lambdas, border: border, factor: factor, solution: solution, combination: combination,
      penalizedSquares: penalizedSquares, deviance: deviance, logDeterminant: logDeterminant)
  }

  /// Subtracts Fᵢᵀ Λ Tᵢ⁻¹ Λᵀ Fᵢ of every level; log det of all Tᵢ = ΛᵀMᵢΛ + I.
  private func eliminate(_ lambda: [Double], from border: inout Matrix) -> Double? {
    let (q, size) = (products.width, products.order + 1)
    var block = LevelBlock(lambda: lambda, order: q)
    var half: [Double] = []
    var logDeterminant = 0.0
    for level in 0..<products.levels {
      guard let term = block.factor(products.own, at: level * q * q) else { return nil }
      logDeterminant += term
      let (begin, end) = (products.offsets[level], products.offsets[level + 1])
      if half.count < (end - begin) * q { half = [Double](repeating: 0, count: (end - begin) * q) }
      for position in begin..<end {
        block.halfSolve(products.cross, at: position * q, into: &half, at: (position - begin) * q)
      }
      for a in begin..<end {
        let column = Int(products.indices[a]) * size
        for k in 0..<q {
          let factor = half[(a - begin) * q + k]
          for c in a..<end { border.storage[Int(products.indices[c]) + column] -= factor * half[(c - begin) * q + k] }
        }
      }
    }
    return logDeterminant
  }

  /// The inverse that belongs to the determinant of the deviance: (Λ̂ᵀHΛ̂ + I)⁻¹ for REML; for ML that of the block of
  /// the random effects, zero on the fixed effects.
  func borderInverse(_ solution: Solution, restricted: Bool) -> Matrix? {
    guard !restricted, products.rank > 0 else { return solution.factor.inverse() }
    let (b, r) = (products.order, products.fixedStart)
    var leading = Matrix(rows: r, columns: r)
    for j in 0..<r {
      for i in j..<r { leading[i, j] = solution.border[i, j] }
    }
    scaleBorder(&leading, solution.lambdas)
    guard let inverse = try? Cholesky(leading).inverse() else { return nil }
    return inverse.expanded(Array(0..<r), order: b)
  }

  /// Λ̂ᵀ H Λ̂ + I on the random columns, in the lower triangle; the matrix may end anywhere after them.
  private func scaleBorder(_ matrix: inout Matrix, _ lambdas: [[Double]]) {
    let size = matrix.rows
    for j in 0..<size {
      for i in 0..<j { matrix.storage[i + j * size] = matrix.storage[j + i * size] }
    }
    for j in 0..<size {
      var column = Array(matrix.column(j))
      multiplyTransposed(&column, lambdas)
      matrix.setColumn(j, column)
    }
    for i in 0..<size {
      var row = matrix.row(i)
      multiplyTransposed(&row, lambdas)
      for j in 0..<size { matrix.storage[i + j * size] = row[j] }
    }
    for j in 0..<products.fixedStart { matrix.storage[j + j * size] += 1 }
  }

  /// Replaces x by Λ̂ᵀ x.
  func multiplyTransposed(_ x: inout [Double], _ lambdas: [[Double]]) {
    forEachBorderBlock { k, first, q in
      let lambda = lambdas[k]
      for i in 0..<q {
        var sum = 0.0
        for row in i..<q { sum += lambda[row + i * q] * x[first + row] }
        x[first + i] = sum
      }
    }
  }

  /// Replaces x by Λ̂ x.
  func multiply(_ x: inout [Double], _ lambdas: [[Double]]) {
    forEachBorderBlock { k, first, q in
      let lambda = lambdas[k]
      for i in (0..<q).reversed() {
        var sum = 0.0
        for column in 0...i { sum += lambda[i + column * q] * x[first + column] }
        x[first + i] = sum
      }
    }
  }

  /// Calls with the factor, the first column and the width of every level of the border's factors.
  func forEachBorderBlock(_ body: (_ factor: Int, _ first: Int, _ width: Int) -> Void) {
    for (index, start) in products.starts.enumerated() {
      let factor = products.factors[index + 1]
      for level in factor.levels.indices { body(index + 1, start + level * factor.width, factor.width) }
    }
  }
}
