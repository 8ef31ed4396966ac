public import Optimization
public import Tables

/// Jobs to agents with limited capacity, each job whole (generalised assignment):
///
///     optimise   Σ value_ja · x_ja     subject to Σₐ x_ja = 1,   Σⱼ work_ja · x_ja ≤ capacityₐ,   x ∈ {0, 1}
///
/// Values are costs or profits; work and capacity in one unit.
public struct AssignmentProblem: AllocationProblem {
  public struct Agent: Sendable {
    public var name: String
    public var capacity: Double
    public var place: SourcePlace?

    public init(_ name: String, capacity: Double, at place: SourcePlace? = nil) {
      self.name = name
      self.capacity = capacity
      self.place = place
    }
  }

  public var sense: AllocationAnswer.Sense
  public var agents: [Agent]
  public var jobs: [String]
  /// Job-major: `values[job * agents.count + agent]`; NaN where the agent may not have the job.
  public var values: [Double]
  public var work: [Double]

  public init(
    _ sense: AllocationAnswer.Sense, agents: [Agent], jobs: [String], values: [Double], work: [Double]
  ) {
    self.sense = sense
    self.agents = agents
    self.jobs = jobs
    self.values = values
    self.work = work
  }

  /// The problem as location with all sites open and free of charge.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> CapacitatedSolution {
    var text: String?
    if agents.isEmpty || jobs.isEmpty { text = "there are no agents, or no jobs" }
    if values.count != agents.count * jobs.count || work.count != values.count {
      text = "a value or the work of a pair is missing"
    } else if work.contains(where: { !($0 >= 0) || !$0.isFinite }) || values.contains(where: \.isInfinite) {
      text = "a value or the work of a pair is out of range"
    }
    if agents.contains(where: { !($0.capacity >= 0) || !$0.capacity.isFinite }) { text = "a capacity is out of range" }
    if let text { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, text)]) }
    let sign: Double = sense == .maximise ? -1 : 1
    let problem = CapacitatedLocation(
      fixedCosts: agents.map { _ in 0 }, capacities: agents.map(\.capacity),
      costs: values.map { $0.isNaN ? .infinity : sign * $0 }, weights: work, isSplittable: false,
      choice: agents.map { _ in .open })
    do throws(SolverError) {
      var solution = try problem.solve(
        LocationLimits(relativeGap: limits.relativeGap, nodes: limits.nodes, seconds: limits.seconds))
      solution.objective *= sign
      solution.bound *= sign
      return solution
    } catch { throw .failed(error.description) }
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.status.hasValues else {
      var answer = AllocationAnswer(solution.status.inAnswer, sense)
      if solution.status == .infeasible { answer.conflict = conflict() }
      return answer
    }
    var answer = AllocationAnswer(
      solution.status.inAnswer, sense, objective: solution.objective, bound: solution.bound)
    var load = [Double](repeating: 0, count: agents.count)
    let rows: [JSONValue] = jobs.indices.map { job in
      let agent = agents.indices.first { solution.share[job * agents.count + $0] > 0.5 } ?? 0
      load[agent] += work[job * agents.count + agent]
      return .object([
        .init("job", .string(jobs[job])), .init("agent", .string(agents[agent].name)),
        .init("value", .number(values[job * agents.count + agent])),
        .init("work", .number(work[job * agents.count + agent])),
      ])
    }
    answer.solution = .object([
      .init("assignments", .array(rows)),
      .init(
        "agents",
        .array(
          agents.indices.map {
            .object([
              .init("agent", .string(agents[$0].name)), .init("work", .number(load[$0])),
              .init("capacity", .number(agents[$0].capacity)),
            ])
          })),
    ])
    answer.binding = agents.indices.filter { load[$0] >= agents[$0].capacity * (1 - 1e-12) }
      .map { "capacity.\(agents[$0].name)" }
    return answer
  }

  private func conflict() -> AllocationConflict {
    let least = jobs.indices.reduce(0) { sum, job in
      let possible = agents.indices.filter { !values[job * agents.count + $0].isNaN }
      return sum + (possible.map { work[job * agents.count + $0] }.min() ?? 0)
    }
    let room = agents.reduce(0) { $0 + $1.capacity }
    let homeless = jobs.indices.first { job in
      !agents.indices.contains { agent in
        !values[job * agents.count + agent].isNaN && work[job * agents.count + agent] <= agents[agent].capacity
      }
    }
    let text =
      homeless.map { "no agent has the capacity for job `\(jobs[$0])`" }
      ?? (least > room
        ? "jobs need at least \(least.written), agents have \(room.written)"
        : "the jobs cannot be packed whole into the capacities")
    var repairs: [AllocationConflict.Repair] = []
    if let largest = agents.indices.max(by: { agents[$0].capacity < agents[$1].capacity }), least > room {
      let capacity = agents[largest].capacity
      repairs.append(
        .init(changes: [.init(limit: "capacity.\(agents[largest].name)", from: capacity, to: capacity + least - room)]))
    }
    return AllocationConflict(
      diagnostic: Diagnostic(AllocationCodes.limitsCollide, .error, text, at: agents.first?.place),
      limits: agents.map { "capacity.\($0.name)" } + (homeless.map { ["job.\(jobs[$0])"] } ?? ["jobs"]),
      repairs: repairs)
  }
}
