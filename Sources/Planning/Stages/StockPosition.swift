import Allocation
import ChannelTypes
import Demand
import Tables

/// The latest count of every product at every partner, with its demand, cost and price.
struct StockPosition {
  private(set) var items: [StockItem] = []
  private(set) var notes: [Diagnostic] = []
  /// Item → series of the forecast; nil where it has none.
  private var series: [Int?] = []

  init(_ context: StageContext, _ forecast: ForecastResult) throws(StageFailure) {
    guard let inventory = context.table(.inventory), let partner = inventory.text("partner_id"),
      let product = inventory.text("product_id"), let onHand = inventory.numbers("on_hand"),
      let snapshot = inventory.periods("snapshot"), inventory.rowCount > 0
    else { throw .skipped(Diagnostic(StockCodes.noStock, .note, "the inventory table has no rows")) }
    let partners = PartnerFacts(context.table(.partners))
    let prices = Self.prices(context.table(.sales))
    let onOrder = inventory.numbers("on_order")
    let cost = inventory.money("unit_cost")
    let lastSale = inventory.periods("last_sale")
    let (minimum, pack) = (inventory.numbers("moq"), inventory.numbers("pack"))
    let policy = StockPolicy(context.plan.inventory)
    var assumed: Set<String> = []
    var unpriced = 0
    for row in Self.latestRows(partner, product, snapshot) {
      guard let partnerID = partner[row], let productID = product[row], !onHand[row].isNaN else { continue }
      let facts = partners[partnerID]
      if facts.leadTimeDays == nil { assumed.insert(partnerID) }
      let leadTime = facts.leadTimeDays ?? partners.typicalLeadTime
      let index = forecast.index(partner: partnerID, product: productID)
      let days = max(policy.upperCoverDays, leadTime + policy.reviewDays, 1)
      var item = StockItem(
        partner: partnerID, product: productID, region: facts.region, onHand: onHand[row],
        onOrder: onOrder.map { $0[row].isNaN ? 0 : $0[row] } ?? 0, leadTimeDays: leadTime,
        demand: index.map { .paths(forecast.paths, series: $0, periodDays: forecast.frequency.days) } ?? .none,
        meanPerDay: index.map { max(0, forecast.meanPerDay(series: $0, days: days)) } ?? 0)
      item.unitCost = cost.flatMap { $0[row] == Unknown.money ? nil : $0[row] }
      item.unitPrice = prices[productID]
      if let counted = Self.lastDay(snapshot[row]), let sold = lastSale?[row]?.firstDay {
        item.daysSinceSale = Double(max(0, counted.daysSinceEpoch - sold.daysSinceEpoch))
      }
      item.minimumOrder = Self.whole(minimum?[row])
      item.pack = Self.whole(pack?[row])
      if item.unitCost == nil || item.unitPrice == nil { unpriced += 1 }
      items.append(item)
      series.append(index)
    }
    note(assumed: assumed.count, days: partners.typicalLeadTime, unpriced: unpriced)
  }

  /// Expected units, items × periods.
  func expectedDemand(_ forecast: ForecastResult) -> [Double] {
    series.flatMap { index in
      (0..<forecast.horizon).map { step in index.map { max(0, forecast.mean(series: $0, step: step)) } ?? 0 }
    }
  }

  private mutating func note(assumed: Int, days: Double, unpriced: Int) {
    if assumed > 0 {
      notes.append(
        Diagnostic(
          StockCodes.assumedLeadTime, .warning,
          "\(assumed) partners have no lead_time_days; \(days.written) days are assumed"))
    }
    if unpriced > 0 {
      notes.append(
        Diagnostic(
          StockCodes.unknownPrices, .warning, "\(unpriced) of \(items.count) stocks have no cost or no price"))
    }
    let unknown = series.count { $0 == nil }
    if unknown > 0 {
      notes.append(
        Diagnostic(
          StockCodes.notForecast, .note,
          "\(unknown) of \(items.count) stocks have no sales history: no demand is expected"))
    }
  }

  /// The row of the latest snapshot of every pair, ordered by partner and product.
  private static func latestRows(_ partner: TextColumn, _ product: TextColumn, _ snapshot: PeriodColumn) -> [Int] {
    struct Pair: Hashable {
      var partner: Int32
      var product: Int32
    }
    var latest: [Pair: Int] = [:]
    for row in partner.codes.indices where snapshot.ordinals[row] != Unknown.ordinal {
      let pair = Pair(partner: partner.codes[row], product: product.codes[row])
      if let known = latest[pair], snapshot.ordinals[known] >= snapshot.ordinals[row] { continue }
      latest[pair] = row
    }
    return latest.values.sorted { (partner[$0] ?? "", product[$0] ?? "") < (partner[$1] ?? "", product[$1] ?? "") }
  }

  private static func lastDay(_ period: Period?) -> CivilDate? {
    guard let next = period?.advanced(by: 1).firstDay else { return nil }
    return CivilDate(daysSinceEpoch: next.daysSinceEpoch - 1)
  }

  private static func whole(_ value: Double?) -> Int {
    guard let value, value >= 1, value < 1e9 else { return 1 }
    return Int(value.rounded(.up))
  }

  /// What a unit of each product sold for: value over quantity of the last twelve months, sell-out before sell-in.
  private static func prices(_ sales: Table?) -> [String: Double] {
    guard let sales, let product = sales.text("product_id"), let period = sales.periods("period"),
      let last = period.ordinals.filter({ $0 != Unknown.ordinal }).max()
    else { return [:] }
    let year = Int32(period.form.frequency?.periodsPerYear ?? 52)
    for (value, quantity) in [("sell_out_value", "sell_out_qty"), ("sell_in_value", "sell_in_qty")] {
      guard let values = sales.numbers(value), let quantities = sales.numbers(quantity) else { continue }
      var sums = [(value: Double, units: Double)](repeating: (0, 0), count: product.dictionary.count)
      for row in 0..<sales.rowCount where product.codes[row] >= 0 && period.ordinals[row] > last - year {
        guard !values[row].isNaN, !quantities[row].isNaN else { continue }
        sums[Int(product.codes[row])].value += values[row]
        sums[Int(product.codes[row])].units += quantities[row]
      }
      let known = zip(product.dictionary, sums).filter { $1.units > 0 && $1.value > 0 }
      if !known.isEmpty { return Dictionary(uniqueKeysWithValues: known.map { ($0, $1.value / $1.units) }) }
    }
    // Without values, the mean of the prices as they are written.
    guard let price = sales.numbers("net_price") ?? sales.numbers("list_price") else { return [:] }
    var sums = [(price: Double, rows: Double)](repeating: (0, 0), count: product.dictionary.count)
    for row in 0..<sales.rowCount where product.codes[row] >= 0 && period.ordinals[row] > last - year {
      guard price[row] > 0 else { continue }
      sums[Int(product.codes[row])].price += price[row]
      sums[Int(product.codes[row])].rows += 1
    }
    let known = zip(product.dictionary, sums).filter { $1.rows > 0 }
    return Dictionary(uniqueKeysWithValues: known.map { ($0, $1.price / $1.rows) })
  }
}

/// Region and lead time of partners.
private struct PartnerFacts {
  private var facts: [String: (region: String, leadTimeDays: Double?)] = [:]
  /// The median of known lead times; 14 days where there is none.
  let typicalLeadTime: Double

  init(_ table: Table?) {
    let leadTimes = table?.numbers("lead_time_days")
    if let table, let partner = table.text("partner_id"), let region = table.text("region") {
      for row in 0..<table.rowCount {
        guard let id = partner[row] else { continue }
        facts[id] = (region[row] ?? "", leadTimes.flatMap { $0[row].isNaN ? nil : $0[row] })
      }
    }
    let known = (leadTimes ?? []).filter { !$0.isNaN }.sorted()
    typicalLeadTime = known.isEmpty ? 14 : known[known.count / 2]
  }

  subscript(partner: String) -> (region: String, leadTimeDays: Double?) { facts[partner] ?? ("", nil) }
}
