internal import LinearAlgebra

/// The rows of a least-squares problem, and the two ways to its solution.
struct LinearProblem {
  let design: DesignMatrix
  let response: [Double]
  let weights: [Double]?
  let ridge: Double

  var matrix: Matrix { design.matrix }

  /// n λ sⱼ² per column.
  func penalty(totalWeight: Double) -> [Double] {
    guard ridge > 0 else { return [Double](repeating: 0, count: matrix.columns) }
    return (0..<matrix.columns).map { column in
      let deviation = design.moments(column, weights: weights).deviation
      return totalWeight * ridge * deviation * deviation
    }
  }

  /// Refuses sums that are not finite, or so small that their remainders vanish, with the column that made them.
  func checkRange(_ products: CrossProducts) throws(RegressionError) {
    if !products.isFinite {
      if let column = design.notFiniteColumn { throw .notFinite(column: column) }
      guard response.isAllFinite else { throw .notFinite(column: "response") }
      let column = products.gram.diagonal.firstIndex { !$0.isFinite }
      throw .outOfRange(column: column.map { design.names[$0] } ?? "response")
    }
    for (column, square) in products.gram.diagonal.enumerated() where square < 1e-250 {
      if matrix.column(column).contains(where: { $0 != 0 }) { throw .outOfRange(column: design.names[column]) }
    }
  }

  /// The first column that has the same value, not zero, in every row.
  var constantColumn: Int? {
    let (n, elements) = (matrix.rows, matrix.storage.span)
    return (0..<matrix.columns).first { column in
      let first = elements[column * n]
      var row = 1
      while row < n, elements[column * n + row] == first { row += 1 }
      return row == n && first != 0
    }
  }

  /// Σ w (y − ȳ)², or Σ w y².
  func totalSquares(aroundMean: Bool) -> Double {
    let centre = aroundMean ? weightedMoments(response[...], weights: weights).mean : 0
    var squares = 0.0
    for (i, value) in response.enumerated() { squares += (weights?[i] ?? 1) * (value - centre) * (value - centre) }
    return squares
  }

  /// Solves by the Cholesky factor of (XᵀWX + P), then corrects by the gradient that the solution leaves: a correction
  /// brings the error from condition² units in the last place to about those of an orthogonal method.
  func refined(_ equations: NormalEquations, _ products: CrossProducts, _ penalty: [Double]) -> LinearSolution {
    let (factor, kept) = (equations.factor, equations.kept)
    var coefficients = [Double](repeating: 0, count: penalty.count)
    var (residuals, gradient) = ([Double](repeating: 0, count: response.count), coefficients)
    var step = factor.solve(kept.map { products.cross[$0] })
    for (k, column) in kept.enumerated() { coefficients[column] = step[k] }
    var (squares, previous) = (0.0, Double.infinity)
    for _ in 0..<4 {
      // 1. r = y − X b and Xᵀ W r − P b in one pass.
      squares = gradientPass(coefficients, &residuals, &gradient)
      let remaining = kept.map { gradient[$0] - penalty[$0] * coefficients[$0] }
      // 2. The step that makes the gradient vanish; its length is the change of the fitted values.
      step = factor.solve(remaining)
      for (k, column) in kept.enumerated() { coefficients[column] += step[k] }
      let change = max(0, dot(step, remaining))
      // 3. Done where residuals would change by less than rounding, or not much less than they just did.
      let rounding = 32 * Double.ulpOfOne
      if change <= rounding * rounding * products.responseSquares || change > 1e-4 * previous { break }
      previous = change
    }
    return LinearSolution(
      kept: kept, coefficients: kept.map { coefficients[$0] }, inverse: factor.inverse(), penalty: penalty,
      products: products, residuals: residuals, residualSquares: squares, dropped: equations.dropped,
      method: .normalEquations)
  }

  /// Residuals and Xᵀ W r, a panel of rows at a time so that X is read from memory once.
  /// - Returns: Σ w r².
  private func gradientPass(_ coefficients: [Double], _ residuals: inout [Double], _ gradient: inout [Double]) -> Double
  {
    for j in gradient.indices { gradient[j] = 0 }
    var scores = weights == nil ? [] : [Double](repeating: 0, count: response.count)
    var total = 0.0
    matrix.forEachPanel { rows in
      matrix.multiply(rows: rows, by: coefficients, into: &residuals)
      var squares = 0.0
      if let weights {
        for i in rows {
          residuals[i] = response[i] - residuals[i]
          scores[i] = weights[i] * residuals[i]
          squares += scores[i] * residuals[i]
        }
        matrix.addTransposedProduct(rows: rows, with: scores, to: &gradient)
      } else {
        for i in rows {
          residuals[i] = response[i] - residuals[i]
          squares += residuals[i] * residuals[i]
        }
        matrix.addTransposedProduct(rows: rows, with: residuals, to: &gradient)
      }
      total += squares
    }
    return total
  }

  /// Everything in double-double arithmetic: the normal equations, their factor, which drops columns that the ones
  /// before them explain, and two corrections by the residual.
  /// - Parameter tolerance: a unit-length column of which less than this remains is dropped.
  func extended(tolerance: Double) throws(RegressionError) -> LinearSolution {
    var products = CrossProducts(columns: matrix.columns)
    products.addExtended(matrix, lowOrder: design.lowOrder, response: response, weights: weights)
    try checkRange(products)
    let penalty = penalty(totalWeight: products.totalWeight)
    // 1. The factor of XᵀWX + P and the solution of the normal equations.
    let equations = ExtendedNormalEquations(products, penalty, names: design.names, tolerance: tolerance)
    var coefficients = equations.solution
    var residuals: (high: [Double], low: [Double]) = ([], [])
    for pass in 0..<3 {
      // 2. r = y − X b.
      residuals = matrix.extendedResiduals(
        response, coefficients, columns: equations.kept, lowOrder: design.lowOrder)
      guard pass < 2 else { break }
      // 3. b += (XᵀWX + P)⁻¹ (XᵀWr − P b).
      let step = equations.correction(
        matrix.extendedTransposedProduct(weighted(residuals), columns: equations.kept, lowOrder: design.lowOrder),
        at: coefficients)
      for k in coefficients.indices { coefficients[k] += step[k] }
    }
    let scores = weighted(residuals)
    var squares = ExtendedSum()
    for i in residuals.high.indices { squares.addProduct(scores.high[i], residuals.high[i]) }
    return LinearSolution(
      kept: equations.kept, coefficients: coefficients.map(\.value), inverse: equations.inverse, penalty: penalty,
      products: products, residuals: residuals.high, residualSquares: squares.value.value,
      dropped: equations.dropped, method: .extended)
  }

  private func weighted(_ residuals: (high: [Double], low: [Double])) -> (high: [Double], low: [Double]) {
    guard let weights else { return residuals }
    var scores = residuals
    for i in weights.indices {
      let score = DoubleDouble(high: residuals.high[i], low: residuals.low[i]) * weights[i]
      (scores.high[i], scores.low[i]) = (score.high, score.low)
    }
    return scores
  }
}
