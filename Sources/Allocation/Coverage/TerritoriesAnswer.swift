import Optimization
import Tables

extension TerritoriesProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.status.hasValues else {
      var answer = AllocationAnswer(solution.status.inAnswer, .minimise)
      if solution.status == .infeasible { answer.conflict = conflict(solution) }
      return answer
    }
    var answer = AllocationAnswer(
      solution.status.inAnswer, .minimise, objective: solution.objective,
      bound: solution.bound)
    if centres.isEmpty {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.chosenCentres, .note,
          "the centres were chosen by p-median; the bound holds for these centres", at: tolerancePlace))
    }
    let mean = places.reduce(0) { $0 + $1.weight } / Double(max(1, solution.centres.count))
    answer.solution = .object([
      .init(
        "territories",
        .array(
          solution.centres.indices.map { territory in
            let members = places.indices.filter { solution.territory[$0] == territory }
            let weight = members.reduce(0) { $0 + places[$1].weight }
            return .object([
              .init("centre", .string(places[solution.centres[territory]].name)), .init("weight", .number(weight)),
              .init("deviation", .number(mean > 0 ? weight / mean - 1 : 0)),
              .init("count", .integer(members.count)),
              .init("places", .array(members.map { .string(places[$0].name) })),
            ])
          }))
    ])
    for territory in solution.centres.indices {
      let weight = places.indices.filter { solution.territory[$0] == territory }.reduce(0) { $0 + places[$1].weight }
      if abs(abs(weight - mean) - tolerance * mean) <= 1e-6 * mean {
        answer.binding.append("tolerance.\(places[solution.centres[territory]].name)")
      }
    }
    return answer
  }

  private func conflict(_ solution: Solution) -> AllocationConflict {
    let names = solution.centres.map { places[$0].name }.joined(separator: ", ")
    var limits = ["tolerance"]
    if isContiguous { limits.append("contiguous") }
    var repairs: [AllocationConflict.Repair] = []
    if let least = solution.leastTolerance {
      // Rounded up, so that it works when it is typed in.
      let wanted = ((least + 1e-7) * 10_000).rounded(.up) / 10_000
      repairs.append(.init(changes: [.init(limit: "tolerance", from: tolerance, to: wanted)]))
    } else if isContiguous {
      limits = ["contiguous"]
      repairs.append(.init(changes: [.init(limit: "contiguous", from: 1, to: 0)]))
    }
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error,
        solution.leastTolerance.map {
          "territories around \(names) cannot be within \((tolerance * 100).written) % of the mean: \(($0 * 100).written) % is the least"
        } ?? "some place borders on no territory around \(names)", at: tolerancePlace,
        hint: repairs.first?.changes.first.map { "change \($0.limit) from \($0.from.written) to \($0.to.written)" }),
      limits: limits, repairs: repairs)
  }
}
