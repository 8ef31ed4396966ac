import ChannelTypes
import Tables

/// The rows of the sales table while they are simulated, column by column.
struct SalesRows {
  var month: [Int32] = []
  var partner: [Int32] = []
  var product: [Int32] = []
  var sellIn: [Double] = []
  var sellOut: [Double] = []
  var sellInValue: [Money] = []
  var sellOutValue: [Money] = []
  var listPrice: [Money] = []
  var netPrice: [Money] = []
  var promotion: [Int32] = []
  var promotionDays: [Double] = []
  var returns: [Double] = []
  var stockoutDays: [Double] = []

  struct Row {
    var month: Int
    var partner: Int
    var product: Int
    var sellIn: Int
    var sellOut: Int
    var dealerPrice: Money
    var listPrice: Money
    var netPrice: Money
    /// Index into the promotions; nil without one.
    var promotion: Int?
    var promotionDays: Int
    var returns: Int
    var stockoutDays: Int
  }

  mutating func reserve(_ rows: Int) {
    month.reserveCapacity(rows)
    partner.reserveCapacity(rows)
    product.reserveCapacity(rows)
    sellIn.reserveCapacity(rows)
    sellOut.reserveCapacity(rows)
    sellInValue.reserveCapacity(rows)
    sellOutValue.reserveCapacity(rows)
    listPrice.reserveCapacity(rows)
    netPrice.reserveCapacity(rows)
    promotion.reserveCapacity(rows)
    promotionDays.reserveCapacity(rows)
    returns.reserveCapacity(rows)
    stockoutDays.reserveCapacity(rows)
  }

  mutating func append(_ row: Row) {
    month.append(Int32(truncatingIfNeeded: NetworkSpecification.firstMonth.ordinal + row.month))
    partner.append(Int32(truncatingIfNeeded: row.partner))
    product.append(Int32(truncatingIfNeeded: row.product))
    sellIn.append(Double(row.sellIn))
    sellOut.append(Double(row.sellOut))
    sellInValue.append(row.dealerPrice * row.sellIn)
    sellOutValue.append(row.netPrice * row.sellOut)
    listPrice.append(row.listPrice)
    netPrice.append(row.netPrice)
    promotion.append(row.promotion.map { Int32(truncatingIfNeeded: $0) } ?? Unknown.code)
    promotionDays.append(Double(row.promotionDays))
    returns.append(Double(row.returns))
    stockoutDays.append(Double(row.stockoutDays))
  }

  func table(partners: [String], products: [String], promotions: [String]) -> Table {
    Table(
      name: "sales",
      columns: [
        Column(name: "period", values: .period(PeriodColumn(form: .month, ordinals: month))),
        .text("partner_id", codes: partner, partners), .text("product_id", codes: product, products),
        .real("sell_in_qty", sellIn), .real("sell_out_qty", sellOut),
        Column(name: "sell_in_value", values: .money(sellInValue)),
        Column(name: "sell_out_value", values: .money(sellOutValue)),
        Column(name: "list_price", values: .money(listPrice)), Column(name: "net_price", values: .money(netPrice)),
        .text("promo_id", codes: promotion, promotions), .real("promo_days", promotionDays),
        .real("returns_qty", returns), .real("stockout_days", stockoutDays),
      ])
  }
}

/// The rows of the inventory table: one count at the end of the last month but twelve and one at the end of the history,
/// so that the year between can be balanced.
struct InventoryRows {
  struct Row {
    var snapshot: CivilDate
    var partner: Int
    var product: Int
    var onHand: Int
    var onOrder: Int
    var unitCost: Money
    var oldestReceipt: CivilDate?
    var lastSale: CivilDate?
    var minimumOrder: Int
    var pack: Int
  }
  var rows: [Row] = []

  func table(partners: [String], products: [String]) -> Table {
    // Counts in order of time, each by partner and product.
    let order = rows.indices.sorted { (rows[$0].snapshot, $0) < (rows[$1].snapshot, $1) }
    let sorted = order.map { rows[$0] }
    return Table(
      name: "inventory",
      columns: [
        .days("snapshot", sorted.map(\.snapshot)),
        .text("partner_id", sorted.map { partners[$0.partner] }),
        .text("product_id", sorted.map { products[$0.product] }),
        .real("on_hand", sorted.map { Double($0.onHand) }), .real("on_order", sorted.map { Double($0.onOrder) }),
        .money("unit_cost", sorted.map(\.unitCost)), .days("oldest_receipt", sorted.map(\.oldestReceipt)),
        .days("last_sale", sorted.map(\.lastSale)), .real("moq", sorted.map { Double($0.minimumOrder) }),
        .real("pack", sorted.map { Double($0.pack) }),
      ])
  }
}
