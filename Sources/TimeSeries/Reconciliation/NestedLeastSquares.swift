/// Weighted least squares over a chain of nested levels, exactly and in two passes over its nodes.
///
/// Solves (D_b⁻¹ + Σ_ℓ S_ℓᵀ D_ℓ⁻¹ S_ℓ) x = r over the levels ℓ of ``Hierarchy/chain``, with D the variances of the nodes:
/// the normal equations of a tree. It is Gaussian elimination from the leaves up, in the form of a filter:
///
/// 1. Up: a leaf is estimated by d r with variance d. The parts of a node add up to μ with variance s; that the node
///    itself is forecast with variance d shrinks this to μ d/(s + d), with variance s d/(s + d).
/// 2. Down: what a node differs from the sum of its parts is shared out in proportion to their variances.
///
/// A leaf with variance 0 stays at 0, which is how bottom series are held at their bound.
///
/// Source: Chou, Willsky & Benveniste, "Multiscale recursive estimation, data fusion, and regularization" (IEEE
/// Transactions on Automatic Control 39, 1994), sections III and IV. Cost: O(nodes of the chain · lanes).
struct NestedLeastSquares: Sendable {
  let hierarchy: Hierarchy
  /// Bottom series.
  private let variances: [Double]
  /// Per node below a root of the chain its share in what its parent differs from the sum of its parts.
  private let shares: [Double]
  /// Per aggregate d/(s + d) − 1.
  private let pulls: [Double]

  /// - Parameter variances: of all nodes; positive for aggregates, zero or positive for bottom series.
  init(_ hierarchy: Hierarchy, variances: [Double]) {
    self.hierarchy = hierarchy
    self.variances = Array(variances[hierarchy.bottomNodes])
    var filtered = variances
    var shares = [Double](repeating: 0, count: hierarchy.nodeCount)
    var pulls = [Double](repeating: 0, count: hierarchy.aggregateCount)
    for link in hierarchy.chain {
      let (target, source) = (hierarchy.levels[link.level].nodes, hierarchy.levels[link.source].nodes)
      var sums = [Double](repeating: 0, count: target.count)
      for (part, parent) in zip(source, link.parents) { sums[Int(parent)] += filtered[part] }
      for (part, parent) in zip(source, link.parents) where sums[Int(parent)] > 0 {
        shares[part] = filtered[part] / sums[Int(parent)]
      }
      for (node, sum) in zip(target, sums) {
        pulls[node] = -sum / (sum + variances[node])
        filtered[node] = sum * variances[node] / (sum + variances[node])
      }
    }
    self.shares = shares
    self.pulls = pulls
  }

  /// - Parameters:
  ///   - right: bottom series × lane.
  ///   - work: nodes × lane, overwritten.
  ///   - solution: bottom series × lane, overwritten.
  func solve(_ right: [Double], lanes: Int, work: inout [Double], into solution: inout [Double]) {
    let bottom = hierarchy.bottomNodes
    work.withUnsafeMutableBufferPointer { buffer in
      guard let work = buffer.baseAddress else { return }
      for series in 0..<bottom.count {
        let row = work + (bottom.lowerBound + series) * lanes
        for lane in 0..<lanes { row[lane] = variances[series] * right[series * lanes + lane] }
      }
      // 1. Up: μ of every node.
      for link in hierarchy.chain {
        let (target, source) = (hierarchy.levels[link.level].nodes, hierarchy.levels[link.source].nodes)
        let sums = work + target.lowerBound * lanes
        sums.update(repeating: 0, count: target.count * lanes)
        for (part, parent) in link.parents.enumerated() {
          let node = source.lowerBound + part
          let (to, from) = (sums + Int(parent) * lanes, work + node * lanes)
          let factor = node < bottom.lowerBound ? 1 + pulls[node] : 1
          for lane in 0..<lanes { to[lane] += factor * from[lane] }
        }
      }
      // 2. Down: what every node differs from μ.
      if let root = hierarchy.chain.last {
        for node in hierarchy.levels[root.level].nodes {
          for lane in node * lanes..<(node + 1) * lanes { work[lane] *= pulls[node] }
        }
      }
      for link in hierarchy.chain.reversed() {
        let (target, source) = (hierarchy.levels[link.level].nodes, hierarchy.levels[link.source].nodes)
        for (part, parent) in link.parents.enumerated() {
          let node = source.lowerBound + part
          let (to, from) = (work + node * lanes, work + (target.lowerBound + Int(parent)) * lanes)
          let factor = node < bottom.lowerBound ? pulls[node] : 1
          let share = shares[node]
          for lane in 0..<lanes { to[lane] = factor * to[lane] + share * from[lane] }
        }
      }
      let first = bottom.lowerBound * lanes
      for index in solution.indices { solution[index] = work[first + index] }
    }
  }
}
