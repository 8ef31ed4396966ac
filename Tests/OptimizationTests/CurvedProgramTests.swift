import Optimization
import Probability
import Testing

@Suite("Curved programs")
struct CurvedProgramTests {
  /// One budget over terms of domains up to 1.
  static func program(
    _ functions: [CurvedFunction], budget: Double, domain: (Int) -> AmountDomain = { _ in AmountDomain(0...1) }
  ) -> CurvedProgram {
    var linear = LinearProgram(.maximise)
    for _ in functions { linear.addVariable(upper: 1) }
    linear.addSumRow(functions.indices, upper: budget)
    var program = CurvedProgram(linear)
    for (index, function) in functions.enumerated() {
      program.terms.append(.init(variable: index, function: function, domain: domain(index)))
    }
    return program
  }

  /// The best objective over a grid of `steps` per unit, by dynamic programming over the budget.
  static func best(_ program: CurvedProgram, budget: Double, steps: Int) -> Double {
    let total = Int((budget * Double(steps)).rounded())
    var best = [Double](repeating: 0, count: total + 1)
    for term in program.terms {
      var next = [Double](repeating: -.infinity, count: total + 1)
      let domain = term.domain
      for units in 0...min(total, steps) {
        let x = Double(units) / Double(steps)
        let isOnStep = domain.step == 0 || abs(x / domain.step - (x / domain.step).rounded()) < 1e-9
        let isInside = x >= domain.lower - 1e-12 && x <= domain.upper + 1e-12 && isOnStep
        guard isInside || (domain.allowsZero && units == 0) else { continue }
        let value = term.function.value(at: x)
        for spent in units...total { next[spent] = max(next[spent], best[spent - units] + value) }
      }
      best = next
    }
    return best.max() ?? 0
  }

  @Test("the S-curve twin goes to one side")
  func twin() throws {
    let curve = CurvedFunction(.hill, amplitude: 1, scale: 50.0 / 60, shape: 4)
    let solution = try Self.program([curve, curve], budget: 1).solve()
    #expect(abs(solution.objective - 0.674648620510151) < 1e-9)
    #expect(solution.relativeGap <= 1e-9)
    #expect(solution.values.sorted() == [0, 1])
  }

  @Test(
    "S-curves, tiers, minimum or nothing, whole steps: as good as a fine grid, and the gap is closed",
    arguments: 0..<12)
  func grid(seed: Int) throws {
    var stream = RandomStream(seed: 5, key: UInt64(seed))
    var functions: [CurvedFunction] = []
    var domains: [AmountDomain] = []
    for index in 0..<6 {
      let family = [CurvedFunction.Family.hill, .logarithm, .power, .exponentialSaturation][stream.index(below: 4)]
      let shape = family == .hill ? stream.uniform(1.5, 4) : 0.5
      var function = CurvedFunction(
        family, amplitude: stream.uniform(0.2, 1), scale: stream.uniform(0.1, 0.5), shape: shape)
      if index == 1 { (function.anchor, function.charge) = (0.3, 0.2) }
      if index == 2 {
        function.tiers = [.init(start: 0, units: 0, rate: 1), .init(start: 0.2, units: 0.2, rate: 1.5)]
      }
      functions.append(function)
      domains.append(
        index == 3
          ? AmountDomain(0.25...0.8, allowsZero: true)
          : index == 4 ? AmountDomain(0...1, step: 0.125) : AmountDomain(0...0.9))
    }
    let budget = 1.25
    let program = Self.program(functions, budget: budget) { domains[$0] }
    let solution = try program.solve()
    let grid = Self.best(program, budget: budget, steps: 400)
    #expect(solution.isOptimal)
    #expect(solution.relativeGap <= 1e-8)
    #expect(solution.objective >= grid - 1e-9)
    #expect(solution.bound >= grid)
    // A grid of 1/400 loses little on curves of this steepness.
    #expect(solution.objective <= grid + 0.01)
    for (term, domain) in zip(program.terms, domains) {
      let x = solution.values[term.variable]
      let units = domain.step > 0 ? x / domain.step : 0
      #expect((x >= domain.lower - 1e-9 && x <= domain.upper + 1e-9) || (domain.allowsZero && abs(x) < 1e-9))
      #expect(abs(units - units.rounded()) < 1e-7)
    }
  }

  @Test("the mean of the worst outcomes: as good as a grid over two terms")
  func tail() throws {
    // The first term earns more on average, the second never fails.
    let risky = CurvedFunction(.logarithm, amplitude: 1, scale: 0.3)
    let safe = CurvedFunction(.logarithm, amplitude: 0.6, scale: 0.3)
    var program = Self.program([risky, safe], budget: 1)
    let factors: [Double] = (0..<20).flatMap { draw -> [Double] in [draw < 4 ? 0 : 1.25, 1] }
    for weight in [0, 0.4, 1] {
      program.tail = .init(factors: factors, level: 0.8, weight: weight)
      let solution = try program.solve()
      #expect(solution.relativeGap <= 1e-8)
      var grid = 0.0
      for step in 0...2000 {
        let x = Double(step) / 2000
        let (a, b) = (risky.value(at: x), safe.value(at: 1 - x))
        grid = max(grid, (1 - weight) * (a + b) + weight * b)
      }
      #expect(solution.objective >= grid - 1e-9)
      #expect(solution.objective <= grid + 1e-6)
    }
  }

  @Test("prices of rows are slopes of the optimum")
  func prices() throws {
    let functions = [4.0, 2, 1].map { CurvedFunction(.logarithm, amplitude: $0, scale: 1.0 / 11) }
    let solution = try Self.program(functions, budget: 1).solve()
    // Amounts 7, 3, 1 of 11; the price of a whole budget is 0.5 · 11.
    #expect(abs(solution.objective - 11.78350206951907) < 1e-8)
    #expect(abs(solution.duals[0] - 5.5) < 1e-4)
    #expect(zip(solution.values, [7.0 / 11, 3.0 / 11, 1.0 / 11]).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("no values at all, and improper terms")
  func refusals() {
    let curve = CurvedFunction(.logarithm, amplitude: 1)
    #expect(throws: AllocationError.infeasible) {
      try Self.program([curve], budget: 0.2) { _ in AmountDomain(0.5...1) }.solve()
    }
    #expect(throws: AllocationError.self) {
      try Self.program([CurvedFunction(.power, amplitude: 1, shape: 1.5)], budget: 1).solve()
    }
  }
}
