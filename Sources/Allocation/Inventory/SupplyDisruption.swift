import ChannelTypes
import LinearAlgebra

/// How much of what is due arrives, item by item.
public struct SupplyShares: Sendable {
  /// Items × periods, 0 … 1.
  public var shares: [Double]
  /// Of the solution's orders, where they arrive in a period with a share below 1: what the split of scarce supply gives.
  public var first: [Double]
  /// The part of what is missing that a second supplier delivers, 0 … 1.
  public var backup = 0.0

  public init(shares: [Double], first: [Double]) {
    self.shares = shares
    self.first = first
  }
}

/// What supply makes of sales, draw by draw.
public struct DisruptionOutcome: Sendable {
  /// Means over the draws of a group of items in one period, in units, but for the revenue.
  public struct Node: Sendable, Hashable {
    public var demand = 0.0
    /// What was to arrive from the supplier, and what did; what is late is delivered when supply is back.
    public var due = 0.0
    public var delivered = 0.0
    public var late = 0.0
    /// Demand that was met from stock at once, demand that is lost, and its revenue; the rest waits.
    public var filled = 0.0
    public var lost = 0.0
    public var lostRevenue = 0.0
    /// Units that buyers wait for at the end of the period.
    public var backlog = 0.0
    /// Units on hand at the end of the period.
    public var stock = 0.0

    /// 1 where nothing is wanted.
    public var fillRate: Double { demand > 0 ? filled / demand : 1 }
  }

  public let horizon: Int
  /// Groups × periods.
  public internal(set) var nodes: [Node]
  /// By draw, over all items and periods.
  public internal(set) var demandDraws: [Double]
  public internal(set) var filledDraws: [Double]
  public internal(set) var lostRevenueDraws: [Double]
  /// Units that are lost, by item: means over the draws, over all periods.
  public internal(set) var lostUnits: [Double]
  /// Margin of what is lost, on average.
  public internal(set) var lostMargin = 0.0
  /// What the second supplier delivers, at unit cost, on average.
  public internal(set) var backupUnits = 0.0
  public internal(set) var backupCost = 0.0

  public var fillRate: Double {
    let demand = demandDraws.reduce(0, +)
    return demand > 0 ? filledDraws.reduce(0, +) / demand : 1
  }

  public func node(group: Int, period: Int) -> Node { nodes[group * horizon + period] }

  /// Periods from the start until a group is back to what it is with full supply: to within a hundredth of the fill rate,
  /// with nothing late. 0 where it never leaves it; nil where it is not back at the end.
  public func periodsToRecover(group: Int, undisturbed: DisruptionOutcome) -> Int? {
    let last = (0..<horizon).last { period in
      let (own, other) = (node(group: group, period: period), undisturbed.node(group: group, period: period))
      return own.fillRate < other.fillRate - 0.01 || own.late > 0.01 * max(1, own.due)
    }
    guard let last else { return 0 }
    return last + 1 < horizon ? last + 1 : nil
  }
}

extension InventoryProblem {
  /// Simulates sales from stock where only a share of what is due arrives.
  ///
  /// In each period of an item and draw, in this order:
  ///
  ///     orders      what is expected to take stock, orders and what is late below the lower line is ordered up to the
  ///                 level, to arrive after the lead time (an (R, s, S) policy, as in `projection`)
  ///     arrivals    share · due; the rest is late, and comes with the first period whose share is 1
  ///     waiting     buyers of earlier periods are served first
  ///     sales       min(stock, demand); of the rest a part waits, the other is lost
  ///
  /// The partner knows expectations when it orders; demand is the draw's. What partners move among themselves arrives in
  /// full. The same draws serve every share, so that two outcomes differ by supply alone.
  /// Complexity: O(items · periods · draws); results do not depend on `threads`.
  ///
  /// Source: Snyder & Shen, *Fundamentals of Supply Chain Theory* (2019), ch. 9 (disruptions as a share of yield).
  /// - Parameters:
  ///   - expected: units, items × periods.
  ///   - waiting: the part of unmet demand that waits, 0 … 1.
  ///   - groups: of each item.
  public func disruption(
    of solution: InventorySolution, expected: [Double], horizon: Int, periodDays: Double, supply: SupplyShares,
    waiting: Double, groups: [Int], groupCount: Int, threads: Int = 1
  ) -> DisruptionOutcome {
    precondition(expected.count == items.count * horizon && supply.shares.count == expected.count, "items × periods")
    let drawCount = items.lazy.map(\.demand.drawCount).max() ?? 1
    // As many parts on any number of threads, so that sums are rounded alike.
    let size = max(1, (items.count + 63) / 64)
    let parts = parallelMap(count: (items.count + size - 1) / size, threads: threads) { part in
      var simulation = SupplySimulation(
        problem: self, solution: solution, expected: expected, horizon: horizon, periodDays: periodDays,
        supply: supply, waiting: waiting, groups: groups, groupCount: groupCount, drawCount: drawCount)
      for item in part * size..<min(items.count, (part + 1) * size) { simulation.add(item) }
      return simulation.outcome
    }
    var outcome = DisruptionOutcome(horizon: horizon, groupCount: groupCount, drawCount: drawCount)
    for part in parts { outcome.add(part) }
    outcome.divide(by: Double(drawCount))
    return outcome
  }
}

extension DisruptionOutcome {
  init(horizon: Int, groupCount: Int, drawCount: Int) {
    self.horizon = horizon
    nodes = [Node](repeating: Node(), count: groupCount * horizon)
    demandDraws = [Double](repeating: 0, count: drawCount)
    filledDraws = demandDraws
    lostRevenueDraws = demandDraws
    lostUnits = []
  }

  fileprivate mutating func add(_ other: DisruptionOutcome) {
    for index in nodes.indices { nodes[index] += other.nodes[index] }
    for draw in demandDraws.indices {
      demandDraws[draw] += other.demandDraws[draw]
      filledDraws[draw] += other.filledDraws[draw]
      lostRevenueDraws[draw] += other.lostRevenueDraws[draw]
    }
    lostUnits += other.lostUnits
    lostMargin += other.lostMargin
    backupUnits += other.backupUnits
    backupCost += other.backupCost
  }

  /// Sums over draws become means.
  fileprivate mutating func divide(by draws: Double) {
    for index in nodes.indices { nodes[index] /= draws }
    for item in lostUnits.indices { lostUnits[item] /= draws }
    lostMargin /= draws
    backupUnits /= draws
    backupCost /= draws
  }
}

extension DisruptionOutcome.Node {
  fileprivate static func += (left: inout Self, right: Self) {
    left.demand += right.demand
    left.due += right.due
    left.delivered += right.delivered
    left.late += right.late
    left.filled += right.filled
    left.lost += right.lost
    left.lostRevenue += right.lostRevenue
    left.backlog += right.backlog
    left.stock += right.stock
  }

  fileprivate static func /= (left: inout Self, right: Double) {
    left.demand /= right
    left.due /= right
    left.delivered /= right
    left.late /= right
    left.filled /= right
    left.lost /= right
    left.lostRevenue /= right
    left.backlog /= right
    left.stock /= right
  }
}

/// The simulation of some items; its figures are sums over draws.
private struct SupplySimulation {
  let problem: InventoryProblem
  let solution: InventorySolution
  let expected: [Double]
  let horizon: Int
  let periodDays: Double
  let supply: SupplyShares
  let waiting: Double
  let groups: [Int]
  let drawCount: Int
  var outcome: DisruptionOutcome

  init(
    problem: InventoryProblem, solution: InventorySolution, expected: [Double], horizon: Int, periodDays: Double,
    supply: SupplyShares, waiting: Double, groups: [Int], groupCount: Int, drawCount: Int
  ) {
    (self.problem, self.solution, self.expected, self.horizon) = (problem, solution, expected, horizon)
    (self.periodDays, self.supply, self.waiting, self.groups) = (periodDays, supply, waiting, groups)
    self.drawCount = drawCount
    outcome = DisruptionOutcome(horizon: horizon, groupCount: groupCount, drawCount: drawCount)
  }

  /// Whole periods that pass before something arrives.
  private func periods(_ days: Double) -> Int { Int(min(max(0, days / periodDays), 1e6).rounded(.down)) }

  mutating func add(_ index: Int) {
    let (item, line) = (problem.items[index], solution.lines[index])
    let (delivery, transfer) = (periods(item.leadTimeDays), periods(problem.policy.transferDays))
    let (price, cost) = (item.unitPrice ?? 0, item.unitCost?.double ?? 0)
    let draws = item.demand.periodDraws(horizon: horizon, drawCount: drawCount, expected: expected, item: index)
    var state = DrawStates(
      count: drawCount, horizon: horizon, stock: max(0, item.onHand - Double(line.sent)),
      open: item.onOrder + Double(line.ordered), delivery: delivery)
    var lostUnits = 0.0
    for period in 0..<horizon {
      let mean = expected[index * horizon + period]
      var share = supply.shares[index * horizon + period]
      // The orders of now get what the split of scarce supply gives them.
      if period == delivery, share < 1, line.ordered > 0 {
        let open = item.onOrder + Double(line.ordered)
        share = (item.onOrder * share + Double(line.ordered) * supply.first[index]) / max(1e-9, open)
      }
      let orders = item.meanPerDay > 0
      var node = DisruptionOutcome.Node()
      let step = SupplyStep(
        period: period, delivery: delivery, expected: mean, lower: line.levels.lower, upTo: line.levels.orderUpTo,
        orders: orders, share: share, backup: supply.backup, received: period == transfer ? Double(line.received) : 0,
        waiting: waiting)
      let backup = state.advance(step, draws, &node)
      node.lostRevenue = node.lost * price
      lostUnits += node.lost
      outcome.backupUnits += backup
      outcome.backupCost += backup * cost
      outcome.nodes[groups[index] * horizon + period] += node
    }
    state.add(to: &outcome, price: price)
    outcome.lostUnits.append(lostUnits)
    outcome.lostMargin += lostUnits * max(0, price - cost)
  }
}

/// What holds for all draws of an item in one period.
private struct SupplyStep {
  var period: Int
  var delivery: Int
  var expected: Double
  var lower: Double
  var upTo: Double
  var orders: Bool
  var share: Double
  var backup: Double
  var received: Double
  var waiting: Double
}

/// One item in every draw.
private struct DrawStates {
  private struct State {
    var stock: Double
    var backlog = 0.0
    var late = 0.0
    /// Orders under way.
    var open: Double
    // Sums over the periods.
    var wanted = 0.0
    var filled = 0.0
    var lost = 0.0
  }

  private let horizon: Int
  private var states: [State]
  /// When orders are due: periods × draws.
  private var due: [Double]

  init(count: Int, horizon: Int, stock: Double, open: Double, delivery: Int) {
    self.horizon = horizon
    states = [State](repeating: State(stock: stock, open: open), count: count)
    due = [Double](repeating: 0, count: horizon * count)
    if delivery < horizon { for draw in 0..<count { due[delivery * count + draw] = open } }
  }

  /// One period of every draw.
  ///
  /// - Returns: units of the second supplier, over all draws.
  mutating func advance(_ step: SupplyStep, _ demand: [Double], _ node: inout DisruptionOutcome.Node) -> Double {
    // What is lost to checks of bounds here is a third of a what-if of demand.
    states.withUnsafeMutableBufferPointer { states in
      due.withUnsafeMutableBufferPointer { due in
        demand.withUnsafeBufferPointer { Self.advance(step, horizon, states, due, $0, &node) }
      }
    }
  }

  /// Adds what came of each draw to the outcome.
  func add(to outcome: inout DisruptionOutcome, price: Double) {
    for (draw, state) in states.enumerated() {
      outcome.demandDraws[draw] += state.wanted
      outcome.filledDraws[draw] += state.filled
      outcome.lostRevenueDraws[draw] += state.lost * price
    }
  }

  private static func advance(
    _ step: SupplyStep, _ horizon: Int, _ states: UnsafeMutableBufferPointer<State>,
    _ due: UnsafeMutableBufferPointer<Double>, _ demand: UnsafeBufferPointer<Double>,
    _ node: inout DisruptionOutcome.Node
  ) -> Double {
    let count = states.count
    let (row, arrival) = (step.period * count, (step.period + step.delivery) * count)
    let isInside = step.period + step.delivery < horizon
    let backup = step.share < 1 ? step.backup * (1 - step.share) : 0
    let share = min(1, step.share + backup)
    var second = 0.0
    // Sums in registers: through `inout` each would be a store.
    var sums = DisruptionOutcome.Node()
    for draw in 0..<count {
      var state = states[draw]
      let wanted = max(0, demand[row + draw])
      // 1. Orders.
      let position = state.stock - state.backlog + state.open + state.late - step.expected
      if step.orders, position < step.lower {
        let units = step.upTo - position
        state.open += units
        if isInside { due[arrival + draw] += units }
      }
      // 2. Arrivals.
      let arriving = due[row + draw]
      state.open -= arriving
      var delivered = share * arriving
      state.late += arriving - delivered
      second += backup * arriving
      if share >= 1 {
        delivered += state.late
        state.late = 0
      }
      state.stock += delivered + step.received
      // 3. Those who wait, then those who come.
      let served = min(state.stock, state.backlog)
      state.stock -= served
      state.backlog -= served
      let filled = min(state.stock, wanted)
      state.stock -= filled
      let unmet = wanted - filled
      state.backlog += step.waiting * unmet
      let lost = (1 - step.waiting) * unmet
      state.wanted += wanted
      state.filled += filled
      state.lost += lost
      states[draw] = state
      sums.demand += wanted
      sums.due += arriving
      sums.delivered += delivered
      sums.late += state.late
      sums.filled += filled
      sums.lost += lost
      sums.backlog += state.backlog
      sums.stock += state.stock
    }
    node += sums
    return second
  }
}

extension DemandDistribution {
  /// Draws of a forecast; 1 of anything else, which is taken as expected.
  fileprivate var drawCount: Int {
    if case .paths(let paths, _, _) = self { paths.drawCount } else { 1 }
  }

  /// Units, periods × draws.
  fileprivate func periodDraws(horizon: Int, drawCount: Int, expected: [Double], item: Int) -> [Double] {
    var values = [Double](repeating: 0, count: horizon * drawCount)
    guard case .paths(let paths, let series, _) = self, paths.drawCount == drawCount, paths.horizon >= horizon else {
      for period in 0..<horizon {
        for draw in 0..<drawCount { values[period * drawCount + draw] = expected[item * horizon + period] }
      }
      return values
    }
    let start = series * paths.horizon * drawCount
    paths.values.withUnsafeBufferPointer { paths in
      for index in values.indices { values[index] = Double(paths[start + index]) }
    }
    return values
  }
}
