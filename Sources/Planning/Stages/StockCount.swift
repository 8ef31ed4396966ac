import Allocation
import ChannelTypes
import Tables

/// What the tables say of an item beside its stock.
struct StockFact: Sendable {
  /// The row of its count.
  var row: Int
  var countedOn: CivilDate?
  /// Days since the oldest unit came in; NaN where unknown.
  var ageDays: Double
  /// Units that are older than the plan's limit.
  var overAge = 0.0
}

/// The columns of the inventory table.
struct StockCount {
  let partner: TextColumn
  let product: TextColumn
  let onHand: [Double]
  let snapshot: PeriodColumn
  private let ordered: [Double]?
  private let cost: [Money]?
  private let lastSale: PeriodColumn?
  private let oldestReceipt: PeriodColumn?
  private let minimum: [Double]?
  private let pack: [Double]?

  /// Nil where the table has no rows.
  init?(_ table: Table) {
    guard let partner = table.text("partner_id"), let product = table.text("product_id"),
      let onHand = table.numbers("on_hand"), let snapshot = table.periods("snapshot"), table.rowCount > 0
    else { return nil }
    (self.partner, self.product, self.onHand, self.snapshot) = (partner, product, onHand, snapshot)
    (ordered, cost) = (table.numbers("on_order"), table.money("unit_cost"))
    (lastSale, oldestReceipt) = (table.periods("last_sale"), table.periods("oldest_receipt"))
    (minimum, pack) = (table.numbers("moq"), table.numbers("pack"))
  }

  /// The rows of each partner's latest count, ordered by partner and product: what that count does not list is not there
  /// any more, whatever an older one says.
  var latestRows: [Int] {
    var latest = [Int32](repeating: Unknown.ordinal, count: partner.dictionary.count)
    let dated = partner.codes.indices.filter { snapshot.ordinals[$0] != Unknown.ordinal && partner.codes[$0] >= 0 }
    for row in dated {
      let code = Int(partner.codes[row])
      if latest[code] == Unknown.ordinal || latest[code] < snapshot.ordinals[row] {
        latest[code] = snapshot.ordinals[row]
      }
    }
    let rows = dated.filter { snapshot.ordinals[$0] == latest[Int(partner.codes[$0])] }
    let (partners, products) = (partner.ranks, product.ranks)
    return rows.sorted { left, right in
      let (mine, other) = (partners[Int(partner.codes[left])], partners[Int(partner.codes[right])])
      guard mine == other else { return mine < other }
      return rank(product.codes[left], products) < rank(product.codes[right], products)
    }
  }

  private func rank(_ code: Int32, _ ranks: [Int]) -> Int { code < 0 ? -1 : ranks[Int(code)] }

  func onOrder(_ row: Int) -> Double { ordered.map { $0[row].isNaN ? 0 : $0[row] } ?? 0 }

  func unitCost(_ row: Int) -> Money? { cost.flatMap { $0[row] == Unknown.money ? nil : $0[row] } }

  /// The last day that a count covers.
  func day(_ row: Int) -> CivilDate? {
    guard let next = snapshot[row]?.advanced(by: 1).firstDay else { return nil }
    return CivilDate(daysSinceEpoch: next.daysSinceEpoch - 1)
  }

  func daysSinceSale(_ row: Int) -> Double? { days(since: lastSale, row) }

  func ageDays(_ row: Int) -> Double { days(since: oldestReceipt, row) ?? .nan }

  private func days(since column: PeriodColumn?, _ row: Int) -> Double? {
    guard let counted = day(row), let since = column?[row]?.firstDay else { return nil }
    return Double(max(0, counted.daysSinceEpoch - since.daysSinceEpoch))
  }

  /// The smallest order and the multiple in which units are ordered.
  func lot(_ row: Int) -> (minimum: Int, pack: Int) { (Self.whole(minimum?[row]), Self.whole(pack?[row])) }

  private static func whole(_ value: Double?) -> Int {
    guard let value, value >= 1, value < 1e9 else { return 1 }
    return Int(value.rounded(.up))
  }
}

extension TextColumn {
  /// The place of every code in the order of its text.
  var ranks: [Int] {
    var ranks = [Int](repeating: 0, count: dictionary.count)
    for (place, code) in dictionary.indices.sorted(by: { dictionary[$0] < dictionary[$1] }).enumerated() {
      ranks[code] = place
    }
    return ranks
  }
}
