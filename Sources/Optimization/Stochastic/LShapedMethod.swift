/// What follows a first decision x in each of several scenarios: a convex, piecewise linear cost.
public protocol ConvexRecourse {
  var scenarioCount: Int { get }

  /// The value R_s(x), and a line below it that touches it at x: intercept + slopes · z ≤ R_s(z) for every z.
  mutating func evaluate(_ scenario: Int, at point: [Double], slopes: inout [Double])
    -> TransshipmentRecourse.Evaluation
}

extension TransshipmentRecourse: ConvexRecourse {}

/// minimise c·x + Σ over scenarios of weight_s · R_s(x) over the x of a linear program.
///
/// The multi-cut L-shaped method within a trust region: the master program minimises c·x + Σ θ_g over a box around the
/// best x so far, where θ_g, the cost of a group of scenarios, lies above every line found for it. A solution that
/// keeps at least a share of the promised gain becomes the centre and the box grows; otherwise it shrinks. Finitely
/// many lines make the end exact.
///
/// Sources: Van Slyke & Wets, "L-shaped linear programs with applications to optimal control and stochastic programming"
/// (SIAM Journal on Applied Mathematics 17, 1969); Birge & Louveaux, "A multicut algorithm for two-stage stochastic
/// linear programs" (European Journal of Operational Research 34, 1988); Linderoth & Wright, "Decomposition algorithms
/// for stochastic programming on a computational grid" (Computational Optimization and Applications 24, 2003).
public struct LShapedMethod: Sendable {
  /// Stops when objective − bound is at most this, relative to the larger of 1 and the objective.
  public var relativeGap = 1e-10
  /// Master programs at most.
  public var iterations = 10_000
  /// Wall-clock seconds at most; nil for as long as it takes.
  public var seconds: Double?
  /// Scenarios share a cut in so many groups; more groups need fewer but larger master programs.
  public var groups = 20

  public init() {}

  public struct Solution: Sendable {
    public var values: [Double]
    /// c·x + Σ weight · R at `values`.
    public var objective: Double
    /// No x costs less: the weak dual of the last master program, computed from its prices.
    public var bound: Double
    /// By row of the first stage, as the last master program prices it.
    public var duals: [Double]
    /// Σ weight · R at `values`.
    public var recourse: Double
    public var iterations: Int
    public var isOptimal: Bool
  }

  /// A master program that stays warm, so that a changed first stage is solved in a few iterations.
  public final class Session<Recourse: ConvexRecourse> {
    public var recourse: Recourse
    let method: LShapedMethod
    let first: LinearProgram
    let weights: [Double]
    let master: HiGHSSession
    let groupOf: [Int]
    let groupCount: Int
    /// Lines below the groups' costs: row `rows + k` of the master says θ_group − slopes · x ≥ intercept.
    var cutGroup: [Int] = []
    var cutIntercept: [Double] = []
    var cutSlopes: [Double] = []
    var cutAge: [Int] = []
    /// Bounds of the first stage as they are now.
    var lower: [Double]
    var upper: [Double]
    var rowLower: [Double]
    var rowUpper: [Double]

    /// - Parameters:
    ///   - first: a minimisation whose variables all have finite bounds.
    ///   - weights: by scenario, zero or more.
    public init(
      _ method: LShapedMethod, first: LinearProgram, weights: [Double], recourse: Recourse
    ) throws(SolverError) {
      self.method = method
      self.first = first
      self.weights = weights
      self.recourse = recourse
      let count = max(1, min(method.groups, weights.count))
      groupCount = count
      groupOf = weights.indices.map { $0 % count }
      lower = first.variables.map(\.lower)
      upper = first.variables.map(\.upper)
      rowLower = first.rows.map(\.lower)
      rowUpper = first.rows.map(\.upper)
      var program = first
      for _ in 0..<count { program.addVariable(lower: -.infinity, objective: 1) }
      master = try HiGHSSolver(tolerance: 1e-9, presolves: false).session(for: program)
    }

    var variableCount: Int { first.variables.count }
  }

  public func session<Recourse: ConvexRecourse>(
    first: LinearProgram, weights: [Double], recourse: Recourse
  ) throws(SolverError) -> Session<Recourse> {
    try Session(self, first: first, weights: weights, recourse: recourse)
  }
}

extension LShapedMethod.Session {
  /// Changes the bounds of a row of the first stage.
  public func setRowBounds(_ row: Int, lower: Double, upper: Double) throws(SolverError) {
    rowLower[row] = lower
    rowUpper[row] = upper
    try master.setRowBounds(row, lower: lower, upper: upper)
  }

  /// The value of an x, with its lines by group.
  private struct Evaluation {
    var objective = 0.0
    var recourse = 0.0
    var values: [Double]
    var intercepts: [Double]
    var slopes: [Double]
  }

  /// c·x + Σ weight · R.
  public func objective(at point: [Double]) -> Double { evaluate(point).objective }

  private func evaluate(_ point: [Double]) -> Evaluation {
    let count = variableCount
    var result = Evaluation(
      values: [Double](repeating: 0, count: groupCount), intercepts: [Double](repeating: 0, count: groupCount),
      slopes: [Double](repeating: 0, count: groupCount * count))
    var slopes = [Double](repeating: 0, count: count)
    for scenario in weights.indices where weights[scenario] > 0 {
      let evaluation = recourse.evaluate(scenario, at: point, slopes: &slopes)
      let (weight, group) = (weights[scenario], groupOf[scenario])
      result.values[group] += weight * evaluation.value
      result.intercepts[group] += weight * evaluation.intercept
      for variable in 0..<count { result.slopes[group * count + variable] += weight * slopes[variable] }
    }
    result.recourse = result.values.reduce(0, +)
    result.objective = result.recourse + first.objective(at: point)
    return result
  }

  /// - Parameter start: a feasible x; after the first solve nil for the best x by what is known so far.
  public func solve(from start: [Double]? = nil) throws(SolverError) -> LShapedMethod.Solution {
    let count = variableCount
    // 1. The first centre and its lines.
    var centre: [Double]
    if let start { centre = start } else { centre = try masterPoint() }
    var best = evaluate(centre)
    try add(best, below: nil)
    let widest = zip(lower, upper).reduce(0) { max($0, $1.1 - $1.0) }
    var radius = max(1e-6, 0.1 * centre.reduce(0) { max($0, abs($1)) })
    if radius < 1e-3 * widest { radius = 1e-3 * widest }
    var iteration = 0
    let clock = ContinuousClock()
    let deadline = method.seconds.map { clock.now + .seconds(max(0, $0)) }
    var solution = LShapedMethod.Solution(
      values: centre, objective: best.objective, bound: -.infinity, duals: [], recourse: best.recourse, iterations: 0,
      isOptimal: false)
    while iteration < method.iterations {
      if let deadline, clock.now >= deadline { break }
      iteration += 1
      // 2. The master program in the box.
      var isBoxed = false
      for variable in 0..<count {
        let (least, most) = (centre[variable] - radius, centre[variable] + radius)
        try master.setBounds(
          of: variable, lower: max(lower[variable], least), upper: min(upper[variable], most))
        isBoxed = isBoxed || least > lower[variable] || most < upper[variable]
      }
      let answer = try master.solve()
      guard answer.status == .optimal else { throw .failed("the master program has no optimum") }
      let promised = best.objective - answer.objective
      let tolerance = method.relativeGap * max(1, abs(best.objective))
      // 3. Nothing better in the box: nor outside, if the box holds nothing back.
      if promised <= tolerance {
        let bound = weakDual(answer.duals)
        if bound > solution.bound {
          (solution.bound, solution.duals) = (bound, Array(answer.duals[..<first.rows.count]))
        }
        if best.objective - solution.bound <= tolerance || !isBoxed {
          solution.isOptimal = best.objective - solution.bound <= 10 * tolerance
          break
        }
        radius = min(max(radius * 16, 1e-2 * widest), 2 * widest)
        continue
      }
      // 4. What it promised, and what it keeps.
      let point = Array(answer.values[..<count])
      let trial = evaluate(point)
      age(answer)
      try add(trial, below: Array(answer.values[count...]))
      let kept = best.objective - trial.objective
      if kept >= 0.1 * promised {
        centre = point
        best = trial
        if kept >= 0.5 * promised { radius = min(radius * 2, 2 * widest) }
      } else {
        radius *= 0.5
      }
      try thin()
    }
    if !solution.bound.isFinite {
      // Stopped early: what the lines found so far allow anywhere.
      for variable in 0..<count {
        try master.setBounds(of: variable, lower: lower[variable], upper: upper[variable])
      }
      let answer = try master.solve()
      if answer.status == .optimal { solution.bound = weakDual(answer.duals) }
    }
    solution.values = centre
    solution.objective = best.objective
    solution.recourse = best.recourse
    solution.iterations = iteration
    return solution
  }

  /// Where the master program without a box is least.
  private func masterPoint() throws(SolverError) -> [Double] {
    for variable in 0..<variableCount {
      try master.setBounds(of: variable, lower: lower[variable], upper: upper[variable])
    }
    let answer = try master.solve()
    guard answer.status == .optimal else { throw .failed("the master program has no optimum") }
    return Array(answer.values[..<variableCount])
  }

  /// Adds the lines of the groups that lie above the master's θ.
  private func add(_ evaluation: Evaluation, below costs: [Double]?) throws(SolverError) {
    let count = variableCount
    var entries = SparseVectors()
    var bounds: [Double] = []
    for group in 0..<groupCount {
      if let costs, evaluation.values[group] <= costs[group] + 1e-12 * max(1, abs(evaluation.objective)) { continue }
      let slopes = evaluation.slopes[(group * count)..<((group + 1) * count)]
      for (variable, slope) in slopes.enumerated() where slope != 0 { entries.appendEntry(variable, -slope) }
      entries.appendEntry(count + group, 1)
      entries.endVector()
      bounds.append(evaluation.intercepts[group])
      cutGroup.append(group)
      cutIntercept.append(evaluation.intercepts[group])
      cutSlopes += slopes
      cutAge.append(0)
    }
    if !bounds.isEmpty {
      try master.addRows(entries, lower: bounds, upper: [Double](repeating: .infinity, count: bounds.count))
    }
  }

  /// Counts for how long lines have carried no price.
  private func age(_ answer: LinearSolution) {
    for cut in cutAge.indices { cutAge[cut] = answer.duals[first.rows.count + cut] > 0 ? 0 : cutAge[cut] + 1 }
  }

  /// Takes old lines out when there are many.
  private func thin() throws(SolverError) {
    guard cutAge.count > 6 * (groupCount + variableCount) else { return }
    let old = cutAge.indices.filter { cutAge[$0] > 8 }
    guard old.count > cutAge.count / 4 else { return }
    try master.removeRows(old.map { first.rows.count + $0 })
    let count = variableCount
    let kept = cutAge.indices.filter { cutAge[$0] <= 8 }
    cutSlopes = kept.flatMap { cutSlopes[($0 * count)..<(($0 + 1) * count)] }
    cutGroup = kept.map { cutGroup[$0] }
    cutIntercept = kept.map { cutIntercept[$0] }
    cutAge = kept.map { cutAge[$0] }
  }

  /// The least cost that the lines allow at the master's prices, over the whole first stage: a bound whatever the
  /// solver's tolerance. Prices of a group's lines are brought to sum to one, prices of rows to their sign.
  private func weakDual(_ duals: [Double]) -> Double {
    let count = variableCount
    var sums = [Double](repeating: 0, count: groupCount)
    let prices = cutAge.indices.map { max(0, duals[first.rows.count + $0]) }
    for (cut, price) in prices.enumerated() { sums[cutGroup[cut]] += price }
    guard sums.allSatisfy({ $0 > 0 }) else { return -.infinity }
    var bound = 0.0
    var reduced = first.variables.map(\.objective)
    for (cut, price) in prices.enumerated() where price > 0 {
      let share = price / sums[cutGroup[cut]]
      bound += share * cutIntercept[cut]
      for variable in 0..<count { reduced[variable] += share * cutSlopes[cut * count + variable] }
    }
    for row in first.rows.indices {
      let price = duals[row]
      let side = price > 0 ? rowLower[row] : rowUpper[row]
      guard price != 0, side.isFinite else { continue }
      bound += price * side
      for entry in first.rowStart[row]..<first.rowStart[row + 1] {
        reduced[first.columns[entry]] -= price * first.coefficients[entry]
      }
    }
    for variable in 0..<count {
      bound += reduced[variable] * (reduced[variable] > 0 ? lower[variable] : upper[variable])
    }
    return bound
  }
}
