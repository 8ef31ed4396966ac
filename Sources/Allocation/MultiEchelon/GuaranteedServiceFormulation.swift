import Glibc

/// The network in whole ticks of time.
///
///     minimise   Σ over k of h_k · B_k(τ_k),   τ_k = SI_k + T_k − S_k
///     subject to SI_k ≥ S_i for every supplier i,   SI_k ≥ inbound_k,   0 ≤ S_k ≤ maximum_k,   τ_k ≥ 0
///
/// h: holding cost (money a unit and period), B_k(τ): stock beyond mean demand that covers τ periods (units),
/// z_k · σ_k · √τ or tabulated. Costs never fall in τ, so that SI_k is the longest of what k waits for. Where they are
/// concave an optimum exists at which every time is a sum of the times given, with signs; hence whole multiples of
/// the largest step that divides them all lose nothing.
struct GuaranteedServiceFormulation: Sendable {
  /// Periods in a tick.
  let step: Double
  /// Whether times were rounded up to ticks.
  let isRounded: Bool
  /// Standard deviation of all demand on a stage, and its mean.
  let deviation: [Double]
  let mean: [Double]
  let network: ServiceTimeNetwork
  private let problem: GuaranteedServiceProblem

  /// At most so many ticks on the longest path: beyond, the step is made coarser.
  private static let mostTicks = 4_096

  init(_ problem: GuaranteedServiceProblem) {
    self.problem = problem
    let links = problem.links.map { (from: $0.from, to: $0.to) }
    guard case .order(let order) = StageOrder(problem.stages.count, links) else { preconditionFailure("a cycle") }
    (deviation, mean) = Self.demand(problem, order)
    // 1. The step.
    let length = Self.longestPath(problem, order)
    var times: [Double] = []
    for stage in problem.stages {
      times.append(stage.time)
      times.append(stage.inboundTime)
      if let most = stage.maximumServiceTime, most < length { times.append(most) }
    }
    let exact = Self.commonStep(times)
    let coarsest = max(length, 1e-9) / Double(Self.mostTicks)
    if let exact, exact >= coarsest {
      (step, isRounded) = (exact, false)
    } else {
      (step, isRounded) = (max(coarsest, exact ?? 0), true)
    }
    // 2. Ranges: a promise longer than everything upstream takes is never needed.
    let step = step
    func ticks(up value: Double) -> Int { Int((value / step - 1e-6).rounded(.up)) }
    func ticks(down value: Double) -> Int { Int((value / step + 1e-6).rounded(.down)) }
    let time = problem.stages.map { ticks(up: $0.time) }
    let lowestInbound = problem.stages.map { ticks(up: $0.inboundTime) }
    var highestInbound = lowestInbound
    var highestOutbound = [Int](repeating: 0, count: time.count)
    let suppliers = Self.neighbours(problem.stages.count, links.map { ($0.to, $0.from) })
    for stage in order {
      for supplier in suppliers.of(stage) {
        highestInbound[stage] = max(highestInbound[stage], highestOutbound[supplier])
      }
      highestOutbound[stage] = highestInbound[stage] + time[stage]
      if let most = problem.stages[stage].maximumServiceTime, most < Double(highestOutbound[stage]) * step {
        highestOutbound[stage] = ticks(down: most)
      }
    }
    // 3. Costs.
    let longest = zip(highestInbound, time).map { $0 + $1 }.max() ?? 0
    let roots = (0...longest).map { (Double($0) * step).squareRoot() }
    var weight = deviation
    var tables: [Int: [Double]] = [:]
    for (index, stage) in problem.stages.enumerated() {
      weight[index] *= stage.holdingCost * stage.safetyFactor
      guard let table = stage.boundTable else { continue }
      tables[index] = (0...longest).map { stage.holdingCost * Self.interpolated(table, at: Double($0) * step) }
    }
    network = ServiceTimeNetwork(
      time: time, lowestInbound: lowestInbound, highestInbound: highestInbound, highestOutbound: highestOutbound,
      links: links, weight: weight, shape: roots, tables: tables)
  }

  /// Stock beyond mean demand that covers `periods`.
  func safetyStock(_ stage: Int, _ periods: Double) -> Double {
    let facts = problem.stages[stage]
    if let table = facts.boundTable { return Self.interpolated(table, at: periods) }
    return facts.safetyFactor * deviation[stage] * periods.squareRoot()
  }

  static func interpolated(_ table: [Double], at periods: Double) -> Double {
    let index = min(Int(periods), table.count - 2)
    return table[index] + (table[index + 1] - table[index]) * (periods - Double(index))
  }

  // MARK: Demand

  /// Pools demand up the network. Where every two stages are joined by one path at most, stage by stage; otherwise by
  /// the units of a supplier in each customer's demand over all paths, since what comes back together is not
  /// independent.
  private static func demand(
    _ problem: GuaranteedServiceProblem, _ order: [Int]
  ) -> (deviation: [Double], mean: [Double]) {
    let stages = problem.stages
    let power = problem.pooling
    func raised(_ value: Double) -> Double { power == 2 ? value * value : power == 1 ? value : pow(value, power) }
    func lowered(_ value: Double) -> Double {
      power == 2 ? value.squareRoot() : power == 1 ? value : pow(value, 1 / power)
    }
    let customers = neighbours(stages.count, problem.links.map { ($0.from, $0.to) })
    var mean = stages.map(\.demandMean)
    for stage in order.reversed() {
      for (position, customer) in customers.positioned(stage) {
        mean[stage] += problem.links[customers.link[position]].units * mean[customer]
      }
    }
    var deviation = [Double](repeating: 0, count: stages.count)
    if isForest(stages.count, problem.links) || stages.allSatisfy({ $0.netDeviation != nil }) {
      for stage in order.reversed() {
        guard stages[stage].netDeviation == nil else {
          deviation[stage] = stages[stage].netDeviation ?? 0
          continue
        }
        var sum = raised(stages[stage].demandDeviation)
        for (position, customer) in customers.positioned(stage) {
          sum += raised(problem.links[customers.link[position]].units * deviation[customer])
        }
        deviation[stage] = lowered(sum)
      }
      return (deviation, mean)
    }
    // Per stage with demand of its own: its units in one unit of demand there.
    var sums = [Double](repeating: 0, count: stages.count)
    for source in stages.indices where stages[source].demandDeviation > 0 {
      var units = [Double](repeating: 0, count: stages.count)
      units[source] = 1
      for stage in order.reversed() {
        for (position, customer) in customers.positioned(stage) where units[customer] > 0 {
          units[stage] += problem.links[customers.link[position]].units * units[customer]
        }
        if units[stage] > 0 { sums[stage] += raised(units[stage] * stages[source].demandDeviation) }
      }
    }
    for stage in stages.indices { deviation[stage] = stages[stage].netDeviation ?? lowered(sums[stage]) }
    return (deviation, mean)
  }

  private static func isForest(_ count: Int, _ links: [GuaranteedServiceProblem.Link]) -> Bool {
    var trees = DisjointSets(count: count)
    return links.allSatisfy { trees.join($0.from, $0.to) }
  }

  // MARK: Time

  private static func longestPath(_ problem: GuaranteedServiceProblem, _ order: [Int]) -> Double {
    let suppliers = neighbours(problem.stages.count, problem.links.map { ($0.to, $0.from) })
    var length = [Double](repeating: 0, count: problem.stages.count)
    for stage in order {
      var inbound = problem.stages[stage].inboundTime
      for supplier in suppliers.of(stage) { inbound = max(inbound, length[supplier]) }
      length[stage] = inbound + problem.stages[stage].time
    }
    return length.max() ?? 0
  }

  /// The largest number of which all times are whole multiples, among 1/10,000 and what it divides; nil where there is
  /// none.
  static func commonStep(_ times: [Double]) -> Double? {
    let positive = times.filter { $0 > 0 }
    guard let largest = positive.max() else { return 1 }
    for scale in [1.0, 10, 100, 1_000, 10_000] {
      guard largest * scale < 1e15 else { return nil }
      guard positive.allSatisfy({ abs($0 * scale - ($0 * scale).rounded()) <= 1e-7 }) else { continue }
      var divisor = 0
      for time in positive {
        var (left, right) = (divisor, Int((time * scale).rounded()))
        while right != 0 { (left, right) = (right, left % right) }
        divisor = left
      }
      return Double(max(1, divisor)) / scale
    }
    return nil
  }

  // MARK: Neighbours

  /// The targets of links by their source, in one array.
  struct Neighbours: Sendable {
    var start: [Int]
    var target: [Int]
    /// The index of the link, by position in `target`.
    var link: [Int]

    func of(_ stage: Int) -> ArraySlice<Int> { target[start[stage]..<start[stage + 1]] }
    func positioned(_ stage: Int) -> Zip2Sequence<Range<Int>, ArraySlice<Int>> {
      zip(start[stage]..<start[stage + 1], of(stage))
    }
  }

  static func neighbours(_ count: Int, _ pairs: [(Int, Int)]) -> Neighbours {
    var start = [Int](repeating: 0, count: count + 1)
    for pair in pairs { start[pair.0 + 1] += 1 }
    for stage in 0..<count { start[stage + 1] += start[stage] }
    var fill = start
    var target = [Int](repeating: 0, count: pairs.count)
    var link = target
    for (index, pair) in pairs.enumerated() {
      target[fill[pair.0]] = pair.1
      link[fill[pair.0]] = index
      fill[pair.0] += 1
    }
    return Neighbours(start: start, target: target, link: link)
  }
}
