import Tables

/// Where a network holds its safety stock.
public struct GuaranteedServiceSolution: Sendable {
  public struct Stage: Sendable, Hashable {
    public var name: String
    /// What the stage promises its customers; periods.
    public var serviceTime: Double
    /// After which its supplies are all there.
    public var inboundTime: Double
    /// inbound + own − service time: what its stock covers.
    public var netReplenishmentTime: Double
    /// Units, beyond mean demand.
    public var safetyStock: Double
    /// Mean demand over the net replenishment time, and the safety stock.
    public var baseStock: Double
    /// Units in work, on average: mean demand over the stage's time.
    public var pipelineStock: Double
    /// Of the safety stock, in a period.
    public var holdingCost: Double
    /// Standard deviation of the demand on the stage in a period.
    public var netDeviation: Double
  }

  public var stages: [Stage]
  /// Σ of the stages' holding costs.
  public var cost: Double
  /// No service times cost less.
  public var bound: Double
  /// Nodes of the search; 0 for a tree.
  public var nodes: Int
  /// Links outside a spanning forest; 0 for a tree.
  public var loops: Int
  /// The step of which all times are multiples; periods.
  public var step: Double
  public var isRounded: Bool
  /// Whether the bound is reached.
  public var isOptimal: Bool
}

extension GuaranteedServiceProblem {
  /// Trees are solved exactly by dynamic programming, other networks by branch and bound.
  ///
  /// - Throws: `invalid` with every defect.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> GuaranteedServiceSolution {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    let formulation = GuaranteedServiceFormulation(self)
    let network = formulation.network
    guard !network.crossLinks.isEmpty else {
      guard let (times, cost) = network.minimise(network.noCharges) else {
        throw .failed("a tree without service times")
      }
      return solution(formulation, times, bound: cost, nodes: 0, isOptimal: true)
    }
    var search = ServiceTimeSearch(network, links: links.map { ($0.from, $0.to) })
    let clock = ContinuousClock()
    let deadline = limits.seconds.map { clock.now + .seconds(max(0, $0)) }
    search.run(
      gap: limits.relativeGap, nodes: limits.nodes ?? .max,
      work: limits.nodes == nil && deadline == nil ? Self.usualWork : .infinity
    ) {
      deadline.map { clock.now >= $0 } ?? false
    }
    let isOptimal = search.bestCost - search.bound <= max(limits.relativeGap, 1e-9) * max(1, search.bestCost)
    return solution(formulation, search.best, bound: search.bound, nodes: search.nodes, isOptimal: isOptimal)
  }

  /// Cells of dynamic programming after which a search ends where no limit is stated: about half a minute.
  private static let usualWork = 2e10

  private func solution(
    _ formulation: GuaranteedServiceFormulation, _ times: ServiceTimeNetwork.Times, bound: Double, nodes: Int,
    isOptimal: Bool
  ) -> GuaranteedServiceSolution {
    let step = formulation.step
    var cost = 0.0
    let results = stages.indices.map { index in
      let stage = stages[index]
      let ticks = times.inbound[index] + formulation.network.time[index] - times.outbound[index]
      let net = Double(ticks) * step
      let stock = formulation.safetyStock(index, net)
      cost += stage.holdingCost * stock
      return GuaranteedServiceSolution.Stage(
        name: stage.name, serviceTime: Double(times.outbound[index]) * step,
        inboundTime: Double(times.inbound[index]) * step, netReplenishmentTime: net, safetyStock: stock,
        baseStock: formulation.mean[index] * net + stock, pipelineStock: formulation.mean[index] * stage.time,
        holdingCost: stage.holdingCost * stock, netDeviation: formulation.deviation[index])
    }
    return GuaranteedServiceSolution(
      stages: results, cost: cost, bound: min(bound, cost), nodes: nodes,
      loops: formulation.network.crossLinks.count,
      step: step, isRounded: formulation.isRounded, isOptimal: isOptimal)
  }
}

extension GuaranteedServiceProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    var notes: [Diagnostic] = []
    if solution.isRounded {
      notes.append(
        Diagnostic(
          MultiEchelonCodes.roundedTimes, .warning, "times were rounded up to multiples of \(solution.step) periods"))
    }
    if !solution.isOptimal {
      notes.append(
        Diagnostic(
          MultiEchelonCodes.searchStopped, .warning,
          "the search ended after \(solution.nodes) nodes, with \(solution.cost - solution.bound) between plan and bound"
        ))
    }
    let rows = solution.stages.map { stage in
      JSONValue.object([
        .init("stage", .string(stage.name)), .init("serviceTime", .number(stage.serviceTime)),
        .init("inboundTime", .number(stage.inboundTime)),
        .init("netReplenishmentTime", .number(stage.netReplenishmentTime)),
        .init("safetyStock", .number(stage.safetyStock)), .init("baseStock", .number(stage.baseStock)),
        .init("pipelineStock", .number(stage.pipelineStock)), .init("holdingCost", .number(stage.holdingCost)),
        .init("netDeviation", .number(stage.netDeviation)),
      ])
    }
    var binding: [String] = []
    for (stage, facts) in zip(stages, solution.stages) {
      if let most = stage.maximumServiceTime, facts.serviceTime >= most - 1e-9 {
        binding.append("maximum_service_time.\(stage.name)")
      }
    }
    return AllocationAnswer(
      solution.isOptimal ? .optimal : .feasible, .minimise, objective: solution.cost, bound: solution.bound,
      solution: .object([
        .init("stages", .array(rows)),
        .init("safetyStock", .number(solution.stages.reduce(0) { $0 + $1.safetyStock })),
        .init("pipelineStock", .number(solution.stages.reduce(0) { $0 + $1.pipelineStock })),
        .init("nodes", .integer(solution.nodes)),
      ]), prices: limits.nodes == nil && limits.seconds == nil ? prices(solution) : [], binding: binding, notes: notes)
  }

  /// What a promise of one step more or less would save or cost, for promises that are at their limit; on trees of
  /// moderate size, where each takes one more solution.
  private func prices(_ solution: GuaranteedServiceSolution) -> [LimitPrice] {
    guard solution.loops == 0, stages.count <= 500 else { return [] }
    var prices: [LimitPrice] = []
    for index in stages.indices {
      guard let most = stages[index].maximumServiceTime, solution.stages[index].serviceTime >= most - 1e-9 else {
        continue
      }
      func cost(_ limit: Double) -> Double {
        var changed = self
        changed.stages[index].maximumServiceTime = limit
        return (try? changed.solve().cost) ?? solution.cost
      }
      let less = max(0, most - solution.step)
      let right = (cost(most + solution.step) - solution.cost) / solution.step
      let left = less < most ? (solution.cost - cost(less)) / (most - less) : right
      guard left != 0 || right != 0 else { continue }
      prices.append(
        LimitPrice(
          limit: "maximum_service_time.\(stages[index].name)", value: most, left: left, right: right, from: less,
          to: most + solution.step))
    }
    return prices
  }
}
