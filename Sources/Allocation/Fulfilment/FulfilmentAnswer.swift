import Tables

extension FulfilmentProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    guard let solution = try solve(within: limits) else { return AllocationAnswer(.stopped, .minimise) }
    var answer = AllocationAnswer(
      solution.isOptimal ? .optimal : .feasible, .minimise, objective: solution.objective, bound: solution.bound,
      prices: solution.prices)
    answer.binding = solution.prices.map(\.limit)
    let rows = solution.shipments.map { shipment in
      JSONValue.object(
        [
          JSONValue.Member("order", .string(orders[shipment.order].name)),
          JSONValue.Member("product", .string(products[orders[shipment.order].product])),
          JSONValue.Member("store", .string(stores[shipment.store].name)),
          JSONValue.Member("units", .number(shipment.units)), JSONValue.Member("cost", .number(shipment.cost)),
        ]
          + (distance(shipment.order, shipment.store).map { [JSONValue.Member("distance", .number($0))] } ?? []))
    }
    let unserved = orders.indices.filter { solution.unserved[$0] > 0 }.map { order in
      JSONValue.object([
        JSONValue.Member("order", .string(orders[order].name)),
        JSONValue.Member("product", .string(products[orders[order].product])),
        JSONValue.Member("units", .number(solution.unserved[order])),
        JSONValue.Member("cost", .number(solution.unserved[order] * orders[order].unservedCost)),
      ])
    }
    answer.solution = .object([
      JSONValue.Member("shipments", .array(rows)), JSONValue.Member("unserved", .array(unserved)),
      JSONValue.Member("first_come_cost", .number(firstComeCost())),
    ])
    if solution.prices.isEmpty, !ordersMaySplit {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.noPrices, .note, "orders come whole: a unit more of stock has no price of its own"))
    }
    return answer
  }
}
