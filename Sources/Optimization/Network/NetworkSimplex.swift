extension NetworkFlow {
  /// Solves the problem by the primal network simplex method.
  ///
  /// 1. A strongly feasible tree: every node hangs at a root by an artificial arc, or the tree of `basis`, cut where
  ///    its flows no longer fit.
  /// 2. The cheapest eligible arc of a block of arcs enters, blocks taken in turn; the last arc that blocks its cycle
  ///    leaves.
  /// 3. Without eligible arcs the flow is optimal; if an artificial arc still carries some, there is none.
  ///
  /// Source: Király & Kovács, *Efficient implementations of minimum-cost flow algorithms* (2012), section 5; Ahuja,
  /// Magnanti & Orlin, *Network Flows* (1993), chapter 11.
  ///
  /// Complexity: pivots × (√arcs + the subtree that moves); pivots grow about linearly with arcs in practice.
  /// - Parameters:
  ///   - basis: of a problem with the same nodes and arcs, for instance at other costs or supplies.
  ///   - pivots: when to stop; nil for as many as it takes.
  public func solve(from basis: NetworkBasis? = nil, pivots: Int? = nil) throws(NetworkFlowError)
    -> NetworkFlowSolution
  {
    if let defect { throw .invalid(defect) }
    var total = ExactSum()
    for supply in supplies { total.add(supply) }
    let scale = supplies.reduce(0) { max($0, abs($1)) }
    guard abs(total.value) <= 1e-12 * scale * Double(max(1, supplies.count)) else {
      return NetworkFlowSolution(status: .infeasible, shortfall: imbalance(total.value))
    }
    var simplex = NetworkSimplex(self)
    defer { simplex.tree.deallocate() }
    simplex.start(from: basis)
    let end = simplex.run(pivots: pivots ?? .max)
    if end == .unbounded, simplex.isIncomplete {
      // A cycle that earns without end is no answer where nothing is feasible: decided without costs.
      var free = self
      for index in free.arcs.indices { free.arcs[index].cost = 0 }
      let answer = try free.solve(pivots: pivots)
      if answer.status != .optimal { return answer }
    }
    return simplex.solution(of: self, end)
  }

  /// All nodes together have more or less than nothing to send.
  private func imbalance(_ total: Double) -> NetworkFlowSolution.Shortfall {
    NetworkFlowSolution.Shortfall(
      nodes: Array(supplies.indices), leaving: [], entering: [], supply: total, capacity: 0)
  }
}

/// The working state of the method: arcs by column, so that pricing reads memory in order.
private struct NetworkSimplex {
  enum End { case optimal, unbounded, stopped }

  private let nodeCount: Int
  private let arcCount: Int
  let tree: FlowTree
  private var from: [Int32]
  private var to: [Int32]
  private var cost: [Double]
  /// Upper less lower bound.
  private var capacity: [Double]
  /// 1 at the lower bound, 0 in the tree, −1 at the upper bound.
  private var state: [Int8]
  /// What is left to send when every arc stands at its lower bound.
  private var supply: [Double]
  /// Dearer than every path without an artificial arc.
  private let artificialCost: Double
  /// How far below 0 a reduced cost must be: 0 for whole costs.
  private let tolerance: Double
  private let resolution: Double
  private var pivots = 0

  init(_ problem: NetworkFlow) {
    nodeCount = problem.supplies.count
    arcCount = problem.arcs.count
    from = problem.arcs.map { Int32($0.from) }
    to = problem.arcs.map { Int32($0.to) }
    cost = problem.arcs.map(\.cost)
    capacity = problem.arcs.map { $0.upper - $0.lower }
    state = [Int8](repeating: 1, count: problem.arcs.count)
    supply = problem.supplies
    for arc in problem.arcs where arc.lower != 0 {
      supply[arc.from] -= arc.lower
      supply[arc.to] += arc.lower
    }
    let dearest = cost.reduce(0) { max($0, abs($1)) }
    artificialCost = (dearest + 1) * Double(max(1, nodeCount))
    let isWhole = cost.allSatisfy { $0 == $0.rounded() } && artificialCost < 0x1p52
    tolerance = isWhole ? 0 : max(1e-13 * dearest, 4e-16 * artificialCost)
    let wholeUnits =
      supply.allSatisfy { $0 == $0.rounded() } && capacity.allSatisfy { $0 == $0.rounded() || $0.isInfinite }
    resolution = wholeUnits ? 0 : 1e-13 * supply.reduce(0) { $0 + abs($1) }
    tree = FlowTree(nodeCount: nodeCount, resolution: resolution)
  }

  /// The artificial arc of a node has the index behind all arcs.
  private func attachArtificial(_ node: Int, _ excess: Double) {
    // An empty arc leads to the root, so that the tree is strongly feasible; only arcs from the root cost anything.
    tree.attach(
      node, to: nodeCount, arc: arcCount + node, isUp: excess >= 0, flow: abs(excess),
      cost: excess >= 0 ? 0 : artificialCost)
  }

  mutating func start(from basis: NetworkBasis?) {
    if let basis, basis.arcs.count == nodeCount, let order = order(of: basis) {
      resume(basis, order)
    } else {
      for node in 0..<nodeCount { attachArtificial(node, supply[node]) }
    }
    tree.settle()
  }

  /// The nodes of a basis, children before parents; nil where it does not fit the problem.
  private func order(of basis: NetworkBasis) -> [Int]? {
    var children = [Int](repeating: 0, count: nodeCount)
    for (node, parent) in basis.parents.enumerated() where parent >= 0 {
      let arc = Int(basis.arcs[node])
      guard parent < Int32(nodeCount), arc >= 0, arc < arcCount else { return nil }
      let ends = (Int(from[arc]), Int(to[arc]))
      guard ends == (node, Int(parent)) || ends == (Int(parent), node) else { return nil }
      children[Int(parent)] += 1
    }
    guard basis.full.allSatisfy({ $0 >= 0 && Int($0) < arcCount }) else { return nil }
    var order = (0..<nodeCount).filter { children[$0] == 0 }
    var next = 0
    while next < order.count {
      let parent = Int(basis.parents[order[next]])
      next += 1
      guard parent >= 0 else { continue }
      children[parent] -= 1
      if children[parent] == 0 { order.append(parent) }
    }
    return order.count == nodeCount ? order : nil
  }

  /// The old tree with flows for the new supplies, from the leaves up; an arc that they do not fit is set to its
  /// nearer bound, and what is left of its node hangs at the root.
  private mutating func resume(_ basis: NetworkBasis, _ order: [Int]) {
    var excess = supply
    for arc in basis.full where capacity[Int(arc)].isFinite {
      state[Int(arc)] = -1
      excess[Int(from[Int(arc)])] -= capacity[Int(arc)]
      excess[Int(to[Int(arc)])] += capacity[Int(arc)]
    }
    // An arc of the tree is no arc at its bound.
    for node in 0..<nodeCount where basis.parents[node] >= 0 {
      let arc = Int(basis.arcs[node])
      if state[arc] < 0 {
        excess[Int(from[arc])] += capacity[arc]
        excess[Int(to[arc])] -= capacity[arc]
      }
      state[arc] = 0
    }
    for node in order {
      let (parent, arc) = (Int(basis.parents[node]), Int(basis.arcs[node]))
      guard parent >= 0 else {
        attachArtificial(node, excess[node])
        continue
      }
      let isUp = Int(from[arc]) == node
      let needed = isUp ? excess[node] : -excess[node]
      let limit = capacity[arc]
      if isUp ? needed >= 0 && needed < limit : needed > 0 && needed <= limit {
        excess[parent] += excess[node]
        tree.attach(node, to: parent, arc: arc, isUp: isUp, flow: needed, capacity: limit, cost: cost[arc])
      } else {
        let flow = needed >= limit ? limit : 0
        state[arc] = flow > 0 ? -1 : 1
        excess[parent] += isUp ? flow : -flow
        attachArtificial(node, excess[node] - (isUp ? flow : -flow))
      }
    }
  }

  /// Exchanges arcs until none is eligible.
  mutating func run(pivots limit: Int) -> End {
    let block = max(10, Int(Double(arcCount).squareRoot()))
    var position = 0
    while pivots < limit {
      guard let entering = eligibleArc(from: &position, block: block) else { return .optimal }
      guard exchange(entering) else { return .unbounded }
    }
    return .stopped
  }

  /// The arc with the most negative reduced cost in the first block that has one; nil where no arc has.
  private func eligibleArc(from position: inout Int, block: Int) -> Int? {
    let potential = tree.potential
    return from.withUnsafeBufferPointer { from in
      to.withUnsafeBufferPointer { to in
        cost.withUnsafeBufferPointer { cost in
          state.withUnsafeBufferPointer { state in
            var (least, entering) = (-tolerance, -1)
            var left = block
            for _ in 0..<arcCount {
              let arc = position
              position = arc + 1 == arcCount ? 0 : arc + 1
              let reduced = cost[arc] + potential[Int(from[arc])] - potential[Int(to[arc])]
              let value = Double(state[arc]) * reduced
              if value < least { (least, entering) = (value, arc) }
              left -= 1
              if left == 0 {
                if entering >= 0 { break }
                left = block
              }
            }
            return entering >= 0 ? entering : nil
          }
        }
      }
    }
  }

  /// False where flow on the cycle has no limit.
  private mutating func exchange(_ arc: Int) -> Bool {
    pivots += 1
    let isFull = state[arc] < 0
    let leaving = tree.pivot(
      FlowTree.Entering(
        arc: Int32(arc), first: isFull ? to[arc] : from[arc], second: isFull ? from[arc] : to[arc],
        capacity: capacity[arc], cost: cost[arc], isFull: isFull))
    guard leaving.amount < .infinity else { return false }
    state[arc] = 0
    if leaving.arc < Int32(arcCount) { state[Int(leaving.arc)] = leaving.isFull ? -1 : 1 }
    return true
  }

  func solution(of problem: NetworkFlow, _ end: End) -> NetworkFlowSolution {
    if end == .unbounded {
      return NetworkFlowSolution(status: .unbounded, objective: -.infinity, bound: -.infinity, pivots: pivots)
    }
    var flows = problem.arcs.indices.map { problem.arcs[$0].lower + (state[$0] < 0 ? capacity[$0] : 0) }
    for node in 0..<nodeCount where tree.nodes[node].arc < Int32(arcCount) {
      let arc = Int(tree.nodes[node].arc)
      flows[arc] = problem.arcs[arc].lower + tree.nodes[node].flow
    }
    let potentials = (0..<nodeCount).map { tree.potential[$0] }
    guard !isIncomplete else {
      return NetworkFlowSolution(
        status: end == .stopped ? .stopped : .infeasible,
        bound: end == .stopped ? problem.bound(at: potentials) : .nan,
        shortfall: end == .stopped ? nil : shortfall(problem, flows), pivots: pivots, basis: basis)
    }
    return NetworkFlowSolution(
      status: end == .stopped ? .stopped : .optimal, flows: flows, potentials: potentials,
      objective: problem.cost(of: flows), bound: problem.bound(at: potentials), pivots: pivots, basis: basis)
  }

  /// Whether an artificial arc still carries flow.
  var isIncomplete: Bool {
    (0..<nodeCount).contains {
      tree.nodes[$0].arc >= Int32(arcCount) && tree.nodes[$0].flow > resolution * Double(nodeCount)
    }
  }

  private var basis: NetworkBasis {
    var basis = NetworkBasis(arcs: [], parents: [], full: [])
    for node in 0..<nodeCount {
      let label = tree.nodes[node]
      let isArtificial = label.arc >= Int32(arcCount)
      basis.arcs.append(isArtificial ? -1 : label.arc)
      basis.parents.append(isArtificial ? -1 : label.parent)
    }
    basis.full = state.indices.compactMap { state[$0] < 0 ? Int32($0) : nil }
    return basis
  }

  /// The nodes that what cannot be sent reaches along arcs with room: no arc leads further.
  private func shortfall(_ problem: NetworkFlow, _ flows: [Double]) -> NetworkFlowSolution.Shortfall {
    var arcsOf = [[Int32]](repeating: [], count: nodeCount)
    for arc in 0..<arcCount {
      arcsOf[Int(from[arc])].append(Int32(arc))
      arcsOf[Int(to[arc])].append(Int32(arc))
    }
    var isReached = [Bool](repeating: false, count: nodeCount)
    var queue: [Int] = []
    for node in 0..<nodeCount where tree.nodes[node].arc >= Int32(arcCount) {
      if tree.nodes[node].isUp, tree.nodes[node].flow > resolution * Double(nodeCount) {
        isReached[node] = true
        queue.append(node)
      }
    }
    while let node = queue.popLast() {
      for arc in arcsOf[node].map(Int.init) {
        let isOut = Int(from[arc]) == node
        let other = isOut ? Int(to[arc]) : Int(from[arc])
        let room = isOut ? problem.arcs[arc].upper - flows[arc] : flows[arc] - problem.arcs[arc].lower
        if !isReached[other], room > resolution {
          isReached[other] = true
          queue.append(other)
        }
      }
    }
    var result = NetworkFlowSolution.Shortfall(
      nodes: (0..<nodeCount).filter { isReached[$0] }, leaving: [], entering: [], supply: 0, capacity: 0)
    result.supply = result.nodes.reduce(0) { $0 + problem.supplies[$1] }
    for arc in 0..<arcCount where isReached[Int(from[arc])] != isReached[Int(to[arc])] {
      if isReached[Int(from[arc])] {
        result.leaving.append(arc)
        result.capacity += problem.arcs[arc].upper
      } else {
        result.entering.append(arc)
        result.capacity -= problem.arcs[arc].lower
      }
    }
    return result
  }
}
