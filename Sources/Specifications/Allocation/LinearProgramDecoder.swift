import Allocation
import Tables

/// `kind: linear_program`
enum LinearProgramDecoder {
  private static let schema = Schema(
    "variables", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("objective", .real, "per unit; 0 where it is not written"),
      ColumnSchema("lower", .real, "at least this; 0 where it is not written"),
      ColumnSchema("upper", .real, "at most this; without limit where it is not written"),
      ColumnSchema("integer", .flag, "whether only whole values are allowed"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let sense = root.require("sense", as: .word(of: ["maximise", "minimise"]))?.value
    let variables = variables(&root)
    let constraints = root.sections("constraints") { constraint(&$0, among: variables?.map(\.name)) }
    guard let variables, let sense = sense.flatMap(AllocationAnswer.Sense.init) else { return nil }
    return LinearAllocationProblem(sense, variables: variables, constraints: constraints)
  }

  /// The rows under `variables`; nil where something is wrong with them.
  static func variables(_ cursor: inout MappingCursor) -> [LinearAllocationProblem.Variable]? {
    guard let table = cursor.table("variables", schema) else { return nil }
    let names = table.names("name")
    let (lower, upper) = (table.numbers("lower", default: 0), table.numbers("upper", default: .infinity))
    let (objective, integer) = (table.numbers("objective", default: 0), table.flags("integer"))
    return names.indices.map {
      .init(names[$0], lower: lower[$0], upper: upper[$0], objective: objective[$0], isInteger: integer[$0])
    }
  }

  static func constraint(
    _ cursor: inout MappingCursor, among names: [String]?
  ) -> LinearAllocationProblem.Constraint {
    let name = cursor.require("name", as: .text)
    let terms = cursor.section("terms") { terms -> [(variable: Int, coefficient: Double)] in
      // Where the variables themselves are wrong, their names are not known.
      guard let names else {
        terms.forgive()
        return []
      }
      return terms.keys.compactMap { key -> (variable: Int, coefficient: Double)? in
        guard let index = names.firstIndex(of: key) else { return nil }
        return terms.read(key, as: .number()).map { (index, $0.value) }
      }
    }
    let equal = cursor.read("equals", as: .number())
    let least = cursor.read("at_least", as: .number())
    let most = cursor.read("at_most", as: .number())
    if equal != nil, least != nil || most != nil {
      cursor.report(
        AllocationFileCodes.contradiction, "`equals` stands beside a limit", at: cursor.origin(of: "equals"),
        hint: "keep `equals`, or `at_least` and `at_most`")
    }
    return LinearAllocationProblem.Constraint(
      name?.value ?? "", terms, atLeast: equal?.value ?? least?.value ?? -.infinity,
      atMost: equal?.value ?? most?.value ?? .infinity, at: name?.place)
  }
}
