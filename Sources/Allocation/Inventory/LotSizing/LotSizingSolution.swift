import Optimization
import Tables

/// What to order in each period.
public struct LotSizingSolution: Sendable {
  public var status: AllocationAnswer.Status
  /// Units by item and period of the order; empty without a solution.
  public var orders: [[Double]]
  /// Money over all periods.
  public var objective: Double
  /// No orders cost less.
  public var bound: Double
  public var conflict: AllocationConflict?

  init(_ status: AllocationAnswer.Status, orders: [[Double]], objective: Double, bound: Double) {
    self.status = status
    self.orders = orders
    self.objective = objective
    self.bound = bound
  }

  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

extension LotSizingProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.status != .infeasible, solution.status != .stopped else {
      return AllocationAnswer(solution.status, .minimise, conflict: solution.conflict)
    }
    var answer = AllocationAnswer(
      solution.status, .minimise, objective: solution.objective, bound: solution.bound, solution: table(solution))
    if let capacity {
      for period in 0..<periods {
        let used = used(solution.orders, in: period)
        if used > 0, used >= capacity.amounts[period] * (1 - 1e-7) { answer.binding.append("capacity.\(period + 1)") }
      }
      answer.prices = try prices(solution)
    }
    for (item, orders) in zip(items, solution.orders) {
      if item.minimumOrder > 0, orders.contains(where: { $0 > 0 && $0 <= item.minimumOrder * (1 + 1e-9) }) {
        answer.binding.append("minimum_order.\(item.name)")
      }
      if orders.contains(where: { $0 >= item.maximumOrder * (1 - 1e-9) }) {
        answer.binding.append("maximum_order.\(item.name)")
      }
    }
    return answer
  }

  private func used(_ orders: [[Double]], in period: Int) -> Double {
    zip(items, orders).reduce(0) { sum, pair in
      let units = pair.1[period]
      return units > 0 ? sum + pair.0.capacityPerUnit * units + pair.0.capacityPerOrder : sum
    }
  }

  private func table(_ solution: LotSizingSolution) -> JSONValue {
    var rows: [JSONValue] = []
    var (fixed, bought, held) = (0.0, 0.0, 0.0)
    for (item, orders) in zip(items, solution.orders) {
      let stock = stock(of: item, orders)
      for period in 0..<periods {
        let units = orders[period]
        if units > 0 { fixed += item.fixedCost[period] }
        bought += item.unitCost[period] * units
        held += item.holdingCost[period] * stock[period]
        rows.append(
          .object([
            .init("item", .string(item.name)), .init("period", .integer(period + 1)), .init("order", .number(units)),
            .init("arrives_in_period", units > 0 ? .integer(period + item.leadTime + 1) : .null),
            .init("demand", .number(item.demand[period])), .init("stock", .number(stock[period])),
          ]))
      }
    }
    return .object([
      .init("orders", .array(rows)), .init("ordering_cost", .number(fixed)), .init("purchase_cost", .number(bought)),
      .init("holding_cost", .number(held)),
    ])
  }

  /// What a unit of capacity is worth in each period while orders stay in their periods, packs cut open.
  private func prices(_ solution: LotSizingSolution) throws(AllocationProblemError) -> [LimitPrice] {
    guard let capacity, periods * items.count <= 2000 else { return [] }
    let fixed = zip(items, solution.orders).map { item, orders in
      (0..<periods).map { $0 >= item.leadTime && orders[$0 - item.leadTime] > 0 }
    }
    let formulation = LotSizingFormulation(self, isStrong: false, fixed: fixed)
    let rows = formulation.capacityRows.enumerated().compactMap { period, row in row.map { (period: period, row: $0) } }
    do {
      let relaxed = try HiGHSSolver().solve(formulation.program)
      guard relaxed.status == .optimal else { return [] }
      let tight = rows.filter { relaxed.rowValues[$0.row] >= capacity.amounts[$0.period] * (1 - 1e-7) }
      let prices = try formulation.program.shadowPrices(
        of: tight.map { .row($0.row, .upper) }, at: relaxed, solver: HiGHSSolver())
      return zip(tight, prices).compactMap { entry, price in
        guard price.left != 0 || price.right != 0 else { return nil }
        let amount = capacity.amounts[entry.period]
        return LimitPrice(
          limit: "capacity.\(entry.period + 1)", value: amount, left: price.left, right: price.right,
          from: amount - price.leftReach, to: amount + price.rightReach)
      }
    } catch { throw .failed(error.description) }
  }
}
