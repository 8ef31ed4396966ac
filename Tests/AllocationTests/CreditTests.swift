import Allocation
import Optimization
import Probability
import Tables
import Testing

@Suite("Credit limits")
struct CreditTests {
  /// Margins 1 and 1.5, caps of 20, the mean of the two worst of twenty scenarios at most 10: A defaults in two
  /// scenarios, B in one, so that 20 of B lose (20 + 0) / 2 = 10 and earn 30 (tail mean by hand).
  @Test("the textbook's pair: all of B and none of A")
  func pair() throws {
    let problem = Self.pair(tailLimit: 10)
    let solution = try problem.solve()
    #expect(solution.status == .optimal)
    #expect(abs((solution.objective ?? 0) - 30) < 1e-9 && abs((solution.bound ?? 0) - 30) < 1e-9)
    #expect(abs(solution.partners[0].exposure) < 1e-9 && abs(solution.partners[1].exposure - 20) < 1e-9)
    #expect(abs((solution.tailLoss ?? 0) - 10) < 1e-9)
    #expect(solution.binding.contains("tail") && solution.binding.contains("caps.B"))
    let price = try #require(solution.prices.first { $0.limit == "tail" })
    // Less tail: a unit of B holds half a unit of tail. More: so does one of A, until its two defaults are the tail.
    #expect(abs(price.left - 3) < 1e-6 && abs(price.right - 2) < 1e-6, "\(price)")
  }

  private static func pair(tailLimit: Double) -> CreditProblem {
    var losses = SparseVectors()
    for scenario in 0..<20 {
      if scenario < 2 { losses.appendEntry(0, 1) }
      if scenario == 2 { losses.appendEntry(1, 1) }
      losses.endVector()
    }
    return CreditProblem(
      partners: [.init("A", cap: 20, margin: 1), .init("B", cap: 20, margin: 1.5)],
      tail: .init(confidence: 0.9, limit: .init(tailLimit), scenarios: .losses(losses)))
  }

  @Test("random networks: every limit is kept, nobody random does better", arguments: 0..<12)
  func random(seed: Int) throws {
    let problem = Self.network(seed: UInt64(seed), partners: 15)
    let solution = try problem.solve()
    try #require(solution.status == .optimal)
    #expect(solution.exposure <= (problem.total?.amount ?? 0) + 1e-6)
    #expect(solution.expectedLoss <= (problem.expectedLoss?.amount ?? 0) + 1e-6)
    #expect((solution.tailLoss ?? 0) <= (problem.tail?.limit?.amount ?? 0) + 1e-6)
    for (partner, given) in zip(problem.partners, solution.partners) {
      #expect(given.exposure >= partner.floor - 1e-7 && given.exposure <= partner.cap + 1e-7)
      #expect(given.heldBy != .unprofitable || given.exposure < 1e-9)
    }
    for (name, limit) in problem.groups {
      let exposure = zip(problem.partners, solution.partners).reduce(0) {
        $0 + ($1.0.group == name ? $1.1.exposure : 0)
      }
      #expect(exposure <= limit.amount + 1e-6)
    }
    #expect(abs((solution.bound ?? 0) - (solution.objective ?? 0)) < 1e-6 * max(1, abs(solution.objective ?? 0)))
    for price in solution.prices { #expect(price.left >= price.right - 1e-7 && price.right >= -1e-9) }
  }

  @Test("riskier partners get stricter terms, and terms save losses")
  func terms() throws {
    let partners: [CreditProblem.Partner] = [
      .init("safe", cap: 100, margin: 0.04, defaultProbability: 0.01, lossGivenDefault: 0.5),
      .init("risky", cap: 100, margin: 0.06, defaultProbability: 0.15, lossGivenDefault: 0.5),
      .init("hopeless", cap: 100, margin: 0.06, defaultProbability: 0.9, lossGivenDefault: 0.5),
    ]
    let problem = CreditProblem(
      partners: partners,
      terms: [
        .init("normal", maximumDefaultProbability: 0.1),
        .init("prepay", marginShare: 0.5, lossShare: 0.1, maximumDefaultProbability: 0.5),
      ])
    let solution = try problem.solve()
    #expect(solution.partners.map(\.byTerms) == [[100, 0], [0, 100], [0, 0]])
    #expect(solution.partners[2].heldBy == .noTerms)
    #expect(abs((solution.objective ?? 0) - (100 * 0.035 + 100 * (0.03 - 0.0075))) < 1e-9)
  }

  @Test("floors against the tail: an irreducible conflict, and repairs that work")
  func conflict() throws {
    var problem = Self.network(seed: 3, partners: 15)
    for index in problem.partners.indices { problem.partners[index].floor = problem.partners[index].cap * 0.9 }
    (problem.total, problem.expectedLoss, problem.groups) = (nil, nil, [])
    problem.tail?.limit?.amount *= 0.5
    let solution = try problem.solve()
    #expect(solution.status == .infeasible)
    let conflict = try #require(solution.conflict)
    #expect(conflict.limits.contains("tail"))
    for limit in conflict.limits { #expect(try Self.dropping(limit, from: problem).solve().status == .optimal) }
    #expect(!conflict.repairs.isEmpty)
    for repair in conflict.repairs {
      var repaired = problem
      for change in repair.changes {
        if change.limit == "tail" { repaired.tail?.limit?.amount = change.to + 1e-6 }
        for (index, partner) in problem.partners.enumerated() where "floors.\(partner.id)" == change.limit {
          repaired.partners[index].floor = max(0, change.to - 1e-6)
        }
      }
      #expect(try repaired.solve(withPrices: false).status == .optimal)
    }
  }

  private static func dropping(_ limit: String, from problem: CreditProblem) throws -> CreditProblem {
    var dropped = problem
    // The conflict is among its members: the other floors do not belong to it.
    let members = try problem.solve().conflict?.limits ?? []
    for (index, partner) in problem.partners.enumerated() {
      let name = "floors.\(partner.id)"
      if name == limit || !members.contains(name) { dropped.partners[index].floor = 0 }
    }
    if limit == "tail" { dropped.tail?.limit = nil }
    return dropped
  }

  @Test("whole units are published, and valued as published")
  func units() throws {
    var problem = Self.network(seed: 5, partners: 15)
    problem.unit = 0.5
    let solution = try problem.solve(withPrices: false)
    for partner in solution.partners { #expect((partner.exposure / 0.5).rounded() * 0.5 == partner.exposure) }
    let value =
      solution.expectedMargin - solution.expectedLoss - (problem.tail?.capitalCost ?? 0) * (solution.tailLoss ?? 0)
    #expect(abs(value - (solution.objective ?? 0)) < 1e-12)
    #expect((solution.bound ?? 0) >= value && (solution.tailLoss ?? 0) <= (problem.tail?.limit?.amount ?? 0) + 1e-9)
  }

  @Test("nonsense is refused")
  func nonsense() {
    var problem = Self.pair(tailLimit: 10)
    problem.partners[0].cap = .nan
    problem.partners[1].defaultProbability = 2
    problem.tail?.confidence = 1
    #expect(throws: AllocationProblemError.self) { try problem.solve() }
    #expect(problem.defects.count == 3)
    #expect(CreditProblem(partners: []).defects.count == 1)
  }

  @Test("the tail of a large book is that of many small partners, and a sum over them")
  func largeBook() throws {
    func tail(_ scenarios: CreditScenarios, caps: [Double]) throws -> Double {
      let partners = caps.indices.map { index in
        CreditProblem.Partner(
          "P\(index)", cap: caps[index], margin: 1, defaultProbability: 0.02 + 0.1 * Double(index % 5),
          lossGivenDefault: 0.6)
      }
      let problem = CreditProblem(
        partners: partners, tail: .init(confidence: 0.95, capitalCost: 0.001, scenarios: scenarios))
      let solution = try problem.solve(withPrices: false)
      #expect(solution.status == .optimal && abs(solution.exposure - caps.reduce(0, +)) < 1e-6)
      return try #require(solution.tailLoss)
    }
    let caps = (0..<600).map { _ in 1.0 }
    let (large, drawn) = (
      try tail(.largeBook(correlation: 0.2), caps: caps),
      try tail(.oneFactor(correlation: 0.2, count: 4000, seed: 3), caps: caps)
    )
    // Draws have an error of some percent; own luck adds a little.
    #expect(abs(drawn / large - 1) < 0.06)
    let halves = try tail(.largeBook(correlation: 0.2), caps: caps.map { $0 / 2 })
    #expect(abs(halves - large / 2) < 1e-9 * large)
    // Without a common factor the tail is what is expected.
    let alone = try tail(.largeBook(correlation: 0), caps: [1])
    #expect(abs(alone - 0.02 * 0.6) < 1e-12)
  }

  @Test("one factor: partners default as often as they should, and together")
  func oneFactor() throws {
    // 40 partners of one unit: the mean loss is p, and with a common factor the worst 5 % are far above it.
    func solve(_ correlation: Double) throws -> CreditSolution {
      try CreditProblem(
        partners: (0..<40).map {
          .init("P\($0)", floor: 1, cap: 1, margin: 0, defaultProbability: 0.1, lossGivenDefault: 1)
        }, tail: .init(scenarios: .oneFactor(correlation: correlation, count: 4000, seed: 7))
      ).solve(withPrices: false)
    }
    let (apart, together) = try (solve(0), solve(0.4))
    // Binomial(40, 0.1): the worst twentieth averages about 8.6 defaults.
    #expect(abs((apart.tailLoss ?? 0) - 8.6) < 0.6)
    #expect((together.tailLoss ?? 0) > 15)
  }

  private static func network(seed: UInt64, partners: Int) -> CreditProblem {
    var stream = RandomStream(seed: 51, key: seed)
    let regions = ["north", "south", "west"]
    var members: [CreditProblem.Partner] = []
    for index in 0..<partners {
      let probability = 0.005 * stream.uniform(1, 20)
      let cap = stream.uniform(10, 100)
      members.append(
        .init(
          "P\(index)", group: regions[index % 3], floor: stream.uniform() < 0.3 ? cap * 0.1 : 0, cap: cap,
          margin: 0.01 + stream.uniform(0, 0.05) + 0.6 * probability, defaultProbability: probability,
          lossGivenDefault: stream.uniform(0.4, 0.8)))
    }
    let all = members.reduce(0) { $0 + $1.cap }
    return CreditProblem(
      partners: members, total: .init(0.7 * all), groups: [("north", .init(0.25 * all))],
      expectedLoss: .init(0.02 * all),
      tail: .init(
        confidence: 0.9, limit: .init(0.12 * all), capitalCost: 0.02,
        scenarios: .oneFactor(correlation: 0.2, count: 400, seed: seed)))
  }
}
