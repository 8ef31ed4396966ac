/// Why a factorization gave no usable answer. Shapes that do not fit are programming mistakes and trap instead.
public enum LinearAlgebraError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The leading minor of this order is not positive: the matrix has no Cholesky factor.
  case notPositiveDefinite(order: Int)
  /// A NaN or an infinite number in the input.
  case notFinite

  public var description: String {
    switch self {
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite: its leading block of order \(order) is singular or indefinite"
    case .notFinite: "the matrix holds a value that is not a finite number"
    }
  }
}
