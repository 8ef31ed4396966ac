internal import COpenBLAS

/// The thin singular value decomposition A = U diag(σ) Vᵀ of an m × n matrix, k = min(m, n).
///
/// Source: LAPACK `dgesdd` (Golub and Van Loan, "Matrix Computations" (4th ed.), section 8.6). Cost: about 6 m n² + 20 n³
/// for m ≥ n.
public struct SingularValues: Sendable {
  /// m × k, orthonormal columns.
  public let left: Matrix
  /// Descending, none below zero.
  public let values: [Double]
  /// Vᵀ, k × n, orthonormal rows.
  public let rightTransposed: Matrix

  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.isFinite else { throw .notFinite }
    let (rows, columns) = (matrix.rows, matrix.columns)
    let count = min(rows, columns)
    var (left, right) = (Matrix(rows: rows, columns: count), Matrix(rows: count, columns: columns))
    var values = [Double](repeating: 0, count: count)
    guard count > 0 else {
      (self.left, self.values, rightTransposed) = (left, values, right)
      return
    }
    BLASThreads.useOne()
    var work = matrix
    var (m, n, k, info, size) = (Int32(rows), Int32(columns), Int32(count), Int32(0), Int32(-1))
    var integers = [Int32](repeating: 0, count: 8 * count)
    var scratch = [0.0]
    func call(_ matrix: inout [Double], _ left: inout [Double], _ right: inout [Double]) {
      dgesdd_("S", &m, &n, &matrix, &m, &values, &left, &m, &right, &k, &scratch, &size, &integers, &info, 1)
    }
    // The first call asks for the size of the work array.
    call(&work.storage, &left.storage, &right.storage)
    size = Int32(scratch[0])
    scratch = [Double](repeating: 0, count: Int(size))
    call(&work.storage, &left.storage, &right.storage)
    guard info == 0 else { throw .notConverged }
    (self.left, self.values, rightTransposed) = (left, values, right)
  }

  /// Largest over smallest singular value; infinite for a matrix of deficient rank, one for an empty matrix.
  public var condition: Double {
    guard let largest = values.first, let smallest = values.last else { return 1 }
    return smallest > 0 ? largest / smallest : .infinity
  }

  /// The number of singular values above `tolerance` times the largest one.
  public func rank(tolerance: Double = 1e-12) -> Int {
    guard let largest = values.first, largest > 0 else { return 0 }
    return values.count { $0 > tolerance * largest }
  }
}
