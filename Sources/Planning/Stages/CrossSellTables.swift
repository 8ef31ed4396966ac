import ChannelTypes
import Partners
import Specifications
import Tables

/// `cross_sell`: the next product of every partner.
struct CrossSellTables {
  let table: Table

  /// Nil where the sales table has no months of partners and products.
  init?(_ context: StageContext, _ sales: Table) {
    guard let partner = sales.text("partner_id"), let product = sales.text("product_id"),
      let period = sales.periods("period"), let last = period.ordinals.filter({ $0 != Unknown.ordinal }).max()
    else { return nil }
    let columns = ["sell_in_value", "sell_out_value", "sell_in_qty", "sell_out_qty"]
    guard let values = columns.lazy.compactMap({ sales.numbers($0) }).first else { return nil }
    let settings = context.plan.value
    // 1. Baskets of the last twelve months.
    var end = Int(last)
    if let start = context.plan.calendar.start?.value.containing(period.form) { end = min(end, start.ordinal - 1) }
    let frequency = period.form.frequency ?? context.plan.calendar.frequency
    let from = end - frequency.periodsPerYear
    var sums: [UInt64: Double] = [:]
    for row in 0..<sales.rowCount {
      let ordinal = Int(period.ordinals[row])
      guard ordinal > from, ordinal <= end, partner.codes[row] >= 0, product.codes[row] >= 0, values[row] > 0 else {
        continue
      }
      let pair = UInt64(UInt32(bitPattern: partner.codes[row])) << 32 | UInt64(UInt32(bitPattern: product.codes[row]))
      sums[pair, default: 0] += values[row]
    }
    let baskets = CrossSell.Baskets(
      sums.map { (partner: Int($0.key >> 32), product: Int($0.key & 0xFFFF_FFFF), value: $0.value) },
      partnerCount: partner.dictionary.count, productCount: product.dictionary.count)
    // 2. Rules and offers; partners that have ended are offered nothing.
    let model = CrossSell(baskets, leastBuyers: settings.leastBuyers.value, level: settings.level.value)
    let history = context.result(of: HistoryStage.self)
    let people = partner.dictionary.map { id in history.flatMap { $0.index(of: id).map($0.person) } }
    let offers = model.offers(best: settings.offers.value).filter { people[$0.partner]?.isActive ?? true }
    let margins = Self.margins(context.table(.products))
    let isMoney = sales.hasColumn("sell_in_value") || sales.hasColumn("sell_out_value")
    func margin(_ offer: CrossSell.Offer) -> Money? {
      guard isMoney, let share = margins[product.dictionary[offer.product]] else { return nil }
      return Money(rounding: offer.expectedValue * share)
    }
    let sorted = offers.sorted {
      ($1.expectedValue, partner.dictionary[$0.partner], $0.product)
        < ($0.expectedValue, partner.dictionary[$1.partner], $1.product)
    }
    table = Table(
      name: "cross_sell", rows: sorted,
      columns: [
        .text("partner_id") { partner.dictionary[$0.partner] }, .text("region") { people[$0.partner]?.region },
        .text("product_id") { product.dictionary[$0.product] },
        .text("because_of") { product.dictionary[$0.rule.antecedent] }, .integer("buyers_of_both") { $0.rule.both },
        .real("propensity") { tabled($0.rule.propensity, 6) }, .real("lift") { tabled($0.rule.lift, 6) },
        .real("lift_lower") { tabled($0.rule.lower, 6) }, .real("lift_upper") { tabled($0.rule.upper, 6) },
        .money("expected_revenue") { isMoney ? Money(rounding: $0.expectedValue) : nil },
        .money("expected_margin") { margin($0) },
      ])
  }

  private static func margins(_ products: Table?) -> [String: Double] {
    guard let products, let ids = products.text("product_id"), let margins = products.numbers("margin") else {
      return [:]
    }
    var shares: [String: Double] = [:]
    for row in 0..<products.rowCount {
      if let id = ids[row], !margins[row].isNaN { shares[id] = margins[row] }
    }
    return shares
  }
}

extension ChannelHistory {
  fileprivate func person(_ index: Int) -> Partner { partners[index] }
}
