/// The Lagrangian of location without capacities: every demand j pays v_j instead of having to be served,
///
///     L(v) = Σⱼ vⱼ + min over the open sites of Σᵢ sᵢ,    sᵢ = fᵢ − Σⱼ max(0, vⱼ − cᵢⱼ)
///
/// a lower bound for every v. With the cheapest sites in sorted lists one evaluation looks only at the pairs with
/// c < v.
///
/// Source: Cornuéjols, Fisher & Nemhauser, "Location of bank accounts to optimize float" (Management Science 23, 1977).
struct UncapacitatedDual {
  let fixedCosts: [Double]
  let openCount: ClosedRange<Int>
  var costs: SortedCosts
  var choice: [SiteChoice]

  /// Of the last evaluation: sᵢ, the open set, its subgradient 1 − (open sites that would serve j).
  private(set) var reducedCost: [Double]
  private(set) var isChosen: [Bool]
  private(set) var subgradient: [Double]
  private(set) var chosenCount = 0
  /// The dearest free site chosen and the cheapest free one that is not.
  private var dearestChosen = -Double.infinity
  private var cheapestLeft = Double.infinity
  private var reach: [Int]
  private var order: [Int] = []

  init(fixedCosts: [Double], openCount: ClosedRange<Int>, costs: SortedCosts, choice: [SiteChoice]) {
    self.fixedCosts = fixedCosts
    self.openCount = openCount
    self.costs = costs
    self.choice = choice
    reducedCost = fixedCosts
    isChosen = [Bool](repeating: false, count: fixedCosts.count)
    let demandCount = costs.start.count - 1
    subgradient = [Double](repeating: 0, count: demandCount)
    reach = [Int](repeating: 0, count: demandCount)
  }

  /// L(v); infinite where no open set is left.
  mutating func evaluate(_ v: [Double]) -> Double {
    var sum = 0.0
    for site in reducedCost.indices { reducedCost[site] = fixedCosts[site] }
    for demand in v.indices {
      let price = v[demand]
      sum += price
      var entry = costs.start[demand]
      let end = costs.start[demand + 1]
      while entry < end, costs.cost[entry] < price {
        reducedCost[Int(costs.site[entry])] -= price - costs.cost[entry]
        entry += 1
      }
      reach[demand] = entry
    }
    guard let opened = choose() else { return .infinity }
    for demand in v.indices {
      var slope = 1.0
      for entry in costs.start[demand]..<reach[demand] where isChosen[Int(costs.site[entry])] { slope -= 1 }
      subgradient[demand] = slope
    }
    return sum + opened
  }

  /// The open set of least reduced cost, of an allowed size.
  private mutating func choose() -> Double? {
    var sum = 0.0
    chosenCount = 0
    var free = 0
    for site in choice.indices {
      isChosen[site] =
        switch choice[site] {
        case .open: true
        case .closed: false
        case .free: reducedCost[site] < 0
        }
      if choice[site] == .free { free += 1 }
      if isChosen[site] {
        chosenCount += 1
        sum += reducedCost[site]
      }
    }
    if !openCount.contains(chosenCount) {
      let locked = choice.count { $0 == .open }
      guard locked <= openCount.upperBound, locked + free >= openCount.lowerBound else { return nil }
      order.removeAll(keepingCapacity: true)
      for site in choice.indices where choice[site] == .free { order.append(site) }
      order.sort { reducedCost[$0] < reducedCost[$1] || (reducedCost[$0] == reducedCost[$1] && $0 < $1) }
      let wanted = chosenCount < openCount.lowerBound ? openCount.lowerBound : openCount.upperBound
      for (rank, site) in order.enumerated() { isChosen[site] = rank < wanted - locked }
      chosenCount = wanted
      sum = choice.indices.reduce(0) { isChosen[$1] ? $0 + reducedCost[$1] : $0 }
    }
    dearestChosen = -.infinity
    cheapestLeft = .infinity
    for site in choice.indices where choice[site] == .free {
      if isChosen[site] {
        dearestChosen = max(dearestChosen, reducedCost[site])
      } else {
        cheapestLeft = min(cheapestLeft, reducedCost[site])
      }
    }
    return sum
  }

  /// By how much L(v) rises at least if the free site goes the other way than chosen.
  func penalty(_ site: Int) -> Double {
    let own = reducedCost[site]
    if isChosen[site] {
      let isReplaced = chosenCount == openCount.lowerBound || cheapestLeft < 0
      return isReplaced ? cheapestLeft - own : -own
    }
    let replaces = chosenCount == openCount.upperBound || dearestChosen > 0
    return replaces ? own - dearestChosen : own
  }

  /// Prices by dual ascent: each in turn is raised to its next cost level as far as the sites' slacks allow.
  ///
  /// Source: Erlenkotter, "A dual-based procedure for uncapacitated facility location" (Operations Research 26, 1978).
  func ascent() -> [Double] {
    let demandCount = costs.start.count - 1
    var slack = fixedCosts.indices.map { choice[$0] == .open ? 0 : max(0, fixedCosts[$0]) }
    var v = (0..<demandCount).map { costs.start[$0] < costs.start[$0 + 1] ? costs.cost[costs.start[$0]] : 0 }
    // `level[j]`: the first entry of j whose cost is above v_j.
    var level = (0..<demandCount).map { costs.start[$0] }
    var active = Array(0..<demandCount)
    while !active.isEmpty {
      var next: [Int] = []
      for demand in active {
        let (begin, end) = (costs.start[demand], costs.start[demand + 1])
        while level[demand] < end, costs.cost[level[demand]] <= v[demand] { level[demand] += 1 }
        guard level[demand] > begin else { continue }
        var step = level[demand] < end ? costs.cost[level[demand]] - v[demand] : .infinity
        var isBlocked = false
        for entry in begin..<level[demand] where slack[Int(costs.site[entry])] <= step {
          step = slack[Int(costs.site[entry])]
          isBlocked = true
        }
        guard step.isFinite else { continue }
        for entry in begin..<level[demand] { slack[Int(costs.site[entry])] -= step }
        v[demand] += step
        if !isBlocked { next.append(demand) }
      }
      active = next
    }
    return v
  }
}
