import ChannelTypes
import Optimization

/// The best amounts of a formulation, with their proof, whichever method found them.
struct BudgetOptimum {
  enum Method: Sendable {
    /// The dual of a separable concave problem, cleared exactly.
    case separable
    /// Envelopes over nested scopes, and a search over the lines on a chord of theirs.
    case search(nodes: Int, isComplete: Bool)
    /// Supporting lines and branching over them.
    case curved(nodes: Int, isComplete: Bool)
  }

  var amounts: [Double]
  /// Of the reserve item; 0 without one.
  var reserve: Double
  var objective: Double
  var bound: Double
  /// The slope of the optimum in the total; nil where not all is spent.
  var totalPrice: Double?
  /// The slope in each row's limit: positive where its cap holds, negative where its floor does.
  var rowPrices: [Double]
  /// The slope in each line's own limit.
  var itemPrices: [Double]
  var method: Method
}

extension BudgetFormulation {
  /// Solves for the best amounts, not yet in whole steps.
  func optimum(_ solver: some Solver) throws(AllocationError) -> BudgetOptimum {
    if let tree = separable() { return try tree.optimum(solver) }
    return try curvedOptimum(solver)
  }

  // MARK: - Evaluation

  /// How much a unit of each line's curve counts on average.
  var meanFactors: [Double] {
    guard let draws = problem.draws, draws.count > 0 else { return problem.items.map { _ in 1 } }
    var sums = [Double](repeating: 0, count: count)
    for draw in 0..<draws.count { for item in 0..<count { sums[item] += draws.factors[draw * count + item] } }
    return sums.map { $0 / Double(draws.count) }
  }

  /// Units that an amount buys.
  func units(of item: Int, _ amount: Double) -> Double {
    let tiers = problem.items[item].tiers
    guard !tiers.isEmpty else { return amount }
    var left = amount
    var units = 0.0
    for (index, tier) in tiers.enumerated() {
      let width = index + 1 < tiers.count ? tiers[index + 1].from - tier.from : .infinity
      let bought = min(width, left / tier.price)
      units += bought
      left -= bought * tier.price
      if left <= 0 { break }
    }
    return units
  }

  /// What each line's curve is evaluated at: the spend that acts, units where the curve counts units.
  func effective(_ amounts: [Double]) -> [Double] {
    var effective = (0..<count).map { units(of: $0, amounts[$0]) }
    guard problem.carryOver > 0 else { return effective }
    var done = [Bool](repeating: false, count: count)
    func settle(_ index: Int) {
      guard !done[index] else { return }
      done[index] = true
      if let before = earlier[index] {
        settle(before)
        effective[index] += problem.carryOver * effective[before]
      } else {
        effective[index] += problem.carryOver * problem.items[index].carriedIn
      }
    }
    for index in 0..<count { settle(index) }
    return effective
  }

  /// The margin of each line, unweighted, at the mean of the draws.
  func margins(of amounts: [Double]) -> [Double] {
    let effective = effective(amounts)
    let factors = meanFactors
    return (0..<count).map { factors[$0] * problem.items[$0].curve.value(at: effective[$0]) }
  }

  /// What is maximised.
  func objective(of amounts: [Double], reserve: Double) -> Double {
    let effective = effective(amounts)
    var values = (0..<count).map { problem.items[$0].weight * problem.items[$0].curve.value(at: effective[$0]) }
    if let draws = problem.draws, draws.count > 0 {
      let tail = CurvedProgram.Tail(
        factors: draws.factors, level: problem.risk?.level ?? 0.9, weight: problem.risk?.weight ?? 0)
      values = zip(values, tail.weights(at: values)).map { $0 * $1 }
    }
    let moved = zip(amounts, problem.items).reduce(0) { $0 + abs($1.0 - $1.1.now.double) }
    return values.reduce(0, +) - problem.stabilityPenalty * moved
      + (problem.reserveItem?.curve.value(at: reserve) ?? 0)
      + problem.valueOfUnspent * (spendable - amounts.reduce(0, +) - reserve)
  }

  /// What one more unit of money earns on each line, all periods together, unweighted; where the slope is infinite (a
  /// power curve at zero), the return of the first unit.
  func marginalReturns(at amounts: [Double]) -> [Double] {
    let effective = effective(amounts)
    let factors = meanFactors
    var slopes = (0..<count).map { index -> Double in
      let curve = problem.items[index].curve
      let slope = curve.slope(at: effective[index])
      return factors[index]
        * (slope.isFinite ? slope : curve.value(at: effective[index] + 1) - curve.value(at: effective[index]))
    }
    if problem.carryOver > 0 {
      // What a period's spend earns later is added from the last period back.
      var later = [Int?](repeating: nil, count: count)
      for (index, before) in earlier.enumerated() { if let before { later[before] = index } }
      var done = [Bool](repeating: false, count: count)
      func settle(_ index: Int) {
        guard !done[index] else { return }
        done[index] = true
        guard let next = later[index] else { return }
        settle(next)
        slopes[index] += problem.carryOver * slopes[next]
      }
      for index in 0..<count { settle(index) }
    }
    for index in 0..<count where !problem.items[index].tiers.isEmpty {
      let step = max(amounts[index] * 1e-7, 1e-9)
      slopes[index] *= (units(of: index, amounts[index] + step) - units(of: index, amounts[index])) / step
    }
    return slopes
  }
}

extension BudgetFormulation {
  /// Lines beyond which a search over choices is not tried on a whole-step basis.
  private static let mostStepped = 400

  /// The steps that the search must respect: those of lines, and the problem's where they are coarse.
  func searchStep(of item: Int) -> Double {
    if let step = problem.items[item].step { return step.double }
    let isCoarse = problem.step.double * 5_000 >= spendable && problem.step > Money(tenThousandths: 100)
    return isCoarse && count <= Self.mostStepped ? problem.step.double : 0
  }

  /// Whether something ties lines together that a separable problem cannot say.
  private var isTied: Bool {
    problem.carryOver > 0 || (problem.draws != nil && (problem.risk?.weight ?? 0) > 0)
      || rows.contains { $0.coefficients != nil }
  }

  /// Whether every line is a plain concave curve of its amount.
  var isPlain: Bool {
    guard problem.stabilityPenalty == 0 else { return false }
    let isReservePlain = problem.reserveItem.map { $0.curve.function(times: 1).isConcave } ?? true
    return isReservePlain
      && problem.items.indices.allSatisfy { index in
        let item = problem.items[index]
        return item.minimumOrZero == nil && item.tiers.isEmpty && searchStep(of: index) == 0
          && item.curve.function(times: item.weight).isConcave
      }
  }

  /// The formulation as a separable allocation: plain curves with any scopes, others where scopes are nested. Nil where
  /// it is neither.
  func separable() -> BudgetTree? {
    guard !isTied else { return nil }
    let tree = BudgetTree(self)
    return tree.allocation.crossings.isEmpty || isPlain ? tree : nil
  }
}

/// A formulation as a separable allocation: nested rows are groups of a tree, others cross it.
struct BudgetTree {
  let formulation: BudgetFormulation
  private(set) var allocation: SeparableAllocation
  private enum Slot {
    case group(Int)
    case crossing(Int)
  }
  private var slots: [Slot] = []
  private var reserveItem: Int?

  init(_ formulation: BudgetFormulation) {
    self.formulation = formulation
    let problem = formulation.problem
    let root = formulation.spendable
    allocation = SeparableAllocation(
      cap: root, floor: problem.mustSpendAll ? root : 0, valueOfUnspent: problem.valueOfUnspent)
    // Larger scopes first: a scope whose members are all in one group so far becomes a group below it.
    var groupOf = [Int](repeating: 0, count: formulation.count)
    var found = [Slot?](repeating: nil, count: formulation.rows.count)
    let order = formulation.rows.indices.sorted {
      (-formulation.rows[$0].members.count, $0) < (-formulation.rows[$1].members.count, $1)
    }
    var crossing: [Int] = []
    for index in order {
      let row = formulation.rows[index]
      guard let first = row.members.first, row.members.allSatisfy({ groupOf[$0] == groupOf[first] }) else {
        crossing.append(index)
        continue
      }
      let group = allocation.addGroup(under: groupOf[first], floor: row.floor, cap: row.cap)
      for member in row.members { groupOf[member] = group }
      found[index] = .group(group)
    }
    let factors = formulation.meanFactors
    for (index, item) in problem.items.enumerated() {
      var lower = formulation.lower[index]
      var domain = ItemDomain(step: formulation.searchStep(of: index))
      if let minimum = item.minimumOrZero?.double, minimum > 0 {
        // A floor above zero leaves no choice of nothing.
        if lower > 0 { lower = max(lower, minimum) } else { domain.minimumIfAny = minimum }
      }
      allocation.addItem(
        formulation.function(of: index, times: item.weight * factors[index]), in: groupOf[index], lower: lower,
        upper: formulation.upper[index], domain: domain)
    }
    if let reserve = problem.reserveItem {
      reserveItem = allocation.addItem(
        reserve.curve.function(times: 1), lower: reserve.floor.double,
        upper: reserve.cap?.double ?? .infinity)
    }
    for index in crossing.sorted() {
      let row = formulation.rows[index]
      found[index] = .crossing(allocation.addCrossing(row.members, floor: row.floor, cap: row.cap))
    }
    slots = found.compactMap(\.self)
  }

  func optimum(_ solver: some Solver) throws(AllocationError) -> BudgetOptimum { translated(try best()) }

  private func best() throws(AllocationError) -> SeparableSolution {
    let problem = formulation.problem
    if formulation.isPlain { return try allocation.solve() }
    return try allocation.solve(
      limits: SolverLimits(nodes: problem.searchNodes, relativeGap: problem.searchGap))
  }

  private func translated(_ best: SeparableSolution) -> BudgetOptimum {
    let count = formulation.count
    var rowPrices: [Double] = []
    for slot in slots {
      switch slot {
      case .group(let group): rowPrices.append(best.groupLimitPrices[group])
      case .crossing(let set): rowPrices.append(best.crossingPrices[set])
      }
    }
    let items = allocation.items
    let binding = best.bindingLimits
    var surcharge = [Double](repeating: 0, count: items.count)
    for (set, price) in zip(allocation.crossings, best.crossingPrices) {
      for item in set.items { surcharge[item] += price }
    }
    let itemPrices = (0..<count).map { index -> Double in
      let item = items[index]
      guard binding[index] == .lower(item: index) || binding[index] == .upper(item: index) else { return 0 }
      let slope = item.function.slope(at: best.amounts[index])
      guard slope.isFinite else { return 0 }
      return slope - best.groupPrices[item.group] - surcharge[index]
    }
    let isComplete = best.relativeGap <= max(formulation.problem.searchGap, 1e-9)
    return BudgetOptimum(
      amounts: Array(best.amounts.prefix(count)), reserve: reserveItem.map { best.amounts[$0] } ?? 0,
      objective: best.objective, bound: best.bound,
      totalPrice: best.groupLimitPrices[0] > 1e-9 * max(1, allocation.valueOfUnspent) ? best.groupPrices[0] : nil,
      rowPrices: rowPrices, itemPrices: itemPrices,
      method: best.method == .search ? .search(nodes: best.nodes, isComplete: isComplete) : .separable)
  }

  /// Amounts in whole steps of the problem, and the reserve item's.
  func published(_ solver: some Solver) throws(AllocationError) -> (
    optimum: BudgetOptimum, plan: [Money], reserve: Money
  ) {
    let best = try best()
    guard formulation.isPlain else {
      let optimum = translated(best)
      let (plan, reserve) = try formulation.rounded(optimum, solver)
      return (optimum, plan, reserve)
    }
    let unit = formulation.problem.step
    let rounded = try allocation.wholeUnits(of: best, unit: unit.double, solver: solver)
    let money = rounded.units.map { Money(tenThousandths: $0 * unit.tenThousandths) }
    return (
      translated(best), Array(money.prefix(formulation.count)), reserveItem.map { money[$0] } ?? .zero
    )
  }
}
