public import ChannelTypes
public import Tables

/// Where goods would leak: what the same products cost less in one region than in another, after freight.
///
///     gap = Σ over products of units sold there · (price there − price here − freight a unit) / Σ of units · price there
///
/// Prices are those of the last months, a unit on average: net prices to customers where sell-out is reported, else what
/// partners paid. Products that only one of the two regions sold do not count. A gap above zero pays whoever carries goods across the border.
public struct PriceGaps: Sendable {
  public struct Pair: Sendable, Hashable {
    public var from: String
    public var to: String
    public var products: Int
    /// Shares of the price in `to`: before freight, freight, and after it.
    public var gap: Double
    public var freight: Double
    public var net: Double { gap - freight }
    /// Whether the freight is that of lanes between the regions, not the plan's.
    public var hasLanes: Bool
    /// The product with the widest gap after freight.
    public var widestProduct: String
    public var widestNet: Double
  }

  /// By region from and to.
  public private(set) var pairs: [Pair] = []
  /// More regions would make more pairs than anyone reads.
  public static let mostRegions = 60

  /// - Parameters:
  ///   - months: how many months before `until` count.
  ///   - freight: a unit where no lane joins the regions.
  /// Complexity: O(rows + regions² · products).
  public init(
    sales: Table, lanes: Table?, regionOf: (String) -> String?, until: Period, months: Int = 3, freight: Double
  ) {
    guard let owners = sales.text("partner_id"), let products = sales.text("product_id"),
      let units = sales.numbers("sell_out_qty") ?? sales.numbers("sell_in_qty"),
      let values = sales.numbers(sales.numbers("sell_out_qty") == nil ? "sell_in_value" : "sell_out_value"),
      let periods = sales.periods("period"), let end = until.containing(.month)?.ordinal
    else { return }
    let regionOfOwner = owners.dictionary.map(regionOf)
    let regions = Set(regionOfOwner.compactMap(\.self)).subtracting([""]).sorted()
    guard (2...Self.mostRegions).contains(regions.count) else { return }
    let place = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
    let ownerPlace = regionOfOwner.map { $0.flatMap { place[$0] } ?? -1 }
    let (wide, ordinals) = (products.dictionary.count, periods.ordinals(as: .month))
    var sums = [Bought](repeating: (0, 0), count: regions.count * wide)
    for row in 0..<sales.rowCount where ordinals[row] < end && ordinals[row] >= end - months {
      guard owners.codes[row] >= 0, products.codes[row] >= 0, units[row] > 0, values[row] > 0 else { continue }
      let region = ownerPlace[Int(owners.codes[row])]
      guard region >= 0 else { continue }
      sums[region * wide + Int(products.codes[row])].units += units[row]
      sums[region * wide + Int(products.codes[row])].value += values[row]
    }
    let freights = Self.freights(lanes, regionOf, place)
    // Products in the order of their names, so that equal gaps name the same one.
    let order = (0..<wide).sorted { products.dictionary[$0] < products.dictionary[$1] }
    for from in regions.indices {
      for to in regions.indices where to != from {
        let lane = freights[from * regions.count + to]
        let pair = Self.pair(
          order.map { (products.dictionary[$0], sums[from * wide + $0], sums[to * wide + $0]) },
          freight: lane ?? freight)
        guard var pair else { continue }
        (pair.from, pair.to, pair.hasLanes) = (regions[from], regions[to], lane != nil)
        pairs.append(pair)
      }
    }
  }

  private typealias Bought = (units: Double, value: Double)

  private static func pair(_ products: [(name: String, from: Bought, to: Bought)], freight: Double) -> Pair? {
    var (whole, gap, road, count) = (0.0, 0.0, 0.0, 0)
    var widest: (product: String, net: Double)?
    for (name, from, to) in products where from.units > 0 && to.units > 0 {
      let (here, there) = (from.value / from.units, to.value / to.units)
      whole += to.value
      gap += to.units * (there - here)
      road += to.units * freight
      count += 1
      let net = (there - here - freight) / there
      if net > widest?.net ?? -.infinity { widest = (name, net) }
    }
    guard whole > 0, let widest else { return nil }
    return Pair(
      from: "", to: "", products: count, gap: gap / whole, freight: road / whole, hasLanes: false,
      widestProduct: widest.product, widestNet: widest.net)
  }

  /// The mean cost of the lanes between regions; nil where there is none.
  private static func freights(
    _ lanes: Table?, _ regionOf: (String) -> String?, _ place: [String: Int]
  ) -> [Double?] {
    var sums = [(cost: Double, lanes: Double)](repeating: (0, 0), count: place.count * place.count)
    if let lanes, let from = lanes.text("from_partner"), let to = lanes.text("to_partner"),
      let cost = lanes.numbers("cost_per_unit")
    {
      for row in 0..<lanes.rowCount where cost[row].isFinite {
        guard let start = from[row].flatMap(regionOf).flatMap({ place[$0] }),
          let end = to[row].flatMap(regionOf).flatMap({ place[$0] })
        else { continue }
        sums[start * place.count + end].cost += cost[row]
        sums[start * place.count + end].lanes += 1
      }
    }
    return sums.map { $0.lanes > 0 ? $0.cost / $0.lanes : nil }
  }
}
