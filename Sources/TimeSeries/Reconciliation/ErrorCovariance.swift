internal import LinearAlgebra

/// The covariance of the base forecasts' errors: W = λ D + (1 − λ) Σ̂ with Σ̂ that of the one-step errors and D its
/// diagonal, kept as a diagonal and the errors themselves: W = diag(`variances`) + V Vᵀ, V in nodes × periods.
///
/// The correlations are shrunk towards zero by
///
///     λ = Σ_{i≠j} Var(r_ij) / Σ_{i≠j} r_ij²,   0 ≤ λ ≤ 1.
///
/// Both sums over pairs of nodes come from sums over nodes: with x the errors in their own spread,
/// Σ_ij (Σ_t x_ti x_tj)² = ‖Σ_i x_i x_iᵀ‖² is the size of a periods × periods matrix, and
/// Σ_ij Σ_t (x_ti x_tj)² = Σ_t (Σ_i x_ti²)². So the cost is O(nodes · periods²), and no pair is ever looked at.
///
/// Unknown errors count as zero in the products and are left out of each node's own mean and variance; W stays positive
/// definite whatever is missing. A node whose errors hardly vary is given a hundred-thousandth of its level's mean
/// variance.
///
/// Sources: Wickramasuriya, Athanasopoulos & Hyndman, "Optimal forecast reconciliation for hierarchical and grouped time
/// series through trace minimization" (JASA 114, 2019), section 2.3; Schäfer & Strimmer, "A shrinkage approach to
/// large-scale covariance matrix estimation" (2005), table 1, target D.
struct ErrorCovariance: Sendable {
  /// λ D, positive.
  let variances: [Double]
  /// V as periods × nodes: the column of a node is contiguous. No rows where λ = 1.
  let loadings: Matrix
  let shrinkage: Double

  /// The least shrinkage: W must be invertible with fewer periods than nodes.
  static let leastShrinkage = 1e-4
  private static let leastVariance = 1e-5

  /// - Parameter residuals: nodes × periods; NaN where unknown.
  init(_ hierarchy: Hierarchy, residuals: [Double]) throws(ReconciliationError) {
    let nodes = hierarchy.nodeCount
    let periods = residuals.count / nodes
    // 1. Centre the errors of each node; periods without any error are dropped.
    let used = (0..<periods).filter { time in (0..<nodes).contains { !residuals[$0 * periods + time].isNaN } }
    var errors = [Double](repeating: 0, count: nodes * used.count)
    var squares = [Double](repeating: 0, count: nodes)
    var counts = [Int](repeating: 0, count: nodes)
    for node in 0..<nodes {
      let known = used.indices.filter { !residuals[node * periods + used[$0]].isNaN }
      let mean = known.reduce(0.0) { $0 + residuals[node * periods + used[$1]] } / Double(max(1, known.count))
      counts[node] = known.count
      for time in known {
        let error = residuals[node * periods + used[time]] - mean
        errors[node * used.count + time] = error
        squares[node] += error * error
      }
    }
    guard squares.indices.contains(where: { counts[$0] > 1 && squares[$0] > 0 }) else { throw .tooFewResiduals }
    let matrix = Matrix(rows: used.count, columns: nodes, elements: errors)
    // 2. The shrinkage, from the errors in their own spread.
    let shrinkage = Self.shrinkage(matrix, squares: squares)
    self.shrinkage = shrinkage
    // 3. W = λ D + V Vᵀ.
    let raw = (0..<nodes).map { counts[$0] > 1 ? squares[$0] / Double(counts[$0] - 1) : 0 }
    variances = hierarchy.withFloor(raw, share: Self.leastVariance).map { $0 * shrinkage }
    guard shrinkage < 1 else {
      loadings = Matrix(rows: 0, columns: nodes)
      return
    }
    for node in 0..<nodes {
      let factor = counts[node] > 1 ? ((1 - shrinkage) / Double(counts[node] - 1)).squareRoot() : 0
      for index in node * used.count..<(node + 1) * used.count { errors[index] *= factor }
    }
    loadings = Matrix(rows: used.count, columns: nodes, elements: errors)
  }

  /// λ, by sums over nodes instead of pairs.
  /// - Parameter errors: periods × nodes, centred.
  private static func shrinkage(_ errors: Matrix, squares: [Double]) -> Double {
    let periods = errors.rows
    let count = Double(periods)
    var scaled = errors.elements
    var (squaredSums, ownFourths, ownSquares) = ([Double](repeating: 0, count: periods), 0.0, 0.0)
    for node in 0..<errors.columns {
      let unit = (squares[node] / count).squareRoot()
      guard unit > 0 else { continue }
      for time in 0..<periods {
        let value = scaled[node * periods + time] / unit
        scaled[node * periods + time] = value
        squaredSums[time] += value * value
        ownFourths += value * value * value * value
      }
      ownSquares += count * count
    }
    let spread = Matrix(rows: periods, columns: errors.columns, elements: scaled)
    // ‖X Xᵀ‖² over nodes: what all pairs' (Σ_t x_ti x_tj)² add up to.
    let pairSquares = spread.transposed().gram().elements.reduce(0) { $0 + $1 * $1 } - ownSquares
    let pairFourths = squaredSums.reduce(0) { $0 + $1 * $1 } - ownFourths
    guard pairSquares > 0, periods > 1 else { return 1 }
    let ratio = (pairFourths - pairSquares / count) * count / ((count - 1) * pairSquares)
    return min(1, max(leastShrinkage, ratio))
  }
}

extension Hierarchy {
  /// Variances of at least a share of the mean of their level, so that a node whose errors are all zero does not bind
  /// the others with infinite weight.
  func withFloor(_ variances: [Double], share: Double) -> [Double] {
    var floored = variances
    let overall = variances.reduce(0, +) / Double(max(1, variances.count))
    for level in levels {
      let mean = level.nodes.reduce(0.0) { $0 + variances[$1] } / Double(level.nodes.count)
      let least = share * (mean > 0 ? mean : overall)
      for node in level.nodes { floored[node] = max(variances[node], least) }
    }
    return floored
  }
}
