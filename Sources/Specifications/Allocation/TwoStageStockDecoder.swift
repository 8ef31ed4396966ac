import Allocation
import Tables

/// `kind: two_stage_stock`
enum TwoStageStockDecoder {
  private static let sites = Schema(
    "sites", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("unit_cost", .real, required: true, range: 0...1e12, "of a unit placed there"),
      ColumnSchema("shortage_cost", .real, required: true, range: 0...1e12, "of a unit of demand that is not met"),
      ColumnSchema("salvage_value", .real, range: 0...1e12, "of a unit left over; 0"),
      ColumnSchema("minimum", .real, range: 0...1e12, "units at least; 0"),
      ColumnSchema("maximum", .real, range: 0...1e12, "units at most; no limit where it is empty"),
    ])
  private static let lanes = Schema(
    "lanes", key: ["from", "to"],
    [
      ColumnSchema("from", .text, required: true), ColumnSchema("to", .text, required: true),
      ColumnSchema("cost", .real, required: true, range: 0...1e12, "of a unit shipped"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let limit = root.read("quantity_limit", as: .number(.atLeast(0)))
    let siteTable = root.table("sites", sites)
    let laneTable = root.table("lanes", lanes, isRequired: false)
    let names = siteTable?.names("name")
    let demandOrigin = root.origin(of: "demand")
    let demand = root.matrix("demand", columns: names, .atLeast(0))
    let probabilities = root.numbers("probabilities", .atLeast(0), count: demand?.rowCount, isRequired: false)
    guard let siteTable, let names, let demand else { return nil }
    let (cost, shortage) = (siteTable.numbers("unit_cost"), siteTable.numbers("shortage_cost"))
    let (salvage, minimum) = (siteTable.numbers("salvage_value", default: 0), siteTable.numbers("minimum", default: 0))
    let maximum = siteTable.numbers("maximum")
    var problem = TwoStageStockProblem(
      sites: names.enumerated().map { row, name in
        var site = TwoStageStockProblem.Site(name, unitCost: cost[row], shortageCost: shortage[row])
        site.salvageValue = salvage[row]
        site.minimum = minimum[row]
        site.maximum = maximum[row].isNaN ? nil : maximum[row]
        site.place = siteTable.place(row: row, "name")
        return site
      }, lanes: [],
      scenarios: (0..<demand.rowCount).map { row in
        .init(
          demand.rowNames?[row] ?? "\(row + 1)", probability: probabilities?[row] ?? 1 / Double(demand.rowCount),
          demand: Array(demand.row(row)), at: demandOrigin.place)
      }, quantityLimit: limit?.value)
    problem.limitPlace = limit?.place
    if let laneTable {
      let index = NameIndex(names, of: "site")
      guard let from = index.rows("from", of: laneTable, &root), let to = index.rows("to", of: laneTable, &root) else {
        return nil
      }
      let costs = laneTable.numbers("cost", default: 0)
      problem.lanes = from.indices.map {
        .init(from: from[$0], to: to[$0], cost: costs[$0], at: laneTable.place(row: $0, "to"))
      }
    }
    return problem
  }
}
