import Optimization
import Tables

extension FulfilmentProblem {
  /// Complexity: a minimum-cost flow of orders × stores with stock; whole orders by branch and bound.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> FulfilmentSolution? {
    if let defect { throw .invalid([defect]) }
    let isWhole = ordersMaySplit || orders.allSatisfy { $0.units == 1 }
    return isWhole ? try solveFlow() : try solveWhole(limits)
  }

  /// Stores that have an order's product, with the cost of a unit from there and the stock it comes from.
  private func sources() -> [[(stock: Int, cost: Double)]] {
    var byProduct = [[Int]](repeating: [], count: products.count)
    for (index, row) in stock.enumerated() { byProduct[row.product].append(index) }
    return orders.indices.map { order in
      byProduct[orders[order].product].compactMap { index -> (stock: Int, cost: Double)? in
        let cost = cost(order, stock[index].store)
        return cost < .infinity ? (index, cost) : nil
      }
    }
  }

  private func solveFlow() throws(AllocationProblemError) -> FulfilmentSolution {
    // Nodes: orders, stock, stores, root.
    let (firstStock, firstStore) = (orders.count, orders.count + stock.count)
    let root = firstStore + stores.count
    var network = NetworkFlow(supplies: [Double](repeating: 0, count: root + 1))
    var ways: [(order: Int, stock: Int)] = []
    for (order, sources) in sources().enumerated() {
      network.supplies[order] = orders[order].units
      network.supplies[root] -= orders[order].units
      for source in sources {
        network.arcs.append(NetworkFlow.Arc(from: order, to: firstStock + source.stock, cost: source.cost))
        ways.append((order, source.stock))
      }
    }
    for (index, row) in stock.enumerated() {
      network.arcs.append(
        NetworkFlow.Arc(from: firstStock + index, to: firstStore + row.store, upper: row.units, cost: 0))
    }
    for (index, store) in stores.enumerated() {
      network.arcs.append(NetworkFlow.Arc(from: firstStore + index, to: root, upper: store.capacity, cost: 0))
    }
    for (index, order) in orders.enumerated() {
      network.arcs.append(NetworkFlow.Arc(from: index, to: root, cost: order.unservedCost))
    }
    let flow: NetworkFlowSolution
    do { flow = try network.solve() } catch { throw .failed(error.description) }
    guard flow.status == .optimal else { throw .failed("orders without an optimum") }
    let firstUnserved = network.arcs.count - orders.count
    var solution = FulfilmentSolution(
      unserved: Array(flow.flows[firstUnserved...]), objective: flow.objective, bound: flow.bound)
    for (arc, way) in ways.enumerated() where flow.flows[arc] > 0 {
      let units = flow.flows[arc]
      solution.shipments.append(
        FulfilmentSolution.Shipment(
          order: way.order, store: stock[way.stock].store, units: units, cost: network.arcs[arc].cost * units))
    }
    solution.prices = prices(network, flow, firstLimit: ways.count)
    return solution
  }

  /// What one more unit of stock or capacity saves, on both sides, where it is used up.
  private func prices(_ network: NetworkFlow, _ flow: NetworkFlowSolution, firstLimit: Int) -> [LimitPrice] {
    let limits = firstLimit..<(firstLimit + stock.count + stores.count)
    let full = limits.filter { network.arcs[$0].upper.isFinite && flow.flows[$0] >= network.arcs[$0].upper }
    guard full.count * network.arcs.count <= 20_000_000 else { return [] }
    let residual = ResidualNetwork(network, flow)
    return full.map { arc in
      let index = arc - firstLimit
      let name =
        index < stock.count
        ? "stock.\(stores[stock[index].store].name).\(products[stock[index].product])"
        : "capacity.\(stores[index - stock.count].name)"
      let price = residual.upperBoundPrice(of: arc)
      return LimitPrice(
        limit: name, value: network.arcs[arc].upper, left: price.left, right: price.right, from: price.from,
        to: price.to)
    }
  }

  private func solveWhole(_ limits: AllocationLimits) throws(AllocationProblemError) -> FulfilmentSolution? {
    var program = LinearProgram(.minimise)
    var ways: [(order: Int, stock: Int, cost: Double)] = []
    var ofStock = [[(variable: Int, coefficient: Double)]](repeating: [], count: stock.count)
    var ofStore = [[(variable: Int, coefficient: Double)]](repeating: [], count: stores.count)
    for (order, sources) in sources().enumerated() {
      let units = orders[order].units
      var choices: [Int] = []
      for source in sources where stock[source.stock].units >= units {
        let choice = program.addVariable(upper: 1, objective: source.cost * units, isInteger: true)
        ways.append((order, source.stock, source.cost))
        choices.append(choice)
        ofStock[source.stock].append((choice, units))
        ofStore[stock[source.stock].store].append((choice, units))
      }
      choices.append(program.addVariable(upper: 1, objective: orders[order].unservedCost * units, isInteger: true))
      program.addSumRow(choices, lower: 1, upper: 1)
    }
    for (index, terms) in ofStock.enumerated() where !terms.isEmpty {
      program.addRow(terms, upper: stock[index].units)
    }
    for (index, terms) in ofStore.enumerated() where !terms.isEmpty {
      program.addRow(terms, upper: stores[index].capacity)
    }
    let answer: LinearSolution
    do {
      answer = try HiGHSSolver().solve(
        program,
        limits: SolverLimits(nodes: limits.nodes, seconds: limits.seconds, relativeGap: limits.relativeGap))
    } catch { throw .failed(error.description) }
    guard answer.status.hasValues else { return nil }
    var solution = FulfilmentSolution(unserved: orders.map(\.units), objective: 0, bound: answer.bound)
    var variable = 0
    var way = 0
    for (order, label) in orders.enumerated() {
      while way < ways.count, ways[way].order == order {
        if answer.values[variable] > 0.5 {
          solution.shipments.append(
            FulfilmentSolution.Shipment(
              order: order, store: stock[ways[way].stock].store, units: label.units,
              cost: ways[way].cost * label.units))
          solution.unserved[order] = 0
        }
        way += 1
        variable += 1
      }
      variable += 1
      solution.objective += solution.unserved[order] * label.unservedCost
    }
    solution.objective += solution.shipments.reduce(0) { $0 + $1.cost }
    solution.bound = min(solution.bound, solution.objective)
    solution.isOptimal = answer.status == .optimal
    return solution
  }

  /// What it costs if every order, as they come, takes the cheapest store that has it: what a shop does without a plan.
  func firstComeCost() -> Double {
    var (left, room) = (stock.map(\.units), stores.map(\.capacity))
    var cost = 0.0
    for (order, sources) in sources().enumerated() {
      var units = orders[order].units
      for source in sources.sorted(by: { ($0.cost, $0.stock) < ($1.cost, $1.stock) }) {
        guard source.cost < orders[order].unservedCost else { break }
        let store = stock[source.stock].store
        var sent = min(units, left[source.stock], room[store])
        if !ordersMaySplit, sent < units { sent = 0 }
        left[source.stock] -= sent
        room[store] -= sent
        units -= sent
        cost += sent * source.cost
      }
      cost += units * orders[order].unservedCost
    }
    return cost
  }
}
