/// What an optimal flow still allows: how much more may go along every arc, and how much less.
///
/// The cheapest way of a unit through it is by how much the best cost changes, exactly, for as many units as the way
/// has room: one side of a price. The other side is the cheapest way back. Both by Dijkstra's method on reduced costs,
/// which an optimal flow makes 0 or more (Ahuja, Magnanti & Orlin, *Network Flows*, 1993, sections 2.4, 9.3 and 9.7).
public struct ResidualNetwork: Sendable {
  /// The cheapest way from or to a node.
  public struct Ways: Sendable {
    /// By node: what a unit costs; infinite where there is no way.
    public var costs: [Double]
    /// By node: for how many units.
    public var rooms: [Double]
  }

  private let problem: NetworkFlow
  private let flows: [Double]
  private let potentials: [Double]
  /// The arcs of node v, either way, are at `start[v]..<start[v + 1]`.
  private var start: [Int]
  private var incident: [Int32]

  /// - Parameter solution: an optimal one.
  public init(_ problem: NetworkFlow, _ solution: NetworkFlowSolution) {
    precondition(solution.flows.count == problem.arcs.count, "only an optimal flow has prices")
    self.problem = problem
    flows = solution.flows
    potentials = solution.potentials
    start = [Int](repeating: 0, count: problem.supplies.count + 1)
    for arc in problem.arcs {
      start[arc.from + 1] += 1
      start[arc.to + 1] += 1
    }
    for node in problem.supplies.indices { start[node + 1] += start[node] }
    incident = [Int32](repeating: 0, count: 2 * problem.arcs.count)
    var next = start
    for (index, arc) in problem.arcs.enumerated() {
      incident[next[arc.from]] = Int32(index)
      next[arc.from] += 1
      incident[next[arc.to]] = Int32(index)
      next[arc.to] += 1
    }
  }

  /// A unit more from a node to every other.
  public func ways(from node: Int) -> Ways { ways(node, isReversed: false, without: nil) }

  /// A unit more from every node to this one.
  public func ways(to node: Int) -> Ways { ways(node, isReversed: true, without: nil) }

  /// The slopes of the best cost in the upper bound of an arc, and the bounds between which they hold.
  ///
  /// Upwards: a unit more on the arc and back by the cheapest way, if that saves something. Downwards: the unit that is
  /// on the arc goes around it. Both 0 where the arc has room.
  public func upperBoundPrice(of arc: Int) -> (left: Double, right: Double, from: Double, to: Double) {
    let (label, flow) = (problem.arcs[arc], flows[arc])
    guard label.upper.isFinite, flow >= label.upper else { return (0, 0, flow, .infinity) }
    let back = ways(label.to, isReversed: false, without: arc)
    let around = ways(label.from, isReversed: false, without: arc)
    let right = min(0, label.cost + back.costs[label.from])
    let left = min(right, label.cost - around.costs[label.to])
    return (
      left, right, label.upper - min(around.rooms[label.to], flow - label.lower),
      label.upper + (right < 0 ? back.rooms[label.from] : .infinity)
    )
  }

  /// Dijkstra with a binary heap: O((nodes + arcs) log nodes).
  private func ways(_ source: Int, isReversed: Bool, without skipped: Int?) -> Ways {
    let count = problem.supplies.count
    var distance = [Double](repeating: .infinity, count: count)
    var rooms = [Double](repeating: 0, count: count)
    var isDone = [Bool](repeating: false, count: count)
    var heap = DistanceHeap()
    distance[source] = 0
    rooms[source] = .infinity
    heap.push(source, 0)
    while let (node, length) = heap.pop() {
      if isDone[node] { continue }
      isDone[node] = true
      for position in start[node]..<start[node + 1] {
        let index = Int(incident[position])
        let arc = problem.arcs[index]
        if index == skipped || arc.from == arc.to { continue }
        let isOut = arc.from == node
        // Seen from the start, an arc is used forwards where it leads away from it.
        let isForward = isOut != isReversed
        let room = isForward ? arc.upper - flows[index] : flows[index] - arc.lower
        let other = isOut ? arc.to : arc.from
        guard room > 0, !isDone[other] else { continue }
        let reduced = arc.cost + potentials[arc.from] - potentials[arc.to]
        let through = length + max(0, isForward ? reduced : -reduced)
        let throughRoom = min(rooms[node], room)
        if through < distance[other] || (through == distance[other] && throughRoom > rooms[other]) {
          distance[other] = through
          rooms[other] = throughRoom
          heap.push(other, through)
        }
      }
    }
    for node in 0..<count where distance[node] < .infinity {
      let difference = potentials[node] - potentials[source]
      distance[node] += isReversed ? -difference : difference
    }
    return Ways(costs: distance, rooms: rooms)
  }
}

/// Nodes by distance, nearest first.
private struct DistanceHeap {
  private var entries: [(node: Int, distance: Double)] = []

  mutating func push(_ node: Int, _ distance: Double) {
    entries.append((node, distance))
    var index = entries.count - 1
    while index > 0, entries[(index - 1) / 2].distance > entries[index].distance {
      entries.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func pop() -> (node: Int, distance: Double)? {
    guard let first = entries.first else { return nil }
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var index = 0
    while true {
      var child = 2 * index + 1
      if child >= entries.count { return first }
      if child + 1 < entries.count, entries[child + 1].distance < entries[child].distance { child += 1 }
      if entries[index].distance <= entries[child].distance { return first }
      entries.swapAt(index, child)
      index = child
    }
  }
}
