/// The spanning tree of the network simplex method, with the flow of its arcs and the potential of its nodes.
///
/// Labels of a node: its parent, first child and brothers (the triple label of Johnson, *Networks and basic solutions*,
/// Operations Research 14, 1966), its depth, and the arc to its parent. The tree is kept strongly feasible: from every
/// node some positive flow can be sent to the root along the tree, so that ties of the leaving arc, broken as in step 2
/// of `pivot`, cannot cycle (Cunningham, *A network simplex method*, Mathematical Programming 11, 1976; Ahuja, Magnanti
/// & Orlin, *Network Flows*, 1993, section 11.6). Tree and potentials are changed in the moving subtree only (Király &
/// Kovács, *Efficient implementations of minimum-cost flow algorithms*, Acta Universitatis Sapientiae, Informatica 4,
/// 2012, section 5).
///
/// Plain memory without checks, for the loop that all network problems spend their time in. Sums and differences only,
/// so whole numbers below 2⁵³ stay exact.
struct FlowTree {
  struct Node {
    /// Flow, capacity and cost of the arc to the parent.
    var flow = 0.0
    var capacity = Double.infinity
    var cost = 0.0
    var arc: Int32 = -1
    var parent: Int32 = -1
    var child: Int32 = -1
    var next: Int32 = -1
    var previous: Int32 = -1
    var depth: Int32 = 0
    /// Whether the arc leads to the parent.
    var isUp = true
  }

  /// A unit more from `first` to `second` changes cost by `slope` < 0.
  struct Entering {
    var arc: Int32
    var first: Int32
    var second: Int32
    var capacity: Double
    /// The cost of the arc in its own direction.
    var cost: Double
    /// Whether the arc is full now, so that flow is taken from it.
    var isFull: Bool
  }

  /// What left the tree.
  struct Leaving {
    var arc: Int32
    /// Whether it is full now; it is empty otherwise.
    var isFull: Bool
    /// By how much flow has changed; infinite where cost has no end.
    var amount: Double
  }

  let nodes: UnsafeMutablePointer<Node>
  /// Of every node: what a unit costs there, with the root at 0; and, behind them, `padding` zeros.
  let potential: UnsafeMutablePointer<Double>
  private let stack: UnsafeMutablePointer<Int32>
  let nodeCount: Int
  private let padding: Int
  let root: Int32
  /// Flows nearer to a bound are on it: 0 for whole numbers.
  let resolution: Double

  /// A tree of `nodeCount` nodes and a root behind them, all without a parent.
  init(nodeCount: Int, padding: Int = 0, resolution: Double = 0) {
    self.nodeCount = nodeCount
    self.padding = padding
    self.resolution = resolution
    root = Int32(nodeCount)
    nodes = .allocate(capacity: nodeCount + 1)
    nodes.initialize(repeating: Node(), count: nodeCount + 1)
    potential = .allocate(capacity: nodeCount + 1 + padding)
    potential.initialize(repeating: 0, count: nodeCount + 1 + padding)
    stack = .allocate(capacity: nodeCount + 1)
  }

  /// The owner gives the memory back when it is done.
  func deallocate() {
    nodes.deallocate()
    potential.deallocate()
    stack.deallocate()
  }

  /// Gives a node that has none a parent. Depths and potentials are set by `settle`.
  func attach(
    _ node: Int, to parent: Int, arc: Int, isUp: Bool, flow: Double, capacity: Double = .infinity, cost: Double
  ) {
    let pointer = nodes + node
    pointer.pointee.arc = Int32(arc)
    pointer.pointee.isUp = isUp
    pointer.pointee.flow = flow
    pointer.pointee.capacity = capacity
    pointer.pointee.cost = cost
    link(Int32(node), to: Int32(parent))
  }

  /// Depths and potentials of a whole tree.
  func settle() {
    potential[nodeCount] = 0
    nodes[nodeCount].depth = 0
    var child = nodes[nodeCount].child
    while child >= 0 {
      settle(below: child)
      child = nodes[Int(child)].next
    }
  }

  @inline(__always)
  private func link(_ node: Int32, to parent: Int32) {
    let first = nodes[Int(parent)].child
    nodes[Int(node)].parent = parent
    nodes[Int(node)].next = first
    nodes[Int(node)].previous = -1
    if first >= 0 { nodes[Int(first)].previous = node }
    nodes[Int(parent)].child = node
  }

  @inline(__always)
  private func unlink(_ node: Int32) {
    let (next, previous) = (nodes[Int(node)].next, nodes[Int(node)].previous)
    if next >= 0 { nodes[Int(next)].previous = previous }
    if previous >= 0 {
      nodes[Int(previous)].next = next
    } else {
      nodes[Int(nodes[Int(node)].parent)].child = next
    }
  }

  /// Depths and potentials of a node and all below it, from its parent's. Potentials are summed anew along the tree,
  /// so rounding does not pile up from pivot to pivot.
  @inline(__always)
  private func settle(below top: Int32) {
    var count = 1
    stack[0] = top
    while count > 0 {
      count -= 1
      let index = Int(stack[count])
      let node = nodes + index
      let parent = Int(node.pointee.parent)
      node.pointee.depth = nodes[parent].depth &+ 1
      potential[index] = potential[parent] + (node.pointee.isUp ? -node.pointee.cost : node.pointee.cost)
      var child = node.pointee.child
      while child >= 0 {
        stack[count] = child
        count += 1
        child = nodes[Int(child)].next
      }
    }
  }

  /// Sends as much flow as possible around the cycle that an arc closes, and exchanges it for the arc that stops it.
  ///
  /// Complexity: the length of the cycle and the size of the subtree that moves.
  @inline(__always)
  func pivot(_ entering: Entering) -> Leaving {
    // 1. Both ends up to the node where they meet.
    var (u, v) = (entering.first, entering.second)
    var (behind, ahead) = (Double.infinity, Double.infinity)
    var (behindNode, aheadNode): (Int32, Int32) = (-1, -1)
    while u != v {
      if nodes[Int(u)].depth >= nodes[Int(v)].depth {
        // Flow comes down to `first`.
        let node = nodes + Int(u)
        let room = node.pointee.isUp ? node.pointee.flow : node.pointee.capacity - node.pointee.flow
        if room < behind { (behind, behindNode) = (room, u) }
        u = node.pointee.parent
      } else {
        // Flow goes up from `second`.
        let node = nodes + Int(v)
        let room = node.pointee.isUp ? node.pointee.capacity - node.pointee.flow : node.pointee.flow
        if room <= ahead { (ahead, aheadNode) = (room, v) }
        v = node.pointee.parent
      }
    }
    let apex = u
    // 2. The last arc that blocks, seen along the flow from the apex, leaves: first those before the entering arc,
    //    then itself, then those after it.
    var amount = entering.capacity
    var out: Int32 = -1
    var isBehind = false
    if behind < amount { (amount, out, isBehind) = (behind, behindNode, true) }
    if ahead <= amount, aheadNode >= 0 { (amount, out, isBehind) = (ahead, aheadNode, false) }
    guard amount < .infinity else { return Leaving(arc: -1, isFull: false, amount: .infinity) }
    // 3. Flow around the cycle.
    if amount > 0 {
      push(from: entering.first, to: apex, amount, isDown: true)
      push(from: entering.second, to: apex, amount, isDown: false)
    }
    guard out >= 0 else { return Leaving(arc: entering.arc, isFull: !entering.isFull, amount: amount) }
    let leavingArc = nodes[Int(out)].arc
    // An upward arc before the entering arc has lost flow, one after it has gained.
    let leavingIsFull = nodes[Int(out)].isUp != isBehind
    // 4. The subtree below the leaving arc is hung up at the entering one, and its stem turned over.
    let (top, parent) = isBehind ? (entering.first, entering.second) : (entering.second, entering.first)
    var flow = entering.isFull ? entering.capacity - amount : amount
    var (arc, capacity, cost) = (entering.arc, entering.capacity, entering.cost)
    // The arc's own direction is from `first` unless it was full.
    var isUp = isBehind != entering.isFull
    var (node, above) = (top, parent)
    while true {
      let old = nodes[Int(node)]
      unlink(node)
      nodes[Int(node)].flow = flow
      nodes[Int(node)].capacity = capacity
      nodes[Int(node)].cost = cost
      nodes[Int(node)].arc = arc
      nodes[Int(node)].isUp = isUp
      link(node, to: above)
      if node == out { break }
      (flow, capacity, cost, arc, isUp) = (old.flow, old.capacity, old.cost, old.arc, !old.isUp)
      above = node
      node = old.parent
    }
    // 5. Potentials and depths of what moved.
    settle(below: top)
    return Leaving(arc: leavingArc, isFull: leavingIsFull, amount: amount)
  }

  @inline(__always)
  private func push(from bottom: Int32, to apex: Int32, _ amount: Double, isDown: Bool) {
    var index = bottom
    while index != apex {
      let node = nodes + Int(index)
      var flow = node.pointee.isUp == isDown ? node.pointee.flow - amount : node.pointee.flow + amount
      if flow < resolution { flow = 0 }
      if node.pointee.capacity - flow < resolution { flow = node.pointee.capacity }
      node.pointee.flow = flow
      index = node.pointee.parent
    }
  }
}
