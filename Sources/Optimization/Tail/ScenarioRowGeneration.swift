extension TailLimitedProgram {
  /// Solves the program exactly, with rows for those scenarios only that are near the edge of the tail.
  ///
  /// Rockafellar and Uryasev write CVaR ≤ z as η + w·Σ uₛ ≤ z with uₛ ≥ Lₛ·x − η, uₛ ≥ 0 and w = 1 / ((1 − α)·S).
  /// Leaving out uₛ of a scenario relaxes the program, and so does writing Lₛ·x − η itself in its place. So scenarios
  /// deep in the tail (T) enter the one row
  ///
  ///     η + w·Σ_T (Lₛ·x − η) + w·Σ_M uₛ ≤ z
  ///
  /// as a sum, those near its edge (M) by a variable and a row each, and the others not at all:
  ///
  /// 1. Guess T and M by the losses at a first point.
  /// 2. Solve the relaxation, warm. Its optimum is a bound.
  /// 3. If no scenario of T lies below η and no other one above, the relaxation is the program: optimal.
  /// 4. Otherwise those scenarios move to M, and again from 2.
  ///
  /// M only grows, so that the rounds end. The relaxation has about as many rows as there are ties at the edge.
  ///
  /// Source: Rockafellar & Uryasev, "Optimization of conditional value-at-risk" (Journal of Risk 2, 2000); sums of rows
  /// as in Klein Haneveld & van der Vlerk, "Integrated chance constraints: reduced forms and an algorithm"
  /// (Computational Management Science 3, 2006).
  public func solve(
    with solver: some Solver, limits: SolverLimits = SolverLimits(), observer: SolverObserver? = nil
  ) throws(SolverError) -> TailLimitedSolution {
    try solve(with: solver, limits: limits, observer: observer, keepsReduced: false)
  }

  func solve(
    with solver: some Solver, limits: SolverLimits, observer: SolverObserver?, keepsReduced: Bool
  ) throws(SolverError) -> TailLimitedSolution {
    if base.hasIntegers { throw .refused("whole numbers in a tail-limited program") }
    guard losses.count > 0, limit.isFinite || price > 0 else { return try solveBase(solver, limits, observer) }
    // 1.
    let rows = try ScenarioRows(self, solver)
    try rows.guess(from: rows.firstPoint())
    var rounds = 0
    let clock = ContinuousClock()
    let start = clock.now
    while true {
      // 2.
      rounds += 1
      var rest = limits
      rest.seconds = limits.seconds.map { max(0, $0 - (clock.now - start) / .seconds(1)) }
      let answer = try rows.session.solve(limits: rest, observer: observer)
      switch answer.status {
      case .optimal:
        // 3. and 4.
        if try rows.moveMisplaced(at: answer.values, withTies: keepsReduced) > 0 { continue }
        var solution = rows.solution(answer, rounds)
        if keepsReduced { solution.reduced = rows.reduced(answer) }
        return solution
      case .unbounded where rows.isPartial:
        // Without some scenarios there may be no end where there is one with all.
        try rows.addAll()
      case .feasible, .infeasible, .unbounded, .stopped: return rows.solution(answer, rounds)
      }
    }
  }

  private func solveBase(
    _ solver: some Solver, _ limits: SolverLimits, _ observer: SolverObserver?
  ) throws(SolverError) -> TailLimitedSolution {
    let answer = try solver.solve(base, limits: limits, observer: observer)
    let tail = answer.status.hasValues ? self.tail(of: losses(at: answer.values)) : (.nan, .nan)
    return TailLimitedSolution(
      linear: answer, conditionalValueAtRisk: tail.0, valueAtRisk: tail.1, limitPrice: 0, rounds: 1, scenarioRows: 0)
  }
}

/// The relaxation in its session: base variables, then η and z, then a variable u for each scenario of M.
private final class ScenarioRows<Session: SolverSession> {
  private enum Place: UInt8 { case outside, sum, row }

  /// The first guess puts this share of the tail into the sum, and all up to the other into rows: measured on a
  /// thousand variables and 20,000 scenarios.
  private let deepShare = 0.9
  private let edgeShare = 1.1

  let session: Session
  private let program: TailLimitedProgram
  private let count: Int
  private let weight: Double
  private var places: [Place]
  private var rowed: [Int] = []
  private var valueAtRisk: Int { count }
  private var tail: Int { count + 1 }
  /// The row of the tail is the last of the base program's.
  private let tailRow: Int
  private let isWithoutGains: Bool

  init<S: Solver>(_ program: TailLimitedProgram, _ solver: S) throws(SolverError) where S.Session == Session {
    self.program = program
    count = program.base.variables.count
    weight = 1 / program.tailCount
    places = [Place](repeating: .outside, count: program.losses.count)
    var relaxed = program.base
    let least = Self.leastLoss(program)
    isWithoutGains = least == 0
    relaxed.addVariable(lower: least)
    let cost = program.base.sense == .minimise ? program.price : -program.price
    relaxed.addVariable(lower: -.infinity, upper: program.limit, objective: cost)
    tailRow = relaxed.addRow([(count, 1), (count + 1, -1)], upper: 0)
    session = try solver.session(for: relaxed)
  }

  /// A lower bound on the VaR: without one, η of a relaxation has no end.
  private static func leastLoss(_ program: TailLimitedProgram) -> Double {
    var least = 0.0
    for scenario in 0..<program.losses.count {
      var loss = 0.0
      for entry in program.losses.start[scenario]..<program.losses.start[scenario + 1] {
        let variable = program.base.variables[program.losses.indices[entry]]
        let value = program.losses.values[entry]
        loss += min(value * variable.lower, value * variable.upper)
      }
      least = min(least, loss.isNaN ? -.infinity : loss)
    }
    return least
  }

  /// A point whose tail resembles that of the optimum: the middle of the bounds.
  func firstPoint() -> [Double] {
    program.base.variables.map { variable in
      let upper = variable.upper.isFinite ? variable.upper : max(1, variable.lower + 1)
      let lower = variable.lower.isFinite ? variable.lower : min(0, upper)
      return (lower + upper) / 2
    }
  }

  /// Deep in the tail of a point: the sum; on either side of its edge: a row each.
  func guess(from values: [Double]) throws(SolverError) {
    let losses = program.losses(at: values)
    let order = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    let deep = Int(program.tailCount * deepShare)
    let edge = min(order.count, Int((program.tailCount * edgeShare).rounded(.up)) + 1)
    for scenario in order[..<deep] { places[scenario] = .sum }
    try addRows(Array(order[deep..<edge]))
  }

  /// Gives rows of their own to scenarios whose place is wrong at a solution, and returns how many there were.
  ///
  /// - Parameter withTies: also those at the edge, whose place changes at the least step away from the solution.
  func moveMisplaced(at values: [Double], withTies: Bool) throws(SolverError) -> Int {
    let edge = values[valueAtRisk]
    let margin = (withTies ? -1e-7 : 1e-9) * max(1, abs(edge))
    let losses = program.losses(at: values)
    var misplaced: [Int] = []
    for scenario in losses.indices {
      switch places[scenario] {
      case .row: continue
      case .sum: if losses[scenario] < edge - margin { misplaced.append(scenario) }
      case .outside where isEmpty(scenario) && isWithoutGains: continue
      case .outside: if losses[scenario] > edge + margin { misplaced.append(scenario) }
      }
    }
    if !misplaced.isEmpty { try addRows(misplaced) }
    return misplaced.count
  }

  /// A scenario without losses never exceeds an edge that is never below zero.
  private func isEmpty(_ scenario: Int) -> Bool {
    program.losses.start[scenario] == program.losses.start[scenario + 1]
  }

  var isPartial: Bool { rowed.count < places.count }

  /// A row for every scenario.
  func addAll() throws(SolverError) { try addRows(places.indices.filter { places[$0] != .row }) }

  private func addRows(_ scenarios: [Int]) throws(SolverError) {
    let losses = program.losses
    var entries = SparseVectors()
    for (offset, scenario) in scenarios.enumerated() {
      for entry in losses.start[scenario]..<losses.start[scenario + 1] {
        entries.appendEntry(losses.indices[entry], losses.values[entry])
      }
      entries.appendEntry(valueAtRisk, -1)
      entries.appendEntry(session.variableCount + offset, -1)
      entries.endVector()
      places[scenario] = .row
    }
    rowed += scenarios
    var shares = SparseVectors()
    for _ in scenarios {
      shares.appendEntry(tailRow, weight)
      shares.endVector()
    }
    try session.addVariables(
      [LinearProgram.Variable](repeating: LinearProgram.Variable(), count: scenarios.count), entries: shares)
    try session.addRows(
      entries, lower: [Double](repeating: -.infinity, count: scenarios.count),
      upper: [Double](repeating: 0, count: scenarios.count))
    try writeSum()
  }

  /// The row of the tail with the scenarios of T as they are now.
  private func writeSum() throws(SolverError) {
    for term in sum() { try session.setCoefficient(row: tailRow, variable: term.variable, to: term.coefficient) }
  }

  /// w·Σ_T Lₛ·x + (1 − w·|T|)·η.
  private func sum() -> [(variable: Int, coefficient: Double)] {
    let losses = program.losses
    var sums = [Double](repeating: 0, count: count + 1)
    sums[valueAtRisk] = 1
    for scenario in places.indices where places[scenario] == .sum {
      sums[valueAtRisk] -= weight
      for entry in losses.start[scenario]..<losses.start[scenario + 1] {
        sums[losses.indices[entry]] += losses.values[entry] * weight
      }
    }
    return sums.enumerated().map { ($0.offset, $0.element) }
  }

  /// The relaxation as it is now as a program of its own, with its solution.
  func reduced(_ answer: LinearSolution) -> TailLimitedSolution.Reduced {
    var reduced = program.base
    reduced.addVariable(lower: isWithoutGains ? 0 : Self.leastLoss(program))
    let cost = program.base.sense == .minimise ? program.price : -program.price
    reduced.addVariable(lower: -.infinity, upper: program.limit, objective: cost)
    let excess = rowed.map { _ in reduced.addVariable() }
    reduced.addRow(sum() + [(tail, -1)] + excess.map { ($0, weight) }, upper: 0)
    for (scenario, variable) in zip(rowed, excess) {
      let entries = program.losses.start[scenario]..<program.losses.start[scenario + 1]
      reduced.addRow(
        entries.map { (program.losses.indices[$0], program.losses.values[$0]) } + [(valueAtRisk, -1), (variable, -1)],
        upper: 0)
    }
    return TailLimitedSolution.Reduced(program: reduced, solution: answer, tail: tail)
  }

  func solution(_ answer: LinearSolution, _ rounds: Int) -> TailLimitedSolution {
    var linear = answer
    // Short of the end the values keep the limits of the relaxation only.
    if case .feasible = answer.status { linear = LinearSolution(status: .stopped, bound: answer.bound) }
    var tail = (conditionalValueAtRisk: Double.nan, valueAtRisk: Double.nan)
    var limitPrice = 0.0
    if linear.status.hasValues {
      linear.values = Array(answer.values.prefix(count))
      tail = program.tail(of: program.losses(at: linear.values))
      limitPrice = answer.reducedCosts[self.tail]
    }
    linear.reducedCosts = Array(linear.reducedCosts.prefix(count))
    linear.rowValues = Array(linear.rowValues.prefix(tailRow))
    linear.duals = Array(linear.duals.prefix(tailRow))
    return TailLimitedSolution(
      linear: linear, conditionalValueAtRisk: tail.conditionalValueAtRisk, valueAtRisk: tail.valueAtRisk,
      limitPrice: limitPrice, rounds: rounds, scenarioRows: rowed.count)
  }
}
