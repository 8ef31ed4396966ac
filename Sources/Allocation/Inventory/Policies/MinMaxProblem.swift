import Probability
import Tables

/// When to order, and up to where, when every order has a fixed cost and stock is looked at once a period: the (s, S)
/// policy. Whenever stock on hand and on order is at or below s, it is brought up to S.
///
/// With p_j = P(demand of a period = j units), G(y) the expected cost of a period whose level was y,
/// m(0) = 1 / (1 − p₀), m(j) = Σ_{l=1..j} p_l m(j − l) / (1 − p₀), and M(j) = Σ_{i<j} m(i), the cost a period is
///
///     c(s, S) = (K + Σ_{j=0}^{S−s−1} m(j) G(S − j)) / M(S − s)        [money a period]
///
/// An exact optimum among all policies exists in this form.
///
/// Source: Zheng & Federgruen, "Finding optimal (s, S) policies is about as simple as evaluating a single policy"
/// (Operations Research 39, 1991), with the correction of 1992; Snyder & Shen (2019), § 4.4.
public struct MinMaxProblem: Sendable {
  /// Units a period.
  public var demand: UncertainDemand
  /// Whole periods between an order and its arrival.
  public var leadTime = 0
  /// Money an order.
  public var fixedCost: Double
  /// Money per unit and period.
  public var holdingCost: Double
  /// Money per unit missing and period.
  public var stockoutCost: Double
  /// Stock is counted in multiples of this, in units; nil for 1 with whole demand and a hundredth of the standard
  /// deviation with other demand.
  public var unit: Double?

  public init(demand: UncertainDemand, fixedCost: Double, holdingCost: Double, stockoutCost: Double) {
    self.demand = demand
    self.fixedCost = fixedCost
    self.holdingCost = holdingCost
    self.stockoutCost = stockoutCost
  }

  func defect() -> String? {
    if let defect = demand.defect { return "demand: \(defect)" }
    for (name, value) in [("holding_cost", holdingCost), ("stockout_cost", stockoutCost)]
    where !(value > 0 && value.isFinite) { return "\(name) \(value) is not a number above 0" }
    guard fixedCost >= 0, fixedCost.isFinite else { return "fixed_cost \(fixedCost) is not a number of 0 or more" }
    guard (0...1000).contains(leadTime) else { return "lead_time \(leadTime) is not between 0 and 1000" }
    if let unit, !(unit > 0 && unit.isFinite) { return "unit \(unit) is not a number above 0" }
    guard demand.mean > 0 else { return "there is no demand" }
    return nil
  }

  /// Exact for demand in multiples of the unit; other demand is rounded to the nearest multiple.
  ///
  /// Complexity: O((S − s) · n) for n amounts that demand can take, and the cost function at S − s levels.
  public func solve() throws(AllocationProblemError) -> MinMaxSolution {
    func refuse(_ text: String) -> AllocationProblemError {
      .invalid([Diagnostic(AllocationCodes.improperValue, .error, text)])
    }
    if let defect = defect() { throw refuse(defect) }
    let lattice = DemandLattice(demand, unit: unit)
    guard let lattice, lattice.masses.count > 1 else {
      throw refuse("no demand is left in multiples of the unit; give a smaller `unit`")
    }
    guard let protected = lattice.cumulated(periods: leadTime + 1) else {
      throw refuse("demand takes too many amounts over the lead time; give a larger `unit`")
    }
    let levelDemand = UncertainDemand.discrete(protected)
    var search = MinMaxSearch(
      fixedCost: fixedCost, masses: lattice.masses,
      levelCost: {
        levelDemand.cost(of: Double($0), holding: holdingCost * lattice.unit, stockout: stockoutCost * lattice.unit)
      })
    guard let best = search.run(from: Int(protected.quantile(stockoutCost / (stockoutCost + holdingCost)))) else {
      throw refuse("an order would be more than 50,000 units; give a larger `unit`")
    }
    return MinMaxSolution(
      reorderPoint: Double(best.s) * lattice.unit, orderUpTo: Double(best.upTo) * lattice.unit, cost: best.cost,
      ordersPerPeriod: 1 / best.periods, unit: lattice.unit, isRounded: lattice.isRounded)
  }
}

/// An (s, S) policy.
public struct MinMaxSolution: Sendable {
  /// At or below this, order; in units.
  public var reorderPoint: Double
  /// Up to this.
  public var orderUpTo: Double
  /// Money a period.
  public var cost: Double
  public var ordersPerPeriod: Double
  /// The multiple in which stock was counted.
  public var unit: Double
  /// Whether demand was rounded to multiples of the unit.
  public var isRounded: Bool
}

extension MinMaxProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    var answer = AllocationAnswer(
      .optimal, .minimise, objective: solution.cost, bound: solution.cost,
      solution: .object([
        .init("reorder_point", .number(solution.reorderPoint)), .init("order_up_to", .number(solution.orderUpTo)),
        .init("orders_per_period", .number(solution.ordersPerPeriod)),
        .init("ordering_cost", .number(solution.ordersPerPeriod * fixedCost)),
        .init("holding_and_stockout_cost", .number(solution.cost - solution.ordersPerPeriod * fixedCost)),
      ]))
    if solution.isRounded {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.roundedDemand, .note,
          "demand is rounded to multiples of \(solution.unit) units; the policy is exact for that demand"))
    }
    return answer
  }
}

/// Demand of a period in whole multiples of a unit.
struct DemandLattice {
  var unit: Double
  /// P(demand = j units of the lattice).
  var masses: [Double]
  var isRounded: Bool

  /// - Returns: nil where demand takes more than 100,000 multiples.
  init?(_ demand: UncertainDemand, unit wanted: Double?) {
    let isWhole: Bool
    switch demand {
    case .poisson: isWhole = true
    case .discrete(let discrete):
      let step = wanted ?? 1
      isWhole = discrete.values.allSatisfy { abs($0 / step - ($0 / step).rounded()) < 1e-9 }
    default: isWhole = false
    }
    unit = wanted ?? (isWhole ? 1 : max(demand.variance.squareRoot() / 100, demand.mean / 10_000))
    guard unit > 0 else { return nil }
    let last = max(demand.quantile(1 - 1e-15), demand.mean) / unit + 2
    guard last < 100_000 else { return nil }
    isRounded = !isWhole || (wanted != nil && wanted != 1 && demand.isPoisson)
    switch demand {
    case .poisson(let mean) where unit == 1:
      let poisson = Poisson(mean: mean)
      masses = (0...Int(last) + 8).map { poisson.mass($0) }
    case .discrete(let discrete):
      masses = [Double](repeating: 0, count: Int(last) + 1)
      for (value, probability) in zip(discrete.values, discrete.probabilities) where value >= 0 {
        masses[Int((value / unit).rounded())] += probability
      }
    default:
      // What lies within half a unit of a multiple, and below zero: nothing.
      var below = 0.0
      masses = []
      for index in 0...Int(last) {
        let next = index == Int(last) ? 1 : demand.cumulative((Double(index) + 0.5) * unit)
        masses.append(max(0, next - below))
        below = next
      }
    }
    while let last = masses.last, last < 1e-17 { masses.removeLast() }
    let sum = masses.reduce(0, +)
    guard sum > 0 else { return nil }
    masses = masses.map { $0 / sum }
  }

  /// The demand of `periods` periods together; nil where it takes more than 200,000 multiples.
  func cumulated(periods: Int) -> DiscreteDemand? {
    var (result, power, left) = ([1.0], masses, periods)
    while left > 0 {
      if left & 1 == 1 { result = convolved(result, power) }
      left >>= 1
      guard result.count <= 200_000, power.count <= 200_000 else { return nil }
      if left > 0 { power = convolved(power, power) }
    }
    return DiscreteDemand(values: result.indices.map(Double.init), probabilities: result)
  }

  private func convolved(_ one: [Double], _ other: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: one.count + other.count - 1)
    for (index, value) in one.enumerated() where value > 0 {
      for (more, chance) in other.enumerated() { sums[index + more] += value * chance }
    }
    while let last = sums.last, last < 1e-18, sums.count > 1 { sums.removeLast() }
    return sums
  }
}

extension UncertainDemand {
  fileprivate var isPoisson: Bool { if case .poisson = self { true } else { false } }
}

/// The algorithm of Zheng & Federgruen.
struct MinMaxSearch {
  let fixedCost: Double
  let masses: [Double]
  let levelCost: (Int) -> Double
  /// m and M of the formulation, as far as they were needed.
  private var renewals: [Double]
  private var sums: [Double]
  private var costs: [Int: Double] = [:]

  init(fixedCost: Double, masses: [Double], levelCost: @escaping (Int) -> Double) {
    (self.fixedCost, self.masses, self.levelCost) = (fixedCost, masses, levelCost)
    renewals = [1 / (1 - masses[0])]
    sums = [0]
  }

  /// - Parameter start: a level near the least of g.
  /// - Returns: nil where upTo − s grows beyond 50,000.
  mutating func run(from start: Int) -> (s: Int, upTo: Int, cost: Double, periods: Double)? {
    // 1. y*: a minimum of G, which is convex.
    var least = start
    while g(least + 1) < g(least) { least += 1 }
    while g(least - 1) <= g(least) { least -= 1 }
    // 2. upTo = y*, and s as far below as it pays to go.
    var (s, best) = (least, least)
    repeat {
      s -= 1
      guard least - s < 50_000 else { return nil }
    } while c(s, best) > g(s)
    var cost = c(s, best)
    // 3. Higher upTo, as long as g(upTo) is no dearer than the best policy.
    var upTo = best + 1
    while g(upTo) <= cost {
      if c(s, upTo) < cost {
        best = upTo
        while c(s, best) <= g(s + 1) { s += 1 }
        cost = c(s, best)
      }
      upTo += 1
      guard upTo - s < 50_000 else { return nil }
    }
    return (s, best, cost, cycle(best - s))
  }

  private mutating func g(_ level: Int) -> Double {
    if let known = costs[level] { return known }
    let cost = levelCost(level)
    costs[level] = cost
    return cost
  }

  private mutating func m(_ j: Int) -> Double {
    while renewals.count <= j {
      let next = renewals.count
      var sum = 0.0
      for l in 1..<max(1, min(next + 1, masses.count)) { sum += masses[l] * renewals[next - l] }
      renewals.append(sum / (1 - masses[0]))
    }
    return renewals[j]
  }

  private mutating func cycle(_ j: Int) -> Double {
    while sums.count <= j { sums.append(sums[sums.count - 1] + m(sums.count - 1)) }
    return sums[j]
  }

  private mutating func c(_ s: Int, _ upTo: Int) -> Double {
    var sum = fixedCost
    for j in 0..<(upTo - s) { sum += m(j) * g(upTo - j) }
    return sum / cycle(upTo - s)
  }
}
