public import ChannelTypes
public import Optimization
import Tables

extension BudgetProblem {
  /// Divides the budget.
  ///
  /// 1. Proves that the limits can be met, or says which of them contradict one another.
  /// 2. Solves for the best amounts and rounds them to whole steps with all totals exact: by prices where the problem is
  ///    separable and concave, by supporting lines and branching otherwise.
  /// 3. Prices the limits on both sides, compares with today at the same money, looks for traps, and places the next
  ///    amount.
  ///
  /// Complexity: a few milliseconds for a hundred concave lines, linear in lines but for scopes that cross; searches
  /// over S-curves, minima and steps take a linear program per node.
  public func solve(with solver: some Solver = HiGHSSolver()) throws(BudgetFailure) -> BudgetSolution {
    let findings = findings()
    guard findings.isEmpty else { throw .invalid(findings) }
    if let conflict = try conflict(solver) { throw .infeasible(conflict) }
    let formulation = BudgetFormulation(self)
    do {
      let found = try formulation.published(solver)
      var solution = BudgetSolution(formulation, found.optimum, plan: found.plan, reserve: found.reserve)
      solution.shadowPrices = formulation.shadowPrices(found.optimum, solver)
      if analyses.contains(.comparisons) { solution.comparisons = try comparisons(solution, solver) }
      if analyses.contains(.traps) { solution.traps = traps(solution, formulation) }
      if analyses.contains(.next) { solution.next = try next(after: solution, solver) }
      if let frontier { solution.frontier = try self.frontier(frontier, solver) }
      if analyses.contains(.risk), let draws { solution.risk = riskFigures(solution, draws) }
      return solution
    } catch {
      if error == .noWholeUnits || error == .infeasible { throw .noWholeAmounts }
      throw .failed(error.description)
    }
  }

  /// What one more unit of the total earns at the best amounts, before they are rounded to whole steps: what it is worth
  /// unspent where not all is spent.
  ///
  /// - Returns: nil where the limits cannot be met.
  public func priceOfTotal(with solver: some Solver = HiGHSSolver()) -> Double? {
    let formulation = BudgetFormulation(self)
    guard let best = try? formulation.optimum(solver) else { return nil }
    return best.totalPrice.map { $0 * formulation.keptOfTotal } ?? valueOfUnspent
  }

  /// The expected margin of spending `amounts`, line by line.
  public func expectedMargin(of amounts: [Money]) -> Double {
    BudgetFormulation(self).margins(of: amounts.map(\.double)).reduce(0, +)
  }
}

extension BudgetSolution {
  init(_ formulation: BudgetFormulation, _ best: BudgetOptimum, plan: [Money], reserve reserved: Money) {
    let problem = formulation.problem
    let amounts = plan.map(\.double)
    let now = problem.items.map(\.now.double)
    let (marginNow, marginPlan) = (formulation.margins(of: now), formulation.margins(of: amounts))
    let returns = formulation.marginalReturns(at: amounts)
    let held = formulation.holders(best)
    let top = Money(rounding: formulation.spendable, decimals: 4) ?? .zero
    lines = problem.items.indices.map { index in
      let item = problem.items[index]
      let range = formulation.ranges[index]
      return Line(
        name: item.name, region: item.region, partner: item.partner, spendType: item.spendType, period: item.period,
        now: item.now, plan: plan[index], floor: range.floor, cap: min(range.cap ?? top, top),
        marginalReturn: returns[index], marginNow: marginNow[index], marginPlan: marginPlan[index],
        heldBy: held[index])
    }
    regions = []
    reserve = problem.reserve + reserved
    notSpent = problem.total - reserve - plan.total()
    expectedMargin = marginPlan.reduce(0, +)
    objective = formulation.objective(of: amounts, reserve: reserved.double)
    // Rounding may win back what the solver's tolerance left.
    bound = max(best.bound, objective)
    shadowPrices = []
    comparisons = []
    switch best.method {
    case .separable:
      (method, isComplete) = ("prices of the separable concave problem (Lagrangian bound)", true)
    case .search(let nodes, let complete):
      (method, isComplete) = ("envelopes over nested scopes and a search of \(nodes) (Lagrangian bound)", complete)
    case .curved(let nodes, let complete):
      let counted = "\(nodes) node\(nodes == 1 ? "" : "s")"
      (method, isComplete) = ("supporting lines and branching with HiGHS, \(counted) (linear bound)", complete)
    }
    regions = regionLines(formulation, best)
    if notSpent > .zero { reasonNotSpent = reason(formulation) }
  }

  private func regionLines(_ formulation: BudgetFormulation, _ best: BudgetOptimum) -> [RegionLine] {
    let problem = formulation.problem
    return problem.regions.map { region in
      let scope = BudgetProblem.Scope.region(region)
      let own = lines.indices.filter { scope.contains(problem.items[$0]) }
      let members = Set(own)
      let plan = own.map { lines[$0].plan }.total()
      // What one more unit earns: the best line with room, less what limits shared with others make those give up.
      var surcharge = [Double](repeating: 0, count: lines.count)
      for (row, price) in zip(formulation.rows, best.rowPrices)
      where price != 0 && !row.members.allSatisfy(members.contains) {
        for (position, member) in row.members.enumerated() {
          surcharge[member] += price * (row.coefficients?[position] ?? 1)
        }
      }
      let marginal = own.filter { lines[$0].plan < lines[$0].cap }.map { lines[$0].marginalReturn - surcharge[$0] }
      let heldBy = formulation.rows.indices.first { formulation.rows[$0].scope == scope }.map { index -> String in
        let (row, price) = (formulation.rows[index], best.rowPrices[index])
        let isAtCap = abs(plan.double - row.cap) < 1e-9 * max(1, row.cap)
        let source = price > 0 || isAtCap ? row.capSource : price < 0 ? row.floorSource : nil
        return source?.heldBy ?? ""
      }
      return RegionLine(
        region: region, now: own.map { lines[$0].now }.total(), plan: plan,
        marginalReturn: max(0, marginal.max() ?? 0), heldBy: heldBy ?? (own.count == 1 ? lines[own[0]].heldBy : ""))
    }
  }

  private func reason(_ formulation: BudgetFormulation) -> String {
    var hasRoom = lines.map { $0.plan < $0.cap }
    for row in formulation.rows where row.coefficients == nil {
      let total = row.members.reduce(0) { $0 + lines[$1].plan.double }
      if total >= row.cap - 1e-9 * max(1, row.cap) { for member in row.members { hasRoom[member] = false } }
    }
    guard let highest = lines.indices.filter({ hasRoom[$0] }).map({ lines[$0].marginalReturn }).max() else {
      return "every line is at its cap"
    }
    let worth = formulation.problem.valueOfUnspent.written
    let earned = (highest * 1000).rounded() / 1000
    return highest <= formulation.problem.valueOfUnspent * (1 + 1e-6)
      ? "one more unit of money would earn \(earned.written) at most; not spent it is worth \(worth)"
      : "limits and whole steps leave no room where one more unit of money would earn more than \(worth)"
  }
}

extension BudgetFormulation {
  /// Line by line the limit that keeps it from a better amount.
  fileprivate func holders(_ best: BudgetOptimum) -> [String] {
    var heaviest = [Double](repeating: 0, count: count)
    var held = [String](repeating: "", count: count)
    for (row, price) in zip(rows, best.rowPrices) where price != 0 {
      guard let source = price > 0 ? row.capSource : row.floorSource else { continue }
      for member in row.members where abs(price) > heaviest[member] {
        (heaviest[member], held[member]) = (abs(price), source.heldBy)
      }
    }
    for index in 0..<count {
      let (range, amount) = (ranges[index], best.amounts[index])
      let tolerance = 1e-9 * max(1, amount)
      if let source = range.floorSource, amount <= range.floor.double + tolerance {
        held[index] = source.heldBy
      } else if let cap = range.cap, let source = range.capSource, amount >= cap.double - tolerance {
        held[index] = source.heldBy
      } else if amount <= tolerance {
        // At nothing: no limit of the plan holds it there.
        held[index] = ""
      }
    }
    return held
  }
}
