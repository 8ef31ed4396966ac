import Allocation
import ChannelTypes
import Demand
import Partners
import Tables

/// Whether supply meets demand, node by node, and what it asks of the maker: `demand_supply`, `production_signal`.
struct SupplyTables {
  private struct Row {
    var level: String
    var id: String
    var product: String?
    var step: Int
    var node: SupplyMatch.Node
    var planned: Double
  }

  private let firstPeriod: Period
  private let horizon: Int
  private var rows: [Row] = []
  private let products: [String]
  private let signal: ProductionSignal
  /// Units that dealers are to order, product × period of the order.
  private var orders: [Double]

  /// - Parameter demand: expected units of the items, items × periods.
  init(
    _ forecast: ForecastResult, _ position: StockPosition, _ problem: InventoryProblem, _ solution: InventorySolution,
    purchases: [PlannedOrder], demand: [Double]
  ) {
    (firstPeriod, horizon) = (forecast.firstPeriod, forecast.horizon)
    let items = problem.items
    let stock = zip(items, solution.lines).map { $0.onHand + $0.onOrder + Double($1.received - $1.sent - $1.promoted) }
    let unstocked = Self.unstocked(forecast, Set(position.series.compactMap(\.self)))
    let products = Set(items.map(\.product)).union(unstocked.map(\.product)).sorted()
    self.products = products
    let productPlaces = Dictionary(uniqueKeysWithValues: products.enumerated().map { ($1, $0) })
    let itemProducts = items.map { productPlaces[$0.product] ?? 0 }
    // 1. Gaps, by region and product and by partner.
    let match = SupplyMatch(stock: stock, demand: demand, horizon: horizon)
    let regions = Set(items.map(\.region)).sorted()
    let regionPlaces = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
    let wide = products.count
    let byRegion = zip(items, itemProducts).map { (regionPlaces[$0.region] ?? 0) * wide + $1 }
    var partners: [String] = []
    let byPartner = items.map { item in
      if partners.last != item.partner { partners.append(item.partner) }
      return partners.count - 1
    }
    let horizon = horizon
    func add(_ nodes: [Int], count: Int, _ name: (Int) -> (level: String, id: String, product: String?)) -> [Row] {
      var planned = [Double](repeating: 0, count: count * horizon)
      for order in purchases where order.arrival < horizon {
        planned[nodes[order.item] * horizon + order.arrival] += Double(order.units)
      }
      return zip(match.sums(by: nodes, count: count), planned).enumerated().compactMap { cell, sums in
        guard sums.0 != SupplyMatch.Node() else { return nil }
        let name = name(cell / horizon)
        return Row(
          level: name.level, id: name.id, product: name.product, step: cell % horizon, node: sums.0, planned: sums.1)
      }
    }
    rows = add(byRegion, count: regions.count * wide) { ("region", regions[$0 / wide], products[$0 % wide]) }
    rows += add(byPartner, count: partners.count) { ("partner", partners[$0], nil) }
    // 2. What is to be made: also for series that nobody holds stock of.
    signal = ProductionSignal(
      stock: stock + unstocked.map { _ in 0 },
      safety: solution.lines.map(\.levels.safetyStock) + unstocked.map { _ in 0 },
      demand: demand + unstocked.flatMap(\.demand),
      products: itemProducts + unstocked.map { productPlaces[$0.product] ?? 0 }, productCount: products.count,
      horizon: horizon)
    orders = [Double](repeating: 0, count: products.count * horizon)
    for order in purchases { orders[itemProducts[order.item] * horizon + order.period] += Double(order.units) }
  }

  /// Demand of series without a count of stock, summed by product.
  private static func unstocked(
    _ forecast: ForecastResult, _ stocked: Set<Int>
  ) -> [(product: String, demand: [Double])] {
    var sums: [String: [Double]] = [:]
    for index in 0..<forecast.seriesCount where !stocked.contains(index) {
      var sum = sums[forecast.panel.productName(index)] ?? [Double](repeating: 0, count: forecast.horizon)
      for step in 0..<forecast.horizon { sum[step] += max(0, forecast.mean(series: index, step: step)) }
      sums[forecast.panel.productName(index)] = sum
    }
    return sums.keys.sorted().map { ($0, sums[$0] ?? []) }
  }

  var tables: [Table] { [demandSupply, productionSignal] }

  /// Units. `available`: what is left of today's stock and open orders. `short` and `surplus` are the sums of gaps of
  /// either sign over partners and products, so that a node may have both. `planned_arrivals`: of the purchase plan.
  private var demandSupply: Table {
    Table(
      name: "demand_supply", rows: rows,
      columns: [
        .text("level") { $0.level }, .text("id") { $0.id }, .text("product_id") { $0.product },
        .period("period", form: firstPeriod.form) { firstPeriod.advanced(by: $0.step) },
        .real("demand") { tabled($0.node.demand) }, .real("available") { tabled($0.node.available) },
        .real("gap") { tabled($0.node.gap) }, .real("short") { tabled($0.node.short) },
        .real("surplus") { tabled($0.node.surplus) }, .real("planned_arrivals") { $0.planned },
        .text("flag") { Self.flag($0.node) },
      ])
  }

  private static func flag(_ node: SupplyMatch.Node) -> String {
    switch (node.short >= 0.5, node.surplus >= 0.5) {
    case (true, true): "both"
    case (true, false): "short"
    case (false, true): "surplus"
    case (false, false): "matched"
    }
  }

  /// Units by product and period: the roll-up of demand, what lies in the channel at the beginning, what is to be made
  /// so that every partner ends with its safety stock, and what partners are planned to order.
  private var productionSignal: Table {
    Table(
      name: "production_signal", rows: signal.demand.indices,
      columns: [
        .text("product_id") { products[$0 / horizon] },
        .period("period", form: firstPeriod.form) { firstPeriod.advanced(by: $0 % horizon) },
        .real("demand") { tabled(signal.demand[$0]) }, .real("channel_stock") { tabled(signal.channelStock[$0]) },
        .real("make") { tabled(signal.make[$0]) }, .real("dealer_orders") { orders[$0] },
      ])
  }
}
