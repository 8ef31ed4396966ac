import Foundation
import Optimization
import Probability
import Testing

@Suite("Prices and frontiers of separable allocations")
struct SeparablePriceTests {
  /// One known answer: functions, bounds, total; objective, amounts, price.
  private func check(
    _ functions: [ReturnFunction], lower: [Double]? = nil, upper: [Double]? = nil, total: Double, objective: Double,
    amounts: [Double], price: Double
  ) throws -> [TwoSidedPrice] {
    var problem = SeparableAllocation(cap: total, valueOfUnspent: 0)
    for (index, function) in functions.enumerated() {
      problem.addItem(function, lower: lower?[index] ?? 0, upper: upper?[index] ?? .infinity)
    }
    let solution = try problem.solve()
    // Closed forms; a few units in the last place.
    #expect(abs(solution.objective - objective) <= 1e-13 * objective)
    #expect(abs(solution.groupPrices[0] - price) <= 1e-12 * price)
    for (found, known) in zip(solution.amounts, amounts) { #expect(abs(found - known) <= 1e-11 * total) }
    let prices = try problem.limitPrices(of: solution)
    let whole = try #require(prices.first { $0.limit == .cap(group: 0) })
    #expect(abs(whole.left - price) <= 1e-10 * price)
    #expect(abs(whole.right - price) <= 1e-10 * price)
    #expect(whole.from < total && whole.to > total)
    return prices
  }

  @Test("textbook budgets: objective, amounts and price in closed form")
  func textbook() throws {
    // Conditions of optimality by hand: slopes equal where an item is inside its bounds.
    let logarithms = [4.0, 2, 1].map { ReturnFunction.logarithm(amplitude: $0, scale: 1) }
    _ = try check(logarithms, total: 11, objective: 11.78350206951907, amounts: [7, 3, 1], price: 0.5)
    _ = try check(logarithms, total: 1, objective: 2.772588722239781, amounts: [1, 0, 0], price: 2)
    let roots = [3.0, 4].map { ReturnFunction.power(amplitude: $0, scale: 1, shape: 0.5) }
    _ = try check(roots, total: 25, objective: 25, amounts: [9, 16], price: 0.5)
    let capped = try check(roots, upper: [25, 9], total: 25, objective: 24, amounts: [16, 9], price: 0.375)
    let cap = try #require(capped.first { $0.limit == .upper(item: 1) })
    #expect(abs(cap.right - 0.29166666666666663) < 1e-12)
    let hills = [4.0, 1].map { ReturnFunction.hill(amplitude: 100, scale: $0) }
    _ = try check(hills, total: 10, objective: 140, amounts: [6, 4], price: 4)
    let floored = try check(
      hills, lower: [8, 0], total: 10, objective: 133.33333333333334, amounts: [8, 2], price: 11.11111111111111)
    let floor = try #require(floored.first { $0.limit == .lower(item: 0) })
    #expect(abs(floor.left + 8.333333333333332) < 1e-10)
  }

  @Test("at a kink the price of less is not the price of more")
  func kink() throws {
    // All items full: the last unit earned the least of their slopes, one more earns nothing.
    var problem = SeparableAllocation(cap: 12, valueOfUnspent: 0.01)
    problem.addItem(.logarithm(amplitude: 10, scale: 1), upper: 4)
    problem.addItem(.logarithm(amplitude: 20, scale: 2), upper: 8)
    let prices = try problem.limitPrices(of: problem.solve())
    let whole = try #require(prices.first { $0.limit == .cap(group: 0) })
    #expect(abs(whole.left - 2) < 1e-12)
    #expect(abs(whole.right - 0.01) < 1e-12)
  }

  @Test("prices are the slopes of the best objective on both sides", arguments: 0..<25)
  func differences(seed: Int) throws {
    let random = RandomProblem(seed: UInt64(seed), crossing: seed % 3 == 0, zeros: false)
    let problem = random.problem
    let solution = try problem.solve()
    let prices = try problem.limitPrices(of: solution, ranges: 0)
    // A step that is small against the curves and large against the solver's tolerance.
    let step = 1e-5 * problem.groups[0].cap
    for price in prices.prefix(6) {
      for (side, slope) in [(-step, price.left), (step, price.right)] where slope.isFinite {
        guard let moved = try? random.moved(price.limit, by: side).solve() else { continue }
        let change = (moved.objective - solution.objective) / side
        // The slope itself changes over the step.
        #expect(abs(change - slope) <= 0.02 * abs(slope) + 1e-3, "\(price.limit): \(change) for \(slope)")
      }
    }
  }

  @Test("inside its range a price changes by less than a tenth, beyond it by more")
  func ranges() throws {
    var problem = SeparableAllocation(cap: 60, valueOfUnspent: 0)
    problem.addItem(.logarithm(amplitude: 100, scale: 10))
    problem.addItem(.logarithm(amplitude: 60, scale: 10))
    let prices = try problem.limitPrices(of: problem.solve())
    // Price = 160 / (20 + B): 2.2 at B = 52.7, 1.8 at B = 68.9.
    let whole = try #require(prices.first)
    #expect(abs(whole.from - (160 / 2.2 - 20)) < 0.02)
    #expect(abs(whole.to - (160 / 1.8 - 20)) < 0.02)
  }

  @Test("a frontier is what solving every total gives, rising and ever flatter", arguments: 0..<12)
  func frontier(seed: Int) throws {
    let problem = RandomProblem(seed: UInt64(seed), crossing: seed % 2 == 0).problem
    let total = problem.groups[0].cap
    let frontier = try problem.frontier(from: 0.5 * total, to: 1.5 * total, points: 7)
    for (point, next) in zip(frontier.points, frontier.points.dropFirst()) {
      #expect(next.value >= point.value - 1e-9 * abs(point.value))
      #expect(next.price <= point.price * (1 + 1e-6) + 1e-9)
    }
    for point in frontier.points {
      let alone = try problem.withTotal(point.total).solve()
      #expect(abs(point.value - alone.objective) <= 1e-9 * max(1, abs(alone.objective)))
      #expect(point.bound >= point.value - 1e-9 * max(1, abs(point.value)))
      #expect(problem.withTotal(point.total).violation(at: point.amounts) <= 1e-9 * total)
    }
  }

  @Test("a frontier of S-curves is certified at every point")
  func curvedFrontier() throws {
    var problem = SeparableAllocation(cap: 60, valueOfUnspent: 0)
    for index in 0..<5 { problem.addItem(.hill(amplitude: 100, scale: 40 + 5 * Double(index), shape: 4), upper: 100) }
    let frontier = try problem.frontier(from: 0, to: 300, points: 16)
    #expect(frontier.points.count == 16)
    for (point, next) in zip(frontier.points, frontier.points.dropFirst()) { #expect(next.value >= point.value) }
    for point in frontier.points { #expect(point.bound - point.value <= 1e-9 * max(1, point.value)) }
  }

  @Test("breakpoints: where the first and the last item join")
  func breakpoints() throws {
    var problem = SeparableAllocation(cap: 60, valueOfUnspent: 0)
    problem.addItem(.logarithm(amplitude: 100, scale: 10), upper: 70)
    problem.addItem(.logarithm(amplitude: 60, scale: 10))
    // The second joins at a price of 6, where the first has 100 / 6 − 10; the first is full at a price of 1.25, where
    // the second has 60 / 1.25 − 10.
    let points = try problem.frontierBreakpoints(from: 1, to: 200)
    #expect(points.count == 2)
    #expect(abs(points[0].total - (100.0 / 6 - 10)) < 1e-9)
    #expect(abs(points[1].total - (70 + 38)) < 1e-9)
    #expect(abs(points[1].price - 1.25) < 1e-12)
  }

  @Test("arrays and items make the same problem, solved the same way twice")
  func arrays() throws {
    var stream = RandomStream(seed: 1, key: 7)
    let count = 500
    let a = (0..<count).map { _ in stream.uniform(10, 100) }
    let k = (0..<count).map { _ in stream.uniform(1, 20) }
    let groups = (0..<count).map { 1 + $0 % 7 }
    func base() -> SeparableAllocation {
      var problem = SeparableAllocation(cap: 2000, floor: 2000, valueOfUnspent: 0)
      for group in 0..<7 { problem.addGroup(floor: 100 + 40 * Double(group), cap: 400) }
      return problem
    }
    var first = base()
    first.addItems(
      .hill, amplitudes: a, scales: k, lowers: [Double](repeating: 0.1, count: count), uppers: k.map { 3 * $0 },
      groups: groups)
    var second = base()
    for index in 0..<count {
      second.addItem(
        .hill(amplitude: a[index], scale: k[index]), in: groups[index], lower: 0.1, upper: 3 * k[index])
    }
    let (x, y, z) = try (first.solve(), second.solve(), first.solve())
    #expect(x.amounts == y.amounts)
    #expect(x.amounts == z.amounts)
    #expect(x.relativeGap <= 1e-14)
    #expect(first.violation(at: x.amounts) <= 1e-9)
  }
}

extension RandomProblem {
  /// The same problem with one limit moved.
  func moved(_ limit: SeparableAllocation.Limit, by step: Double) -> SeparableAllocation {
    var other = self
    switch limit {
    case .cap(let group) where group == 0: other.cap += step
    case .cap(let group): other.regionLimits[group - 1].cap += step
    case .floor(let group): other.regionLimits[group - 1].floor += step
    case .crossingCap(let set): other.typeLimits[set].cap += step
    case .crossingFloor(let set): other.typeLimits[set].floor += step
    case .upper(let item): other.upper[item] += step
    case .lower(let item): other.lower[item] += step
    case .linearLower, .linearUpper: break
    }
    return other.problem
  }
}
