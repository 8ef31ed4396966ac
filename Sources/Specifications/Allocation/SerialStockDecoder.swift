import Allocation
import Tables

/// `kind: serial_stock`
enum SerialStockDecoder {
  private static let stages = Schema(
    "stages", key: ["name"], oneOf: [["holding_cost", "echelon_holding_cost"]],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("lead_time", .real, required: true, range: 0...1e6, "periods from order to arrival"),
      ColumnSchema("holding_cost", .real, range: 0...1e12, "of a unit at the stage for a period"),
      ColumnSchema("echelon_holding_cost", .real, range: 0...1e12, "what the stage adds to it"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let stockout = root.require("stockout_cost", as: .number(.above(0)))
    let demand = root.section("demand", demand)
    let grid = root.sectionIfPresent("grid") { grid -> SerialStockProblem.Grid? in
      let levels = grid.require("levels", as: .integer(.between(2, 20_000)))?.value
      let demands = grid.require("demands", as: .integer(.between(1, 20_000)))?.value
      guard let levels, let demands else { return nil }
      return SerialStockProblem.Grid(levels: levels, demands: demands)
    }
    guard let table = root.table("stages", stages), let stockout, let demand else { return nil }
    let times = table.numbers("lead_time", default: 0)
    let local = table.numbers("holding_cost")
    let echelon = table.numbers("echelon_holding_cost")
    var before = 0.0
    var rows: [SerialStockProblem.Stage] = []
    for (row, name) in table.names("name").enumerated() {
      guard local[row].isNaN != echelon[row].isNaN else {
        root.report(
          AllocationFileCodes.contradiction, "stage \(name) needs one of `holding_cost` and `echelon_holding_cost`",
          in: table, row: row, "name")
        continue
      }
      let added = local[row].isNaN ? echelon[row] : local[row] - before
      before += added
      rows.append(.init(name, leadTime: times[row], echelonHoldingCost: added, at: table.place(row: row, "name")))
    }
    var problem = SerialStockProblem(stages: rows, stockoutCost: stockout.value, demand: demand, grid: grid ?? nil)
    problem.place = stockout.place
    return problem
  }

  private static func demand(_ cursor: inout MappingCursor) -> SerialStockProblem.Demand? {
    let distribution = cursor.require("distribution", as: .word(of: ["normal", "poisson"]))?.value
    let mean = cursor.require("mean", as: .number(.atLeast(0)))?.value
    guard let mean, let distribution else {
      _ = cursor.read("deviation", as: .number(.atLeast(0)))
      return nil
    }
    if distribution == "poisson" { return .poisson(mean: mean) }
    return cursor.require("deviation", as: .number(.atLeast(0))).map { .normal(mean: mean, deviation: $0.value) }
  }
}
