import Allocation
import ChannelTypes
import Optimization
import Probability
import Testing

@Suite("Inventory")
struct InventoryTests {
  @Test("safety stock: 95 %, 40 a week, four weeks: 131.588")
  func safetyStock() {
    let demand = DemandDistribution.normal(meanPerDay: 200.0 / 7, deviationPerDay: 40 / 7.0.squareRoot())
    let item = StockItem(
      partner: "p", product: "x", region: "r", onHand: 0, leadTimeDays: 21, demand: demand, meanPerDay: 200.0 / 7)
    // z · σ · √periods with z = 1.644854: lead time of three weeks and a review period of one.
    #expect(abs(StockLevels(item, StockPolicy()).safetyStock - 131.588) < 5e-4)
  }

  @Test("draws and their normal limit agree")
  func drawsAgainstNormal() {
    var stream = RandomStream(seed: 1, key: 2)
    let draws = 20_000
    let values = (0..<3 * draws).map { _ in Float(stream.normal(mean: 100, standardDeviation: 20)) }
    let paths = SamplePaths(seriesCount: 1, horizon: 3, drawCount: draws, values: values)
    let sampled = DemandDistribution.paths(paths, series: 0, periodDays: 10).over(days: 20)
    let exact = DemandDistribution.normal(meanPerDay: 10, deviationPerDay: 20 / 10.0.squareRoot()).over(days: 20)
    // Standard errors with 20,000 draws: 0.2 of the mean, 0.42 of the 95 % quantile, 0.0035 of a probability.
    #expect(abs(sampled.mean - exact.mean) < 1)
    #expect(abs(sampled.quantile(0.95) - exact.quantile(0.95)) < 2)
    #expect(abs(sampled.probability(above: 220) - exact.probability(above: 220)) < 0.018)
    #expect(abs(sampled.expectedShortage(stock: 210) - exact.expectedShortage(stock: 210)) < 0.5)
  }

  @Test("expected shortage is the integral of the tail")
  func shortage() {
    let demand = DemandDistribution.normal(meanPerDay: 5, deviationPerDay: 3).over(days: 16)
    var integral = 0.0
    let step = 0.01
    for index in 0..<20_000 { integral += step * demand.probability(above: 70 + (Double(index) + 0.5) * step) }
    #expect(abs(demand.expectedShortage(stock: 70) - integral) < 1e-4)
  }

  @Test("replenishment: minimum 50, outbound 20, stock 0, inbound 60: order 10; packs and minimum orders")
  func replenishment() {
    #expect(Replenishment.units(upTo: 50 + 20, onHand: 0, onOrder: 60) == 10)
    #expect(Replenishment.units(upTo: 70, onHand: 0, onOrder: 60, minimumOrder: 24) == 24)
    #expect(Replenishment.units(upTo: 70, onHand: 0, onOrder: 60, minimumOrder: 5, pack: 12) == 12)
    #expect(Replenishment.units(upTo: 70, onHand: 10, onOrder: 60) == 0)
    #expect(Replenishment.units(upTo: 70.2, onHand: 10, onOrder: 60) == 1)
  }

  @Test("short is replenished, surplus goes to the neighbour that would lose sales, else is promoted or kept")
  func actions() throws {
    func item(_ partner: String, _ region: String, onHand: Double, lead: Double = 20) -> StockItem {
      var item = StockItem(
        partner: partner, product: "x", region: region, onHand: onHand, leadTimeDays: lead,
        demand: .normal(meanPerDay: 2, deviationPerDay: 1), meanPerDay: 2)
      item.unitCost = Money(100)
      item.unitPrice = 140
      return item
    }
    var problem = InventoryProblem(items: [
      item("full", "east", onHand: 200), item("near", "east", onHand: 0), item("far", "west", onHand: 0),
      item("fine", "west", onHand: 100),
    ])
    let solution = try problem.solve()
    // The lower line is 2 · 20 + 1.645 · √27 = 48.5, the level 62.5, the upper line 150: 50 units too many.
    #expect(solution.lines.map(\.action) == [.transfer, .receive, .replenish, .none])
    #expect(solution.transfers.map(\.units) == [50] && solution.transfers[0].receiver == 1)
    #expect(solution.lines[1].received == 50 && solution.lines[2].received == 0)
    #expect(solution.transfers[0].cost == Money(400))
    #expect(abs(solution.objective - solution.bound) <= 1e-6)
    // With freight of 10,000 a unit nothing moves, and a discount of 10 % costs more than holding.
    problem.policy.transferCost = Money(10_000)
    #expect(try problem.solve().lines[0].action == .none)
    problem.policy.discount = 0.001
    #expect(try problem.solve().lines[0].action == .promote)
    #expect(try problem.solve().lines[0].promoted == 50)
    problem.policy.serviceLevel = 1
    #expect(throws: InventoryFailure.self) { try problem.solve() }
  }

  @Test("nothing sells: no cover, slow, nothing ordered")
  func noDemand() throws {
    let item = StockItem(
      partner: "p", product: "x", region: "r", onHand: 3, leadTimeDays: 10, demand: .none, meanPerDay: 0)
    let line = try InventoryProblem(items: [item]).solve().lines[0]
    #expect(line.levels.coverDays == nil && line.levels.isSlow && line.ordered == 0)
    #expect(line.levels.stockoutProbability == 0)
  }

  @Test("transfers are exact: no better plan exists, whole units", arguments: 0..<20)
  func transfers(seed: Int) throws {
    var stream = RandomStream(seed: 12, key: UInt64(seed))
    let (givers, receivers) = (1 + stream.index(below: 3), 1 + stream.index(below: 3))
    var problem = TransferProblem(
      surpluses: (0..<givers).map { _ in
        .init(
          units: stream.index(below: 4), saving: stream.uniform(0, 10),
          promotion: stream.uniform() < 0.5 ? stream.uniform(-3, 12) : nil)
      },
      shortages: (0..<receivers).map { _ in .init(units: stream.index(below: 4), benefit: stream.uniform(0, 10)) },
      arcs: [])
    for from in 0..<givers {
      for to in 0..<receivers where stream.uniform() < 0.8 {
        problem.arcs.append(.init(from: from, to: to, cost: stream.uniform(0, 15), isNear: stream.uniform() < 0.5))
      }
    }
    let solution = try problem.solve()
    #expect(abs(solution.bound - solution.objective) <= 1e-4)
    #expect(abs(solution.objective - best(problem, arc: 0)) <= 1e-4, "enumeration finds the same gain")
    for (index, surplus) in problem.surpluses.enumerated() {
      let moved = solution.moved.filter { problem.arcs[$0.arc].from == index }.reduce(0) { $0 + $1.units }
      #expect(moved + solution.promoted[index] <= surplus.units)
    }
    for (index, shortage) in problem.shortages.enumerated() {
      #expect(solution.moved.filter { problem.arcs[$0.arc].to == index }.reduce(0) { $0 + $1.units } <= shortage.units)
    }
  }

  /// The best gain by trying every number of units on every arc.
  private func best(_ problem: TransferProblem, arc: Int) -> Double {
    guard arc < problem.arcs.count else {
      return problem.surpluses.reduce(0) { $0 + max(0, $1.promotion ?? 0) * Double($1.units) }
    }
    let (from, to) = (problem.arcs[arc].from, problem.arcs[arc].to)
    let gain = problem.surpluses[from].saving + problem.shortages[to].benefit - problem.arcs[arc].cost
    var most = -Double.infinity
    for units in 0...min(problem.surpluses[from].units, problem.shortages[to].units) {
      var rest = problem
      rest.surpluses[from].units -= units
      rest.shortages[to].units -= units
      most = max(most, gain * Double(units) + best(rest, arc: arc + 1))
    }
    return most
  }

  @Test("a projection on certain demand runs between its lines")
  func projection() throws {
    let item = StockItem(
      partner: "p", product: "x", region: "r", onHand: 60, onOrder: 30, leadTimeDays: 15,
      demand: .normal(meanPerDay: 1, deviationPerDay: 0.5), meanPerDay: 1)
    let problem = InventoryProblem(items: [item])
    let projection = problem.projection(
      of: try problem.solve(), demand: [Double](repeating: 30, count: 6), horizon: 6, periodDays: 30)
    #expect(projection.count == 1 && projection[0].region == "r")
    #expect(projection[0].stock[0] == 60)
    #expect(projection[0].stock.allSatisfy { $0 >= projection[0].lower - 1e-9 && $0 <= projection[0].upper })
  }

  /// Four short items of a product, with what a unit costs and sells for.
  private func shortNetwork() -> InventoryProblem {
    InventoryProblem(
      items: (0..<4).map { index in
        var item = StockItem(
          partner: "p\(index)", product: "x\(index)", region: "r", onHand: Double(5 * index), leadTimeDays: 10,
          demand: .normal(meanPerDay: 3, deviationPerDay: 2), meanPerDay: 3)
        item.unitCost = Money(10 * (index + 1))
        item.unitPrice = Double(10 * (index + 1)) + 6
        item.pack = index == 1 ? 6 : 1
        return item
      })
  }

  @Test("orders share a budget and a space: within both, certified, and worth what their prices say")
  func sharedOrders() throws {
    let problem = shortNetwork()
    let free = try problem.solve()
    var same = free
    let loose = try problem.shareOrders(&same, budget: Money(1_000_000), space: nil)
    #expect(same.lines.map(\.ordered) == free.lines.map(\.ordered) && loose.limits[0].price == nil)
    var tight = free
    let shared = try problem.shareOrders(&tight, budget: Money(3000), space: 140)
    let spent = zip(problem.items, tight.lines).reduce(0.0) { $0 + $1.0.unitCost!.double * Double($1.1.ordered) }
    #expect(spent <= 3000 && spent > 2900 && abs(spent - shared.limits[0].used) < 1e-9)
    #expect(tight.lines.reduce(0) { $0 + $1.ordered } <= 140)
    for (line, before) in zip(tight.lines, free.lines) { #expect(line.ordered <= before.ordered) }
    #expect(tight.lines[1].ordered % 6 == 0)
    #expect(shared.bound <= shared.objective && shared.objective - shared.bound <= 0.01 * shared.objective)
    #expect((shared.limits[0].price?.right ?? 0) < 0)
    // With more money no more is missing.
    var more = free
    #expect(try problem.shareOrders(&more, budget: Money(3500), space: 140).objective <= shared.objective + 1e-6)
  }

  @Test("a purchase plan keeps stock at its lower line, in packs and at least the minimum")
  func purchasePlan() throws {
    var problem = shortNetwork()
    problem.items[2].minimumOrder = 100
    let solution = try problem.solve()
    let demand = [Double](repeating: 21, count: 4 * 8)
    let plan = problem.purchasePlan(of: solution, demand: demand, horizon: 8, periodDays: 7)
    for (index, item) in problem.items.enumerated() {
      let own = plan.filter { $0.item == index }
      #expect(own.first?.period == 0 && own.first?.units == solution.lines[index].ordered)
      var position = item.onHand
      for period in 0..<8 {
        position -= 21
        let order = own.first { $0.period == period }
        if let order {
          #expect(abs(order.stock - position) < 1e-9 && order.arrival == period + 1)
          #expect(order.units % item.pack == 0 && order.units >= item.minimumOrder)
        }
        position += Double(order?.units ?? 0)
        #expect(position >= solution.lines[index].levels.lower - 21 - 1e-9)
      }
    }
  }

  @Test("a day of lead time less saves safety stock: z · σ · (√17 − √16)")
  func leadTime() throws {
    let problem = shortNetwork()
    let savings = problem.leadTimeSavings(try problem.solve())
    let saved = 1.6448536269514722 * 2 * (17.0.squareRoot() - 4)
    #expect(savings.count == 4 && savings.map(\.partner) == ["p0", "p1", "p2", "p3"])
    for (index, saving) in savings.enumerated() {
      let units = saving.safetyStock - saving.safetyStockLess
      #expect(abs(units - saved) < 1e-9 && saving.leadTimeDays == 10)
      let cost = saved * Double(2 * (index + 1))
      #expect(abs(saving.costPerYear - cost) < 1e-9)
    }
  }

  @Test("stock-out and overstock come from one distribution")
  func overstock() {
    let demand = DemandDistribution.normal(meanPerDay: 2, deviationPerDay: 1)
    let item = StockItem(
      partner: "p", product: "x", region: "r", onHand: 150, leadTimeDays: 10, demand: demand, meanPerDay: 2)
    // 75 days of demand are N(150, 75): as likely above 150 as below.
    #expect(abs(StockLevels(item, StockPolicy()).overstockProbability - 0.5) < 1e-9)
  }
}
