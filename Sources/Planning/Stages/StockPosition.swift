import Allocation
import ChannelTypes
import Demand
import Partners
import Specifications
import Tables

/// The latest count of every product at every partner that is there, with its demand, cost and price.
struct StockPosition {
  private(set) var items: [StockItem] = []
  /// What else the tables say of each item.
  private(set) var facts: [StockFact] = []
  let partners: [String: Partner]
  /// What partners sold and received, by item and partner.
  private(set) var movements = StockMovements()
  private(set) var notes: [Diagnostic] = []
  /// Item → series of the forecast; nil where it has none.
  private(set) var series: [Int?] = []

  init(_ context: StageContext, _ forecast: ForecastResult) throws(StageFailure) {
    guard let inventory = context.table(.inventory), let count = StockCount(inventory) else {
      throw .skipped(Diagnostic(StockCodes.noStock, .note, "the inventory table has no rows"))
    }
    let list = context.table(.partners).map(Partner.all) ?? []
    partners = Dictionary(list.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let leadTimes = list.map(\.leadTimeDays).filter { !$0.isNaN }.sorted()
    let typical = leadTimes.isEmpty ? 14 : leadTimes[leadTimes.count / 2]
    let prices = Self.prices(context.table(.sales))
    let families = ProductFamilies(context.table(.products))
    let plan = context.plan
    let policy = StockPolicy(context.plan.inventory)
    var assumed: Set<String> = []
    var (unpriced, ended) = (0, 0)
    for row in count.latestRows {
      guard let partnerID = count.partner[row], let productID = count.product[row], !count.onHand[row].isNaN else {
        continue
      }
      let partner = partners[partnerID]
      guard partner?.isActive ?? true else {
        ended += 1
        continue
      }
      let known = partner.flatMap { $0.leadTimeDays.isNaN ? nil : $0.leadTimeDays }
      if known == nil { assumed.insert(partnerID) }
      let leadTime = known ?? typical
      let index = forecast.index(partner: partnerID, product: productID)
      let days = max(policy.upperCoverDays, leadTime + policy.reviewDays, 1)
      var item = StockItem(
        partner: partnerID, product: productID, region: partner?.region ?? "", onHand: count.onHand[row],
        onOrder: count.onOrder(row), leadTimeDays: leadTime,
        demand: index.map { .paths(forecast.paths, series: $0, periodDays: forecast.frequency.days) } ?? .none,
        meanPerDay: index.map { max(0, forecast.meanPerDay(series: $0, days: days)) } ?? 0)
      // What the next unit costs and brings: at the factors of the first planned period.
      func factor(_ factors: NamedFactors) -> Double {
        factors.factor(region: item.region, product: productID, family: families[productID], step: 0)
      }
      item.unitCost = count.unitCost(row).flatMap { $0.times(factor(plan.cost)) }
      item.unitPrice = prices[productID].map { $0 * factor(plan.price.factors) }
      item.daysSinceSale = count.daysSinceSale(row)
      (item.minimumOrder, item.pack) = count.lot(row)
      if item.unitCost == nil || item.unitPrice == nil { unpriced += 1 }
      items.append(item)
      series.append(index)
      facts.append(StockFact(row: row, countedOn: count.day(row), ageDays: count.ageDays(row)))
    }
    movements = StockMovements(context, count, items)
    if let limit = context.plan.inventory.age.limitDays?.value { setOverAge(limit) }
    note(assumed: assumed.count, days: typical, unpriced: unpriced)
    if ended > 0 {
      notes.append(
        Diagnostic(StockCodes.ended, .note, "\(ended) stocks of partners that have ended are left out"))
    }
  }

  /// First in, first out: what is on hand beyond what came in within the limit is older than it, where the oldest unit
  /// is. Without sell-in, all units are as old as the oldest.
  private mutating func setOverAge(_ limit: Double) {
    for index in items.indices where facts[index].ageDays > limit {
      let received = movements.received?[index] ?? 0
      facts[index].overAge = max(0, items[index].onHand - max(0, received))
    }
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

extension Money {
  /// Itself at a factor of 1, else rounded to cents; nil beyond what money can hold.
  fileprivate func times(_ factor: Double) -> Money? { factor == 1 ? self : Money(rounding: double * factor) }
}
