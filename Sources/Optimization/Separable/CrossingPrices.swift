/// Finds the prices of the sets that cross the tree: the dual of a separable allocation over those prices alone, every
/// evaluation of which clears the tree exactly.
///
/// The dual is convex and, because items have one best amount at every price, differentiable but for the sign of each
/// price: its gradient is by how much each set is over (or under) its limit. Semismooth Newton on the sets that are
/// priced or violated; where a step does not pay, a sweep that clears each set in turn, which cannot fail (items are
/// gross substitutes: a higher price on one set never lowers what another takes).
///
/// Source: Qi & Sun, "A nonsmooth version of Newton's method" (Mathematical Programming 58, 1993); Tseng, "Convergence
/// of a block coordinate descent method for nondifferentiable minimization" (JOTA 109, 2001).
struct CrossingPrices {
  var tree: PriceTree
  let sets: [SeparableAllocation.CrossingSet]
  /// Positions in the tree of the members of each set, and sets of each position.
  private let members: [[Int]]
  private let setsAt: [[Int]]
  /// The magnitude of amounts.
  private let scale: Double
  /// Positive where a cap holds, negative where a floor does.
  private(set) var prices: [Double]
  private(set) var iterations = 0

  init(_ problem: SeparableAllocation, tree: PriceTree) {
    self.tree = tree
    sets = problem.crossings
    var positionOf = [Int](repeating: 0, count: problem.items.count)
    for (position, item) in tree.itemAt.enumerated() { positionOf[item] = position }
    members = sets.map { $0.items.map { positionOf[$0] } }
    var setsAt = [[Int]](repeating: [], count: problem.items.count)
    for (set, positions) in members.enumerated() { for position in positions { setsAt[position].append(set) } }
    self.setsAt = setsAt
    scale = max(problem.groups[0].cap, tree.lower.reduce(0, +))
    prices = zeros(sets.count)
  }

  /// - Returns: what the worst set is over or under its limit, as a share of the whole.
  mutating func clear(start: [Double]? = nil, maximumIterations: Int = 400) -> Double {
    if let start, start.count == sets.count { move(to: start) }
    tree.clear()
    guard !sets.isEmpty else { return 0 }
    var excess = excesses()
    var best = worst(excess)
    var idle = 0
    while best > 1e-15, iterations < maximumIterations, idle < 25 {
      iterations += 1
      // 1. A Newton step on the priced and violated sets; a price does not pass through zero in one step.
      let before = prices
      let step = newtonStep(excess)
      var trial = prices
      for set in sets.indices {
        trial[set] += step[set]
        if prices[set] * trial[set] < 0 { trial[set] = 0 }
      }
      move(to: trial)
      tree.clear()
      var now = excesses()
      // 2. Where it does not halve the worst excess: back, and clear each set in turn.
      if worst(now) > 0.5 * best {
        let stepped = (prices: prices, worst: worst(now))
        move(to: before)
        sweep()
        tree.clear()
        now = excesses()
        if stepped.worst < worst(now) {
          move(to: stepped.prices)
          tree.clear()
          now = excesses()
        }
      }
      excess = now
      idle = worst(now) < 0.9 * best ? 0 : idle + 1
      best = min(best, worst(now))
    }
    return worst(excess)
  }

  /// Item by item, in the order of the problem.
  var amounts: [Double] {
    var amounts = zeros(tree.itemAt.count)
    for (position, item) in tree.itemAt.enumerated() { amounts[item] = tree.amounts[position] }
    return amounts
  }

  /// What each limit adds to the price above it.
  var limitPrices: LimitPrices {
    var groups = zeros(tree.groupAt.count)
    for (node, group) in tree.groupAt.enumerated() {
      groups[group] = tree.price[node] - (node == 0 ? tree.valueOfUnspent : tree.price[tree.parent[node]])
    }
    return LimitPrices(groups: groups, crossings: prices, linear: [])
  }

  private func worst(_ excess: [Double]) -> Double { excess.reduce(0) { max($0, abs($1)) } / scale }

  /// By how much each set is above the cap, or below the floor, that its price stands for.
  private func excesses() -> [Double] {
    sets.indices.map { set in
      let total = members[set].reduce(0) { $0 + tree.amounts[$1] }
      if prices[set] > 0 { return total - sets[set].cap }
      if prices[set] < 0 { return total - sets[set].floor }
      return total - min(max(total, sets[set].floor), sets[set].cap)
    }
  }

  private mutating func move(to new: [Double]) {
    for set in sets.indices where new[set] != prices[set] { prices[set] = new[set] }
    for position in setsAt.indices where !setsAt[position].isEmpty {
      tree.surcharge[position] = setsAt[position].reduce(0) { $0 + prices[$1] }
    }
  }

  /// Solves J·d = excess, where −J is the derivative of what the sets take in their prices:
  /// J = Σ over items of w·(sets × sets) − Σ over pools of (w·sets)(w·sets)ᵀ / Σ w, because a pool's own price gives
  /// way so that its amount stays.
  private func newtonStep(_ excess: [Double]) -> [Double] {
    let active = sets.indices.filter { prices[$0] != 0 || excess[$0] != 0 }
    var slot = [Int](repeating: -1, count: sets.count)
    for (index, set) in active.enumerated() { slot[set] = index }
    let size = active.count
    var matrix = zeros(size * size)
    var pooled: [Int: [Double]] = [:]
    for position in setsAt.indices where tree.responsiveness[position] > 0 {
      let moves = tree.responsiveness[position]
      let own = setsAt[position].compactMap { slot[$0] < 0 ? nil : slot[$0] }
      for row in own { for column in own { matrix[row * size + column] += moves } }
      let pool = tree.pool[tree.nodeOf[position]]
      if pool >= 0 { for row in own { pooled[pool, default: zeros(size)][row] += moves } }
    }
    for (pool, sums) in pooled.sorted(by: { $0.key < $1.key }) {
      for row in 0..<size {
        for column in 0..<size { matrix[row * size + column] -= sums[row] * sums[column] / tree.weight[pool] }
      }
    }
    let solved = solvePositive(matrix, active.map { excess[$0] })
    var step = zeros(sets.count)
    for (index, set) in active.enumerated() { step[set] = solved[index] }
    return step
  }

  /// Clears each set in turn at the prices of the tree's nodes as they stand.
  private mutating func sweep() {
    for set in sets.indices {
      var response = SetResponse(
        functions: members[set].map { tree.functions[$0] }, lower: members[set].map { tree.lower[$0] },
        upper: members[set].map { tree.upper[$0] },
        base: members[set].map { tree.price[tree.nodeOf[$0]] + tree.surcharge[$0] - prices[set] },
        tieSlope: tree.tieSlope)
      let (free, _) = response.respond(to: 0)
      let target = min(max(free, sets[set].floor), sets[set].cap)
      let least = response.lower.reduce(0, +)
      let most = response.upper.reduce(0, +)
      var price = 0.0
      if target != free, target > least, target < most {
        let start = prices[set] == 0 ? 0 : prices[set]
        price = response.clearingPrice(target: target, start: start, step: tree.priceScale, scale: scale).price
      }
      for position in members[set] { tree.surcharge[position] += price - prices[set] }
      prices[set] = price
    }
  }
}

/// What the members of one set take at a price of the set, all other prices held.
private struct SetResponse: PriceResponse {
  let functions: [ConcaveFunction]
  let lower: [Double]
  let upper: [Double]
  let base: [Double]
  let tieSlope: Double

  mutating func respond(to price: Double) -> (amount: Double, responsiveness: Double) {
    var amount = 0.0
    var moves = 0.0
    for index in functions.indices {
      let taken = functions[index].taken(
        at: base[index] + price, lower: lower[index], upper: upper[index], tieSlope: tieSlope)
      amount += taken.amount
      moves += taken.responsiveness
    }
    return (amount, moves)
  }
}

/// Solves a small symmetric positive semidefinite system by LDLᵀ; a direction without curvature gets no step.
private func solvePositive(_ matrix: [Double], _ right: [Double]) -> [Double] {
  let size = right.count
  var a = matrix
  var x = right
  let negligible = (0..<size).map { 1e-13 * matrix[$0 * size + $0] }
  for k in 0..<size {
    let pivot = a[k * size + k]
    guard pivot > negligible[k], pivot > 0 else {
      for i in k..<size { a[i * size + k] = 0 }
      a[k * size + k] = .infinity
      continue
    }
    for i in k + 1..<size {
      let factor = a[i * size + k] / pivot
      guard factor != 0 else { continue }
      for j in k + 1..<size { a[i * size + j] -= factor * a[k * size + j] }
      x[i] -= factor * x[k]
    }
  }
  for k in (0..<size).reversed() {
    var sum = x[k]
    for j in k + 1..<size where a[k * size + k].isFinite { sum -= a[k * size + j] * x[j] }
    x[k] = a[k * size + k].isFinite ? sum / a[k * size + k] : 0
  }
  return x
}
