/// What shipping costs when supplies are given and demands become known, as a function of the supplies:
///
///     R_s(x) = min   Σ cost_a · y_a + Σ surplusCost_j · l_j + Σ shortageCost_i · u_i
///              s. t. Σ over arcs out of j of y_a + l_j = x_j          for every source j
///                    Σ over arcs into i of y_a + u_i = demand_si      for every sink i
///                    y, l, u ≥ 0
///
/// R_s is convex and piecewise linear in x; the duals of the sources are its slopes. `evaluate` keeps the optimal tree
/// of every scenario: a change of x leaves it dual feasible, so that the next evaluation is a few pivots of the dual
/// network simplex method.
///
/// Source: Ahuja, Magnanti & Orlin, *Network Flows* (1993), section 11.8 (dual pivots); Van Slyke & Wets, "L-shaped
/// linear programs with applications to optimal control and stochastic programming" (SIAM Journal on Applied
/// Mathematics 17, 1969), for its use.
public struct TransshipmentRecourse: Sendable {
  public struct Arc: Sendable, Hashable {
    public var source: Int
    public var sink: Int
    public var cost: Double

    public init(source: Int, sink: Int, cost: Double) {
      self.source = source
      self.sink = sink
      self.cost = cost
    }
  }

  /// The value at one x, and the line that supports R_s there: R_s(z) ≥ intercept + Σ slopes · z for every z.
  public struct Evaluation: Sendable {
    public var value: Double
    public var intercept: Double
  }

  public let sourceCount: Int
  public let sinkCount: Int
  public let scenarioCount: Int
  /// By scenario, then by sink.
  private let demand: [Double]
  private let root: Int
  // Arcs, then those from sources to the root (surplus), then those from the root to sinks (shortage).
  private let from: [Int32]
  private let to: [Int32]
  private let cost: [Double]
  /// Arcs of every node but the root, at `incidentStart[node]..<incidentStart[node + 1]`.
  private let incidentStart: [Int32]
  private let incident: [Int32]
  // The trees: parent, arc to it and whether the arc leads up, by scenario and node.
  private var parents: [Int32]
  private var parentArcs: [Int32]
  private var work: Work
  public private(set) var pivots = 0

  /// The tree in work.
  private struct Work: Sendable {
    var parent: [Int32] = []
    var arc: [Int32] = []
    var child: [Int32] = []
    var next: [Int32] = []
    var previous: [Int32] = []
    var preorder: [Int32] = []
    /// Supply of the subtree below and with a node: what its arc carries up.
    var net: [Double] = []
    var potential: [Double] = []
    var isInside: [Bool] = []
    var stack: [Int32] = []
  }

  /// - Parameter demands: by scenario, then by sink; finite.
  /// - Precondition: costs are finite, and no surplus and shortage cost together less than zero.
  public init(
    sources: Int, sinks: Int, arcs: [Arc], surplusCost: [Double], shortageCost: [Double], demands: [Double]
  ) {
    sourceCount = sources
    sinkCount = sinks
    scenarioCount = sinks == 0 ? 0 : demands.count / sinks
    demand = demands
    root = sources + sinks
    let root = Int32(root)
    let sourceRange = 0..<Int32(sources)
    let sinkRange = Int32(sources)..<root
    from = arcs.map { Int32($0.source) } + sourceRange + sinkRange.map { _ in root }
    to = arcs.map { Int32(sources + $0.sink) } + sourceRange.map { _ in root } + sinkRange
    cost = arcs.map(\.cost) + surplusCost + shortageCost
    var start = [Int32](repeating: 0, count: sources + sinks + 1)
    for end in [from, to] {
      for node in end where node != root { start[Int(node) + 1] += 1 }
    }
    for node in 0..<(sources + sinks) { start[node + 1] += start[node] }
    var fill = start
    var incident = [Int32](repeating: 0, count: Int(start[sources + sinks]))
    for arc in from.indices {
      for node in [from[arc], to[arc]] where node != root {
        incident[Int(fill[Int(node)])] = Int32(arc)
        fill[Int(node)] += 1
      }
    }
    incidentStart = start
    self.incident = incident
    // A dual feasible tree: sinks hang at the root by their shortage, sources where a unit is worth most.
    var parent = [Int32](repeating: root, count: sources + sinks + 1)
    var parentArc = [Int32](repeating: -1, count: sources + sinks + 1)
    parent[Int(root)] = -1
    var worth = surplusCost
    for source in 0..<sources { parentArc[source] = Int32(arcs.count + source) }
    for sink in 0..<sinks { parentArc[sources + sink] = Int32(arcs.count + sources + sink) }
    for (index, arc) in arcs.enumerated() where arc.cost - shortageCost[arc.sink] < worth[arc.source] {
      worth[arc.source] = arc.cost - shortageCost[arc.sink]
      parent[arc.source] = Int32(sources + arc.sink)
      parentArc[arc.source] = Int32(index)
    }
    parents = []
    parentArcs = []
    for _ in 0..<scenarioCount {
      parents += parent
      parentArcs += parentArc
    }
    let none = [Int32](repeating: -1, count: sources + sinks + 1)
    work = Work(
      parent: none, arc: none, child: none, next: none, previous: none, preorder: none,
      net: [Double](repeating: 0, count: none.count), potential: [Double](repeating: 0, count: none.count),
      isInside: [Bool](repeating: false, count: none.count), stack: none)
  }

  /// The value and slopes of one scenario.
  ///
  /// - Parameters:
  ///   - supplies: by source, zero or more.
  ///   - slopes: receives the change of the value per unit more at each source.
  /// Complexity: O(nodes) and O(nodes + arcs of the subtree that moves) for every pivot.
  public mutating func evaluate(_ scenario: Int, at supplies: [Double], slopes: inout [Double]) -> Evaluation {
    let count = root + 1
    let offset = scenario * count
    let demandOffset = scenario * sinkCount
    var work = Work()
    swap(&work, &self.work)
    defer { swap(&work, &self.work) }
    // 1. The scenario's last tree, with what every subtree has to send.
    for node in 0..<count {
      work.parent[node] = parents[offset + node]
      work.arc[node] = parentArcs[offset + node]
    }
    var scale = 1.0
    for source in 0..<sourceCount {
      work.net[source] = supplies[source]
      scale = max(scale, supplies[source])
    }
    for sink in 0..<sinkCount {
      work.net[sourceCount + sink] = -demand[demandOffset + sink]
      scale = max(scale, demand[demandOffset + sink])
    }
    work.net[root] = 0
    link(&work)
    for position in stride(from: count - 1, to: 0, by: -1) {
      let node = Int(work.preorder[position])
      work.net[Int(work.parent[node])] += work.net[node]
    }
    // 2. Dual pivots, while an arc of the tree carries less than nothing.
    let tolerance = 1e-11 * scale
    var steps = 0
    while let leaving = mostNegative(work, tolerance, isCautious: steps > 20 * count) {
      pivot(&work, leaving)
      steps += 1
      if steps > 200 * count { break }
    }
    pivots += steps
    // 3. Potentials afresh, so that no rounding adds up; value and line.
    settle(&work)
    var value = 0.0
    for node in 0..<root {
      let arc = Int(work.arc[node])
      value += cost[arc] * max(0, Int(from[arc]) == node ? work.net[node] : -work.net[node])
    }
    var intercept = 0.0
    for sink in 0..<sinkCount { intercept -= demand[demandOffset + sink] * work.potential[sourceCount + sink] }
    for source in 0..<sourceCount { slopes[source] = work.potential[source] }
    for node in 0..<count {
      parents[offset + node] = work.parent[node]
      parentArcs[offset + node] = work.arc[node]
    }
    return Evaluation(value: value, intercept: intercept)
  }

  /// What is shipped on every arc, left over at every source and short at every sink.
  public struct Shipments: Sendable {
    public var arcs: [Double]
    public var surplus: [Double]
    public var shortage: [Double]
  }

  /// The cheapest shipments of one scenario.
  public mutating func shipments(_ scenario: Int, at supplies: [Double]) -> Shipments {
    var slopes = [Double](repeating: 0, count: sourceCount)
    _ = evaluate(scenario, at: supplies, slopes: &slopes)
    var flows = [Double](repeating: 0, count: cost.count)
    for node in 0..<root {
      let arc = Int(work.arc[node])
      flows[arc] = max(0, Int(from[arc]) == node ? work.net[node] : -work.net[node])
    }
    let arcs = cost.count - sourceCount - sinkCount
    return Shipments(
      arcs: Array(flows[..<arcs]), surplus: Array(flows[arcs..<(arcs + sourceCount)]),
      shortage: Array(flows[(arcs + sourceCount)...]))
  }

  /// Children lists, an order in which parents come first, and potentials.
  private func link(_ work: inout Work) {
    for node in 0...root { work.child[node] = -1 }
    for node in 0..<root {
      let parent = Int(work.parent[node])
      let first = work.child[parent]
      work.next[node] = first
      work.previous[node] = -1
      if first >= 0 { work.previous[Int(first)] = Int32(node) }
      work.child[parent] = Int32(node)
    }
    settle(&work)
  }

  private func settle(_ work: inout Work) {
    work.potential[root] = 0
    var position = 0
    var depth = 0
    var node = Int32(root)
    while true {
      work.preorder[position] = node
      position += 1
      if Int(node) != root {
        let index = Int(node)
        let arc = Int(work.arc[index])
        let above = work.potential[Int(work.parent[index])]
        work.potential[index] = Int(from[arc]) == index ? above + cost[arc] : above - cost[arc]
      }
      if work.child[Int(node)] >= 0 {
        if Int(node) != root, work.next[Int(node)] >= 0 {
          work.stack[depth] = work.next[Int(node)]
          depth += 1
        }
        node = work.child[Int(node)]
      } else if Int(node) != root, work.next[Int(node)] >= 0 {
        node = work.next[Int(node)]
      } else if depth > 0 {
        depth -= 1
        node = work.stack[depth]
      } else {
        return
      }
    }
  }

  /// The node whose arc carries the least; the first such node where caution is asked for (Bland), nil where none does.
  private func mostNegative(_ work: Work, _ tolerance: Double, isCautious: Bool) -> Int? {
    var (least, at) = (-tolerance, -1)
    for node in 0..<root {
      let flow = Int(from[Int(work.arc[node])]) == node ? work.net[node] : -work.net[node]
      if flow < least {
        (least, at) = (flow, node)
        if isCautious { break }
      }
    }
    return at < 0 ? nil : at
  }

  /// The arc above `top` leaves; the cheapest arc that carries what the subtree lacks, or has too much, enters.
  private func pivot(_ work: inout Work, _ top: Int) {
    // 1. The subtree.
    var count = 0
    var position = 0
    work.stack[0] = Int32(top)
    count = 1
    work.isInside[top] = true
    while position < count {
      var child = work.child[Int(work.stack[position])]
      position += 1
      while child >= 0 {
        work.isInside[Int(child)] = true
        work.stack[count] = child
        count += 1
        child = work.next[Int(child)]
      }
    }
    // 2. The entering arc: into a subtree that lacks, out of one with too much.
    let total = work.net[top]
    let lacks = total < 0
    var (least, entering) = (Double.infinity, -1)
    for position in 0..<count {
      let node = Int(work.stack[position])
      for index in incidentStart[node]..<incidentStart[node + 1] {
        let arc = Int(incident[Int(index)])
        let (tail, head) = (Int(from[arc]), Int(to[arc]))
        let other = lacks ? tail : head
        guard (lacks ? head : tail) == node, !work.isInside[other] else { continue }
        let reduced = cost[arc] - work.potential[tail] + work.potential[head]
        if reduced < least || (reduced == least && arc < entering) { (least, entering) = (reduced, arc) }
      }
    }
    let shift = lacks ? -least : least
    for position in 0..<count {
      let node = Int(work.stack[position])
      work.isInside[node] = false
      work.potential[node] += shift
    }
    let inner = Int(lacks ? to[entering] : from[entering])
    let outer = Int(lacks ? from[entering] : to[entering])
    // 3. What passes above the old and the new place of the subtree.
    var node = Int(work.parent[top])
    while node >= 0 {
      work.net[node] -= total
      node = Int(work.parent[node])
    }
    node = outer
    while node >= 0 {
      work.net[node] += total
      node = Int(work.parent[node])
    }
    // 4. The path from the new top to the old one turns round.
    var current = inner
    var newParent = outer
    var newArc = Int32(entering)
    var below = 0.0
    while true {
      let parent = Int(work.parent[current])
      let arc = work.arc[current]
      let net = work.net[current]
      cut(&work, current)
      hang(&work, current, below: newParent)
      work.arc[current] = newArc
      work.net[current] = total - below
      if current == top { return }
      below = net
      newParent = current
      newArc = arc
      current = parent
    }
  }

  private func cut(_ work: inout Work, _ node: Int) {
    let (previous, next) = (work.previous[node], work.next[node])
    if previous >= 0 {
      work.next[Int(previous)] = next
    } else {
      work.child[Int(work.parent[node])] = next
    }
    if next >= 0 { work.previous[Int(next)] = previous }
  }

  private func hang(_ work: inout Work, _ node: Int, below parent: Int) {
    let first = work.child[parent]
    work.parent[node] = Int32(parent)
    work.next[node] = first
    work.previous[node] = -1
    if first >= 0 { work.previous[Int(first)] = Int32(node) }
    work.child[parent] = Int32(node)
  }
}
