public import Optimization
public import Tables

/// A linear or mixed-integer program in the user's own words: for questions that none of the other kinds asks.
///
/// ```
/// optimise   Σ objective_j · x_j
/// subject to at_least_i ≤ Σ a_ij · x_j ≤ at_most_i      for every constraint i
///            lower_j ≤ x_j ≤ upper_j, whole where asked
/// ```
public struct LinearAllocationProblem: AllocationProblem {
  public struct Variable: Sendable {
    public var name: String
    public var lower: Double
    public var upper: Double
    public var objective: Double
    public var isInteger: Bool

    public init(
      _ name: String, lower: Double = 0, upper: Double = .infinity, objective: Double = 0, isInteger: Bool = false
    ) {
      self.name = name
      self.lower = lower
      self.upper = upper
      self.objective = objective
      self.isInteger = isInteger
    }
  }

  public struct Constraint: Sendable {
    public var name: String
    /// Indices of variables, each named once.
    public var terms: [(variable: Int, coefficient: Double)]
    public var atLeast: Double
    public var atMost: Double
    public var place: SourcePlace?

    public init(
      _ name: String, _ terms: [(variable: Int, coefficient: Double)], atLeast: Double = -.infinity,
      atMost: Double = .infinity, at place: SourcePlace? = nil
    ) {
      self.name = name
      self.terms = terms
      self.atLeast = atLeast
      self.atMost = atMost
      self.place = place
    }
  }

  public var sense: AllocationAnswer.Sense
  public var variables: [Variable]
  public var constraints: [Constraint]

  public init(_ sense: AllocationAnswer.Sense, variables: [Variable], constraints: [Constraint]) {
    self.sense = sense
    self.variables = variables
    self.constraints = constraints
  }

  /// The program, a tag for each constraint.
  public var program: LinearProgram {
    var program = LinearProgram(sense == .maximise ? .maximise : .minimise)
    for variable in variables {
      program.addVariable(
        lower: variable.lower, upper: variable.upper, objective: variable.objective, isInteger: variable.isInteger)
    }
    for (index, constraint) in constraints.enumerated() {
      program.addRow(
        constraint.terms, lower: constraint.atLeast, upper: constraint.atMost, label: constraint.name, tag: index)
    }
    return program
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let program = program
    let solution: LinearSolution
    let prices: [LimitPrice]
    do {
      solution = try HiGHSSolver().solve(
        program, limits: SolverLimits(nodes: limits.nodes, seconds: limits.seconds, relativeGap: limits.relativeGap))
      guard solution.status != .infeasible else { return try infeasible(program) }
      prices = try self.prices(program, solution)
    } catch {
      throw .failed(error.description)
    }
    let status = solution.status.inAnswer
    guard solution.status.hasValues else { return AllocationAnswer(status, sense) }
    return AllocationAnswer(
      status, sense, objective: solution.objective, bound: solution.bound,
      solution: .object([
        JSONValue.Member(
          "variables", .object(zip(variables, solution.values).map { JSONValue.Member($0.name, .number($1)) }))
      ]), prices: prices, binding: binding(solution))
  }

  private func binding(_ solution: LinearSolution) -> [String] {
    zip(constraints, solution.rowValues).filter { constraint, value in
      let tolerance = 1e-7 * max(1, abs(value))
      return value <= constraint.atLeast + tolerance || value >= constraint.atMost - tolerance
    }.map(\.0.name)
  }

  /// Two-sided prices of the constraints that hold; of the best whole numbers there are none.
  private func prices(_ program: LinearProgram, _ solution: LinearSolution) throws(SolverError) -> [LimitPrice] {
    guard solution.status == .optimal, !program.hasIntegers else { return [] }
    let held = constraints.indices.filter { abs(solution.duals[$0]) > 1e-9 }
    let shifts = held.map { row in
      let bounds = program.rows[row]
      return LimitShift.row(
        row, bounds.lower == bounds.upper ? .both : solution.rowValues[row] >= bounds.upper - 1e-7 ? .upper : .lower)
    }
    let prices = try program.shadowPrices(of: shifts, at: solution, solver: HiGHSSolver())
    return zip(held, prices).map { LimitPrice(constraints[$0].name, value: solution.rowValues[$0], $1) }
  }

  private func infeasible(_ program: LinearProgram) throws(SolverError) -> AllocationAnswer {
    var answer = AllocationAnswer(.infeasible, sense)
    answer.conflict = try constraints.conflict(in: program, AllocationCodes.limitsCollide) {
      "no values satisfy \($0) of the constraints together"
    }
    return answer
  }
}

extension [LinearAllocationProblem.Constraint] {
  /// Why a program has no solution in which each constraint's rows carry its position as tag; nil where it has one.
  func conflict(
    in program: LinearProgram, _ code: DiagnosticCode, _ message: (_ members: Int) -> String
  ) throws(SolverError) -> AllocationConflict? {
    let weights = Dictionary(uniqueKeysWithValues: indices.map { ($0, 1.0) })
    guard let explanation = try ConflictExplanation(of: program, weights: weights, solver: HiGHSSolver()) else {
      return nil
    }
    let members = explanation.conflict.map { self[$0] }
    let repairs = explanation.repairs.map { repair in
      AllocationConflict.Repair(
        changes: repair.changes.map { change in
          let row = program.rows[change.row]
          let from = change.amount > 0 ? row.upper : row.lower
          return AllocationConflict.Change(limit: row.label, from: from, to: from + change.amount)
        })
    }
    return AllocationConflict(
      diagnostic: Diagnostic(
        code, .error, message(members.count), at: members.first?.place, hint: "drop or relax one of them",
        notes: members.map { "\($0.place.map { "\($0): " } ?? "")`\($0.name)`" }), limits: members.map { $0.name },
      repairs: repairs)
  }
}
