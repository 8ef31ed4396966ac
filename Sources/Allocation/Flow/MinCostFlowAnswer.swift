import Optimization
import Tables

extension MinCostFlowProblem {
  func answer(_ solution: MinCostFlowSolution) -> AllocationAnswer {
    let flows = solution.flow.flows
    var answer = AllocationAnswer(
      .optimal, .minimise, objective: solution.objective, bound: solution.bound)
    let arcRows = arcs.indices.map { index in
      JSONValue.object([
        JSONValue.Member("name", .string(arcs[index].name)),
        JSONValue.Member("from", .string(nodes[arcs[index].from].name)),
        JSONValue.Member("to", .string(nodes[arcs[index].to].name)), JSONValue.Member("flow", .number(flows[index])),
        JSONValue.Member("cost", .number(flows[index] * arcs[index].cost)),
      ])
    }
    let nodeRows = nodes.indices.map { index in
      JSONValue.object([
        JSONValue.Member("name", .string(nodes[index].name)),
        JSONValue.Member("unit_cost", .number(solution.price(of: index))),
        JSONValue.Member("unused", .number(solution.formulation.stay[index].map { flows[$0] } ?? 0)),
        JSONValue.Member("unmet", .number(solution.formulation.unmet[index].map { flows[$0] } ?? 0)),
      ])
    }
    answer.solution = .object([
      JSONValue.Member("flows", .array(arcRows)), JSONValue.Member("nodes", .array(nodeRows)),
    ])
    answer.prices = prices(solution)
    answer.binding = answer.prices.map(\.limit)
    return answer
  }

  /// Two-sided prices of every supply, demand and capacity that holds.
  private func prices(_ solution: MinCostFlowSolution) -> [LimitPrice] {
    let residual = ResidualNetwork(solution.network, solution.flow)
    let (from, to) = (
      residual.ways(from: solution.formulation.root), residual.ways(to: solution.formulation.root)
    )
    let flows = solution.flow.flows
    var prices: [LimitPrice] = []
    for (index, node) in nodes.enumerated() {
      // A unit more of supply goes to the root by the cheapest way, one less comes from there; of demand the reverse.
      let (supply, demand) = (solution.formulation.supplyNode[index], solution.formulation.demandNode[index])
      if node.supply > 0, solution.formulation.stay[index].map({ flows[$0] == 0 }) ?? true {
        prices.append(
          LimitPrice(
            limit: "supply.\(node.name)", value: node.supply, left: -from.costs[supply],
            right: to.costs[supply], from: max(0, node.supply - from.rooms[supply]), to: node.supply + to.rooms[supply])
        )
      }
      if node.demand > 0 {
        prices.append(
          LimitPrice(
            limit: "demand.\(node.name)", value: node.demand, left: -to.costs[demand], right: from.costs[demand],
            from: max(0, node.demand - to.rooms[demand]), to: node.demand + from.rooms[demand]))
      }
    }
    // One search of the network per full arc and side: where that is too much, the reduced cost stands on both sides.
    let full = arcs.indices.filter { arcs[$0].upper.isFinite && flows[$0] >= arcs[$0].upper }
    let isExact = full.count * arcs.count <= 20_000_000
    for index in full {
      let arc = arcs[index]
      var (left, right, low, high) = (0.0, 0.0, arc.upper, arc.upper)
      if isExact {
        (left, right, low, high) = residual.upperBoundPrice(of: index)
      } else {
        left = arc.cost + solution.flow.potentials[arc.from] - solution.flow.potentials[arc.to]
        right = left
      }
      prices.append(
        LimitPrice(limit: "capacity.\(arc.name)", value: arc.upper, left: left, right: right, from: low, to: high))
    }
    return prices
  }

  // MARK: Conflicts

  private enum Limit: Hashable {
    case supply(Int)
    case demand(Int)
    case lower(Int)
    case upper(Int)
  }

  private func name(_ limit: Limit) -> String {
    switch limit {
    case .supply(let node): "supply.\(nodes[node].name)"
    case .demand(let node): "demand.\(nodes[node].name)"
    case .lower(let arc): "lower.\(arcs[arc].name)"
    case .upper(let arc): "capacity.\(arcs[arc].name)"
    }
  }

  private func value(_ limit: Limit) -> Double {
    switch limit {
    case .supply(let node): nodes[node].supply
    case .demand(let node): nodes[node].demand
    case .lower(let arc): arcs[arc].lower
    case .upper(let arc): arcs[arc].upper
    }
  }

  private func place(_ limit: Limit) -> SourcePlace? {
    switch limit {
    case .supply(let node), .demand(let node): nodes[node].place
    case .lower(let arc), .upper(let arc): arcs[arc].place
    }
  }

  /// The problem with a limit at another value; infinite or −infinite for none.
  private func setting(_ limit: Limit, _ value: Double) -> MinCostFlowProblem {
    var changed = self
    switch limit {
    case .supply(let node): changed.nodes[node].supply = value
    case .demand(let node): changed.nodes[node].demand = value
    case .lower(let arc): changed.arcs[arc].lower = min(value, arcs[arc].upper)
    case .upper(let arc): changed.arcs[arc].upper = max(value, arcs[arc].lower)
    }
    return changed
  }

  private func dropping(_ limit: Limit) -> MinCostFlowProblem {
    let plenty = nodes.reduce(0) { $0 + $1.demand + $1.supply } + arcs.reduce(0) { $0 + abs($1.lower) }
    switch limit {
    case .supply: return setting(limit, allSupplyMustGo ? 0 : plenty)
    case .demand: return setting(limit, 0)
    case .lower: return setting(limit, 0)
    case .upper: return setting(limit, .infinity)
    }
  }

  private func isFeasible() throws(AllocationProblemError) -> Bool {
    var free = self
    for index in free.arcs.indices { free.arcs[index].cost = 0 }
    for index in free.nodes.indices where free.nodes[index].unmetCost != nil { free.nodes[index].unmetCost = 0 }
    return try free.solve().status == .optimal
  }

  /// Limits that contradict one another: those of the cut that too much must pass, without those that it does not need
  /// (deletion filter: Chinneck, *Feasibility and Infeasibility in Optimization*, 2008, ch. 6); and ways out.
  func conflict() throws(AllocationProblemError) -> AllocationConflict? {
    let answer = try solve()
    guard let shortfall = answer.flow.shortfall else { return nil }
    let all = limits()
    let set = Set(shortfall.nodes)
    var suspects: [Limit] = []
    for node in nodes.indices {
      // Read from the side without the root: those there need, or have to send, more than can pass.
      let isRootInside = set.contains(nodes.count)
      let (supply, demand) = (answer.formulation.supplyNode[node], answer.formulation.demandNode[node])
      if nodes[node].demand > 0, set.contains(demand) != isRootInside { suspects.append(.demand(node)) }
      if nodes[node].supply > 0, set.contains(supply) != isRootInside { suspects.append(.supply(node)) }
    }
    for arc in shortfall.leaving where arc < arcs.count { suspects.append(.upper(arc)) }
    for arc in shortfall.entering where arc < arcs.count && arcs[arc].lower > 0 { suspects.append(.lower(arc)) }
    // Everything that is not suspected is given up; if that resolves the conflict, all limits are looked at.
    func without(_ kept: Set<Limit>) -> MinCostFlowProblem {
      all.filter { !kept.contains($0) }.reduce(self) { $0.dropping($1) }
    }
    if try without(Set(suspects)).isFeasible() { suspects = all }
    if suspects.count * (arcs.count + nodes.count) <= 20_000_000 {
      var kept = Set(suspects)
      for limit in suspects {
        kept.remove(limit)
        if try without(kept).isFeasible() { kept.insert(limit) }
      }
      suspects = suspects.filter(kept.contains)
    }
    let (repairs, missing) = try repairs(suspects)
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error,
        missing > 0 ? "\(missing.written) units cannot be brought to where they must go" : "the limits of arcs collide",
        at: suspects.lazy.compactMap { place($0) }.first,
        hint: repairs.first.map { repair in
          "the cheapest repair: "
            + repair.changes.map { "\($0.limit) from \($0.from.written) to \($0.to.written)" }.joined(separator: ", ")
        }, notes: suspects.map { "\(place($0).map { "\($0): " } ?? "")\(name($0)) = \(value($0).written)" }),
      limits: suspects.map(name), repairs: repairs)
  }

  private func limits() -> [Limit] {
    var limits: [Limit] = []
    for (node, bounds) in nodes.enumerated() {
      if bounds.supply > 0 { limits.append(.supply(node)) }
      if bounds.demand > 0 { limits.append(.demand(node)) }
    }
    for (arc, bounds) in arcs.enumerated() {
      if bounds.lower > 0 { limits.append(.lower(arc)) }
      if bounds.upper.isFinite { limits.append(.upper(arc)) }
    }
    return limits
  }

  /// One limit of the conflict changed by what is missing, where that suffices; and the least demand given up.
  private func repairs(
    _ conflict: [Limit]
  ) throws(AllocationProblemError) -> (repairs: [AllocationConflict.Repair], missing: Double) {
    var elastic = self
    for index in arcs.indices { elastic.arcs[index].cost = 0 }
    for index in nodes.indices where nodes[index].demand > 0 {
      elastic.nodes[index].unmetCost = nodes[index].unmetCost == nil ? 1 : 0
    }
    let answer = try elastic.solve()
    guard answer.status == .optimal else { return ([], 0) }
    let missing = answer.objective
    var repairs: [AllocationConflict.Repair] = []
    for limit in conflict.prefix(50) {
      let value = value(limit)
      let target: Double =
        switch limit {
        case .supply: allSupplyMustGo ? value - missing : value + missing
        case .upper: value + missing
        case .demand: value - missing
        case .lower: value - missing
        }
      guard target >= 0 else { continue }
      let repaired = setting(limit, target)
      guard try repaired.isFeasible() else { continue }
      repairs.append(
        AllocationConflict.Repair(
          changes: [AllocationConflict.Change(limit: name(limit), from: value, to: target)],
          cost: try repaired.solve().objective))
    }
    let given = nodes.indices.compactMap { node -> AllocationConflict.Change? in
      guard let arc = answer.formulation.unmet[node], nodes[node].unmetCost == nil,
        answer.flow.flows[arc] > 0
      else { return nil }
      return AllocationConflict.Change(
        limit: name(.demand(node)), from: nodes[node].demand, to: nodes[node].demand - answer.flow.flows[arc])
    }
    if given.count > 1 { repairs.append(AllocationConflict.Repair(changes: given)) }
    return (repairs.sorted { ($0.cost ?? .infinity) < ($1.cost ?? .infinity) }, missing)
  }
}
