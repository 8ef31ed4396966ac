import Probability
import Tables

/// When to order, and how much at a time, when stock is watched all the time: the (r, Q) policy. Whenever stock on hand
/// and on order falls to r, Q units are ordered.
///
/// With demand λ a period, D the demand of the lead time, and K the fixed cost of an order:
///
///     exact:          c(r, Q) = (K λ + Σ_{y=r+1}^{r+Q} G(y)) / Q,  G(y) = h E(y − D)⁺ + b E(D − y)⁺
///                     b: money per unit missing and period; an integral in place of the sum for normal demand
///     approximation:  c(r, Q) = h (r − E D + Q/2) + K λ / Q + p λ E(D − r)⁺ / Q
///                     p: money per unit missing, however long; the expected stock taken as if nothing were ever missing
///
/// Source: Federgruen & Zheng, "An efficient algorithm for computing an optimal (r, Q) policy in continuous review
/// stochastic inventory systems" (Operations Research 40, 1992); Zheng, "On properties of stochastic inventory systems"
/// (Management Science 38, 1992); Hadley & Whitin (1963), § 4-2; Snyder & Shen (2019), § 5.2 to 5.4.
public struct ReorderPointProblem: Sendable {
  public enum Method: String, Sendable, CaseIterable {
    case exact
    case expectedInventoryLevel = "expected_inventory_level"
  }

  /// Units a period: normal or Poisson, or whole units of any distribution over the lead time.
  public var demand: UncertainDemand
  /// Periods; 0 or more.
  public var leadTime: Double
  public var fixedCost: Double
  public var holdingCost: Double
  /// Per unit missing and period (exact), or per unit missing (approximation).
  public var stockoutCost: Double
  public var method: Method
  /// Orders are at least so many units and multiples of so many; for exact policies in whole units.
  public var minimumOrder = 1
  public var pack = 1

  public init(
    demand: UncertainDemand, leadTime: Double, fixedCost: Double, holdingCost: Double, stockoutCost: Double,
    method: Method = .exact
  ) {
    self.demand = demand
    self.leadTime = leadTime
    self.fixedCost = fixedCost
    self.holdingCost = holdingCost
    self.stockoutCost = stockoutCost
    self.method = method
  }

  func defect() -> String? {
    if let defect = demand.defect { return "demand: \(defect)" }
    for (name, value) in [("holding_cost", holdingCost), ("stockout_cost", stockoutCost)]
    where !(value > 0 && value.isFinite) { return "\(name) \(value) is not a number above 0" }
    for (name, value) in [("fixed_cost", fixedCost), ("lead_time", leadTime)]
    where !(value >= 0 && value.isFinite) { return "\(name) \(value) is not a number of 0 or more" }
    guard demand.mean > 0 else { return "there is no demand" }
    guard minimumOrder >= 1, pack >= 1, minimumOrder < 1_000_000, pack < 1_000_000 else {
      return "minimum_order and pack are whole numbers from 1 to 999,999"
    }
    guard demand.over(periods: leadTime) != nil else {
      return "the sum of this demand over \(leadTime) periods is not known; use normal, poisson or gamma"
    }
    if isContinuous {
      guard minimumOrder == 1, pack == 1 else { return "minimum_order and pack need demand in whole units" }
      guard fixedCost > 0 else { return "without a fixed cost the best order is as small as can be" }
      guard method == .exact || demand.isNormal else { return "the approximation needs normal demand" }
    } else if method != .exact {
      return "the approximation needs normal demand"
    }
    return nil
  }

  private var isContinuous: Bool {
    switch demand {
    case .poisson, .discrete: false
    default: true
    }
  }

  public func solve() throws(AllocationProblemError) -> ReorderPointSolution {
    if let defect = defect() { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, defect)]) }
    let waiting = demand.over(periods: leadTime) ?? demand
    let solution =
      switch method {
      case .expectedInventoryLevel: approximate(waiting)
      case .exact: isContinuous ? exactContinuous(waiting) : exactDiscrete(waiting)
      }
    guard let solution else {
      throw .invalid([
        Diagnostic(AllocationCodes.improperValue, .error, "an order would be more than a million units")
      ])
    }
    return solution
  }

  // MARK: Whole units

  /// The Q best levels of g, which is convex, are neighbours: they are taken one by one as long as the mean cost falls.
  private func exactDiscrete(_ waiting: UncertainDemand) -> ReorderPointSolution? {
    func g(_ level: Int) -> Double { waiting.cost(of: Double(level), holding: holdingCost, stockout: stockoutCost) }
    // 1. The best level alone.
    var least = Int(min(waiting.quantile(stockoutCost / (stockoutCost + holdingCost)), 1e9))
    while g(least + 1) < g(least) { least += 1 }
    while g(least - 1) <= g(least) { least -= 1 }
    var (r, size) = (least - 1, 1)
    var sum = fixedCost * demand.mean + g(least)
    var (below, above) = (g(r), g(r + 2))
    var best: ReorderPointSolution?
    // 2. One more level, below or above, whichever is cheaper.
    while size < 1_000_000 {
      let isAllowed = size >= minimumOrder && size % pack == 0
      if isAllowed, sum / Double(size) < best?.cost ?? .infinity {
        best = ReorderPointSolution(reorderPoint: Double(r), quantity: Double(size), cost: sum / Double(size))
      }
      let next = min(below, above)
      // The mean cost only rises from here on: the first order allowed is the best of the rest.
      if next >= sum / Double(size), isAllowed { return best }
      sum += next
      size += 1
      if below <= above {
        r -= 1
        below = g(r)
      } else {
        above = g(r + size + 1)
      }
    }
    return nil
  }

  // MARK: Amounts of any size

  /// For a cost level c, the policy runs from where g falls to c to where it rises to it; the right c is the one at which
  /// ∫ (c − g(y)) dy between them is K λ (Zheng 1992, lemma 3), and c is then the cost.
  private func exactContinuous(_ waiting: UncertainDemand) -> ReorderPointSolution? {
    func g(_ level: Double) -> Double { waiting.cost(of: level, holding: holdingCost, stockout: stockoutCost) }
    let least = waiting.quantile(stockoutCost / (stockoutCost + holdingCost))
    let floor = g(least)
    let target = fixedCost * demand.mean
    func ends(_ cost: Double) -> (Double, Double) {
      // g rises at most at h to the right and b to the left.
      (crossing(from: least, rate: -stockoutCost, cost, g), crossing(from: least, rate: holdingCost, cost, g))
    }
    func area(_ cost: Double) -> Double {
      let (r, R) = ends(cost)
      return cost * (R - r) - integral(from: r, to: R, waiting)
    }
    // Bracket the cost, then bisect: the area grows with it.
    var high = max(floor * 2, (2 * target * holdingCost).squareRoot() + floor, 1e-300)
    while area(high) < target { high = floor + 2 * (high - floor) }
    var low = floor
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { break }
      if area(middle) < target { low = middle } else { high = middle }
    }
    let (r, R) = ends(high)
    guard R - r > 0 else { return nil }
    let cost = (target + integral(from: r, to: R, waiting)) / (R - r)
    return ReorderPointSolution(reorderPoint: r, quantity: R - r, cost: cost)
  }

  /// Where the convex `g` reaches `cost` on the side to which `rate` points.
  private func crossing(from least: Double, rate: Double, _ cost: Double, _ g: (Double) -> Double) -> Double {
    var width = max(abs((cost - g(least)) / rate), 1e-12 * max(1, abs(least)))
    let sign = rate < 0 ? -1.0 : 1.0
    while g(least + sign * width) < cost { width *= 2 }
    var (near, far) = (0.0, width)
    for _ in 0..<100 {
      let middle = (near + far) / 2
      guard middle > near, middle < far else { break }
      if g(least + sign * middle) < cost { near = middle } else { far = middle }
    }
    return least + sign * (near + far) / 2
  }

  /// ∫ g(y) dy.
  private func integral(from: Double, to: Double, _ waiting: UncertainDemand) -> Double {
    let mean = waiting.mean
    let linear = holdingCost * (to - from) * ((to + from) / 2 - mean)
    let missing: Double
    if case .normal(let mean, let deviation) = waiting, deviation > 0 {
      let (one, other) = ((from - mean) / deviation, (to - mean) / deviation)
      missing = deviation * deviation * (StandardLoss.second(one) - StandardLoss.second(other))
    } else {
      // Simpson's rule; the loss function is smooth.
      let count = 400
      let step = (to - from) / Double(count)
      var sum = waiting.expectedShortage(from) + waiting.expectedShortage(to)
      for index in 1..<count {
        sum += (index % 2 == 1 ? 4 : 2) * waiting.expectedShortage(from + Double(index) * step)
      }
      missing = sum * step / 3
    }
    return linear + (holdingCost + stockoutCost) * missing
  }

  // MARK: Approximation

  /// Q = √(2 λ (K + p n(r)) / h) and F(r) = 1 − Q h / (p λ) in turn, from Q without shortages, until neither changes.
  private func approximate(_ waiting: UncertainDemand) -> ReorderPointSolution? {
    let rate = demand.mean
    func quantity(_ r: Double) -> Double {
      (2 * rate * (fixedCost + stockoutCost * waiting.expectedShortage(r)) / holdingCost).squareRoot()
    }
    var order = (2 * rate * fixedCost / holdingCost).squareRoot()
    var r = waiting.mean
    for _ in 0..<10_000 {
      let share = order * holdingCost / (stockoutCost * rate)
      // A stock-out costs less than holding for it: nothing is worth keeping in reserve.
      guard share < 1 else { break }
      let next = waiting.quantile(1 - share)
      let change = abs(next - r)
      (r, order) = (next, quantity(next))
      if change <= 1e-14 * max(1, abs(next)) { break }
    }
    let cost =
      holdingCost * (r - waiting.mean + order / 2) + fixedCost * rate / order
      + stockoutCost * rate * waiting.expectedShortage(r) / order
    return ReorderPointSolution(reorderPoint: r, quantity: order, cost: cost)
  }
}

extension UncertainDemand {
  fileprivate var isNormal: Bool { if case .normal(_, let deviation) = self { deviation > 0 } else { false } }
}

/// An (r, Q) policy.
public struct ReorderPointSolution: Sendable {
  /// Order when stock on hand and on order falls to this; in units.
  public var reorderPoint: Double
  /// Units an order.
  public var quantity: Double
  /// Money a period.
  public var cost: Double
}

extension ReorderPointProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    let waiting = demand.over(periods: leadTime) ?? demand
    let (r, quantity) = (solution.reorderPoint, solution.quantity)
    var answer = AllocationAnswer(
      .optimal, .minimise, objective: solution.cost, bound: solution.cost,
      solution: .object([
        .init("reorder_point", .number(r)), .init("order_quantity", .number(quantity)),
        .init("safety_stock", .number(r - waiting.mean)), .init("lead_time_demand", .number(waiting.mean)),
        .init("orders_per_period", .number(demand.mean / quantity)),
        .init("cycle_stockout_probability", .number(min(1, max(0, 1 - waiting.cumulative(r))))),
        .init("ordering_cost", .number(fixedCost * demand.mean / quantity)),
        .init("holding_and_stockout_cost", .number(solution.cost - fixedCost * demand.mean / quantity)),
      ]))
    if minimumOrder > 1, Int(quantity) == minimumOrder { answer.binding.append("minimum_order") }
    if method == .expectedInventoryLevel {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.approximateCost, .note,
          "the cost is that of the expected-inventory-level approximation, which counts no stock as missing"))
    }
    return answer
  }
}
