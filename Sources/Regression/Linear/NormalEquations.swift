internal import LinearAlgebra

/// The normal equations in double precision over independent columns.
struct NormalEquations {
  /// Of XᵀWX + P over the kept columns, scaled to unit diagonal.
  let factor: ScaledCholesky
  let kept: [Int]
  let dropped: [DroppedColumn]

  /// A unit-length column of which less than this remains is looked at as one that others may explain.
  private static let suspicion = 1e-6

  /// Nil where the condition would cost digits, even without the columns that others explain.
  init?(_ problem: LinearProblem, _ products: CrossProducts, _ penalty: [Double]) {
    var gram = products.gram
    for j in penalty.indices { gram[j, j] += penalty[j] }
    if let factor = NormalEquations.factor(gram) {
      self.factor = factor
      kept = Array(penalty.indices)
      dropped = []
      return
    }
    // 1. Columns of which the sums leave next to nothing, and what seems to explain them.
    let screened = ExtendedCholesky(gram, low: nil, tolerance: NormalEquations.suspicion)
    let independent = gram.selecting(rows: screened.kept).selecting(columns: screened.kept)
    guard !screened.dropped.isEmpty, let factor = NormalEquations.factor(independent) else { return nil }
    // 2. The sums cannot tell dependence from a small remainder; the rows can.
    for (column, weights) in screened.dropped {
      var combination = [Double](repeating: 0, count: penalty.count)
      for (k, other) in screened.kept.enumerated() { combination[other] = -weights[k] }
      combination[column] = 1
      let remainder = problem.length(of: combination)
      guard penalty[column] == 0, remainder <= LinearRegression.dependence * gram[column, column].squareRoot() else {
        return nil
      }
    }
    self.factor = factor
    kept = screened.kept
    dropped = screened.droppedColumns(names: problem.design.names, squares: gram.diagonal)
  }

  private static func factor(_ gram: Matrix) -> ScaledCholesky? {
    guard let factor = try? ScaledCholesky(gram),
      factor.reciprocalCondition > LinearRegression.smallestReciprocalCondition
    else { return nil }
    return factor
  }
}

extension LinearProblem {
  /// √ Σ wᵢ (xᵢᵀ c)².
  fileprivate func length(of combination: [Double]) -> Double {
    var values = [Double](repeating: 0, count: matrix.rows)
    var squares = 0.0
    matrix.forEachPanel { rows in
      matrix.multiply(rows: rows, by: combination, into: &values)
      for i in rows { squares += (weights?[i] ?? 1) * values[i] * values[i] }
    }
    return squares.squareRoot()
  }
}

extension ExtendedCholesky {
  /// The dropped columns by name, with those parts of their combinations that matter.
  /// - Parameter squares: the squared length of each column.
  fileprivate func droppedColumns(names: [String], squares: [Double]) -> [DroppedColumn] {
    dropped.map { column, weights in
      let parts = zip(kept, weights).filter { abs($1) * squares[$0].squareRoot() > 1e-7 * squares[column].squareRoot() }
      return DroppedColumn(name: names[column], combination: parts.map { .init(column: names[$0], weight: $1) })
    }
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
    dropped = factor.droppedColumns(names: names, squares: gram.diagonal)
  }

  var inverse: Matrix { factor.inverse() }

  /// (XᵀWX + P)⁻¹ (g − P b).
  func correction(_ gradient: [DoubleDouble], at coefficients: [DoubleDouble]) -> [DoubleDouble] {
    factor.solve(gradient.indices.map { gradient[$0] - coefficients[$0] * penalty[$0] })
  }
}
