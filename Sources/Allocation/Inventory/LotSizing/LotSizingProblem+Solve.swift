import Optimization
import Tables

extension LotSizingProblem {
  /// The orders with the least cost of ordering, buying and holding.
  ///
  /// Items that share nothing and have no limits on an order are solved by Wagner and Whitin's dynamic program, exactly
  /// and in O(T log T); the others together by branch and cut.
  public func solve(within limits: AllocationLimits = AllocationLimits()) throws(AllocationProblemError)
    -> LotSizingSolution
  {
    let findings = findings()
    if !findings.isEmpty { throw .invalid(findings) }
    guard capacity != nil || !items.allSatisfy(\.isFree) else { return try solveFreely() }
    // Without a shared capacity every item stands alone.
    if capacity == nil, items.count > 1 {
      var all = LotSizingSolution(.optimal, orders: [], objective: 0, bound: 0)
      for item in items {
        let one = try LotSizingProblem(items: [item]).solve(within: limits)
        guard one.status != .infeasible, one.status != .stopped else { return one }
        if one.status == .feasible { all.status = .feasible }
        all.orders += one.orders
        all.objective += one.objective
        all.bound += one.bound
      }
      return all
    }
    return try solveTogether(limits)
  }

  private func solveFreely() throws(AllocationProblemError) -> LotSizingSolution {
    var solution = LotSizingSolution(.optimal, orders: [], objective: 0, bound: 0)
    for item in items {
      guard let orders = WagnerWhitin.orders(item) else { return try infeasible() }
      solution.orders.append(orders)
    }
    solution.objective = cost(of: solution.orders)
    solution.bound = solution.objective
    return solution
  }

  private func solveTogether(_ limits: AllocationLimits) throws(AllocationProblemError) -> LotSizingSolution {
    // With the parts of every order the bound is strong; above this size they cost more than they save.
    let isStrong = items.count * periods * periods <= 60_000
    let formulation = LotSizingFormulation(self, isStrong: isStrong)
    let found: LinearSolution
    do {
      found = try HiGHSSolver().solve(
        formulation.program,
        limits: SolverLimits(nodes: limits.nodes ?? 100_000, seconds: limits.seconds, relativeGap: limits.relativeGap))
    } catch { throw .failed(error.description) }
    if found.status == .infeasible { return try infeasible() }
    guard found.status.hasValues else { return LotSizingSolution(.stopped, orders: [], objective: .nan, bound: .nan) }
    var orders: [[Double]] = []
    for (index, item) in items.enumerated() {
      var own = [Double](repeating: 0, count: periods)
      for arrival in 0..<periods {
        guard let x = formulation.units[index][arrival] else { continue }
        let units =
          formulation.packs[index][arrival].map { found.values[$0].rounded() * item.pack } ?? cleaned(found.values[x])
        if units > 0 { own[arrival - item.leadTime] = units }
      }
      orders.append(own)
    }
    var solution = LotSizingSolution(.optimal, orders: orders, objective: cost(of: orders), bound: 0)
    // What the program leaves out: holding what is there without any order.
    let constant = cost(of: items.map { [Double](repeating: 0, count: $0.demand.count) })
    solution.bound = min(found.bound + constant, solution.objective)
    if solution.relativeGap > max(1e-6, limits.relativeGap) { solution.status = .feasible }
    return solution
  }

  /// Units without the solver's last digits.
  private func cleaned(_ units: Double) -> Double {
    let whole = units.rounded()
    return abs(units - whole) <= 1e-6 * max(1, abs(whole)) ? whole : max(0, units)
  }

  /// The cost of orders, by item and period: ordering, buying, and holding what is in stock.
  public func cost(of orders: [[Double]]) -> Double {
    var cost = 0.0
    for (item, own) in zip(items, orders) {
      for (period, units) in own.enumerated() where units > 0 {
        cost += item.fixedCost[period] + item.unitCost[period] * units
      }
      for (period, stock) in stock(of: item, own).enumerated() { cost += item.holdingCost[period] * stock }
    }
    return cost
  }

  /// Stock at the end of each period.
  public func stock(of item: Item, _ orders: [Double]) -> [Double] {
    var stock = item.initialStock
    return (0..<periods).map { period in
      stock += item.receipts.isEmpty ? 0 : item.receipts[period]
      if period >= item.leadTime { stock += orders[period - item.leadTime] }
      stock -= item.demand[period]
      return stock
    }
  }

  // MARK: Conflict

  /// Why no orders meet demand in time.
  private func infeasible() throws(AllocationProblemError) -> LotSizingSolution {
    let formulation = LotSizingFormulation(self, isStrong: false)
    let explanation: ConflictExplanation?
    do {
      explanation = try ConflictExplanation(
        of: formulation.program, weights: Dictionary(uniqueKeysWithValues: formulation.tags.indices.map { ($0, 1) }),
        solver: HiGHSSolver())
    } catch { throw .failed(error.description) }
    var solution = LotSizingSolution(.infeasible, orders: [], objective: .nan, bound: .nan)
    guard let explanation else { return solution }
    let names = explanation.conflict.map { name(formulation.tags[$0]) }
    let repairs = explanation.repairs.map { repair -> AllocationConflict.Repair in
      // The rows of one limit (an order's largest size in every period) give way by what the worst of them needs.
      var amounts: [Int: Double] = [:]
      for change in repair.changes {
        guard let tag = formulation.program.rows[change.row].tag else { continue }
        if abs(change.amount) > abs(amounts[tag] ?? 0) { amounts[tag] = change.amount }
      }
      return AllocationConflict.Repair(
        changes: amounts.sorted { $0.key < $1.key }.map { tag, amount in
          let from = value(formulation.tags[tag])
          return AllocationConflict.Change(limit: name(formulation.tags[tag]), from: from, to: from + amount)
        })
    }
    solution.conflict = AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error, "no orders meet demand in time within the limits", at: capacity?.place,
        hint: "raise capacity, order more at a time, or start with more stock",
        notes: explanation.conflict.map { describe(formulation.tags[$0]) }), limits: names, repairs: repairs)
    return solution
  }

  private func name(_ tag: LotSizingFormulation.Tag) -> String {
    switch tag {
    case .capacity(let period): "capacity.\(period + 1)"
    case .demand(let item, let period): "demand.\(items[item].name).\(period + 1)"
    case .maximum(let item): "maximum_order.\(items[item].name)"
    }
  }

  private func value(_ tag: LotSizingFormulation.Tag) -> Double {
    switch tag {
    case .capacity(let period): capacity?.amounts[period] ?? 0
    case .demand(let item, let period): items[item].demand[period]
    case .maximum(let item): items[item].maximumOrder
    }
  }

  private func describe(_ tag: LotSizingFormulation.Tag) -> String {
    switch tag {
    case .capacity(let period): "capacity of period \(period + 1): \(value(tag).short)"
    case .demand(let item, let period):
      "\(items[item].name) has to meet demand up to period \(period + 1), and its first order arrives in period "
        + "\(items[item].leadTime + 1)"
    case .maximum(let item): "maximum order of \(items[item].name): \(value(tag).short)"
    }
  }
}
