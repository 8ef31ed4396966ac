import Allocation
import ChannelTypes
import Specifications
import Tables

/// What went in and out of the partners' stock lately, from one pass over the sales table.
struct StockMovements: Sendable {
  /// Units received within the age limit, by item; nil without sell-in or without a limit.
  private(set) var received: [Double]?
  /// Of the last twelve months, at cost, by partner.
  private(set) var costOfGoodsSold: [String: Double] = [:]
  /// Mean value of the counts of the twelve months up to the latest, at cost, by partner.
  private(set) var averageStock: [String: Double] = [:]

  init() {}

  init(_ context: StageContext, _ count: StockCount, _ items: [StockItem]) {
    averageStock = Self.averages(count)
    readSales(context, items)
  }

  private mutating func readSales(_ context: StageContext, _ items: [StockItem]) {
    guard let sales = context.table(.sales), let partner = sales.text("partner_id"),
      let product = sales.text("product_id"), let period = sales.periods("period"),
      let last = period.ordinals.filter({ $0 != Unknown.ordinal }).max()
    else { return }
    let calendar = context.plan.calendar
    let frequency = period.form.frequency ?? calendar.frequency
    var end = Int(last)
    if let start = calendar.start?.value.containing(period.form) { end = min(end, start.ordinal - 1) }
    // The item of each pair of codes, and what a unit costs.
    let partnerCodes = Self.codes(partner)
    let productCodes = Self.codes(product)
    var itemOfPair: [UInt64: Int] = [:]
    itemOfPair.reserveCapacity(items.count)
    var costs = [(sum: Double, items: Double)](repeating: (0, 0), count: product.dictionary.count)
    for (index, item) in items.enumerated() {
      guard let p = partnerCodes[item.partner], let q = productCodes[item.product] else { continue }
      itemOfPair[Self.pair(p, q)] = index
      if let cost = item.unitCost { costs[Int(q)] = (costs[Int(q)].sum + cost.double, costs[Int(q)].items + 1) }
    }
    let sellIn = sales.numbers("sell_in_qty")
    guard let sold = sales.numbers("sell_out_qty") ?? sellIn else { return }
    let limit = context.plan.inventory.age.limitDays?.value
    let agePeriods = limit.map { Int(min($0 / frequency.days, 1e6)) } ?? 0
    let year = end - frequency.periodsPerYear
    let earliest = min(year, end - agePeriods)
    var sums = [Double](repeating: 0, count: partner.dictionary.count)
    var arrivals = [Double](repeating: 0, count: items.count)
    for row in 0..<sales.rowCount {
      let ordinal = Int(period.ordinals[row])
      guard ordinal > earliest, ordinal <= end, partner.codes[row] >= 0, product.codes[row] >= 0 else { continue }
      let item = itemOfPair[Self.pair(partner.codes[row], product.codes[row])]
      if ordinal > year {
        let known = costs[Int(product.codes[row])]
        let cost = item.flatMap { items[$0].unitCost?.double } ?? (known.items > 0 ? known.sum / known.items : 0)
        var units = sold[row]
        if units.isNaN { units = sellIn?[row] ?? 0 }
        if !units.isNaN { sums[Int(partner.codes[row])] += units * cost }
      }
      if let item, let sellIn, ordinal > end - agePeriods, !sellIn[row].isNaN { arrivals[item] += sellIn[row] }
    }
    if sellIn != nil, limit != nil { received = arrivals }
    for (id, sum) in zip(partner.dictionary, sums) where sum > 0 { costOfGoodsSold[id] = sum }
  }

  private static func pair(_ partner: Int32, _ product: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: partner)) << 32 | UInt64(UInt32(bitPattern: product))
  }

  private static func codes(_ column: TextColumn) -> [String: Int32] {
    Dictionary(column.dictionary.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
  }

  private static func averages(_ count: StockCount) -> [String: Double] {
    // Values by partner and day of the count.
    var values = [[Int: Double]](repeating: [:], count: count.partner.dictionary.count)
    for row in count.partner.codes.indices where count.partner.codes[row] >= 0 {
      guard let day = count.day(row)?.daysSinceEpoch, !count.onHand[row].isNaN else { continue }
      let value = max(0, count.onHand[row]) * (count.unitCost(row)?.double ?? 0)
      values[Int(count.partner.codes[row])][day, default: 0] += value
    }
    var averages: [String: Double] = [:]
    for (id, days) in zip(count.partner.dictionary, values) {
      guard let latest = days.keys.max() else { continue }
      let recent = days.keys.filter { $0 >= latest - 366 }.sorted()
      averages[id] = recent.reduce(0) { $0 + (days[$1] ?? 0) } / Double(recent.count)
    }
    return averages
  }
}
