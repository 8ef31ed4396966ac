public import Optimization

extension TransferProblem {
  /// Solves the product exactly, as a transportation problem: what is not moved is promoted where that gains, else kept.
  ///
  /// Arcs that gain less than doing nothing, or than promoting, are left out first.
  public func solve() throws(NetworkFlowError) -> TransferSolution {
    var solution = TransferSolution(
      promoted: [Int](repeating: 0, count: surpluses.count), surplusPrices: surpluses.map { max(0, $0.promotion ?? 0) },
      shortagePrices: [Double](repeating: 0, count: shortages.count), objective: 0, bound: 0)
    let formulation = TransferFormulation(self)
    let answer = try formulation.transportation.solve()
    // Whole units, priced without the preference for near arcs.
    for shipment in answer.shipments {
      let index = formulation.arc[shipment.giver * shortages.count + shipment.receiver]
      let units = Int(shipment.units.rounded())
      guard index >= 0, units > 0 else { continue }
      solution.moved.append((index, units))
      solution.objective += gain(arcs[index]) * Double(units)
    }
    for (index, surplus) in surpluses.enumerated() {
      guard let promotion = surplus.promotion, promotion > 0 else { continue }
      solution.promoted[index] = Int(answer.kept[index].rounded())
      solution.objective += promotion * answer.kept[index].rounded()
    }
    // The weak dual at the receivers' prices, each giver's raised to what its best way still gains: valid whatever
    // rounding did, and without the preference for near arcs.
    solution.shortagePrices = answer.receiverPrices.map { max(0, -$0) }
    for index in formulation.useful {
      let arc = arcs[index]
      solution.surplusPrices[arc.from] = max(
        solution.surplusPrices[arc.from], gain(arc) - solution.shortagePrices[arc.to])
    }
    let bound =
      zip(solution.surplusPrices, surpluses).reduce(0) { $0 + $1.0 * Double($1.1.units) }
      + zip(solution.shortagePrices, shortages).reduce(0) { $0 + $1.0 * Double($1.1.units) }
    solution.bound = max(bound, solution.objective)
    return solution
  }
}

/// The transportation problem of a product, with what is worth moving only: costs are gains with the sign turned.
private struct TransferFormulation {
  let transportation: Transportation
  /// Arcs that gain more than doing nothing.
  private(set) var useful: [Int] = []
  /// Givers × receivers: the arc that is used between them; −1 for none.
  private(set) var arc: [Int]

  init(_ problem: TransferProblem) {
    let count = problem.shortages.count
    arc = [Int](repeating: -1, count: problem.surpluses.count * count)
    var costs = [Double](repeating: .infinity, count: arc.count)
    for (index, way) in problem.arcs.enumerated() {
      let gain = problem.gain(way)
      guard gain > max(0, problem.surpluses[way.from].promotion ?? 0), problem.surpluses[way.from].units > 0,
        problem.shortages[way.to].units > 0
      else { continue }
      useful.append(index)
      // A preference too small to show in any amount of money.
      let cost = (way.isNear ? 0 : 1e-6) - gain
      let cell = way.from * count + way.to
      if cost < costs[cell] { (costs[cell], arc[cell]) = (cost, index) }
    }
    transportation = Transportation(
      supplies: problem.surpluses.map { Double(max(0, $0.units)) },
      demands: problem.shortages.map { Double(max(0, $0.units)) }, costs: costs,
      keepingCosts: problem.surpluses.map { -max(0, $0.promotion ?? 0) },
      missingCosts: [Double](repeating: 0, count: count))
  }
}
