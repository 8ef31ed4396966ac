/// Solves a separable allocation by linear programs over tangents, for problems whose dual is too stiff for Newton's
/// method on the prices of crossing sets: items without return, or sets that together leave no room.
///
/// Each concave function is replaced by the lowest of its tangents; the program's optimum bounds the true one from
/// above, its prices give the weak dual, its amounts are feasible. Tangents are added where the program puts each item,
/// and where the item would be best at the program's prices, until the gap is closed: it falls with the square of the
/// distance between tangents.
///
/// Source: Kelley, "The cutting-plane method for solving convex programs" (SIAM Journal 8, 1960), item by item.
struct TangentRefinement {
  private let problem: SeparableAllocation
  private let tree: PriceTree
  /// Units of amount and of price in which the program is well scaled.
  private let amountUnit: Double
  private let priceUnit: Double
  private var points: [[Double]]

  init(_ problem: SeparableAllocation, tree: PriceTree, start: [Double]) {
    self.problem = problem
    self.tree = tree
    amountUnit = max(problem.groups[0].cap, .leastNormalMagnitude)
    priceUnit = tree.priceScale
    points = problem.items.map { _ in [] }
    for (position, item) in tree.itemAt.enumerated() where tree.functions[position].family != .zero {
      let lower = tree.lower[position]
      let upper = min(tree.upper[position], amountUnit)
      let steps = [0, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 1]
      points[item] = (steps.map { lower + (upper - lower) * $0 } + [start[item]]).filter {
        tree.functions[position].slope(at: $0).isFinite
      }
    }
  }

  /// The best amounts and the best prices found: what the limits of groups and sets are worth.
  mutating func solve(
    with solver: some Solver, maximumRounds: Int = 60
  ) throws(AllocationError) -> (amounts: [Double], prices: LimitPrices) {
    var bestAmounts: [Double] = []
    var bestPrices = LimitPrices(groups: [], crossings: [])
    var objective = -Double.infinity
    var bound = Double.infinity
    for _ in 0..<maximumRounds {
      // 1. The program over the tangents so far.
      let program = program()
      let answer: LinearSolution
      do { answer = try solver.solve(program) } catch { throw .solver(error) }
      guard answer.status == .optimal else { throw .infeasible }
      let amounts = (0..<problem.items.count).map { answer.values[$0] * amountUnit }
      // 2. Its amounts from below, its prices from above.
      let prices = LimitPrices(problem, duals: answer.duals.map { $0 * priceUnit })
      let dual = problem.lagrangian(at: prices, tree)
      let value = problem.objective(at: amounts)
      if value > objective { (objective, bestAmounts) = (value, amounts) }
      if dual.bound < bound { (bound, bestPrices) = (dual.bound, prices) }
      if bound - objective <= 1e-13 * max(1, abs(objective)) { break }
      // 3. New tangents at both.
      guard addTangents(at: amounts, and: dual.amounts) else { break }
    }
    return (bestAmounts, bestPrices)
  }

  private mutating func addTangents(at amounts: [Double], and others: [Double]) -> Bool {
    var added = false
    for item in points.indices where !points[item].isEmpty {
      for x in [amounts[item], others[item]] where problem.items[item].function.slope(at: x).isFinite {
        let nearest = points[item].reduce(Double.infinity) { min($0, abs($1 - x)) }
        if nearest > 1e-9 * max(x, 1e-6 * amountUnit) {
          points[item].append(x)
          added = true
        }
      }
    }
    return added
  }

  /// Variables: the amounts, then the value of each item with a return. Rows: groups, sets, tangents.
  private func program() -> LinearProgram {
    var program = LinearProgram(.maximise)
    for (index, item) in problem.items.enumerated() {
      let upper = item.upper / amountUnit
      program.addVariable(
        lower: item.lower / amountUnit, upper: upper, objective: -problem.valueOfUnspent / priceUnit)
      assert(program.variables.count == index + 1, "amounts come first")
    }
    let limits = problem.limitProgram()
    for row in limits.rows.indices {
      program.addSumRow(
        limits.columns[limits.rowStart[row]..<limits.rowStart[row + 1]],
        lower: limits.rows[row].lower / amountUnit, upper: limits.rows[row].upper / amountUnit)
    }
    for (index, item) in problem.items.enumerated() where !points[index].isEmpty {
      let value = program.addVariable(lower: -.infinity, objective: 1)
      for x in points[index] {
        let slope = item.function.slope(at: x)
        program.addRow(
          [(variable: value, coefficient: 1), (variable: index, coefficient: -slope / priceUnit)],
          upper: (item.function.value(at: x) - slope * x) / (amountUnit * priceUnit))
      }
    }
    return program
  }
}

/// The prices of the limits of groups and crossing sets: positive where a cap holds, negative where a floor does.
struct LimitPrices {
  var groups: [Double]
  var crossings: [Double]

  init(groups: [Double], crossings: [Double]) {
    self.groups = groups
    self.crossings = crossings
  }

  /// The duals of rows for groups, then sets; rounding errors where there is no limit to have a price are dropped.
  init(_ problem: SeparableAllocation, duals: [Double]) {
    func priced(_ dual: Double, _ floor: Double, _ cap: Double) -> Double {
      (dual > 0 && !cap.isFinite) || (dual < 0 && !floor.isFinite) ? 0 : dual
    }
    groups = zip(duals, problem.groups).map { priced($0, $1.floor, $1.cap) }
    crossings = zip(duals.dropFirst(problem.groups.count), problem.crossings).map { priced($0, $1.floor, $1.cap) }
  }
}

extension SeparableAllocation {
  /// max over amounts within their own bounds of the Lagrangian at `prices`: by weak duality no feasible amounts have a
  /// larger objective, however the prices were found.
  func lagrangian(at prices: LimitPrices, _ tree: PriceTree) -> (bound: Double, amounts: [Double]) {
    var bound = valueOfUnspent * groups[0].cap
    var groupPrice = zeros(groups.count)
    for group in groups.indices {
      let price = prices.groups[group]
      groupPrice[group] = price + (groups[group].parent.map { groupPrice[$0] } ?? valueOfUnspent)
      if price != 0 { bound += price * (price > 0 ? groups[group].cap : groups[group].floor) }
    }
    var surcharge = zeros(items.count)
    for (set, price) in zip(crossings, prices.crossings) where price != 0 {
      bound += price * (price > 0 ? set.cap : set.floor)
      for item in set.items { surcharge[item] += price }
    }
    var amounts = zeros(items.count)
    for (position, item) in tree.itemAt.enumerated() {
      let function = tree.functions[position]
      let price = groupPrice[items[item].group] + surcharge[item]
      let (lower, upper) = (tree.lower[position], tree.upper[position])
      // Without the slope that breaks ties: an item without return is at one of its ends.
      let x =
        function.family == .zero
        ? (price < 0 ? upper : lower)
        : function.taken(at: price, lower: lower, upper: upper, tieSlope: tree.tieSlope).amount
      bound += function.value(at: x) - price * x
      amounts[item] = x
    }
    return (bound, amounts)
  }
}
