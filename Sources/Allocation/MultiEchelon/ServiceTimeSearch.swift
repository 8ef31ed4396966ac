/// Branch and bound for networks that are not trees.
///
/// A link outside the spanning forest, S_i ≤ SI_j, is relaxed: for every time t the implication “S_i ≥ t ⇒ SI_j ≥ t” is
/// priced with λ_t ≥ 0, which charges S_i with the λ up to it and pays SI_j the λ up to it. The forest problem under
/// these charges bounds the optimum from below; prices come from subgradient steps of Polyak's length. A node is split
/// at a time v of a link that is violated (or over-paid): S_i ≤ v, or S_i > v and SI_j > v.
///
/// Sources: Fisher, "The Lagrangian relaxation method for solving integer programming problems" (Management Science 27,
/// 1981); Lesnaia, "Optimizing safety stock placement in general network supply chains" (thesis, MIT, 2004), which
/// branches on the service times of a spanning tree's relaxed links.
struct ServiceTimeSearch {
  private let links: [(from: Int, to: Int)]
  /// With the ranges of the node in work, and before any split.
  private var network: ServiceTimeNetwork
  private let unsplit: ServiceTimeNetwork
  private let order: [Int]
  private let suppliers: GuaranteedServiceFormulation.Neighbours
  private let customers: GuaranteedServiceFormulation.Neighbours
  private let layout: ServiceTimeCharges
  /// λ_t of cross link c is at `priceStart[c] + t`.
  private var priceStart: [Int] = []

  private(set) var best: ServiceTimeNetwork.Times
  private(set) var bestCost: Double
  private(set) var bound: Double
  private(set) var nodes = 0

  private struct Node {
    var lowestInbound: [Int]
    var highestInbound: [Int]
    var lowestOutbound: [Int]
    var highestOutbound: [Int]
    var prices: [Double]
    var bound: Double
    var number: Int
  }

  /// Subgradient steps at the root and below.
  private static let rootSteps = 400
  private static let childSteps = 12

  /// Finds a first plan; `run` improves it.
  init(_ network: ServiceTimeNetwork, links: [(from: Int, to: Int)]) {
    self.network = network
    unsplit = network
    self.links = links
    guard case .order(let order) = StageOrder(network.time.count, links) else { preconditionFailure("a cycle") }
    self.order = order
    suppliers = GuaranteedServiceFormulation.neighbours(network.time.count, links.map { ($0.to, $0.from) })
    customers = GuaranteedServiceFormulation.neighbours(network.time.count, links)
    layout = network.noCharges
    var start = 0
    for link in network.crossLinks {
      priceStart.append(start)
      start += network.highestOutbound[links[link].from] + 1
    }
    best = ServiceTimeNetwork.Times(outbound: [Int](repeating: 0, count: order.count), inbound: network.lowestInbound)
    bestCost = .infinity
    bound = 0
    offer(best)
  }

  private var priceCount: Int {
    guard let last = network.crossLinks.last, let start = priceStart.last else { return 0 }
    return start + unsplit.highestOutbound[links[last].from] + 1
  }

  /// - Parameters:
  ///   - gap: stops at this gap relative to the larger of 1 and the cost.
  ///   - work: stops after about so many cells of dynamic programming.
  ///   - isOver: asked before every node.
  mutating func run(gap: Double, nodes limit: Int, work: Double, isOver: () -> Bool) {
    let cells = zip(network.highestInbound, network.highestOutbound).reduce(0.0) { $0 + Double($1.0 * $1.1) + 50 }
    var workLeft = work
    var root = Node(
      lowestInbound: network.lowestInbound, highestInbound: network.highestInbound,
      lowestOutbound: network.lowestOutbound, highestOutbound: network.highestOutbound,
      prices: [Double](repeating: 0, count: priceCount), bound: -.infinity, number: 0)
    guard tighten(&root) else { return }
    guard var split = bounded(&root, steps: Self.rootSteps) else {
      bound = bestCost
      return
    }
    workLeft -= cells * Double(Self.rootSteps)
    improveByForests(rounds: 60)
    workLeft -= cells * 60
    bound = min(root.bound, bestCost)
    var open = OpenNodes()
    var current: Node? = root
    var number = 0
    func isClosed(_ value: Double, _ cost: Double) -> Bool {
      cost - value <= max(gap, 1e-12) * max(1, abs(cost))
    }
    if isClosed(root.bound, bestCost) { return }
    while let node = current {
      nodes += 1
      for child in children(of: node, split) {
        var child = child
        number += 1
        child.number = number
        guard tighten(&child) else { continue }
        let before = bestCost
        let next = bounded(&child, steps: Self.childSteps)
        workLeft -= cells * Double(Self.childSteps)
        if bestCost < before { improveByForests(rounds: 20) }
        guard let next, !isClosed(child.bound, bestCost) else { continue }
        open.insert(child, next)
      }
      guard let (next, nextSplit) = open.removeFirst() else {
        bound = bestCost
        return
      }
      bound = max(bound, min(next.bound, bestCost))
      if isClosed(next.bound, bestCost) || nodes >= limit || workLeft <= 0 || isOver() { return }
      current = next
      split = nextSplit
    }
  }

  // MARK: Nodes

  private struct Split {
    var link: Int
    var at: Int
  }

  private func children(of node: Node, _ split: Split) -> [Node] {
    let (from, to) = links[split.link]
    var lower = node
    lower.highestOutbound[from] = min(lower.highestOutbound[from], split.at)
    var upper = node
    upper.lowestOutbound[from] = max(upper.lowestOutbound[from], split.at + 1)
    upper.lowestInbound[to] = max(upper.lowestInbound[to], split.at + 1)
    return [lower, upper]
  }

  /// Carries ranges through the links; false where one becomes empty.
  private func tighten(_ node: inout Node) -> Bool {
    for stage in order {
      var (lowest, highest) = (node.lowestInbound[stage], unsplit.lowestInbound[stage])
      for supplier in suppliers.of(stage) {
        lowest = max(lowest, node.lowestOutbound[supplier])
        highest = max(highest, node.highestOutbound[supplier])
      }
      // What nothing waits for is no reason to wait.
      if lowest > highest { return false }
      node.lowestInbound[stage] = lowest
      node.highestInbound[stage] = highest
      node.highestOutbound[stage] = min(node.highestOutbound[stage], highest + network.time[stage])
      if node.lowestOutbound[stage] > node.highestOutbound[stage] { return false }
    }
    return true
  }

  /// Raises the node's bound by subgradient steps.
  /// - Returns: where to split; nil where nothing is left to decide or the bound reaches the best cost.
  private mutating func bounded(_ node: inout Node, steps: Int) -> Split? {
    network.lowestInbound = node.lowestInbound
    network.highestInbound = node.highestInbound
    network.lowestOutbound = node.lowestOutbound
    network.highestOutbound = node.highestOutbound
    var prices = node.prices
    var bestPrices = prices
    var highest = -Double.infinity
    var split: Split?
    var stepLength = 1.0
    var sinceBetter = 0
    for step in 0..<steps {
      guard let (times, value) = network.minimise(charges(prices)) else {
        node.bound = .infinity
        return nil
      }
      if step % 8 == 0 || step == steps - 1 { offer(times) }
      let better = value > highest
      if better {
        sinceBetter = value > highest + 1e-7 * abs(bestCost) ? 0 : sinceBetter + 1
        highest = value
        bestPrices = prices
        split = self.split(times, prices, node)
        if split == nil { offer(times) }
      } else {
        sinceBetter += 1
      }
      if highest >= bestCost * (1 - 1e-12) || split == nil { break }
      if sinceBetter >= (steps > 50 ? 8 : 3) {
        stepLength /= 2
        sinceBetter = 0
        if stepLength < 1e-4 { break }
        prices = bestPrices
      }
      move(&prices, times, node, (bestCost - value) * stepLength)
    }
    node.prices = bestPrices
    node.bound = max(node.bound, highest)
    // A plan that satisfies and wastes no link is the node's best.
    return highest >= bestCost * (1 - 1e-12) ? nil : split
  }

  /// Takes a step of `length` / ‖g‖² along g, g_t = [S_i ≥ t] − [SI_j ≥ t], and keeps prices at zero or more.
  private func move(_ prices: inout [Double], _ times: ServiceTimeNetwork.Times, _ node: Node, _ length: Double) {
    var norm = 0
    for (cross, link) in network.crossLinks.enumerated() {
      let (from, to) = links[link]
      let (service, supply) = (times.outbound[from], times.inbound[to])
      if service > supply {
        norm += service - supply
      } else if supply > service {
        for ticks in (service + 1)..<(min(supply, node.highestOutbound[from]) + 1)
        where prices[priceStart[cross] + ticks] > 0 { norm += 1 }
      }
    }
    guard norm > 0 else { return }
    let step = length / Double(norm)
    for (cross, link) in network.crossLinks.enumerated() {
      let (from, to) = links[link]
      let (service, supply) = (times.outbound[from], times.inbound[to])
      if service > supply {
        for ticks in (supply + 1)...service { prices[priceStart[cross] + ticks] += step }
      } else if supply > service {
        for ticks in (service + 1)..<(min(supply, node.highestOutbound[from]) + 1) {
          prices[priceStart[cross] + ticks] = max(0, prices[priceStart[cross] + ticks] - step)
        }
      }
    }
  }

  /// The charges of the prices; those of times at which a link cannot be violated in this node are dropped.
  private func charges(_ prices: [Double]) -> ServiceTimeCharges {
    var charges = layout
    for (cross, link) in network.crossLinks.enumerated() {
      let (from, to) = links[link]
      let lowest = network.lowestInbound[to]
      let highest = network.highestOutbound[from]
      guard lowest < highest else { continue }
      charges.isOutboundCharged[from] = true
      charges.isInboundCharged[to] = true
      let (outbound, inbound) = (charges.outboundStart[from], charges.inboundStart[to])
      var sum = 0.0
      for ticks in (lowest + 1)...highest {
        sum += prices[priceStart[cross] + ticks]
        charges.outbound[outbound + ticks] += sum
        charges.inbound[inbound + ticks] -= sum
      }
      if highest < network.highestInbound[to] {
        for ticks in (highest + 1)...network.highestInbound[to] { charges.inbound[inbound + ticks] -= sum }
      }
    }
    return charges
  }

  /// The link whose relaxation distorts the plan most, and a time between its ends.
  private func split(_ times: ServiceTimeNetwork.Times, _ prices: [Double], _ node: Node) -> Split? {
    var worst = 0.0
    var split: Split?
    for (cross, link) in network.crossLinks.enumerated() {
      let (from, to) = links[link]
      let (service, supply) = (times.outbound[from], times.inbound[to])
      if service > supply {
        // What the supplier's promise would cost the customer.
        let time = network.time[to] - times.outbound[to]
        let loss =
          network.cost(to, max(0, min(service, network.highestInbound[to]) + time)) - network.cost(to, supply + time)
        let score = 1e-9 + loss + Double(service - supply) * 1e-12
        if score > worst {
          worst = score
          split = Split(link: link, at: (service + supply) / 2)
        }
      } else if supply > service, node.lowestInbound[to] < node.highestOutbound[from] {
        var paid = 0.0
        var at = service
        for ticks in (max(service, node.lowestInbound[to]) + 1)..<(min(supply, node.highestOutbound[from]) + 1) {
          paid += prices[priceStart[cross] + ticks]
          if paid == 0 { at = ticks }
        }
        if paid > worst {
          worst = paid
          split = Split(link: link, at: min(max(at, node.lowestOutbound[from]), node.highestOutbound[from] - 1))
        }
      }
    }
    return split
  }

  // MARK: Plans

  /// Makes times feasible by waiting for every supplier, and keeps them if they are the best.
  private mutating func offer(_ times: ServiceTimeNetwork.Times) {
    var feasible = times
    for stage in order {
      var inbound = unsplit.lowestInbound[stage]
      for supplier in suppliers.of(stage) { inbound = max(inbound, feasible.outbound[supplier]) }
      feasible.inbound[stage] = inbound
      feasible.outbound[stage] = min(feasible.outbound[stage], inbound + network.time[stage])
    }
    let cost = network.totalCost(feasible)
    if cost < bestCost { (best, bestCost) = (feasible, cost) }
  }

  /// Re-optimises over one random spanning forest after the other, with the links outside it held apart by a time
  /// between their ends: never worse, and soon at a plan that no forest improves.
  private mutating func improveByForests(rounds: Int) {
    var trial = unsplit
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) * 0x1p-53
    }
    var left = rounds
    while left > 0 {
      left -= 1
      trial.plant(links, links.map { _ in random() })
      trial.lowestInbound = unsplit.lowestInbound
      trial.highestOutbound = unsplit.highestOutbound
      for link in trial.crossLinks {
        let (from, to) = links[link]
        let wall =
          random() < 0.5 ? best.inbound[to] : best.outbound[from]
        trial.highestOutbound[from] = min(trial.highestOutbound[from], max(wall, best.outbound[from]))
        trial.lowestInbound[to] = max(trial.lowestInbound[to], wall)
      }
      guard let (times, _) = trial.minimise(layout) else { continue }
      let before = bestCost
      offer(times)
      if bestCost < before * (1 - 1e-12) { left = max(left, rounds / 2) }
    }
  }

  /// Open nodes by their bound, then by their number.
  private struct OpenNodes {
    private var heap: [(node: Node, split: Split)] = []

    private func comesFirst(_ left: Int, _ right: Int) -> Bool {
      (heap[left].node.bound, heap[left].node.number) < (heap[right].node.bound, heap[right].node.number)
    }

    mutating func insert(_ node: Node, _ split: Split) {
      heap.append((node, split))
      var child = heap.count - 1
      while child > 0, comesFirst(child, (child - 1) / 2) {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    mutating func removeFirst() -> (Node, Split)? {
      guard !heap.isEmpty else { return nil }
      heap.swapAt(0, heap.count - 1)
      let first = heap.removeLast()
      var top = 0
      while 2 * top + 1 < heap.count {
        var child = 2 * top + 1
        if child + 1 < heap.count, comesFirst(child + 1, child) { child += 1 }
        guard comesFirst(child, top) else { break }
        heap.swapAt(child, top)
        top = child
      }
      return first
    }
  }
}
