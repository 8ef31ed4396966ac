import Tables

/// How much to order at a time when the price of a unit falls with the size of the order.
///
///     all units:    every unit of an order of Q has the price c_j of the tier that Q reaches
///     incremental:  the units between two breakpoints have the price of their tier
///
///     cost(Q) = λ c(Q) / Q + K λ / Q + ½ i c(Q) / Q · Q          [money a period; c(Q): the purchase cost of an order]
///
/// with demand λ a period, fixed cost K an order, and holding cost i a period as a share of a unit's price. Within a tier
/// the cost is that of an economic order quantity; the best of the tiers is the optimum.
///
/// Source: Snyder & Shen, *Fundamentals of Supply Chain Theory* (2nd ed., 2019), § 3.4; Hadley & Whitin (1963), § 2-11.
public struct QuantityDiscountProblem: Sendable {
  public enum Discount: String, Sendable, CaseIterable {
    case allUnits = "all_units"
    case incremental
  }

  public struct Tier: Sendable {
    /// The smallest order that reaches the tier, in units.
    public var from: Double
    /// Money per unit.
    public var unitCost: Double

    public init(from: Double, unitCost: Double) {
      self.from = from
      self.unitCost = unitCost
    }
  }

  public var discount: Discount
  public var fixedCost: Double
  /// The holding cost of a period, as a share of what a unit cost.
  public var holdingRate: Double
  /// Units a period.
  public var demandRate: Double
  /// Ascending, the first from 0.
  public var tiers: [Tier]
  public var minimumOrder = 0.0
  public var maximumOrder = Double.infinity
  /// Orders are multiples of so many units; 0 for any amount.
  public var pack = 0.0

  public init(
    _ discount: Discount, fixedCost: Double, holdingRate: Double, demandRate: Double, tiers: [Tier]
  ) {
    self.discount = discount
    self.fixedCost = fixedCost
    self.holdingRate = holdingRate
    self.demandRate = demandRate
    self.tiers = tiers
  }

  func defect() -> String? {
    for (name, value) in [("holding_rate", holdingRate), ("demand_rate", demandRate)]
    where !(value > 0 && value.isFinite) { return "\(name) \(value) is not a number above 0" }
    for (name, value) in [("fixed_cost", fixedCost), ("minimum_order", minimumOrder), ("pack", pack)]
    where !(value >= 0 && value.isFinite) { return "\(name) \(value) is not a number of 0 or more" }
    guard tiers.first?.from == 0 else { return "the first tier does not start from 0" }
    for (tier, next) in zip(tiers, tiers.dropFirst()) where !(next.from > tier.from && next.from.isFinite) {
      return "tier from \(next.from) does not lie above the tier from \(tier.from)"
    }
    for tier in tiers where !(tier.unitCost > 0 && tier.unitCost.isFinite) {
      return "unit_cost \(tier.unitCost) is not a number above 0"
    }
    if fixedCost == 0, minimumOrder == 0, pack == 0 {
      return "without a fixed cost the best order is as small as can be"
    }
    return maximumOrder >= minimumOrder ? nil : "maximum_order \(maximumOrder) is below minimum_order \(minimumOrder)"
  }

  /// What an order of `quantity` costs to buy.
  public func purchaseCost(of quantity: Double) -> Double {
    let reached = tiers.lastIndex { $0.from <= quantity } ?? 0
    guard discount == .incremental else { return tiers[reached].unitCost * quantity }
    var cost = 0.0
    for index in 0...reached {
      let to = index < reached ? tiers[index + 1].from : quantity
      cost += tiers[index].unitCost * (to - tiers[index].from)
    }
    return cost
  }

  /// The cost a period of ordering `quantity` at a time.
  public func cost(of quantity: Double) -> Double {
    let purchase = purchaseCost(of: quantity)
    return demandRate * purchase / quantity + fixedCost * demandRate / quantity + holdingRate * purchase / 2
  }

  /// Complexity: one candidate a tier, or two where orders come in packs.
  public func solve() throws(AllocationProblemError) -> QuantityDiscountSolution {
    if let defect = defect() { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, defect)]) }
    var best: QuantityDiscountSolution?
    // What the cheaper units of lower tiers lack: the purchase cost is offset + unit cost · Q in a tier.
    var offset = 0.0
    for (index, tier) in tiers.enumerated() {
      if discount == .incremental, index > 0 {
        offset += (tiers[index - 1].unitCost - tier.unitCost) * tier.from
      }
      let end = index + 1 < tiers.count ? tiers[index + 1].from : .infinity
      let wish = (2 * (fixedCost + offset) * demandRate / (holdingRate * tier.unitCost)).squareRoot()
      for quantity in candidates(near: wish.isNaN ? 0 : wish, from: max(tier.from, minimumOrder), below: end) {
        let cost = cost(of: quantity)
        if cost.isFinite, cost < best?.cost ?? .infinity {
          best = QuantityDiscountSolution(quantity: quantity, tier: index, cost: cost)
        }
      }
    }
    guard let best else {
      throw .invalid([
        Diagnostic(AllocationCodes.improperValue, .error, "no order lies between minimum_order and maximum_order")
      ])
    }
    return best
  }

  /// The orders of a tier next to the one that would be best in it.
  private func candidates(near wish: Double, from: Double, below end: Double) -> [Double] {
    let least = pack > 0 ? max(1, (from / pack - 1e-9).rounded(.up)) * pack : from
    // An order at the end of a tier is in the next one, where a unit is not dearer as a rule: it is a candidate there.
    let most = min(
      maximumOrder, end == .infinity ? end : pack > 0 ? ((end / pack).rounded(.up) - 1) * pack : end.nextDown)
    guard least <= most else { return [] }
    let near = min(max(wish, least), most)
    guard pack > 0 else { return near > 0 ? [near] : [] }
    let below = min(max((near / pack).rounded(.down) * pack, least), most)
    return below + pack <= most ? [below, below + pack] : [below]
  }
}

/// The best order under a quantity discount.
public struct QuantityDiscountSolution: Sendable {
  public var quantity: Double
  /// The tier that the order reaches, from 0.
  public var tier: Int
  /// Money a period, purchases included.
  public var cost: Double
}

extension QuantityDiscountProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    let quantity = solution.quantity
    let purchase = purchaseCost(of: quantity)
    var answer = AllocationAnswer(
      .optimal, .minimise, objective: solution.cost, bound: solution.cost,
      solution: .object([
        .init("order_quantity", .number(quantity)), .init("tier", .integer(solution.tier + 1)),
        .init("orders_per_period", .number(demandRate / quantity)),
        .init("average_unit_cost", .number(purchase / quantity)),
        .init("purchase_cost", .number(demandRate * purchase / quantity)),
        .init("ordering_cost", .number(fixedCost * demandRate / quantity)),
        .init("holding_cost", .number(holdingRate * purchase / 2)),
      ]))
    if minimumOrder > 0, quantity <= minimumOrder * (1 + 1e-12) { answer.binding.append("minimum_order") }
    if quantity >= maximumOrder * (1 - 1e-12) { answer.binding.append("maximum_order") }
    if quantity == tiers[solution.tier].from { answer.binding.append("tiers.\(solution.tier + 1)") }
    return answer
  }
}
