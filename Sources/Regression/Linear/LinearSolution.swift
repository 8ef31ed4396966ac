internal import LinearAlgebra

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
