public import ChannelTypes
import Tables

/// The orders of a network under a budget and a space that they share.
public struct SharedOrders: Sendable {
  public var status: AllocationAnswer.Status
  /// The expected cost of what is missing and left over until the next delivery, at the orders that were short.
  public var objective: Double
  /// No orders within the limits cost less.
  public var bound: Double
  public var limits: [Limit]

  public struct Limit: Sendable {
    /// `inventory.budget`, `inventory.space`.
    public var name: String
    public var amount: Double
    /// What all orders would take, and what those take that are placed.
    public var wanted: Double
    public var used: Double
    /// nil where the limit holds nothing back.
    public var price: LimitPrice?
  }
}

extension InventoryProblem {
  /// Cuts orders back to what a budget and a space allow, where a unit is worth least.
  ///
  /// An item's order is at most the one it had. A unit missing until the next delivery costs its margin, one left over
  /// what holding it costs; orders share the limits as in `NewsvendorProblem`. What is left below an item's minimum order
  /// is not ordered. A unit whose cost is not known takes nothing of the budget; every unit takes one place.
  ///
  /// - Parameters:
  ///   - budget: money for all orders together; nil for no limit.
  ///   - space: units of all orders together; nil for no limit.
  public func shareOrders(
    _ solution: inout InventorySolution, budget: Money?, space: Double?
  ) throws(AllocationProblemError) -> SharedOrders {
    let short = items.indices.filter { solution.lines[$0].ordered > 0 }
    let orders = short.map { Double(solution.lines[$0].ordered) }
    var shared = NewsvendorProblem(demands: .each(short.map { missing($0, solution) }), holding: [], stockout: [])
    let known = short.compactMap { items[$0].unitMargin }
    let usual = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
    for index in short {
      let item = items[index]
      let days = item.leadTimeDays + policy.reviewDays
      shared.holding.append((item.unitCost?.double ?? 0) * policy.holdingRate * days / 365)
      shared.stockout.append(max(item.unitMargin ?? usual, 1e-9))
    }
    shared.names = short.map { "\(items[$0].partner)/\(items[$0].product)" }
    shared.maximum = orders
    shared.pack = short.map { Double(items[$0].pack) }
    let costs = short.map { items[$0].unitCost?.double ?? 0 }
    if let budget { shared.budget = .init(budget.double, perUnit: costs) }
    if let space { shared.space = .init(space, perUnit: orders.map { _ in 1 }) }
    let limits = shared.limits
    var result = SharedOrders(
      status: .optimal, objective: cost(shared, orders), bound: 0,
      limits: limits.map { name, limit in
        let wanted = limit.used(by: orders)
        return .init(name: "inventory.\(name)", amount: limit.amount, wanted: wanted, used: wanted, price: nil)
      })
    result.bound = result.objective
    guard result.limits.contains(where: { $0.wanted > $0.amount }) else { return result }
    // The last share of a per cent is not worth a long search.
    let answer = try shared.solve(within: AllocationLimits(relativeGap: 1e-4, nodes: 50))
    let prices = try shared.prices(of: answer)
    let taken = short.indices.map { place -> Double in
      let units = answer.stocks[place]
      return units < Double(items[short[place]].minimumOrder) ? 0 : units
    }
    for (place, index) in short.enumerated() where taken[place] < orders[place] {
      cut(index, to: Int(taken[place]), from: Int(orders[place]), &solution)
    }
    result.objective = cost(shared, taken)
    result.bound = min(answer.bound, result.objective)
    if abs(result.bound - result.objective) > 1e-9 * max(1, abs(result.objective)) { result.status = .feasible }
    for (place, entry) in limits.enumerated() {
      result.limits[place].used = entry.limit.used(by: taken)
      result.limits[place].price = prices.first { $0.limit == entry.name }
    }
    return result
  }

  /// What will be asked for beyond stock on hand, on order and received, until an order of the next look can arrive.
  private func missing(_ index: Int, _ solution: InventorySolution) -> UncertainDemand {
    let item = items[index]
    let stock = item.onHand + item.onOrder + Double(solution.lines[index].received)
    return item.demand.over(days: item.leadTimeDays + policy.reviewDays).beyond(stock)
  }

  private func cost(_ problem: NewsvendorProblem, _ orders: [Double]) -> Double {
    orders.indices.reduce(0) {
      $0 + problem.demands[$1].cost(of: orders[$1], holding: problem.holding[$1], stockout: problem.stockout[$1])
    }
  }

  private func cut(_ index: Int, to units: Int, from wanted: Int, _ solution: inout InventorySolution) {
    let item = items[index]
    var line = solution.lines[index]
    line.ordered = units
    (line.action, line.units) =
      units > 0 ? (.replenish, units) : line.received > 0 ? (.receive, line.received) : (.none, 0)
    let stock = item.onHand + item.onOrder + Double(line.received)
    line.expectedSaving = item.unitMargin.map {
      $0 * item.savedSales(from: stock, by: units, days: item.leadTimeDays + policy.reviewDays)
    }
    line.reason += "; \(wanted) wanted, cut back to the shared limits"
    solution.lines[index] = line
  }
}

extension LeadTimeDemand {
  /// The demand that `stock` does not meet.
  fileprivate func beyond(_ stock: Double) -> UncertainDemand {
    let none = UncertainDemand.normal(mean: 0, standardDeviation: 0)
    if let normal = normalMoments {
      return .normal(mean: normal.mean - stock, standardDeviation: normal.deviation)
    }
    return DiscreteDemand(draws: draws.map { $0 - stock }).map { .discrete($0) } ?? none
  }
}
