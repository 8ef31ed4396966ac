internal import COpenBLAS

/// The factorization X P = Q R of a tall matrix with column pivoting, and what it says about the rank.
///
/// Source: LAPACK `dgeqp3` (Quintana-Ortí, Sun, Bischof, "A BLAS-3 version of the QR factorization with column
/// pivoting", 1998). Columns are scaled to unit length first, so that units do not decide what counts as small.
///
/// Pivoting by length would drop an arbitrary one of several columns that depend on one another. Here the columns are
/// then taken in their given order on the small triangle R Pᵀ: a column that the ones kept before it already explain is
/// dropped, and the combination that explains it is reported. Cost: 2 n p² + O(p³).
public struct PivotedQR: Sendable {
  /// A dropped column and the combination of kept columns that it equals: x_column = Σ weight · x_other.
  public struct Dependency: Sendable, Hashable {
    public let column: Int
    /// Kept columns with their weights, those that matter; empty for a column of zeros.
    public let combination: [Term]

    public struct Term: Sendable, Hashable {
      public let column: Int
      public let weight: Double
    }
  }

  /// Indices of independent columns, in their given order.
  public let kept: [Int]
  public let dependencies: [Dependency]
  /// Number of rows and columns of X.
  public let rows: Int
  public let columns: Int
  /// Length of each column of X.
  public let columnNorms: [Double]
  /// Estimate of the condition number of the kept, scaled columns.
  public let condition: Double

  private let reflectors: Matrix
  private let reflectorScales: [Double]
  /// The kept columns' triangle T with S = U T, where S = R Pᵀ restricted to the kept columns.
  private let triangle: OrderedTriangle

  public var rank: Int { kept.count }

  /// - Parameters:
  ///   - matrix: n × p; n may be smaller than p.
  ///   - tolerance: a unit-length column of which less than this remains after the others is dropped.
  public init(_ matrix: Matrix, tolerance: Double? = nil) throws(LinearAlgebraError) {
    guard matrix.isFinite else { throw .notFinite }
    let (n, p) = (matrix.rows, matrix.columns)
    rows = n
    columns = p
    // 1. Scale the columns to unit length.
    var scaled = matrix
    var norms = [Double](repeating: 0, count: p)
    for j in 0..<p {
      norms[j] = euclideanNorm(matrix.column(j))
      guard norms[j] > 0 else { continue }
      for i in j * n..<(j + 1) * n { scaled.storage[i] /= norms[j] }
    }
    columnNorms = norms
    // 2. X P = Q R.
    var pivots = [Int32](repeating: 0, count: p)
    var scales = [Double](repeating: 0, count: min(n, p))
    PivotedQR.factor(&scaled, &pivots, &scales)
    reflectors = scaled
    reflectorScales = scales
    // 3. Put the columns of R back into their given order and walk over them.
    let height = min(n, p)
    var square = Matrix(rows: height, columns: p)
    for j in 0..<p {
      for i in 0..<min(j + 1, height) { square[i, Int(pivots[j]) - 1] = scaled[i, j] }
    }
    let limit = tolerance ?? max(1e-11, Double(max(n, p)) * 0x1p-52)
    triangle = OrderedTriangle(square, tolerance: limit)
    kept = triangle.kept
    condition = triangle.condition
    dependencies = triangle.dropped.map { [kept] dropped in
      let weights = zip(kept, dropped.weights).map { column, weight in
        Dependency.Term(column: column, weight: norms[column] > 0 ? weight * norms[dropped.column] / norms[column] : 0)
      }
      let relevant = zip(weights, dropped.weights).filter { abs($1) > 1e-7 }.map(\.0)
      return Dependency(column: dropped.column, combination: relevant)
    }
  }

  private static func factor(_ matrix: inout Matrix, _ pivots: inout [Int32], _ scales: inout [Double]) {
    guard matrix.rows > 0, matrix.columns > 0 else {
      for j in pivots.indices { pivots[j] = Int32(j + 1) }
      return
    }
    BLASThreads.useOne()
    var (m, n, info) = (Int32(matrix.rows), Int32(matrix.columns), Int32(0))
    var size: Int32 = 2 * n + (n + 1) * 64
    var work = [Double](repeating: 0, count: Int(size))
    matrix.storage.withUnsafeMutableBufferPointer {
      dgeqp3_(&m, &n, $0.baseAddress, &m, &pivots, &scales, &work, &size, &info)
    }
  }

  /// b minimising ‖y − X b‖ over the kept columns; dropped columns get a coefficient of zero.
  public func leastSquares(_ response: [Double]) -> [Double] {
    precondition(response.count == rows, "the response does not fit the matrix")
    var projected = response
    applyTransposedQ(&projected)
    let solution = triangle.solve(Array(projected.prefix(min(rows, columns))))
    var coefficients = [Double](repeating: 0, count: columns)
    for (index, column) in kept.enumerated() { coefficients[column] = solution[index] / columnNorms[column] }
    return coefficients
  }

  /// (XᵀX)⁻¹ over the kept columns (rank × rank), in the order of `kept`.
  public func inverseGram() -> Matrix {
    var inverse = triangle.inverseGram()
    for j in 0..<rank {
      for i in 0..<rank { inverse[i, j] /= columnNorms[kept[i]] * columnNorms[kept[j]] }
    }
    return inverse
  }

  private func applyTransposedQ(_ vector: inout [Double]) {
    guard rows > 0, columns > 0 else { return }
    var (m, one, k, info) = (Int32(rows), Int32(1), Int32(min(rows, columns)), Int32(0))
    var size: Int32 = 64
    var work = [Double](repeating: 0, count: Int(size))
    reflectors.storage.withUnsafeBufferPointer { a in
      reflectorScales.withUnsafeBufferPointer { tau in
        vector.withUnsafeMutableBufferPointer {
          dormqr_(
            "L", "T", &m, &one, &k, a.baseAddress, &m, tau.baseAddress, $0.baseAddress, &m, &work, &size, &info, 1, 1)
        }
      }
    }
  }
}

/// The Euclidean length of a vector, without overflow for large and underflow for small elements.
public func euclideanNorm(_ vector: some Sequence<Double>) -> Double {
  var scale = 0.0
  for value in vector { scale = max(scale, abs(value)) }
  guard scale > 0, scale.isFinite else { return scale }
  var sum = 0.0
  for value in vector { sum += (value / scale) * (value / scale) }
  return scale * sum.squareRoot()
}
