internal import LinearAlgebra

/// Ways to the minimum that descend at every step, for where Newton's method cycles.
extension ActiveSetSearch {
  /// Coordinate descent with covariance updates: bⱼ ← S(rⱼ + Gⱼⱼ bⱼ, λα vⱼ) / (Gⱼⱼ + λ(1 − α) vⱼ), where S shrinks towards
  /// zero. Full sweeps, each followed by sweeps over the nonzeros until these settle or their number is used up.
  mutating func descendCoordinates(sweeps: Int) {
    let p = coefficients.count
    let gram = problem.gram.storage
    var isFull = true
    for _ in 0..<sweeps {
      var largestChange = 0.0
      for j in 0..<p where isFull || coefficients[j] != 0 {
        let curvature = gram[j + j * p]
        guard curvature + penalty.square[j] > 0 else { continue }
        let target = residual[j] + curvature * coefficients[j]
        let shrunk = max(0, abs(target) - penalty.absolute[j]) / (curvature + penalty.square[j])
        let change = (target < 0 ? -shrunk : shrunk) - coefficients[j]
        guard change != 0 else { continue }
        coefficients[j] += change
        for i in 0..<p { residual[i] -= change * gram[i + j * p] }
        largestChange = max(largestChange, abs(change) * curvature)
      }
      let isSettled = largestChange <= 1e-9 * max(penalty.lambda, 1e-6 * largestCross)
      if isFull && isSettled { break }
      isFull = isSettled
    }
    residual = problem.residual(coefficients)
  }

  /// Feature-sign search: from a point, always to the first change of sign on the way to the minimum for the signs as
  /// they stand; at that minimum the worst violator enters.
  mutating func searchFeatureSigns() {
    activateNonzeros()
    let limit = 20 * coefficients.count + 100
    for _ in 0..<limit {
      // 1. The way to the minimum on the active set, or along which the active columns cancel.
      let isFullStep: Bool
      switch solveOnActive() {
      case .minimum(let values):
        isFullStep = advance(along: active.indices.map { values[$0] - coefficients[active[$0]] }, limit: 1)
      case .dependent(let direction):
        isFullStep = false
        guard removeDependency(direction) else { return }
      }
      guard isFullStep else { continue }
      // 2. At the minimum for these signs: the worst violator enters.
      residual = problem.residual(coefficients)
      refine()
      var worst: (column: Int, excess: Double)?
      for j in coefficients.indices where coefficients[j] == 0 && penalty.absolute[j] > 0 {
        let excess = abs(residual[j]) - penalty.absolute[j] - tolerance(j)
        if excess > 0, excess > worst?.excess ?? 0 { worst = (j, excess) }
      }
      guard let worst else { return }
      active.append(worst.column)
      signs.append(residual[worst.column] > 0 ? 1 : -1)
    }
  }

  /// Goes along a direction over the active columns up to `limit` times its length, or until the first coefficient
  /// reaches zero and leaves; whether the limit was reached.
  private mutating func advance(along direction: [Double], limit: Double) -> Bool {
    var length = limit
    var leaving: Int?
    for (position, column) in active.enumerated() where signs[position] != 0 {
      guard direction[position] * signs[position] < 0 else { continue }
      let reach = -coefficients[column] / direction[position]
      if reach < length || (reach == length && leaving == nil) { (length, leaving) = (max(0, reach), position) }
    }
    guard length.isFinite else { return true }
    for (position, column) in active.enumerated() { coefficients[column] += length * direction[position] }
    guard let leaving else { return true }
    coefficients[active[leaving]] = 0
    active.remove(at: leaving)
    signs.remove(at: leaving)
    return false
  }

  /// Moves along a direction that leaves the loss as it is and does not raise the penalty, until a coefficient reaches
  /// zero. Where only free columns depend on one another, the last of them is taken out. False where nothing can go.
  private mutating func removeDependency(_ direction: [Double]) -> Bool {
    guard let last = direction.lastIndex(where: { $0 != 0 }) else { return false }
    var slope = 0.0
    for position in active.indices {
      slope += penalty.absolute[active[position]] * signs[position] * direction[position]
    }
    // A coefficient that has just entered stands at zero and must go the way of its sign.
    let entersBackwards = coefficients[active[last]] == 0 && direction[last] * signs[last] < 0
    let enters = coefficients[active[last]] == 0 && signs[last] != 0
    let isReversed = enters ? entersBackwards : slope > 0
    let count = active.count
    _ = advance(along: isReversed ? direction.map { -$0 } : direction, limit: .infinity)
    if active.count == count {
      active.remove(at: last)
      signs.remove(at: last)
    }
    return true
  }
}
