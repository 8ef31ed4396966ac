import Allocation
import Optimization
import Probability
import Tables
import Testing

@Suite("Transfers, flows, shortage, fulfilment")
struct TransfersTests {
  /// Two products, three places on a line, integers.
  private func problem(_ stream: inout RandomStream) -> TransfersProblem {
    let places = 3 + stream.index(below: 3)
    var problem = TransfersProblem(
      places: (0..<places).map { TransfersProblem.Place("p\($0)", x: stream.uniform(0, 9), y: stream.uniform(0, 9)) },
      products: (0..<2).map {
        TransfersProblem.Product("x\($0)", missingCost: Double(4 + stream.index(below: 12)), keepingCost: 1)
      }, positions: [], unitCosts: .distance(perDistance: 1, handling: 1, isRounded: true))
    for product in 0..<2 {
      for place in 0..<places {
        problem.positions.append(
          .init(product: product, place: place, units: Double(stream.index(below: 13)) - 6))
      }
    }
    return problem
  }

  @Test("separate and shared solves agree where nothing is shared; totals are exact", arguments: 0..<20)
  func agree(seed: Int) throws {
    var stream = RandomStream(seed: 50, key: UInt64(seed))
    var problem = problem(&stream)
    let separate = try problem.solve()
    #expect(separate.objective == separate.bound)
    // A vehicle that costs nothing makes no difference, but a mixed-integer program.
    var lane = TransfersProblem.Lane(from: 0, to: 1)
    lane.vehicleSize = 1000
    problem.lanes = [lane]
    let shared = try problem.solve()
    #expect(abs(shared.objective - separate.objective) <= 1e-6)
    for solution in [separate, shared] {
      for (index, position) in problem.positions.enumerated() {
        let moved = solution.moves.filter {
          $0.product == position.product && (position.units > 0 ? $0.from : $0.to) == position.place
        }.reduce(0) { $0 + $1.units }
        #expect(moved + solution.left[index] == abs(position.units))
      }
    }
  }

  @Test("both sides of a price are what a unit less and a unit more cost", arguments: 0..<8)
  func prices(seed: Int) throws {
    var stream = RandomStream(seed: 51, key: UInt64(seed))
    let problem = problem(&stream)
    let answer = try problem.answer(within: AllocationLimits())
    let objective = try #require(answer.objective)
    let held = problem.positions.filter { $0.units != 0 }.count
    #expect(answer.prices.count == held)
    for price in answer.prices {
      let index = try #require(
        problem.positions.firstIndex {
          price.limit.hasSuffix(".\(problem.products[$0.product].name).\(problem.places[$0.place].name)")
        })
      for step in [-1.0, 1.0] {
        var changed = problem
        changed.positions[index].units += problem.positions[index].units > 0 ? step : -step
        let slope = step > 0 ? price.right : price.left
        #expect(try changed.solve().objective == objective + slope * step, "\(price.limit) \(step)")
      }
      #expect(price.left <= price.right && price.from <= price.value && price.to >= price.value)
    }
  }

  @Test("a shared vehicle is sent where it pays, a pack and a minimum quantity are kept")
  func vehicles() throws {
    var problem = TransfersProblem(
      places: [.init("a"), .init("b")],
      products: [.init("x", missingCost: 10), .init("y", missingCost: 10)],
      positions: [
        .init(product: 0, place: 0, units: 6), .init(product: 0, place: 1, units: -6),
        .init(product: 1, place: 0, units: 5), .init(product: 1, place: 1, units: -5),
      ], unitCosts: .uniform(1))
    var lane = TransfersProblem.Lane(from: 0, to: 1)
    (lane.vehicleSize, lane.vehicleCost) = (10, 30)
    problem.lanes = [lane]
    // One vehicle: ten units at 1, the vehicle at 30, one unit missing at 10; a second vehicle for it would cost 30.
    let solution = try problem.solve()
    #expect(solution.objective == 50 && solution.bound >= 50 - 1e-6)
    #expect(solution.trips.map(\.vehicles) == [1] && solution.trips.map(\.load) == [10])
    // No vehicle pays for itself.
    problem.lanes[0].vehicleCost = 100
    #expect(try problem.solve().objective == 110)
    problem.lanes = []
    problem.products[0].pack = 4
    problem.products[1].minimum = 6
    // Four of x at 1 and two missing; five of y are too few to be moved.
    #expect(try problem.solve().objective == 4 + 20 + 50)
  }

  @Test("minimum-cost flow: two-sided prices are exact differences", arguments: 0..<20)
  func flowPrices(seed: Int) throws {
    var stream = RandomStream(seed: 52, key: UInt64(seed))
    let count = 5
    var problem = MinCostFlowProblem(nodes: [], arcs: [])
    for index in 0..<count {
      let units = Double(stream.index(below: 8))
      problem.nodes.append(
        index < 2
          ? .init("n\(index)", supply: units + 6)
          : .init("n\(index)", demand: units, unmetCost: stream.uniform() < 0.7 ? 40 : nil))
    }
    for index in 0..<14 {
      problem.arcs.append(
        .init(
          "a\(index)", from: stream.index(below: count), to: stream.index(below: count),
          cost: Double(stream.index(below: 15)), upper: Double(1 + stream.index(below: 6))))
    }
    let answer = try problem.answer(within: AllocationLimits())
    guard answer.status == .optimal, let objective = answer.objective else {
      try checkConflict(problem, answer)
      return
    }
    #expect(answer.bound == objective)
    for price in answer.prices {
      for step in [-1.0, 1.0] where price.value + step >= 0 {
        guard let changed = changed(problem, price.limit, by: step) else { continue }
        let other = try changed.answer(within: AllocationLimits())
        let slope = step > 0 ? price.right : price.left
        if let value = other.objective {
          #expect(value == objective + slope * step, "\(price.limit) \(step)")
        } else {
          #expect(slope.isInfinite)
        }
      }
    }
  }

  private func changed(_ problem: MinCostFlowProblem, _ limit: String, by step: Double) -> MinCostFlowProblem? {
    var changed = problem
    let parts = limit.split(separator: ".")
    if parts[0] == "capacity", let arc = problem.arcs.firstIndex(where: { $0.name == parts[1] }) {
      changed.arcs[arc].upper += step
    } else if let node = problem.nodes.firstIndex(where: { $0.name == parts[1] }) {
      if parts[0] == "supply" { changed.nodes[node].supply += step } else { changed.nodes[node].demand += step }
    } else {
      return nil
    }
    return changed
  }

  /// Repairs repair, and dropping any limit of the conflict, with all others but the conflict's gone, resolves it.
  private func checkConflict(_ problem: MinCostFlowProblem, _ answer: AllocationAnswer) throws {
    let conflict = try #require(answer.conflict)
    #expect(answer.status == .infeasible && !conflict.limits.isEmpty && !conflict.repairs.isEmpty)
    for repair in conflict.repairs {
      let repaired = repair.changes.reduce(problem) { changed($0, $1.limit, by: $1.to - $1.from) ?? $0 }
      #expect(try repaired.solve().status == .optimal)
    }
  }

  @Test("a demand beyond a capacity is a conflict of the two")
  func flowConflict() throws {
    let problem = MinCostFlowProblem(
      nodes: [.init("mill", supply: 9), .init("shop", demand: 5)],
      arcs: [.init("road", from: 0, to: 1, cost: 1, upper: 3)])
    let conflict = try #require(try problem.answer(within: AllocationLimits()).conflict)
    #expect(conflict.limits == ["demand.shop", "capacity.road"])
    #expect(
      Set(conflict.repairs.flatMap(\.changes).map { "\($0.limit) \($0.to)" }) == [
        "capacity.road 5.0", "demand.shop 3.0",
      ])
  }

  @Test("fair shares in whole units: no division has a better sorted vector", arguments: 0..<40)
  func fairShares(seed: Int) throws {
    var stream = RandomStream(seed: 53, key: UInt64(seed))
    let count = 1 + stream.index(below: 4)
    let requests = (0..<count).map { index in
      let units = stream.index(below: 6)
      return ShortageProblem.Request(
        "p\(index)", units: units, floor: stream.index(below: units + 1) / 2,
        weight: [1, 1, 2, 0.5][stream.index(below: 4)], tier: 1 + stream.index(below: 2))
    }
    let asked = requests.reduce(0) { $0 + $1.units }
    var problem = ShortageProblem(products: [.init("x", supply: stream.index(below: asked + 2))], requests: requests)
    let solution = try problem.solve()
    let supply = problem.products[0].supply
    let promised = requests.reduce(0) { $0 + $1.floor }
    guard let solution else {
      #expect(promised > supply)
      return
    }
    #expect(solution.units.reduce(0, +) == min(supply, asked))
    #expect(zip(solution.units, requests).allSatisfy { $0 >= $1.floor && $0 <= $1.units })
    func rates(_ units: [Int]) -> [Double] {
      zip(units, requests).filter { $1.units > 0 }.map { Double($0) / ($1.weight * Double($1.units)) }.sorted()
    }
    let mine = rates(solution.units)
    for other in divisions(requests, min(supply, asked)) {
      #expect(!mine.lexicographicallyPrecedes(rates(other)), "\(other) is fairer than \(solution.units)")
    }
    problem.rule = .weightedFill
    let filled = try #require(try problem.solve()).objective
    let best = divisions(requests, min(supply, asked)).map { units in
      zip(units, requests).reduce(0.0) { sum, pair in
        pair.1.units > 0 ? sum + pair.1.weight * Double(pair.0) / Double(pair.1.units) : sum
      }
    }.max()
    #expect(abs(filled - (best ?? 0)) <= 1e-12)
  }

  private func divisions(_ requests: [ShortageProblem.Request], _ total: Int) -> [[Int]] {
    guard let first = requests.first else { return total == 0 ? [[]] : [] }
    guard first.floor <= min(first.units, total) else { return [] }
    return (first.floor...min(first.units, total)).flatMap { units in
      divisions(Array(requests.dropFirst()), total - units).map { [units] + $0 }
    }
  }

  @Test("strict tiers fill up in turn; 900 units for three tiers")
  func tiers() throws {
    var problem = ShortageProblem(
      products: [.init("x", supply: 900)],
      requests: [
        .init("a", units: 400, floor: 80, tier: 1), .init("b", units: 500, floor: 100, tier: 1),
        .init("c", units: 300, floor: 60, tier: 2),
      ], tiersAreStrict: true)
    // 840 for the first tier, in the ratio of what was asked for: 373⅓ and 466⅔.
    #expect(try problem.solve()?.units == [373, 467, 60])
    problem.tiersAreStrict = false
    #expect(try problem.solve()?.units == [300, 375, 225])
  }

  @Test(
    "floors above supply: dropping any one floor of the conflict resolves it, and repairs repair", arguments: 0..<20)
  func floors(seed: Int) throws {
    var stream = RandomStream(seed: 54, key: UInt64(seed))
    let problem = ShortageProblem(
      products: [.init("x", supply: 20)],
      requests: (0..<6).map { .init("p\($0)", units: 30, floor: 4 + stream.index(below: 12)) })
    guard problem.requests.reduce(0, { $0 + $1.floor }) > 20 else { return }
    let conflict = try #require(try problem.answer(within: AllocationLimits()).conflict)
    let members = problem.requests.indices.filter { conflict.limits.contains("floor.p\($0)") }
    let sum = members.reduce(0) { $0 + problem.requests[$1].floor }
    #expect(sum > 20 && members.allSatisfy { sum - problem.requests[$0].floor <= 20 })
    for repair in conflict.repairs {
      var repaired = problem
      for change in repair.changes {
        if change.limit == "supply" {
          repaired.products[0].supply = Int(change.to)
        } else if let index = problem.requests.firstIndex(where: { change.limit == "floor.\($0.partner)" }) {
          repaired.requests[index].floor = Int(change.to)
        }
      }
      #expect(try repaired.solve() != nil)
    }
  }

  private func orders(_ stream: inout RandomStream) -> FulfilmentProblem {
    FulfilmentProblem(
      products: ["x", "y"],
      orders: (0..<6).map {
        .init("o\($0)", product: $0 % 2, units: Double(1 + stream.index(below: 3)), unservedCost: 12)
      },
      stores: (0..<3).map { .init("s\($0)", capacity: Double(2 + stream.index(below: 5))) },
      stock: (0..<3).flatMap { store in
        (0..<2).map { .init(store: store, product: $0, units: Double(stream.index(below: 4))) }
      }, costs: (0..<18).map { _ in Double(stream.index(below: 20)) })
  }

  @Test("fulfilment: never dearer than first come; whole orders never cheaper than split ones", arguments: 0..<12)
  func fulfilment(seed: Int) throws {
    var stream = RandomStream(seed: 55, key: UInt64(seed))
    var problem = orders(&stream)
    let split = try #require(try problem.solve())
    #expect(split.objective == split.bound)
    guard case .object(let members) = try problem.answer(within: AllocationLimits()).solution,
      case .number(let firstCome)? = members.first(where: { $0.name == "first_come_cost" })?.value
    else {
      Issue.record("no first_come_cost")
      return
    }
    #expect(split.objective <= firstCome)
    for price in split.prices {
      var changed = problem
      let parts = price.limit.split(separator: ".")
      let store = try #require(problem.stores.firstIndex { $0.name == parts[1] })
      if parts[0] == "capacity" {
        changed.stores[store].capacity += 1
      } else {
        let row = try #require(
          problem.stock.firstIndex { $0.store == store && problem.products[$0.product] == parts[2] })
        changed.stock[row].units += 1
      }
      #expect(try changed.solve()?.objective == split.objective + price.right)
    }
    problem.ordersMaySplit = false
    let whole = try #require(try problem.solve())
    #expect(whole.objective >= split.objective - 1e-9 && whole.bound <= whole.objective)
    for (store, label) in problem.stores.enumerated() {
      let sent = whole.shipments.filter { $0.store == store }.reduce(0) { $0 + $1.units }
      #expect(sent <= label.capacity)
    }
    #expect(whole.shipments.allSatisfy { $0.units == problem.orders[$0.order].units })
  }

  @Test("pooling: √n of n equal partners; shares add up, equals get equal shares, sampled near exact")
  func pooling() throws {
    let equal = PoolingProblem(
      partners: (0..<9).map { .init("p\($0)", deviation: 10, holdingCost: 2) }, serviceLevel: 0.95)
    let solution = try equal.solve()
    // z · 10 · (9 − 3) units at 2 a year, with z = 1.6448536.
    #expect(abs(solution.saving - 1.6448536269514722 * 10 * 6 * 2) < 1e-9)
    #expect(abs(solution.pooledStock * 3 - solution.separateStock) < 1e-9)
    #expect(solution.shares.allSatisfy { abs($0 - solution.saving / 9) < 1e-9 })
    #expect(try #require(solution.worstExcess) <= 1e-9)
    // Two partners share what both add in equal parts, whatever their sizes.
    let two = try PoolingProblem(
      partners: [.init("a", deviation: 30, holdingCost: 1), .init("b", deviation: 40, holdingCost: 1)]
    ).solve()
    #expect(abs(two.saving - 1.6448536269514722 * 20) < 1e-9 && abs(two.shares[0] - two.shares[1]) < 1e-12)
    let many = PoolingProblem(partners: (0..<20).map { .init("p\($0)", deviation: 1 + Double($0), holdingCost: 1) })
    let sampled = try many.solve()
    #expect(abs(sampled.shares.reduce(0, +) - sampled.saving) < 1e-9)
    #expect(zip(sampled.shares, sampled.shares.dropFirst()).filter { $0 > $1 }.count <= 6, "larger partners add more")
  }
}
