public import Tables

/// What to order in each period when demand is known, orders have fixed costs, and stock costs money to hold.
///
/// Periods are numbered from 1. Orders of one period arrive `leadTime` periods later, before demand. Demand is met in
/// time from stock; what is ordered may be held for later periods.
public struct LotSizingProblem: Sendable {
  public struct Item: Sendable {
    public var name: String
    /// Units, by period.
    public var demand: [Double]
    /// Money an order, by the period of the order.
    public var fixedCost: [Double]
    /// Money per unit, by the period of the order.
    public var unitCost: [Double]
    /// Money per unit in stock at the end of a period.
    public var holdingCost: [Double]
    public var initialStock = 0.0
    /// Stock is to be at least this at the end of every period.
    public var safetyStock = 0.0
    /// Whole periods between an order and its arrival.
    public var leadTime = 0
    /// Units on order that arrive in each period; empty for none.
    public var receipts: [Double] = []
    /// Units an order, where there is one.
    public var minimumOrder = 0.0
    public var maximumOrder = Double.infinity
    /// Orders are multiples of so many units; 0 for any amount.
    public var pack = 0.0
    /// What a unit and an order take of the shared capacity.
    public var capacityPerUnit = 1.0
    public var capacityPerOrder = 0.0

    public init(name: String, demand: [Double], fixedCost: [Double], unitCost: [Double], holdingCost: [Double]) {
      self.name = name
      self.demand = demand
      self.fixedCost = fixedCost
      self.unitCost = unitCost
      self.holdingCost = holdingCost
    }

    /// Costs that are the same in every period.
    public init(
      name: String, demand: [Double], fixedCost: Double, holdingCost: Double, unitCost: Double = 0
    ) {
      func all(_ value: Double) -> [Double] { [Double](repeating: value, count: demand.count) }
      self.init(
        name: name, demand: demand, fixedCost: all(fixedCost), unitCost: all(unitCost), holdingCost: all(holdingCost))
    }

    /// Whether each item's orders are free of limits, so that a dynamic program finds them.
    var isFree: Bool { minimumOrder <= 0 && maximumOrder == .infinity && pack <= 0 }
  }

  /// What all items share in a period: Σ per unit · units + per order ≤ amount.
  public struct Capacity: Sendable {
    /// By period of the order.
    public var amounts: [Double]
    public var place: SourcePlace?

    public init(_ amounts: [Double], at place: SourcePlace? = nil) {
      self.amounts = amounts
      self.place = place
    }
  }

  public var items: [Item]
  public var capacity: Capacity?

  public init(items: [Item], capacity: Capacity? = nil) {
    self.items = items
    self.capacity = capacity
  }

  public var periods: Int { items.first?.demand.count ?? 0 }

  /// What is wrong with the problem before it is solved.
  public func findings() -> [Diagnostic] {
    var found = Findings(limit: 20)
    func add(_ text: String) { found.add(Diagnostic(AllocationCodes.improperValue, .error, text)) }
    if items.isEmpty || periods == 0 { add("there is no item with a period of demand") }
    for item in items {
      let columns = [
        ("demand", item.demand), ("fixed_cost", item.fixedCost), ("unit_cost", item.unitCost),
        ("holding_cost", item.holdingCost), ("receipts", item.receipts),
      ]
      for (name, values) in columns where !(name == "receipts" && values.isEmpty) {
        if values.count != periods {
          add("\(name) of \(item.name) has \(values.count) periods where \(periods) are needed")
        }
        for (period, value) in values.enumerated() where !(value >= 0 && value <= 1e15) {
          add("\(name) \(value) of \(item.name) in period \(period + 1) is not a number from 0 to 1e15")
        }
      }
      for (name, value) in [
        ("initial_stock", item.initialStock), ("safety_stock", item.safetyStock), ("minimum_order", item.minimumOrder),
        ("pack", item.pack), ("capacity_per_unit", item.capacityPerUnit), ("capacity_per_order", item.capacityPerOrder),
      ] where !(value >= 0 && value <= 1e15) { add("\(name) \(value) of \(item.name) is not a number from 0 to 1e15") }
      if item.leadTime < 0 { add("lead_time \(item.leadTime) of \(item.name) is not 0 or more") }
      if !(item.maximumOrder > 0), item.maximumOrder != 0 { add("maximum_order of \(item.name) is not a number") }
      if item.minimumOrder > item.maximumOrder { add("minimum_order of \(item.name) is above its maximum_order") }
    }
    if let capacity {
      if capacity.amounts.count != periods {
        add("capacity has \(capacity.amounts.count) periods where \(periods) are needed")
      }
      for (period, value) in capacity.amounts.enumerated() where !(value >= 0) {
        add("capacity \(value) of period \(period + 1) is not a number of 0 or more")
      }
    }
    return found.kept
  }
}

/// What has to arrive, period by period, after stock and open orders are used up.
struct NetDemand {
  /// Units that must have arrived by the end of each period, all together; ascending.
  let cumulated: [Double]
  /// Stock at the end of each period without any order; below zero where demand is not met.
  let unordered: [Double]

  init(_ item: LotSizingProblem.Item) {
    var (stock, most) = (item.initialStock, 0.0)
    var (cumulated, unordered) = ([Double](), [Double]())
    for (period, demand) in item.demand.enumerated() {
      stock += (item.receipts.isEmpty ? 0 : item.receipts[period]) - demand
      most = max(most, item.safetyStock - stock)
      // Rounding of sums is no demand.
      if most <= 1e-9 * max(1, item.safetyStock) { most = 0 }
      cumulated.append(most)
      unordered.append(stock)
    }
    (self.cumulated, self.unordered) = (cumulated, unordered)
  }

  func units(_ period: Int) -> Double { cumulated[period] - (period > 0 ? cumulated[period - 1] : 0) }
}
