public import ChannelTypes
public import Optimization
import Tables

extension BudgetProblem {
  /// Divides the budget.
  ///
  /// 1. Proves that the limits can be met, or says which of them contradict one another.
  /// 2. Solves for the best amounts and rounds them to cents with all totals exact.
  /// 3. Compares with today at the same money, and places the next amount.
  ///
  /// Complexity: a few milliseconds for a hundred lines; linear in lines but for spend types with limits.
  public func solve(with solver: some Solver = HiGHSSolver()) throws(BudgetFailure) -> BudgetSolution {
    let findings = findings()
    guard findings.isEmpty else { throw .invalid(findings) }
    if let conflict = try conflict(solver) { throw .infeasible(conflict) }
    let formulation = BudgetFormulation(self)
    do {
      let best = try formulation.allocation.solve()
      let rounded = try formulation.allocation.wholeUnits(of: best, unit: 0.01, solver: solver)
      var solution = BudgetSolution(formulation, best, rounded)
      solution.comparisons = try comparisons(solution, solver)
      solution.next = try next(after: solution, solver)
      return solution
    } catch {
      throw .failed(error.description)
    }
  }

  /// The expected margin of spending `amounts`, line by line.
  public func expectedMargin(of amounts: [Money]) -> Double {
    zip(items, amounts).reduce(0) { $0 + $1.0.curve.value(at: $1.1.double) }
  }

  private func comparisons(
    _ solution: BudgetSolution, _ solver: some Solver
  ) throws(AllocationError) -> [BudgetSolution.Comparison] {
    let now = items.map(\.now)
    let nowTotal = now.total()
    var rows = [
      BudgetSolution.Comparison(allocation: "now", total: nowTotal, expectedMargin: expectedMargin(of: now))
    ]
    if nowTotal > .zero {
      let factor = solution.spent.double / nowTotal.double
      let margin = items.reduce(0) { $0 + $1.curve.value(at: $1.now.double * factor) }
      rows.append(
        BudgetSolution.Comparison(allocation: "pro_rata", total: solution.spent, expectedMargin: margin))
    }
    rows.append(
      BudgetSolution.Comparison(
        allocation: "plan", total: solution.spent, expectedMargin: solution.expectedMargin))
    // The same money is placed in full, also where keeping some of it would pay: the comparison is about where.
    var sameMoney = self
    sameMoney.mustSpendAll = true
    if let moved = try sameMoney.amounts(spendable: nowTotal, solver) {
      rows.append(
        BudgetSolution.Comparison(
          allocation: "plan_at_present_total", total: moved.total(), expectedMargin: expectedMargin(of: moved)))
    }
    return rows
  }

  private func next(
    after solution: BudgetSolution, _ solver: some Solver
  ) throws(AllocationError) -> BudgetSolution.Next? {
    guard nextAmount > .zero, let more = try amounts(spendable: spendable + nextAmount, solver) else { return nil }
    var perRegion = [Money](repeating: .zero, count: solution.regions.count)
    let formulation = BudgetFormulation(self)
    for (index, line) in solution.lines.enumerated() {
      perRegion[formulation.regionOf[index]] += more[index] - line.plan
    }
    return BudgetSolution.Next(
      amount: nextAmount, perRegion: perRegion, worth: expectedMargin(of: more) - solution.expectedMargin)
  }

  /// The best amounts with another sum to place; nil where the limits do not allow it.
  private func amounts(spendable: Money, _ solver: some Solver) throws(AllocationError) -> [Money]? {
    let allocation = BudgetFormulation(self, spendable: spendable).allocation
    let isFeasible: Bool
    do { isFeasible = try solver.solve(allocation.limitProgram()).status.hasValues } catch { throw .solver(error) }
    guard isFeasible else { return nil }
    return try allocation.wholeUnits(of: allocation.solve(), unit: 0.01, solver: solver).money
  }
}

extension WholeUnitAllocation {
  /// Units that are cents, as money.
  var money: [Money] { units.map { Money(tenThousandths: $0 * 100) } }
}

extension BudgetSolution {
  init(_ formulation: BudgetFormulation, _ best: SeparableSolution, _ rounded: WholeUnitAllocation) {
    let problem = formulation.problem
    let allocation = formulation.allocation
    let plan = rounded.money
    lines = problem.items.indices.map { index in
      let item = problem.items[index]
      let limits = allocation.items[index]
      return Line(
        region: item.region, spendType: item.spendType, now: item.now, plan: plan[index],
        floor: Money(rounding: limits.lower) ?? .zero,
        cap: Money(rounding: min(limits.upper, allocation.groups[0].cap)) ?? .zero,
        marginalReturn: item.curve.marginalReturn(at: plan[index]),
        marginNow: item.curve.value(at: item.now.double), marginPlan: item.curve.value(at: plan[index].double),
        heldBy: best.bindingLimits[index].flatMap { formulation.sources[$0]?.heldBy } ?? "")
    }
    regions = []
    reserve = problem.reserve
    notSpent = problem.total - problem.reserve - plan.total()
    expectedMargin = problem.expectedMargin(of: plan)
    objective = rounded.objective
    bound = rounded.bound
    shadowPrices = []
    comparisons = []
    regions = regionLines(formulation, best)
    shadowPrices = prices(formulation, best)
    if notSpent > .zero { reasonNotSpent = reason(formulation, best) }
  }

  private func regionLines(_ formulation: BudgetFormulation, _ best: SeparableSolution) -> [RegionLine] {
    formulation.regions.indices.map { region in
      let own = lines.indices.filter { formulation.regionOf[$0] == region }
      let group = formulation.allocation.groups[region + 1]
      let plan = own.map { lines[$0].plan }.total()
      // What one more unit earns: the best line with room, less what its spend type's limit makes others give up.
      let marginal = own.filter { lines[$0].plan < lines[$0].cap }.map { index in
        lines[index].marginalReturn - (formulation.crossingOf[index].map { best.crossingPrices[$0] } ?? 0)
      }
      let price = best.groupLimitPrices[region + 1]
      let limit: SeparableAllocation.Limit? =
        price > 0 || plan.double == group.cap
        ? .cap(group: region + 1) : price < 0 ? .floor(group: region + 1) : nil
      return RegionLine(
        region: formulation.regions[region], now: own.map { lines[$0].now }.total(), plan: plan,
        marginalReturn: max(0, marginal.max() ?? 0), heldBy: limit.flatMap { formulation.sources[$0]?.heldBy } ?? "")
    }
  }

  /// The prices of all limits that the plan states and that hold, in the order: total, regions, spend types, lines.
  private func prices(_ formulation: BudgetFormulation, _ best: SeparableSolution) -> [ShadowPrice] {
    let allocation = formulation.allocation
    let problem = formulation.problem
    let negligible = 1e-9 * max(1, problem.valueOfUnspent)
    var prices: [ShadowPrice] = []
    if best.groupLimitPrices[0] > negligible {
      prices.append(
        ShadowPrice(
          limit: "quarter", place: problem.totalPlace, value: problem.total,
          // Of one more unit in the budget the reserve keeps its share.
          price: best.groupPrices[0] * (1 - problem.reservePercent / 100)))
    }
    func add(_ price: Double, floor: SeparableAllocation.Limit, cap: SeparableAllocation.Limit) {
      guard abs(price) > negligible, let source = formulation.sources[price > 0 ? cap : floor] else { return }
      prices.append(ShadowPrice(limit: source.name, place: source.place, value: source.amount, price: price))
    }
    for group in allocation.groups.indices.dropFirst() {
      add(best.groupLimitPrices[group], floor: .floor(group: group), cap: .cap(group: group))
    }
    for (set, price) in best.crossingPrices.enumerated() {
      add(price, floor: .crossingFloor(set), cap: .crossingCap(set))
    }
    for (index, limit) in best.bindingLimits.enumerated() {
      guard limit == .lower(item: index) || limit == .upper(item: index) else { continue }
      let crossing = formulation.crossingOf[index].map { best.crossingPrices[$0] } ?? 0
      add(
        lines[index].marginalReturn - best.groupPrices[formulation.regionOf[index] + 1] - crossing,
        floor: .lower(item: index), cap: .upper(item: index))
    }
    return prices
  }

  private func reason(_ formulation: BudgetFormulation, _ best: SeparableSolution) -> String {
    let open = lines.indices.filter { index in
      lines[index].plan < lines[index].cap
        && regions[formulation.regionOf[index]].plan.double
          < formulation.allocation.groups[
            formulation.regionOf[index] + 1
          ].cap
    }
    guard let highest = open.map({ lines[$0].marginalReturn }).max() else {
      return "every line is at its cap"
    }
    let worth = formulation.problem.valueOfUnspent.written
    let earned = (highest * 1000).rounded() / 1000
    return highest <= formulation.problem.valueOfUnspent * (1 + 1e-6)
      ? "one more unit of money would earn \(earned.written) at most; not spent it is worth \(worth)"
      : "the caps leave no room where one more unit of money would earn more than \(worth)"
  }
}

extension ResponseCurve {
  /// What one more unit of money earns: the slope; where that is infinite (a power curve at zero), the return of the
  /// first unit.
  func marginalReturn(at spend: Money) -> Double {
    let slope = slope(at: spend.double)
    return slope.isFinite ? slope : value(at: spend.double + 1) - value(at: spend.double)
  }
}
