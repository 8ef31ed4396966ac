import Allocation
import Tables

/// `kind: newsvendor`
enum NewsvendorDecoder {
  private static let points = Schema(
    "points", key: ["name"],
    [ColumnSchema("name", .text, required: true)] + StockDemandDecoder.columns + [
      ColumnSchema("holding_cost", .real, range: 0...1e15, "per unit left over"),
      ColumnSchema("stockout_cost", .real, range: 0...1e15, "per unit missing"),
      ColumnSchema("price", .real, range: 0...1e15, "with purchase_cost, in place of the two costs"),
      ColumnSchema("purchase_cost", .real, range: 0...1e15, "what a unit costs"),
      ColumnSchema("salvage_value", .real, range: 0...1e15, "what a unit left over brings; 0"),
      ColumnSchema("unit_cost", .real, range: 0...1e15, "of the budget, per unit; purchase_cost"),
      ColumnSchema("unit_space", .real, range: 0...1e15, "of the space, per unit"),
      ColumnSchema("minimum", .real, range: 0...1e15, "units; 0"),
      ColumnSchema("maximum", .real, range: 0...1e300, "units; without limit where it is not written"),
      ColumnSchema("pack", .real, range: 0...1e15, "stock is a multiple of it; 0 for any amount"),
    ])
  private static let amounts = Schema(
    "amounts",
    [
      ColumnSchema("point", .text, required: true), ColumnSchema("units", .real, required: true),
      ColumnSchema("probability", .real, range: 0...1, "of a discrete distribution or a quantile; empty for draws"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let table = root.table("points", points)
    let listTable = root.table("amounts", amounts, isRequired: false)
    let budget = root.read("budget", as: .number(.atLeast(0)))
    let space = root.read("space", as: .number(.atLeast(0)))
    let isWhole = root.read("whole_units", as: .flag)?.value ?? false
    guard let table else { return nil }
    guard let demands = demands(table, listTable, &root), let costs = costs(table, &root) else { return nil }
    var problem = NewsvendorProblem(demands: .each(demands), holding: costs.holding, stockout: costs.stockout)
    problem.names = table.names("name")
    if table.hasColumn("minimum") { problem.minimum = table.numbers("minimum", default: 0) }
    if table.hasColumn("maximum") { problem.maximum = table.numbers("maximum", default: .infinity) }
    if problem.minimum.allSatisfy({ $0 == 0 }) { problem.minimum = [] }
    if problem.maximum.allSatisfy({ $0 == .infinity }) { problem.maximum = [] }
    let packs = table.numbers("pack", default: isWhole ? 1 : 0)
    if packs.contains(where: { $0 > 0 }) { problem.pack = packs }
    if let budget {
      let own = table.numbers("unit_cost")
      let bought = table.numbers("purchase_cost")
      let weights = zip(own, bought).map { $0.isNaN ? $1 : $0 }
      guard complete(weights, "unit_cost", "budget", table, &root) else { return nil }
      problem.budget = .init(budget.value, perUnit: weights, at: budget.place)
    }
    if let space {
      let weights = table.numbers("unit_space")
      guard complete(weights, "unit_space", "space", table, &root) else { return nil }
      problem.space = .init(space.value, perUnit: weights, at: space.place)
    }
    return problem
  }

  private static func complete(
    _ weights: [Double], _ column: String, _ limit: String, _ table: ProblemTable, _ root: inout MappingCursor
  ) -> Bool {
    guard let row = weights.firstIndex(where: { $0.isNaN }) else { return true }
    root.report(
      AllocationFileCodes.contradiction, "`\(limit)` needs `\(column)` of \(table.names("name")[row])", in: table,
      row: row, column, hint: "add `\(column)`; 0 for a point that takes nothing of it")
    return false
  }

  private static func costs(
    _ table: ProblemTable, _ root: inout MappingCursor
  ) -> (holding: [Double], stockout: [Double])? {
    var (holding, stockout) = (table.numbers("holding_cost"), table.numbers("stockout_cost"))
    let (price, cost) = (table.numbers("price"), table.numbers("purchase_cost"))
    let salvage = table.numbers("salvage_value", default: 0)
    for row in 0..<table.count {
      if holding[row].isNaN, !cost[row].isNaN { holding[row] = cost[row] - salvage[row] }
      if stockout[row].isNaN, !cost[row].isNaN, !price[row].isNaN { stockout[row] = price[row] - cost[row] }
      for (column, value, other) in [
        ("holding_cost", holding[row], "purchase_cost above salvage_value"),
        ("stockout_cost", stockout[row], "price above purchase_cost"),
      ] where !(value >= 0) {
        root.report(
          AllocationFileCodes.contradiction, "\(table.names("name")[row]) has no `\(column)` of 0 or more", in: table,
          row: row, column, hint: "add `\(column)`, or \(other)")
        return nil
      }
    }
    return (holding, stockout)
  }

  private static func demands(
    _ table: ProblemTable, _ lists: ProblemTable?, _ root: inout MappingCursor
  ) -> [UncertainDemand]? {
    let names = table.names("name")
    let rows = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    var units = [[Double]](repeating: [], count: names.count)
    var probabilities = units
    if let lists {
      let (points, values, chances) = (lists.names("point"), lists.numbers("units"), lists.numbers("probability"))
      for row in 0..<lists.count {
        guard let point = rows[points[row]] else {
          root.report(
            AllocationFileCodes.missingName, "there is no point `\(points[row])`", in: lists, row: row, "point",
            hint: Suggestion.closest(to: points[row], among: names).map { "did you mean `\($0)`?" })
          return nil
        }
        units[point].append(values[row])
        probabilities[point].append(chances[row])
      }
    }
    let kinds = table.texts("distribution")
    let columns = Dictionary(
      uniqueKeysWithValues: StockDemandDecoder.columns.dropFirst().map { ($0.name, table.numbers($0.name)) })
    var demands: [UncertainDemand] = []
    for row in names.indices {
      let kind = kinds[row] ?? "normal"
      let demand: UncertainDemand?
      var need = StockDemandDecoder.need(kind)
      if let keys = StockDemandDecoder.parameters[kind] {
        let values = keys.map { columns[$0]?[row] ?? .nan }
        if let missing = zip(keys, values).first(where: { $0.1.isNaN }) { need = "`\(missing.0)` is missing" }
        demand = values.contains { $0.isNaN } ? nil : StockDemandDecoder.simple(kind, values)
      } else {
        if units[row].isEmpty { need = "`amounts` has no row for it" }
        demand = StockDemandDecoder.listed(kind, units: units[row], probabilities: probabilities[row])
      }
      guard let demand, demand.defect == nil else {
        root.report(
          SpecificationCodes.outOfRange, "demand of \(names[row]) (\(kind)): \(demand?.defect ?? need)", in: table,
          row: row, "name")
        return nil
      }
      demands.append(demand)
    }
    return demands
  }
}
