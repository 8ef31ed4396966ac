import Allocation
import Foundation
import Probability
import Testing

@Suite("Newsvendor")
struct NewsvendorTests {
  private func one(_ demand: UncertainDemand, holding: Double, stockout: Double) throws -> NewsvendorSolution {
    try NewsvendorProblem(demands: .each([demand]), holding: [holding], stockout: [stockout]).solve()
  }

  /// Snyder & Shen, *Fundamentals of Supply Chain Theory*, examples and problems of chapter 4; tolerances are the last
  /// printed digits.
  @Test(
    "known newsvendors",
    arguments: [
      // Example 4.3, problem 4.1, C11 of the requirements.
      (UncertainDemand.normal(mean: 50, standardDeviation: 8), 0.18, 0.7, 56.60395592743389, 1.997605193176645),
      (.normal(mean: 900, standardDeviation: 60), 43, 79, 922.7214038234755, 2718.196781782411),
      (.normal(mean: 120, standardDeviation: 10), 2, 18, 132.81551565544602, 35.09966638649737),
      // Examples 4.7 and problem 4.8(a): Poisson, whole units.
      (.poisson(mean: 6), 1, 4, 8, 3.570106945770946),
      (.poisson(mean: 18), 200, 270, 19, 786.0884409351115),
      // Closed forms: D ~ U[0, 100], and D ~ Exp(10) with cost h · mean · ln((p + h) / h).
      (.uniform(from: 0, to: 100), 1, 3, 75, 37.5),
      (.exponential(mean: 10), 1, 3, 13.862943611198906, 13.862943611198906),
    ])
  func known(demand: UncertainDemand, holding: Double, stockout: Double, stock: Double, cost: Double) throws {
    let solution = try one(demand, holding: holding, stockout: stockout)
    #expect(abs(solution.stocks[0] - stock) <= 1e-9 * stock)
    #expect(abs(solution.objective - cost) <= 1e-11 * cost)
    #expect(solution.relativeGap <= 1e-12 && solution.status == .optimal)
  }

  @Test("a table of probabilities: problem 4.7(b)")
  func discrete() throws {
    let demand = try #require(
      DiscreteDemand(values: [1, 2, 3, 4, 5, 6, 7, 8], probabilities: [0.25, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1, 0.05]))
    let solution = try one(.discrete(demand), holding: 500_000, stockout: 1_000_000)
    // No published number; by hand: 5·10⁵ · (1 + .15 + .2 + .2) + 10⁶ · (.1 + .2 + .15) = 1,225,000.
    #expect(solution.stocks == [5] && abs(solution.objective - 1_225_000) <= 1e-6)
  }

  /// Cost against the integral of its definition, and the derivative against the distribution function.
  @Test(
    "every distribution holds together",
    arguments: [
      UncertainDemand.normal(mean: 20, standardDeviation: 4), .logNormal(logMean: 3, logDeviation: 0.4),
      .gamma(shape: 2.5, scale: 8), .exponential(mean: 12), .uniform(from: 5, to: 30), .poisson(mean: 14.5),
      .discrete(DiscreteDemand(draws: [3, 9, 9, 14, 22, 40])!),
      .quantiles(QuantileDemand(probabilities: [0.1, 0.5, 0.75, 0.9], values: [12, 20, 24, 33])!),
    ])
  func distributions(demand: UncertainDemand) {
    #expect(demand.defect == nil)
    for stock in [4.0, 11.3, 17, 28.6, 45] {
      // E(D − s)⁺ = ∫ P(D > x) dx from s on; steps of .02 over 160 units: an error below .02 · a jump.
      var integral = 0.0
      for step in 0..<8000 { integral += 0.02 * (1 - demand.cumulative(stock + 0.02 * (Double(step) + 0.5))) }
      #expect(abs(demand.expectedShortage(stock) - integral) < 1.2e-2)
    }
    // The mean is what an empty stock misses; nothing of these demands lies below zero worth speaking of.
    #expect(abs(demand.expectedShortage(0) - demand.mean) < 1e-5)
    for probability in [0.02, 0.3, 0.5, 0.77, 0.9, 0.995] {
      let stock = demand.quantile(probability)
      #expect(demand.cumulative(stock) >= probability - 1e-9)
      #expect(demand.cumulative(stock - 1e-6 * max(1, stock)) <= probability + 1e-9)
    }
  }

  @Test("quantiles of a normal distribution are that distribution")
  func quantiles() throws {
    let normal = Normal(mean: 100, standardDeviation: 15)
    let probabilities = [0.05, 0.3, 0.5, 0.9]
    let demand = UncertainDemand.quantiles(
      try #require(
        QuantileDemand(probabilities: probabilities, values: probabilities.map { normal.quantile($0) })))
    let exact = UncertainDemand.normal(mean: 100, standardDeviation: 15)
    for stock in [60.0, 100, 131] {
      #expect(abs(demand.expectedShortage(stock) - exact.expectedShortage(stock)) < 1e-9)
    }
    // Many zeros, as of slow movers: half of the time nothing is asked for.
    let slow = try #require(QuantileDemand(probabilities: [0.2, 0.5, 0.9], values: [0, 0, 4]))
    #expect(slow.cumulative(0) >= 0.5 && slow.quantile(0.4) == 0 && slow.mean > 0.5 && slow.mean < 2)
  }

  @Test("two uniform demands under a budget: 62.5 and 25, price 0.5")
  func budget() throws {
    var problem = NewsvendorProblem(
      demands: .each([.uniform(from: 0, to: 100), .uniform(from: 0, to: 100)]), holding: [1, 1], stockout: [3, 1])
    problem.budget = .init(87.5, perUnit: [1, 1])
    let answer = try problem.answer(within: AllocationLimits())
    let solution = try problem.solve()
    #expect(abs(solution.stocks[0] - 62.5) < 1e-9 && abs(solution.stocks[1] - 25) < 1e-9)
    #expect(abs(solution.objective - 71.875) < 1e-9 && abs(solution.bound - 71.875) < 1e-9)
    #expect(answer.binding == ["budget"])
    let price = try #require(answer.prices.first)
    #expect(abs(price.left + 0.5) < 1e-9 && abs(price.right + 0.5) < 1e-9)
    // Usage is 125 − 75 λ here: the price moves by a tenth for 3.75 either way.
    #expect(abs(price.from - 83.75) < 1e-6 && abs(price.to - 91.25) < 1e-6)
  }

  /// Points of all kinds, seeded.
  private func random(_ seed: Int, count: Int, smooth: Bool) -> NewsvendorProblem {
    var stream = RandomStream(seed: 5, key: UInt64(seed))
    var demands: [UncertainDemand] = []
    for point in 0..<count {
      let mean = stream.uniform(2, 60)
      switch (point + seed) % (smooth ? 4 : 6) {
      case 0: demands.append(.normal(mean: mean, standardDeviation: mean * stream.uniform(0.1, 0.5)))
      case 1: demands.append(.logNormal(logMean: stream.uniform(1, 4), logDeviation: stream.uniform(0.2, 1)))
      case 2: demands.append(.gamma(shape: stream.uniform(0.5, 6), scale: stream.uniform(1, 9)))
      case 3: demands.append(.uniform(from: mean / 3, to: mean))
      case 4: demands.append(.poisson(mean: mean))
      default: demands.append(.discrete(DiscreteDemand(draws: (0..<7).map { _ in stream.uniform(0, 50).rounded() })!))
      }
    }
    var problem = NewsvendorProblem(
      demands: .each(demands), holding: (0..<count).map { _ in stream.uniform(0.1, 2) },
      stockout: (0..<count).map { _ in stream.uniform(1, 12) })
    problem.minimum = (0..<count).map { _ in stream.uniform() < 0.2 ? 3 : 0 }
    problem.maximum = (0..<count).map { _ in stream.uniform() < 0.2 ? 20 : .infinity }
    let free = try? problem.solve()
    let stocks = free?.stocks ?? []
    for index in 0..<2 {
      let weights = (0..<count).map { _ in stream.uniform(0.5, 9) }
      let used = zip(weights, stocks).reduce(0) { $0 + $1.0 * $1.1 }
      let least = zip(weights, problem.minimum).reduce(0) { $0 + $1.0 * $1.1 }
      let limit = NewsvendorProblem.SharedLimit(least + (used - least) * stream.uniform(0.2, 1.05), perUnit: weights)
      if index == 0 { problem.budget = limit } else { problem.space = limit }
    }
    return problem
  }

  @Test("two limits: feasible, certified, and no exchange of units saves", arguments: 0..<16)
  func twoLimits(seed: Int) throws {
    let problem = random(seed, count: 12, smooth: seed % 2 == 0)
    let solution = try problem.solve()
    #expect(solution.relativeGap <= 1e-10, "weak duality certifies the stocks")
    func cost(_ stocks: [Double]) -> Double {
      stocks.indices.reduce(0) {
        $0 + problem.demands[$1].cost(of: stocks[$1], holding: problem.holding[$1], stockout: problem.stockout[$1])
      }
    }
    func isFeasible(_ stocks: [Double]) -> Bool {
      for limit in [problem.budget, problem.space].compactMap({ $0 }) {
        if zip(limit.perUnit, stocks).reduce(0, { $0 + $1.0 * $1.1 }) > limit.amount * (1 + 1e-12) { return false }
      }
      return stocks.indices.allSatisfy { stocks[$0] >= problem.minimum[$0] && stocks[$0] <= problem.maximum[$0] }
    }
    #expect(isFeasible(solution.stocks))
    #expect(abs(cost(solution.stocks) - solution.objective) <= 1e-10 * solution.objective)
    var stream = RandomStream(seed: 6, key: UInt64(seed))
    for _ in 0..<300 {
      var moved = solution.stocks
      for _ in 0..<3 { moved[stream.index(below: 12)] += stream.uniform(-1, 1) * stream.uniform() }
      if isFeasible(moved) { #expect(cost(moved) >= solution.objective * (1 - 1e-12)) }
    }
  }

  @Test("prices are the slopes of the best cost", arguments: 0..<10)
  func slopes(seed: Int) throws {
    let problem = random(seed, count: 12, smooth: true)
    let solution = try problem.solve()
    for price in try problem.prices(of: solution) {
      let step = 1e-4 * price.value
      func cost(_ change: Double) throws -> Double {
        var changed = problem
        if price.limit == "budget" { changed.budget?.amount += change } else { changed.space?.amount += change }
        return try changed.solve().objective
      }
      // Differences over a step of 1e-4: the curvature shows in the fourth digit.
      let slope = (try cost(step) - (try cost(-step))) / (2 * step)
      #expect(abs(slope - price.right) <= 2e-3 * abs(price.right) + 1e-6)
      #expect(price.left <= price.right + 1e-9 && price.from <= price.value && price.to >= price.value)
    }
  }

  @Test("prices on both sides of a step")
  func corner() throws {
    // Each unit saves (p + h) P(D ≥ unit) − h: 5, 5 − 10/3 · …; a budget that ends with a unit lies on a corner.
    let demand = try #require(DiscreteDemand(draws: [1, 2, 3]))
    var problem = NewsvendorProblem(demands: .each([.discrete(demand)]), holding: [1], stockout: [5])
    problem.budget = .init(2, perUnit: [1])
    let answer = try problem.answer(within: AllocationLimits())
    // The second unit is asked for in two cases of three: 5 − 6 · 1/3 = 3; the third in one: 5 − 6 · 2/3 = 1.
    #expect(answer.prices.count == 1)
    #expect(abs(answer.prices[0].left + 3) < 1e-9 && abs(answer.prices[0].right + 1) < 1e-9)
    #expect(abs(answer.prices[0].from - 1) < 1e-9 && abs(answer.prices[0].to - 3) < 1e-9)
  }

  @Test("packs: the best of all, by enumeration", arguments: 0..<12)
  func packs(seed: Int) throws {
    var problem = random(seed, count: 4, smooth: false)
    var stream = RandomStream(seed: 8, key: UInt64(seed))
    problem.minimum = []
    problem.maximum = [24, 24, 24, 24]
    problem.pack = (0..<4).map { _ in [1.0, 2, 6][stream.index(below: 3)] }
    let solution = try problem.solve()
    var best = Double.infinity
    func search(_ point: Int, _ budget: Double, _ space: Double, _ cost: Double) {
      guard point < 4 else {
        best = min(best, cost)
        return
      }
      var stock = 0.0
      while stock <= 24 {
        let (money, room) = (problem.budget!.perUnit[point] * stock, problem.space!.perUnit[point] * stock)
        if money > budget + 1e-9 || room > space + 1e-9 { break }
        search(
          point + 1, budget - money, space - room,
          cost
            + problem.demands[point].cost(
              of: stock, holding: problem.holding[point], stockout: problem.stockout[point]))
        stock += problem.pack[point]
      }
    }
    search(0, problem.budget!.amount, problem.space!.amount, 0)
    #expect(abs(solution.objective - best) <= 1e-9 * best)
    #expect(solution.bound <= best * (1 + 1e-9) && solution.relativeGap <= 1e-6)
    for (stock, pack) in zip(solution.stocks, problem.pack) { #expect(stock.remainder(dividingBy: pack) == 0) }
  }

  @Test("minimum stocks beyond the budget: an irreducible conflict and repairs that work")
  func conflict() throws {
    var problem = NewsvendorProblem(
      demands: .normal(means: [10, 10, 10], standardDeviations: [3, 3, 3]), holding: [1, 1, 1], stockout: [4, 4, 4])
    problem.names = ["a", "b", "c"]
    problem.minimum = [10, 2, 8]
    problem.budget = .init(16, perUnit: [1, 1, 1])
    let answer = try problem.answer(within: AllocationLimits())
    let conflict = try #require(answer.conflict)
    #expect(answer.status == .infeasible && conflict.limits == ["budget", "minimum.a", "minimum.c"])
    for repair in conflict.repairs {
      var repaired = problem
      for change in repair.changes {
        if change.limit == "budget" { repaired.budget?.amount = change.to }
        for (index, name) in problem.names.enumerated() where change.limit == "minimum.\(name)" {
          repaired.minimum[index] = change.to
        }
      }
      #expect(try repaired.solve().conflict == nil)
    }
  }

  @Test("what is no problem is refused with what is wrong")
  func refused() {
    func findings(_ change: (inout NewsvendorProblem) -> Void) -> Int {
      var problem = NewsvendorProblem(
        demands: .normal(means: [10], standardDeviations: [3]), holding: [1], stockout: [4])
      change(&problem)
      return problem.findings().count
    }
    #expect(findings { _ in } == 0)
    #expect(findings { $0.holding = [.nan] } == 1)
    #expect(findings { $0.stockout = [] } == 1)
    #expect(findings { $0.demands = .normal(means: [.nan], standardDeviations: [1]) } == 1)
    #expect(
      findings {
        $0.holding = [0]
        $0.stockout = [0]
      } == 1)
    #expect(findings { $0.budget = .init(-1, perUnit: [1]) } == 1)
    #expect(
      findings {
        $0.minimum = [5]
        $0.maximum = [4]
      } == 1)
  }

  /// The instances of the newsvendor with a shared budget, whose optima were found by a dual root and by SLSQP.
  @Test(
    "shared instances", .enabled(if: SharedCases.areThere, "the shared instances (peers/allocation) are not here"),
    arguments: [("b_newsvendor_n10", 3734.2065418474185), ("b_newsvendor_n1000", 285406.2197985842)])
  func instances(name: String, optimum: Double) throws {
    let instance = try SharedCases.object("inst/\(name).json")
    func column(_ name: String) -> [Double] { instance[name] as? [Double] ?? [] }
    var problem = NewsvendorProblem(
      demands: .normal(means: column("mu"), standardDeviations: column("sd")), holding: column("h"),
      stockout: column("p"))
    problem.budget = .init(try #require(instance["B"] as? Double), perUnit: column("c"))
    let solution = try problem.solve()
    #expect(abs(solution.objective - optimum) <= 1e-11 * optimum && solution.relativeGap <= 1e-12)
  }
}

/// Known answers and instances that lie beside the project.
enum SharedCases {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["SLUICE_PEERS"] {
      return URL(fileURLWithPath: path).appending(path: "allocation")
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/peers/allocation")
  }()

  static var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func object(_ name: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: name))) as? [String: Any])
  }

  /// The cases of a file, by name.
  static func cases(_ name: String) throws -> [String: [String: Any]] {
    let all = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "cases/\(name).json")))
        as? [[String: Any]])
    return Dictionary(all.compactMap { entry in (entry["name"] as? String).map { ($0, entry) } }) { first, _ in first }
  }
}
