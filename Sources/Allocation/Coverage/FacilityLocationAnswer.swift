import Optimization
import Tables

extension FacilityLocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.status.hasValues else {
      var answer = AllocationAnswer(solution.status.inAnswer, .minimise)
      if solution.status == .infeasible { answer.conflict = try conflict() }
      return answer
    }
    var answer = AllocationAnswer(
      solution.status.inAnswer, .minimise, objective: solution.objective,
      bound: solution.bound)
    answer.solution = report(solution)
    answer.binding = binding(solution)
    if solution.status == .optimal, let price = try countPrice(solution, limits) { answer.prices.append(price) }
    return answer
  }

  private func amount(at site: Int, _ solution: Solution) -> Double {
    demands.indices.reduce(0) { $0 + demands[$1].amount * solution.share[$1 * sites.count + site] }
  }

  private func report(_ solution: Solution) -> JSONValue {
    let open = sites.indices.filter { solution.isOpen[$0] }
    let fixed = open.reduce(0) { $0 + sites[$1].fixedCost }
    var assignments: [JSONValue] = []
    for demand in demands.indices {
      for site in open where solution.share[demand * sites.count + site] > 0 {
        let share = solution.share[demand * sites.count + site]
        var row = [
          JSONValue.Member("demand", .string(demands[demand].name)), .init("site", .string(sites[site].name)),
          .init("share", .number(share)), .init("amount", .number(share * demands[demand].amount)),
          .init("cost", .number(share * costs[demand * sites.count + site])),
        ]
        if distances.count == costs.count {
          row.append(.init("distance", .number(distances[demand * sites.count + site])))
        }
        assignments.append(.object(row))
      }
    }
    return .object([
      .init("open_count", .integer(open.count)), .init("fixed_cost", .number(fixed)),
      .init("service_cost", .number(solution.objective - fixed)),
      .init("open", .array(open.map { .string(sites[$0].name) })),
      .init(
        "sites",
        .array(
          open.map { site in
            var row = [
              JSONValue.Member("site", .string(sites[site].name)), .init("fixed_cost", .number(sites[site].fixedCost)),
              .init("amount", .number(amount(at: site, solution))),
            ]
            if sites[site].capacity.isFinite { row.append(.init("capacity", .number(sites[site].capacity))) }
            return .object(row)
          })), .init("assignments", .array(assignments)),
    ])
  }

  private func binding(_ solution: Solution) -> [String] {
    let open = sites.indices.filter { solution.isOpen[$0] }
    var names: [String] = []
    if open.count == openAtMost, openAtMost < sites.count { names.append("open.at_most") }
    if open.count == openAtLeast, openAtLeast > 0 { names.append("open.at_least") }
    for site in open where sites[site].capacity.isFinite {
      let capacity = sites[site].capacity
      if amount(at: site, solution) >= capacity * (1 - 1e-9) { names.append("capacity.\(sites[site].name)") }
    }
    for site in sites.indices where sites[site].choice != .free {
      names.append("\(sites[site].choice == .open ? "locked" : "forbidden").\(sites[site].name)")
    }
    return names
  }

  /// What one more or one fewer site is worth: the problem solved again with either. Exact, and quick only without
  /// capacities.
  private func countPrice(
    _ solution: Solution, _ limits: AllocationLimits
  ) throws(AllocationProblemError) -> LimitPrice? {
    guard !hasCapacities, exclusive.isEmpty, openAtMost < sites.count, openAtMost > 0,
      solution.isOpen.count(where: { $0 }) == openAtMost
    else { return nil }
    func cost(_ count: Int) throws(AllocationProblemError) -> Double? {
      var changed = self
      changed.openAtMost = count
      changed.openAtLeast = openAtLeast == openAtMost ? count : min(openAtLeast, count)
      let answer = try changed.solve(within: limits)
      return answer.status == .optimal ? answer.objective : nil
    }
    let less = openAtMost > 1 ? try cost(openAtMost - 1) : nil
    guard let more = try cost(openAtMost + 1) else { return nil }
    return LimitPrice(
      limit: openAtLeast == openAtMost ? "open.exactly" : "open.at_most", value: Double(openAtMost),
      left: less.map { solution.objective - $0 } ?? -.infinity, right: more - solution.objective,
      from: Double(less == nil ? openAtMost : openAtMost - 1), to: Double(openAtMost + 1))
  }

  // MARK: Conflicts

  /// Why nobody's demand can be met in full, and ways out.
  func conflict() throws(AllocationProblemError) -> AllocationConflict {
    let costs = reachableCosts
    let usable = sites.indices.filter { sites[$0].choice != .closed }
    // 1. A demand that no usable site reaches.
    for demand in demands.indices
    where !usable.contains(where: { costs[demand * sites.count + $0].isFinite && fits(demand, $0) }) {
      return unreached(demand, usable)
    }
    // 2. Too few sites may open to reach everybody within the distance.
    if let needed = try fewestSites(costs, usable), needed > openAtMost {
      var repairs = [change("open.at_most", openAtMost, needed)]
      if let distance = try leastDistance(usable) {
        repairs.append(.init(changes: [.init(limit: "max_distance", from: maximumDistance, to: distance)]))
      }
      return conflict(
        "\(openAtMost) sites cannot reach everybody\(maximumDistance.isFinite ? " within \(maximumDistance.written)" : "")"
          + ": \(needed) are needed",
        maximumDistance.isFinite ? ["open.at_most", "max_distance"] : ["open.at_most"],
        [openPlace, maximumDistancePlace], repairs)
    }
    // 3. Too little room.
    let need = demands.reduce(0) { $0 + $1.amount }
    let capacities = usable.map { sites[$0].capacity }.sorted(by: >)
    let room = capacities.prefix(openAtMost).reduce(0, +)
    if room < need {
      var repairs: [AllocationConflict.Repair] = []
      var sum = 0.0
      if let more = capacities.firstIndex(where: { capacity in
        sum += capacity
        return sum >= need
      }) {
        repairs.append(change("open.at_most", openAtMost, more + 1))
      }
      if let largest = usable.max(by: { sites[$0].capacity < sites[$1].capacity }) {
        let capacity = sites[largest].capacity
        repairs.append(
          .init(changes: [
            .init(limit: "capacity.\(sites[largest].name)", from: capacity, to: capacity + need - room)
          ]))
      }
      let named = usable.filter { sites[$0].capacity.isFinite }.map { "capacity.\(sites[$0].name)" }
      return conflict(
        "demands of \(need.written) need more than the \(room.written) that sites have room for",
        (openAtMost < usable.count ? ["open.at_most"] : []) + named + ["demand"],
        [openPlace] + usable.map { sites[$0].place }, repairs)
    }
    // 4. Whole demands do not fit although there is room.
    if isSingleSource {
      var split = self
      split.isSingleSource = false
      if try split.solve().status.hasValues {
        return conflict(
          "demands fit only if some are split among sites",
          ["single_source"] + usable.map { "capacity.\(sites[$0].name)" },
          [], [change("single_source", 1, 0)])
      }
    }
    return conflict(
      "the limits on sites contradict one another", ["open", "capacity", "locked", "forbidden", "exclusive"],
      [openPlace],
      [])
  }

  private func fits(_ demand: Int, _ site: Int) -> Bool {
    !isSingleSource || demands[demand].amount <= sites[site].capacity
  }

  private func unreached(_ demand: Int, _ usable: [Int]) -> AllocationConflict {
    var repairs: [AllocationConflict.Repair] = []
    if distances.count == costs.count,
      let nearest = usable.map({ distances[demand * sites.count + $0] }).min(), nearest > maximumDistance
    {
      repairs.append(.init(changes: [.init(limit: "max_distance", from: maximumDistance, to: nearest)]))
    }
    let isForbidden = sites.indices.filter {
      sites[$0].choice == .closed && reachableCosts[demand * sites.count + $0].isFinite
    }
    for site in isForbidden.prefix(3) { repairs.append(change("forbidden.\(sites[site].name)", 1, 0)) }
    return conflict(
      "no site that may open can serve `\(demands[demand].name)`",
      (maximumDistance.isFinite ? ["max_distance"] : []) + ["demand.\(demands[demand].name)"]
        + isForbidden.map { "forbidden.\(sites[$0].name)" }, [demands[demand].place, maximumDistancePlace], repairs)
  }

  /// The fewest sites that reach everybody; nil where capacities decide, or the search gives no answer.
  private func fewestSites(_ costs: [Double], _ usable: [Int]) throws(AllocationProblemError) -> Int? {
    guard costs.contains(.infinity), openAtMost < sites.count else { return nil }
    var program = LinearProgram(.minimise)
    let variable = Dictionary(
      uniqueKeysWithValues: usable.map { site in
        (site, program.addVariable(lower: sites[site].choice == .open ? 1 : 0, upper: 1, objective: 1, isInteger: true))
      })
    for demand in demands.indices {
      program.addSumRow(
        usable.filter { costs[demand * sites.count + $0].isFinite }.compactMap { variable[$0] }, lower: 1)
    }
    do throws(SolverError) {
      let answer = try HiGHSSolver().solve(program, limits: SolverLimits(nodes: 2000))
      return answer.status == .optimal ? Int(answer.objective.rounded()) : nil
    } catch { throw .failed(error.description) }
  }

  /// The least distance at which the allowed number of sites reaches everybody, by bisection over the distances.
  private func leastDistance(_ usable: [Int]) throws(AllocationProblemError) -> Double? {
    guard maximumDistance.isFinite, distances.count == costs.count else { return nil }
    let steps = Set(
      demands.indices.flatMap { demand in
        usable.filter { costs[demand * sites.count + $0].isFinite }.map { distances[demand * sites.count + $0] }
      }
    ).filter { $0 > maximumDistance }.sorted()
    guard !steps.isEmpty else { return nil }
    var (low, high) = (0, steps.count - 1)
    while low < high {
      let middle = (low + high) / 2
      let reach = costs.indices.map { distances[$0] <= steps[middle] ? costs[$0] : .infinity }
      let isEnough = try fewestSites(reach, usable).map { $0 <= openAtMost } ?? !reach.contains(.infinity)
      if isEnough { high = middle } else { low = middle + 1 }
    }
    return steps[low]
  }

  private func change(_ limit: String, _ from: Int, _ to: Int) -> AllocationConflict.Repair {
    .init(changes: [.init(limit: limit, from: Double(from), to: Double(to))])
  }

  private func conflict(
    _ text: String, _ limits: [String], _ places: [SourcePlace?], _ repairs: [AllocationConflict.Repair]
  ) -> AllocationConflict {
    let known = places.compactMap(\.self)
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error, text, at: known.first,
        hint: repairs.first?.changes.first.map {
          "change \($0.limit) from \($0.from.written) to \($0.to.written)"
        }, notes: known.dropFirst().prefix(8).map { "and \($0)" }), limits: limits, repairs: repairs)
  }
}
