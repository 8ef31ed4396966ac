import Optimization

/// The problem as a linear program of the first stage and a transshipment network behind it.
///
///     minimise   Σ unitCost_j · x_j + Σ over scenarios of probability_s · R_s(x)
///     subject to Σ x_j ≤ quantityLimit,   minimum_j ≤ x_j ≤ maximum_j
///     R_s(x) = min Σ laneCost_a · y_a + Σ shortageCost_i · u_i − Σ salvageValue_j · l_j
///              shipped out of j + l_j = x_j,   shipped into i + u_i = demand_si
///
/// x, y, u, l in units. Every site ships to its own customers at no cost.
struct TwoStageStockFormulation {
  let problem: TwoStageStockProblem
  let first: LinearProgram
  let lower: [Double]
  let upper: [Double]
  /// Arcs of the recourse: lanes, then every site to itself.
  let arcs: [TransshipmentRecourse.Arc]
  private let surplusCost: [Double]
  private let shortageCost: [Double]

  init(_ problem: TwoStageStockProblem) {
    self.problem = problem
    // More than all that may be asked for is never bought, unless a unit left over earns.
    let most = problem.scenarios.reduce(0) { max($0, $1.demand.reduce(0, +)) }
    let limit = problem.quantityLimit ?? .infinity
    lower = problem.sites.map(\.minimum)
    upper = problem.sites.map { site in
      let natural = site.salvageValue > site.unitCost ? .infinity : max(most, site.minimum)
      return min(site.maximum ?? .infinity, natural, max(limit, site.minimum))
    }
    var program = LinearProgram(.minimise)
    for (index, site) in problem.sites.enumerated() {
      program.addVariable(lower: lower[index], upper: upper[index], objective: site.unitCost)
    }
    if problem.quantityLimit != nil { program.addSumRow(problem.sites.indices, upper: limit, label: "quantity_limit") }
    first = program
    arcs =
      problem.lanes.map { .init(source: $0.from, sink: $0.to, cost: $0.cost) }
      + problem.sites.indices.map { .init(source: $0, sink: $0, cost: 0) }
    surplusCost = problem.sites.map { -$0.salvageValue }
    shortageCost = problem.sites.map(\.shortageCost)
  }

  var weights: [Double] { problem.scenarios.map(\.probability) }

  var recourse: TransshipmentRecourse { recourse(problem.scenarios.flatMap(\.demand)) }

  func recourse(_ demands: [Double]) -> TransshipmentRecourse {
    TransshipmentRecourse(
      sources: problem.sites.count, sinks: problem.sites.count, arcs: arcs, surplusCost: surplusCost,
      shortageCost: shortageCost, demands: demands)
  }

  var meanDemand: [Double] {
    var mean = [Double](repeating: 0, count: problem.sites.count)
    for scenario in problem.scenarios {
      for site in mean.indices { mean[site] += scenario.probability * scenario.demand[site] }
    }
    return mean
  }

  /// The best stock for one demand that is known: buying is then part of the network. Nodes: sites as sources, sites as
  /// sinks, the shop and the ground, to which everything may fall.
  func known(_ demand: [Double], from basis: NetworkBasis?) throws(AllocationProblemError) -> Known {
    let count = problem.sites.count
    let (shop, ground) = (2 * count, 2 * count + 1)
    let total = demand.reduce(0, +)
    let supply = upper.reduce(0, +)
    let limit = min(problem.quantityLimit ?? supply, supply)
    var flow = NetworkFlow(
      supplies: [Double](repeating: 0, count: count) + demand.map { -$0 } + [limit, total - limit])
    for site in 0..<count {
      let unit = problem.sites[site].unitCost
      flow.arcs.append(.init(from: shop, to: site, lower: lower[site], upper: upper[site], cost: unit))
      flow.arcs.append(.init(from: site, to: ground, cost: surplusCost[site]))
      flow.arcs.append(.init(from: ground, to: count + site, cost: shortageCost[site]))
    }
    flow.arcs.append(.init(from: shop, to: ground, cost: 0))
    for arc in arcs { flow.arcs.append(.init(from: arc.source, to: count + arc.sink, cost: arc.cost)) }
    do {
      let answer = try flow.solve(from: basis)
      guard answer.status == .optimal else { throw AllocationProblemError.failed("no plan for a known demand") }
      return Known(
        cost: answer.objective, stock: (0..<count).map { answer.flows[3 * $0] }, basis: answer.basis)
    } catch let error as AllocationProblemError {
      throw error
    } catch {
      throw .failed("\(error)")
    }
  }

  struct Known {
    var cost: Double
    var stock: [Double]
    var basis: NetworkBasis?
  }
}
