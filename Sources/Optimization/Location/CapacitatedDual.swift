/// The Lagrangian of location with capacities: every demand j pays v_j instead of having to be served,
///
///     L(v) = Σⱼ vⱼ + min Σᵢ sᵢ yᵢ over allowed open sets with room for everybody,    sᵢ = fᵢ − zᵢ(v)
///     zᵢ(v) = max Σⱼ (vⱼ − cᵢⱼ) xⱼ  subject to  Σⱼ wᵢⱼ xⱼ ≤ qᵢ
///
/// a lower bound for every v, stronger than the linear relaxation where the knapsacks are solved in whole items.
///
/// Source: Beasley, "Lagrangean heuristics for location problems" (EJOR 65, 1993); Holmberg, Rönnqvist & Yuan, "An
/// exact algorithm for the capacitated facility location problems with single sourcing" (EJOR 113, 1999).
struct CapacitatedDual {
  let problem: CapacitatedLocation
  /// Knapsacks in whole items.
  let isWhole: Bool
  /// What all demands take at least: the open sites must have this room together.
  let need: Double
  var choice: [SiteChoice]
  /// Whether i may serve j, site-major.
  private(set) var isAllowed: [Bool]
  /// Site-major copies.
  let costs: [Double]
  let weights: [Double]
  /// Demands that a site may serve, without those that only it may: `demand[start[i]..<start[i + 1]]`.
  private var start: [Int] = []
  private var demand: [Int] = []
  /// The one site that may serve a demand; −1 where there are several, −2 where there is none.
  private(set) var onlySite: [Int] = []
  /// Capacity without what demands of one site take.
  private var room: [Double] = []
  private var isPossible = true

  /// Of the last evaluation.
  private(set) var reducedCost: [Double]
  private(set) var openShare: [Double]
  /// Site-major: what the knapsack of a site takes, whether or not the site is open.
  private(set) var taken: [Double]
  private(set) var subgradient: [Double]
  private var knapsack = Knapsack()
  private var cover: CoverChoice

  init(_ problem: CapacitatedLocation) {
    self.problem = problem
    let (demandCount, siteCount) = (problem.demandCount, problem.siteCount)
    var costs = [Double](repeating: 0, count: demandCount * siteCount)
    var weights = costs
    var isAllowed = [Bool](repeating: false, count: costs.count)
    for demand in 0..<demandCount {
      for site in 0..<siteCount {
        let (from, to) = (demand * siteCount + site, site * demandCount + demand)
        costs[to] = problem.costs[from]
        weights[to] = problem.weights[from]
        isAllowed[to] =
          problem.choice[site] != .closed && costs[to].isFinite
          && (problem.isSplittable || weights[to] <= problem.capacities[site])
      }
    }
    isWhole =
      !problem.isSplittable && BoundTest.isWhole(problem.weights) && BoundTest.isWhole(problem.capacities)
      && problem.capacities.allSatisfy { $0 <= 20_000 }
    self.costs = costs
    self.weights = weights
    self.isAllowed = isAllowed
    choice = problem.choice
    need = problem.leastWeight
    reducedCost = problem.fixedCosts
    openShare = [Double](repeating: 0, count: siteCount)
    taken = [Double](repeating: 0, count: costs.count)
    subgradient = [Double](repeating: 0, count: demandCount)
    cover = CoverChoice(capacities: problem.capacities, need: need, openCount: problem.openCount)
    compress()
  }

  /// Lists the pairs that are left; a demand with one site left belongs to it, and that site is open.
  private mutating func compress() {
    let (demandCount, siteCount) = (problem.demandCount, problem.siteCount)
    onlySite = [Int](repeating: -2, count: demandCount)
    for site in 0..<siteCount {
      for candidate in 0..<demandCount where isAllowed[site * demandCount + candidate] {
        onlySite[candidate] = onlySite[candidate] == -2 ? site : -1
      }
    }
    for entry in taken.indices { taken[entry] = 0 }
    room = problem.capacities
    isPossible = !onlySite.contains(-2)
    for candidate in 0..<demandCount where onlySite[candidate] >= 0 {
      let site = onlySite[candidate]
      room[site] -= weights[site * demandCount + candidate]
      if choice[site] == .free { choice[site] = .open }
      taken[site * demandCount + candidate] = 1
    }
    for site in 0..<siteCount {
      if room[site] < 0 {
        if room[site] < -1e-9 * problem.capacities[site] { isPossible = false }
        room[site] = 0
      }
    }
    start = [0]
    demand = []
    for site in 0..<siteCount {
      let row = site * demandCount
      for candidate in 0..<demandCount where isAllowed[row + candidate] && onlySite[candidate] < 0 {
        if problem.isSplittable || weights[row + candidate] <= room[site] {
          demand.append(candidate)
        } else {
          isAllowed[row + candidate] = false
        }
      }
      start.append(demand.count)
    }
  }

  /// Takes over which sites and pairs are still possible.
  mutating func restrict(_ choice: [SiteChoice], _ isAllowed: [Bool]) {
    self.choice = choice
    self.isAllowed = isAllowed
    compress()
  }

  /// L(v); infinite where no allowed open set has room.
  mutating func evaluate(_ v: [Double]) -> Double {
    guard isPossible else { return .infinity }
    for site in choice.indices where choice[site] != .closed {
      reducedCost[site] = problem.fixedCosts[site] - fill(site, v)
    }
    guard var value = cover.choose(reducedCost, choice, &openShare) else { return .infinity }
    for demand in v.indices {
      let site = onlySite[demand]
      subgradient[demand] = site < 0 ? 1 : 0
      value += site < 0 ? v[demand] : costs[site * problem.demandCount + demand]
    }
    for site in choice.indices where openShare[site] > 0 {
      let row = site * problem.demandCount
      for entry in start[site]..<start[site + 1] {
        let candidate = demand[entry]
        subgradient[candidate] -= openShare[site] * taken[row + candidate]
      }
    }
    return value
  }

  /// Solves the knapsack of a site; its value.
  private mutating func fill(_ site: Int, _ v: [Double]) -> Double {
    load(site, v)
    let value =
      isWhole
      ? knapsack.solveWhole(room[site]) : knapsack.solveContinuous(room[site])
    let row = site * problem.demandCount
    for entry in start[site]..<start[site + 1] { taken[row + demand[entry]] = 0 }
    for item in knapsack.demand.indices { taken[row + knapsack.demand[item]] = knapsack.taken[item] }
    return value
  }

  private mutating func load(_ site: Int, _ v: [Double], without left: Int = -1) {
    let row = site * problem.demandCount
    knapsack.clear()
    for entry in start[site]..<start[site + 1] {
      let candidate = demand[entry]
      let profit = v[candidate] - costs[row + candidate]
      if profit > 0, candidate != left {
        knapsack.add(demand: candidate, profit: profit, weight: weights[row + candidate])
      }
    }
  }

  /// Rules out sites and pairs without which nothing better than `cutoff` is lost; `evaluate(v)` came before.
  ///
  /// A pair is ruled out where the bound with it reaches the cutoff; where the bound without it does, all other pairs of
  /// its demand go. Complexity: one knapsack per site, one per pair that is taken, one choice of sites per site.
  mutating func fix(_ v: [Double], bound: Double, cutoff: Double) {
    guard cutoff.isFinite else { return }
    var scratch = openShare
    guard isPossible, let others = cover.choose(reducedCost, choice, &scratch) else { return }
    var (withOpen, withClosed) = (
      [Double](repeating: 0, count: choice.count), [Double](repeating: 0, count: choice.count)
    )
    for site in choice.indices where choice[site] != .closed {
      let original = choice[site]
      choice[site] = .open
      withOpen[site] = (cover.choose(reducedCost, choice, &scratch) ?? .infinity) - others
      choice[site] = .closed
      withClosed[site] =
        original == .open
        ? .infinity : (cover.choose(reducedCost, choice, &scratch) ?? .infinity) - others
      choice[site] = original
    }
    for site in choice.indices where choice[site] == .free {
      if bound + withOpen[site] >= cutoff {
        choice[site] = .closed
        for demand in 0..<problem.demandCount { isAllowed[site * problem.demandCount + demand] = false }
      } else if bound + withClosed[site] >= cutoff {
        choice[site] = .open
      }
    }
    guard isWhole else { return compress() }
    for site in choice.indices where choice[site] != .closed {
      fixPairs(site, v, slack: cutoff - bound, withOpen[site], withClosed[site])
    }
    compress()
  }

  private mutating func fixPairs(
    _ site: Int, _ v: [Double], slack: Double, _ withOpen: Double, _ withClosed: Double
  ) {
    let row = site * problem.demandCount
    load(site, v)
    let capacity = room[site]
    let profile = Array(knapsack.profile(capacity))
    let best = profile[profile.count - 1]
    for entry in start[site]..<start[site + 1] {
      let candidate = demand[entry]
      let left = Int(capacity) - Int(weights[row + candidate])
      // The item may be in the table already: an upper bound of the profit with it.
      let with = left < 0 ? -.infinity : profile[left] + v[candidate] - costs[row + candidate]
      if withOpen + max(0, best - with) >= slack { isAllowed[row + candidate] = false }
    }
    for entry in start[site]..<start[site + 1] where taken[row + demand[entry]] > 0 && openShare[site] > 0 {
      let candidate = demand[entry]
      guard isAllowed[row + candidate] else { continue }
      load(site, v, without: candidate)
      let without = knapsack.solveWhole(capacity)
      guard min(withClosed, best - without) >= slack else { continue }
      choice[site] = .open
      for other in choice.indices where other != site { isAllowed[other * problem.demandCount + candidate] = false }
    }
  }
}

/// Open sites of least reduced cost with room for everybody.
struct CoverChoice {
  let capacities: [Double]
  let need: Double
  let openCount: ClosedRange<Int>
  private let isWhole: Bool
  private var cost: [Double] = []
  private var keep: [UInt8] = []

  init(capacities: [Double], need: Double, openCount: ClosedRange<Int>) {
    self.capacities = capacities
    self.need = need
    self.openCount = openCount
    isWhole = BoundTest.isWhole(capacities) && need < 100_000
  }

  /// - Parameter share: 1 for an open site; one site may be open in part where capacities are no whole numbers.
  /// - Returns: nil where no allowed set has room.
  mutating func choose(_ reducedCost: [Double], _ choice: [SiteChoice], _ share: inout [Double]) -> Double? {
    var (sum, room, count) = (0.0, 0.0, 0)
    for site in choice.indices {
      let isOpen = choice[site] == .open || (choice[site] == .free && reducedCost[site] < 0)
      share[site] = isOpen ? 1 : 0
      guard isOpen else { continue }
      sum += reducedCost[site]
      room += capacities[site]
      count += 1
    }
    let missing = need - room
    if missing > 1e-9 * max(1, need) {
      let left = choice.indices.filter { choice[$0] == .free && share[$0] == 0 && capacities[$0] > 0 }
      guard
        let added = isWhole
          ? coverWhole(left, reducedCost, Int(missing.rounded(.up)), &share)
          : coverInPart(left, reducedCost, missing, &share)
      else { return nil }
      sum += added
      count = share.count { $0 > 0 }
    }
    return openCount.contains(count) ? sum : counted(reducedCost, choice, &share)
  }

  /// The best set of an allowed size; the room is left out, which keeps the bound valid.
  private func counted(_ reducedCost: [Double], _ choice: [SiteChoice], _ share: inout [Double]) -> Double? {
    let free = choice.indices.filter { choice[$0] == .free }.sorted { reducedCost[$0] < reducedCost[$1] }
    let locked = choice.count { $0 == .open }
    guard locked <= openCount.upperBound, locked + free.count >= openCount.lowerBound else { return nil }
    let wanted = min(
      max(free.prefix { reducedCost[$0] < 0 }.count, openCount.lowerBound - locked), openCount.upperBound - locked)
    for site in choice.indices { share[site] = choice[site] == .open ? 1 : 0 }
    for site in free.prefix(wanted) { share[site] = 1 }
    return share.indices.reduce(0) { $0 + share[$1] * reducedCost[$1] }
  }

  /// Dynamic programming over the missing room.
  private mutating func coverWhole(
    _ sites: [Int], _ reducedCost: [Double], _ missing: Int, _ share: inout [Double]
  ) -> Double? {
    let width = missing + 1
    cost = [Double](repeating: .infinity, count: width)
    cost[0] = 0
    if keep.count < width * sites.count { keep = [UInt8](repeating: 0, count: width * sites.count) }
    for (index, site) in sites.enumerated() {
      let (price, gain) = (reducedCost[site], Int(capacities[site]))
      for room in stride(from: missing, through: 0, by: -1) {
        let with = cost[max(0, room - gain)] + price
        let isBetter = room > 0 && with < cost[room]
        keep[index * width + room] = isBetter ? 1 : 0
        if isBetter { cost[room] = with }
      }
    }
    guard cost[missing].isFinite else { return nil }
    var room = missing
    for (index, site) in sites.enumerated().reversed() where room > 0 && keep[index * width + room] != 0 {
      share[site] = 1
      room = max(0, room - Int(capacities[site]))
    }
    return cost[missing]
  }

  /// The linear relaxation.
  private func coverInPart(
    _ sites: [Int], _ reducedCost: [Double], _ missing: Double, _ share: inout [Double]
  ) -> Double? {
    var (left, sum) = (missing, 0.0)
    for site in sites.sorted(by: { reducedCost[$0] * capacities[$1] < reducedCost[$1] * capacities[$0] }) {
      let part = min(1, left / capacities[site])
      share[site] = part
      sum += part * reducedCost[site]
      left -= part * capacities[site]
      if left <= 0 { return sum }
    }
    return left <= 1e-9 * max(1, need) ? sum : nil
  }
}
