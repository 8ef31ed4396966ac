import Optimization
import Probability
import Testing

/// What every session must do: after any change it answers as if the changed program had been solved afresh.
@Suite("Solver session conformance")
struct SolverSessionConformanceTests {
  static let solvers: [any Solver] = SolverConformanceTests.solvers

  /// minimise c·x, A·x ≥ b, 0 ≤ x ≤ 10 with nonnegative numbers: feasible and bounded whatever is drawn.
  static func covering(seed: UInt64, variables: Int, rows: Int, isInteger: Bool = false) -> LinearProgram {
    var stream = RandomStream(seed: 21, key: seed)
    var program = LinearProgram(.minimise)
    for _ in 0..<variables { program.addVariable(upper: 10, objective: stream.uniform(1, 2), isInteger: isInteger) }
    for _ in 0..<rows {
      program.addRow((0..<variables).map { ($0, stream.uniform()) }, lower: stream.uniform(1, 3) * Double(variables))
    }
    return program
  }

  @Test("added rows and variables", arguments: solvers.indices)
  func additions(index: Int) throws {
    let whole = Self.covering(seed: 1, variables: 12, rows: 20)
    var part = LinearProgram(.minimise)
    for variable in whole.variables.prefix(8) { part.addVariable(upper: variable.upper, objective: variable.objective) }
    let session = try Self.solvers[index].session(for: part)
    _ = try session.solve()
    for row in whole.rows.indices {
      let entries = (whole.rowStart[row]..<whole.rowStart[row + 1]).filter { whole.columns[$0] < 8 }
      try session.addRow(
        entries.map { (whole.columns[$0], whole.coefficients[$0]) }, lower: whole.rows[row].lower)
    }
    _ = try session.solve()
    for variable in 8..<12 {
      let entries = whole.columns.indices.filter { whole.columns[$0] == variable }
      let rows = entries.enumerated().map { (row: $0.offset, coefficient: whole.coefficients[$0.element]) }
      try session.addVariable(rows, upper: 10, objective: whole.variables[variable].objective)
    }
    #expect(session.rowCount == 20 && session.variableCount == 12)
    let warm = try session.solve()
    let cold = try Self.solvers[index].solve(whole)
    #expect(warm.status == .optimal && abs(warm.objective - cold.objective) < 1e-7)
    #expect(whole.violation(at: warm.values) < 1e-6)
  }

  @Test("changed bounds, right-hand sides, objective, coefficients and sense", arguments: solvers.indices)
  func changes(index: Int) throws {
    var program = Self.covering(seed: 2, variables: 10, rows: 15)
    let session = try Self.solvers[index].session(for: program)
    var stream = RandomStream(seed: 22, key: 1)
    for round in 0..<12 {
      let variable = stream.index(below: 10)
      let row = stream.index(below: 15)
      switch round % 4 {
      case 0:
        program.variables[variable].upper = stream.uniform(5, 20)
        try session.setBounds(of: variable, lower: 0, upper: program.variables[variable].upper)
      case 1:
        program.rows[row].lower *= stream.uniform(0.5, 1.2)
        try session.setRowBounds(row, lower: program.rows[row].lower, upper: .infinity)
      case 2:
        program.variables[variable].objective = stream.uniform(0.5, 3)
        try session.setObjective(of: variable, to: program.variables[variable].objective)
      default:
        program = program.replacingCoefficient(row: row, variable: variable, with: stream.uniform(0.5, 1.5))
        try session.setCoefficient(row: row, variable: variable, to: program.coefficients[row * 10 + variable])
      }
      let (warm, cold) = (try session.solve(), try Self.solvers[index].solve(program))
      #expect(warm.status == cold.status && abs(warm.objective - cold.objective) < 1e-7)
      // Strong duality: every unit of the objective is owed to a row or a bound.
      let rows = zip(warm.duals, warm.rowValues).reduce(0) { $0 + $1.0 * $1.1 }
      let bounds = zip(warm.reducedCosts, warm.values).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(rows + bounds - warm.objective) < 1e-6)
    }
    try session.setSense(.maximise)
    #expect(try abs(session.solve().objective - program.variables.reduce(0) { $0 + $1.objective * $1.upper }) < 1e-6)
  }

  @Test("removed rows, empty bounds and back", arguments: solvers.indices)
  func removals(index: Int) throws {
    let program = Self.covering(seed: 3, variables: 6, rows: 6)
    let session = try Self.solvers[index].session(for: program)
    let first = try session.solve()
    try session.addRow([(0, 1.0)], upper: -1)
    #expect(try session.solve().status == .infeasible)
    try session.setRowBounds(6, lower: 3, upper: 2)
    #expect(try session.solve().status == .infeasible)
    try session.removeRows([6])
    #expect(session.rowCount == 6)
    #expect(try abs(session.solve().objective - first.objective) < 1e-9)
    try session.setBounds(of: 2, lower: 5, upper: 4)
    #expect(try session.solve().status == .infeasible)
    try session.setBounds(of: 2, lower: 0, upper: 10)
    #expect(try abs(session.solve().objective - first.objective) < 1e-9)
  }

  @Test("a basis carries over: the same program takes no iteration", arguments: solvers.indices)
  func basis(index: Int) throws {
    let program = Self.covering(seed: 4, variables: 40, rows: 40)
    let session = try Self.solvers[index].session(for: program)
    let first = try session.solve()
    let basis = try #require(session.basis)
    #expect(basis.rows.count { $0 == .basic } + basis.variables.count { $0 == .basic } == program.rows.count)
    let again = try Self.solvers[index].solve(program, start: .basis(basis))
    #expect(first.iterations > 0 && again.iterations == 0)
    #expect(abs(again.objective - first.objective) < 1e-9)
    try session.startAfresh()
    #expect(try abs(session.solve().objective - first.objective) < 1e-9)
  }

  @Test("a search starts from a given point", arguments: solvers.indices)
  func startingPoint(index: Int) throws {
    let program = Self.covering(seed: 5, variables: 30, rows: 12, isInteger: true)
    let start = [Double](repeating: 10, count: 30)
    try #require(program.violation(at: start) == 0)
    var found: [Double] = []
    let answer = try Self.solvers[index].solve(
      program, limits: SolverLimits(nodes: 0), start: .values(start),
      observer: { progress in
        if let objective = progress.objective { found.append(objective) }
        return .proceed
      })
    #expect(answer.status.hasValues)
    #expect(answer.objective <= program.objective(at: start) + 1e-9)
    #expect(answer.bound <= answer.objective + 1e-9)
    // A start that is nowhere near feasible is no harm.
    let odd = try Self.solvers[index].solve(
      program, limits: SolverLimits(relativeGap: 0.05), start: .values([Double](repeating: -7.5, count: 30)))
    #expect(odd.status.hasValues && program.violation(at: odd.values) < 1e-6)
  }

  @Test("an observer sees the work and can end it", arguments: solvers.indices)
  func cancelled(index: Int) throws {
    let program = Self.covering(seed: 6, variables: 80, rows: 80)
    var calls = 0
    let answer = try Self.solvers[index].solve(
      program,
      observer: { _ in
        calls += 1
        return .stop
      })
    #expect(calls > 0)
    if case .optimal = answer.status { Issue.record("the solver went on to the end") }
    let search = Self.covering(seed: 7, variables: 60, rows: 30, isInteger: true)
    var most = 0
    let partial = try Self.solvers[index].solve(
      search,
      observer: { progress in
        most = max(most, progress.nodes)
        return progress.objective == nil ? .proceed : .stop
      })
    if case .feasible(let gap) = partial.status {
      #expect(gap >= 0 && partial.bound <= partial.objective)
    } else {
      Issue.record("\(partial.status)")
    }
  }

  @Test("no seconds, no answer; and the gap that was asked for is told", arguments: solvers.indices)
  func limits(index: Int) throws {
    let program = Self.covering(seed: 8, variables: 60, rows: 30, isInteger: true)
    let none = try Self.solvers[index].solve(program, limits: SolverLimits(seconds: 0))
    #expect(none.status != .optimal)
    let rough = try Self.solvers[index].solve(program, limits: SolverLimits(relativeGap: 0.2))
    #expect(rough.status.hasValues)
    #expect(abs(rough.objective - rough.bound) <= 0.2 * abs(rough.objective) + 1e-9)
  }

  @Test("a limit holds for one solve, not for all of a session", arguments: solvers.indices)
  func limitsEach(index: Int) throws {
    let program = Self.covering(seed: 9, variables: 40, rows: 40)
    let session = try Self.solvers[index].session(for: program)
    let needed = try session.solve().iterations
    for _ in 0..<3 {
      try session.startAfresh()
      #expect(try session.solve(limits: SolverLimits(iterations: needed + 1)).status == .optimal)
    }
  }

  @Test("a ray proves that there is nothing, or no end", arguments: solvers.indices)
  func rays(index: Int) throws {
    var program = LinearProgram(.minimise)
    let x = program.addVariable(upper: 3, objective: 1)
    let y = program.addVariable(upper: 4, objective: 1)
    program.addRow([(x, 1.0), (y, 1.0)], lower: 8)
    program.addRow([(x, 1.0), (y, -1.0)], upper: 5)
    let session = try Self.solvers[index].session(for: program)
    #expect(try session.solve().status == .infeasible)
    let ray = try #require(try session.dualRay())
    // Farkas: y·A·x is at most its largest value over the bounds on x, which falls short of what the rows demand.
    let weights = [ray[0] + ray[1], ray[0] - ray[1]]
    let most = max(0, 3 * weights[0]) + max(0, 4 * weights[1])
    let least = min(0, 3 * weights[0]) + min(0, 4 * weights[1])
    let demanded = ray[0] > 0 ? 8 * ray[0] + 5 * min(0, ray[1]) : 8 * ray[0] + 5 * max(0, ray[1])
    #expect(ray[0] > 0 ? most < demanded : least > demanded)

    var endless = LinearProgram(.maximise)
    endless.addVariable(objective: 1)
    endless.addVariable()
    endless.addRow([(0, 1.0), (1, -1.0)], upper: 1)
    let other = try Self.solvers[index].session(for: endless)
    #expect(try other.solve().status == .unbounded)
    let direction = try #require(try other.primalRay())
    #expect(direction[0] > 0 && direction[0] - direction[1] <= 1e-9 && direction[1] >= 0)
  }

  @Test("infeasible and unbounded searches", arguments: solvers.indices)
  func searches(index: Int) throws {
    var endless = LinearProgram(.maximise)
    endless.addVariable(objective: 1, isInteger: true)
    endless.addVariable()
    endless.addRow([(0, 1.0), (1, -1.0)], upper: 1)
    #expect(try Self.solvers[index].solve(endless).status == .unbounded)
    var fractional = LinearProgram(.minimise)
    fractional.addVariable(lower: 0.2, upper: 0.8, isInteger: true)
    #expect(try Self.solvers[index].solve(fractional).status == .infeasible)
  }

  @Test("what is not a number, or does not fit, is refused", arguments: solvers.indices)
  func refused(index: Int) throws {
    let session = try Self.solvers[index].session(for: Self.covering(seed: 10, variables: 3, rows: 2))
    #expect(throws: SolverError.self) { try session.setObjective(of: 0, to: .nan) }
    #expect(throws: SolverError.self) { try session.setObjective(of: 7, to: 1) }
    #expect(throws: SolverError.self) { try session.setRowBounds(0, lower: .nan, upper: 1) }
    #expect(throws: SolverError.self) { try session.setRowBounds(9, lower: 0, upper: 1) }
    #expect(throws: SolverError.self) { try session.addRow([(0, .infinity)], upper: 1) }
    #expect(throws: SolverError.self) { try session.start(at: [1]) }
    #expect(throws: SolverError.self) { try session.start(from: Basis(variables: [], rows: [])) }
    #expect(try session.solve().status == .optimal)
  }
}

extension LinearProgram {
  /// The program with one coefficient of a full matrix replaced.
  fileprivate func replacingCoefficient(row: Int, variable: Int, with coefficient: Double) -> LinearProgram {
    var program = LinearProgram(sense)
    program.variables = variables
    for index in rows.indices {
      program.addRow(
        (rowStart[index]..<rowStart[index + 1]).map {
          (columns[$0], index == row && columns[$0] == variable ? coefficient : coefficients[$0])
        }, lower: rows[index].lower, upper: rows[index].upper)
    }
    return program
  }
}
