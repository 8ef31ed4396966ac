extension Transportation {
  /// Solves the problem by the network simplex method on implicit arcs.
  ///
  /// 1. Start: cheapest pairs first, as much as fits. What a tree of pairs has left, or one empty arc where it has
  ///    nothing left, joins it to the root, which stands for keeping and missing: a strongly feasible tree.
  /// 2. The row of a giver, or of the root, is priced at once, its cheapest receiver enters; rows are taken in turn.
  /// 3. Without an eligible pair the flow is optimal.
  ///
  /// Arcs are never listed, and none has a capacity, so a pivot needs nothing but a row of costs and the potentials.
  /// Source: Ahuja, Magnanti & Orlin, *Network Flows* (1993), chapter 11; the tree: Király & Kovács (2012).
  ///
  /// Complexity: pivots × (receivers + the subtree that moves), about 2 (givers + receivers) pivots in practice.
  public func solve() throws(NetworkFlowError) -> TransportationSolution {
    if let defect { throw .invalid(defect) }
    if supplies.count + demands.count > Int(Int32.max) / 4 { throw .invalid("the problem is too large") }
    let simplex = TransportationSimplex(self)
    defer { simplex.deallocate() }
    simplex.start()
    let pivots = simplex.run()
    return simplex.solution(of: self, pivots)
  }
}

/// Nodes: givers, receivers that need something, root. The matrix of costs has a row for each giver and one for the
/// root (missing), a column for each receiver and one for the root (kept), and infinite cells up to whole lanes.
private struct TransportationSimplex {
  private let givers: Int
  /// The problem's receivers that need something.
  private let receivers: [Int]
  private let tree: FlowTree
  private let supply: [Double]
  private let demand: [Double]
  private let tolerance: Double
  /// Stands for an infinite cost of keeping or missing.
  private let prohibitive: Double
  private let costs: UnsafeMutablePointer<Double>
  private let stride: Int
  private var columns: Int { receivers.count + 1 }

  init(_ problem: Transportation) {
    givers = problem.supplies.count
    supply = problem.supplies
    receivers = problem.demands.indices.filter { problem.demands[$0] > 0 }
    demand = receivers.map { problem.demands[$0] }
    let range = CostRange(problem)
    prohibitive = (range.dearest + 1) * Double(givers + receivers.count + 1)
    tolerance =
      range.isWhole && prohibitive < 0x1p52
      ? 0 : max(1e-13 * range.dearest, range.hasProhibited ? 4e-16 * prohibitive : 0)
    let wholeUnits = supply.allSatisfy { $0 == $0.rounded() } && demand.allSatisfy { $0 == $0.rounded() }
    tree = FlowTree(
      nodeCount: givers + receivers.count, padding: laneCount,
      resolution: wholeUnits ? 0 : 1e-13 * (supply.reduce(0, +) + demand.reduce(0, +)))
    stride = (receivers.count + laneCount) / laneCount * laneCount
    costs = .allocate(capacity: (givers + 1) * stride)
    costs.initialize(repeating: .infinity, count: (givers + 1) * stride)
    for giver in 0..<givers {
      let (row, source) = (costs + giver * stride, giver * problem.demands.count)
      for (column, receiver) in receivers.enumerated() { row[column] = problem.costs[source + receiver] }
      row[receivers.count] = min(problem.keepingCosts[giver], prohibitive)
    }
    for (column, receiver) in receivers.enumerated() {
      costs[givers * stride + column] = min(problem.missingCosts[receiver], prohibitive)
    }
  }

  func deallocate() {
    tree.deallocate()
    costs.deallocate()
  }

  /// The node of a row, and of a column.
  @inline(__always)
  private func node(row: Int) -> Int { row == givers ? givers + receivers.count : row }
  @inline(__always)
  private func node(column: Int) -> Int { givers + column }

  /// The column with the lowest cost less price in a row.
  @inline(__always)
  private func cheapest(_ row: Int) -> (column: Int, value: Double) {
    let cells = UnsafeRawPointer(costs + row * stride)
    let prices = UnsafeRawPointer(tree.potential + givers)
    var least = Lanes(repeating: .infinity)
    for offset in Swift.stride(from: 0, to: stride * 8, by: laneCount * 8) {
      let reduced =
        cells.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
        - prices.loadUnaligned(fromByteOffset: offset, as: Lanes.self)
      least.replace(with: reduced, where: reduced .< least)
    }
    return (-1, least.min())
  }

  /// The column at which a row's value stands.
  @inline(__always)
  private func column(_ row: Int, _ value: Double) -> Int {
    let cells = costs + row * stride
    var column = 0
    while cells[column] - tree.potential[givers + column] != value { column += 1 }
    return column
  }

  /// Step 1: rows in a heap by their cheapest open column, what a unit saves against keeping and missing it.
  func start() {
    // While the start is made, potentials hold what a unit is worth at each column; −∞ where nothing is needed.
    let worth = tree.potential + givers
    for column in receivers.indices { worth[column] = costs[givers * stride + column] }
    var (surplus, need) = (supply, demand)
    var pairs = GreedyPairs(givers: givers, receivers: receivers.count)
    var heap = RowHeap(capacity: givers)
    for row in 0..<givers where surplus[row] > 0 {
      heap.push(row, cheapest(row).value - costs[row * stride + receivers.count])
    }
    while let (row, key) = heap.first {
      if key >= 0 { break }
      let value = cheapest(row).value
      let saving = value - costs[row * stride + receivers.count]
      guard saving <= key else {
        heap.replaceFirst(saving)
        continue
      }
      let column = column(row, value)
      if column == receivers.count { break }
      let units = min(surplus[row], need[column])
      pairs.add(row, column, units)
      surplus[row] -= units
      need[column] -= units
      if need[column] <= tree.resolution {
        need[column] = 0
        worth[column] = -.infinity
      }
      if surplus[row] <= tree.resolution {
        surplus[row] = 0
        heap.removeFirst()
      }
    }
    join(pairs, surplus, need)
    for index in 0...(givers + receivers.count + laneCount) { tree.potential[index] = 0 }
    tree.settle()
  }

  /// Hangs every tree of pairs at the root.
  private func join(_ pairs: GreedyPairs, _ surplus: [Double], _ need: [Double]) {
    let root = givers + receivers.count
    var isJoined = [Bool](repeating: false, count: root)
    var stack: [Int] = []
    func joinTree(_ top: Int) {
      isJoined[top] = true
      stack.append(top)
      while let node = stack.popLast() {
        var half = pairs.firstHalf[node]
        while half >= 0 {
          let (row, column, units) = pairs.pairs[half >> 1]
          let other = node < givers ? givers + column : row
          if !isJoined[other] {
            isJoined[other] = true
            tree.attach(other, to: node, arc: 0, isUp: other < givers, flow: units, cost: costs[row * stride + column])
            stack.append(other)
          }
          half = pairs.nextHalf[half]
        }
      }
    }
    // Trees with something left first: at most one node of each has.
    for column in receivers.indices where need[column] > 0 {
      tree.attach(
        givers + column, to: root, arc: 0, isUp: false, flow: need[column], cost: costs[givers * stride + column])
      joinTree(givers + column)
    }
    for isFull in [false, true] {
      for row in 0..<givers where !isJoined[row] && (surplus[row] > 0 || isFull) {
        tree.attach(
          row, to: root, arc: 0, isUp: true, flow: surplus[row], cost: costs[row * stride + receivers.count])
        joinTree(row)
      }
    }
  }

  /// Steps 2 and 3.
  func run() -> Int {
    var (pivots, row, idle) = (0, 0, 0)
    while idle <= givers {
      let value = cheapest(row).value
      if value + tree.potential[node(row: row)] < -tolerance {
        let column = column(row, value)
        _ = tree.pivot(
          FlowTree.Entering(
            arc: 0, first: Int32(node(row: row)), second: Int32(node(column: column)), capacity: .infinity,
            cost: costs[row * stride + column], isFull: false))
        pivots += 1
        idle = 0
      } else {
        idle += 1
      }
      row = row == givers ? 0 : row + 1
    }
    return pivots
  }

  func solution(of problem: Transportation, _ pivots: Int) -> TransportationSolution {
    var solution = TransportationSolution(
      kept: [Double](repeating: 0, count: givers), missing: [Double](repeating: 0, count: problem.demands.count))
    let root = givers + receivers.count
    for index in 0..<root where tree.nodes[index].flow > 0 {
      let parent = Int(tree.nodes[index].parent)
      let (tail, head) = tree.nodes[index].isUp ? (index, parent) : (parent, index)
      let units = tree.nodes[index].flow
      if tail == root {
        solution.missing[receivers[head - givers]] = units
      } else if head == root {
        solution.kept[tail] = units
      } else {
        solution.shipments.append(
          TransportationSolution.Shipment(giver: tail, receiver: receivers[head - givers], units: units))
      }
    }
    solution.shipments.sort { ($0.giver, $0.receiver) < ($1.giver, $1.receiver) }
    solution.giverPrices = (0..<givers).map { tree.potential[$0] }
    solution.receiverPrices = problem.missingCosts
    for receiver in problem.demands.indices where problem.demands[receiver] == 0 {
      for giver in 0..<givers {
        solution.receiverPrices[receiver] = min(
          solution.receiverPrices[receiver],
          problem.costs[giver * problem.demands.count + receiver] + tree.potential[giver])
      }
    }
    for (column, receiver) in receivers.enumerated() {
      solution.receiverPrices[receiver] = tree.potential[givers + column]
    }
    solution.pivots = pivots
    solution.price(problem)
    return solution
  }
}

extension TransportationSolution {
  /// Objective, bound and feasibility of units and prices.
  fileprivate mutating func price(_ problem: Transportation) {
    var sum = ExactSum()
    for shipment in shipments {
      sum.add(problem.costs[shipment.giver * problem.demands.count + shipment.receiver], shipment.units)
    }
    for (index, units) in kept.enumerated() where units > 0 { sum.add(problem.keepingCosts[index], units) }
    for (index, units) in missing.enumerated() where units > 0 { sum.add(problem.missingCosts[index], units) }
    objective = sum.value
    isFeasible = objective < .infinity
    bound = problem.bound(at: receiverPrices)
  }
}

/// What the costs of a problem are like.
private struct CostRange {
  var dearest = 0.0
  var isWhole = true
  var hasProhibited = false

  init(_ problem: Transportation) {
    look(at: problem.costs)
    look(at: problem.keepingCosts)
    look(at: problem.missingCosts)
    hasProhibited = problem.keepingCosts.contains(.infinity) || problem.missingCosts.contains(.infinity)
  }

  private mutating func look(at costs: [Double]) {
    for cost in costs where cost < .infinity {
      dearest = max(dearest, abs(cost))
      if cost != cost.rounded() { isWhole = false }
    }
  }
}

/// Pairs of a start with their units, and the pairs of every node.
private struct GreedyPairs {
  var pairs: [(row: Int, column: Int, units: Double)] = []
  /// The latest half pair of each node, and the one before each: half 2k belongs to the giver of pair k.
  var firstHalf: [Int]
  var nextHalf: [Int] = []
  private let givers: Int

  init(givers: Int, receivers: Int) {
    self.givers = givers
    firstHalf = [Int](repeating: -1, count: givers + receivers)
    pairs.reserveCapacity(givers + receivers)
    nextHalf.reserveCapacity(2 * (givers + receivers))
  }

  mutating func add(_ row: Int, _ column: Int, _ units: Double) {
    for node in [row, givers + column] {
      nextHalf.append(firstHalf[node])
      firstHalf[node] = nextHalf.count - 1
    }
    pairs.append((row, column, units))
  }
}

/// Rows by key, smallest first.
private struct RowHeap {
  private var entries: [(row: Int, key: Double)] = []

  init(capacity: Int) { entries.reserveCapacity(capacity) }

  var first: (row: Int, key: Double)? { entries.first }

  mutating func push(_ row: Int, _ key: Double) {
    entries.append((row, key))
    var index = entries.count - 1
    while index > 0, entries[(index - 1) / 2].key > entries[index].key {
      entries.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func replaceFirst(_ key: Double) {
    entries[0].key = key
    sink()
  }

  mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    sink()
  }

  private mutating func sink() {
    var index = 0
    while true {
      var child = 2 * index + 1
      if child >= entries.count { return }
      if child + 1 < entries.count, entries[child + 1].key < entries[child].key { child += 1 }
      if entries[index].key <= entries[child].key { return }
      entries.swapAt(index, child)
      index = child
    }
  }
}

private let laneCount = 8
private typealias Lanes = SIMD8<Double>
