import Tables

extension ShortageProblem {
  /// Divides the supply of every product; nil where floors need more than there is, or more than was asked for.
  ///
  /// Complexity: n log n per product.
  public func solve() throws(AllocationProblemError) -> ShortageSolution? {
    if let defect { throw .invalid([defect]) }
    var solution = ShortageSolution(units: requests.map(\.floor), objectives: [], objective: 0)
    for (product, members) in members().enumerated() {
      guard members.allSatisfy({ requests[$0].floor <= requests[$0].units }) else { return nil }
      guard let objective = divide(products[product].supply, members, &solution.units) else { return nil }
      solution.objectives.append(objective)
    }
    let isFair = rule == .fair
    solution.objective =
      isFair ? solution.objectives.min() ?? 1 : solution.objectives.reduce(0, +)
    return solution
  }

  /// Divides the supply of one product among its requests, floors first. Returns the objective.
  func divide(_ supply: Int, _ members: [Int], _ units: inout [Int]) -> Double? {
    for index in members { units[index] = requests[index].floor }
    var left = supply - members.reduce(0) { $0 + requests[$1].floor }
    guard left >= 0 else { return nil }
    var tiers: [[Int]] = [members]
    if tiersAreStrict {
      let byTier = Dictionary(grouping: members) { requests[$0].tier }
      tiers = byTier.sorted { $0.key < $1.key }.map(\.value)
    }
    var level = Double.infinity
    for tier in tiers {
      if left > 0 {
        switch rule {
        case .fair: raise(tier, by: &left, &units)
        case .weightedFill: fill(tier, by: &left, &units)
        }
      }
      guard level == .infinity else { continue }
      // The first tier that does not get all it asked for.
      for index in tier where units[index] < requests[index].units { level = min(level, rate(index, units[index])) }
    }
    switch rule {
    case .fair: return level < .infinity ? level : members.map { 1 / requests[$0].weight }.min() ?? 1
    case .weightedFill:
      return members.reduce(0) { sum, index in
        let request = requests[index]
        return request.units > 0 ? sum + request.weight * Double(units[index]) / Double(request.units) : sum
      }
    }
  }

  /// The weighted fill rate at so many units.
  private func rate(_ index: Int, _ units: Int) -> Double {
    Double(units) / (requests[index].weight * Double(requests[index].units))
  }

  /// The lexicographic max-min division in whole units: whoever is worst off gets the next unit; of equals, whoever is
  /// best off with it.
  ///
  /// All units below a common level are given at once; the level is found by bisection. Source: Federgruen & Groenevelt,
  /// *The greedy procedure for resource allocation problems*, Operations Research 34 (1986); Luss, *Equitable Resource
  /// Allocation* (2012), ch. 2.
  private func raise(_ members: [Int], by left: inout Int, _ units: inout [Int]) {
    let start = units
    let budget = members.reduce(left) { $0 + start[$1] }
    func wanted(_ index: Int, at level: Double) -> Int {
      let request = requests[index]
      let share = (level * request.weight * Double(request.units)).rounded(.up)
      return share >= Double(request.units) ? request.units : max(start[index], Int(share))
    }
    func total(at level: Double) -> Int { members.reduce(0) { $0 + wanted($1, at: level) } }
    var low = 0.0
    var high = members.reduce(1.0) { max($0, 1 / requests[$1].weight) }
    if total(at: high) <= budget {
      low = high
    } else {
      for _ in 0..<200 {
        let middle = (low + high) / 2
        if middle <= low || middle >= high { break }
        if total(at: middle) <= budget { low = middle } else { high = middle }
      }
    }
    for index in members { units[index] = wanted(index, at: low) }
    left = budget - members.reduce(0) { $0 + units[$1] }
    // What is left goes one by one.
    while left > 0 {
      let waiting = members.filter { units[$0] < requests[$0].units }.map { index in
        (index: index, rate: rate(index, units[index]), next: rate(index, units[index] + 1))
      }.sorted { ($0.rate, -$0.next, $0.index) < ($1.rate, -$1.next, $1.index) }
      guard !waiting.isEmpty else { return }
      var worst = Double.infinity
      for candidate in waiting {
        // Who got a unit and is still worse off comes again first.
        if left == 0 || candidate.rate > worst { break }
        units[candidate.index] += 1
        left -= 1
        worst = min(worst, candidate.next)
      }
    }
  }

  /// A unit goes where it adds the most weighted fill: weight / request.
  private func fill(_ members: [Int], by left: inout Int, _ units: inout [Int]) {
    let order = members.filter { requests[$0].units > 0 }.sorted {
      let (first, second) = (requests[$0], requests[$1])
      let (mine, other) = (first.weight / Double(first.units), second.weight / Double(second.units))
      return mine != other ? mine > other : $0 < $1
    }
    for index in order {
      let more = min(left, requests[index].units - units[index])
      units[index] += more
      left -= more
    }
  }
}
