public import Optimization

extension CreditProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    try solve(within: limits).answer(terms: terms.map(\.name))
  }

  /// The best exposures, with a bound.
  ///
  /// - Parameter withPrices: also the two-sided prices of the shared limits, which take several further solves.
  public func solve(
    within limits: AllocationLimits = AllocationLimits(), withPrices: Bool = true,
    solver: some Solver = HiGHSSolver(presolves: false)
  ) throws(AllocationProblemError) -> CreditSolution {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    let formulation = CreditFormulation(self)
    let program = formulation.program()
    do {
      let found = try program.solve(with: solver, limits: SolverLimits(seconds: limits.seconds))
      if found.linear.status == .infeasible {
        var solution = CreditSolution(status: .infeasible)
        solution.conflict = try CreditConflict(formulation, program).explained(solver)
        return solution
      }
      guard found.linear.status.hasValues else {
        return CreditSolution(
          status: found.linear.status.inAnswer, bound: found.linear.bound.isFinite ? found.linear.bound : nil)
      }
      var solution = formulation.published(found, program)
      // Whole units cost a little: what they cost is part of the certificate.
      if solution.status == .optimal, let objective = solution.objective, let bound = solution.bound,
        abs(bound - objective) > 1e-6 * max(1, abs(objective))
      {
        solution.status = .feasible
      }
      if withPrices { solution.prices = try formulation.prices(program, solution, solver) }
      return solution
    } catch {
      throw .failed(error.description)
    }
  }
}

extension CreditFormulation {
  /// The exposures in whole units, valued as they are published.
  func published(_ found: TailLimitedSolution, _ program: TailLimitedProgram) -> CreditSolution {
    let values = found.linear.values.map { rounded($0) }
    var solution = CreditSolution(status: found.linear.status.inAnswer)
    (solution.rounds, solution.scenarioRows) = (found.rounds, found.scenarioRows)
    let losses = problem.tail == nil ? [] : program.losses(at: values)
    if let tail = problem.tail {
      let (mean, least) = program.tail(of: losses)
      solution.tailLoss = mean
      // Of a large book the mean of the tail is known, its edge is not asked for.
      if case .largeBook = tail.scenarios {} else { solution.valueAtRisk = least }
      if let limit = tail.limit, mean >= limit.amount * (1 - 1e-7) { solution.binding.append("tail") }
    }
    for (index, partner) in problem.partners.enumerated() {
      var byTerms = [Double](repeating: 0, count: problem.terms.count)
      var loss = 0.0
      for column in columnsOf[index] {
        let (terms, value) = (columns[column].terms, values[column])
        byTerms[terms] = value
        loss += expectedLoss[column] * value
        solution.expectedMargin += partner.margin * problem.terms[terms].marginShare * value
      }
      solution.expectedLoss += loss
      let (hold, price) = hold(index, byTerms.reduce(0, +), found.linear)
      if hold == .cap { solution.binding.append("caps.\(partner.id)") }
      if hold == .floor { solution.binding.append("floors.\(partner.id)") }
      solution.partners.append(
        .init(
          id: partner.id, exposure: byTerms.reduce(0, +), byTerms: byTerms, expectedLoss: loss, heldBy: hold,
          capPrice: price))
    }
    for (tag, row) in rowOf.sorted(by: { $0.value < $1.value }) {
      guard let name = name(of: tag), tag.isShared else { continue }
      let limit = program.base.rows[row].upper
      if found.linear.rowValues[row] >= limit - 1e-7 * max(1, limit) { solution.binding.append(name) }
    }
    let capital = (problem.tail?.capitalCost ?? 0) * (solution.tailLoss ?? 0)
    let objective = solution.expectedMargin - solution.expectedLoss - capital
    solution.objective = objective
    solution.bound = max(found.linear.bound, objective)
    return solution
  }

  /// Down to whole units, which keeps every cap; a value within rounding of a unit is that unit.
  private func rounded(_ value: Double) -> Double {
    let value = max(0, value)
    guard problem.unit > 0 else { return value }
    let units = value / problem.unit
    let nearest = units.rounded()
    return (abs(units - nearest) < 1e-6 * max(1, nearest) ? nearest : units.rounded(.down)) * problem.unit
  }

  /// What holds a partner, and the value of a unit of its cap.
  private func hold(
    _ index: Int, _ exposure: Double, _ linear: LinearSolution
  ) -> (CreditSolution.Hold, Double) {
    let partner = problem.partners[index]
    let own = columnsOf[index]
    guard !own.isEmpty else { return (.noTerms, 0) }
    let price =
      rowOf[.cap(index)].map { linear.duals[$0] }
      ?? (linear.values[own[0]] >= partner.cap * (1 - 1e-9) ? max(0, linear.reducedCosts[own[0]]) : 0)
    if price > 1e-12 { return (.cap, price) }
    if let row = rowOf[.floor(index)], linear.duals[row] < -1e-12 { return (.floor, 0) }
    let best = own.map { base.variables[$0].objective }.max() ?? 0
    return (exposure <= 0 && best <= 0 ? .unprofitable : .sharedLimits, 0)
  }

  /// The limit's name in answers.
  func name(of tag: Tag) -> String? {
    switch tag {
    case .total: "total"
    case .expectedLoss: "expected_loss"
    case .tail: "tail"
    case .group(let index): "groups.\(problem.groups[index].name)"
    case .floor(let index): "floors.\(problem.partners[index].id)"
    case .cap(let index): "caps.\(problem.partners[index].id)"
    }
  }

  /// Two-sided prices of the shared limits that hold.
  func prices(
    _ program: TailLimitedProgram, _ solution: CreditSolution, _ solver: some Solver
  ) throws(SolverError) -> [LimitPrice] {
    var names: [String] = []
    var limits: [TailLimitedProgram.Limit] = []
    var values: [Double] = []
    for name in solution.binding {
      if name == "tail", let limit = problem.tail?.limit {
        (names, limits, values) = (names + [name], limits + [.tail], values + [limit.amount])
      } else if let (tag, row) = rowOf.first(where: { $0.key.isShared && self.name(of: $0.key) == name }), tag.isShared
      {
        names.append(name)
        limits.append(.base(.row(row, .upper)))
        values.append(program.base.rows[row].upper)
      }
    }
    guard !limits.isEmpty, solution.status == .optimal else { return [] }
    let prices = try program.shadowPrices(of: limits, solver: solver)
    return names.indices.map { LimitPrice(names[$0], value: values[$0], prices[$0]) }
  }
}

extension CreditFormulation.Tag {
  /// A limit of several partners.
  var isShared: Bool {
    switch self {
    case .total, .group, .expectedLoss, .tail: true
    case .floor, .cap: false
    }
  }
}
