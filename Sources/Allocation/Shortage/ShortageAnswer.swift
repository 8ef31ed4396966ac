import Tables

extension ShortageProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    guard let solution = try solve() else {
      var answer = AllocationAnswer(.infeasible, .maximise)
      answer.conflict = conflict()
      return answer
    }
    var answer = AllocationAnswer(
      .optimal, .maximise, objective: solution.objective, bound: solution.objective)
    answer.solution = .object([
      JSONValue.Member("allocations", .array(requests.indices.map { row($0, solution.units[$0]) })),
      JSONValue.Member("tiers", .array(tiers(solution))),
      JSONValue.Member(
        "products",
        .array(
          members().enumerated().map { product, members in
            let given = members.reduce(0) { $0 + solution.units[$1] }
            return .object([
              JSONValue.Member("product", .string(products[product].name)),
              JSONValue.Member("supply", .integer(products[product].supply)),
              JSONValue.Member("requested", .integer(members.reduce(0) { $0 + requests[$1].units })),
              JSONValue.Member("allocated", .integer(given)),
              JSONValue.Member("unallocated", .integer(products[product].supply - given)),
              JSONValue.Member("objective", .number(solution.objectives[product])),
            ])
          })),
    ])
    for (product, members) in members().enumerated() {
      let supply = products[product].supply
      guard members.reduce(0, { $0 + solution.units[$1] }) == supply, !members.isEmpty else { continue }
      answer.binding.append(supplyName(product))
      var units = solution.units
      let here = solution.objectives[product]
      let more = divide(supply + 1, members, &units) ?? here
      let less = divide(supply - 1, members, &units)
      answer.prices.append(
        LimitPrice(
          limit: supplyName(product), value: Double(supply), left: less.map { here - $0 } ?? .infinity,
          right: more - here, from: Double(less == nil ? supply : supply - 1), to: Double(supply + 1)))
    }
    for (index, request) in requests.enumerated() where request.floor > 0 && solution.units[index] == request.floor {
      answer.binding.append(floorName(index))
    }
    return answer
  }

  private func supplyName(_ product: Int) -> String {
    products.count == 1 ? "supply" : "supply.\(products[product].name)"
  }

  private func floorName(_ index: Int) -> String {
    let request = requests[index]
    return products.count == 1
      ? "floor.\(request.partner)" : "floor.\(products[request.product].name).\(request.partner)"
  }

  private func row(_ index: Int, _ units: Int) -> JSONValue {
    let request = requests[index]
    return .object([
      JSONValue.Member("product", .string(products[request.product].name)),
      JSONValue.Member("partner", .string(request.partner)), JSONValue.Member("tier", .integer(request.tier)),
      JSONValue.Member("weight", .number(request.weight)), JSONValue.Member("requested", .integer(request.units)),
      JSONValue.Member("floor", .integer(request.floor)), JSONValue.Member("units", .integer(units)),
      JSONValue.Member("fill_rate", .number(request.units > 0 ? Double(units) / Double(request.units) : 1)),
    ])
  }

  /// The fill rate of every tier.
  private func tiers(_ solution: ShortageSolution) -> [JSONValue] {
    let byTier = Dictionary(grouping: requests.indices) { requests[$0].tier }
    return byTier.sorted { $0.key < $1.key }.map { tier, members in
      let requested = members.reduce(0) { $0 + requests[$1].units }
      let given = members.reduce(0) { $0 + solution.units[$1] }
      let lowest = members.map { index in
        requests[index].units > 0 ? Double(solution.units[index]) / Double(requests[index].units) : 1
      }.min()
      return .object([
        JSONValue.Member("tier", .integer(tier)), JSONValue.Member("requested", .integer(requested)),
        JSONValue.Member("units", .integer(given)),
        JSONValue.Member("fill_rate", .number(requested > 0 ? Double(given) / Double(requested) : 1)),
        JSONValue.Member("lowest_fill_rate", .number(lowest ?? 1)),
      ])
    }
  }

  // MARK: Conflicts

  /// A floor above its request, or floors that need more than the supply: an irreducible choice of them, and ways out.
  public func conflict() -> AllocationConflict? {
    for (index, request) in requests.enumerated() where request.floor > request.units {
      let (floor, asked) = (floorName(index), "request.\(request.partner)")
      return conflict(
        "`\(request.partner)` is promised \(request.floor) units and asks for \(request.units)", [floor, asked],
        [request.floorPlace ?? request.place, request.place],
        [[.init(limit: floor, from: Double(request.floor), to: Double(request.units))]])
    }
    for (product, members) in members().enumerated() {
      let supply = products[product].supply
      let promised = members.reduce(0) { $0 + requests[$1].floor }
      guard promised > supply else { continue }
      // The largest floors that exceed the supply; the smallest of them that are not needed are left out again.
      var chosen: [Int] = []
      var sum = 0
      for index in members.sorted(by: { (requests[$1].floor, $0) < (requests[$0].floor, $1) }) where sum <= supply {
        chosen.append(index)
        sum += requests[index].floor
      }
      for index in chosen.reversed() where sum - requests[index].floor > supply {
        sum -= requests[index].floor
        chosen.removeAll { $0 == index }
      }
      let name = supplyName(product)
      var repairs: [[AllocationConflict.Change]] = [
        [.init(limit: name, from: Double(supply), to: Double(promised))]
      ]
      repairs += members.filter { requests[$0].floor >= promised - supply }.prefix(5).map { index in
        let floor = requests[index].floor
        return [.init(limit: floorName(index), from: Double(floor), to: Double(floor - (promised - supply)))]
      }
      repairs.append(scaledFloors(members, supply, promised))
      return conflict(
        "floors need \(promised) units of `\(products[product].name)`, \(supply) are there",
        [name] + chosen.map(floorName),
        [products[product].place] + chosen.map { requests[$0].floorPlace ?? requests[$0].place }, repairs)
    }
    return nil
  }

  /// All floors cut by the same share, rounded down, so that they fit.
  private func scaledFloors(_ members: [Int], _ supply: Int, _ promised: Int) -> [AllocationConflict.Change] {
    members.filter { requests[$0].floor > 0 }.map { index in
      let floor = requests[index].floor
      let scaled = (Double(floor) * Double(supply) / Double(promised)).rounded(.down)
      return AllocationConflict.Change(limit: floorName(index), from: Double(floor), to: scaled)
    }
  }

  private func conflict(
    _ text: String, _ limits: [String], _ places: [SourcePlace?], _ repairs: [[AllocationConflict.Change]]
  ) -> AllocationConflict {
    let known = places.compactMap(\.self)
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error, text, at: known.first,
        hint: repairs.first?.first.map { "change \($0.limit) from \($0.from.written) to \($0.to.written)" },
        notes: zip(limits, places).map { limit, place in "\(place.map { "\($0): " } ?? "")\(limit)" }),
      limits: limits, repairs: repairs.map { AllocationConflict.Repair(changes: $0) })
  }
}
