internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra
internal import Regression

/// Why the last year of demand differs from the year before: one amount per component and region, which add up exactly.
///
/// The driver regressions give every series and period an expected demand exp(level + xᵀb); what each driver changed
/// from a period to the same period a year later is its part of the logarithmic mean (``AdditiveBridge``). Beside the
/// drivers stand series that came and went, sales lost to empty shelves, and what nothing explains.
///
/// In money each quantity counts at the mean of its prices before and after, and the price itself at the mean quantity:
/// P̄ ΔQ + Q̄ ΔP is the change of P Q without a remainder (Bennet, "The theory of measurement of changes in cost of
/// living", Journal of the Royal Statistical Society 83, 1920).
public struct GapBridge: Sendable, Codable {
  /// The bridge of one region.
  public struct Region: Sendable, Hashable, Codable {
    public let name: String
    /// Units sold in the two years.
    public let unitsBefore: Double
    public let unitsAfter: Double
    /// Amounts in units; they add up to `unitsAfter − unitsBefore`.
    public let units: [Component]
    /// Units at the price of each product; nil without a price.
    public let valueBefore: Double?
    public let valueAfter: Double?
    /// Amounts in the currency of the price; they add up to `valueAfter − valueBefore`.
    public let value: [Component]
  }

  public struct Component: Sendable, Hashable, Codable {
    public let name: String
    public let amount: Double

    public init(name: String, amount: Double) {
      self.name = name
      self.amount = amount
    }
  }

  public static let entered = "new_series"
  public static let left = "lost_series"
  public static let stockOuts = "stock_outs"
  public static let price = "price_level"
  public static let unexplained = "unexplained"

  /// In the order of the panel's regions, those with series only.
  public let regions: [Region]
  /// Periods of the two years.
  public let before: Range<Int>
  public let after: Range<Int>

  /// Nil where the panel has fewer than two years, or no product has a regression.
  public init?(_ panel: DemandPanel, events: Bool = true, threads: Int = 1) {
    self.init(panel, PooledRegression(panel, events: events, threads: threads), threads: threads)
  }

  /// - Parameter regression: over the same panel.
  package init?(_ panel: DemandPanel, _ regression: PooledRegression, threads: Int) {
    let year = panel.frequency.periodsPerYear
    guard panel.periodCount >= 2 * year else { return nil }
    guard regression.isFitted else { return nil }
    let (before, after) = (
      panel.periodCount - 2 * year..<panel.periodCount - year, panel.periodCount - year..<panel.periodCount
    )
    let products = parallelMap(count: panel.products.count, threads: threads) { product in
      ProductBridges(panel, regression, product: product, before: before, after: after).regions
    }
    var totals: [Int: RegionTotals] = [:]
    for product in products {
      for (region, bridge) in product { totals[region, default: RegionTotals()].add(bridge) }
    }
    let order = regression.design.driverGroups.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    regions = totals.keys.sorted().compactMap { totals[$0]?.region(panel.regions[$0], order: order) }
    self.before = before
    self.after = after
  }
}

extension DriverDesign {
  /// The driver that each column belongs to: the columns of the season and those of events count together.
  var driverGroups: [String] {
    names.indices.map { column in
      guard seasonColumns.contains(column) else { return names[column] }
      return names[column].hasPrefix("season_") ? "season" : "events"
    }
  }
}

/// The bridges of one product by region.
private struct ProductBridges: Sendable {
  struct Bridge: Sendable {
    var units: [String: Double] = [:]
    var (unitsBefore, unitsAfter) = (0.0, 0.0)
    /// Mean prices; nil where unknown.
    var priceBefore: Double?
    var priceAfter: Double?
  }

  private(set) var regions: [(region: Int, bridge: Bridge)] = []

  init(
    _ panel: DemandPanel, _ regression: PooledRegression, product: Int, before: Range<Int>, after: Range<Int>
  ) {
    let coefficients = Array(regression.coefficients(ofProduct: product))
    let groups = regression.design.driverGroups
    let columns = coefficients.indices.filter { coefficients[$0] != 0 }
    let members = Dictionary(grouping: regression.members[product]) { panel.series[$0].region }
    for region in members.keys.sorted() {
      let series = (members[region] ?? []).filter {
        Self.hasDemand(panel, $0, before) || Self.hasDemand(panel, $0, after)
      }
      guard !series.isEmpty else { continue }
      let levels = series.map { Self.level(panel, regression.design, coefficients, columns, $0, before.lowerBound) }
      func window(_ periods: Range<Int>) -> AdditiveBridge.Period {
        Self.rows(panel, regression.design, columns, series, levels, periods)
      }
      let result = AdditiveBridge(
        from: window(before), to: window(after), coefficients: columns.map { coefficients[$0] },
        drivers: columns.map { groups[$0] }, form: .product)
      var bridge = Bridge()
      for contribution in result.contributions where contribution.name != AdditiveBridge.offsetName {
        bridge.units[contribution.name] = contribution.amount
      }
      let (lostBefore, soldBefore) = Self.observed(panel, series, before)
      let (lostAfter, soldAfter) = Self.observed(panel, series, after)
      bridge.unitsBefore = soldBefore
      bridge.unitsAfter = soldAfter
      bridge.units[GapBridge.entered] = result.entered
      bridge.units[GapBridge.left] = result.left
      bridge.units[GapBridge.stockOuts] = lostBefore - lostAfter
      let explained = bridge.units.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
      bridge.units[GapBridge.unexplained] = soldAfter - soldBefore - explained
      bridge.priceBefore = Self.price(panel, series, before)
      bridge.priceAfter = Self.price(panel, series, after)
      regions.append((region, bridge))
    }
  }

  private static func hasDemand(_ panel: DemandPanel, _ series: Int, _ periods: Range<Int>) -> Bool {
    periods.contains { panel.demand[series * panel.periodCount + $0] > 0 }
  }

  /// log of demand over exp(xᵀb), both summed from a period on: the level of the series.
  private static func level(
    _ panel: DemandPanel, _ design: DriverDesign, _ coefficients: [Double], _ columns: [Int], _ series: Int,
    _ first: Int
  ) -> Double {
    var (sold, expected) = (0.0, 0.0)
    for time in first..<panel.periodCount {
      let demand = panel.demand[series * panel.periodCount + time]
      guard !demand.isNaN else { continue }
      let predictor = columns.reduce(0) { sum, column in
        let value = design.value(column, series: series, time: time)
        return sum + (value.isNaN ? 0 : coefficients[column] * value)
      }
      sold += demand
      expected += exp(min(50, predictor))
    }
    return sold > 0 && expected > 0 ? log(sold / expected) : -50
  }

  /// The rows series × period of a year with known demand, keyed by series and period of the year. A series without
  /// sales in the year is not there.
  private static func rows(
    _ panel: DemandPanel, _ design: DriverDesign, _ columns: [Int], _ series: [Int], _ levels: [Double],
    _ periods: Range<Int>
  ) -> AdditiveBridge.Period {
    var (cells, demand, offsets, keys): ([(Int, Int)], [Double], [Double], [Int]) = ([], [], [], [])
    for (index, member) in series.enumerated() where hasDemand(panel, member, periods) {
      for time in periods where !panel.demand[member * panel.periodCount + time].isNaN {
        cells.append((member, time))
        demand.append(panel.demand[member * panel.periodCount + time])
        offsets.append(levels[index])
        keys.append(index * periods.count + time - periods.lowerBound)
      }
    }
    var elements: [Double] = []
    elements.reserveCapacity(cells.count * columns.count)
    for column in columns {
      for (member, time) in cells {
        let value = design.value(column, series: member, time: time)
        elements.append(value.isNaN ? 0 : value)
      }
    }
    return AdditiveBridge.Period(
      design: Matrix(rows: cells.count, columns: columns.count, elements: elements), actual: demand, offset: offsets,
      keys: keys)
  }

  /// Units lost to stock-outs, and units sold, in a year.
  private static func observed(_ panel: DemandPanel, _ series: [Int], _ periods: Range<Int>) -> (
    lost: Double, sold: Double
  ) {
    var (lost, sold) = (0.0, 0.0)
    for member in series {
      for time in periods {
        let index = member * panel.periodCount + time
        guard !panel.observed[index].isNaN else { continue }
        sold += panel.observed[index]
        if !panel.demand[index].isNaN { lost += panel.demand[index] - panel.observed[index] }
      }
    }
    return (lost, sold)
  }

  /// The mean price by units; nil where no driver is a price, or nothing was sold at a known price.
  private static func price(_ panel: DemandPanel, _ series: [Int], _ periods: Range<Int>) -> Double? {
    let names = ["net_price", "price", "list_price"]
    guard let column = names.lazy.compactMap({ name in panel.drivers.first { $0.name == name } }).first else {
      return nil
    }
    var (value, units) = (0.0, 0.0)
    for member in series {
      for time in periods {
        let index = member * panel.periodCount + time
        guard panel.observed[index] > 0, column.values[index] > 0 else { continue }
        value += panel.observed[index] * column.values[index]
        units += panel.observed[index]
      }
    }
    return units > 0 ? value / units : nil
  }
}

/// Sums of a region over products.
private struct RegionTotals {
  private var units: [String: Double] = [:]
  private var value: [String: Double] = [:]
  private var (unitsBefore, unitsAfter, valueBefore, valueAfter) = (0.0, 0.0, 0.0, 0.0)
  private var hasPrices = true

  mutating func add(_ bridge: ProductBridges.Bridge) {
    for (name, amount) in bridge.units { units[name, default: 0] += amount }
    unitsBefore += bridge.unitsBefore
    unitsAfter += bridge.unitsAfter
    // A product that was sold in one of the years only has the price of that year.
    guard let before = bridge.priceBefore ?? bridge.priceAfter, let after = bridge.priceAfter ?? bridge.priceBefore
    else {
      if bridge.unitsBefore != 0 || bridge.unitsAfter != 0 { hasPrices = false }
      return
    }
    for (name, amount) in bridge.units { value[name, default: 0] += amount * (before + after) / 2 }
    value[GapBridge.price, default: 0] += (after - before) * (bridge.unitsBefore + bridge.unitsAfter) / 2
    valueBefore += bridge.unitsBefore * before
    valueAfter += bridge.unitsAfter * after
  }

  func region(_ name: String, order: [String]) -> GapBridge.Region {
    let all =
      [GapBridge.price] + order + [GapBridge.entered, GapBridge.left, GapBridge.stockOuts, GapBridge.unexplained]
    func components(_ amounts: [String: Double]) -> [GapBridge.Component] {
      all.compactMap { name in amounts[name].map { GapBridge.Component(name: name, amount: $0) } }
    }
    return GapBridge.Region(
      name: name, unitsBefore: unitsBefore, unitsAfter: unitsAfter, units: components(units),
      valueBefore: hasPrices ? valueBefore : nil, valueAfter: hasPrices ? valueAfter : nil,
      value: hasPrices ? components(value) : [])
  }
}
