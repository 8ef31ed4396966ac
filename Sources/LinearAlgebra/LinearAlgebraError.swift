/// Why a factorization gave no usable answer. Shapes that do not fit are programming mistakes and trap instead.
public enum LinearAlgebraError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The leading minor of this order is not positive: the matrix has no Cholesky factor.
  case notPositiveDefinite(order: Int)
  /// The triangle has a zero on its diagonal, at this order.
  case singular(order: Int)
  /// The iterations for eigenvalues or singular values did not converge.
  case notConverged
  /// A NaN or an infinite number in the input.
  case notFinite

  public var description: String {
    switch self {
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite: its leading block of order \(order) is singular or indefinite"
    case .singular(let order): "the triangle is singular: element \(order) of its diagonal is zero"
    case .notConverged: "the iterations for the eigenvalues did not converge"
    case .notFinite: "the matrix holds a value that is not a finite number"
    }
  }
}
