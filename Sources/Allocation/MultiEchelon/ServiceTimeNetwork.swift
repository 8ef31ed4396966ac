/// The combinatorial core of guaranteed service, in whole ticks of time: difference constraints with concave costs.
///
///     minimise   Σ over k of cost_k(SI_k + T_k − S_k)
///     subject to SI_k ≥ S_i              for every link i → k
///                S_k ≤ SI_k + T_k
///                lowestInbound_k ≤ SI_k ≤ highestInbound_k,   lowestOutbound_k ≤ S_k ≤ highestOutbound_k
///
/// S: service time that a stage quotes, SI: the time in which its supplies are all there, T: its own time. `cost_k`
/// never falls. On a spanning forest of the links dynamic programming is exact (`minimise`); links outside the forest
/// are left to `ServiceTimeSearch`, which tightens the ranges and charges the links by `charges`.
struct ServiceTimeNetwork: Sendable {
  /// Per stage, in ticks.
  var time: [Int]
  var lowestInbound: [Int]
  var highestInbound: [Int]
  var lowestOutbound: [Int]
  var highestOutbound: [Int]
  /// cost_k(τ) is at `costStart[k] + τ`, for τ from 0 to highestInbound + time.
  private(set) var costs: [Double] = []
  private(set) var costStart: [Int] = []

  /// Stages in an order in which each comes before its parent, the roots last.
  private(set) var order: [Int] = []
  /// The neighbour through which the rest of the tree is seen; -1 at a root.
  private(set) var parent: [Int] = []
  /// Whether the stage supplies its parent.
  private(set) var suppliesParent: [Bool] = []
  /// Links that are outside the spanning forest, as indices into the links given.
  private(set) var crossLinks: [Int] = []
  private var hasUpstreamChild: [Bool] = []
  private var hasDownstreamChild: [Bool] = []

  struct Times: Sendable, Equatable {
    var outbound: [Int]
    var inbound: [Int]
  }

  /// - Parameters:
  ///   - links: acyclic pairs of supplier and customer.
  ///   - weight, shape: cost_k(τ) = weight_k · shape(τ), by ticks;
  ///   - tables: but for stages with a table, where it is table(τ).
  init(
    time: [Int], lowestInbound: [Int], highestInbound: [Int], highestOutbound: [Int], links: [(from: Int, to: Int)],
    weight: [Double], shape: [Double], tables: [Int: [Double]] = [:]
  ) {
    self.time = time
    self.lowestInbound = lowestInbound
    self.highestInbound = highestInbound
    self.highestOutbound = highestOutbound
    lowestOutbound = [Int](repeating: 0, count: time.count)
    costStart.reserveCapacity(time.count)
    costs.reserveCapacity(zip(time, highestInbound).reduce(0) { $0 + $1.0 + $1.1 + 1 })
    for stage in time.indices {
      costStart.append(costs.count)
      let last = highestInbound[stage] + time[stage]
      if !tables.isEmpty, let table = tables[stage] {
        costs += table[...last]
      } else {
        let weight = weight[stage]
        for ticks in 0...last { costs.append(weight * shape[ticks]) }
      }
    }
    plant(links)
  }

  func cost(_ stage: Int, _ ticks: Int) -> Double { costs[costStart[stage] + ticks] }

  func totalCost(_ times: Times) -> Double {
    time.indices.reduce(0) { $0 + cost($1, times.inbound[$1] + time[$1] - times.outbound[$1]) }
  }

  // MARK: Spanning forest

  /// Kruskal's rule, then a walk from the first stage of every tree.
  ///
  /// - Parameter preference: links of lower value enter the forest first; equal ones, and all without it, in their order.
  mutating func plant(_ links: [(from: Int, to: Int)], _ preference: [Double] = []) {
    let count = time.count
    crossLinks = []
    order = []
    var trees = DisjointSets(count: count)
    var sequence = Array(links.indices)
    if !preference.isEmpty {
      sequence.sort { (preference[$0], $0) < (preference[$1], $1) }
    }
    var treeLinks: [Int] = []
    treeLinks.reserveCapacity(count)
    for index in sequence {
      if trees.join(links[index].from, links[index].to) { treeLinks.append(index) } else { crossLinks.append(index) }
    }
    crossLinks.sort()
    // Neighbours of every stage, in one array.
    var start = [Int](repeating: 0, count: count + 1)
    for index in treeLinks {
      start[links[index].from + 1] += 1
      start[links[index].to + 1] += 1
    }
    for stage in 0..<count { start[stage + 1] += start[stage] }
    var fill = start
    var neighbour = [(stage: Int, isDownstream: Bool)](repeating: (0, false), count: 2 * treeLinks.count)
    for index in treeLinks {
      let (from, to) = links[index]
      neighbour[fill[from]] = (to, true)
      fill[from] += 1
      neighbour[fill[to]] = (from, false)
      fill[to] += 1
    }
    parent = [Int](repeating: -1, count: count)
    suppliesParent = [Bool](repeating: false, count: count)
    hasUpstreamChild = suppliesParent
    hasDownstreamChild = suppliesParent
    var isSeen = suppliesParent
    order.reserveCapacity(count)
    for first in 0..<count where !isSeen[first] {
      isSeen[first] = true
      var next = order.count
      order.append(first)
      while next < order.count {
        let stage = order[next]
        next += 1
        for edge in start[stage]..<start[stage + 1] where !isSeen[neighbour[edge].stage] {
          let (child, isDownstream) = neighbour[edge]
          isSeen[child] = true
          parent[child] = stage
          suppliesParent[child] = !isDownstream
          if isDownstream { hasDownstreamChild[stage] = true } else { hasUpstreamChild[stage] = true }
          order.append(child)
        }
      }
    }
    order.reverse()
  }
}

/// Additional costs by which links outside the forest act on their ends: `outbound` is charged on S, `inbound` on SI;
/// the values of stage k are at `start[k] + ticks`.
struct ServiceTimeCharges: Sendable {
  var outboundStart: [Int]
  var inboundStart: [Int]
  var outbound: [Double]
  var inbound: [Double]
  /// The stages whose charges are not zero.
  var isOutboundCharged: [Bool]
  var isInboundCharged: [Bool]
}

extension ServiceTimeNetwork {
  /// No charges on any stage.
  var noCharges: ServiceTimeCharges {
    var charges = ServiceTimeCharges(
      outboundStart: [], inboundStart: [], outbound: [], inbound: [],
      isOutboundCharged: [Bool](repeating: false, count: time.count),
      isInboundCharged: [Bool](repeating: false, count: time.count))
    charges.outboundStart.reserveCapacity(time.count)
    charges.inboundStart.reserveCapacity(time.count)
    var (outbound, inbound) = (0, 0)
    for stage in time.indices {
      charges.outboundStart.append(outbound)
      charges.inboundStart.append(inbound)
      outbound += highestOutbound[stage] + 1
      inbound += highestInbound[stage] + 1
    }
    charges.outbound = [Double](repeating: 0, count: outbound)
    charges.inbound = [Double](repeating: 0, count: inbound)
    return charges
  }

  /// The cheapest service times on the spanning forest; nil where the ranges leave none.
  ///
  /// Source: Graves & Willems, "Optimizing strategic safety stock placement in supply chains" (Manufacturing & Service
  /// Operations Management 2, 2000), section 4; corrected in 5 (2003), for inbound times that are bounded from below.
  /// O(Σ M²) for the longest replenishment times M; stages with neighbours on one side only take O(M).
  ///
  /// - Parameter charges: of the layout of `noCharges`; taken as work space.
  /// - Returns: The times and Σ cost + charges at them.
  func minimise(_ charges: consuming ServiceTimeCharges) -> (times: Times, cost: Double)? {
    var total = 0.0
    var times = Times(
      outbound: [Int](repeating: 0, count: time.count), inbound: [Int](repeating: 0, count: time.count))
    let outboundStart = charges.outboundStart
    let inboundStart = charges.inboundStart
    let isOutboundCharged = charges.isOutboundCharged
    let isInboundCharged = charges.isInboundCharged
    let isFeasible = charges.outbound.withUnsafeMutableBufferPointer { outbound in
      charges.inbound.withUnsafeMutableBufferPointer { inbound in
        costs.withUnsafeBufferPointer { costs in
          let (outbound, inbound) = (outbound.baseAddress!, inbound.baseAddress!)
          // 1. From the leaves: f_k(S) where the stage supplies its parent, g_k(SI) where it is supplied by it, each
          //    with the best of everything behind the stage; it takes the place of the charges.
          for stage in order {
            let view = view(
              stage, costs.baseAddress!, outbound + outboundStart[stage], inbound + inboundStart[stage],
              isOutboundCharged[stage], isInboundCharged[stage])
            let above = parent[stage]
            if above < 0 {
              // 2. At a root nothing is left to choose for others.
              view.fillInbound()
              guard let (value, supply) = view.bestInboundOfRoot() else { return false }
              total += value
              times.inbound[stage] = supply
              times.outbound[stage] = view.bestOutbound(supply)
            } else if suppliesParent[stage] {
              view.fillOutbound()
              view.addPromises(to: inbound + inboundStart[above], through: highestInbound[above])
            } else {
              view.fillInbound()
              view.addSupplies(to: outbound + outboundStart[above], through: highestOutbound[above])
            }
          }
          // 3. Back from the roots: each stage's best under what its parent settled on.
          for stage in order.reversed() where parent[stage] >= 0 {
            let view = view(
              stage, costs.baseAddress!, outbound + outboundStart[stage], inbound + inboundStart[stage],
              isOutboundCharged[stage], isInboundCharged[stage])
            if suppliesParent[stage] {
              let service = view.bestOutbound(upTo: times.inbound[parent[stage]])
              times.outbound[stage] = service
              times.inbound[stage] = view.bestInbound(service)
            } else {
              let supply = view.bestInbound(from: times.outbound[parent[stage]])
              times.inbound[stage] = supply
              times.outbound[stage] = view.bestOutbound(supply)
            }
          }
          return total < .infinity
        }
      }
    }
    return isFeasible ? (times, total) : nil
  }
}

extension ServiceTimeNetwork {
  @inline(__always)
  private func view(
    _ stage: Int, _ costs: UnsafePointer<Double>, _ outbound: UnsafeMutablePointer<Double>,
    _ inbound: UnsafeMutablePointer<Double>, _ isOutboundCharged: Bool, _ isInboundCharged: Bool
  ) -> StageView {
    StageView(
      time: time[stage], lowestInbound: lowestInbound[stage], highestInbound: highestInbound[stage],
      lowestOutbound: lowestOutbound[stage], highestOutbound: highestOutbound[stage], cost: costs + costStart[stage],
      outbound: outbound, inbound: inbound, isOutboundFree: !hasDownstreamChild[stage] && !isOutboundCharged,
      isInboundFree: !hasUpstreamChild[stage] && !isInboundCharged)
  }
}

/// One stage of the dynamic programme; a measured hot kernel, hence the pointers.
private struct StageView {
  var time: Int
  var lowestInbound: Int
  var highestInbound: Int
  var lowestOutbound: Int
  var highestOutbound: Int
  /// By net replenishment time.
  var cost: UnsafePointer<Double>
  /// What the parts of the tree behind the stage cost, by S and by SI.
  var outbound: UnsafeMutablePointer<Double>
  var inbound: UnsafeMutablePointer<Double>
  /// Whether those are zero, so that the largest S or the smallest SI is best.
  var isOutboundFree: Bool
  var isInboundFree: Bool

  /// f(S) = outbound(S) + min over SI of cost(SI + T − S) + inbound(SI), in place of outbound.
  @inline(__always)
  func fillOutbound() {
    guard lowestOutbound <= highestOutbound else { return }
    for service in lowestOutbound...highestOutbound { outbound[service] += leastOverInbound(service) }
  }

  /// g(SI) = inbound(SI) + min over S of cost(SI + T − S) + outbound(S), in place of inbound.
  @inline(__always)
  func fillInbound() {
    guard lowestInbound <= highestInbound else { return }
    for supply in lowestInbound...highestInbound { inbound[supply] += leastOverOutbound(supply) }
  }

  /// Adds the best of f to a customer's charges: its SI allows every S up to it.
  @inline(__always)
  func addPromises(to target: UnsafeMutablePointer<Double>, through last: Int) {
    var least = Double.infinity
    let shared = min(highestOutbound, last)
    for ticks in 0...shared {
      if ticks >= lowestOutbound { least = min(least, outbound[ticks]) }
      target[ticks] += least
    }
    if shared < last {
      for ticks in (shared + 1)...last { target[ticks] += least }
    }
  }

  /// Adds the best of g to a supplier's charges: its S allows every SI from it on.
  @inline(__always)
  func addSupplies(to target: UnsafeMutablePointer<Double>, through last: Int) {
    var least = Double.infinity
    for ticks in stride(from: highestInbound, through: 0, by: -1) {
      if ticks >= lowestInbound { least = min(least, inbound[ticks]) }
      if ticks <= last { target[ticks] += least }
    }
    if highestInbound < last {
      for ticks in (highestInbound + 1)...last { target[ticks] = .infinity }
    }
  }

  @inline(__always)
  private func leastOverInbound(_ service: Int) -> Double {
    let first = max(lowestInbound, service - time)
    guard first <= highestInbound else { return .infinity }
    let shifted = cost + (time - service)
    if isInboundFree { return shifted[first] }
    var (even, odd) = (Double.infinity, Double.infinity)
    var supply = first
    while supply < highestInbound {
      even = min(even, shifted[supply] + inbound[supply])
      odd = min(odd, shifted[supply + 1] + inbound[supply + 1])
      supply += 2
    }
    if supply == highestInbound { even = min(even, shifted[supply] + inbound[supply]) }
    return min(even, odd)
  }

  @inline(__always)
  private func leastOverOutbound(_ supply: Int) -> Double {
    let reach = supply + time
    let last = min(highestOutbound, reach)
    guard lowestOutbound <= last else { return .infinity }
    if isOutboundFree { return cost[reach - last] }
    var (even, odd) = (Double.infinity, Double.infinity)
    var service = lowestOutbound
    while service < last {
      even = min(even, cost[reach - service] + outbound[service])
      odd = min(odd, cost[reach - service - 1] + outbound[service + 1])
      service += 2
    }
    if service == last { even = min(even, cost[reach - service] + outbound[service]) }
    return min(even, odd)
  }

  // MARK: Going back; of equal values the shorter time.

  func bestInboundOfRoot() -> (value: Double, inbound: Int)? {
    guard lowestInbound <= highestInbound else { return nil }
    let supply = bestInbound(from: lowestInbound)
    return inbound[supply] < .infinity ? (inbound[supply], supply) : nil
  }

  /// Of g.
  func bestInbound(from limit: Int) -> Int {
    let first = max(limit, lowestInbound)
    var (value, at) = (Double.infinity, first)
    for supply in first...highestInbound where inbound[supply] < value { (value, at) = (inbound[supply], supply) }
    return at
  }

  /// Of f.
  func bestOutbound(upTo limit: Int) -> Int {
    var (value, at) = (Double.infinity, lowestOutbound)
    for service in lowestOutbound...min(limit, highestOutbound) where outbound[service] < value {
      (value, at) = (outbound[service], service)
    }
    return at
  }

  func bestOutbound(_ supply: Int) -> Int {
    let reach = supply + time
    let last = min(highestOutbound, reach)
    if isOutboundFree { return last }
    var (value, at) = (Double.infinity, last)
    for service in lowestOutbound...last where cost[reach - service] + outbound[service] < value {
      (value, at) = (cost[reach - service] + outbound[service], service)
    }
    return at
  }

  func bestInbound(_ service: Int) -> Int {
    let first = max(lowestInbound, service - time)
    if isInboundFree { return first }
    let shifted = cost + (time - service)
    var (value, at) = (Double.infinity, first)
    for supply in first...highestInbound where shifted[supply] + inbound[supply] < value {
      (value, at) = (shifted[supply] + inbound[supply], supply)
    }
    return at
  }
}
