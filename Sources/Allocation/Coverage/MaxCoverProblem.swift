public import Optimization
public import Tables

/// The sites that reach the most: a demand counts with its weight once an open site covers it.
///
///     maximise   Σⱼ weightⱼ · coveredⱼ
///     subject to coveredⱼ ≤ Σ open sites that reach j,   at_least ≤ Σᵢ openᵢ ≤ at_most,   Σᵢ costᵢ · openᵢ ≤ budget
///
/// Source: Church & ReVelle, "The maximal covering location problem" (Papers of the Regional Science Association 32,
/// 1974).
public struct MaxCoverProblem: AllocationProblem {
  public var sites: [FacilityLocationProblem.Site]
  /// `amount` is the weight.
  public var demands: [FacilityLocationProblem.Demand]
  /// Per demand: the sites that reach it.
  public var reachedBy: [[Int]]
  public var openAtMost: Int
  public var openPlace: SourcePlace?
  /// Limit on the sites' fixed costs together; infinite for none.
  public var budget: Double
  /// Sets of sites of which at most one opens.
  public var exclusive: [[Int]]

  public init(
    sites: [FacilityLocationProblem.Site], demands: [FacilityLocationProblem.Demand], reachedBy: [[Int]],
    openAtMost: Int, budget: Double = .infinity, exclusive: [[Int]] = []
  ) {
    self.sites = sites
    self.demands = demands
    self.reachedBy = reachedBy
    self.openAtMost = openAtMost
    self.budget = budget
    self.exclusive = exclusive
  }

  public struct Solution: Sendable {
    public var status: SolveStatus
    public var objective: Double
    public var bound: Double
    public var isOpen: [Bool]
    public var isCovered: [Bool]
  }

  /// Branch and cut, with demands that the same sites reach taken together.
  public func solve(within limits: AllocationLimits = AllocationLimits()) throws(AllocationProblemError) -> Solution {
    try check()
    var program = LinearProgram(.maximise)
    let open = sites.map { site in
      program.addVariable(
        lower: site.choice == .open ? 1 : 0, upper: site.choice == .closed ? 0 : 1, isInteger: true)
    }
    var weight: [[Int]: Double] = [:]
    for (demand, reach) in reachedBy.enumerated() {
      let usable = Set(reach.filter { sites[$0].choice != .closed }).sorted()
      if !usable.isEmpty { weight[usable, default: 0] += demands[demand].amount }
    }
    for (reach, total) in weight.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where total > 0 {
      let covered = program.addVariable(upper: 1, objective: total)
      program.addRow([(covered, -1)] + reach.map { (open[$0], 1.0) }, lower: 0)
    }
    program.addSumRow(open, upper: Double(openAtMost))
    if budget.isFinite {
      program.addRow(sites.indices.map { (open[$0], sites[$0].fixedCost) }, upper: budget)
    }
    for set in exclusive { program.addSumRow(set.map { open[$0] }, upper: 1) }
    let answer: LinearSolution
    do throws(SolverError) {
      answer = try HiGHSSolver().solve(
        program,
        limits: SolverLimits(nodes: limits.nodes, seconds: limits.seconds, relativeGap: limits.relativeGap))
    } catch { throw .failed(error.description) }
    guard answer.status.hasValues else {
      return Solution(status: answer.status, objective: .nan, bound: answer.bound, isOpen: [], isCovered: [])
    }
    let isOpen = open.map { answer.values[$0] > 0.5 }
    let isCovered = reachedBy.map { $0.contains { isOpen[$0] } }
    let objective = demands.indices.reduce(0) { isCovered[$1] ? $0 + demands[$1].amount : $0 }
    let isProven = answer.status == .optimal
    return Solution(
      status: answer.status, objective: objective,
      bound: isProven && abs(answer.bound - objective) <= 1e-9 * max(1, objective)
        ? objective : max(objective, answer.bound), isOpen: isOpen, isCovered: isCovered)
  }

  private func check() throws(AllocationProblemError) {
    var text: String?
    if sites.isEmpty || demands.isEmpty { text = "there are no sites, or there is nobody to cover" }
    if demands.contains(where: { !$0.amount.isFinite || $0.amount < 0 }) { text = "a weight is negative" }
    if sites.contains(where: { !$0.fixedCost.isFinite || $0.fixedCost < 0 }) { text = "the cost of a site is negative" }
    if reachedBy.count != demands.count || reachedBy.contains(where: { $0.contains { !sites.indices.contains($0) } }) {
      text = "a reach names a site that there is not"
    }
    if openAtMost < 0 { text = "fewer than no sites may open" }
    if let text { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, text, at: openPlace)]) }
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.status.hasValues else {
      var answer = AllocationAnswer(solution.status.inAnswer, .maximise)
      if solution.status == .infeasible { answer.conflict = conflict() }
      return answer
    }
    var answer = AllocationAnswer(
      solution.status.inAnswer, .maximise, objective: solution.objective,
      bound: solution.bound)
    let open = sites.indices.filter { solution.isOpen[$0] }
    let total = demands.reduce(0) { $0 + $1.amount }
    answer.solution = .object([
      .init("open", .array(open.map { .string(sites[$0].name) })),
      .init("covered_weight", .number(solution.objective)),
      .init("covered_share", .number(total > 0 ? solution.objective / total : 1)),
      .init("covered_count", .integer(solution.isCovered.count { $0 })),
      .init(
        "uncovered", .array(demands.indices.filter { !solution.isCovered[$0] }.map { .string(demands[$0].name) })),
      .init("fixed_cost", .number(open.reduce(0) { $0 + sites[$1].fixedCost })),
    ])
    guard open.count == openAtMost, openAtMost < sites.count else { return answer }
    answer.binding = ["open.at_most"]
    if solution.status == .optimal, openAtMost > 0 {
      var (less, more) = (self, self)
      less.openAtMost -= 1
      more.openAtMost += 1
      let (below, above) = (try less.solve(within: limits), try more.solve(within: limits))
      if above.status == .optimal {
        answer.prices.append(
          LimitPrice(
            limit: "open.at_most", value: Double(openAtMost),
            left: below.status == .optimal ? solution.objective - below.objective : .infinity,
            right: above.objective - solution.objective,
            from: Double(below.status == .optimal ? openAtMost - 1 : openAtMost), to: Double(openAtMost + 1)))
      }
    }
    return answer
  }

  /// Sites that must open, against the limits on their number and cost.
  private func conflict() -> AllocationConflict {
    let locked = sites.indices.filter { sites[$0].choice == .open }
    let cost = locked.reduce(0) { $0 + sites[$1].fixedCost }
    let names = locked.map { "locked.\(sites[$0].name)" }
    let isTooMany = locked.count > openAtMost
    let clash = exclusive.indices.first { exclusive[$0].count { sites[$0].choice == .open } > 1 }
    let (limit, from, to) =
      isTooMany
      ? ("open.at_most", Double(openAtMost), Double(locked.count))
      : clash.map { ("exclusive.\($0 + 1)", 1.0, Double(exclusive[$0].count { sites[$0].choice == .open })) }
        ?? ("budget", budget, cost)
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error,
        "the sites that must open need \(limit) of \(to.written), not \(from.written)",
        at: openPlace ?? locked.first.flatMap { sites[$0].place }),
      limits: [limit] + names, repairs: [.init(changes: [.init(limit: limit, from: from, to: to)])])
  }
}
