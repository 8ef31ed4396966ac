import Allocation
import Tables

/// `kind: transfers`
enum TransfersDecoder {
  private static let places = Schema(
    "places", key: ["name"],
    [
      ColumnSchema("name", .text, required: true), ColumnSchema("x", .real, "coordinate, with cost_per_distance"),
      ColumnSchema("y", .real, "coordinate, with cost_per_distance"),
    ])
  private static let products = Schema(
    "products", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("missing_cost", .real, required: true, "what a unit that stays missing costs"),
      ColumnSchema("keeping_cost", .real, "what a unit costs that stays where it is too much; 0"),
      ColumnSchema("minimum", .integer, range: 1...1e9, "the least that moves on a lane at all; 1"),
      ColumnSchema("pack", .integer, range: 1...1e9, "moved in multiples of; 1"),
      ColumnSchema("size", .real, range: 0...1e12, "room of a unit in a vehicle; 1"),
    ])
  private static let stock = Schema(
    "stock", key: ["product", "place"],
    [
      ColumnSchema("product", .text, required: true), ColumnSchema("place", .text, required: true),
      ColumnSchema("units", .real, required: true, range: -1e15...1e15, "too much (above 0) or too little (below 0)"),
      ColumnSchema("missing_cost", .real, "in place of the product's"),
      ColumnSchema("keeping_cost", .real, "in place of the product's"),
      ColumnSchema("promotion_gain", .real, "what a unit gains that is promoted where it lies; empty: it cannot be"),
    ])
  private static let lanes = Schema(
    "lanes", key: ["from", "to"],
    [
      ColumnSchema("from", .text, required: true), ColumnSchema("to", .text, required: true),
      ColumnSchema("cost", .real, "per unit, in place of the general cost"),
      ColumnSchema("days", .real, range: 0...1e6, "on the way"),
      ColumnSchema("closed", .flag, "whether nothing may go this way"),
      ColumnSchema("vehicle_size", .real, range: 1e-9...1e15, "room of a vehicle; empty: units travel one by one"),
      ColumnSchema("vehicle_cost", .real, range: 0...1e15, "of each vehicle; 0"),
      ColumnSchema("maximum_vehicles", .integer, range: 0...1e9, "without limit where it is not written"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let placeTable = root.table("places", places)
    let productTable = root.table("products", products)
    let stockTable = root.table("stock", stock)
    let laneTable = root.table("lanes", lanes, isRequired: false)
    let names = placeTable?.names("name")
    let costs = unitCosts(&root, names)
    let maximumDays = root.read("maximum_days", as: .number(.atLeast(0)))?.value
    let costPerDay = root.read("cost_per_day", as: .number(.atLeast(0)))?.value ?? 0
    guard let placeTable, let names, let productTable, let stockTable, let costs else { return nil }
    let (x, y) = (placeTable.numbers("x"), placeTable.numbers("y"))
    let place = NameIndex(names, of: "place")
    guard let positions = positions(stockTable, NameIndex(productTable.names("name"), of: "product"), place, &root)
    else { return nil }
    var problem = TransfersProblem(
      places: names.indices.map {
        TransfersProblem.Place(names[$0], x: x[$0].isNaN ? nil : x[$0], y: y[$0].isNaN ? nil : y[$0])
      }, products: readProducts(productTable), positions: positions, unitCosts: costs)
    problem.maximumDays = maximumDays
    problem.costPerDay = costPerDay
    if let laneTable {
      guard let lanes = readLanes(laneTable, place, &root) else { return nil }
      problem.lanes = lanes
    }
    return problem
  }

  /// One of the ways to say what a unit's way costs; lanes alone where none is written.
  private static func unitCosts(_ root: inout MappingCursor, _ names: [String]?) -> TransfersProblem.UnitCosts? {
    let uniform = root.read("cost_per_unit", as: .number(.atLeast(0)))
    let perDistance = root.read("cost_per_distance", as: .number(.atLeast(0)))
    let handling = root.read("handling_cost", as: .number(.atLeast(0)))?.value ?? 0
    let isRounded = root.read("round_costs", as: .flag)?.value ?? false
    let hasMatrix = root.keys.contains("cost_matrix")
    let matrix = root.matrix("cost_matrix", rows: names, columns: names, isRequired: false)
    let count = (uniform != nil ? 1 : 0) + (perDistance != nil ? 1 : 0) + (hasMatrix ? 1 : 0)
    if count > 1 {
      root.report(
        AllocationFileCodes.contradiction, "the cost of a unit is written twice",
        at: root.origin(of: uniform != nil ? "cost_per_unit" : "cost_per_distance"),
        hint: "keep one of cost_per_unit, cost_per_distance, cost_matrix")
      return nil
    }
    if let perDistance {
      return .distance(perDistance: perDistance.value, handling: handling, isRounded: isRounded)
    }
    if hasMatrix { return matrix.map { .matrix($0.values.map { $0 + handling }) } }
    return uniform.map { .uniform($0.value + handling) } ?? .lanesOnly
  }

  private static func readProducts(_ table: ProblemTable) -> [TransfersProblem.Product] {
    let names = table.names("name")
    let (missing, keeping) = (table.numbers("missing_cost", default: 0), table.numbers("keeping_cost", default: 0))
    let (minimum, pack) = (table.integers("minimum", default: 1), table.integers("pack", default: 1))
    let size = table.numbers("size", default: 1)
    return names.indices.map {
      var product = TransfersProblem.Product(names[$0], missingCost: missing[$0], keepingCost: keeping[$0])
      (product.minimum, product.pack, product.size) = (minimum[$0], pack[$0], size[$0])
      return product
    }
  }

  private static func positions(
    _ table: ProblemTable, _ products: NameIndex, _ places: NameIndex, _ root: inout MappingCursor
  ) -> [TransfersProblem.Position]? {
    let product = products.rows("product", of: table, &root)
    let place = places.rows("place", of: table, &root)
    guard let product, let place else { return nil }
    let (units, missing) = (table.numbers("units", default: 0), table.numbers("missing_cost"))
    let (keeping, gain) = (table.numbers("keeping_cost"), table.numbers("promotion_gain"))
    return product.indices.map {
      var position = TransfersProblem.Position(product: product[$0], place: place[$0], units: units[$0])
      position.missingCost = missing[$0].isNaN ? nil : missing[$0]
      position.keepingCost = keeping[$0].isNaN ? nil : keeping[$0]
      position.promotionGain = gain[$0].isNaN ? nil : gain[$0]
      return position
    }
  }

  private static func readLanes(
    _ table: ProblemTable, _ places: NameIndex, _ root: inout MappingCursor
  ) -> [TransfersProblem.Lane]? {
    let from = places.rows("from", of: table, &root)
    let to = places.rows("to", of: table, &root)
    guard let from, let to else { return nil }
    let (cost, days, closed) = (table.numbers("cost"), table.numbers("days"), table.flags("closed"))
    let (size, vehicleCost) = (table.numbers("vehicle_size"), table.numbers("vehicle_cost", default: 0))
    let most = table.integers("maximum_vehicles", default: -1)
    return from.indices.map {
      var lane = TransfersProblem.Lane(from: from[$0], to: to[$0])
      lane.cost = cost[$0].isNaN ? nil : cost[$0]
      lane.days = days[$0].isNaN ? nil : days[$0]
      lane.isClosed = closed[$0]
      lane.vehicleSize = size[$0].isNaN ? nil : size[$0]
      lane.vehicleCost = vehicleCost[$0]
      lane.maximumVehicles = most[$0] < 0 ? nil : most[$0]
      return lane
    }
  }
}
