public import ChannelTypes
public import Tables

extension PartnerHistory {
  /// The tables that a partner's history is read from; all but the sales are optional.
  public struct Sources: Sendable {
    public var sales: Table
    public var partners: Table?
    /// Margins as shares of net sales.
    public var products: Table?
    public var incidents: Table?
    public var deliveries: Table?

    public init(
      sales: Table, partners: Table? = nil, products: Table? = nil, incidents: Table? = nil, deliveries: Table? = nil
    ) {
      self.sales = sales
      self.partners = partners
      self.products = products
      self.incidents = incidents
      self.deliveries = deliveries
    }
  }

  /// Words in the `status` column that say that a partner has ended.
  static let endedWords: Set<String> = [
    "ended", "terminated", "closed", "cancelled", "canceled", "lost", "inactive", "left", "终止", "已终止", "结束", "退出",
    "流失",
  ]

  /// Reads and adds up the tables; nil where no sales row has a partner and a period. Sales by day are added up to
  /// months.
  /// - Parameters:
  ///   - frequency: what running numbers count, as the plan says.
  ///   - historyFrom: earlier periods are left out.
  ///   - until: this period and later ones are left out; nil for none.
  public init?(_ sources: Sources, frequency: Frequency, historyFrom: Period? = nil, until: Period? = nil) {
    guard let sales = SalesColumns(sources.sales, margins: ProductMargins(sources.products)) else { return nil }
    let rows = sales.rows(from: historyFrom, until: until)
    guard let first = rows.map(\.period).min(), let last = rows.map(\.period).max() else { return nil }
    let list = PartnerList(sources.partners, sales: sales, rows: rows)
    let shape = Shape(partners: list.index, first: first, count: last - first + 1, form: sales.form)
    var totals = SalesTotals(shape)
    for row in rows { totals.add(row, sales) }
    self.init(
      partners: list.names, regions: list.regions, channels: list.channels,
      firstPeriod: Period(form: sales.form, ordinal: first), periodCount: shape.count,
      frequency: sales.form.frequency ?? frequency, sales: totals.sales, margin: totals.margin, sellIn: totals.sellIn,
      stockoutShare: totals.stockoutShare, signed: list.signed.map { shape.position(of: $0) }, isEnded: list.isEnded)
    incidents = shape.counts(sources.incidents) ?? []
    deliveryDelay = shape.delays(sources.deliveries) ?? []
  }
}

/// Where a partner and a period lie in the history's series.
private struct Shape {
  let partners: [String: Int]
  let first: Int
  let count: Int
  let form: PeriodForm

  var size: Int { partners.count * count }

  /// The number of the history's period in which another period begins, possibly before the first.
  func position(of period: Period?) -> Int? { period?.containing(form).map { $0.ordinal - first } }

  func offset(_ partner: String?, _ period: Period?) -> Int? {
    guard let partner, let index = partners[partner], let position = position(of: period), position >= 0,
      position < count
    else { return nil }
    return index * count + position
  }

  /// How many rows a partner has in each period.
  func counts(_ table: Table?) -> [Double]? {
    guard let table, let ids = table.text("partner_id"), let dates = table.periods("date") else { return nil }
    var counts = [Double](repeating: 0, count: size)
    for row in 0..<table.rowCount {
      if let offset = offset(ids[row], dates[row]) { counts[offset] += 1 }
    }
    return counts
  }

  /// Mean of actual − promised days.
  func delays(_ table: Table?) -> [Double]? {
    guard let table, let ids = table.text("partner_id"), let periods = table.periods("period"),
      let promised = table.numbers("promised_days"), let actual = table.numbers("actual_days")
    else { return nil }
    var sums = [Double](repeating: 0, count: size)
    var known = [Double](repeating: 0, count: size)
    for row in 0..<table.rowCount {
      let delay = actual[row] - promised[row]
      guard !delay.isNaN, let offset = offset(ids[row], periods[row]) else { continue }
      sums[offset] += delay
      known[offset] += 1
    }
    return zip(sums, known).map { $1 > 0 ? $0 / $1 : .nan }
  }
}

/// The maker's margin on each product, as a share of net sales.
private struct ProductMargins {
  private var shares: [String: Double] = [:]

  init(_ products: Table?) {
    guard let products, let ids = products.text("product_id"), let margins = products.numbers("margin") else { return }
    for row in 0..<products.rowCount where !margins[row].isNaN {
      if let id = ids[row] { shares[id] = margins[row] }
    }
  }

  /// One where no product has a margin: the value is then sales, and the stage says so.
  func share(_ product: String?) -> Double {
    guard !shares.isEmpty else { return 1 }
    return product.flatMap { shares[$0] } ?? shares.values.reduce(0, +) / Double(shares.count)
  }
}

/// The columns of the sales table that tell who sold what.
private struct SalesColumns {
  struct Row {
    let index: Int
    let partner: String
    let period: Int
  }

  let form: PeriodForm
  let regions: TextColumn?
  private let table: Table
  private let partners: TextColumn
  private let periods: PeriodColumn
  /// Value, or quantity where there is no value.
  let sellOut: [Double]
  let sellIn: [Double]?
  let stockoutDays: [Double]?
  /// Margin share of each row's product.
  let marginShare: [Double]

  init?(_ table: Table, margins: ProductMargins) {
    guard let partners = table.text("partner_id"), let periods = table.periods("period") else { return nil }
    let outValue = table.numbers("sell_out_value")
    let inValue = table.numbers("sell_in_value")
    let outQuantity = table.numbers("sell_out_qty")
    let inQuantity = table.numbers("sell_in_qty")
    guard let sellOut = outValue ?? outQuantity ?? inValue ?? inQuantity else { return nil }
    self.table = table
    self.partners = partners
    self.periods = periods
    self.sellOut = sellOut
    sellIn = outValue != nil ? inValue : outQuantity != nil ? inQuantity : nil
    form = periods.form == .day ? .month : periods.form
    regions = table.text("region")
    stockoutDays = table.numbers("stockout_days")
    let products = table.text("product_id")
    let shareOfCode = products?.dictionary.map { margins.share($0) } ?? []
    let unknown = margins.share(nil)
    marginShare = (0..<table.rowCount).map { row in
      guard let code = products?.codes[row], code >= 0 else { return unknown }
      return shareOfCode[Int(code)]
    }
  }

  func rows(from start: Period?, until end: Period?) -> [Row] {
    let earliest = start?.containing(form)?.ordinal ?? .min
    let latest = end?.containing(form)?.ordinal ?? .max
    return (0..<table.rowCount).compactMap { row in
      guard let partner = partners[row], let period = periods[row]?.containing(form)?.ordinal, period >= earliest,
        period < latest
      else {
        return nil
      }
      return Row(index: row, partner: partner, period: period)
    }
  }
}

/// Names, regions, channels and ends of all partners, those of the partners table first.
private struct PartnerList {
  var names: [String] = []
  var regions: [String] = []
  var channels: [String] = []
  var signed: [Period?] = []
  var isEnded: [Bool] = []
  var index: [String: Int] = [:]

  init(_ table: Table?, sales: SalesColumns, rows: [SalesColumns.Row]) {
    if let table, let ids = table.text("partner_id") {
      let (region, channel) = (table.text("region"), table.text("channel_type"))
      let (signedOn, status) = (table.periods("signed_on"), table.text("status"))
      for row in 0..<table.rowCount {
        guard let id = ids[row], index[id] == nil else { continue }
        let ended = status?[row].map { PartnerHistory.endedWords.contains($0.lowercased()) } ?? false
        append(id, region?[row] ?? "", channel?[row] ?? "", signedOn?[row], ended)
      }
    }
    for row in rows where index[row.partner] == nil {
      append(row.partner, sales.regions?[row.index] ?? "", "", nil, false)
    }
  }

  private mutating func append(_ id: String, _ region: String, _ channel: String, _ signed: Period?, _ isEnded: Bool) {
    index[id] = names.count
    names.append(id)
    regions.append(region)
    channels.append(channel)
    self.signed.append(signed)
    self.isEnded.append(isEnded)
  }
}

/// Sums of the sales rows by partner and period; NaN where nothing was reported.
private struct SalesTotals {
  private let shape: Shape
  var sales: [Double]
  var margin: [Double]
  var sellIn: [Double]
  private var stockoutSum: [Double]
  private var stockoutRows: [Double]
  /// Days of each period; 30.4 for running numbers.
  private let days: [Double]

  init(_ shape: Shape) {
    self.shape = shape
    sales = [Double](repeating: .nan, count: shape.size)
    margin = sales
    sellIn = sales
    stockoutSum = [Double](repeating: 0, count: shape.size)
    stockoutRows = stockoutSum
    days = (0..<shape.count).map { position in
      let period = Period(form: shape.form, ordinal: shape.first + position)
      guard let first = period.firstDay, let next = period.advanced(by: 1).firstDay else { return 365.25 / 12 }
      return Double(next.daysSinceEpoch - first.daysSinceEpoch)
    }
  }

  mutating func add(_ row: SalesColumns.Row, _ columns: SalesColumns) {
    guard let partner = shape.partners[row.partner] else { return }
    let offset = partner * shape.count + row.period - shape.first
    let value = columns.sellOut[row.index]
    if !value.isNaN {
      sales[offset] = sales[offset].orZero + value
      margin[offset] = margin[offset].orZero + value * columns.marginShare[row.index]
    }
    if let bought = columns.sellIn?[row.index], !bought.isNaN { sellIn[offset] = sellIn[offset].orZero + bought }
    if let empty = columns.stockoutDays?[row.index], !empty.isNaN {
      stockoutSum[offset] += min(1, empty / days[row.period - shape.first])
      stockoutRows[offset] += 1
    }
  }

  var stockoutShare: [Double] { zip(stockoutSum, stockoutRows).map { $1 > 0 ? $0 / $1 : .nan } }
}
