import Allocation
import Tables

/// `kind: economic_order_quantity`
enum EconomicOrderDecoder {
  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let (fixed, holding) = (root.require("fixed_cost", as: .number(.atLeast(0)))?.value, root.positive("holding_cost"))
    let demand = root.positive("demand_rate")
    let stockout = root.read("stockout_cost", as: .number(.above(0)))?.value
    let production = root.read("production_rate", as: .number(.above(0)))?.value
    let (unitCost, minimum, pack) = (root.amount("unit_cost"), root.amount("minimum_order"), root.amount("pack"))
    let maximum = root.amount("maximum_order", default: .infinity)
    guard let fixed, let holding, let demand else { return nil }
    var problem = EconomicOrderProblem(fixedCost: fixed, holdingCost: holding, demandRate: demand)
    (problem.stockoutCost, problem.productionRate, problem.unitCost) = (stockout, production, unitCost)
    (problem.minimumOrder, problem.maximumOrder, problem.pack) = (minimum, maximum, pack)
    return problem
  }
}

/// `kind: quantity_discount`
enum QuantityDiscountDecoder {
  private static let tiers = Schema(
    "tiers", key: ["from"],
    [
      ColumnSchema(
        "from", .real, required: true, range: 0...1e15, "the smallest order that reaches the tier, in units"),
      ColumnSchema("unit_cost", .real, required: true, range: 0...1e15, "of a unit in the tier"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let discount = root.require("discount", as: .word(of: QuantityDiscountProblem.Discount.allCases.map(\.rawValue)))
    let (fixed, rate) = (root.require("fixed_cost", as: .number(.atLeast(0)))?.value, root.positive("holding_rate"))
    let demand = root.positive("demand_rate")
    let table = root.table("tiers", tiers)
    let (minimum, pack) = (root.amount("minimum_order"), root.amount("pack"))
    let maximum = root.amount("maximum_order", default: .infinity)
    guard let discount = discount.flatMap({ QuantityDiscountProblem.Discount(rawValue: $0.value) }), let fixed,
      let rate,
      let demand, let table
    else { return nil }
    let rows = zip(table.numbers("from"), table.numbers("unit_cost")).sorted { $0.0 < $1.0 }
    var problem = QuantityDiscountProblem(
      discount, fixedCost: fixed, holdingRate: rate, demandRate: demand,
      tiers: rows.map { .init(from: $0, unitCost: $1) })
    (problem.minimumOrder, problem.maximumOrder, problem.pack) = (minimum, maximum, pack)
    return problem
  }
}

/// `kind: base_stock`
enum BaseStockDecoder {
  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let demand = StockDemandDecoder.section(&root)
    let (leadTime, deviation) = (root.amount("lead_time"), root.amount("lead_time_deviation"))
    let review = root.read("review", as: .word(of: BaseStockProblem.Review.allCases.map(\.rawValue)))?.value
    let holding = root.require("holding_cost", as: .number(.atLeast(0)))?.value
    let stockout = root.read("stockout_cost", as: .number(.above(0)))
    let service = root.read("service_level", as: .number(.strictlyBetween(0, 1)))
    let pack = root.amount("pack")
    guard (stockout == nil) != (service == nil) else {
      root.report(
        AllocationFileCodes.contradiction,
        stockout == nil
          ? "neither `stockout_cost` nor `service_level` is written" : "`service_level` stands beside `stockout_cost`",
        at: root.origin(of: "service_level"),
        hint: "keep one: what a missing unit costs, or how often none may be missing")
      return nil
    }
    guard let demand, let holding else { return nil }
    let goal: BaseStockProblem.Goal =
      stockout.map { .stockoutCost($0.value) } ?? .serviceLevel(service?.value ?? 0.95)
    var problem = BaseStockProblem(demand: demand, holdingCost: holding, goal: goal)
    (problem.leadTime, problem.leadTimeDeviation, problem.pack) = (leadTime, deviation, pack)
    problem.review = review.flatMap(BaseStockProblem.Review.init) ?? .periodic
    return problem
  }
}

/// `kind: min_max`
enum MinMaxDecoder {
  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let demand = StockDemandDecoder.section(&root)
    let leadTime = root.read("lead_time", as: .integer(.between(0, 1000)))?.value ?? 0
    let fixed = root.require("fixed_cost", as: .number(.atLeast(0)))?.value
    let (holding, stockout) = (root.positive("holding_cost"), root.positive("stockout_cost"))
    let unit = root.read("unit", as: .number(.above(0)))?.value
    guard let demand, let fixed, let holding, let stockout else { return nil }
    var problem = MinMaxProblem(demand: demand, fixedCost: fixed, holdingCost: holding, stockoutCost: stockout)
    (problem.leadTime, problem.unit) = (leadTime, unit)
    return problem
  }
}

/// `kind: reorder_point`
enum ReorderPointDecoder {
  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let demand = StockDemandDecoder.section(&root)
    let leadTime = root.amount("lead_time")
    let fixed = root.require("fixed_cost", as: .number(.atLeast(0)))?.value
    let (holding, stockout) = (root.positive("holding_cost"), root.positive("stockout_cost"))
    let method = root.read("method", as: .word(of: ReorderPointProblem.Method.allCases.map(\.rawValue)))?.value
    let minimum = root.read("minimum_order", as: .integer(.between(1, 999_999)))?.value ?? 1
    let pack = root.read("pack", as: .integer(.between(1, 999_999)))?.value ?? 1
    guard let demand, let fixed, let holding, let stockout else { return nil }
    var problem = ReorderPointProblem(
      demand: demand, leadTime: leadTime, fixedCost: fixed, holdingCost: holding, stockoutCost: stockout,
      method: method.flatMap(ReorderPointProblem.Method.init) ?? .exact)
    (problem.minimumOrder, problem.pack) = (minimum, pack)
    return problem
  }
}
