internal import LinearAlgebra

/// min ½ βᵀ A β − bᵀ β subject to β ≥ 0, for a positive definite A: least squares with coefficients that cannot be
/// negative, given by its normal equations A = Xᵀ X (plus a ridge), b = Xᵀ y.
///
/// Source: Lawson & Hanson, "Solving Least Squares Problems" (1974), algorithm NNLS, in the form of Bro & de Jong,
/// "A fast non-negativity-constrained least squares algorithm" (1997). Ends after finitely many steps; each costs a
/// Cholesky factorization of the free coefficients.
struct NonNegativeLeastSquares {
  /// β, with exact zeros where the bound holds.
  let solution: [Double]

  /// - Parameters:
  ///   - gram: A, positive definite.
  ///   - products: b.
  init(gram: Matrix, products: [Double]) throws(LinearAlgebraError) {
    let count = products.count
    var beta = [Double](repeating: 0, count: count)
    var free: [Int] = []
    let tolerance = 1e-12 * (products.map(abs).max() ?? 0)
    for _ in 0..<10 * max(count, 1) {
      // 1. The bound coefficient that would improve most becomes free.
      let gradient = (0..<count).map { i in products[i] - (0..<count).reduce(0) { $0 + gram[i, $1] * beta[$1] } }
      let bound = (0..<count).filter { !free.contains($0) && gradient[$0] > tolerance }
      guard let entering = bound.max(by: { gradient[$0] < gradient[$1] }) else { break }
      free.append(entering)
      while !free.isEmpty {
        // 2. Solve for the free ones alone.
        let target = try Cholesky(gram.selecting(rows: free).selecting(columns: free))
          .solve(free.map { products[$0] })
        if target.allSatisfy({ $0 > 0 }) {
          for (index, value) in zip(free, target) { beta[index] = value }
          break
        }
        // 3. Walk towards that solution until the first coefficient reaches zero, and bind it.
        var step = 1.0
        for (index, value) in zip(free, target) where value <= 0 {
          step = min(step, beta[index] / (beta[index] - value))
        }
        for (index, value) in zip(free, target) { beta[index] += step * (value - beta[index]) }
        let leaving = free.filter { beta[$0] <= 1e-13 * abs(products[$0]) / gram[$0, $0] }
        for index in leaving { beta[index] = 0 }
        free.removeAll { leaving.contains($0) }
        if leaving.isEmpty { break }
      }
    }
    solution = beta
  }
}
