import Optimization
import Tables

/// The first decision, its completion in every scenario, and what it is worth to have thought of them.
public struct TwoStageProgramSolution: Sendable {
  /// By variable of the first stage.
  public var first: [Double]
  /// By scenario, then by recourse variable.
  public var recourse: [[Double]]
  /// Of each scenario: first stage and its completion.
  public var values: [Double]
  /// Expected.
  public var objective: Double
  public var bound: Double
  public var value: ValueOfInformation
  public var isOptimal: Bool
}

extension TwoStageProgram {
  /// Solves one linear or mixed-integer program over all scenarios.
  ///
  /// - Returns: nil, with the status, where there is no solution.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> (status: AllocationAnswer.Status, solution: TwoStageProgramSolution?) {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    let all = scenarios.map(data)
    let answer = try solved(program(over: all), limits)
    guard answer.status.hasValues else { return (answer.status.inAnswer, nil) }
    let count = first.count
    let decision = Array(answer.values[..<count])
    let recourseValues = scenarios.indices.map { index in
      Array(answer.values[(count + index * recourse.count)..<(count + (index + 1) * recourse.count)])
    }
    let ground = zip(first, decision).reduce(0) { $0 + $1.0.objective * $1.1 }
    let values = zip(all, recourseValues).map { data, values in
      zip(data.objective, values).reduce(ground) { $0 + $1.0 * $1.1 }
    }
    return (
      answer.status.inAnswer,
      TwoStageProgramSolution(
        first: decision, recourse: recourseValues, values: values, objective: answer.objective,
        bound: sense == .minimise ? min(answer.bound, answer.objective) : max(answer.bound, answer.objective),
        value: try valueOfInformation(answer.objective, all, limits), isOptimal: answer.status == .optimal)
    )
  }

  private func valueOfInformation(
    _ objective: Double, _ all: [RecourseData], _ limits: AllocationLimits
  ) throws(AllocationProblemError) -> ValueOfInformation {
    let none = sense == .maximise ? -Double.infinity : .infinity
    // 1. Wait and see: each scenario for itself. It cannot be infeasible where the whole was feasible.
    var waitAndSee = 0.0
    for var data in all where data.probability > 0 {
      let weight = data.probability
      data.probability = 1
      let answer = try solved(program(over: [data]), limits)
      waitAndSee += weight * (answer.status.hasValues ? answer.objective : -none)
    }
    // 2. The mean plan, and what it is worth in the scenarios.
    var meanPlan = none
    let mean = try solved(program(over: [mean(all)]), limits)
    if mean.status.hasValues {
      let fixed = try solved(program(over: all, fixed: Array(mean.values[..<first.count])), limits)
      if fixed.status.hasValues { meanPlan = fixed.objective }
    }
    return ValueOfInformation(recourseProblem: objective, waitAndSee: waitAndSee, expectedMeanPlan: meanPlan)
  }

  private func solved(
    _ program: LinearProgram, _ limits: AllocationLimits
  ) throws(AllocationProblemError) -> LinearSolution {
    do {
      return try HiGHSSolver().solve(
        program, limits: SolverLimits(nodes: limits.nodes, seconds: limits.seconds, relativeGap: limits.relativeGap))
    } catch {
      throw .failed(error.description)
    }
  }

}

extension TwoStageProgram: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let (status, found) = try solve(within: limits)
    let program = program(over: scenarios.map(data))
    guard let found else {
      var answer = AllocationAnswer(status, sense)
      if status == .infeasible { answer.conflict = try conflict(program) }
      return answer
    }
    var notes: [Diagnostic] = []
    if !found.value.expectedMeanPlan.isFinite {
      notes.append(
        Diagnostic(
          TwoStageCodes.noValue, .note, "the plan for mean data cannot be completed in every scenario"))
    }
    func table(_ variables: [Variable], _ values: [Double]) -> JSONValue {
      .object(zip(variables, values).map { JSONValue.Member($0.name, .number($1)) })
    }
    let rows = scenarios.indices.map { index in
      JSONValue.object([
        .init("scenario", .string(scenarios[index].name)), .init("probability", .number(scenarios[index].probability)),
        .init("objective", .number(found.values[index])), .init("recourse", table(recourse, found.recourse[index])),
      ])
    }
    let (prices, binding) = try prices(program, found)
    return AllocationAnswer(
      status, sense, objective: found.objective, bound: found.bound,
      solution: .object([
        .init("firstStage", table(first, found.first)), .init("scenarios", .array(rows)),
        .init("value", found.value.json),
      ]), prices: prices, binding: binding, notes: notes)
  }

  /// Two-sided prices of the first stage's constraints that hold; none where variables are whole.
  private func prices(
    _ program: LinearProgram, _ found: TwoStageProgramSolution
  ) throws(AllocationProblemError) -> (prices: [LimitPrice], binding: [String]) {
    let values = found.first + found.recourse.flatMap { $0 }
    let rows = program.rowValues(at: values)
    var held: [(row: Int, side: LimitShift.Side)] = []
    for (row, constraint) in firstConstraints.enumerated() {
      let tolerance = 1e-7 * max(1, abs(rows[row]))
      if constraint.atLeast == constraint.atMost {
        held.append((row, .both))
      } else if rows[row] >= constraint.atMost - tolerance {
        held.append((row, .upper))
      } else if rows[row] <= constraint.atLeast + tolerance {
        held.append((row, .lower))
      }
    }
    let binding = held.map { firstConstraints[$0.row].name }
    guard !program.hasIntegers, !held.isEmpty, found.isOptimal else { return ([], binding) }
    do {
      let solution = LinearSolution(status: .optimal, objective: found.objective, values: values)
      let prices = try program.shadowPrices(
        of: held.map { .row($0.row, $0.side) }, at: solution, solver: HiGHSSolver())
      return (
        zip(held, prices).filter { $0.1.left != 0 || $0.1.right != 0 }.map { held, price in
          let value =
            held.side == .lower ? firstConstraints[held.row].atLeast : firstConstraints[held.row].atMost
          return LimitPrice(firstConstraints[held.row].name, value: value, price)
        }, binding
      )
    } catch {
      throw .failed(error.description)
    }
  }

  private func conflict(_ program: LinearProgram) throws(AllocationProblemError) -> AllocationConflict? {
    do {
      return try (firstConstraints + recourseConstraints).conflict(in: program, TwoStageCodes.conflict) {
        "no first decision satisfies \($0) of the constraints in every scenario"
      }
    } catch {
      throw .failed(error.description)
    }
  }
}
