import Optimization
import Tables

extension RolloutProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.status.hasValues else {
      var answer = AllocationAnswer(solution.status.inAnswer, .maximise)
      if solution.status == .infeasible { answer.conflict = conflict() }
      return answer
    }
    let gap = abs(solution.bound - solution.objective) / max(1, abs(solution.objective))
    var answer = AllocationAnswer(
      gap <= 1e-6 ? .optimal : .feasible, .maximise, objective: solution.objective, bound: solution.bound)
    let order = cities.indices.filter { solution.period[$0] != nil }.sorted {
      (solution.period[$0] ?? 0, cities[$1].potential, $0) < (solution.period[$1] ?? 0, cities[$0].potential, $1)
    }
    let total = cities.reduce(0) { $0 + $1.potential }
    var covered = 0.0
    let curve: [JSONValue] = staff.indices.map { period in
      let opened = order.filter { solution.period[$0] == period }
      covered += opened.reduce(0) { $0 + cities[$1].potential }
      return .object([
        .init("period", .integer(period + 1)), .init("opened", .integer(opened.count)),
        .init("work", .number(opened.reduce(0) { $0 + cities[$1].work })), .init("staff", .number(staff[period])),
        .init("covered_share", .number(total > 0 ? covered / total : 1)),
      ])
    }
    answer.solution = .object([
      .init("opened", .integer(order.count)),
      .init(
        "openings",
        .array(
          order.map { city in
            .object([
              .init("city", .string(cities[city].name)), .init("period", .integer((solution.period[city] ?? 0) + 1)),
              .init("potential", .number(cities[city].potential)), .init("work", .number(cities[city].work)),
            ])
          })), .init("coverage", .array(curve)),
      .init(
        "not_opened",
        .array(cities.indices.filter { solution.period[$0] == nil }.map { .string(cities[$0].name) })),
      .init("large_to_small", .number(solution.baseline)),
      .init("gain_over_large_to_small", .number(solution.objective - solution.baseline)),
    ])
    for period in staff.indices where !carriesOver {
      let work = order.filter { solution.period[$0] == period }.reduce(0) { $0 + cities[$1].work }
      if work >= staff[period] * (1 - 1e-12), work > 0 { answer.binding.append("staff.\(period + 1)") }
    }
    return answer
  }

  /// What must open needs more staff than there is.
  private func conflict() -> AllocationConflict {
    let forced = cities.indices.filter { cities[$0].mustOpen }
    // The deadline at which the work due by then exceeds the staff until then.
    let deadlines = staff.indices.map { period in
      (
        period: period,
        due: forced.filter { min(cities[$0].latest, staff.count) <= period + 1 },
        room: staff[...period].reduce(0, +)
      )
    }
    let late = deadlines.first { entry in entry.due.reduce(0) { $0 + cities[$1].work } > entry.room } ?? deadlines.last
    let due = late?.due ?? forced
    let work = due.reduce(0) { $0 + cities[$1].work }
    let room = late?.room ?? 0
    let period = (late?.period ?? 0) + 1
    var repairs: [AllocationConflict.Repair] = []
    if work > room {
      repairs.append(
        .init(changes: [
          .init(limit: "staff.\(period)", from: staff[period - 1], to: staff[period - 1] + work - room)
        ]))
      if let smallest = due.filter({ cities[$0].work >= work - room }).min(by: {
        cities[$0].potential < cities[$1].potential
      }) {
        repairs.append(.init(changes: [.init(limit: "must_open.\(cities[smallest].name)", from: 1, to: 0)]))
      }
    }
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error,
        work > room
          ? "what must open by period \(period) takes \(work.written) days, staff has \(room.written)"
          : "what must open does not fit whole into the staff of the periods", at: staffPlace),
      limits: (1...period).map { "staff.\($0)" } + due.map { "must_open.\(cities[$0].name)" }, repairs: repairs)
  }
}
