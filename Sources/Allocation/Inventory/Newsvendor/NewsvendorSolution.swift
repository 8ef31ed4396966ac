import Tables

/// What to stock at every point.
public struct NewsvendorSolution: Sendable {
  public var status: AllocationAnswer.Status
  /// Units, by point; empty without a solution.
  public var stocks: [Double]
  /// The expected cost of `stocks`.
  public var objective: Double
  /// No stocks within the limits cost less.
  public var bound: Double
  /// What a unit less of each limit would cost, by its name: λ and μ of the formulation.
  public var budgetPrice: Double
  public var spacePrice: Double
  public var conflict: AllocationConflict?

  init(
    _ status: AllocationAnswer.Status, stocks: [Double] = [], objective: Double = .nan, bound: Double = .nan,
    budgetPrice: Double = 0, spacePrice: Double = 0, conflict: AllocationConflict? = nil
  ) {
    self.status = status
    self.stocks = stocks
    self.objective = objective
    self.bound = bound
    self.budgetPrice = budgetPrice
    self.spacePrice = spacePrice
    self.conflict = conflict
  }

  /// |bound − objective| / max(1, |objective|).
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

extension NewsvendorProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve(within: limits)
    guard solution.conflict == nil else {
      return AllocationAnswer(.infeasible, .minimise, conflict: solution.conflict)
    }
    var answer = AllocationAnswer(
      solution.status, .minimise, objective: solution.objective, bound: solution.bound, solution: table(solution))
    for (name, limit) in self.limits {
      let used = limit.used(by: solution.stocks)
      if used >= limit.amount * (1 - 1e-9) { answer.binding.append(name) }
    }
    for point in 0..<count {
      let (least, most) = bounds(point)
      if least > 0, solution.stocks[point] <= least * (1 + 1e-12) { answer.binding.append("minimum.\(name(point))") }
      if most < .infinity, solution.stocks[point] >= most * (1 - 1e-12) {
        answer.binding.append("maximum.\(name(point))")
      }
    }
    answer.prices = try prices(of: solution)
    return answer
  }

  private func table(_ solution: NewsvendorSolution) -> JSONValue {
    let formulation = NewsvendorFormulation(self)
    let rows = (0..<count).map { point -> JSONValue in
      let (stock, demand) = (solution.stocks[point], demands[point])
      var row: [JSONValue.Member] = [
        .init("point", .string(name(point))), .init("stock", .number(stock)),
        .init("expected_cost", .number(formulation.cost(of: stock, at: point))),
        .init("expected_demand", .number(demand.mean)),
        .init("stockout_probability", .number(min(1, max(0, 1 - demand.cumulative(stock))))),
        .init("expected_shortage", .number(demand.expectedShortage(stock))),
      ]
      for (name, limit) in limits { row.append(.init(name, .number(limit.perUnit[point] * stock))) }
      return .object(row)
    }
    var members: [JSONValue.Member] = [.init("points", .array(rows))]
    for (name, limit) in limits { members.append(.init("\(name)_used", .number(limit.used(by: solution.stocks)))) }
    return .object(members)
  }
}

extension NewsvendorProblem.SharedLimit {
  /// Σ perUnit · stock.
  func used(by stocks: [Double]) -> Double {
    var sum = 0.0
    for point in stocks.indices { sum += perUnit[point] * stocks[point] }
    return sum
  }
}
