internal import COpenBLAS

/// The factorization A = L Lᵀ of a symmetric positive definite matrix.
///
/// Source: Golub and Van Loan, "Matrix Computations" (4th ed.), algorithm 4.2.2; LAPACK `dpotrf`, `dpocon` above
/// `Cholesky.smallOrder`, plain loops below it, where a call costs more than the work. Cost: n³/3.
public struct Cholesky: Sendable {
  /// L; the upper triangle is zero.
  public let lower: Matrix
  private let oneNorm: Double

  /// Up to this order plain loops are faster than LAPACK.
  static let smallOrder = 20

  public var order: Int { lower.rows }

  /// - Parameter matrix: symmetric; only the lower triangle is read.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    precondition(matrix.rows == matrix.columns, "a Cholesky factorization needs a square matrix")
    guard matrix.isFinite else { throw .notFinite }
    oneNorm = Cholesky.symmetricOneNorm(matrix)
    lower = try matrix.rows <= Cholesky.smallOrder ? Cholesky.looped(matrix) : Cholesky.lapack(matrix)
  }

  private static func looped(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    let n = matrix.rows
    var factor = matrix.storage
    for j in 0..<n {
      var pivot = factor[j + j * n]
      for k in 0..<j { pivot -= factor[j + k * n] * factor[j + k * n] }
      guard pivot > 0 else { throw .notPositiveDefinite(order: j + 1) }
      let root = pivot.squareRoot()
      factor[j + j * n] = root
      for i in j + 1..<max(n, j + 1) {
        var sum = factor[i + j * n]
        for k in 0..<j { sum -= factor[i + k * n] * factor[j + k * n] }
        factor[i + j * n] = sum / root
        factor[j + i * n] = 0
      }
    }
    return Matrix(rows: n, columns: n, elements: factor)
  }

  private static func lapack(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    BLASThreads.useOne()
    var factor = matrix
    let n = matrix.rows
    var order = Int32(n)
    var info: Int32 = 0
    factor.storage.withUnsafeMutableBufferPointer { dpotrf_("L", &order, $0.baseAddress, &order, &info, 1) }
    guard info == 0 else { throw .notPositiveDefinite(order: Int(info)) }
    for j in 0..<n {
      for i in 0..<j { factor.storage[i + j * n] = 0 }
    }
    return factor
  }

  /// x with A x = b. Cost: 2n².
  public func solve(_ vector: [Double]) -> [Double] {
    precondition(vector.count == order, "the right-hand side does not fit the matrix")
    return solve(Matrix(rows: order, columns: 1, elements: vector)).storage
  }

  /// X with A X = B.
  public func solve(_ right: Matrix) -> Matrix {
    precondition(right.rows == order, "the right-hand side does not fit the matrix")
    var solution = right
    guard order > 0, right.columns > 0 else { return solution }
    if order <= Cholesky.smallOrder {
      for column in 0..<right.columns {
        substituteForward(&solution.storage, column * order)
        substituteBackward(&solution.storage, column * order)
      }
      return solution
    }
    var (n, count, info) = (Int32(order), Int32(right.columns), Int32(0))
    lower.storage.withUnsafeBufferPointer { factor in
      solution.storage.withUnsafeMutableBufferPointer {
        dpotrs_("L", &n, &count, factor.baseAddress, &n, $0.baseAddress, &n, &info, 1)
      }
    }
    return solution
  }

  /// z with L z = b: half of a solve, for quadratic forms bᵀA⁻¹b = zᵀz.
  public func solveLower(_ vector: [Double]) -> [Double] {
    precondition(vector.count == order, "the right-hand side does not fit the matrix")
    var solution = vector
    substituteForward(&solution, 0)
    return solution
  }

  private func substituteForward(_ x: inout [Double], _ start: Int) {
    let n = order
    for j in 0..<n {
      let value = x[start + j] / lower.storage[j + j * n]
      x[start + j] = value
      for i in j + 1..<max(n, j + 1) { x[start + i] -= value * lower.storage[i + j * n] }
    }
  }

  private func substituteBackward(_ x: inout [Double], _ start: Int) {
    let n = order
    for j in (0..<n).reversed() {
      var sum = x[start + j]
      for i in j + 1..<max(n, j + 1) { sum -= lower.storage[i + j * n] * x[start + i] }
      x[start + j] = sum / lower.storage[j + j * n]
    }
  }

  /// A⁻¹, exactly symmetric.
  public func inverse() -> Matrix {
    var inverse = solve(Matrix.identity(order))
    inverse.mirrorUpper()
    return inverse
  }

  /// log det A.
  public var logDeterminant: Double { 2 * lower.diagonal.reduce(0) { $0 + logarithm($1) } }

  /// An estimate of 1 / (‖A‖₁ ‖A⁻¹‖₁): near one for a well-conditioned matrix, near 1e-16 for one that is singular to
  /// working precision (Higham, "FORTRAN codes for estimating the one-norm", 1988; LAPACK `dpocon`). Cost: O(n²).
  public var reciprocalCondition: Double {
    guard order > 0, oneNorm > 0 else { return order == 0 ? 1 : 0 }
    BLASThreads.useOne()
    var n = Int32(order)
    var (norm, estimate, info) = (oneNorm, 0.0, Int32(0))
    var work = [Double](repeating: 0, count: 3 * order)
    var integers = [Int32](repeating: 0, count: order)
    lower.storage.withUnsafeBufferPointer {
      dpocon_("L", &n, $0.baseAddress, &n, &norm, &estimate, &work, &integers, &info, 1)
    }
    return estimate
  }

  /// The largest column sum of magnitudes, read from the lower triangle.
  private static func symmetricOneNorm(_ matrix: Matrix) -> Double {
    let n = matrix.rows
    var sums = [Double](repeating: 0, count: n)
    for j in 0..<n {
      sums[j] += abs(matrix.storage[j + j * n])
      for i in j + 1..<max(n, j + 1) {
        let magnitude = abs(matrix.storage[i + j * n])
        sums[i] += magnitude
        sums[j] += magnitude
      }
    }
    return sums.max() ?? 0
  }
}
