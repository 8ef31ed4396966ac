/// The best objective as a function of the total.
public struct AllocationFrontier: Sendable {
  public struct Point: Sendable {
    public var total: Double
    /// The best objective found with this total.
    public var value: Double
    /// No amounts with this total have a larger objective.
    public var bound: Double
    /// What one more unit of the total is worth here; on a price that is no single number, the highest.
    public var price: Double
    public var amounts: [Double]
  }

  /// Ascending by total; totals that the limits do not allow are left out.
  public var points: [Point]
}

extension SeparableAllocation {
  /// Solves the problem for evenly spaced totals along one parametric path of the dual.
  ///
  /// A concave problem moves from one total to the next by a Newton step or two on the prices that it has; one that is
  /// not is solved at every total, each certified. Values rise with the total and, for concave problems, do so ever
  /// more slowly.
  /// - Parameters:
  ///   - points: how many, both ends included; at least 1.
  ///   - limits: for problems that are not concave, of each search.
  public func frontier(
    from least: Double, to most: Double, points count: Int, with solver: some Solver = HiGHSSolver(tolerance: 1e-9),
    limits: SolverLimits = SolverLimits(relativeGap: 1e-9)
  ) throws(AllocationError) -> AllocationFrontier {
    guard least.isFinite, most.isFinite, least >= 0, most >= least, count > 0 else {
      throw .improper("the range of totals")
    }
    let steps = max(1, count - 1)
    let totals = (0..<count).map { $0 == steps ? most : least + (most - least) * Double($0) / Double(steps) }
    try withTotal(most).validate()
    if crossings.isEmpty, linearLimits.isEmpty, let points = try treeFrontier(totals) {
      return AllocationFrontier(points: points)
    }
    if linearLimits.isEmpty, domains.isEmpty, families.allSatisfy(\.isPlainConcave) {
      return AllocationFrontier(points: try crossingFrontier(totals, solver))
    }
    var points: [AllocationFrontier.Point] = []
    for total in totals {
      let other = withTotal(total)
      do {
        let best = try other.solve(with: solver, limits: limits)
        points.append(
          .init(
            total: total, value: best.objective, bound: best.bound, price: best.groupPrices[0], amounts: best.amounts))
      } catch .infeasible { continue }
    }
    return AllocationFrontier(points: points)
  }

  /// A tree without curves to search over: one layout, warm prices. Nil where there are such curves.
  private func treeFrontier(_ totals: [Double]) throws(AllocationError) -> [AllocationFrontier.Point]? {
    guard let most = totals.last else { return [] }
    var widest = withTotal(most)
    let mustSpend = groups[0].floor == groups[0].cap
    widest.setLimits(of: 0, floor: 0, cap: most)
    var tree = try NestedTree(widest)
    guard tree.curves.isEmpty, tree.envelopes.isEmpty else { return nil }
    var points: [AllocationFrontier.Point] = []
    var start: Double?
    for total in totals.reversed() {
      let other = withTotal(total)
      tree.floor[0] = mustSpend ? total : groups[0].floor
      tree.cap[0] = total
      guard tree.hasRoom(tolerance: 1e-12 * total) else { continue }
      tree.clear(start: start)
      start = tree.price[0] > 0 ? tree.price[0] : nil
      let amounts = amounts(of: tree)
      points.append(
        .init(
          total: total, value: other.objective(at: amounts), bound: tree.bound(other), price: tree.price[0],
          amounts: amounts))
    }
    return points.reversed()
  }

  /// Crossing sets keep their prices from one total to the next.
  private func crossingFrontier(
    _ totals: [Double], _ solver: some Solver
  ) throws(AllocationError) -> [AllocationFrontier.Point] {
    var points: [AllocationFrontier.Point] = []
    var prices: [Double]?
    for total in totals {
      let other = withTotal(total)
      do {
        let best = try other.solvePlainCrossing(with: solver, start: prices)
        prices = best.crossingPrices
        points.append(
          .init(
            total: total, value: best.objective, bound: best.bound, price: best.groupPrices[0], amounts: best.amounts))
      } catch .infeasible {
        prices = nil
        continue
      }
    }
    return points
  }

  /// The totals within a range at which the best amounts change their form, with the price there: an item leaves or
  /// meets a bound, a group leaves or meets a limit. Between two of them the price is a smooth function of the total.
  ///
  /// For trees of plain concave curves; empty otherwise. Exact: every event has a price of its own, at which the tree is
  /// evaluated. Complexity: items × (items + groups).
  public func frontierBreakpoints(
    from least: Double, to most: Double
  ) throws(AllocationError) -> [(total: Double, price: Double)] {
    var widest = withTotal(most)
    widest.setLimits(of: 0, floor: 0, cap: most)
    try widest.validate()
    guard crossings.isEmpty, linearLimits.isEmpty else { return [] }
    var tree = try NestedTree(widest)
    guard tree.curves.isEmpty, tree.envelopes.isEmpty else { return [] }
    var events: [(price: Double, node: Int)] = []
    for node in tree.groupAt.indices {
      for position in tree.items(of: node) where tree.lower[position] < tree.upper[position] {
        let function = function(of: tree.itemAt[position])
        for end in [tree.lower[position], tree.upper[position]] { events.append((function.slope(at: end), node)) }
      }
      guard node > 0 else { continue }
      for limit in [tree.floor[node], tree.cap[node]] where limit.isFinite && limit > 0 {
        let clearing = tree.clearingPrice(node, target: limit, start: tree.priceScale)
        if abs(tree.least[node] - limit) <= 1e-9 * limit { events.append((clearing.up, tree.parent[node])) }
      }
    }
    events.sort { $0.price > $1.price }
    var found: [(total: Double, price: Double)] = []
    for event in events where event.price.isFinite && event.price > max(0, valueOfUnspent) {
      tree.evaluate(0, at: event.price)
      // Inside a group that is held at a limit nothing changes for the whole.
      var node = event.node
      while node > 0, tree.least[node] >= tree.floor[node], tree.least[node] <= tree.cap[node] {
        node = tree.parent[node]
      }
      let total = tree.least[0]
      guard node == 0, total >= least, total <= most else { continue }
      if let last = found.last, total - last.total <= 1e-12 * most { continue }
      found.append((total, event.price))
    }
    return found
  }
}

extension ReturnFunction.Family {
  var isPlainConcave: Bool {
    switch self {
    case .zero, .logarithm, .exponentialSaturation, .hill, .power: true
    case .generalHill, .logistic, .composed: false
    }
  }
}
