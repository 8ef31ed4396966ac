public import Optimization
public import Tables

/// The cheapest way to bring what some nodes have to those that need it, through arcs with limits: purchases to
/// warehouses to partners, for instance.
///
/// ```
/// minimise   Σ cost_a · x_a + Σ unmetCost_j · unmet_j
/// subject to out_i − in_i ≤ supply_i                      what is left stays, unless all supply must go
///            in_j − out_j = demand_j − unmet_j            unmet only where it has a cost
///            lower_a ≤ x_a ≤ upper_a
/// ```
///
/// Units and costs per unit. Whole data give whole flows.
public struct MinCostFlowProblem: AllocationProblem {
  public struct Node: Sendable {
    public var name: String
    /// Units that the node has, and units that it needs.
    public var supply: Double
    public var demand: Double
    /// What a unit that is not delivered costs; nil where all must be.
    public var unmetCost: Double?
    public var place: SourcePlace?

    public init(
      _ name: String, supply: Double = 0, demand: Double = 0, unmetCost: Double? = nil, at place: SourcePlace? = nil
    ) {
      self.name = name
      self.supply = supply
      self.demand = demand
      self.unmetCost = unmetCost
      self.place = place
    }
  }

  public struct Arc: Sendable {
    public var name: String
    /// Indices of nodes.
    public var from: Int
    public var to: Int
    public var cost: Double
    public var lower: Double
    public var upper: Double
    public var place: SourcePlace?

    public init(
      _ name: String, from: Int, to: Int, cost: Double, lower: Double = 0, upper: Double = .infinity,
      at place: SourcePlace? = nil
    ) {
      self.name = name
      self.from = from
      self.to = to
      self.cost = cost
      self.lower = lower
      self.upper = upper
      self.place = place
    }
  }

  public var nodes: [Node]
  public var arcs: [Arc]
  /// Whether nothing may stay where it is.
  public var allSupplyMustGo: Bool

  public init(nodes: [Node], arcs: [Arc], allSupplyMustGo: Bool = false) {
    self.nodes = nodes
    self.arcs = arcs
    self.allSupplyMustGo = allSupplyMustGo
  }

  /// Exact, by the network simplex method.
  public func solve() throws(AllocationProblemError) -> MinCostFlowSolution {
    let formulation = MinCostFlowFormulation(self)
    let solution: NetworkFlowSolution
    do { solution = try formulation.network.solve() } catch {
      throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, error.description)])
    }
    return MinCostFlowSolution(
      network: formulation.network, flow: solution, formulation: formulation, arcCount: arcs.count)
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    if let defect { throw .invalid([defect]) }
    let solution = try solve()
    switch solution.flow.status {
    case .optimal: return answer(solution)
    case .unbounded:
      var answer = AllocationAnswer(.unbounded, .minimise)
      answer.notes.append(
        Diagnostic(
          AllocationCodes.improperValue, .warning,
          "a cycle of arcs without upper limits has a negative cost: flow around it earns without end"))
      return answer
    case .infeasible:
      var answer = AllocationAnswer(.infeasible, .minimise)
      answer.conflict = try conflict()
      return answer
    case .stopped: return AllocationAnswer(.stopped, .minimise, bound: solution.flow.bound)
    }
  }

  private var defect: Diagnostic? {
    for node in nodes {
      guard node.supply >= 0, node.demand >= 0, node.supply.isFinite, node.demand.isFinite else {
        return Diagnostic(
          AllocationCodes.improperValue, .error, "supply and demand of `\(node.name)` must be 0 or more",
          at: node.place)
      }
    }
    for arc in arcs where !(arc.lower <= arc.upper) {
      return Diagnostic(
        AllocationCodes.improperValue, .error,
        "arc `\(arc.name)` must carry at least \(arc.lower.written) and at most \(arc.upper.written)", at: arc.place)
    }
    return nil
  }
}

/// The network: the user's nodes and arcs, a root that takes what stays and stands for what is not met, and a node of its
/// own for each supply that may stay and each demand that need not be met, so that nothing passes through those.
struct MinCostFlowFormulation: Sendable {
  var network: NetworkFlow
  /// Node → the node of its supply, and of its demand.
  private(set) var supplyNode: [Int]
  private(set) var demandNode: [Int]
  /// Node → its arc to the root (what stays) or from it (what is not met), as far as it has one.
  private(set) var stay: [Int?]
  private(set) var unmet: [Int?]
  let root: Int

  init(_ problem: MinCostFlowProblem) {
    root = problem.nodes.count
    (supplyNode, demandNode) = (Array(problem.nodes.indices), Array(problem.nodes.indices))
    stay = [Int?](repeating: nil, count: root)
    unmet = stay
    network = NetworkFlow(
      supplies: [Double](repeating: 0, count: root + 1),
      arcs: problem.arcs.map {
        NetworkFlow.Arc(from: $0.from, to: $0.to, lower: $0.lower, upper: $0.upper, cost: $0.cost)
      })
    for (index, node) in problem.nodes.enumerated() {
      if node.supply > 0, !problem.allSupplyMustGo {
        supplyNode[index] = addNode()
        network.arcs.append(NetworkFlow.Arc(from: supplyNode[index], to: index, cost: 0))
        stay[index] = network.arcs.count
        network.arcs.append(NetworkFlow.Arc(from: supplyNode[index], to: root, cost: 0))
      }
      if node.demand > 0, let cost = node.unmetCost {
        demandNode[index] = addNode()
        network.arcs.append(NetworkFlow.Arc(from: index, to: demandNode[index], cost: 0))
        unmet[index] = network.arcs.count
        network.arcs.append(NetworkFlow.Arc(from: root, to: demandNode[index], cost: cost))
      }
      network.supplies[supplyNode[index]] += node.supply
      network.supplies[demandNode[index]] -= node.demand
      network.supplies[root] += node.demand - node.supply
    }
  }

  private mutating func addNode() -> Int {
    network.supplies.append(0)
    return network.supplies.count - 1
  }
}

public struct MinCostFlowSolution: Sendable {
  let network: NetworkFlow
  let flow: NetworkFlowSolution
  let formulation: MinCostFlowFormulation
  let arcCount: Int

  public var status: NetworkFlowSolution.Status { flow.status }
  /// Σ cost · flow, and what is not met.
  public var objective: Double { flow.objective }
  public var bound: Double { flow.bound }
  /// Flow on every arc; empty where there is none.
  public var flows: [Double] { Array(flow.flows.prefix(arcCount)) }
  /// What a unit costs at each node, against what stays.
  public func price(of node: Int) -> Double {
    flow.potentials[node] - flow.potentials[formulation.root]
  }
}
