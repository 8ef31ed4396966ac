internal import LinearAlgebra

/// The information matrix of a design with large factors, in blocks: a dense border (the columns held as numbers and all
/// factors but the largest), and the largest factor, whose own block is diagonal because a row has one level only.
///
///     ⎡ border      couplingᵀ ⎤
///     ⎣ coupling    diagonal  ⎦
///
/// The diagonal block is absorbed: S = border − couplingᵀ diagonal⁻¹ coupling is the Schur complement, and the matrix of
/// zeros and ones of a factor is never formed. Source: Golub and Van Loan, "Matrix Computations" (4th ed.), section 3.2;
/// for regressions Searle, "Linear Models" (1971), section 7.2. Cost of a solve: L m² + m³/3 for L levels and a border of m.
struct BlockInformation {
  /// A column of which less than this is left after the absorbed levels depends on them.
  static let smallestShare = 1e-11

  var border: Matrix
  var diagonal: [Double]
  /// L × m.
  var coupling: Matrix

  init(border: Matrix, diagonal: [Double] = [], coupling: Matrix? = nil) {
    self.border = border
    self.diagonal = diagonal
    self.coupling = coupling ?? Matrix(rows: diagonal.count, columns: border.columns)
  }

  /// The Schur complement of the diagonal block, and diagonal^−½ coupling.
  func absorbed() -> (complement: Matrix, scaled: Matrix) {
    guard !diagonal.isEmpty else { return (border, coupling) }
    var scaled = coupling
    let roots = diagonal.map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    for j in 0..<scaled.columns {
      for i in roots.indices { scaled.storage[i + j * roots.count] *= roots[i] }
    }
    let explained = scaled.gram()
    var complement = border
    for index in complement.storage.indices { complement.storage[index] -= explained.storage[index] }
    return (complement, scaled)
  }

  /// Nil where the matrix is singular or indefinite.
  func factored() -> BlockFactor? {
    guard diagonal.allSatisfy({ $0 > 0 }) else { return nil }
    let (complement, scaled) = absorbed()
    // A column that the largest factor explains leaves nothing but rounding on the diagonal.
    for j in 0..<border.columns where !(complement[j, j] > BlockInformation.smallestShare * border[j, j]) { return nil }
    guard let schur = try? ScaledCholesky(complement) else { return nil }
    return BlockFactor(schur: schur, diagonal: diagonal, scaled: scaled)
  }
}

/// A factored `BlockInformation`.
struct BlockFactor {
  let schur: ScaledCholesky
  fileprivate let diagonal: [Double]
  /// diagonal^−½ coupling, L × m.
  fileprivate let scaled: Matrix

  private var borderCount: Int { scaled.columns }

  /// x with (information) x = v; the border's elements first.
  func solve(_ vector: [Double]) -> [Double] {
    guard !diagonal.isEmpty else { return schur.solve(vector) }
    let roots = diagonal.map { $0.squareRoot() }
    // 1. Border: S x = v − couplingᵀ diagonal⁻¹ u.
    let own = zip(vector.dropFirst(borderCount), roots).map { $0 / $1 }
    var right = Array(vector.prefix(borderCount))
    let explained = scaled.transposedTimes(own)
    for j in right.indices { right[j] -= explained[j] }
    let border = schur.solve(right)
    // 2. Levels: diagonal⁻¹ (u − coupling x).
    let carried = scaled * border
    return border + roots.indices.map { (own[$0] - carried[$0]) / roots[$0] }
  }

  /// The block of the inverse that belongs to the border, and the diagonal of the inverse for the levels.
  func inverse() -> (border: Matrix, levelVariances: [Double]) {
    let border = schur.inverse()
    guard !diagonal.isEmpty else { return (border, []) }
    let product = scaled * border
    var variances = diagonal.map { 1 / $0 }
    for i in variances.indices {
      var extra = 0.0
      for j in 0..<borderCount {
        extra += product.storage[i + j * variances.count] * scaled.storage[i + j * variances.count]
      }
      variances[i] *= 1 + extra
    }
    return (border, variances)
  }

  /// diagonal⁻¹ coupling: what the levels' means of the border's columns are.
  func levelMeans() -> Matrix {
    var means = scaled
    for j in 0..<means.columns {
      for i in diagonal.indices { means.storage[i + j * diagonal.count] /= diagonal[i].squareRoot() }
    }
    return means
  }
}
