internal import LinearAlgebra

/// How base forecasts are made to add up.
public enum ReconciliationMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Sums of the bottom series' forecasts; those of aggregates are not looked at.
  case bottomUp = "bottom_up"
  /// The coarsest level's forecasts, split by the shares of the forecasts of the next finer level, and so on down a
  /// longest chain of nested levels ("forecast proportions").
  case topDown = "top_down"
  /// Least squares, every node alike.
  case leastSquares = "ols"
  /// Least squares weighted by one over the number of bottom series below a node.
  case structural = "wls_struct"
  /// Least squares weighted by one over the mean squared one-step error.
  case variance = "wls_var"
  /// Generalised least squares with the shrunk covariance of one-step errors (``ErrorCovariance``): the smallest total
  /// variance of all coherent unbiased forecasts.
  case minimumTrace = "mint_shrink"

  public var needsResiduals: Bool { self == .variance || self == .minimumTrace }
}

/// A hierarchy with the weights of a method, ready to make any base forecasts coherent.
///
/// The least-squares methods minimise (ŷ − S b)ᵀ W⁻¹ (ŷ − S b) over the bottom series b, and the coherent forecasts are
/// S b. For W = D + V Vᵀ the errors are split into an independent part of variance D and what V carries, V z with z of
/// unit variance:
///
///     min over b, z of (ŷ − S b − V z)ᵀ D⁻¹ (ŷ − S b − V z) + zᵀ z.
///
/// With x(y) the bottom series of y reconciled under D alone and Π y = D⁻¹ (y − S x(y)), the solution is
/// z = (I + Vᵀ Π V)⁻¹ Vᵀ Π ŷ and b = x(ŷ − V z): the columns of V are reconciled once, as if they were forecasts, and
/// every ŷ then costs one diagonal reconciliation. Neither S nor W is formed.
///
/// Sources: Wickramasuriya, Athanasopoulos & Hyndman (JASA 114, 2019); Athanasopoulos, Hyndman, Kourentzes & Panagiotelis,
/// "Forecast reconciliation: a review" (IJF 40, 2024); Henderson & Searle, "On deriving the inverse of a sum of matrices"
/// (SIAM Review 23, 1981) for the split. Memory: O(nodes · periods) for residuals of that shape, else O(nodes).
public struct Reconciler: Sendable {
  public let hierarchy: Hierarchy
  public let method: ReconciliationMethod
  /// λ of ``ReconciliationMethod/minimumTrace``; nil for other methods.
  public let shrinkage: Double?
  /// D.
  let variances: [Double]
  let diagonal: DiagonalNormalEquations
  let factors: ErrorFactors?

  /// - Parameter residuals: one-step errors of the base forecasts, nodes × periods, NaN where unknown; empty for methods
  ///   that do not need them.
  /// - Complexity: O(nodes) where no residuals are used, else O(nodes · periods²).
  public init(_ hierarchy: Hierarchy, method: ReconciliationMethod, residuals: [Double] = [])
    throws(ReconciliationError)
  {
    self.hierarchy = hierarchy
    self.method = method
    if method.needsResiduals {
      guard !residuals.isEmpty else { throw .residualsMissing }
      guard residuals.count % hierarchy.nodeCount == 0 else {
        throw .wrongCount(expected: hierarchy.nodeCount, found: residuals.count)
      }
      guard !residuals.contains(where: \.isInfinite) else { throw .tooFewResiduals }
    }
    switch method {
    case .bottomUp, .topDown, .leastSquares:
      variances = [Double](repeating: 1, count: hierarchy.nodeCount)
      (factors, shrinkage) = (nil, nil)
    case .structural:
      variances = hierarchy.bottomCounts.map { Double($0) }
      (factors, shrinkage) = (nil, nil)
    case .variance:
      variances = try Self.meanSquares(hierarchy, residuals)
      (factors, shrinkage) = (nil, nil)
    case .minimumTrace:
      let covariance = try ErrorCovariance(hierarchy, residuals: residuals)
      variances = covariance.variances
      shrinkage = covariance.shrinkage
      let equations = DiagonalNormalEquations(hierarchy, variances: covariance.variances)
      factors = covariance.loadings.rows > 0 ? try ErrorFactors(covariance, equations) : nil
    }
    diagonal = DiagonalNormalEquations(hierarchy, variances: variances)
  }

  /// Coherent forecasts of all nodes.
  /// - Parameters:
  ///   - base: nodes × horizon.
  ///   - horizon: steps ahead, or any other number of things to be made coherent each by itself.
  /// - Returns: nodes × horizon.
  public func reconcile(_ base: [Double], horizon: Int) throws(ReconciliationError) -> [Double] {
    hierarchy.aggregated(try bottom(base, horizon: horizon), lanes: horizon)
  }

  /// The bottom series of the coherent forecasts, bottom series × horizon.
  public func bottom(_ base: [Double], horizon: Int) throws(ReconciliationError) -> [Double] {
    guard horizon > 0, base.count == hierarchy.nodeCount * horizon else {
      throw .wrongCount(expected: hierarchy.nodeCount * max(1, horizon), found: base.count)
    }
    if let position = base.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(node: hierarchy.nodeNames[position / horizon])
    }
    switch method {
    case .bottomUp: return Array(base[(hierarchy.aggregateCount * horizon)...])
    case .topDown: return hierarchy.splitDown(base, lanes: horizon)
    case .leastSquares, .structural, .variance: return diagonal.reconciled(base, lanes: horizon)
    case .minimumTrace:
      guard let factors else { return diagonal.reconciled(base, lanes: horizon) }
      return diagonal.reconciled(factors.removed(from: base, lanes: horizon), lanes: horizon)
    }
  }

  private static func meanSquares(_ hierarchy: Hierarchy, _ residuals: [Double]) throws(ReconciliationError)
    -> [Double]
  {
    let periods = residuals.count / hierarchy.nodeCount
    let means = (0..<hierarchy.nodeCount).map { node in
      let known = residuals[node * periods..<(node + 1) * periods].filter { !$0.isNaN }
      return known.isEmpty ? 0 : known.reduce(0) { $0 + $1 * $1 } / Double(known.count)
    }
    guard means.contains(where: { $0 > 0 }) else { throw .tooFewResiduals }
    return hierarchy.withFloor(means, share: 1e-5)
  }
}

/// What errors have in common: V, and what is needed to take V z out of forecasts.
struct ErrorFactors: Sendable {
  /// Vᵀ: periods × nodes, as all matrices here.
  let loadings: Matrix
  /// (Π V)ᵀ.
  let projected: Matrix
  /// x(V)ᵀ: periods × bottom series.
  let bottom: Matrix
  /// I + Vᵀ Π V.
  let core: Cholesky

  init(_ covariance: ErrorCovariance, _ equations: DiagonalNormalEquations) throws(ReconciliationError) {
    let hierarchy = equations.hierarchy
    loadings = covariance.loadings
    let periods = loadings.rows
    // The elements of Vᵀ by columns are V in nodes × lane.
    let reconciled = equations.reconciled(loadings.elements, lanes: periods)
    bottom = Matrix(rows: periods, columns: hierarchy.bottomCount, elements: reconciled)
    var differences = hierarchy.aggregated(reconciled, lanes: periods)
    for node in 0..<hierarchy.nodeCount {
      let precision = 1 / covariance.variances[node]
      for index in node * periods..<(node + 1) * periods {
        differences[index] = (loadings.storage[index] - differences[index]) * precision
      }
    }
    projected = Matrix(rows: periods, columns: hierarchy.nodeCount, elements: differences)
    var core = loadings * projected.transposed()
    for time in 0..<periods { core[time, time] += 1 }
    do { self.core = try Cholesky(core) } catch { throw .singular }
  }

  /// ŷ − V z.
  func removed(from base: [Double], lanes: Int) -> [Double] {
    let values = Matrix(rows: lanes, columns: loadings.columns, elements: base)
    let z = core.solve(projected * values.transposed())
    let shared = z.transposedTimes(loadings)
    return base.indices.map { base[$0] - shared.storage[$0] }
  }
}
