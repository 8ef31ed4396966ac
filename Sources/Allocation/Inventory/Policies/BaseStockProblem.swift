import Probability
import Tables

/// How high to keep a stock that is filled up again and again.
///
/// With every look at the stock, what is on hand and on order is brought up to S. What can be missing is the demand D of
/// the lead time, plus one period where stock is looked at once a period:
///
///     minimise  h E(S − D)⁺ + p E(D − S)⁺          [money a period]      or
///     the least S with P(D ≤ S) ≥ service level
///
/// Source: Snyder & Shen, *Fundamentals of Supply Chain Theory* (2nd ed., 2019), § 4.3.4; Zipkin, *Foundations of
/// Inventory Management* (2000), § 6.2.
public struct BaseStockProblem: Sendable {
  public enum Review: String, Sendable, CaseIterable { case periodic, continuous }

  public enum Goal: Sendable {
    /// Money per unit missing and period.
    case stockoutCost(Double)
    /// The chance that a period ends without anything missing; above 0 and below 1.
    case serviceLevel(Double)
  }

  /// Units a period.
  public var demand: UncertainDemand
  /// Periods; 0 or more.
  public var leadTime = 0.0
  /// The standard deviation of the lead time, in periods; with normal demand.
  public var leadTimeDeviation = 0.0
  public var review = Review.periodic
  /// Money per unit and period.
  public var holdingCost: Double
  public var goal: Goal
  /// Levels are multiples of so many units; 0 for any level.
  public var pack = 0.0

  public init(demand: UncertainDemand, holdingCost: Double, goal: Goal) {
    self.demand = demand
    self.holdingCost = holdingCost
    self.goal = goal
  }

  /// The demand that the level has to last for; nil where its distribution is not known.
  public func protectedDemand(leadTime: Double? = nil) -> UncertainDemand? {
    let periods = (leadTime ?? self.leadTime) + (review == .periodic ? 1 : 0)
    guard leadTimeDeviation > 0 else { return demand.over(periods: periods) }
    // Var D(L) = E L · Var D + Var L · (E D)².
    guard case .normal(let mean, let deviation) = demand else { return nil }
    let variance = periods * deviation * deviation + leadTimeDeviation * leadTimeDeviation * mean * mean
    return .normal(mean: mean * periods, standardDeviation: variance.squareRoot())
  }

  func defect() -> String? {
    if let defect = demand.defect { return "demand: \(defect)" }
    for (name, value) in [
      ("lead_time", leadTime), ("lead_time_deviation", leadTimeDeviation), ("holding_cost", holdingCost),
      ("pack", pack),
    ] where !(value >= 0 && value.isFinite) { return "\(name) \(value) is not a number of 0 or more" }
    switch goal {
    case .stockoutCost(let cost):
      guard cost > 0, cost.isFinite else { return "stockout_cost \(cost) is not a number above 0" }
      guard holdingCost > 0 else { return "holding_cost is 0, so that no stock is too much" }
    case .serviceLevel(let level):
      guard level > 0, level < 1 else { return "service_level \(level) is not between 0 and 1" }
    }
    guard protectedDemand() != nil else {
      return leadTimeDeviation > 0
        ? "lead_time_deviation needs normal demand"
        : "the sum of this demand over lead time and review is not known; use normal, poisson, gamma or whole periods"
    }
    return nil
  }

  public func solve() throws(AllocationProblemError) -> BaseStockSolution {
    if let defect = defect() { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, defect)]) }
    let demand = protectedDemand() ?? demand
    let (stockout, level): (Double, Double)
    switch goal {
    case .stockoutCost(let cost):
      var problem = NewsvendorProblem(demands: .each([demand]), holding: [holdingCost], stockout: [cost])
      if pack > 0 { problem.pack = [pack] }
      (stockout, level) = (cost, try problem.solve().stocks[0])
    case .serviceLevel(let service):
      let wish = max(0, demand.quantile(service))
      (stockout, level) = (0, pack > 0 ? (wish / pack - 1e-9).rounded(.up) * pack : wish)
    }
    return BaseStockSolution(
      level: level, demand: demand, cost: demand.cost(of: level, holding: holdingCost, stockout: stockout))
  }
}

/// A base-stock level.
public struct BaseStockSolution: Sendable {
  /// Units on hand and on order after each look.
  public var level: Double
  /// What it has to last for.
  public var demand: UncertainDemand
  /// Money a period.
  public var cost: Double
}

extension BaseStockProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    let (level, demand) = (solution.level, solution.demand)
    var members: [JSONValue.Member] = [
      .init("base_stock", .number(level)), .init("safety_stock", .number(level - demand.mean)),
      .init("expected_demand", .number(demand.mean)),
      .init("standard_deviation", .number(demand.variance.squareRoot())),
      .init("stockout_probability", .number(min(1, max(0, 1 - demand.cumulative(level))))),
      .init("expected_left_over", .number(level - demand.mean + demand.expectedShortage(level))),
      .init("expected_shortage", .number(demand.expectedShortage(level))),
    ]
    var answer = AllocationAnswer(.optimal, .minimise, objective: solution.cost, bound: solution.cost)
    // What a period less of lead time would save.
    if leadTime > 0 {
      var shorter = self
      shorter.leadTime = max(0, leadTime - 1)
      if shorter.protectedDemand() != nil {
        let other = try shorter.solve()
        let name = leadTime >= 1 ? "one_period_less" : "no_lead_time"
        members.append(
          .init(
            name,
            .object([
              .init("base_stock", .number(other.level)),
              .init("safety_stock", .number(other.level - other.demand.mean)),
              .init("saving", .number(solution.cost - other.cost)),
            ])))
      }
    }
    if case .serviceLevel = goal { answer.binding.append("service_level") }
    answer.solution = .object(members)
    return answer
  }
}
