/// The cheapest flow through a network:
///
///     minimise   Σ cost_a · x_a                                       over arcs a = (i, j)
///     subject to Σ over arcs out of i of x_a − Σ over arcs into i of x_a = supply_i     for every node i
///                lower_a ≤ x_a ≤ upper_a
///
/// Supplies, bounds and flows in units, costs per unit; a demand is a negative supply. With whole supplies and bounds
/// an optimal flow is whole, and with whole costs as well the answer is exact (numbers below 2⁵³).
public struct NetworkFlow: Sendable {
  public struct Arc: Sendable, Hashable {
    public var from: Int
    public var to: Int
    public var lower: Double
    /// Infinite where the arc has no limit.
    public var upper: Double
    public var cost: Double

    public init(from: Int, to: Int, lower: Double = 0, upper: Double = .infinity, cost: Double) {
      self.from = from
      self.to = to
      self.lower = lower
      self.upper = upper
      self.cost = cost
    }
  }

  /// By node.
  public var supplies: [Double]
  public var arcs: [Arc]

  public init(supplies: [Double], arcs: [Arc] = []) {
    self.supplies = supplies
    self.arcs = arcs
  }

  /// What is out of range; nil where nothing is.
  public var defect: String? {
    if let node = supplies.firstIndex(where: { !$0.isFinite }) { return "the supply of node \(node) is not finite" }
    if supplies.count > Int(Int32.max) / 4 || arcs.count > Int(Int32.max) / 4 { return "the network is too large" }
    for (index, arc) in arcs.enumerated() {
      if !supplies.indices.contains(arc.from) || !supplies.indices.contains(arc.to) {
        return "arc \(index) joins a node that is not there"
      }
      if !arc.cost.isFinite { return "the cost of arc \(index) is not finite" }
      if !arc.lower.isFinite { return "the lower bound of arc \(index) is not finite" }
      if arc.upper.isNaN || arc.upper < arc.lower { return "the bounds of arc \(index) exclude every flow" }
    }
    return nil
  }

  /// Σ cost · flow.
  public func cost(of flows: [Double]) -> Double {
    var sum = ExactSum()
    for (arc, flow) in zip(arcs, flows) { sum.add(arc.cost, flow) }
    return sum.value
  }

  /// The largest amount by which flows leave a bound or miss a supply.
  public func violation(of flows: [Double]) -> Double {
    var balance = supplies
    var worst = 0.0
    for (arc, flow) in zip(arcs, flows) {
      balance[arc.from] -= flow
      balance[arc.to] += flow
      worst = max(worst, arc.lower - flow, flow - arc.upper)
    }
    return balance.reduce(worst) { max($0, abs($1)) }
  }

  /// The weak dual at any potentials p: Σ over arcs of min (cost + p_from − p_to) · x − Σ p · supply. No flow costs
  /// less. An arc without a limit counts with as much as can ever be needed on it: all supply and all limited arcs.
  public func bound(at potentials: [Double]) -> Double {
    var sum = ExactSum()
    var most = 0.0
    for supply in supplies { most += max(0, supply) }
    for arc in arcs { most += arc.upper.isFinite ? max(abs(arc.upper), abs(arc.lower)) : max(0, -arc.lower) }
    for (supply, potential) in zip(supplies, potentials) { sum.add(-potential, supply) }
    for arc in arcs {
      let reduced = arc.cost + potentials[arc.from] - potentials[arc.to]
      if reduced == 0 { continue }
      sum.add(reduced, reduced > 0 ? arc.lower : arc.upper.isFinite ? arc.upper : arc.lower + most)
    }
    return sum.value
  }
}

/// The answer to a `NetworkFlow`.
public struct NetworkFlowSolution: Sendable {
  public enum Status: Sendable, Hashable {
    case optimal
    /// No flow meets every supply and bound; `shortfall` tells why.
    case infeasible
    /// A cycle without limits earns with every unit.
    case unbounded
    /// The limit of pivots was met; flows are feasible where there are any, and the bound holds.
    case stopped
  }

  public var status: Status
  /// By arc; empty where there is no feasible flow.
  public var flows: [Double] = []
  /// By node: what a unit costs there, up to a constant. The cost of a unit more of demand.
  public var potentials: [Double] = []
  /// Σ cost · flow; NaN without flows.
  public var objective = Double.nan
  /// No flow costs less. Equal to the objective for whole numbers.
  public var bound = Double.nan
  public var shortfall: Shortfall?
  public var pivots = 0
  /// Where to start when the problem has changed a little.
  public var basis: NetworkBasis?

  /// Nodes that have more to send than may leave them, all arcs counted (Hoffman's theorem: Ahuja, Magnanti & Orlin,
  /// section 6.7).
  public struct Shortfall: Sendable {
    /// Ascending.
    public var nodes: [Int]
    /// Arcs out of the set, full, and arcs into it, at their lower bounds.
    public var leaving: [Int]
    public var entering: [Int]
    /// What the nodes of the set must send on balance, and what can leave at most.
    public var supply: Double
    public var capacity: Double
  }
}

/// A spanning tree and the bounds at which other arcs stand: enough to start again.
public struct NetworkBasis: Sendable {
  /// By node: the arc to its parent; −1 where it hangs at the root by an artificial arc.
  var arcs: [Int32]
  /// By node: its parent; −1 for the root.
  var parents: [Int32]
  /// Arcs at their upper bounds.
  var full: [Int32]
}

public enum NetworkFlowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The text names what is out of range.
  case invalid(String)

  public var description: String {
    switch self {
    case .invalid(let text): text
    }
  }
}

/// A sum of products that is exact for whole numbers below 2⁵³, and within a rounding of the true sum otherwise
/// (Ogita, Rump & Oishi, *Accurate sum and dot product*, SIAM Journal on Scientific Computing 26, 2005: Dot2).
struct ExactSum {
  private var high = 0.0
  private var low = 0.0

  mutating func add(_ first: Double, _ second: Double) {
    if first == 0 || second == 0 { return }
    let product = first * second
    let productError = (-product).addingProduct(first, second)
    let sum = high + product
    let part = sum - high
    low += (high - (sum - part)) + (product - part) + productError
    high = sum
  }

  mutating func add(_ term: Double) { add(term, 1) }

  var value: Double { high.isFinite ? high + low : high }
}
