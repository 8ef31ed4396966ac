internal import LinearAlgebra

/// The rotation of a natural spline's columns into uncorrelated ones of deviation one, ordered by roughness ∫ f″².
///
/// With covariance C = L Lᵀ of the columns and Ω their products of second derivatives, the eigenvectors V of
/// L⁻¹ Ω L⁻ᵀ give the rotation L⁻ᵀ V: the simultaneous diagonalization of Demmler and Reinsch, "Oscillation matrices with
/// spline smoothing" (Numerische Mathematik 24, 1975).
struct SmoothBasis {
  let means: [Double]
  /// k × k, column-major.
  let rotation: [Double]

  /// Nil where the values cannot tell the columns apart.
  init?(_ spline: NaturalSpline, _ values: [Double]) {
    let (n, k) = (values.count, spline.degreesOfFreedom)
    // 1. Covariance of the columns.
    var columns = Matrix(rows: n, columns: k)
    var means = [Double](repeating: 0, count: k)
    for j in 0..<k {
      let column = values.map { spline.basis(j, at: $0) }
      means[j] = column.reduce(0, +) / Double(n)
      for i in 0..<n { columns[i, j] = column[i] - means[j] }
    }
    var covariance = columns.gram()
    for i in 0..<k { for j in 0..<k { covariance[i, j] /= Double(n) } }
    guard let factor = try? Cholesky(covariance),
      (0..<k).allSatisfy({ factor.lower[$0, $0] > 1e-7 * covariance[$0, $0].squareRoot() })
    else { return nil }
    // 2. L⁻¹ Ω L⁻ᵀ by substitution on both sides, and its eigenvectors mapped back.
    guard let rotated = try? SmoothBasis.rotation(factor.lower, SmoothBasis.roughness(spline)) else { return nil }
    self.means = means
    rotation = (0..<k).flatMap { j -> [Double] in
      // The sign of an eigenvector is arbitrary: the straight column rises, the others begin likewise.
      let column = Array(rotated.column(j))
      let lead = column.first { abs($0) > 1e-12 * (column.map(abs).max() ?? 0) } ?? 1
      return lead < 0 ? column.map { -$0 } : column
    }
  }

  private static func rotation(_ lower: Matrix, _ roughness: Matrix) throws(LinearAlgebraError) -> Matrix {
    let half = try lower.solveTriangle(.lower, roughness)
    let middle = try lower.solveTriangle(.lower, half.transposed())
    return try lower.solveTriangle(.lower, transposed: true, SymmetricEigen(middle).vectors)
  }

  /// Ω: ∫ f″ᵢ f″ⱼ over the unit interval of the knots. Between knots second derivatives are straight lines, for which
  /// h / 6 (2 f₀g₀ + f₀g₁ + f₁g₀ + 2 f₁g₁) is exact.
  private static func roughness(_ spline: NaturalSpline) -> Matrix {
    let k = spline.degreesOfFreedom
    let (first, last) = (spline.knots[0], spline.knots[k])
    let places = spline.knots.map { ($0 - first) / (last - first) }
    // f″ⱼ(t) = 6 ((t − uⱼ)₊ − (1 − uⱼ) t); the first column is straight.
    func bend(_ j: Int, _ t: Double) -> Double {
      j == 0 ? 0 : 6 * (max(t - places[j], 0) - (1 - places[j]) * t)
    }
    var omega = Matrix(rows: k, columns: k)
    for interval in 0..<k {
      let (left, right) = (places[interval], places[interval + 1])
      for i in 0..<k {
        for j in 0..<k {
          let (f0, f1, g0, g1) = (bend(i, left), bend(i, right), bend(j, left), bend(j, right))
          omega[i, j] += (right - left) / 6 * (2 * f0 * g0 + f0 * g1 + f1 * g0 + 2 * f1 * g1)
        }
      }
    }
    return omega
  }
}
