import ChannelTypes
import Optimization

extension BudgetProblem {
  /// The plan beside simpler ways to divide the same money.
  func comparisons(
    _ solution: BudgetSolution, _ solver: some Solver
  ) throws(AllocationError) -> [BudgetSolution.Comparison] {
    let formulation = BudgetFormulation(self)
    let now = items.map(\.now)
    let nowTotal = now.total()
    var rows: [BudgetSolution.Comparison] = []
    func margin(_ amounts: [Double]) -> Double { formulation.margins(of: amounts).reduce(0, +) }
    rows.append(.init(allocation: "now", total: nowTotal, expectedMargin: margin(now.map(\.double))))
    /// The plan's total in the proportions of some amounts.
    func scaled(_ name: String, _ amounts: [Double]) {
      let sum = amounts.reduce(0, +)
      guard sum > 0 else { return }
      let factor = solution.spent.double / sum
      rows.append(
        .init(allocation: name, total: solution.spent, expectedMargin: margin(amounts.map { $0 * factor })))
    }
    scaled("pro_rata", now.map(\.double))
    rows.append(.init(allocation: "plan", total: solution.spent, expectedMargin: solution.expectedMargin))
    // The same money is placed in full, also where keeping some of it would pay: the comparison is about where.
    var sameMoney = self
    sameMoney.mustSpendAll = true
    sameMoney.reserveItem = nil
    if nowTotal > .zero, !isIncremental, let moved = try sameMoney.amounts(spendable: nowTotal, solver) {
      rows.append(
        .init(
          allocation: "plan_at_present_total", total: moved.total(),
          expectedMargin: margin(moved.map(\.double))))
    }
    if items.contains(where: { $0.request != nil }) { scaled("requests", items.map { ($0.request ?? .zero).double }) }
    scaled("equal", items.map { _ in 1 })
    return rows
  }

  /// Where further money would go.
  func next(after solution: BudgetSolution, _ solver: some Solver) throws(AllocationError) -> BudgetSolution.Next? {
    guard nextAmount > .zero, let more = try amounts(spendable: spendable + nextAmount, solver) else { return nil }
    let perLine = zip(more, solution.lines).map { $0 - $1.plan }
    let perRegion = solution.regions.map { region in
      solution.lines.indices.filter { solution.lines[$0].region == region.region }.map { perLine[$0] }.total()
    }
    return BudgetSolution.Next(
      amount: nextAmount, perRegion: perRegion, perLine: perLine,
      worth: expectedMargin(of: more) - solution.expectedMargin)
  }

  /// The best amounts with another sum to place; nil where the limits do not allow it.
  private func amounts(spendable: Money, _ solver: some Solver) throws(AllocationError) -> [Money]? {
    let formulation = BudgetFormulation(self, spendable: spendable)
    let isFeasible: Bool
    do {
      isFeasible = try solver.solve(BudgetLimits(self, spendable: spendable).program).status.hasValues
    } catch { throw .solver(error) }
    guard isFeasible else { return nil }
    do { return try formulation.published(solver).plan } catch {
      // Whole steps and minima may leave no room where the limits alone do.
      if error == .noWholeUnits || error == .infeasible { return nil }
      throw error
    }
  }

  /// Value and price along the total: every point is a solve of its own, certified like the plan. Totals that the
  /// limits do not allow have no point.
  func frontier(
    _ request: FrontierRequest, _ solver: some Solver
  ) throws(AllocationError) -> [BudgetSolution.FrontierPoint] {
    let count = min(max(2, request.points), 200)
    var points: [BudgetSolution.FrontierPoint] = []
    for index in 0..<count {
      let percent = request.from + (request.to - request.from) * Double(index) / Double(count - 1)
      guard let stated = Money(rounding: whole.double * percent / 100, decimals: 4) else { continue }
      var changed = self
      changed.total = stated.multiple(of: step, .down)
      guard changed.total >= .zero else { continue }
      if setAside > .zero {
        guard changed.total > setAside else { continue }
        (changed.reservePercent, changed.setAside) = (reservePercentOfWhole, .zero)
        changed.take(setAside)
      }
      do {
        guard try solver.solve(BudgetLimits(changed).program).status.hasValues else { continue }
      } catch { throw .solver(error) }
      let formulation = BudgetFormulation(changed)
      let best: BudgetOptimum
      do { best = try formulation.optimum(solver) } catch {
        if error == .noWholeUnits || error == .infeasible { continue }
        throw error
      }
      points.append(
        .init(
          total: changed.whole, spent: Money(rounding: best.amounts.reduce(0, +)) ?? .zero, amounts: best.amounts,
          expectedMargin: formulation.margins(of: best.amounts).reduce(0, +), objective: best.objective,
          bound: max(best.bound, best.objective), price: (best.totalPrice ?? valueOfUnspent) * formulation.keptOfTotal))
    }
    return points
  }

  /// Divisions at which a search by small steps would stop although the plan is better: all lines with room earn the
  /// same there, which proves nothing where a curve is not concave.
  func traps(_ solution: BudgetSolution, _ formulation: BudgetFormulation) -> [BudgetSolution.Trap] {
    let isConcave = items.allSatisfy { item in
      item.curve.function(times: 1).isConcave && item.tiers.isEmpty && item.minimumOrZero == nil
    }
    guard !isConcave, solution.spent > .zero else { return [] }
    let spent = solution.spent.double
    var found: [BudgetSolution.Trap] = []
    for (name, shares) in [("equal", items.map { _ in 1.0 }), ("pro_rata", items.map(\.now.double))] {
      let sum = shares.reduce(0, +)
      guard sum > 0 else { continue }
      let amounts = shares.enumerated().map { index, share in
        min(max(share * spent / sum, formulation.lower[index]), formulation.upper[index])
      }
      let returns = zip(formulation.marginalReturns(at: amounts), items).map { $0 * $1.weight }
      let tolerance = 1e-9 * max(1, spent)
      let best = returns.indices.filter { amounts[$0] < formulation.upper[$0] - tolerance }.map { returns[$0] }.max()
      let least = returns.indices.filter { amounts[$0] > formulation.lower[$0] + tolerance }.map { returns[$0] }.min()
      guard let best, let least, best - least <= 1e-3 * max(abs(best), 1e-12) else { continue }
      let margin = formulation.margins(of: amounts).reduce(0, +)
      let lost = (solution.expectedMargin - margin) / max(solution.expectedMargin, .leastNormalMagnitude)
      if lost > 1e-3 { found.append(.init(allocation: name, expectedMargin: margin, lostShare: lost)) }
    }
    return found
  }

  /// Outcomes of the plan and of today's division in every draw.
  func riskFigures(_ solution: BudgetSolution, _ draws: Draws) -> BudgetSolution.RiskFigures? {
    guard draws.count > 0 else { return nil }
    let formulation = BudgetFormulation(self)
    func values(_ amounts: [Double]) -> [Double] {
      let effective = formulation.effective(amounts)
      return items.indices.map { items[$0].curve.value(at: effective[$0]) }
    }
    let (plan, now) = (values(solution.lines.map(\.plan.double)), values(items.map(\.now.double)))
    func outcomes(_ values: [Double]) -> [Double] {
      (0..<draws.count).map { draw in
        items.indices.reduce(0) { $0 + draws.factors[draw * items.count + $1] * values[$1] }
      }
    }
    let (planned, present) = (outcomes(plan), outcomes(now))
    let extra = valueOfUnspent * (solution.spent - items.map(\.now).total()).double
    let better = zip(planned, present).count { $0 - $1 - extra > 0 }
    let level = risk?.level ?? 0.9
    return BudgetSolution.RiskFigures(
      level: level, mean: planned.reduce(0, +) / Double(draws.count), tailMean: tailMean(planned, level),
      tailMeanNow: tailMean(present, level), chanceBetterThanNow: Double(better) / Double(draws.count))
  }

  /// The mean of the worst `1 − level`, an outcome at its edge counted in part.
  private func tailMean(_ outcomes: [Double], _ level: Double) -> Double {
    let mass = max((1 - level) * Double(outcomes.count), 1e-9)
    var (left, sum) = (mass, 0.0)
    for outcome in outcomes.sorted() {
      let taken = min(1, left)
      sum += taken * outcome
      left -= taken
      if left <= 0 { break }
    }
    return sum / mass
  }
}
