import ChannelTypes
import Optimization

extension BudgetFormulation {
  /// Limits whose prices are followed along the limit's value; the heaviest come first.
  private static let mostProbed = 24

  /// The prices of all limits that the plan states and that hold, in the order: total, scopes, lines.
  func shadowPrices(_ best: BudgetOptimum, _ solver: some Solver) -> [BudgetSolution.ShadowPrice] {
    let negligible = 1e-9 * max(1, problem.valueOfUnspent)
    var found: [(limit: BudgetLimitReference, price: BudgetSolution.ShadowPrice, unit: Double)] = []
    func add(_ limit: BudgetLimitReference, _ price: Double, _ source: Source?, unit: Double) {
      guard abs(price) > negligible, let source else { return }
      found.append(
        (
          limit,
          .init(
            limit: source.name, place: source.place, value: source.amount, price: price * unit, left: price * unit,
            right: price * unit, from: source.amount, to: source.amount), unit
        ))
    }
    if let price = best.totalPrice {
      add(
        .total, price,
        Source(name: problem.totalKey, heldBy: "", place: problem.totalPlace, amount: problem.whole.double),
        unit: keptOfTotal)
    }
    for (index, row) in rows.enumerated() {
      let price = best.rowPrices[index]
      let side: BudgetProblem.Side = price > 0 ? .cap : .floor
      let source = price > 0 ? row.capSource : row.floorSource
      add(.row(index, side), price, source, unit: unit(of: source, row, best))
    }
    for index in 0..<count {
      let price = best.itemPrices[index]
      let source = price > 0 ? ranges[index].capSource : ranges[index].floorSource
      add(.item(index, price > 0 ? .cap : .floor), price, source, unit: unit(of: source, nil, best))
    }
    guard problem.hasPriceRanges else { return found.map(\.price) }
    let heaviest = found.indices.sorted {
      let (left, right) = (found[$0].price, found[$1].price)
      return (-abs(left.price * left.value), $0) < (-abs(right.price * right.value), $1)
    }
    let probe = BudgetPriceProbe(formulation: self, best: best, solver: solver)
    let limit = separable() == nil ? (count <= 60 ? 6 : 0) : (count <= 1000 ? Self.mostProbed : 1)
    for index in heaviest.prefix(limit) {
      probe.follow(found[index].limit, &found[index].price, unit: found[index].unit)
    }
    return found.map(\.price)
  }

  /// Of one more unit in the budget a percentage reserve keeps its share: what is left to place.
  var keptOfTotal: Double { problem.reserveItem == nil ? 1 - problem.reservePercentOfWhole / 100 : 1 }

  /// By how much a limit's amount grows per unit of what the plan says: 1, or part of a scope's money for a percentage.
  private func unit(of source: Source?, _ row: Row?, _ best: BudgetOptimum) -> Double {
    guard let source, source.name.hasPrefix("shares.") else { return 1 }
    guard let limit = problem.limits.first(where: { $0.key == source.name }), let share = limit.share else { return 1 }
    guard share.of != .company else { return spendable / 100 }
    return problem.items.indices.reduce(0) { $0 + (share.of.contains(problem.items[$1]) ? best.amounts[$1] : 0) } / 100
  }
}

/// Follows the price of one limit along the limit's value by solving again.
private struct BudgetPriceProbe<S: Solver> {
  let formulation: BudgetFormulation
  let best: BudgetOptimum
  let solver: S

  /// The price where the limit is moved; nil where no amounts are left.
  private func price(_ limit: BudgetLimitReference, movedBy change: Double) -> Double? {
    let moved = formulation.moving(limit, by: change)
    guard moved.spendable >= 0, moved.lower.allSatisfy({ $0 >= 0 }) else { return nil }
    let found: BudgetOptimum?
    if let tree = moved.separable() {
      found = try? tree.optimum(solver)
    } else {
      found = try? BudgetCurved(moved).optimum(solver, heldAt: best)
    }
    guard let found else { return nil }
    switch limit {
    case .total: return found.totalPrice ?? formulation.problem.valueOfUnspent
    case .row(let row, let side): return side == .cap ? max(0, found.rowPrices[row]) : min(0, found.rowPrices[row])
    case .item(let item, let side):
      return side == .cap ? max(0, found.itemPrices[item]) : min(0, found.itemPrices[item])
    }
  }

  /// Fills both sides and the range in which they change by less than a tenth.
  func follow(_ limit: BudgetLimitReference, _ shadow: inout BudgetSolution.ShadowPrice, unit: Double) {
    let own = shadow.price / unit
    let size = max(abs(shadow.value), 1e-3 * formulation.spendable, 1e-6)
    let isCurved = formulation.separable() == nil
    for sign in [-1.0, 1] {
      let small = size * (isCurved ? 1e-4 : 1e-6)
      guard let near = price(limit, movedBy: sign * small) else { continue }
      // A small difference is the curvature of the optimum and not a corner.
      let side = abs(near - own) <= 0.01 * abs(own) ? own : near
      if sign < 0 { shadow.left = side * unit } else { shadow.right = side * unit }
      func holds(_ distance: Double) -> Bool {
        guard let price = price(limit, movedBy: sign * distance) else { return false }
        return abs(price - side) <= 0.1 * abs(side)
      }
      var (inside, outside) = (small, Double.infinity)
      var step = 1e-3 * size
      while outside == .infinity, step < 100 * size {
        if holds(step) { inside = step } else { outside = step }
        step *= isCurved ? 8 : 4
      }
      if outside < .infinity {
        for _ in 0..<(isCurved ? 3 : 7) {
          let middle = (inside + outside) / 2
          if holds(middle) { inside = middle } else { outside = middle }
        }
      }
      // In the limit's own unit: a percentage moves the amount by `unit`; a total of which a share is kept, by less.
      let reach = outside == .infinity ? .infinity : inside / (unit > 0 ? unit : 1)
      if sign < 0 { shadow.from = max(0, shadow.value - reach) } else { shadow.to = shadow.value + reach }
    }
  }
}
