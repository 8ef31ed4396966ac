import Allocation
import Tables

/// `kind: lot_sizing`
enum LotSizingDecoder {
  private static let items = Schema(
    "items", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("fixed_cost", .real, range: 0...1e15, "of an order; 0, or `fixed_costs`"),
      ColumnSchema("unit_cost", .real, range: 0...1e15, "of a unit; 0, or `unit_costs`"),
      ColumnSchema("holding_cost", .real, range: 0...1e15, "per unit and period; 0, or `holding_costs`"),
      ColumnSchema("initial_stock", .real, range: 0...1e15, "units; 0"),
      ColumnSchema("safety_stock", .real, range: 0...1e15, "least stock at the end of a period; 0"),
      ColumnSchema("lead_time", .integer, range: 0...1e6, "whole periods; 0"),
      ColumnSchema("minimum_order", .real, range: 0...1e15, "units; 0"),
      ColumnSchema("maximum_order", .real, range: 0...1e15, "units; without limit where it is not written"),
      ColumnSchema("pack", .real, range: 0...1e15, "orders are multiples of it; 0 for any amount"),
      ColumnSchema("capacity_per_unit", .real, range: 0...1e15, "1"),
      ColumnSchema("capacity_per_order", .real, range: 0...1e15, "0"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let table = root.table("items", items)
    let names = table?.names("name")
    let demand = root.matrix("demand", rows: names, .atLeast(0))
    func matrix(_ key: String, _ root: inout MappingCursor) -> ProblemMatrix? {
      // Columns in the order of the demand's.
      root.matrix(
        key, rows: names, columns: demand?.columnNames ?? demand.map { (1...max(1, $0.columnCount)).map(String.init) },
        .atLeast(0), isRequired: false)
    }
    let fixed = matrix("fixed_costs", &root)
    let unit = matrix("unit_costs", &root)
    let holding = matrix("holding_costs", &root)
    let receipts = matrix("receipts", &root)
    let capacityPlace = root.origin(of: "capacity").place
    let capacity = root.numbers("capacity", .atLeast(0), count: demand?.columnCount, isRequired: false)
    guard let table, let names, let demand else { return nil }
    let periods = demand.columnCount
    func column(_ name: String, _ standard: Double = 0) -> [Double] { table.numbers(name, default: standard) }
    let (fixedCost, unitCost, holdingCost) = (column("fixed_cost"), column("unit_cost"), column("holding_cost"))
    let (initial, safety, leads) = (column("initial_stock"), column("safety_stock"), table.integers("lead_time"))
    let (minimum, maximum) = (column("minimum_order"), column("maximum_order", .infinity))
    let (pack, perUnit, perOrder) = (column("pack"), column("capacity_per_unit", 1), column("capacity_per_order"))
    func row(_ matrix: ProblemMatrix?, _ index: Int, _ constant: Double) -> [Double] {
      matrix.map { Array($0.row(index)) } ?? [Double](repeating: constant, count: periods)
    }
    let all = names.indices.map { index in
      var item = LotSizingProblem.Item(
        name: names[index], demand: Array(demand.row(index)), fixedCost: row(fixed, index, fixedCost[index]),
        unitCost: row(unit, index, unitCost[index]), holdingCost: row(holding, index, holdingCost[index]))
      if let receipts { item.receipts = Array(receipts.row(index)) }
      (item.initialStock, item.safetyStock, item.leadTime) = (initial[index], safety[index], leads[index])
      (item.minimumOrder, item.maximumOrder, item.pack) = (minimum[index], maximum[index], pack[index])
      (item.capacityPerUnit, item.capacityPerOrder) = (perUnit[index], perOrder[index])
      return item
    }
    return LotSizingProblem(items: all, capacity: capacity.map { .init($0, at: capacityPlace) })
  }
}
