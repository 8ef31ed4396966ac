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
  func refined(_ factor: ScaledCholesky, _ products: CrossProducts, _ penalty: [Double]) -> LinearSolution {
    var coefficients = factor.solve(products.cross)
    var (residuals, gradient) = ([Double](repeating: 0, count: response.count), coefficients)
    var (squares, previous) = (0.0, Double.infinity)
    for _ in 0..<4 {
      // 1. r = y − X b and Xᵀ W r − P b in one pass.
      squares = gradientPass(coefficients, &residuals, &gradient)
      for j in gradient.indices { gradient[j] -= penalty[j] * coefficients[j] }
      // 2. The step that makes the gradient vanish; its length is the change of the fitted values.
      let step = factor.solve(gradient)
      for j in coefficients.indices { coefficients[j] += step[j] }
      let change = max(0, dot(step, gradient))
      // 3. Done where residuals would change by less than rounding, or not much less than they just did.
      let rounding = 32 * Double.ulpOfOne
      if change <= rounding * rounding * products.responseSquares || change > 1e-4 * previous { break }
      previous = change
    }
    return LinearSolution(
      kept: Array(penalty.indices), coefficients: coefficients, inverse: factor.inverse(), penalty: penalty,
      products: products, residuals: residuals, residualSquares: squares, dropped: [], method: .normalEquations)
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

/// Coefficients on some columns, the inverse of their penalised Gram matrix, and what the fit leaves.
struct LinearSolution {
  var kept: [Int]
  /// One per kept column.
  var coefficients: [Double]
  /// (XᵀWX + P)⁻¹ over the kept columns.
  var inverse: Matrix
  /// One per column of the design.
  var penalty: [Double]
  var products: CrossProducts
  /// y − X b; empty where the rows are not there.
  var residuals: [Double]
  /// Σ w r².
  var residualSquares: Double
  var dropped: [DroppedColumn]
  var method: LinearFit.Method

  /// The hat matrix's trace: tr((G + P)⁻¹ G) = rank − tr((G + P)⁻¹ P).
  var effectiveParameters: Double {
    kept.enumerated().reduce(Double(kept.count)) { $0 - inverse[$1.offset, $1.offset] * penalty[$1.element] }
  }

  /// σ² (G + P)⁻¹ G (G + P)⁻¹ = σ² (A⁻¹ − A⁻¹ P A⁻¹).
  func modelCovariance(variance: Double) -> Matrix {
    var result = inverse
    let penalised = kept.indices.filter { penalty[kept[$0]] > 0 }
    for j in 0..<result.columns {
      for i in 0..<result.rows {
        let shrunk = penalised.reduce(0) { $0 + inverse[i, $1] * penalty[kept[$1]] * inverse[$1, j] }
        result[i, j] = variance * (inverse[i, j] - shrunk)
      }
    }
    return result
  }
}

/// The normal equations in double-double arithmetic.
struct ExtendedNormalEquations {
  let kept: [Int]
  let dropped: [DroppedColumn]
  /// (XᵀWX + P)⁻¹ XᵀWy.
  let solution: [DoubleDouble]
  private let factor: ExtendedCholesky
  private let penalty: [Double]

  init(_ products: CrossProducts, _ penalty: [Double], names: [String], tolerance: Double) {
    var (gram, remainder) = (products.gram, products.gramRemainder)
    for j in penalty.indices where penalty[j] > 0 {
      let sum = DoubleDouble(high: gram[j, j], low: remainder[j, j]) + penalty[j]
      (gram[j, j], remainder[j, j]) = (sum.high, sum.low)
    }
    let factor = ExtendedCholesky(gram, low: remainder, tolerance: tolerance)
    self.factor = factor
    kept = factor.kept
    self.penalty = factor.kept.map { penalty[$0] }
    solution = factor.solve(
      factor.kept.map { DoubleDouble(high: products.cross[$0], low: products.crossRemainder[$0]) })
    let lengths = gram.diagonal.map { $0.squareRoot() }
    dropped = factor.dropped.map { column, weights in
      let parts = zip(factor.kept, weights).filter { abs($1) * lengths[$0] > 1e-7 * lengths[column] }
      return DroppedColumn(name: names[column], combination: parts.map { .init(column: names[$0], weight: $1) })
    }
  }

  var inverse: Matrix { factor.inverse() }

  /// (XᵀWX + P)⁻¹ (g − P b).
  func correction(_ gradient: [DoubleDouble], at coefficients: [DoubleDouble]) -> [DoubleDouble] {
    factor.solve(gradient.indices.map { gradient[$0] - coefficients[$0] * penalty[$0] })
  }
}
