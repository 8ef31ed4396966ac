/// The best amounts, with the prices that prove it.
public struct SeparableSolution: Sendable {
  public enum Method: Sendable {
    /// Prices cleared to their last digits: amounts satisfy the optimality conditions as closely.
    case prices
    /// Tangents refined until the gap closed: the objective is as exact, amounts and prices about the root of that.
    case tangents
  }

  public var amounts: [Double]
  /// Σ f + v · unspent at `amounts`.
  public var objective: Double
  /// No amounts within the limits have a larger objective: the Lagrangian at the prices below, maximised item by item.
  public var bound: Double
  /// What one more unit is worth inside each group, by group.
  public var groupPrices: [Double]
  /// The price of each group's limit: positive where its cap holds (one more unit of cap gains this much), negative
  /// where its floor does (one unit less of floor gains the opposite), 0 where neither.
  public var groupLimitPrices: [Double]
  /// The same for each crossing set.
  public var crossingPrices: [Double]
  /// The limit that keeps each item from a better amount; nil where it is only the value of what is not spent.
  public var bindingLimits: [SeparableAllocation.Limit?]
  public var method: Method
  /// Newton iterations over the prices of crossing sets.
  public var iterations: Int

  /// |bound − objective| / max(1, |objective|).
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

extension SeparableAllocation {
  /// Solves the problem to the last digits of its prices.
  ///
  /// 1. The tree by prices; crossing sets by Newton's method on theirs.
  /// 2. Where that leaves a gap or a limit unmet: by tangents, with `solver`.
  ///
  /// Complexity: about 10 evaluations of every item's inverse slope per price that is set: one for the whole, one per
  /// group below which a limit holds, times the Newton iterations over crossing sets (5 to 20).
  public func solve(
    with solver: some Solver = HiGHSSolver(tolerance: 1e-9)
  ) throws(AllocationError) -> SeparableSolution {
    try validate()
    var tree = PriceTree(self)
    try fixForced(&tree)
    var dual = CrossingPrices(self, tree: tree)
    let unmet = dual.clear()
    var best = solution(amounts: dual.amounts, prices: dual.limitPrices, dual.tree)
    best.iterations = dual.iterations
    if !(unmet <= 1e-13 && best.relativeGap <= 1e-10) {
      var refinement = TangentRefinement(self, tree: tree, start: best.amounts)
      let refined = try refinement.solve(with: solver)
      best = solution(amounts: refined.amounts, prices: refined.prices, tree)
      (best.method, best.iterations) = (.tangents, dual.iterations)
    }
    return best
  }

  /// Checks floors against caps from the leaves up. Where a group can only be at the least (or the most) that its parts
  /// allow, fixes the parts: no finite price would hold a steep function at zero.
  private func fixForced(_ tree: inout PriceTree) throws(AllocationError) {
    let tolerance = 1e-12 * groups[0].cap
    var positionOf = [Int](repeating: 0, count: items.count)
    for (position, item) in tree.itemAt.enumerated() { positionOf[item] = position }
    for position in tree.lower.indices {
      guard tree.lower[position] <= tree.upper[position] + tolerance else { throw .infeasible }
      tree.upper[position] = max(tree.lower[position], tree.upper[position])
    }
    for set in crossings {
      let positions = set.items.map { positionOf[$0] }
      let least = positions.reduce(0) { $0 + tree.lower[$1] }
      let most = positions.reduce(0) { $0 + tree.upper[$1] }
      guard set.floor <= set.cap + tolerance, least <= set.cap + tolerance, most >= set.floor - tolerance else {
        throw .infeasible
      }
      if least >= set.cap { for position in positions { tree.upper[position] = tree.lower[position] } }
      if most <= set.floor { for position in positions { tree.lower[position] = tree.upper[position] } }
    }
    let nodes = tree.groupAt.count
    var least = zeros(nodes)
    var most = zeros(nodes)
    for node in (0..<nodes).reversed() {
      for position in tree.firstItem[node]..<tree.firstItem[node + 1] {
        least[node] += tree.lower[position]
        most[node] += tree.upper[position]
      }
      guard tree.floor[node] <= tree.cap[node] + tolerance, least[node] <= tree.cap[node] + tolerance,
        most[node] >= tree.floor[node] - tolerance
      else { throw .infeasible }
      least[node] = max(least[node], tree.floor[node])
      most[node] = min(most[node], tree.cap[node])
      if node > 0 {
        least[tree.parent[node]] += least[node]
        most[tree.parent[node]] += most[node]
      }
    }
    for node in 0..<nodes {
      let parts = tree.partSums(of: node, least: least, most: most)
      let atLeast = tree.cap[node] <= parts.least
      guard atLeast || tree.floor[node] >= parts.most else { continue }
      for position in tree.firstItem[node]..<tree.firstItem[node + 1] {
        if atLeast { tree.upper[position] = tree.lower[position] } else { tree.lower[position] = tree.upper[position] }
      }
      for child in node + 1..<tree.end[node] where tree.parent[child] == node {
        if atLeast { tree.cap[child] = least[child] } else { tree.floor[child] = most[child] }
      }
      // Its parts now say the same: the limit needs no price.
      (tree.floor[node], tree.cap[node]) = (-.infinity, .infinity)
    }
  }

  private func solution(amounts: [Double], prices: LimitPrices, _ tree: PriceTree) -> SeparableSolution {
    var groupPrices = zeros(groups.count)
    for group in groups.indices {
      groupPrices[group] = prices.groups[group] + (groups[group].parent.map { groupPrices[$0] } ?? valueOfUnspent)
    }
    var solution = SeparableSolution(
      amounts: amounts, objective: objective(at: amounts), bound: lagrangian(at: prices, tree).bound,
      groupPrices: groupPrices, groupLimitPrices: prices.groups, crossingPrices: prices.crossings, bindingLimits: [],
      method: .prices, iterations: 0)
    solution.bindingLimits = bindingLimits(solution)
    return solution
  }

  private func bindingLimits(_ solution: SeparableSolution) -> [Limit?] {
    var setsOf = [[Int]](repeating: [], count: items.count)
    for (index, set) in crossings.enumerated() { for item in set.items { setsOf[item].append(index) } }
    return items.indices.map { index in
      let item = items[index]
      let amount = solution.amounts[index]
      let tolerance = 1e-9 * max(1, amount)
      if amount <= item.lower + tolerance { return .lower(item: index) }
      if amount >= item.upper - tolerance { return .upper(item: index) }
      var heaviest = 0.0
      var limit: Limit?
      func consider(_ price: Double, _ candidate: Limit) {
        if abs(price) > heaviest { (heaviest, limit) = (abs(price), candidate) }
      }
      for set in setsOf[index] {
        let price = solution.crossingPrices[set]
        consider(price, price > 0 ? .crossingCap(set) : .crossingFloor(set))
      }
      var group: Int? = item.group
      while let node = group, node > 0 {
        let price = solution.groupLimitPrices[node]
        consider(price, price > 0 ? .cap(group: node) : .floor(group: node))
        group = groups[node].parent
      }
      if limit == nil {
        let price = solution.groupLimitPrices[0]
        consider(price, price > 0 ? .cap(group: 0) : .floor(group: 0))
      }
      return limit
    }
  }
}

extension PriceTree {
  /// The least and the most that a node's items and children can take together, its own limits aside.
  fileprivate func partSums(of node: Int, least: [Double], most: [Double]) -> (least: Double, most: Double) {
    var sums = (least: 0.0, most: 0.0)
    for position in firstItem[node]..<firstItem[node + 1] {
      sums.least += lower[position]
      sums.most += upper[position]
    }
    for child in node + 1..<end[node] where parent[child] == node {
      sums.least += least[child]
      sums.most += most[child]
    }
    return sums
  }
}
