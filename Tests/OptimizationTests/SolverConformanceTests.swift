import Optimization
import Probability
import Testing

/// What every solver must do. A new solver is one more row of `solvers`.
@Suite("Solver conformance")
struct SolverConformanceTests {
  static let solvers: [any Solver] = [
    HiGHSSolver(), HiGHSSolver(algorithm: .primalSimplex), HiGHSSolver(algorithm: .interiorPoint(crossover: true)),
  ]

  @Test("a program with a known optimum, its duals and its reduced costs", arguments: solvers.indices)
  func feasible(index: Int) throws {
    // max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: the Wyndor problem (Hillier & Lieberman): (2, 6), duals 0, 3/2, 1.
    var program = LinearProgram(.maximise)
    let x = program.addVariable(objective: 3)
    let y = program.addVariable(objective: 5)
    program.addRow([(x, 1.0)], upper: 4)
    program.addRow([(y, 2.0)], upper: 12)
    program.addRow([(x, 3.0), (y, 2.0)], upper: 18)
    let answer = try Self.solvers[index].solve(program)
    #expect(answer.status == .optimal)
    #expect(abs(answer.objective - 36) < 1e-9 && abs(answer.bound - 36) < 1e-9)
    #expect(zip(answer.values, [2, 6]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(zip(answer.duals, [0, 1.5, 1]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(answer.reducedCosts.allSatisfy { abs($0) < 1e-9 })
  }

  @Test("duals are derivatives of the optimum, in both senses", arguments: solvers.indices)
  func derivatives(index: Int) throws {
    for sense in [LinearProgram.Sense.minimise, .maximise] {
      var program = LinearProgram(sense)
      let x = program.addVariable(upper: 8, objective: sense == .minimise ? 2 : -2)
      let y = program.addVariable(upper: 3, objective: sense == .minimise ? 1 : -1)
      program.addRow([(x, 1.0), (y, 1.0)], lower: 5)
      let before = try Self.solvers[index].solve(program)
      program.rows[0].lower += 0.5
      let after = try Self.solvers[index].solve(program)
      #expect(abs((after.objective - before.objective) - 0.5 * before.duals[0]) < 1e-9)
      program.variables[y].upper += 0.5
      let wider = try Self.solvers[index].solve(program)
      #expect(abs((wider.objective - after.objective) - 0.5 * after.reducedCosts[y]) < 1e-9)
    }
  }

  @Test("infeasible, also by bounds alone", arguments: solvers.indices)
  func infeasible(index: Int) throws {
    var program = LinearProgram(.minimise)
    let x = program.addVariable(upper: 1)
    program.addRow([(x, 1.0)], lower: 2)
    #expect(try Self.solvers[index].solve(program).status == .infeasible)
    program.rows[0].lower = 0
    program.variables[x].lower = 2
    let answer = try Self.solvers[index].solve(program)
    #expect(answer.status == .infeasible && answer.values.isEmpty)
  }

  @Test("unbounded", arguments: solvers.indices)
  func unbounded(index: Int) throws {
    var program = LinearProgram(.maximise)
    let x = program.addVariable(objective: 1)
    let y = program.addVariable()
    program.addRow([(x, 1.0), (y, -1.0)], upper: 1)
    #expect(try Self.solvers[index].solve(program).status == .unbounded)
  }

  @Test("no rows, and no variables", arguments: solvers.indices)
  func empty(index: Int) throws {
    var program = LinearProgram(.maximise)
    #expect(try Self.solvers[index].solve(program).status == .optimal)
    program.addVariable(lower: 1, upper: 3, objective: 2)
    let answer = try Self.solvers[index].solve(program)
    #expect(answer.status == .optimal && answer.values == [3] && answer.objective == 6)
  }

  @Test("a degenerate program: Beale's example, on which careless simplex cycles", arguments: solvers.indices)
  func degenerate(index: Int) throws {
    var program = LinearProgram(.minimise)
    for cost in [-0.75, 150, -0.02, 6] { program.addVariable(objective: cost) }
    program.addRow([(0, 0.25), (1, -60.0), (2, -0.04), (3, 9.0)], upper: 0)
    program.addRow([(0, 0.5), (1, -90.0), (2, -0.02), (3, 3.0)], upper: 0)
    program.addRow([(2, 1.0)], upper: 1)
    let answer = try Self.solvers[index].solve(program)
    #expect(answer.status == .optimal && abs(answer.objective + 0.05) < 1e-9)
  }

  @Test("whole numbers: a knapsack against enumeration", arguments: solvers.indices)
  func integers(index: Int) throws {
    var stream = RandomStream(seed: 3, key: 1)
    let values = (0..<12).map { _ in stream.uniform(1, 20) }
    let weights = (0..<12).map { _ in stream.uniform(1, 10) }
    var program = LinearProgram(.maximise)
    for value in values { program.addVariable(upper: 1, objective: value, isInteger: true) }
    program.addRow(weights.enumerated().map { ($0, $1) }, upper: 25)
    var best = 0.0
    for subset in 0..<(1 << 12) {
      let chosen = (0..<12).filter { subset & (1 << $0) != 0 }
      if chosen.reduce(0, { $0 + weights[$1] }) <= 25 { best = max(best, chosen.reduce(0) { $0 + values[$1] }) }
    }
    let answer = try Self.solvers[index].solve(program)
    #expect(answer.status == .optimal)
    #expect(abs(answer.objective - best) < 1e-6 && answer.bound >= best - 1e-6)
    #expect(program.violation(at: answer.values) < 1e-6)
  }

  @Test("a limit on work stops early and says so", arguments: solvers.indices)
  func stopped(index: Int) throws {
    var stream = RandomStream(seed: 4, key: 1)
    var program = LinearProgram(.minimise)
    for _ in 0..<60 { program.addVariable(upper: 10, objective: stream.uniform(1, 2)) }
    for _ in 0..<60 { program.addRow((0..<60).map { ($0, stream.uniform()) }, lower: 30) }
    let answer = try Self.solvers[index].solve(program, limits: SolverLimits(iterations: 2))
    #expect(answer.status != .optimal)
  }

  @Test("what is not a number is refused", arguments: solvers.indices)
  func notANumber(index: Int) {
    var program = LinearProgram(.minimise)
    program.addVariable(objective: .nan)
    #expect(throws: SolverError.self) { try Self.solvers[index].solve(program) }
  }

  @Test("the same program gives the same bits", arguments: solvers.indices)
  func deterministic(index: Int) throws {
    let problem = RandomProblem(seed: 11, crossing: true).problem
    var program = problem.limitProgram()
    program.sense = .maximise
    for variable in program.variables.indices { program.variables[variable].objective = Double(variable % 3) }
    let (a, b) = try (Self.solvers[index].solve(program), Self.solvers[index].solve(program))
    #expect(a.values == b.values && a.duals == b.duals)
  }
}
