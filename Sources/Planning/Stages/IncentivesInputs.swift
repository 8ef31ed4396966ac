import ChannelTypes
import Partners
import Tables

/// Reads what the incentive rules look at from the tables.
struct IncentivesReader {
  let context: StageContext
  let history: ChannelHistory
  let rules: IncentiveRules

  func inputs() -> IncentiveInputs {
    IncentiveInputs(
      rules: rules, history: history, bases: bases(), tracking: context.result(of: TrackStage.self),
      standings: context.result(of: StockStage.self)?.standings, awards: context.result(of: AwardsStage.self),
      potentials: potentials())
  }

  // MARK: Sales

  /// Sales by version, partner × month: those of the history, or weighted by the version's multipliers.
  private func bases() -> [[Money]] {
    let sales = history.hasSellIn ? history.sellInValue : history.sellOutValue
    let factors = MultiplierTable(context.table(.products))
    return rules.versions.map { version in
      let plain = version.basis.isSellOut ? history.sellOutValue : sales
      guard !version.multipliers.isEmpty else { return plain }
      let column = version.basis.isSellOut || !history.hasSellIn ? "sell_out_value" : "sell_in_value"
      return weighted(column) { factors.factor($0, version.multipliers) } ?? plain
    }
  }

  /// The maker's contribution from sell-out, partner × month; nil without margins.
  func contributions() -> [Money]? {
    guard let products = context.table(.products), let ids = products.text("product_id"),
      let margins = products.numbers("margin")
    else { return nil }
    var shares: [String: Percent] = [:]
    for row in 0..<products.rowCount where margins[row].isFinite {
      guard let id = ids[row], let percent = Money(rounding: margins[row] * 100, decimals: 4) else { continue }
      shares[id] = Percent(tenThousandths: percent.tenThousandths)
    }
    return weighted("sell_out_value") { shares[$0] ?? Percent(0) }
  }

  /// Σ over rows of value · factor of the product, exact, rounded once a partner and month to a ten-thousandth: with
  /// values in cents and factors of two decimals nothing is rounded.
  private func weighted(_ column: String, _ factor: (String) -> Percent) -> [Money]? {
    guard let table = context.table(.sales), let values = table.money(column), let ids = table.text("partner_id"),
      let products = table.text("product_id"), let periods = table.periods("period")
    else { return nil }
    let months = periods.ordinals(as: .month)
    let partners = ids.dictionary.map { history.index(of: $0) ?? -1 }
    let weights = products.dictionary.map { Int128(factor($0).tenThousandths) }
    var sums = [Int128](repeating: 0, count: history.partners.count * history.monthCount)
    for row in 0..<table.rowCount {
      guard ids.codes[row] >= 0, values[row] != Unknown.money, months[row] != Int.min else { continue }
      let (partner, month) = (partners[Int(ids.codes[row])], months[row] - history.firstMonth.ordinal)
      guard partner >= 0, month >= 0, month < history.monthCount else { continue }
      let code = products.codes[row]
      let weight = code < 0 ? 1_000_000 : weights[Int(code)]
      sums[partner * history.monthCount + month] += Int128(values[row].tenThousandths) * weight
    }
    return sums.map { Money(tenThousandths: Int64(clamping: $0.dividedToEven(by: 1_000_000))) }
  }

  // MARK: Markets

  /// Yearly sales of such goods in each partner's city.
  private func potentials() -> [Money?] {
    guard let table = context.table(.regions), let cities = table.text("city"),
      let amounts = table.money("potential")
    else { return [Money?](repeating: nil, count: history.partners.count) }
    var byCity: [String: Money] = [:]
    for row in 0..<table.rowCount where amounts[row] != Unknown.money {
      if let city = cities[row] { byCity[city, default: .zero] += amounts[row] }
    }
    return history.partners.map { partner in
      partner.city.flatMap { byCity[$0] }.flatMap { $0 > .zero ? $0 : nil }
    }
  }

  // MARK: Ledger

  func ledger() -> IncentiveLedger {
    let whole = Set(history.wholeQuarters)
    let years = Set(whole.compactMap { $0.containing(.year) }.filter { history.months(in: $0).count == 12 })
    return IncentiveLedger(entries(), rules: rules) { whole.contains($0) || years.contains($0) }
  }

  private func entries() -> [IncentiveEntry] {
    guard let table = context.table(.incentiveLedger), let ids = table.text("entry_id"),
      let partners = table.text("partner_id"), let kinds = table.text("kind"), let amounts = table.money("amount")
    else { return [] }
    let (dates, periods, refs) = (table.periods("date"), table.periods("period"), table.text("ref"))
    let indices = partners.dictionary.map { history.index(of: $0) }
    return (0..<table.rowCount).map { row in
      let code = partners.codes[row]
      return IncentiveEntry(
        row: row, id: ids[row] ?? "", partner: code < 0 ? nil : indices[Int(code)], kind: kinds[row] ?? "",
        amount: amounts[row] == Unknown.money ? .zero : amounts[row], period: periods?[row], date: dates?[row],
        ref: refs?[row])
    }
  }
}

/// By how much the sales of a product count: the first of its own factor, that of its role, that of its family; else 1.
struct MultiplierTable {
  private var roles: [String: String] = [:]
  private var families: [String: String] = [:]

  init(_ products: Table?) {
    guard let products, let ids = products.text("product_id") else { return }
    let (role, family) = (products.text("role"), products.text("family"))
    for row in 0..<products.rowCount {
      guard let id = ids[row] else { continue }
      roles[id] = role?[row]
      families[id] = family?[row]
    }
  }

  func factor(_ product: String, _ multipliers: [IncentiveRule.Multiplier]) -> Percent {
    let keys: [(IncentiveRule.Multiplier.Scope, String?)] = [
      (.product, product), (.role, roles[product]), (.family, families[product]),
    ]
    for (scope, id) in keys {
      if let found = multipliers.first(where: { $0.scope == scope && $0.id == id }) { return found.factor }
    }
    return Percent(100)
  }
}
