import Allocation
import Foundation
import Probability
import Testing

/// Known answers of Snyder & Shen, *Fundamentals of Supply Chain Theory* (2nd ed., 2019), by the numbers of their examples
/// and problems; tolerances are their last printed digits, about 1e-13 unless a reason is given.
@Suite("Stock policies")
struct StockPolicyTests {
  private func close(_ value: Double, _ known: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(value - known) <= tolerance * max(1, abs(known))
  }

  @Test("economic order quantities: example 3.1, problems 3.1, 3.2(b) and 3.22, example 3.8")
  func economicOrder() throws {
    var problem = EconomicOrderProblem(fixedCost: 8, holdingCost: 0.225, demandRate: 1300)
    let plain = try problem.solve()
    #expect(close(plain.quantity, 304.0467800264368) && close(plain.cost, 68.41052550594827))
    problem.stockoutCost = 5
    let short = try problem.solve()
    #expect(close(short.quantity, 310.8125551589646) && close(short.cost, 66.92136355097325))
    #expect(close(short.shortShare, 0.043062200956938))
    let other = try EconomicOrderProblem(fixedCost: 2250, holdingCost: 275, demandRate: 182_500).solve()
    #expect(close(other.quantity, 1728.109844993551) && close(other.cost, 475_230.2073732266))
    var backorders = EconomicOrderProblem(fixedCost: 40, holdingCost: 40.05, demandRate: 2080)
    backorders.stockoutCost = 60
    #expect(close(try backorders.solve().quantity, 83.23544812889804))
    #expect(close(try backorders.solve().cost, 1999.1482444152125))
    var production = EconomicOrderProblem(fixedCost: 4, holdingCost: 0.08, demandRate: 80)
    production.productionRate = 110
    #expect(close(try production.solve().quantity, 171.26976771553507))
    #expect(close(try production.solve().cost, 3.7367949319753104))
  }

  @Test("orders in packs and within limits: the best of all", arguments: [1.0, 24, 100, 500])
  func economicPacks(pack: Double) throws {
    var problem = EconomicOrderProblem(fixedCost: 8, holdingCost: 0.225, demandRate: 1300)
    problem.pack = pack
    let best = (1...2000).map { problem.cost(of: Double($0) * pack) }.min()!
    #expect(close(try problem.solve().cost, best))
    problem.pack = 0
    problem.maximumOrder = 250
    let answer = try problem.answer(within: AllocationLimits())
    #expect(answer.binding == ["maximum_order"])
    // The slope of the cost at 250, against its difference.
    let slope = (problem.cost(of: 250.01) - problem.cost(of: 249.99)) / 0.02
    #expect(close(answer.prices[0].right, slope, 1e-6))
    problem.maximumOrder = 0
    #expect(throws: AllocationProblemError.self) { try problem.solve() }
  }

  @Test("quantity discounts: example 3.5 and problem 3.12, of all units and incremental")
  func discounts() throws {
    func tiers(_ breaks: [Double], _ costs: [Double]) -> [QuantityDiscountProblem.Tier] {
      zip(breaks, costs).map { .init(from: $0, unitCost: $1) }
    }
    let small = tiers([0, 400, 800], [0.75, 0.72, 0.68])
    let large = tiers([0, 1200, 2400], [1490, 1220, 1100])
    for (discount, tiers, fixed, rate, demand, quantity, cost) in [
      (QuantityDiscountProblem.Discount.allUnits, small, 8.0, 0.3, 1300.0, 800.0, 978.6),
      (.allUnits, large, 2250, 0.25, 182_500, 2400, 201_251_093.75),
      (.incremental, small, 8, 0.3, 1300, 304.04678003, 1043.41052551),
      (.incremental, large, 2250, 0.25, 182_500, 28553.06065428, 208_678_591.67992836),
    ] {
      let problem = QuantityDiscountProblem(
        discount, fixedCost: fixed, holdingRate: rate, demandRate: demand, tiers: tiers)
      let solution = try problem.solve()
      #expect(close(solution.quantity, quantity, 1e-10) && close(solution.cost, cost, 1e-11))
      // No order on a fine grid is cheaper.
      #expect((1...2000).allSatisfy { problem.cost(of: 17 * Double($0)) >= solution.cost * (1 - 1e-12) })
      var packed = problem
      packed.pack = 144
      let best = (1...400).map { packed.cost(of: Double($0) * 144) }.min()!
      #expect(close(try packed.solve().cost, best))
    }
  }

  @Test("base stock: example 4.4, and whole periods of any demand")
  func baseStock() throws {
    var problem = BaseStockProblem(
      demand: .normal(mean: 50, standardDeviation: 8), holdingCost: 0.18, goal: .stockoutCost(0.7))
    problem.leadTime = 4
    let solution = try problem.solve()
    #expect(close(solution.level, 264.7668943741548) && close(solution.cost, 4.466781004149578))
    // C11 of the requirements: 95 %, σ = 40 a week, three weeks and one of review: a safety stock of 131.588.
    problem = BaseStockProblem(
      demand: .normal(mean: 200, standardDeviation: 40), holdingCost: 1, goal: .serviceLevel(0.95))
    problem.leadTime = 3
    #expect(abs(try problem.solve().level - 800 - 131.588) < 5e-4)
    // A lead time that varies: σ² = 4 · 40² + 0.5² · 200².
    problem.leadTimeDeviation = 0.5
    #expect(close(try problem.solve().level, 800 + 1.6448536269514722 * (4 * 1600 + 10_000).squareRoot(), 1e-12))
    // Poisson demand of three periods against its sum as a table.
    var poisson = BaseStockProblem(demand: .poisson(mean: 4), holdingCost: 1, goal: .stockoutCost(9))
    poisson.leadTime = 2
    let table = (0...60).map { Poisson(mean: 4).mass($0) }
    var tabled = poisson
    tabled.demand = .discrete(DiscreteDemand(values: (0...60).map(Double.init), probabilities: table)!)
    #expect(try poisson.solve().level == tabled.solve().level)
    #expect(close(try poisson.solve().cost, try tabled.solve().cost, 1e-10))
    tabled.demand = .uniform(from: 0, to: 3)
    #expect(throws: AllocationProblemError.self) { try tabled.solve() }
  }

  @Test("(s, S) with Poisson demand: example 4.7 and problem 4.31")
  func minMax() throws {
    for (holding, stockout, fixed, mean, s, upTo, cost) in [
      (1.0, 4.0, 5.0, 6.0, 4.0, 10.0, 8.034111561471644), (40, 125, 150, 4, 2, 7, 223.5748295669688),
    ] {
      let solution = try MinMaxProblem(
        demand: .poisson(mean: mean), fixedCost: fixed, holdingCost: holding, stockoutCost: stockout
      ).solve()
      #expect(solution.reorderPoint == s && solution.orderUpTo == upTo)
      #expect(close(solution.cost, cost))
    }
  }

  @Test("(s, S): no other policy is cheaper by its Markov chain", arguments: 0..<6)
  func minMaxEnumerated(seed: Int) throws {
    var stream = RandomStream(seed: 3, key: UInt64(seed))
    let masses = (0..<5).map { _ in stream.uniform(0.05, 1) }
    let sum = masses.reduce(0, +)
    let probabilities = masses.map { $0 / sum }
    let demand = UncertainDemand.discrete(
      DiscreteDemand(values: [0, 1, 2, 3, 4], probabilities: probabilities)!)
    let (fixed, holding, stockout) = (stream.uniform(1, 20), stream.uniform(0.5, 2), stream.uniform(2, 12))
    let solution = try MinMaxProblem(
      demand: demand, fixedCost: fixed, holdingCost: holding, stockoutCost: stockout
    ).solve()
    var best = Double.infinity
    for s in -6...8 {
      for upTo in (s + 1)...(s + 16) {
        // The level after ordering as a Markov chain on s + 1 … S, by iteration to its stationary shares.
        var share = [Double](repeating: 1 / Double(upTo - s), count: upTo - s)
        for _ in 0..<300 {
          var next = [Double](repeating: 0, count: upTo - s)
          for (index, value) in share.enumerated() {
            for (units, chance) in probabilities.enumerated() {
              let after = index - units
              next[after >= 0 ? after : upTo - s - 1] += value * chance
            }
          }
          share = next
        }
        var cost = 0.0
        for (index, value) in share.enumerated() {
          let level = Double(s + 1 + index)
          let orders = probabilities.enumerated().reduce(0) { $0 + ($1.0 > index ? $1.1 : 0) }
          cost += value * (demand.cost(of: level, holding: holding, stockout: stockout) + fixed * orders)
        }
        best = min(best, cost)
      }
    }
    #expect(close(solution.cost, best, 1e-9))
  }

  @Test("(s, S) of normal demand is that of ever finer units")
  func minMaxNormal() throws {
    // Problem 4.32. The power approximation gives (226.6, 324.4); the optimum of 4,800 units a deviation lies near.
    var problem = MinMaxProblem(
      demand: .normal(mean: 190, standardDeviation: 48), fixedCost: 60, holdingCost: 2, stockoutCost: 36)
    problem.unit = 4
    let coarse = try problem.solve()
    problem.unit = 1
    let fine = try problem.solve()
    #expect(abs(coarse.cost - fine.cost) < 0.01 * fine.cost && coarse.isRounded)
    #expect(abs(fine.reorderPoint - 226.6) < 25 && abs(fine.orderUpTo - 324.4) < 60)
  }

  @Test("(r, Q) by the expected-inventory-level approximation: example 5.1, problems 5.1 and 5.3")
  func expectedLevel() throws {
    // The published values come from an iteration that stopped at a change of 1e-6: their last digits are not the limit.
    for (holding, stockout, fixed, mean, deviation, lead, r, order, cost) in [
      (0.225, 7.5, 8.0, 1300.0, 150.0, 1 / 12.0, 213.9704421358024, 318.5901810768729, 95.45114022285196),
      (3.1, 45, 50, 800, 40, 4 / 365.0, 17.972649360167715, 162.1231617283653, 531.1189321826714),
      (0.21428571428571427, 40, 85, 192, 17.4, 3, 644.8385303830128, 400.7559793126, 100.627394934774),
    ] {
      let solution = try ReorderPointProblem(
        demand: .normal(mean: mean, standardDeviation: deviation), leadTime: lead, fixedCost: fixed,
        holdingCost: holding, stockoutCost: stockout, method: .expectedInventoryLevel
      ).solve()
      #expect(close(solution.reorderPoint, r, 1e-7) && close(solution.quantity, order, 1e-7))
      #expect(close(solution.cost, cost, 1e-9))
    }
  }

  @Test("(r, Q) with Poisson demand: example 5.8 and problem 5.2")
  func poissonReorderPoint() throws {
    let first = try ReorderPointProblem(
      demand: .poisson(mean: 1.5), leadTime: 2, fixedCost: 100, holdingCost: 20, stockoutCost: 150
    ).solve()
    #expect(first.reorderPoint == 3 && first.quantity == 5 && close(first.cost, 107.9235806331498))
    let second = try ReorderPointProblem(
      demand: .poisson(mean: 12), leadTime: 0.5, fixedCost: 4, holdingCost: 4, stockoutCost: 28
    ).solve()
    #expect(second.reorderPoint == 6 && second.quantity == 7 && close(second.cost, 28.241312842169155))
    var packed = ReorderPointProblem(
      demand: .poisson(mean: 12), leadTime: 0.5, fixedCost: 4, holdingCost: 4, stockoutCost: 28)
    packed.pack = 6
    packed.minimumOrder = 8
    let solution = try packed.solve()
    var best = Double.infinity
    for order in [12, 18, 24] {
      for r in -5...20 {
        let waiting = UncertainDemand.poisson(mean: 6)
        let levels = (r + 1...r + order).map { waiting.cost(of: Double($0), holding: 4, stockout: 28) }
        best = min(best, (48 + levels.reduce(0, +)) / Double(order))
      }
    }
    #expect(close(solution.cost, best) && solution.quantity == 12)
  }

  @Test(
    "(r, Q) with normal demand: the exact cost has no cheaper neighbour",
    arguments: [
      UncertainDemand.normal(mean: 1300, standardDeviation: 150), .gamma(shape: 9, scale: 140),
    ])
  func continuousReorderPoint(demand: UncertainDemand) throws {
    let problem = ReorderPointProblem(
      demand: demand, leadTime: 1 / 12.0, fixedCost: 8, holdingCost: 0.225, stockoutCost: 7.5)
    let solution = try problem.solve()
    let waiting = try #require(demand.over(periods: 1 / 12.0))
    func cost(_ r: Double, _ order: Double) -> Double {
      // The integral by Simpson's rule with 2,000 steps.
      let step = order / 2000
      var sum = 0.0
      for index in 0...2000 {
        let weight = index == 0 || index == 2000 ? 1.0 : index % 2 == 1 ? 4 : 2
        sum += weight * waiting.cost(of: r + Double(index) * step, holding: 0.225, stockout: 7.5)
      }
      return (8 * demand.mean + sum * step / 3) / order
    }
    #expect(close(cost(solution.reorderPoint, solution.quantity), solution.cost, 1e-8))
    for (dr, dq) in [(1.0, 0.0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)] {
      #expect(cost(solution.reorderPoint + 4 * dr, solution.quantity + 4 * dq) > solution.cost)
    }
  }
}
