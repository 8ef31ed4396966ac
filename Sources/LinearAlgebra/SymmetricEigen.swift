internal import COpenBLAS

/// The eigenvalues and eigenvectors of a symmetric matrix: A = V diag(λ) Vᵀ with VᵀV = I.
///
/// Source: Cuppen's divide and conquer, LAPACK `dsyevd` (Golub and Van Loan, "Matrix Computations" (4th ed.), section
/// 8.5.4). Cost: about 4 n³.
public struct SymmetricEigen: Sendable {
  /// Ascending.
  public let values: [Double]
  /// One column per eigenvalue, of unit length, its largest element positive.
  public let vectors: Matrix

  /// - Parameter matrix: symmetric; only the lower triangle is read.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    precondition(matrix.rows == matrix.columns, "eigenvalues of a symmetric matrix need a square one")
    guard matrix.isFinite else { throw .notFinite }
    var (vectors, values) = (matrix, [Double](repeating: 0, count: matrix.rows))
    guard matrix.rows > 0 else {
      (self.values, self.vectors) = (values, vectors)
      return
    }
    BLASThreads.useOne()
    var (n, info) = (Int32(matrix.rows), Int32(0))
    var (size, integerSize) = (1 + 6 * n + 2 * n * n, 3 + 5 * n)
    var work = [Double](repeating: 0, count: Int(size))
    var integers = [Int32](repeating: 0, count: Int(integerSize))
    vectors.storage.withUnsafeMutableBufferPointer {
      dsyevd_("V", "L", &n, $0.baseAddress, &n, &values, &work, &size, &integers, &integerSize, &info, 1, 1)
    }
    guard info == 0 else { throw .notConverged }
    vectors.orientColumns()
    self.values = values
    self.vectors = vectors
  }

  /// Largest over smallest magnitude of an eigenvalue; infinite for a singular matrix, one for an empty matrix.
  public var condition: Double {
    let magnitudes = values.map { abs($0) }
    guard let largest = magnitudes.max(), let smallest = magnitudes.min() else { return 1 }
    return smallest > 0 ? largest / smallest : .infinity
  }
}

extension Matrix {
  /// Changes the sign of columns so that the element of largest magnitude, the first one of several, is positive: signs
  /// of eigenvectors are free, and a fixed choice makes results comparable.
  fileprivate mutating func orientColumns() {
    for j in 0..<columns {
      var largest = 0.0
      for k in j * rows..<(j + 1) * rows where abs(storage[k]) > abs(largest) { largest = storage[k] }
      guard largest < 0 else { continue }
      for k in j * rows..<(j + 1) * rows { storage[k] = -storage[k] }
    }
  }
}
