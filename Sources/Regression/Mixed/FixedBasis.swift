internal import Glibc
internal import LinearAlgebra

/// The fixed effects in a basis in which the work is well conditioned: independent columns X = X̃ Rᵀ with X̃ᵀWX̃ = I, and
/// the response as residual of least squares, so that cross-products lose no digits to a large mean.
struct FixedBasis: Sendable {
  let names: [String]
  /// Columns that are not combinations of others.
  let kept: [Int]
  let dropped: [DroppedColumn]
  /// Least squares coefficients of the kept columns.
  let start: [Double]
  /// y − X start.
  let residuals: [Double]
  /// R, lower triangular: x̃ = R⁻¹ x.
  let lower: Matrix
  private let design: Matrix

  var rank: Int { kept.count }

  init(_ design: DesignMatrix, _ response: [Double], _ weights: [Double]?) throws(RegressionError) {
    names = design.names
    self.design = design.matrix
    guard design.matrix.columns > 0 else {
      (kept, dropped, start, residuals, lower) = ([], [], [], response, Matrix(rows: 0, columns: 0))
      return
    }
    let fit = try LinearRegression().fit(design, response: response, weights: weights)
    dropped = fit.dropped
    let droppedNames = Set(fit.dropped.map(\.name))
    let kept = design.names.indices.filter { !droppedNames.contains(design.names[$0]) }
    self.kept = kept
    start = kept.map { fit.coefficients[$0] }
    residuals = fit.residuals
    let matrix = kept.count == names.count ? design.matrix : design.matrix.selecting(columns: kept)
    lower = FixedBasis.triangle(matrix.gram(weights: weights))
  }

  /// The columns kept by another fit, its coefficients as start and no residuals.
  init(_ design: DesignMatrix, dropped: [DroppedColumn], coefficients: [Double], weights: [Double]?) {
    names = design.names
    self.design = design.matrix
    self.dropped = dropped
    let droppedNames = Set(dropped.map(\.name))
    let kept = design.names.indices.filter { !droppedNames.contains(design.names[$0]) }
    self.kept = kept
    start = kept.map { coefficients[$0] }
    residuals = []
    let matrix = kept.count == names.count ? design.matrix : design.matrix.selecting(columns: kept)
    lower = FixedBasis.triangle(matrix.gram(weights: weights))
  }

  /// No fixed effects.
  init(residuals: [Double]) {
    (names, kept, dropped, start) = ([], [], [], [])
    self.residuals = residuals
    (lower, design) = (Matrix(rows: 0, columns: 0), Matrix(rows: residuals.count, columns: 0))
  }

  /// X̃, n × rank.
  func transformed() -> Matrix {
    var result = Matrix(rows: design.rows, columns: rank)
    var row = [Double](repeating: 0, count: rank)
    for i in 0..<design.rows {
      fill(&row, from: 0, row: i)
      for j in 0..<rank { result.storage[i + j * design.rows] = row[j] }
    }
    return result
  }

  /// The Cholesky factor of the Gram matrix; its diagonal alone where the columns are too nearly dependent for it.
  private static func triangle(_ gram: Matrix) -> Matrix {
    let scale = gram.diagonal.map { $0.squareRoot() }
    var scaled = gram
    for j in scale.indices {
      for i in scale.indices { scaled[i, j] /= scale[i] * scale[j] }
    }
    var lower = (try? Cholesky(scaled))?.lower ?? Matrix.identity(scale.count)
    for j in scale.indices {
      for i in j..<scale.count { lower[i, j] *= scale[i] }
    }
    return lower
  }

  /// x̃ of one row.
  func fill(_ values: inout [Double], from start: Int, row: Int) {
    for (position, column) in kept.enumerated() {
      values[start + position] = design.storage[row + column * design.rows]
    }
    lower.solveLowerTriangle(&values, from: start)
  }

  /// log det(XᵀWX) − log det(X̃ᵀWX̃).
  var logDeterminant: Double { 2 * lower.diagonal.reduce(0) { $0 + log($1) } }

  /// Coefficients of the kept columns of X from those of X̃: start + R⁻ᵀ b̃.
  func coefficients(_ transformed: [Double]) -> [Double] {
    var step = transformed
    lower.solveTransposedLowerTriangle(&step, from: 0)
    return zip(start, step).map { $0 + $1 }
  }

  /// R⁻ᵀ V R⁻¹: the covariance of the coefficients of the kept columns.
  func covariance(_ transformed: Matrix) -> Matrix {
    var half = Matrix(rows: rank, columns: rank)
    for j in 0..<rank {
      var column = Array(transformed.column(j))
      lower.solveTransposedLowerTriangle(&column, from: 0)
      for i in 0..<rank { half[j, i] = column[i] }
    }
    var result = Matrix(rows: rank, columns: rank)
    for j in 0..<rank {
      var column = Array(half.column(j))
      lower.solveTransposedLowerTriangle(&column, from: 0)
      result.setColumn(j, column)
    }
    return result
  }

  /// ã with X̃ ã = 1 in every row, where one of the columns is constant.
  var constant: [Double]? {
    for (position, column) in kept.enumerated() {
      let values = design.column(column)
      guard let first = values.first, first != 0, values.allSatisfy({ $0 == first }) else { continue }
      return (0..<rank).map { lower[position, $0] / first }
    }
    return nil
  }
}
