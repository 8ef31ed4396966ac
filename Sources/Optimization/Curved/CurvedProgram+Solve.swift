extension CurvedProgram {
  /// Solves by supporting lines and branching.
  ///
  /// 1. Every term is replaced by lines above its function on its domain; the linear program over them bounds the
  ///    optimum. Lines are added at its values, and where each term is best at its prices, until they touch the concave
  ///    envelopes.
  /// 2. What remains is the gap between an envelope and its function, or a value outside its domain: split the domain of
  ///    the term with the largest gap there, and bound both parts; the more promising part at once, so that good
  ///    values are known early, others by their bounds.
  ///
  /// Complexity: a linear program of a row per line of support and round; concave problems need one node of 5 to 15
  /// rounds, others a few nodes per term in doubt.
  ///
  /// Source: Kelley, "The cutting-plane method for solving convex programs" (SIAM Journal 8, 1960); Falk & Soland, "An
  /// algorithm for separable nonconvex programming problems" (Management Science 15, 1969).
  /// - Parameters:
  ///   - relativeGap: where to stop.
  ///   - nodes: at most so many are bounded.
  public func solve(
    with solver: some Solver = HiGHSSolver(tolerance: 1e-9), relativeGap: Double = 1e-9, nodes: Int = 20_000
  ) throws(AllocationError) -> CurvedSolution {
    for (index, term) in terms.enumerated() where !term.function.isProper {
      throw .improper("the function of term \(index)")
    }
    var search = CurvedSearch(self, solver: solver, relativeGap: relativeGap)
    return try search.run(nodes: nodes)
  }
}

/// A part of the search space: a domain per term, and the lines that its relaxation starts with.
private struct CurvedNode {
  var domains: [AmountDomain]
  var lines: [SupportingLine]
  var bound: Double
}

private struct SupportingLine {
  var term: Int
  var slope: Double
  var intercept: Double
}

private struct CurvedSearch<S: Solver> {
  let problem: CurvedProgram
  let solver: S
  let relativeGap: Double
  private var best: (values: [Double], objective: Double)?
  /// Weights of the terms at which the tail was looked at; valid in every node.
  private var tailWeights: [[Double]] = []

  init(_ problem: CurvedProgram, solver: S, relativeGap: Double) {
    self.problem = problem
    self.solver = solver
    self.relativeGap = relativeGap
  }

  /// The relaxation of a node, solved.
  private struct Relaxation {
    var answer: LinearSolution
    var lines: [SupportingLine]
    /// Height of each term's envelope at the answer.
    var envelope: [Double]
    var bound: Double
  }

  private func tolerance(_ value: Double) -> Double { relativeGap * max(1, abs(value)) }

  private func isPruned(_ bound: Double) -> Bool {
    best.map { bound <= $0.objective + tolerance($0.objective) } ?? false
  }

  mutating func run(nodes limit: Int) throws(AllocationError) -> CurvedSolution {
    let domains = problem.terms.map(\.domain)
    guard !domains.contains(where: \.isEmpty) else { throw .infeasible }
    var open = [CurvedNode(domains: domains, lines: firstLines(domains), bound: .infinity)]
    var count = 0
    // The largest bound of nodes that are closed for good within the tolerance.
    var closed = -Double.infinity
    while var node = open.popLast() {
      // The node that was pushed last is a continued dive; when that ends, the best bound is next.
      while true {
        if isPruned(node.bound) {
          closed = max(closed, node.bound)
          break
        }
        guard count < limit else {
          open.append(node)
          return try finish(open.map(\.bound).max() ?? closed, closed, isOptimal: false, nodes: count)
        }
        count += 1
        guard let relaxation = try relax(node) else { break }
        node.bound = min(node.bound, relaxation.bound)
        if isPruned(node.bound) {
          closed = max(closed, node.bound)
          break
        }
        guard let (term, point) = branching(relaxation, node.domains) else {
          closed = max(closed, node.bound)
          break
        }
        let parts = node.domains[term].split(at: point)
        var (below, above) = (node, node)
        below.domains[term] = parts.below
        above.domains[term] = parts.above
        below.lines = relaxation.lines
        above.lines = relaxation.lines
        let hull = node.domains[term].hull
        let nearAbove = point - hull.lower > 0.5 * (hull.upper - hull.lower)
        let (next, other) = nearAbove ? (above, below) : (below, above)
        if !other.domains[term].isEmpty { open.append(other) }
        guard !next.domains[term].isEmpty else { break }
        node = next
      }
      // Best bound first after a dive.
      if let top = open.indices.max(by: { open[$0].bound < open[$1].bound }), top != open.count - 1 {
        open.swapAt(top, open.count - 1)
      }
    }
    return try finish(-.infinity, closed, isOptimal: true, nodes: count)
  }

  private mutating func finish(
    _ openBound: Double, _ closed: Double, isOptimal: Bool, nodes: Int
  ) throws(AllocationError) -> CurvedSolution {
    guard let best else {
      if isOptimal { throw .infeasible }
      return CurvedSolution(
        isOptimal: false, values: [], objective: -.infinity, bound: openBound, nodes: nodes, duals: [],
        reducedCosts: [])
    }
    let bound = max(best.objective, openBound, closed)
    var solution = CurvedSolution(
      isOptimal: isOptimal, values: best.values, objective: best.objective, bound: bound, nodes: nodes, duals: [],
      reducedCosts: [])
    // Prices of the neighbourhood: every term on the concave piece that it is on, or held.
    let local = CurvedNode(
      domains: problem.terms.map { $0.neighbourhood(of: best.values[$0.variable]) }, lines: [], bound: .infinity)
    var node = local
    node.lines = firstLines(node.domains, besides: best.values)
    if let relaxation = try relax(node, rounds: 40) {
      solution.duals = Array(relaxation.answer.duals.prefix(problem.program.rows.count))
      solution.reducedCosts = Array(relaxation.answer.reducedCosts.prefix(problem.program.variables.count))
    }
    if let best = self.best, best.objective > solution.objective {
      (solution.values, solution.objective) = (best.values, best.objective)
      solution.bound = max(solution.bound, best.objective)
    }
    return solution
  }

  private func firstLines(_ domains: [AmountDomain], besides values: [Double]? = nil) -> [SupportingLine] {
    var lines: [SupportingLine] = []
    for (index, term) in problem.terms.enumerated() {
      let hull = domains[index].hull
      let width = hull.upper - hull.lower
      var points = [0, 0.03, 0.1, 0.3, 0.6, 1].map { hull.lower + width * $0 }
      if let values { points.append(values[term.variable]) }
      for point in points { add(index, point, domains, &lines) }
    }
    return lines
  }

  /// Adds the line at `point` unless one is as good; returns the height of the envelope there.
  @discardableResult
  private func add(
    _ term: Int, _ point: Double, _ domains: [AmountDomain], _ lines: inout [SupportingLine]
  ) -> Double {
    let line = problem.terms[term].function.supportingLine(at: point, in: domains[term])
    guard abs(line.slope) < 1e9, line.intercept.isFinite else {
      return problem.terms[term].function.value(at: domains[term].hull.upper)
    }
    let known = lines.contains {
      $0.term == term && abs($0.slope - line.slope) <= 1e-13 * max(1e-3, abs(line.slope))
        && abs($0.intercept - line.intercept) <= 1e-14
    }
    if !known { lines.append(SupportingLine(term: term, slope: line.slope, intercept: line.intercept)) }
    return line.intercept + line.slope * point
  }

  /// The term to split, and where; nil where the relaxation is exact.
  private func branching(_ relaxation: Relaxation, _ domains: [AmountDomain]) -> (term: Int, point: Double)? {
    var worst = (term: -1, gap: 1e-11, point: 0.0)
    let missing = max(1e-12, relaxation.bound - (best?.objective ?? -.infinity)) / Double(max(1, domains.count))
    for (index, term) in problem.terms.enumerated() {
      let x = relaxation.answer.values[term.variable]
      let hull = domains[index].hull
      guard hull.upper - hull.lower > 1e-12 else { continue }
      let outside = !domains[index].contains(x, tolerance: 1e-9)
      var gap = relaxation.envelope[index] - term.function.value(at: x)
      if outside { gap = max(gap, 0.1 * missing) }
      guard gap > worst.gap else { continue }
      var point = min(max(x, hull.lower), hull.upper)
      if !outside, domains[index].step == 0 {
        let margin = 0.02 * (hull.upper - hull.lower)
        point = min(max(point, hull.lower + margin), hull.upper - margin)
      }
      worst = (index, gap, point)
    }
    return worst.term < 0 ? nil : (worst.term, worst.point)
  }

  /// Bounds a node; nil where it has no values. Remembers every feasible answer on the way.
  private mutating func relax(_ node: CurvedNode, rounds: Int = 60) throws(AllocationError) -> Relaxation? {
    var lines = node.lines
    var last: Relaxation?
    let first = problem.program.variables.count
    var session = try open(node.domains, lines)
    for round in 0..<rounds {
      // 1. The program over the lines so far.
      let answer: LinearSolution
      do { answer = try session.solver.solve() } catch { throw .solver(error) }
      guard answer.status == .optimal else {
        if answer.status == .unbounded { throw .improper("an amount without an end") }
        return round == 0 ? nil : last
      }
      let bound = answer.objective
      // 2. Feasible values and their true objective.
      consider(answer.values)
      // 3. Lines at its values and at the best response to its prices.
      var envelope: [Double] = []
      let count = lines.count
      let prices = columnPrices(answer)
      for (index, term) in problem.terms.enumerated() {
        let x = answer.values[term.variable]
        envelope.append(add(index, x, node.domains, &lines))
        let weight = termWeight(index, answer, session.tailRows)
        if round < 25, weight > 1e-9 {
          let response = term.function.best(at: prices[term.variable] / weight, in: node.domains[index])
          add(index, response.amount, node.domains, &lines)
        }
      }
      let reached = problem.objective(at: answer.values, termValues: envelope)
      if problem.tail != nil { addTail(at: envelope, values: Array(answer.values[first..<first + envelope.count])) }
      last = Relaxation(answer: answer, lines: lines, envelope: envelope, bound: bound)
      if isPruned(bound) || bound - reached <= 0.1 * tolerance(reached) { break }
      if lines.count == count, problem.tail == nil { break }
      // 4. Into the program; lines that do not matter are forgotten once there are many.
      if lines.count > 40 * max(1, problem.terms.count) {
        lines = lines.filter { line in
          let x = answer.values[problem.terms[line.term].variable]
          return line.intercept + line.slope * x - envelope[line.term] < 1e-3 * max(1, abs(envelope[line.term]))
        }
        session = try open(node.domains, lines)
      } else {
        try extend(&session, lines[count...])
      }
    }
    guard var relaxation = last else { return nil }
    relaxation.lines = relaxation.lines.filter { line in
      let x = relaxation.answer.values[problem.terms[line.term].variable]
      return line.intercept + line.slope * x - relaxation.envelope[line.term] < 0.02
    }
    return relaxation
  }

  private mutating func addTail(at envelope: [Double], values: [Double]) {
    guard let tail = problem.tail else { return }
    for point in [envelope, values] {
      let weights = tail.weights(at: point)
      if !tailWeights.contains(weights) { tailWeights.append(weights) }
    }
  }

  private mutating func consider(_ values: [Double]) {
    for term in problem.terms where !term.domain.contains(values[term.variable], tolerance: 1e-9) { return }
    let own = Array(values.prefix(problem.program.variables.count))
    let objective = problem.objective(at: own)
    if objective > best?.objective ?? -.infinity { best = (own, objective) }
  }

  /// What a unit of each variable costs at the answer's prices.
  private func columnPrices(_ answer: LinearSolution) -> [Double] {
    var prices = problem.program.variables.map { -$0.objective }
    for row in problem.program.rows.indices where answer.duals[row] != 0 {
      for entry in problem.program.rowStart[row]..<problem.program.rowStart[row + 1] {
        prices[problem.program.columns[entry]] += answer.duals[row] * problem.program.coefficients[entry]
      }
    }
    return prices
  }

  /// The duals of the tail's rows mix their weights.
  private func termWeight(_ term: Int, _ answer: LinearSolution, _ tailRows: [Int]) -> Double {
    guard problem.tail != nil else { return 1 }
    return zip(tailRows, tailWeights).reduce(0) { $0 + answer.duals[$1.0] * $1.1[term] }
  }

  /// A program that stays with its solver while lines are added, and the rows of the tail's weights in it.
  private struct WarmProgram {
    var solver: S.Session
    var tailRows: [Int]
  }

  private mutating func open(
    _ domains: [AmountDomain], _ lines: [SupportingLine]
  ) throws(AllocationError) -> WarmProgram {
    let program = program(domains, lines)
    let tailRows = problem.tail == nil ? [] : Array(program.rows.count - tailWeights.count..<program.rows.count)
    do { return WarmProgram(solver: try solver.session(for: program), tailRows: tailRows) } catch {
      throw .solver(error)
    }
  }

  private func extend(
    _ session: inout WarmProgram, _ lines: some Collection<SupportingLine>
  ) throws(AllocationError) {
    let first = problem.program.variables.count
    var entries = SparseVectors()
    var upper: [Double] = []
    for line in lines {
      entries.appendEntry(first + line.term, 1)
      entries.appendEntry(problem.terms[line.term].variable, -line.slope)
      entries.endVector()
      upper.append(line.intercept)
    }
    let known = session.tailRows.count
    for weights in tailWeights.dropFirst(known) where problem.tail != nil {
      entries.appendEntry(first + problem.terms.count, 1)
      for (term, weight) in weights.enumerated() where weight != 0 { entries.appendEntry(first + term, -weight) }
      entries.endVector()
      session.tailRows.append(session.solver.rowCount + upper.count)
      upper.append(0)
    }
    guard !upper.isEmpty else { return }
    do {
      try session.solver.addRows(entries, lower: upper.map { _ in -.infinity }, upper: upper)
    } catch { throw .solver(error) }
  }

  /// Variables: those of the problem, then the value of each term, then the value of the tail. Rows: those of the
  /// problem, then the lines, then the tail's.
  private mutating func program(_ domains: [AmountDomain], _ lines: [SupportingLine]) -> LinearProgram {
    var program = problem.program
    for (index, term) in problem.terms.enumerated() {
      let hull = domains[index].hull
      program.variables[term.variable].lower = max(program.variables[term.variable].lower, hull.lower)
      program.variables[term.variable].upper = min(program.variables[term.variable].upper, hull.upper)
    }
    let first = program.variables.count
    for _ in problem.terms {
      program.addVariable(lower: -1e9, upper: 1e9, objective: problem.tail == nil ? 1 : 0)
    }
    for line in lines {
      program.addRow(
        [
          (variable: first + line.term, coefficient: 1),
          (variable: problem.terms[line.term].variable, coefficient: -line.slope),
        ], upper: line.intercept)
    }
    guard let tail = problem.tail else { return program }
    let total = program.addVariable(lower: -1e9, upper: 1e9, objective: 1)
    if tailWeights.isEmpty {
      tailWeights.append(tail.weights(at: [Double](repeating: 0, count: problem.terms.count)))
      tailWeights.append(tail.weights(at: problem.terms.map { $0.function.value(at: $0.domain.hull.upper) }))
    }
    for weights in tailWeights {
      let terms = weights.enumerated().filter { $0.element != 0 }.map {
        (variable: first + $0.offset, coefficient: -$0.element)
      }
      program.addRow([(variable: total, coefficient: 1)] + terms, upper: 0)
    }
    return program
  }
}

extension CurvedProgram.Term {
  /// The part of the domain around `x` in which the function is concave and nothing has to be chosen.
  func neighbourhood(of x: Double) -> AmountDomain {
    if domain.step > 0 || (domain.allowsZero && x < domain.lower) { return AmountDomain(x...x) }
    let ends = [domain.lower] + function.breaks(between: domain.lower, and: domain.upper) + [domain.upper]
    var lower = domain.lower
    var upper = domain.upper
    var isConcave = true
    for (low, high) in zip(ends, ends.dropFirst()) where x >= low && x <= high {
      isConcave = function.isConcave(from: low)
      (lower, upper) = (low, high)
      if isConcave { break }
    }
    guard isConcave else { return AmountDomain(x...x) }
    // Concave pieces join where the slope falls from one to the next.
    func joins(_ at: Double) -> Bool {
      let step = 1e-7 * max(1e-3, upper - lower)
      return function.slope(at: at - step) >= function.slope(at: at + step) - 1e-9
    }
    for index in ends.indices.dropLast().reversed() where ends[index + 1] == lower {
      guard function.isConcave(from: ends[index]), joins(lower) else { break }
      lower = ends[index]
    }
    for index in ends.indices.dropLast() where ends[index] == upper {
      guard function.isConcave(from: upper), joins(upper) else { break }
      upper = ends[index + 1]
    }
    return AmountDomain(lower...upper)
  }
}
