internal import COpenBLAS

/// Which half of a square matrix is read.
public enum Triangle: Sendable, Hashable {
  case lower, upper

  fileprivate var letter: String { self == .lower ? "L" : "U" }
}

extension Matrix {
  /// X with T X = B, or Tᵀ X = B, for the triangle T of this matrix, by LAPACK `dtrtrs`; throws where an element of the
  /// diagonal is zero. Cost: n² per column of B.
  public func solveTriangle(
    _ triangle: Triangle, transposed: Bool = false, _ right: Matrix
  ) throws(LinearAlgebraError) -> Matrix {
    precondition(rows == columns && right.rows == rows, "the right-hand side does not fit the triangle")
    guard rows > 0, right.columns > 0 else { return right }
    BLASThreads.useOne()
    var (solution, n, count, info) = (right, Int32(rows), Int32(right.columns), Int32(0))
    storage.withUnsafeBufferPointer { factor in
      solution.storage.withUnsafeMutableBufferPointer {
        dtrtrs_(
          triangle.letter, transposed ? "T" : "N", "N", &n, &count, factor.baseAddress, &n, $0.baseAddress, &n, &info,
          1,
          1, 1)
      }
    }
    guard info == 0 else { throw .singular(order: Int(info)) }
    return solution
  }

  /// An estimate of 1 / (‖T‖₁ ‖T⁻¹‖₁) for the triangle T of this matrix: near one for a well-conditioned triangle, zero
  /// for a singular one (Higham, "FORTRAN codes for estimating the one-norm", 1988; LAPACK `dtrcon`). Cost: O(n²).
  public func reciprocalCondition(of triangle: Triangle) -> Double {
    precondition(rows == columns, "the condition of a triangle needs a square matrix")
    guard rows > 0 else { return 1 }
    BLASThreads.useOne()
    var (n, estimate, info) = (Int32(rows), 0.0, Int32(0))
    var work = [Double](repeating: 0, count: 3 * rows)
    var integers = [Int32](repeating: 0, count: rows)
    storage.withUnsafeBufferPointer {
      dtrcon_("1", triangle.letter, "N", &n, $0.baseAddress, &n, &estimate, &work, &integers, &info, 1, 1, 1)
    }
    return estimate
  }
}
