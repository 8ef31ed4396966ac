import Optimization

extension NewsvendorProblem {
  /// Whole packs within the limits.
  ///
  /// 1. From the stocks at the prices that stay within the limits: packs are added, the most saving per charge first,
  ///    as long as they fit and save.
  /// 2. A better solution differs from the stocks at the prices only by packs whose reduced cost is below the gap; among
  ///    these few the best are found by branch and bound (Dantzig, Fulkerson & Johnson 1954: fixing by reduced cost).
  /// 3. Points without packs share what is left anew.
  func round(
    _ solution: inout NewsvendorSolution, _ answer: SharedPriceSolver.Answer, _ formulation: NewsvendorFormulation,
    _ limits: AllocationLimits
  ) throws(AllocationProblemError) {
    // 1. Stocks between those at the prices cost no more there: their whole packs are a start.
    let start = (0..<count).map { point in
      guard pack[point] > 0 else { return answer.stocks[point] }
      return max(answer.within[point], (answer.stocks[point] / pack[point] + 1e-9).rounded(.down) * pack[point])
    }
    let isWithin = self.limits.allSatisfy { $0.limit.used(by: start) <= $0.limit.amount }
    let base = isWithin ? start : answer.within
    var stocks = base
    fill(&stocks, formulation, answer.prices)
    var objective = total(stocks, formulation)
    solution.bound = answer.bound
    // 2.
    if pack.allSatisfy({ $0 > 0 }), objective - answer.bound > max(1e-12, limits.relativeGap) * max(1, abs(objective)) {
      if let better = try improved(base, answer, formulation, objective, limits) {
        if better.objective < objective { (stocks, objective) = (better.stocks, better.objective) }
        solution.bound = max(answer.bound, min(better.bound, objective))
      }
    }
    // 3.
    if pack.contains(0) {
      var rest = self
      rest.pack = []
      if rest.minimum.isEmpty { rest.minimum = [Double](repeating: 0, count: count) }
      if rest.maximum.isEmpty { rest.maximum = [Double](repeating: .infinity, count: count) }
      for point in 0..<count where pack[point] > 0 {
        (rest.minimum[point], rest.maximum[point]) = (stocks[point], stocks[point])
      }
      let answer = try rest.solve(within: limits)
      if answer.conflict == nil { (stocks, objective) = (answer.stocks, answer.objective) }
    }
    (solution.stocks, solution.objective) = (stocks, objective)
  }

  private func total(_ stocks: [Double], _ formulation: NewsvendorFormulation) -> Double {
    stocks.indices.reduce(0) { $0 + formulation.cost(of: stocks[$1], at: $1) }
  }

  /// Adds packs while they fit and save, the one with the most saving per charge first.
  private func fill(_ stocks: inout [Double], _ formulation: NewsvendorFormulation, _ prices: SharedPrices) {
    var left = limits.map { $0.limit.amount - $0.limit.used(by: stocks) }
    let charges = [prices.first, prices.second]
    func candidate(_ point: Int) -> PackQueue.Entry? {
      guard stocks[point] + pack[point] <= bounds(point).most else { return nil }
      let saved =
        formulation.cost(of: stocks[point], at: point) - formulation.cost(of: stocks[point] + pack[point], at: point)
      guard saved > 0, fits(point, left) else { return nil }
      let charge = zip(limits, charges).reduce(0) { $0 + $1.1 * $1.0.limit.perUnit[point] * pack[point] }
      return PackQueue.Entry(worth: charge > 0 ? saved / charge : .infinity, point: point)
    }
    var queue = PackQueue(stocks.indices.compactMap { pack[$0] > 0 ? candidate($0) : nil })
    while let next = queue.popFirst() {
      guard fits(next.point, left) else { continue }
      stocks[next.point] += pack[next.point]
      for index in left.indices { left[index] -= limits[index].limit.perUnit[next.point] * pack[next.point] }
      if let again = candidate(next.point) { queue.insert(again) }
    }
  }

  private func fits(_ point: Int, _ left: [Double]) -> Bool {
    for (index, entry) in limits.enumerated() where entry.limit.perUnit[point] * pack[point] > left[index] {
      return false
    }
    return true
  }

  /// The best packs of all that a better solution could hold; nil where they are too many to look at.
  private func improved(
    _ origin: [Double], _ answer: SharedPriceSolver.Answer, _ formulation: NewsvendorFormulation, _ objective: Double,
    _ searchLimits: AllocationLimits
  ) throws(AllocationProblemError) -> (stocks: [Double], objective: Double, bound: Double)? {
    let gap = objective - answer.bound
    var program = LinearProgram(.minimise)
    var steps: [(point: Int, units: Double)] = []
    var base = 0.0
    for point in 0..<count {
      let (unit, start) = (pack[point], origin[point])
      let (least, most) = bounds(point)
      let here = formulation.cost(of: start, at: point)
      base += here
      let charge =
        limits.enumerated().reduce(0) {
          $0 + ($1.0 == 0 ? answer.prices.first : answer.prices.second) * $1.1.limit.perUnit[point]
        } * unit
      for direction in [1.0, -1.0] {
        // Packs are taken in order, so that their reduced costs add up.
        var (stock, cost, sum) = (start, here, 0.0)
        while true {
          let next = stock + direction * unit
          guard next <= most, next >= least else { break }
          let nextCost = formulation.cost(of: next, at: point)
          sum += max(0, nextCost - cost + direction * charge)
          guard sum <= gap * (1 + 1e-9) else { break }
          if let last = steps.last, last.point == point, last.units == direction * unit,
            abs(program.variables[steps.count - 1].objective - (nextCost - cost)) <= 1e-9 * abs(nextCost - cost)
          {
            // Where no demand is likely, the cost is a straight line.
            program.variables[steps.count - 1].upper += 1
          } else {
            program.addVariable(upper: 1, objective: nextCost - cost, isInteger: true)
            steps.append((point, direction * unit))
          }
          (stock, cost) = (next, nextCost)
          guard steps.count <= 20_000 else { return nil }
        }
      }
    }
    guard !steps.isEmpty else { return nil }
    for entry in limits {
      let left = entry.limit.amount - entry.limit.used(by: origin)
      program.addRow(
        steps.indices.map { ($0, entry.limit.perUnit[steps[$0].point] * steps[$0].units) }, upper: left)
    }
    let found: LinearSolution
    do {
      let work = SolverLimits(nodes: searchLimits.nodes ?? 500, relativeGap: searchLimits.relativeGap)
      found = try HiGHSSolver().solve(program, limits: work)
    } catch { throw .failed(error.description) }
    guard found.status.hasValues else { return nil }
    var stocks = origin
    for (index, step) in steps.enumerated() { stocks[step.point] += found.values[index].rounded() * step.units }
    let isWithin = limits.allSatisfy { $0.limit.used(by: stocks) <= $0.limit.amount * (1 + 1e-12) }
    let bound = base + found.bound
    return isWithin ? (stocks, total(stocks, formulation), bound) : (origin, .infinity, bound)
  }
}

/// A heap of packs that could be added, the most worth first.
private struct PackQueue {
  struct Entry {
    var worth: Double
    var point: Int
    func precedes(_ other: Entry) -> Bool { (other.worth, point) < (worth, other.point) }
  }

  private var entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries.sorted { $0.precedes($1) } }

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0, entries[child].precedes(entries[(child - 1) / 2]) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var parent = 0
    while true {
      var next = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].precedes(entries[next]) {
        next = child
      }
      guard next != parent else { return first }
      entries.swapAt(parent, next)
      parent = next
    }
  }
}
