import Allocation
import Tables

/// `kind: two_stage_program`
enum TwoStageProgramDecoder {
  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let sense = root.require("sense", as: .word(of: ["maximise", "minimise"]))?.value
    let first = root.section("first_stage") { stage in read(&stage, before: []) }
    let recourse = root.section("recourse") { stage in read(&stage, before: first?.variables.map(\.name)) }
    let scenarios = root.sections("scenarios") { scenario(&$0, first, recourse) }
    guard let first, let recourse, let sense = sense.flatMap(AllocationAnswer.Sense.init) else { return nil }
    if scenarios.isEmpty {
      root.report(
        SpecificationCodes.missingKey, "`scenarios` is missing", at: root.origin,
        hint: "list them, each with a name and a probability")
      return nil
    }
    for name in Set(first.variables.map(\.name)).intersection(recourse.variables.map(\.name)).sorted() {
      root.report(
        AllocationFileCodes.repeatedRow, "\(name) is a variable of both stages", at: root.origin(of: "recourse"),
        hint: "give the two different names")
    }
    return TwoStageProgram(
      sense, first: first.variables, firstConstraints: first.constraints, recourse: recourse.variables,
      recourseConstraints: recourse.constraints, scenarios: scenarios)
  }

  private struct Stage {
    var variables: [TwoStageProgram.Variable]
    var constraints: [TwoStageProgram.Constraint]
  }

  /// - Parameter before: names of variables that constraints of the stage may use besides its own; nil where they are
  ///   not known.
  private static func read(_ cursor: inout MappingCursor, before: [String]?) -> Stage? {
    let variables = LinearProgramDecoder.variables(&cursor)
    let names = before.flatMap { before in variables.map { before + $0.map(\.name) } }
    let constraints = cursor.sections("constraints") { LinearProgramDecoder.constraint(&$0, among: names) }
    return variables.map { Stage(variables: $0, constraints: constraints) }
  }

  private static func scenario(
    _ cursor: inout MappingCursor, _ first: Stage?, _ recourse: Stage?
  ) -> TwoStageProgram.Scenario {
    let name = cursor.require("name", as: .text)
    let probability = cursor.require("probability", as: .number(.between(0, 1)))
    let constraints = recourse?.constraints.map(\.name) ?? []
    let own = recourse?.variables.map(\.name) ?? []
    let all = (first?.variables.map(\.name) ?? []) + own
    var changes: [TwoStageProgram.Change] = []
    cursor.section("coefficients") { section in
      for key in section.keys {
        guard let constraint = constraints.firstIndex(of: key) else { continue }
        changes += section.section(key) { terms in
          values(&terms, among: all).map { .coefficient(constraint: constraint, variable: $0, $1) }
        }
      }
    }
    changes += cursor.section("at_least") { values(&$0, among: constraints).map { .atLeast(constraint: $0, $1) } }
    changes += cursor.section("at_most") { values(&$0, among: constraints).map { .atMost(constraint: $0, $1) } }
    changes += cursor.section("equals") { section in
      values(&section, among: constraints).flatMap { constraint, value -> [TwoStageProgram.Change] in
        [.atLeast(constraint: constraint, value), .atMost(constraint: constraint, value)]
      }
    }
    changes += cursor.section("objective") { values(&$0, among: own).map { .objective(recourse: $0, $1) } }
    changes += cursor.section("lower") { values(&$0, among: own).map { .lower(recourse: $0, $1) } }
    changes += cursor.section("upper") { values(&$0, among: own).map { .upper(recourse: $0, $1) } }
    return TwoStageProgram.Scenario(
      name?.value ?? "", probability: probability?.value ?? 0, changes: changes, at: name?.place)
  }

  /// The numbers under the names that are known; others are errors when the section ends.
  private static func values(_ cursor: inout MappingCursor, among names: [String]) -> [(Int, Double)] {
    cursor.keys.compactMap { key in
      guard let index = names.firstIndex(of: key) else { return nil }
      return cursor.read(key, as: .number()).map { (index, $0.value) }
    }
  }
}
