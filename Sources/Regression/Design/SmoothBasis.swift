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
    // 2. L⁻¹ Ω L⁻ᵀ, by forward substitution on both sides.
    let half = SmoothBasis.forward(factor.lower, SmoothBasis.roughness(spline))
    let middle = SmoothBasis.forward(factor.lower, half.transposed())
    // 3. Its eigenvectors, mapped back.
    let vectors = SmoothBasis.eigenvectors(middle)
    let rotated = SmoothBasis.backward(factor.lower, vectors)
    self.means = means
    rotation = (0..<k).flatMap { j -> [Double] in
      // The sign of an eigenvector is arbitrary: the straight column rises, the others begin likewise.
      let column = Array(rotated.column(j))
      let lead = column.first { abs($0) > 1e-12 * (column.map(abs).max() ?? 0) } ?? 1
      return lead < 0 ? column.map { -$0 } : column
    }
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

  /// L⁻¹ B.
  private static func forward(_ lower: Matrix, _ right: Matrix) -> Matrix {
    var result = right
    for column in 0..<right.columns {
      for i in 0..<lower.rows {
        for j in 0..<i { result[i, column] -= lower[i, j] * result[j, column] }
        result[i, column] /= lower[i, i]
      }
    }
    return result
  }

  /// L⁻ᵀ B.
  private static func backward(_ lower: Matrix, _ right: Matrix) -> Matrix {
    var result = right
    for column in 0..<right.columns {
      for i in (0..<lower.rows).reversed() {
        for j in i + 1..<max(lower.rows, i + 1) { result[i, column] -= lower[j, i] * result[j, column] }
        result[i, column] /= lower[i, i]
      }
    }
    return result
  }

  /// Eigenvectors of a small symmetric matrix, by ascending eigenvalue: the cyclic Jacobi method (Golub and Van Loan,
  /// "Matrix Computations", 4th ed., section 8.5).
  private static func eigenvectors(_ matrix: Matrix) -> Matrix {
    let k = matrix.rows
    var a = matrix
    var vectors = Matrix.identity(k)
    for _ in 0..<50 {
      var off = 0.0
      for i in 0..<k { for j in 0..<i { off = max(off, abs(a[i, j])) } }
      let size = (0..<k).reduce(0) { max($0, abs(a[$1, $1])) }
      if off <= 1e-15 * size { break }
      for q in 1..<max(k, 1) { for p in 0..<q { rotate(&a, &vectors, p, q) } }
    }
    return vectors.selecting(columns: (0..<k).sorted { (a[$0, $0], $0) < (a[$1, $1], $1) })
  }

  private static func rotate(_ a: inout Matrix, _ vectors: inout Matrix, _ p: Int, _ q: Int) {
    guard a[p, q] != 0 else { return }
    let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for i in 0..<a.rows {
      let (x, y) = (a[i, p], a[i, q])
      (a[i, p], a[i, q]) = (c * x - s * y, s * x + c * y)
    }
    for i in 0..<a.rows {
      let (x, y) = (a[p, i], a[q, i])
      (a[p, i], a[q, i]) = (c * x - s * y, s * x + c * y)
    }
    for i in 0..<a.rows {
      let (x, y) = (vectors[i, p], vectors[i, q])
      (vectors[i, p], vectors[i, q]) = (c * x - s * y, s * x + c * y)
    }
  }
}
