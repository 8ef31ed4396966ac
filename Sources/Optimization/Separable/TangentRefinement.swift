/// Solves a separable allocation by linear programs over tangents, for problems whose dual is too stiff for Newton's
/// method on the prices of crossing sets: items without return, or sets that together leave no room.
///
/// Each concave function is replaced by the lowest of its tangents; the program's optimum bounds the true one from
/// above, its prices give the weak dual, its amounts are feasible. Tangents are added where the program puts each item,
/// and where the item would be best at the program's prices, until the gap is closed: it falls with the square of the
/// distance between tangents.
///
/// Source: Kelley, "The cutting-plane method for solving convex programs" (SIAM Journal 8, 1960), item by item.
///
/// Items that are not concave stand for their concave envelopes.
struct TangentRefinement {
  private let problem: SeparableAllocation
  /// Units of amount and of price in which the program is well scaled.
  private let amountUnit: Double
  private let priceUnit: Double
  private var points: [[Double]]
  private(set) var envelopes: [ConcaveEnvelope]

  init(_ problem: SeparableAllocation, start: [Double]? = nil) {
    self.problem = problem
    let items = problem.items
    let total = problem.groups[0].cap
    amountUnit = max(total, .leastNormalMagnitude)
    envelopes = items.map { item in
      // Some finite end beyond the whole, which no feasible amount reaches.
      ConcaveEnvelope(
        item.function, on: item.domain, from: item.lower, to: min(item.upper, max(item.lower, total) + total))
    }
    var (gained, range) = (0.0, 0.0)
    for (item, envelope) in zip(items, envelopes) where item.function.family != .zero {
      let upper = min(envelope.upper, max(total, envelope.lower))
      guard upper > envelope.lower else { continue }
      gained += abs(item.function.value(at: upper) - item.function.value(at: envelope.lower))
      range += upper - envelope.lower
    }
    let average = gained > 0 && range > 0 ? gained / range : 0
    priceUnit = average > 0 && average < .infinity ? average : (problem.valueOfUnspent > 0 ? problem.valueOfUnspent : 1)
    points = items.map { _ in [] }
    for index in items.indices { setPoints(of: index, start: start?[index]) }
  }

  /// Another part of an item's domain; tangents inside it are kept.
  mutating func restrict(_ item: Int, from lower: Double, to upper: Double) {
    let function = problem.function(of: item)
    let domain = problem.domains[item] ?? .everything
    envelopes[item] = ConcaveEnvelope(function, on: domain, from: lower, to: upper)
    let kept = points[item].filter { $0 > envelopes[item].lower && $0 < envelopes[item].upper }
    setPoints(of: item, start: nil)
    for x in kept where envelopes[item].slope(at: x).isFinite { points[item].append(x) }
  }

  private mutating func setPoints(of item: Int, start: Double?) {
    let envelope = envelopes[item]
    guard envelope.function.family != .zero else { return }
    let upper = max(envelope.lower, min(envelope.upper, amountUnit))
    var candidates = [0, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 1].map { envelope.lower + (upper - envelope.lower) * $0 }
    candidates += envelope.arcs.flatMap { [$0.from, $0.to] }.prefix(40)
    if let start { candidates.append(start) }
    points[item] = candidates.filter { envelope.slope(at: $0).isFinite }
    if points[item].isEmpty { points[item] = [upper] }
  }

  /// The best amounts and the best prices found, with the bound that these prove; nil where no amounts satisfy the
  /// limits.
  mutating func solve(
    with solver: some Solver, maximumRounds: Int = 60
  ) throws(AllocationError) -> (amounts: [Double], bound: Double, prices: LimitPrices)? {
    var bestAmounts: [Double] = []
    var bestPrices = LimitPrices(groups: [], crossings: [], linear: [])
    var objective = -Double.infinity
    var bound = Double.infinity
    for _ in 0..<maximumRounds {
      // 1. The program over the tangents so far.
      let program = program()
      let answer: LinearSolution
      do { answer = try solver.solve(program) } catch { throw .solver(error) }
      guard answer.status == .optimal else {
        if answer.status == .infeasible, bestAmounts.isEmpty { return nil }
        break
      }
      let amounts = envelopes.indices.map { answer.values[$0] * amountUnit }
      // 2. Its amounts from below, its prices from above.
      let prices = LimitPrices(problem, duals: answer.duals.map { $0 * priceUnit })
      let dual = problem.lagrangian(at: prices, envelopes)
      let value = envelopeObjective(at: amounts)
      if value > objective { (objective, bestAmounts) = (value, amounts) }
      if dual.bound < bound { (bound, bestPrices) = (dual.bound, prices) }
      if bound - objective <= 1e-13 * max(1, abs(objective)) { break }
      // 3. New tangents at both.
      guard addTangents(at: amounts, and: dual.amounts) else { break }
    }
    return bestAmounts.isEmpty ? nil : (bestAmounts, bound, bestPrices)
  }

  private func envelopeObjective(at amounts: [Double]) -> Double {
    zip(envelopes, amounts).reduce(problem.valueOfUnspent * problem.groups[0].cap) {
      $0 + $1.0.value(at: $1.1) - problem.valueOfUnspent * $1.1
    }
  }

  private mutating func addTangents(at amounts: [Double], and others: [Double]) -> Bool {
    var added = false
    for item in points.indices where !points[item].isEmpty {
      for x in [amounts[item], others[item]] where envelopes[item].slope(at: x).isFinite {
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
    for (index, envelope) in envelopes.enumerated() {
      program.addVariable(
        lower: envelope.lower / amountUnit, upper: envelope.upper / amountUnit,
        objective: -problem.valueOfUnspent / priceUnit)
      assert(program.variables.count == index + 1, "amounts come first")
    }
    let limits = problem.limitProgram()
    for row in limits.rows.indices {
      program.addRow(
        (limits.rowStart[row]..<limits.rowStart[row + 1]).map {
          (variable: limits.columns[$0], coefficient: limits.coefficients[$0])
        }, lower: limits.rows[row].lower / amountUnit, upper: limits.rows[row].upper / amountUnit)
    }
    for (index, envelope) in envelopes.enumerated() where !points[index].isEmpty {
      let value = program.addVariable(lower: -.infinity, objective: 1)
      for x in points[index] {
        let slope = envelope.slope(at: x)
        program.addRow(
          [(variable: value, coefficient: 1), (variable: index, coefficient: -slope / priceUnit)],
          upper: (envelope.value(at: x) - slope * x) / (amountUnit * priceUnit))
      }
    }
    return program
  }
}

/// The prices of the limits of groups, crossing sets and linear limits: positive where a cap holds, negative where a
/// floor does.
struct LimitPrices {
  var groups: [Double]
  var crossings: [Double]
  var linear: [Double]

  init(groups: [Double], crossings: [Double], linear: [Double]) {
    self.groups = groups
    self.crossings = crossings
    self.linear = linear
  }

  /// The duals of rows for groups, sets, then linear limits; rounding errors where there is no limit to have a price
  /// are dropped.
  init(_ problem: SeparableAllocation, duals: [Double]) {
    func priced(_ dual: Double, _ floor: Double, _ cap: Double) -> Double {
      (dual > 0 && !cap.isFinite) || (dual < 0 && !floor.isFinite) ? 0 : dual
    }
    let (groupCount, setCount) = (problem.groups.count, problem.crossings.count)
    groups = zip(duals, problem.groups).map { priced($0, $1.floor, $1.cap) }
    crossings = zip(duals.dropFirst(groupCount), problem.crossings).map { priced($0, $1.floor, $1.cap) }
    linear = zip(duals.dropFirst(groupCount + setCount), problem.linearLimits).map { priced($0, $1.lower, $1.upper) }
  }
}

extension SeparableAllocation {
  /// max over amounts within their own bounds of the Lagrangian at `prices`: by weak duality no feasible amounts have a
  /// larger objective, however the prices were found.
  func lagrangian(at prices: LimitPrices, _ envelopes: [ConcaveEnvelope]) -> (bound: Double, amounts: [Double]) {
    let priced = itemPrices(prices)
    var bound = priced.constant
    var amounts = zeros(itemCount)
    for index in amounts.indices {
      let x = envelopes[index].respond(to: priced.prices[index]).least
      bound += envelopes[index].value(at: x) - priced.prices[index] * x
      amounts[index] = x
    }
    return (bound, amounts)
  }

  /// The same over a tree of plain concave functions.
  func lagrangian(at prices: LimitPrices, _ tree: PriceTree) -> (bound: Double, amounts: [Double]) {
    let priced = itemPrices(prices)
    var bound = priced.constant
    var amounts = zeros(itemCount)
    for (position, item) in tree.itemAt.enumerated() {
      let function = tree.functions[position]
      let price = priced.prices[item]
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

  /// What one unit of each item costs at the prices of limits, and what the limits themselves are worth.
  private func itemPrices(_ prices: LimitPrices) -> (prices: [Double], constant: Double) {
    var constant = valueOfUnspent * groups[0].cap
    var groupPrice = zeros(groups.count)
    for group in groups.indices {
      let price = prices.groups[group]
      groupPrice[group] = price + (groups[group].parent.map { groupPrice[$0] } ?? valueOfUnspent)
      if price != 0 { constant += price * (price > 0 ? groups[group].cap : groups[group].floor) }
    }
    var itemPrice = itemGroups.map { groupPrice[$0] }
    for (set, price) in zip(crossings, prices.crossings) where price != 0 {
      constant += price * (price > 0 ? set.cap : set.floor)
      for item in set.items { itemPrice[item] += price }
    }
    for (limit, price) in zip(linearLimits, prices.linear) where price != 0 {
      constant += price * (price > 0 ? limit.upper : limit.lower)
      for (item, coefficient) in zip(limit.items, limit.coefficients) { itemPrice[item] += price * coefficient }
    }
    return (itemPrice, constant)
  }
}
