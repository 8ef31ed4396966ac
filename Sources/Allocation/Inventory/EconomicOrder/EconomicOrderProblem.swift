import Tables

/// How much to order at a time when demand is steady.
///
/// With demand λ a period, a fixed cost K an order, a holding cost h a unit and period, backorders at b a unit and period
/// (∞: none), production at rate μ (∞: at once), and ρ = λ / μ:
///
///     cost(Q) = K λ / Q + ½ h (1 − ρ) b / (h + b) · Q (+ c λ)         [money a period]
///     Q*      = √(2 K λ (h + b) / (h (1 − ρ) b)),   x* = h / (h + b)   the share of a cycle that is short
///
/// The cost is convex in Q, so that limits and packs take the nearest orders that they allow.
///
/// Source: Snyder & Shen, *Fundamentals of Supply Chain Theory* (2nd ed., 2019), § 3.2 (Harris 1913), 3.5, 3.6.
public struct EconomicOrderProblem: Sendable {
  /// Money an order; 0 or more.
  public var fixedCost: Double
  /// Money per unit and period; above 0.
  public var holdingCost: Double
  /// Units a period; above 0.
  public var demandRate: Double
  /// Money per unit backordered and period; nil where nothing may be backordered.
  public var stockoutCost: Double?
  /// Units a period while producing, above the demand rate; nil where orders arrive at once.
  public var productionRate: Double?
  /// Money per unit; 0 leaves purchases out of the cost.
  public var unitCost = 0.0
  public var minimumOrder = 0.0
  public var maximumOrder = Double.infinity
  /// Orders are multiples of so many units; 0 for any amount.
  public var pack = 0.0

  public init(fixedCost: Double, holdingCost: Double, demandRate: Double) {
    self.fixedCost = fixedCost
    self.holdingCost = holdingCost
    self.demandRate = demandRate
  }

  func defect() -> String? {
    for (name, value) in [("holding_cost", holdingCost), ("demand_rate", demandRate)]
    where !(value > 0 && value.isFinite) { return "\(name) \(value) is not a number above 0" }
    for (name, value) in [
      ("fixed_cost", fixedCost), ("unit_cost", unitCost), ("minimum_order", minimumOrder), ("pack", pack),
    ] where !(value >= 0 && value.isFinite) { return "\(name) \(value) is not a number of 0 or more" }
    if let stockoutCost, !(stockoutCost > 0) { return "stockout_cost \(stockoutCost) is not a number above 0" }
    if let productionRate, !(productionRate > demandRate) {
      return "production_rate \(productionRate) is not above the demand rate \(demandRate)"
    }
    guard leastOrder <= mostOrder, mostOrder > 0 else {
      return "no order lies between minimum_order \(minimumOrder) and maximum_order \(maximumOrder), in whole packs"
    }
    return nil
  }

  private var leastOrder: Double {
    pack > 0 ? max(1, (minimumOrder / pack - 1e-9).rounded(.up)) * pack : minimumOrder
  }
  private var mostOrder: Double { pack > 0 ? (maximumOrder / pack + 1e-9).rounded(.down) * pack : maximumOrder }

  /// Half the holding cost of a unit of the order quantity, net of backorders and of what is used while it is made.
  private var slope: Double {
    let short = stockoutCost.map { $0 == .infinity ? 1 : $0 / (holdingCost + $0) } ?? 1
    let used = productionRate.map { 1 - demandRate / $0 } ?? 1
    return holdingCost * short * used / 2
  }

  /// The cost a period of ordering `quantity` at a time.
  public func cost(of quantity: Double) -> Double {
    fixedCost * demandRate / quantity + slope * quantity + unitCost * demandRate
  }

  /// - Throws: where a value is out of range.
  public func solve() throws(AllocationProblemError) -> EconomicOrderSolution {
    if let defect = defect() { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, defect)]) }
    let wish = (fixedCost * demandRate / slope).squareRoot()
    var quantity = min(max(wish, leastOrder), mostOrder)
    if pack > 0 {
      let below = max(leastOrder, (quantity / pack).rounded(.down) * pack)
      quantity = below + pack <= mostOrder && cost(of: below + pack) < cost(of: below) ? below + pack : below
    }
    guard quantity > 0, quantity.isFinite, cost(of: quantity).isFinite else {
      throw .invalid([
        Diagnostic(
          AllocationCodes.improperValue, .error, "without a fixed cost the best order is as small as can be",
          hint: "give fixed_cost, minimum_order or pack")
      ])
    }
    return EconomicOrderSolution(
      quantity: quantity, cost: cost(of: quantity),
      shortShare: stockoutCost.map { holdingCost / (holdingCost + $0) } ?? 0,
      isHeldBelow: minimumOrder > 0 && wish < leastOrder, isHeldAbove: wish > mostOrder)
  }
}

/// The economic order quantity.
public struct EconomicOrderSolution: Sendable {
  /// Units an order.
  public var quantity: Double
  /// Money a period.
  public var cost: Double
  /// The share of the time, and of the order quantity, that is backordered.
  public var shortShare: Double
  /// Whether the smallest or the largest order keeps it from a better quantity.
  public var isHeldBelow: Bool
  public var isHeldAbove: Bool
}

extension EconomicOrderProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    let quantity = solution.quantity
    let used = productionRate.map { 1 - demandRate / $0 } ?? 1
    let peak = quantity * used * (1 - solution.shortShare)
    var answer = AllocationAnswer(
      .optimal, .minimise, objective: solution.cost, bound: solution.cost,
      solution: .object([
        .init("order_quantity", .number(quantity)), .init("orders_per_period", .number(demandRate / quantity)),
        .init("cycle_length", .number(quantity / demandRate)), .init("largest_stock", .number(peak)),
        .init("largest_backorder", .number(quantity * used * solution.shortShare)),
        .init("backorder_share", .number(solution.shortShare)),
        .init("ordering_cost", .number(fixedCost * demandRate / quantity)),
        .init("holding_and_backorder_cost", .number(slope * quantity)),
        .init("purchase_cost", .number(unitCost * demandRate)),
      ]))
    // The slope of the cost in the order is what an end of it is worth; it holds as long as it changes by a tenth.
    let slopeHere = slope - fixedCost * demandRate / (quantity * quantity)
    for (name, isHeld, value) in [
      ("minimum_order", solution.isHeldBelow, minimumOrder), ("maximum_order", solution.isHeldAbove, maximumOrder),
    ] where isHeld {
      answer.binding.append(name)
      guard pack == 0 else { continue }
      func place(_ factor: Double) -> Double {
        let rest = slope - factor * slopeHere
        return rest > 0 ? (fixedCost * demandRate / rest).squareRoot() : .infinity
      }
      answer.prices.append(
        LimitPrice(
          limit: name, value: value, left: slopeHere, right: slopeHere, from: min(place(0.9), place(1.1), value),
          to: max(value, min(max(place(0.9), place(1.1)), 1e300))))
    }
    return answer
  }
}
