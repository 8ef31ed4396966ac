import Tables

/// Which store sends which order: near, with stock, within what a store can pack.
///
/// ```
/// minimise   Σ cost_os · y_os + Σ unservedCost_o · unserved_o
/// subject to Σ over s of y_os + unserved_o = units_o                      for every order o (of one product)
///            Σ over orders of product p of y_os ≤ stock_sp                for every store s and product p
///            Σ over orders of y_os ≤ capacity_s                           for every store with a capacity
/// ```
///
/// y: units sent, costs per unit. Orders that may be split: a minimum-cost flow, exact and whole. Orders that come from
/// one store or not at all: a mixed-integer program.
public struct FulfilmentProblem: AllocationProblem {
  public struct Order: Sendable {
    public var name: String
    /// Index of a product.
    public var product: Int
    public var units: Double
    public var unservedCost: Double
    public var x: Double?
    public var y: Double?

    public init(
      _ name: String, product: Int = 0, units: Double = 1, unservedCost: Double, x: Double? = nil, y: Double? = nil
    ) {
      self.name = name
      self.product = product
      self.units = units
      self.unservedCost = unservedCost
      self.x = x
      self.y = y
    }
  }

  public struct Store: Sendable {
    public var name: String
    /// Units that it can send; infinite for any number.
    public var capacity: Double
    /// Per unit.
    public var handlingCost: Double
    public var x: Double?
    public var y: Double?

    public init(
      _ name: String, capacity: Double = .infinity, handlingCost: Double = 0, x: Double? = nil, y: Double? = nil
    ) {
      self.name = name
      self.capacity = capacity
      self.handlingCost = handlingCost
      self.x = x
      self.y = y
    }
  }

  public struct Stock: Sendable {
    public var store: Int
    public var product: Int
    public var units: Double

    public init(store: Int, product: Int, units: Double) {
      self.store = store
      self.product = product
      self.units = units
    }
  }

  public var products: [String]
  public var orders: [Order]
  public var stores: [Store]
  public var stock: [Stock]
  /// Orders × stores; nil where distances count.
  public var costs: [Double]?
  public var costPerDistance = 1.0
  /// Stores that are farther away do not send; nil for no limit.
  public var maximumDistance: Double?
  /// Whether an order may come from several stores.
  public var ordersMaySplit = true

  public init(products: [String], orders: [Order], stores: [Store], stock: [Stock], costs: [Double]? = nil) {
    self.products = products
    self.orders = orders
    self.stores = stores
    self.stock = stock
    self.costs = costs
  }

  /// Straight-line; nil without coordinates.
  func distance(_ order: Int, _ store: Int) -> Double? {
    guard let x = orders[order].x, let y = orders[order].y, let otherX = stores[store].x, let otherY = stores[store].y
    else { return nil }
    return ((x - otherX) * (x - otherX) + (y - otherY) * (y - otherY)).squareRoot()
  }

  /// A unit of an order from a store; infinite where there is no way.
  func cost(_ order: Int, _ store: Int) -> Double {
    let distance = distance(order, store)
    if let maximumDistance, let distance, distance > maximumDistance { return .infinity }
    if let costs { return costs[order * stores.count + store] + stores[store].handlingCost }
    return distance.map { $0 * costPerDistance + stores[store].handlingCost } ?? .infinity
  }

  var defect: Diagnostic? {
    func finding(_ text: String) -> Diagnostic { Diagnostic(AllocationCodes.improperValue, .error, text) }
    if let costs, costs.count != orders.count * stores.count || costs.contains(where: \.isNaN) {
      return finding("the matrix of costs does not fit \(orders.count) orders and \(stores.count) stores")
    }
    for order in orders {
      guard products.indices.contains(order.product), order.units >= 0, order.units.isFinite,
        order.unservedCost.isFinite
      else { return finding("order `\(order.name)`: units must be 0 or more and the cost of not serving it finite") }
    }
    for store in stores where !(store.capacity >= 0) || !store.handlingCost.isFinite {
      return finding("store `\(store.name)`: the capacity must be 0 or more and the handling cost finite")
    }
    for row in stock {
      guard products.indices.contains(row.product), stores.indices.contains(row.store), row.units >= 0,
        row.units.isFinite
      else { return finding("stock must be 0 or more, of a known product in a known store") }
    }
    return nil
  }
}

public struct FulfilmentSolution: Sendable {
  public struct Shipment: Sendable, Hashable {
    public var order: Int
    public var store: Int
    public var units: Double
    public var cost: Double
  }

  /// Ordered by order and store.
  public var shipments: [Shipment] = []
  /// By order.
  public var unserved: [Double]
  public var objective: Double
  public var bound: Double
  public var isOptimal = true
  public var prices: [LimitPrice] = []
}
