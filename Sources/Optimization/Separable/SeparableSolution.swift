/// The best amounts, with the prices that prove it.
public struct SeparableSolution: Sendable {
  public enum Method: Sendable {
    /// Prices cleared to their last digits: amounts satisfy the optimality conditions as closely.
    case prices
    /// Tangents refined until the gap closed: the objective is as exact, amounts and prices about the root of that.
    case tangents
    /// Envelopes, and a search over the items on a chord of theirs.
    case search
  }

  let problem: SeparableAllocation
  public var amounts: [Double]
  /// Σ f + v · unspent at `amounts`.
  public var objective: Double
  /// No amounts within the limits have a larger objective: the Lagrangian at the prices below, maximised item by item;
  /// of a search, the largest over what was not ruled out.
  public var bound: Double
  /// What one more unit is worth inside each group, by group.
  public var groupPrices: [Double]
  /// The price of each group's limit: positive where its cap holds (one more unit of cap gains this much), negative
  /// where its floor does (one unit less of floor gains the opposite), 0 where neither.
  public var groupLimitPrices: [Double]
  /// The same for each crossing set.
  public var crossingPrices: [Double]
  /// The same for each linear limit: positive where its upper end holds.
  public var linearPrices: [Double]
  public var method: Method
  /// Newton iterations over the prices of crossing sets.
  public var iterations: Int
  /// Relaxations solved by the search; 1 where the first one was enough.
  public var nodes: Int

  init(
    _ problem: SeparableAllocation, amounts: [Double], bound: Double, prices: LimitPrices, method: Method
  ) {
    self.problem = problem
    self.amounts = amounts
    self.objective = problem.objective(at: amounts)
    self.bound = bound
    groupLimitPrices = prices.groups
    crossingPrices = prices.crossings
    linearPrices = prices.linear
    self.method = method
    (iterations, nodes) = (0, 1)
    groupPrices = zeros(problem.groups.count)
    for group in problem.groups.indices {
      let above = problem.groups[group].parent.map { groupPrices[$0] } ?? problem.valueOfUnspent
      groupPrices[group] = prices.groups[group] + above
    }
  }

  /// |bound − objective| / max(1, |objective|).
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

extension SeparableAllocation {
  /// Solves the problem: a concave one to the last digits of its prices, any other to a certified gap.
  ///
  /// 1. A tree by prices over the items' concave envelopes; that is all where items are concave.
  /// 2. Crossing sets by Newton's method on their prices; where that leaves a gap or a limit unmet, where items are not
  ///    plain concave curves or where there are linear limits: by tangents, with `solver`.
  /// 3. Items on a chord of their envelope: best-first search over the parts of their domain.
  ///
  /// Complexity: about 10 evaluations of every item's inverse slope per price that is set: one for the whole, one per
  /// group below which a limit holds, times the Newton iterations over crossing sets (5 to 20), times the nodes of the
  /// search (1 to some hundreds).
  /// - Parameter limits: when the search stops. Without a number of nodes, after some two million item evaluations.
  public func solve(
    with solver: some Solver = HiGHSSolver(tolerance: 1e-9), limits: SolverLimits = SolverLimits(relativeGap: 1e-9)
  ) throws(AllocationError) -> SeparableSolution {
    try validate()
    guard crossings.isEmpty, linearLimits.isEmpty else { return try solveCrossing(with: solver, limits) }
    var tree = try NestedTree(self)
    guard !tree.curves.isEmpty || !tree.envelopes.isEmpty else {
      tree.clear()
      return solution(of: &tree)
    }
    var search = EnvelopeSearch(self, TreeRelaxation(self, tree), limits)
    return try search.solve()
  }

  private func solveCrossing(
    with solver: some Solver, _ limits: SolverLimits
  ) throws(AllocationError) -> SeparableSolution {
    let isPlain =
      linearLimits.isEmpty && domains.isEmpty
      && families.allSatisfy { $0.isPlainConcave }
    guard isPlain else {
      var search = EnvelopeSearch(self, TangentRelaxation(self, solver), limits)
      return try search.solve()
    }
    return try solvePlainCrossing(with: solver, start: nil)
  }

  /// Plain concave curves with crossing sets.
  /// - Parameter start: prices of the sets to begin with.
  func solvePlainCrossing(
    with solver: some Solver, start: [Double]?
  ) throws(AllocationError) -> SeparableSolution {
    var tree = PriceTree(self)
    try fixForced(&tree)
    dropImpliedCaps(&tree)
    var dual = CrossingPrices(self, tree: tree)
    let unmet = dual.clear(start: start)
    let bound = lagrangian(at: dual.limitPrices, tree).bound
    var best = SeparableSolution(
      self, amounts: dual.amounts, bound: bound, prices: dual.limitPrices, method: .prices)
    best.iterations = dual.iterations
    if !(unmet <= 1e-13 && best.relativeGap <= 1e-10) {
      var refinement = TangentRefinement(self, start: best.amounts)
      guard let refined = try refinement.solve(with: solver) else { throw .infeasible }
      best = SeparableSolution(
        self, amounts: refined.amounts, bound: refined.bound, prices: refined.prices, method: .tangents)
      best.iterations = dual.iterations
    }
    return best
  }

  /// The solution at a tree that was cleared.
  func solution(of tree: inout NestedTree) -> SeparableSolution {
    var prices = LimitPrices(groups: zeros(groups.count), crossings: [], linear: [])
    for (node, group) in tree.groupAt.enumerated() {
      prices.groups[group] = tree.price[node] - (node == 0 ? valueOfUnspent : tree.price[tree.parent[node]])
    }
    return SeparableSolution(
      self, amounts: amounts(of: tree), bound: tree.bound(self), prices: prices, method: .prices)
  }

  /// Item by item, in the order of the problem.
  func amounts(of tree: NestedTree) -> [Double] {
    let (itemAt, sorted) = (tree.itemAt, tree.amounts)
    return [Double](unsafeUninitializedCapacity: itemAt.count) { buffer, filled in
      for position in itemAt.indices { buffer[itemAt[position]] = sorted[position] }
      filled = itemAt.count
    }
  }
}

extension SeparableSolution {
  /// The limit that keeps each item from a better amount; nil where it is only the value of what is not spent. Made on
  /// demand, for all items.
  public var bindingLimits: [SeparableAllocation.Limit?] {
    var setsOf = [[Int]](repeating: [], count: problem.crossings.isEmpty ? 0 : amounts.count)
    for (index, set) in problem.crossings.enumerated() { for item in set.items { setsOf[item].append(index) } }
    return amounts.indices.map { bindingLimit(of: $0, sets: setsOf.isEmpty ? [] : setsOf[$0]) }
  }

  private func bindingLimit(of index: Int, sets: [Int]) -> SeparableAllocation.Limit? {
    let amount = amounts[index]
    let tolerance = 1e-9 * max(1, amount)
    if amount <= problem.itemLowers[index] + tolerance { return .lower(item: index) }
    if amount >= problem.itemUppers[index] - tolerance { return .upper(item: index) }
    var heaviest = 0.0
    var limit: SeparableAllocation.Limit?
    func consider(_ price: Double, _ candidate: SeparableAllocation.Limit) {
      if abs(price) > heaviest { (heaviest, limit) = (abs(price), candidate) }
    }
    for set in sets {
      let price = crossingPrices[set]
      consider(price, price > 0 ? .crossingCap(set) : .crossingFloor(set))
    }
    var group: Int? = problem.itemGroups[index]
    while let node = group, node > 0 {
      let price = groupLimitPrices[node]
      consider(price, price > 0 ? .cap(group: node) : .floor(group: node))
      group = problem.groups[node].parent
    }
    if limit == nil {
      let price = groupLimitPrices[0]
      consider(price, price > 0 ? .cap(group: 0) : .floor(group: 0))
    }
    return limit
  }
}
