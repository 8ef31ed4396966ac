import Allocation
import Tables

/// `kind: pooling`
enum PoolingDecoder {
  private static let partners = Schema(
    "partners", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema(
        "deviation", .real, required: true, range: 0...1e12, "standard deviation of demand over lead time, units"),
      ColumnSchema("holding_cost", .real, required: true, range: 0...1e12, "of a unit for a year"),
      ColumnSchema("joining_cost", .real, range: 0...1e15, "a year; 0 where it is not written"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let table = root.table("partners", partners)
    let level = root.read("service_level", as: .number(.strictlyBetween(0.5, 1)))?.value ?? 0.95
    let correlation = root.read("correlation", as: .number(.between(-1, 1)))?.value ?? 0
    let names = table?.names("name")
    let hasMatrix = root.keys.contains("correlation_matrix")
    let matrix = root.matrix(
      "correlation_matrix", rows: names, columns: names, .between(-1, 1), isRequired: false)
    let draws = root.read("draws", as: .integer(.between(2, 1_000_000)))?.value
    let seed = root.read("seed", as: .integer(.atLeast(0)))?.value
    guard let table, let names, !hasMatrix || matrix != nil else { return nil }
    let (deviation, holding) = (table.numbers("deviation", default: 0), table.numbers("holding_cost", default: 0))
    let joining = table.numbers("joining_cost", default: 0)
    var problem = PoolingProblem(
      partners: names.indices.map {
        PoolingProblem.Partner(
          names[$0], deviation: deviation[$0], holdingCost: holding[$0], joiningCost: joining[$0])
      }, correlation: correlation, serviceLevel: level)
    if let matrix { problem.correlations = matrix.values }
    if let draws { problem.draws = draws }
    if let seed { problem.seed = UInt64(seed) }
    return problem
  }
}
