/// The normal equations Sᵀ D⁻¹ S b = r of a reconciliation with independent errors of variance D.
///
/// Nested levels are solved exactly by elimination (``NestedLeastSquares``). Crossed ones take preconditioned conjugate
/// gradients (Golub & Van Loan, *Matrix Computations*, 4th ed., algorithm 11.5.1), where the preconditioner is the exact
/// solution over the longest chain of nested levels: what is left are the errors of the crossing levels, whose number of
/// distinct sizes, not the number of nodes, decides how many steps are needed. Every lane stops by itself, so that its
/// result does not depend on its neighbours.
struct DiagonalNormalEquations: Sendable {
  let hierarchy: Hierarchy
  /// 1/d of every node; 0 for bottom series held at zero.
  private let precisions: [Double]
  private let nested: NestedLeastSquares

  /// The norm of the residual, measured by the preconditioner, relative to that of the right-hand side.
  static let tolerance = 1e-13
  static let maximumSteps = 500
  /// Right-hand sides that advance together.
  static let lanes = 16

  /// - Parameter variances: of all nodes; positive, but for bottom series that are to stay at zero.
  init(_ hierarchy: Hierarchy, variances: [Double]) {
    self.hierarchy = hierarchy
    precisions = variances.map { $0 > 0 ? 1 / $0 : 0 }
    nested = NestedLeastSquares(hierarchy, variances: variances)
  }

  /// Sᵀ D⁻¹ y for y in nodes × lane; only aggregates where `aggregatesOnly`.
  func gradient(_ values: [Double], lanes: Int, aggregatesOnly: Bool = false) -> [Double] {
    var values = values
    let end = aggregatesOnly ? hierarchy.aggregateCount : hierarchy.nodeCount
    for node in 0..<end { scale(&values, node, lanes, by: precisions[node]) }
    if aggregatesOnly {
      for index in hierarchy.aggregateCount * lanes..<values.count { values[index] = 0 }
    }
    hierarchy.sumTransposed(&values, lanes: lanes)
    return Array(values[(hierarchy.aggregateCount * lanes)...])
  }

  /// The bottom series of the coherent forecasts nearest to y: those of y itself, and what the aggregates of y differ
  /// from their sums brought down to them.
  /// - Parameter values: nodes × lane.
  func reconciled(_ values: [Double], lanes: Int) -> [Double] {
    let first = hierarchy.aggregateCount * lanes
    let bottom = Array(values[first...])
    var gaps = hierarchy.aggregated(bottom, lanes: lanes)
    for index in 0..<first { gaps[index] = values[index] - gaps[index] }
    var result = solve(gradient(gaps, lanes: lanes, aggregatesOnly: true), lanes: lanes)
    for index in result.indices { result[index] += bottom[index] }
    return result
  }

  /// b for r in bottom series × lane.
  func solve(_ right: [Double], lanes: Int) -> [Double] {
    guard lanes > Self.lanes else { return solveTogether(right, lanes: lanes) }
    var result = [Double](repeating: 0, count: right.count)
    let rows = hierarchy.bottomCount
    for first in stride(from: 0, to: lanes, by: Self.lanes) {
      let width = min(Self.lanes, lanes - first)
      var part = [Double](repeating: 0, count: rows * width)
      for row in 0..<rows {
        for lane in 0..<width { part[row * width + lane] = right[row * lanes + first + lane] }
      }
      let solved = solveTogether(part, lanes: width)
      for row in 0..<rows {
        for lane in 0..<width { result[row * lanes + first + lane] = solved[row * width + lane] }
      }
    }
    return result
  }

  private func solveTogether(_ right: [Double], lanes: Int) -> [Double] {
    var work = [Double](repeating: 0, count: hierarchy.nodeCount * lanes)
    var solution = [Double](repeating: 0, count: right.count)
    nested.solve(right, lanes: lanes, work: &work, into: &solution)
    guard !hierarchy.isNested else { return solution }

    // 1. Start from the solution over the chain: x = M⁻¹ r, residual r − A x, direction M⁻¹ (r − A x).
    let initial = products(right, solution, lanes)
    var residual = right
    var image = applied(to: solution, lanes: lanes, work: &work)
    for index in residual.indices { residual[index] -= image[index] }
    var preconditioned = solution
    nested.solve(residual, lanes: lanes, work: &work, into: &preconditioned)
    var direction = preconditioned
    var size = products(residual, preconditioned, lanes)
    let enough = initial.map { $0 * Self.tolerance * Self.tolerance }
    for _ in 0..<Self.maximumSteps where zip(size, enough).contains(where: { $0 > $1 }) {
      // 2. Go along the direction to the minimum of each lane.
      image = applied(to: direction, lanes: lanes, work: &work)
      let curvature = products(direction, image, lanes)
      let step = (0..<lanes).map { size[$0] > enough[$0] && curvature[$0] > 0 ? size[$0] / curvature[$0] : 0 }
      add(direction, times: step, to: &solution)
      add(image, times: step.map { -$0 }, to: &residual)
      // 3. The next direction is conjugate to those before it.
      nested.solve(residual, lanes: lanes, work: &work, into: &preconditioned)
      let next = products(residual, preconditioned, lanes)
      let turn = (0..<lanes).map { step[$0] > 0 ? next[$0] / size[$0] : 0 }
      combine(preconditioned, with: &direction, times: turn)
      for lane in 0..<lanes { size[lane] = step[lane] > 0 ? next[lane] : 0 }
    }
    return solution
  }

  /// Sᵀ D⁻¹ S x, where x is zero for bottom series held at zero.
  func applied(to bottom: [Double], lanes: Int, work: inout [Double]) -> [Double] {
    let first = hierarchy.aggregateCount * lanes
    for index in bottom.indices { work[first + index] = bottom[index] }
    hierarchy.sum(&work, lanes: lanes)
    for node in 0..<hierarchy.nodeCount { scale(&work, node, lanes, by: precisions[node]) }
    hierarchy.sumTransposed(&work, lanes: lanes)
    var result = bottom
    for (series, node) in hierarchy.bottomNodes.enumerated() {
      // Held series take no part: their row of the equations is left out.
      let isFree = precisions[node] > 0
      for lane in 0..<lanes {
        result[series * lanes + lane] = isFree ? work[first + series * lanes + lane] : 0
      }
    }
    return result
  }

  private func scale(_ values: inout [Double], _ node: Int, _ lanes: Int, by factor: Double) {
    for index in node * lanes..<(node + 1) * lanes { values[index] *= factor }
  }

  /// The inner product of each lane.
  private func products(_ left: [Double], _ right: [Double], _ lanes: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: lanes)
    var index = 0
    while index < left.count {
      for lane in 0..<lanes { sums[lane] += left[index + lane] * right[index + lane] }
      index += lanes
    }
    return sums
  }

  private func add(_ values: [Double], times factors: [Double], to sums: inout [Double]) {
    var index = 0
    while index < values.count {
      for lane in factors.indices { sums[index + lane] += factors[lane] * values[index + lane] }
      index += factors.count
    }
  }

  /// direction ← values + turn · direction.
  private func combine(_ values: [Double], with direction: inout [Double], times factors: [Double]) {
    var index = 0
    while index < values.count {
      for lane in factors.indices {
        direction[index + lane] = values[index + lane] + factors[lane] * direction[index + lane]
      }
      index += factors.count
    }
  }
}
