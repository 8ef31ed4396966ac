internal import Glibc
package import LinearAlgebra

/// A quadratic loss with an elastic-net penalty, given by its Gram matrix:
///
///     minimise ½ bᵀG b − qᵀb + λ Σ vⱼ (α |bⱼ| + (1 − α) bⱼ² / 2)
///
/// G is symmetric and positive semidefinite (p × p), q has p elements, vⱼ ≥ 0 is the penalty factor of column j; a
/// column with vⱼ = 0 is free.
///
/// A solution is found exactly: where the set A of nonzero coefficients and their signs s are known, it solves the
/// linear system (G_AA + λ(1 − α) V) b_A = q_A − λα V s_A. The search for A and s lies in `ActiveSetSearch`; what it
/// returns is checked against the optimality conditions of all columns. Cost of a solve: |A|³/3 + p |A|, usually two to
/// four times for each λ of a path.
package struct QuadraticElasticNet: Sendable {
  /// p × p, both triangles filled.
  package let gram: Matrix
  /// q.
  package let cross: [Double]
  /// α in 0…1: 1 for the lasso, 0 for ridge.
  package let alpha: Double
  /// vⱼ ≥ 0.
  package let penaltyFactors: [Double]

  /// The minimum at one λ.
  package struct Solution: Sendable {
    package var lambda: Double
    /// b.
    package var coefficients: [Double]
    /// r = q − G b: the negative gradient of the loss.
    package var residual: [Double]
    /// The largest violation of the optimality conditions, as a share of λ; of the largest |qⱼ| where λ is zero.
    package var optimalityResidual: Double
    /// Linear systems solved.
    package var iterations: Int
  }

  package init(gram: Matrix, cross: [Double], alpha: Double, penaltyFactors: [Double]? = nil) {
    precondition(gram.rows == gram.columns && gram.rows == cross.count, "the shapes of G and q do not fit")
    precondition(alpha >= 0 && alpha <= 1, "the share of the absolute penalty lies in 0…1")
    self.gram = gram
    self.cross = cross
    self.alpha = alpha
    self.penaltyFactors = penaltyFactors ?? [Double](repeating: 1, count: cross.count)
    precondition(self.penaltyFactors.count == cross.count, "one penalty factor per column is needed")
  }

  /// The minima for decreasing λ, each found from the one before.
  package func path(_ lambdas: [Double]) -> [Solution] {
    var search = ActiveSetSearch(self)
    return lambdas.map { search.minimum(at: $0) }
  }

  /// The minimum at one λ, found from a guess of the coefficients.
  package func minimum(at lambda: Double, from start: [Double]? = nil) -> Solution {
    var search = ActiveSetSearch(self)
    if let start { search.start(from: start) }
    return search.minimum(at: lambda)
  }

  /// The minimum over the free columns, with all others at zero: that of every λ from `largestLambda` on.
  package func null() -> Solution {
    let free = penaltyFactors.indices.filter { penaltyFactors[$0] == 0 }
    var coefficients = [Double](repeating: 0, count: cross.count)
    if !free.isEmpty {
      var part = Matrix(rows: free.count, columns: free.count)
      for (j, column) in free.enumerated() {
        for (i, row) in free.enumerated() { part[i, j] = gram[row, column] }
      }
      let factors = [Double](repeating: 0, count: free.count)
      let reduced = QuadraticElasticNet(
        gram: part, cross: free.map { cross[$0] }, alpha: 1, penaltyFactors: factors)
      let values = reduced.minimum(at: 0).coefficients
      for (position, column) in free.enumerated() { coefficients[column] = values[position] }
    }
    return Solution(
      lambda: .infinity, coefficients: coefficients, residual: residual(coefficients), optimalityResidual: 0,
      iterations: free.isEmpty ? 0 : 1)
  }

  /// The least λ at which all penalised columns are zero; for α below 0.001 that of α = 0.001.
  package func largestLambda(_ null: Solution) -> Double {
    penaltyFactors.indices.reduce(0) { largest, j in
      penaltyFactors[j] > 0 ? max(largest, abs(null.residual[j]) / (penaltyFactors[j] * max(alpha, 0.001))) : largest
    }
  }

  /// bᵀG b − 2 qᵀb at a solution: twice its loss.
  package func twiceLoss(_ solution: Solution) -> Double {
    var sum = 0.0
    for j in cross.indices where solution.coefficients[j] != 0 {
      sum -= solution.coefficients[j] * (cross[j] + solution.residual[j])
    }
    return sum
  }

  /// q − G b over the nonzero coefficients. Cost: p · nonzeros.
  func residual(_ coefficients: [Double]) -> [Double] {
    var residual = cross
    let p = cross.count
    gram.storage.withUnsafeBufferPointer { gram in
      residual.withUnsafeMutableBufferPointer { residual in
        for column in 0..<p where coefficients[column] != 0 {
          let (start, value) = (column * p, coefficients[column])
          for row in 0..<p { residual[row] -= gram[start + row] * value }
        }
      }
    }
    return residual
  }
}

/// The penalty of an elastic net at one λ, column by column, and the optimality conditions that it leads to.
struct ElasticNetPenalty: Sendable {
  let lambda: Double
  /// λ α vⱼ.
  let absolute: [Double]
  /// λ (1 − α) vⱼ.
  let square: [Double]

  init(lambda: Double, alpha: Double, factors: [Double]) {
    self.lambda = lambda
    absolute = factors.map { lambda * alpha * $0 }
    square = factors.map { lambda * (1 - alpha) * $0 }
  }

  func value(_ coefficients: [Double]) -> Double {
    var sum = 0.0
    for j in coefficients.indices {
      sum += absolute[j] * abs(coefficients[j]) + square[j] * coefficients[j] * coefficients[j] / 2
    }
    return sum
  }

  /// How far column j is from optimality, given the negative gradient r of the loss: r = λα v sign b + λ(1 − α) v b
  /// where b ≠ 0, |r| ≤ λα v where b = 0.
  func violation(_ j: Int, coefficient: Double, residual: Double) -> Double {
    if coefficient == 0 { return max(0, abs(residual) - absolute[j]) }
    return abs(residual - square[j] * coefficient - (coefficient > 0 ? absolute[j] : -absolute[j]))
  }

  /// The largest violation over all columns.
  func violation(_ coefficients: [Double], residual: [Double]) -> Double {
    var largest = 0.0
    for j in coefficients.indices {
      largest = max(largest, violation(j, coefficient: coefficients[j], residual: residual[j]))
    }
    return largest
  }
}

/// λ from `largest` down to `largest · ratio` in equal steps of log λ.
func geometricPath(from largest: Double, ratio: Double, count: Int) -> [Double] {
  guard count > 1 else { return [largest] }
  return (0..<count).map { largest * pow(ratio, Double($0) / Double(count - 1)) }
}
