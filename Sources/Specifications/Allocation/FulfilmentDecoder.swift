import Allocation
import Tables

/// `kind: fulfilment`
enum FulfilmentDecoder {
  private static let orders = Schema(
    "orders", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("product", .text, "of the stock table; empty where there is one product only"),
      ColumnSchema("units", .real, range: 0...1e12, "1 where it is not written"),
      ColumnSchema("unserved_cost", .real, "per unit that no store sends, in place of the general one"),
      ColumnSchema("x", .real, "coordinate"), ColumnSchema("y", .real, "coordinate"),
    ])
  private static let stores = Schema(
    "stores", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("capacity", .real, range: 0...1e12, "units that it can send; without limit where it is not written"),
      ColumnSchema("handling_cost", .real, "per unit; 0"), ColumnSchema("x", .real, "coordinate"),
      ColumnSchema("y", .real, "coordinate"),
    ])
  private static let stock = Schema(
    "stock", key: ["store", "product"],
    [
      ColumnSchema("store", .text, required: true),
      ColumnSchema("product", .text, "empty where there is one product only"),
      ColumnSchema("units", .real, required: true, range: 0...1e12),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let orderTable = root.table("orders", orders)
    let storeTable = root.table("stores", stores)
    let stockTable = root.table("stock", stock)
    let (orderNames, storeNames) = (orderTable?.names("name"), storeTable?.names("name"))
    let matrix = root.matrix("cost_matrix", rows: orderNames, columns: storeNames, isRequired: false)
    let perDistance = root.read("cost_per_distance", as: .number(.atLeast(0)))?.value ?? 1
    let maximum = root.read("maximum_distance", as: .number(.atLeast(0)))?.value
    let unserved = root.read("unserved_cost", as: .number())?.value
    let maySplit = root.read("orders_may_split", as: .flag)?.value ?? true
    guard let orderTable, let storeTable, let stockTable, let orderNames, let storeNames else { return nil }
    let products = Set(stockTable.texts("product").map { $0 ?? "all" }).sorted()
    let productIndex = NameIndex(products, of: "product in stock")
    let only = products.count == 1 ? 0 : productIndex["all"]
    let ofOrder = productIndex.rows("product", of: orderTable, &root, empty: only)
    let ofStock = productIndex.rows("product", of: stockTable, &root, empty: only)
    let store = NameIndex(storeNames, of: "store").rows("store", of: stockTable, &root)
    guard let ofOrder, let ofStock, let store else { return nil }
    let units = orderTable.numbers("units", default: 1)
    let cost = orderTable.numbers("unserved_cost", default: unserved ?? .nan)
    if let row = cost.firstIndex(where: \.isNaN) {
      root.report(
        SpecificationCodes.missingKey, "`\(orderNames[row])` has no `unserved_cost`", in: orderTable, row: row,
        "unserved_cost", hint: "what a unit that no store sends costs, for one order or, beside `orders`, for all")
      return nil
    }
    let (x, y) = (orderTable.coordinates("x"), orderTable.coordinates("y"))
    let (storeX, storeY) = (storeTable.coordinates("x"), storeTable.coordinates("y"))
    let capacity = storeTable.numbers("capacity", default: .infinity)
    let handling = storeTable.numbers("handling_cost", default: 0)
    let inStock = stockTable.numbers("units", default: 0)
    var problem = FulfilmentProblem(
      products: products,
      orders: orderNames.indices.map {
        FulfilmentProblem.Order(
          orderNames[$0], product: ofOrder[$0], units: units[$0], unservedCost: cost[$0], x: x[$0], y: y[$0])
      },
      stores: storeNames.indices.map {
        FulfilmentProblem.Store(
          storeNames[$0], capacity: capacity[$0], handlingCost: handling[$0], x: storeX[$0], y: storeY[$0])
      },
      stock: store.indices.map {
        FulfilmentProblem.Stock(store: store[$0], product: ofStock[$0], units: inStock[$0])
      }, costs: matrix?.values)
    problem.costPerDistance = perDistance
    problem.maximumDistance = maximum
    problem.ordersMaySplit = maySplit
    return problem
  }
}

extension ProblemTable {
  /// A numeric column; nil in cells that are empty.
  fileprivate func coordinates(_ name: String) -> [Double?] { numbers(name).map { $0.isNaN ? nil : $0 } }
}
