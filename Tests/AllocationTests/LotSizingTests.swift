import Allocation
import Probability
import Testing

@Suite("Lot sizing")
struct LotSizingTests {
  /// Snyder & Shen (2019): example 3.9, problems 3.27 and 3.29; the last with prices that change, from the notes to the
  /// book (stockpyl's `scmo_ww_hw_c`).
  @Test("known answers of Wagner and Whitin")
  func known() throws {
    for (demand, fixed, holding, orders, cost) in [
      ([90.0, 120, 80, 70], 500.0, 2.0, [210.0, 0, 150, 0], 1380.0),
      ([150, 100, 80, 200], 120, 0.8, [150, 180, 0, 200], 424),
      ([730, 580, 445, 650, 880], 100, 0.1, [1310, 0, 1095, 0, 880], 423),
    ] {
      let problem = LotSizingProblem(items: [.init(name: "a", demand: demand, fixedCost: fixed, holdingCost: holding)])
      let solution = try problem.solve()
      #expect(solution.orders == [orders] && solution.objective == cost && solution.bound == cost)
    }
    var item = LotSizingProblem.Item(
      name: "a", demand: [400, 500, 500, 1100, 900], fixedCost: 100, holdingCost: 0.1)
    item.unitCost = [3, 1, 4, 6, 6]
    let solution = try LotSizingProblem(items: [item]).solve()
    #expect(solution.orders == [[400, 3000, 0, 0, 0]] && abs(solution.objective - 4940) < 1e-9)
  }

  private func random(_ seed: Int, periods: Int) -> LotSizingProblem.Item {
    var stream = RandomStream(seed: 31, key: UInt64(seed))
    func values(_ from: Double, _ to: Double) -> [Double] {
      (0..<periods).map { _ in stream.uniform(from, to).rounded() }
    }
    var item = LotSizingProblem.Item(
      name: "a", demand: (0..<periods).map { _ in stream.uniform() < 0.3 ? 0 : stream.uniform(1, 60).rounded() },
      fixedCost: values(10, 200), unitCost: values(1, 9), holdingCost: values(0, 3))
    item.initialStock = stream.uniform() < 0.5 ? stream.uniform(0, 80).rounded() : 0
    item.safetyStock = stream.uniform() < 0.3 ? 10 : 0
    if stream.uniform() < 0.4 { item.receipts = values(0, 20) }
    if stream.uniform() < 0.5 {
      item.leadTime = 1
      item.initialStock += 90
    }
    return item
  }

  /// The least cost over all choices of periods with an order; each order lasts to the next one, or, where a later unit is
  /// dearer, longer: with the periods fixed, every need is met from the cheapest arrival before it.
  private func best(_ item: LotSizingProblem.Item) -> Double {
    let periods = item.demand.count
    let problem = LotSizingProblem(items: [item])
    var best = Double.infinity
    choices: for choice in 0..<(1 << periods) {
      var orders = [Double](repeating: 0, count: periods)
      var (stock, arrived) = (item.initialStock, 0.0)
      for period in 0..<periods {
        stock += (item.receipts.isEmpty ? 0 : item.receipts[period]) - item.demand[period]
        let missing = item.safetyStock - stock - arrived
        guard missing > 0 else { continue }
        // The cheapest arrival up to here, held to here.
        var (cheapest, at) = (Double.infinity, -1)
        for arrival in item.leadTime...max(item.leadTime, period) where arrival <= period {
          guard choice >> (arrival - item.leadTime) & 1 == 1 else { continue }
          let cost = item.unitCost[arrival - item.leadTime] + item.holdingCost[arrival..<period].reduce(0, +)
          if cost < cheapest { (cheapest, at) = (cost, arrival - item.leadTime) }
        }
        guard at >= 0 else { continue choices }
        orders[at] += missing
        arrived += missing
      }
      best = min(best, problem.cost(of: [orders]))
    }
    return best
  }

  @Test("Wagner and Whitin, and the program with limits that do not hold, find the best of all", arguments: 0..<20)
  func enumerated(seed: Int) throws {
    let item = random(seed, periods: 9)
    let known = best(item)
    let problem = LotSizingProblem(items: [item])
    let solution = try problem.solve()
    guard known.isFinite else {
      #expect(solution.status == .infeasible)
      return
    }
    #expect(abs(solution.objective - known) <= 1e-9 * known)
    #expect(abs(problem.cost(of: solution.orders) - known) <= 1e-9 * known)
    #expect(problem.stock(of: item, solution.orders[0]).allSatisfy { $0 >= item.safetyStock - 1e-9 || $0 >= 0 })
    let capacitated = try LotSizingProblem(
      items: [item], capacity: .init([Double](repeating: 1e6, count: 9))
    ).solve()
    // The solver's tolerance is 1e-7 of each row.
    #expect(abs(capacitated.objective - known) <= 1e-5 * known && capacitated.relativeGap <= 1e-5)
  }

  @Test("packs, smallest and largest orders: feasible and certified", arguments: 0..<6)
  func packs(seed: Int) throws {
    var item = random(seed, periods: 8)
    item.initialStock += 60
    (item.pack, item.minimumOrder, item.maximumOrder) = (12, 20, 96)
    let problem = LotSizingProblem(items: [item])
    let solution = try problem.solve()
    #expect(solution.status == .optimal && solution.relativeGap <= 1e-6)
    for units in solution.orders[0] where units > 0 {
      #expect(units.remainder(dividingBy: 12) == 0 && units >= 20 && units <= 96)
    }
    #expect(problem.stock(of: item, solution.orders[0]).allSatisfy { $0 >= -1e-9 })
    // Without limits it cannot be dearer.
    var free = item
    (free.pack, free.minimumOrder, free.maximumOrder) = (0, 0, .infinity)
    #expect(try LotSizingProblem(items: [free]).solve().objective <= solution.objective + 1e-6)
  }

  @Test("a shared capacity: prices are the slopes while orders keep their periods")
  func capacity() throws {
    var problem = LotSizingProblem(items: [
      .init(name: "a", demand: [40, 40, 40, 40], fixedCost: 10, holdingCost: 1),
      .init(name: "b", demand: [30, 30, 60, 30], fixedCost: 10, holdingCost: 2),
    ])
    problem.capacity = .init([80, 80, 80, 80])
    let answer = try problem.answer(within: AllocationLimits())
    // 310 units of 320: period 3 needs 20 more than it has, of which the first two can make 10 each.
    #expect(answer.status == .optimal && answer.relativeGap.map { $0 <= 1e-6 } == true)
    let price = try #require(answer.prices.first { $0.limit == "capacity.3" })
    #expect(price.right <= 0 && price.left <= price.right && answer.binding.contains("capacity.3"))
    let objective = try #require(answer.objective)
    problem.capacity?.amounts[2] = 81
    let more = try problem.solve().objective
    #expect(more <= objective + price.right + 1e-6, "setups may change for the better as well")
  }

  @Test("too little capacity: an irreducible conflict, and repairs that work")
  func conflict() throws {
    var problem = LotSizingProblem(items: [
      .init(name: "a", demand: [50, 60, 40], fixedCost: 10, holdingCost: 1),
      .init(name: "b", demand: [20, 30, 10], fixedCost: 10, holdingCost: 1),
    ])
    problem.capacity = .init([75, 70, 100])
    let answer = try problem.answer(within: AllocationLimits())
    let conflict = try #require(answer.conflict)
    #expect(answer.status == .infeasible && conflict.limits.contains("capacity.2"))
    #expect(!conflict.limits.contains("capacity.3") && !conflict.repairs.isEmpty)
    for repair in conflict.repairs where repair.changes.allSatisfy({ $0.limit.hasPrefix("capacity") }) {
      var repaired = problem
      for change in repair.changes {
        repaired.capacity?.amounts[Int(change.limit.dropFirst("capacity.".count))! - 1] = change.to + 1e-6
      }
      #expect(try repaired.solve().conflict == nil)
    }
    // Demand before the first order can arrive.
    var late = LotSizingProblem.Item(name: "c", demand: [5, 5], fixedCost: 1, holdingCost: 1)
    late.leadTime = 1
    let found = try LotSizingProblem(items: [late]).solve()
    #expect(found.conflict?.limits == ["demand.c.1"])
  }

  @Test("two thousand periods")
  func long() throws {
    let item = random(7, periods: 2000)
    let solution = try LotSizingProblem(items: [item]).solve()
    #expect(solution.status == .optimal || solution.status == .infeasible)
  }
}
