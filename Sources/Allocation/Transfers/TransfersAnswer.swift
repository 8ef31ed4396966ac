import Optimization
import Tables

extension TransfersProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    if solution.isStopped { return AllocationAnswer(.stopped, .minimise) }
    var answer = AllocationAnswer(
      solution.isOptimal ? .optimal : .feasible, .minimise, objective: solution.objective, bound: solution.bound)
    answer.solution = .object([
      JSONValue.Member("transfers", .array(solution.moves.map(row))),
      JSONValue.Member(
        "stock", .array(positions.indices.filter { positions[$0].units != 0 }.map { row($0, solution) })),
      JSONValue.Member("vehicles", .array(solution.trips.map(row))),
      JSONValue.Member("transfer_cost", .number(solution.moves.reduce(0) { $0 + $1.cost })),
      JSONValue.Member(
        "vehicle_cost",
        .number(solution.trips.reduce(0) { $0 + Double($1.vehicles) * lanes[$1.lane].vehicleCost })),
      JSONValue.Member("units_moved", .number(solution.moves.reduce(0) { $0 + $1.units })),
    ])
    if isShared {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.noPrices, .note,
          "vehicles, packs and minimum quantities come whole: a unit more has no price of its own"))
    } else if positions.count <= Self.mostPricedPositions {
      answer.prices = try prices()
    } else {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.noPrices, .note,
          "\(positions.count) stock positions: one price each is in `solution.stock`, two-sided prices are left out"))
    }
    answer.binding = answer.prices.map(\.limit)
    return answer
  }

  private static let mostPricedPositions = 5_000

  private func row(_ move: TransfersSolution.Move) -> JSONValue {
    let lane = lanes.first { $0.from == move.from && $0.to == move.to }
    return .object(
      [
        JSONValue.Member("product", .string(products[move.product].name)),
        JSONValue.Member("from", .string(places[move.from].name)),
        JSONValue.Member("to", .string(places[move.to].name)), JSONValue.Member("units", .number(move.units)),
        JSONValue.Member("cost", .number(move.cost)),
      ] + (lane?.days.map { [JSONValue.Member("days", .number($0))] } ?? []))
  }

  private func row(_ index: Int, _ solution: TransfersSolution) -> JSONValue {
    let position = positions[index]
    return .object(
      [
        JSONValue.Member("product", .string(products[position.product].name)),
        JSONValue.Member("place", .string(places[position.place].name)),
        JSONValue.Member("units", .number(position.units)),
        JSONValue.Member("kept", .number(position.units > 0 ? solution.left[index] - solution.promoted[index] : 0)),
        JSONValue.Member("promoted", .number(solution.promoted[index])),
        JSONValue.Member("missing", .number(position.units < 0 ? solution.left[index] : 0)),
      ] + (solution.prices.map { [JSONValue.Member("unit_value", .number($0[index]))] } ?? []))
  }

  private func row(_ trip: TransfersSolution.Trip) -> JSONValue {
    let lane = lanes[trip.lane]
    return .object([
      JSONValue.Member("from", .string(places[lane.from].name)), JSONValue.Member("to", .string(places[lane.to].name)),
      JSONValue.Member("vehicles", .integer(trip.vehicles)), JSONValue.Member("load", .number(trip.load)),
      JSONValue.Member("room", .number(Double(trip.vehicles) * (lane.vehicleSize ?? 0))),
      JSONValue.Member("cost", .number(Double(trip.vehicles) * lane.vehicleCost)),
    ])
  }

  /// Two-sided prices of every surplus and shortage: the cheapest ways of a unit more and a unit less.
  private func prices() throws(AllocationProblemError) -> [LimitPrice] {
    let costs = costMatrix()
    var prices: [LimitPrice] = []
    for members in positionsByProduct() {
      let givers = members.filter { positions[$0].units > 0 }
      let receivers = members.filter { positions[$0].units < 0 }
      let network = NetworkFlow(transportation(givers, receivers, costs))
      let flow: NetworkFlowSolution
      do { flow = try network.solve() } catch { throw .failed(error.description) }
      let residual = ResidualNetwork(network, flow)
      let root = givers.count + receivers.count
      let (from, to) = (residual.ways(from: root), residual.ways(to: root))
      for (node, index) in (givers + receivers).enumerated() {
        let position = positions[index]
        let isSurplus = position.units > 0
        let name =
          "\(isSurplus ? "surplus" : "shortage").\(products[position.product].name)."
          + places[position.place].name
        let value = abs(position.units)
        // A unit more of surplus goes to the root, one more of shortage comes from there.
        let (more, less) = isSurplus ? (to, from) : (from, to)
        prices.append(
          LimitPrice(
            limit: name, value: value, left: -less.costs[node], right: more.costs[node],
            from: max(0, value - less.rooms[node]), to: value + more.rooms[node]))
      }
    }
    return prices
  }
}

extension NetworkFlow {
  /// The arcs of a transportation problem, with a root behind givers and receivers that keeps and misses.
  init(_ problem: Transportation) {
    let (givers, receivers) = (problem.supplies.count, problem.demands.count)
    let root = givers + receivers
    self.init(supplies: problem.supplies + problem.demands.map { -$0 })
    supplies.append(-supplies.reduce(0, +))
    for giver in 0..<givers {
      arcs.append(Arc(from: giver, to: root, cost: problem.keepingCosts[giver]))
      for receiver in 0..<receivers where problem.costs[giver * receivers + receiver] < .infinity {
        arcs.append(Arc(from: giver, to: givers + receiver, cost: problem.costs[giver * receivers + receiver]))
      }
    }
    for receiver in 0..<receivers {
      arcs.append(Arc(from: root, to: givers + receiver, cost: problem.missingCosts[receiver]))
    }
  }
}
