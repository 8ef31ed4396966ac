package import LinearAlgebra

/// A smooth convex loss over standardised columns: a mean over the rows, so that its size does not depend on their
/// number. `ProximalNewton` adds the elastic-net penalty.
package protocol SmoothLoss: Sendable {
  /// Number of parameters: standardised columns, and the intercept where there is one.
  var count: Int { get }

  /// The loss, its gradient and its Hessian (count × count, both triangles). The value is infinite outside the domain.
  func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double], hessian: Matrix)

  /// The loss and its gradient; cheaper where the Hessian costs more than they do.
  func gradient(at parameters: [Double]) -> (value: Double, gradient: [Double])

  /// The Hessian over some of the parameters; the others are zero. Cheaper where these are few.
  func hessian(at parameters: [Double], over indices: [Int]) -> Matrix
}

extension SmoothLoss {
  package func gradient(at parameters: [Double]) -> (value: Double, gradient: [Double]) {
    let all = evaluate(at: parameters)
    return (all.value, all.gradient)
  }

  package func hessian(at parameters: [Double], over indices: [Int]) -> Matrix {
    let hessian = evaluate(at: parameters).hessian
    var part = Matrix(rows: indices.count, columns: indices.count)
    for (j, column) in indices.enumerated() {
      for (i, row) in indices.enumerated() { part[i, j] = hessian[row, column] }
    }
    return part
  }
}
