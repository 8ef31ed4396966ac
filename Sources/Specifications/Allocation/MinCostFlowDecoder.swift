import Allocation
import Tables

/// `kind: min_cost_flow`
enum MinCostFlowDecoder {
  private static let nodes = Schema(
    "nodes", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("supply", .real, range: 0...1e15, "units that the node has; 0 where it is not written"),
      ColumnSchema("demand", .real, range: 0...1e15, "units that the node needs; 0 where it is not written"),
      ColumnSchema("unmet_cost", .real, "what a unit that is not delivered costs; empty: all must be"),
    ])
  private static let arcs = Schema(
    "arcs",
    [
      ColumnSchema("name", .text, "for prices and messages; `from-to` where it is not written"),
      ColumnSchema("from", .text, required: true), ColumnSchema("to", .text, required: true),
      ColumnSchema("cost", .real, required: true, "per unit"),
      ColumnSchema("lower", .real, range: 0...1e15, "at least so many units; 0 where it is not written"),
      ColumnSchema("capacity", .real, range: 0...1e15, "at most so many units; without limit where it is not written"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let nodeTable = root.table("nodes", nodes)
    let arcTable = root.table("arcs", arcs)
    let allMustGo = root.read("all_supply_must_go", as: .flag)?.value ?? false
    guard let nodeTable, let arcTable else { return nil }
    let names = nodeTable.names("name")
    let (supply, demand) = (nodeTable.numbers("supply", default: 0), nodeTable.numbers("demand", default: 0))
    let unmet = nodeTable.numbers("unmet_cost")
    let index = NameIndex(names, of: "node")
    let from = index.rows("from", of: arcTable, &root)
    let to = index.rows("to", of: arcTable, &root)
    guard let from, let to else { return nil }
    let labels = arcTable.texts("name")
    let (cost, lower) = (arcTable.numbers("cost", default: 0), arcTable.numbers("lower", default: 0))
    let capacity = arcTable.numbers("capacity", default: .infinity)
    return MinCostFlowProblem(
      nodes: names.indices.map {
        MinCostFlowProblem.Node(
          names[$0], supply: supply[$0], demand: demand[$0], unmetCost: unmet[$0].isNaN ? nil : unmet[$0],
          at: nodeTable.place(row: $0, supply[$0] > 0 ? "supply" : "demand"))
      },
      arcs: from.indices.map {
        MinCostFlowProblem.Arc(
          labels[$0] ?? "\(names[from[$0]])-\(names[to[$0]])", from: from[$0], to: to[$0], cost: cost[$0],
          lower: lower[$0], upper: capacity[$0], at: arcTable.place(row: $0, "capacity"))
      }, allSupplyMustGo: allMustGo)
  }
}

/// Finds rows that other tables name.
struct NameIndex {
  private let indices: [String: Int]
  private let names: [String]
  private let kind: String

  /// - Parameter kind: what the names stand for, in messages: `node`.
  init(_ names: [String], of kind: String) {
    self.names = names
    self.kind = kind
    indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  subscript(name: String) -> Int? { indices[name] }

  /// The index that every cell of a column names; nil, with findings, where one names nothing.
  /// - Parameter standard: what an empty cell stands for.
  func rows(
    _ column: String, of table: ProblemTable, _ root: inout MappingCursor, empty standard: Int? = nil
  ) -> [Int]? {
    var found: [Int] = []
    var isComplete = true
    for (row, text) in table.texts(column).enumerated() {
      if let text, let index = indices[text] {
        found.append(index)
      } else if text == nil, let standard {
        found.append(standard)
      } else {
        let nearest = text.flatMap { Suggestion.closest(to: $0, among: names) }
        root.report(
          AllocationFileCodes.missingName,
          text.map { "there is no \(kind) `\($0)`" } ?? "`\(column)` names no \(kind)", in: table, row: row, column,
          hint: nearest.map { "did you mean `\($0)`?" })
        isComplete = false
      }
    }
    return isComplete ? found : nil
  }
}
