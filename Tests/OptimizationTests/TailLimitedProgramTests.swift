import Optimization
import Probability
import Testing

@Suite("Tail-limited programs")
struct TailLimitedProgramTests {
  @Test("the tail of ten losses, whole and in parts")
  func tail() {
    var program = TailLimitedProgram(base: LinearProgram(.maximise), losses: SparseVectors(), confidence: 0.8)
    for _ in 0..<10 { program.losses.endVector() }
    let losses = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3]
    let (whole, edge) = program.tail(of: losses)
    #expect(abs(whole - 7.5) < 1e-12 && edge == 6)
    program.confidence = 0.75
    // The worst two and half of the third: (9 + 6 + 5/2) / 2.5.
    let (mean, least) = program.tail(of: losses)
    #expect(abs(mean - 7) < 1e-12 && least == 5)
  }

  @Test("the same optimum as the program with a row for every scenario", arguments: 0..<24)
  func everyScenario(seed: Int) throws {
    let program = Self.program(seed: UInt64(seed))
    let full = try HiGHSSolver().solve(program.written())
    let answer = try program.solve(with: HiGHSSolver())
    #expect(answer.linear.status == full.status)
    guard full.status == .optimal else { return }
    #expect(abs(answer.linear.objective - full.objective) < 1e-6 * max(1, abs(full.objective)))
    #expect(program.base.violation(at: answer.linear.values) < 1e-6)
    #expect(answer.conditionalValueAtRisk <= program.limit + 1e-6)
    let value = program.base.objective(at: answer.linear.values) - program.price * answer.conditionalValueAtRisk
    #expect(abs(value - answer.linear.objective) < 1e-6 * max(1, abs(value)))
  }

  @Test("the price of the limit lies between the slopes of the optimum")
  func limitPrice() throws {
    var program = Self.program(seed: 2)
    program.price = 0
    func optimum(_ limit: Double) throws -> TailLimitedSolution {
      program.limit = limit
      return try program.solve(with: HiGHSSolver())
    }
    let (below, here, above) = try (optimum(11.99), optimum(12), optimum(12.01))
    #expect(above.linear.objective > below.linear.objective)
    #expect((above.linear.objective - here.linear.objective) / 0.01 <= here.limitPrice + 1e-6)
    #expect((here.linear.objective - below.linear.objective) / 0.01 >= here.limitPrice - 1e-6)
  }

  @Test("two-sided prices agree with the program with a row for every scenario", arguments: [2, 3, 6, 10, 15])
  func prices(seed: Int) throws {
    let program = Self.program(seed: UInt64(seed))
    let limits: [TailLimitedProgram.Limit] = [.base(.row(0, .upper)), .tail, .base(.variable(1, .upper))]
    let solver = HiGHSSolver()
    let full = program.written()
    let solution = try solver.solve(full)
    guard solution.status == .optimal else { return }
    let tail = program.base.variables.count + 1
    let expected = try full.shadowPrices(
      of: [.row(0, .upper), .variable(tail, .upper), .variable(1, .upper)], at: solution, solver: solver)
    for (price, wanted) in zip(try program.shadowPrices(of: limits, solver: solver), expected) {
      #expect(abs(price.left - wanted.left) < 1e-6 && abs(price.right - wanted.right) < 1e-6, "\(price) \(wanted)")
      #expect(price.leftReach <= wanted.leftReach + 1e-3 && price.rightReach <= wanted.rightReach + 1e-3)
      #expect(price.leftReach > 0 && price.rightReach > 0)
    }
  }

  @Test("only the tail keeps the values finite")
  func endless() throws {
    var base = LinearProgram(.maximise)
    base.addVariable(objective: 1)
    var losses = SparseVectors()
    for scenario in 0..<100 {
      if scenario % 30 == 29 { losses.appendEntry(0, 0.5) }
      losses.endVector()
    }
    let program = TailLimitedProgram(base: base, losses: losses, confidence: 0.9, limit: 3)
    let answer = try program.solve(with: HiGHSSolver())
    // Three of the ten worst scenarios lose half: CVaR is 0.15·x.
    #expect(answer.linear.status == .optimal && abs(answer.linear.objective - 20) < 1e-6)
    let free = TailLimitedProgram(base: base, losses: SparseVectors(), confidence: 0.9, limit: 3)
    #expect(try free.solve(with: HiGHSSolver()).linear.status == .unbounded)
  }

  /// Exposures between floors and caps under a total; losses with a common factor, in some programs gains too.
  private static func program(seed: UInt64) -> TailLimitedProgram {
    var stream = RandomStream(seed: 41, key: seed)
    let debtors = 5 + stream.index(below: 30)
    let scenarios = 50 + stream.index(below: 400)
    var base = LinearProgram(.maximise)
    for _ in 0..<debtors {
      let floor = stream.uniform() < 0.2 ? stream.uniform(0, 2) : 0
      base.addVariable(lower: floor, upper: floor + stream.uniform(1, 20), objective: stream.uniform(0.01, 0.2))
    }
    base.addSumRow(0..<debtors, upper: stream.uniform(3, 8) * Double(debtors))
    var losses = SparseVectors()
    for _ in 0..<scenarios {
      let stress = stream.uniform() * stream.uniform() * 0.3
      for debtor in 0..<debtors {
        if stream.uniform() < stress {
          losses.appendEntry(debtor, stream.uniform(0.3, 0.9))
        } else if seed % 3 == 0, stream.uniform() < 0.2 {
          losses.appendEntry(debtor, -stream.uniform(0, 0.2))
        }
      }
      losses.endVector()
    }
    var program = TailLimitedProgram(base: base, losses: losses, confidence: [0.9, 0.95, 0.873][Int(seed % 3)])
    if seed % 4 != 1 { program.limit = stream.uniform(0.2, 1.2) * Double(debtors) }
    if seed % 4 != 0 { program.price = stream.uniform(0.01, 0.2) }
    return program
  }
}

extension TailLimitedProgram {
  /// Rockafellar and Uryasev's program with every scenario.
  fileprivate func written() -> LinearProgram {
    var program = base
    let edge = program.addVariable(lower: -.infinity)
    let tail = program.addVariable(lower: -.infinity, upper: limit, objective: -price)
    var sum = [(variable: edge, coefficient: 1.0), (variable: tail, coefficient: -1.0)]
    for scenario in 0..<losses.count {
      let excess = program.addVariable()
      sum.append((excess, 1 / tailCount))
      let terms = (losses.start[scenario]..<losses.start[scenario + 1]).map { (losses.indices[$0], losses.values[$0]) }
      program.addRow(terms + [(edge, -1), (excess, -1)], upper: 0)
    }
    program.addRow(sum, upper: 0)
    return program
  }
}
