/// What one unit of a limit is worth on either side of its value: the one-sided slopes of the best objective.
///
/// Infinite where the limit cannot move that way at all. Of the total: including what a unit is worth that is not spent.
public struct TwoSidedPrice: Sendable, Hashable {
  public var limit: SeparableAllocation.Limit
  /// The limit's value.
  public var value: Double
  /// The slope where the limit goes down, and where it goes up. Floors have negative prices.
  public var left: Double
  public var right: Double
  /// The values of the limit between which its price changes by less than a tenth; for curves that are not concave, as
  /// long as every item stays on the part of its curve where it is.
  public var from: Double
  public var to: Double
}

extension SeparableAllocation {
  /// The two-sided prices of all limits that hold at a solution, the total first.
  ///
  /// In a tree from one sweep up and one down over the amounts, exact also at kinks; with crossing sets or linear
  /// limits from the linear program of small moves, two per limit. Ranges are found by solving again with the limit
  /// moved, for the limits with the highest prices.
  ///
  /// Complexity: a sweep is linear in items and groups; a range takes some 20 solutions of the concave problem.
  /// Source: Jansen, de Jong, Roos & Terlaky, "Sensitivity analysis in linear programming: just be careful!" (EJOR 101,
  /// 1997) for two-sided prices.
  /// - Parameter ranges: how many limits get a range; the others hold at their value only. By default as many as take
  ///   some ten million item evaluations.
  public func limitPrices(
    of solution: SeparableSolution, ranges: Int? = nil, with solver: some Solver = HiGHSSolver(tolerance: 1e-9)
  ) throws(AllocationError) -> [TwoSidedPrice] {
    var prices =
      crossings.isEmpty && linearLimits.isEmpty
      ? treePrices(at: solution.amounts) : try movePrices(at: solution.amounts, solver)
    let scale = prices.reduce(solution.groupPrices.reduce(0) { max($0, abs($1)) }) {
      max($0, $1.right.isFinite ? abs($1.right) : 0)
    }
    prices.removeAll { max(abs($0.left), abs($0.right)) <= 1e-9 * scale }
    let count = ranges ?? (crossings.isEmpty && linearLimits.isEmpty ? 10_000_000 / (200 * max(1, itemCount)) : 100)
    let order = prices.indices.sorted { (prices[$1].heaviest, $0) < (prices[$0].heaviest, $1) }
    let local = localized(at: solution.amounts)
    for index in order.prefix(count) {
      prices[index].from = local.end(of: prices[index], falling: true, solver)
      prices[index].to = local.end(of: prices[index], falling: false, solver)
    }
    return prices
  }

  private func treePrices(at amounts: [Double]) -> [TwoSidedPrice] {
    let values = MarginalValues(self, at: amounts)
    return bindingCandidates(at: amounts).compactMap { limit, value in
      values.price(of: limit).map {
        TwoSidedPrice(limit: limit, value: value, left: $0.left, right: $0.right, from: value, to: value)
      }
    }
  }

  /// The limits that hold at `amounts`, with their values.
  private func bindingCandidates(at amounts: [Double]) -> [(limit: Limit, value: Double)] {
    let tolerance = 1e-11 * max(groups[0].cap, .leastNormalMagnitude)
    var found: [(Limit, Double)] = []
    let totals = groupTotals(of: amounts)
    for (index, group) in groups.enumerated() {
      let isTotal = index == 0 && group.floor == group.cap
      if totals[index] >= group.cap - tolerance { found.append((.cap(group: index), group.cap)) }
      if !isTotal, totals[index] <= group.floor + tolerance, group.floor > 0 {
        found.append((.floor(group: index), group.floor))
      }
    }
    for (index, set) in crossings.enumerated() {
      let total = set.items.reduce(0) { $0 + amounts[$1] }
      if total >= set.cap - tolerance { found.append((.crossingCap(index), set.cap)) }
      if total <= set.floor + tolerance, set.floor > 0 { found.append((.crossingFloor(index), set.floor)) }
    }
    for (index, limit) in linearLimits.enumerated() {
      let total = zip(limit.items, limit.coefficients).reduce(0) { $0 + amounts[$1.0] * $1.1 }
      if total >= limit.upper - tolerance { found.append((.linearUpper(index), limit.upper)) }
      if total <= limit.lower + tolerance { found.append((.linearLower(index), limit.lower)) }
    }
    for item in amounts.indices {
      if amounts[item] >= itemUppers[item] - tolerance { found.append((.upper(item: item), itemUppers[item])) }
      if amounts[item] <= itemLowers[item] + tolerance, itemLowers[item] > 0 {
        found.append((.lower(item: item), itemLowers[item]))
      }
    }
    return found
  }

  /// The problem with every item held to the part of its curve where it is: concave.
  func localized(at amounts: [Double]) -> SeparableAllocation {
    var local = self
    for item in amounts.indices
    where !(families[item] == .zero || function(of: item).isClosedConcave) || domains[item] != nil {
      let domain = domains[item] ?? .everything
      let x = amounts[item]
      let pieces = domain.pieces(
        of: function(of: item), from: itemLowers[item], to: min(itemUppers[item], 4 * groups[0].cap))
      if let own = pieces.last(where: { x >= $0.from && x <= $0.to && $0.isConcave }) {
        local.setBounds(of: item, lower: own.from, upper: own.to >= 4 * groups[0].cap ? itemUppers[item] : own.to)
      } else if families[item] != .composed || !function(of: item).isConcave || domain.step > 0 {
        local.setBounds(of: item, lower: x, upper: x)
      }
    }
    local.dropDomains()
    return local
  }

  /// How far a limit moves until its price has changed by a tenth.
  private func end(of price: TwoSidedPrice, falling: Bool, _ solver: some Solver) -> Double {
    let side = falling ? price.left : price.right
    guard side.isFinite else { return price.value }
    // 1. Outward until the price has changed too much, or the limit cannot go further.
    func holds(_ value: Double) -> Bool {
      guard let there = self.price(of: price.limit, at: value, solver) else { return false }
      return abs(there - side) <= 0.1 * abs(side) + 1e-12
    }
    let direction: Double = falling ? -1 : 1
    let reach = falling ? price.value : 8 * max(groups[0].cap, price.value)
    var (inside, step) = (0.0, 1e-3 * max(price.value, 1e-6 * groups[0].cap))
    var outside: Double?
    while inside < reach {
      let next = min(reach, inside + step)
      if holds(price.value + direction * next) {
        (inside, step) = (next, step * 4)
      } else {
        outside = next
        break
      }
    }
    // 2. Then by halves.
    guard var outside else { return falling ? price.value - inside : .infinity }
    for _ in 0..<12 {
      let middle = 0.5 * (inside + outside)
      if holds(price.value + direction * middle) { inside = middle } else { outside = middle }
    }
    return price.value + direction * inside
  }

  /// The price of a limit with another value, in the concave problem; nil where that has no solution.
  private func price(of limit: Limit, at value: Double, _ solver: some Solver) -> Double? {
    var moved = moving(limit, to: value)
    if case .cap(0) = limit { moved = withTotal(value) }
    guard let solution = try? moved.solve(with: solver) else { return nil }
    switch limit {
    case .cap(let group), .floor(let group):
      return solution.groupLimitPrices[group] + (group == 0 ? valueOfUnspent : 0)
    case .crossingCap(let set), .crossingFloor(let set): return solution.crossingPrices[set]
    case .linearLower(let row), .linearUpper(let row): return solution.linearPrices[row]
    case .lower(let item), .upper(let item):
      let slope = function(of: item).slope(at: solution.amounts[item])
      var price = slope - solution.groupPrices[itemGroups[item]]
      for (set, own) in zip(crossings, solution.crossingPrices) where own != 0 && set.items.contains(item) {
        price -= own
      }
      return price
    }
  }

  private func moving(_ limit: Limit, to value: Double) -> SeparableAllocation {
    var moved = self
    switch limit {
    case .cap(let group): moved.setLimits(of: group, floor: min(groups[group].floor, value), cap: value)
    case .floor(let group): moved.setLimits(of: group, floor: value, cap: max(groups[group].cap, value))
    case .crossingCap(let set):
      moved.setLimits(ofCrossing: set, floor: min(crossings[set].floor, value), cap: value)
    case .crossingFloor(let set):
      moved.setLimits(ofCrossing: set, floor: value, cap: max(crossings[set].cap, value))
    case .linearLower(let row): moved.setLimits(ofLinear: row, lower: value, upper: max(linearLimits[row].upper, value))
    case .linearUpper(let row): moved.setLimits(ofLinear: row, lower: min(linearLimits[row].lower, value), upper: value)
    case .lower(let item): moved.setBounds(of: item, lower: value, upper: max(itemUppers[item], value))
    case .upper(let item): moved.setBounds(of: item, lower: min(itemLowers[item], value), upper: value)
    }
    return moved
  }

  // MARK: With crossing sets

  /// The prices of limits by the linear program of small moves: the best change of the objective when one limit that
  /// holds moves by one, items moving along their slopes and every other limit that holds staying.
  private func movePrices(at amounts: [Double], _ solver: some Solver) throws(AllocationError) -> [TwoSidedPrice] {
    let candidates = bindingCandidates(at: amounts)
    var prices: [TwoSidedPrice] = []
    for (limit, value) in candidates {
      let left = try bestMove(at: amounts, candidates, moving: limit, by: -1, solver)
      let right = try bestMove(at: amounts, candidates, moving: limit, by: 1, solver)
      let unspent = limit == .cap(group: 0) ? valueOfUnspent : 0
      let isFloor = limit.isFloor
      prices.append(
        TwoSidedPrice(
          limit: limit, value: value, left: left.map { -$0 + unspent } ?? (isFloor ? -.infinity : .infinity),
          right: right.map { $0 + unspent } ?? (isFloor ? -.infinity : .infinity), from: value, to: value))
    }
    return prices
  }

  /// The gain of the best small move when one limit moves by `step`; nil where there is none, or no end to it.
  func bestMove(
    at amounts: [Double], _ binding: [(limit: Limit, value: Double)], moving: Limit?, by step: Double,
    reach: Double = .infinity, _ solver: some Solver
  ) throws(AllocationError) -> Double? {
    var program = LinearProgram(.maximise)
    let scale = max(
      1e-300,
      amounts.indices.reduce(valueOfUnspent) { worst, item in
        let slope = function(of: item).slope(at: amounts[item])
        return slope.isFinite ? max(worst, slope) : worst
      })
    // Variables: up and down for every item.
    for item in amounts.indices {
      let function = function(of: item)
      let (up, down) = (function.slope(at: amounts[item]), function.slopeBefore(amounts[item]))
      program.addVariable(upper: reach, objective: (min(up, 1e6 * scale) - valueOfUnspent) / scale)
      program.addVariable(upper: reach, objective: -(min(down, 1e6 * scale) - valueOfUnspent) / scale)
    }
    let all = limitProgram()
    func row(_ terms: [(variable: Int, coefficient: Double)], _ limit: Limit) {
      let change = limit == moving ? step : 0
      let isTotal = limit == .cap(group: 0) && groups[0].floor == groups[0].cap
      let both = terms.flatMap {
        [(variable: 2 * $0.variable, coefficient: $0.coefficient), (2 * $0.variable + 1, -$0.coefficient)]
      }
      program.addRow(
        both, lower: limit.isFloor || isTotal ? change : -.infinity, upper: limit.isFloor ? .infinity : change)
    }
    for (limit, _) in binding {
      switch limit {
      case .cap(let group), .floor(let group): row(all.terms(of: group), limit)
      case .crossingCap(let set), .crossingFloor(let set): row(all.terms(of: groups.count + set), limit)
      case .linearLower(let index), .linearUpper(let index):
        row(all.terms(of: groups.count + crossings.count + index), limit)
      case .lower(let item), .upper(let item): row([(variable: item, coefficient: 1)], limit)
      }
    }
    // Bounds at zero, that no limit stands for.
    for item in amounts.indices where itemLowers[item] == 0 && amounts[item] <= 1e-11 * groups[0].cap {
      program.variables[2 * item + 1].upper = 0
    }
    let answer: LinearSolution
    do { answer = try solver.solve(program) } catch { throw .solver(error) }
    return answer.status == .optimal ? answer.objective * scale : nil
  }

  func holding(at amounts: [Double]) -> [(limit: Limit, value: Double)] { bindingCandidates(at: amounts) }
}

extension SeparableAllocation.Limit {
  var isFloor: Bool {
    switch self {
    case .lower, .floor, .crossingFloor, .linearLower: true
    case .upper, .cap, .crossingCap, .linearUpper: false
    }
  }
}

extension LinearProgram {
  fileprivate func terms(of row: Int) -> [(variable: Int, coefficient: Double)] {
    (rowStart[row]..<rowStart[row + 1]).map { (variable: columns[$0], coefficient: coefficients[$0]) }
  }
}

extension TwoSidedPrice {
  fileprivate var heaviest: Double {
    max(left.isFinite ? abs(left) : 0, right.isFinite ? abs(right) : 0)
  }
}
