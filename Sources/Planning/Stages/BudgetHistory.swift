import ChannelTypes
import Demand
import Glibc
import Specifications
import Tables

/// The history that response curves are estimated from, assembled from the tables of a plan.
///
/// Outcome: Σ sell-out value × product margin of the region's partners, scaled up for partners that did not report.
/// Controls: price (mean ln net price against the product's own mean), promotion and stock-out days, the market index.
struct BudgetHistory {
  let panel: ResponsePanel
  let form: PeriodForm
  let first: Period
  /// Exact spend: spend type → region-major periods.
  let amounts: [[Money]]
  /// Periods of the panel in a quarter.
  let periodsPerQuarter: Double
  var notes: [Diagnostic] = []
  /// By region of the panel: what was sold in the last year.
  let mix: [[SoldProduct]]

  init(_ context: StageContext, spendTypes wanted: [String]) throws(StageFailure) {
    guard let spend = SpendRows(context), let sales = SalesRows(context, form: spend.form) else {
      throw .skipped(Diagnostic(BudgetCodes.noHistory, .note, "the sales or the budget table holds no usable row"))
    }
    let calendar = context.plan.calendar
    var span = max(spend.first, sales.first)...max(max(spend.first, sales.first), min(spend.last, sales.last))
    if let from = calendar.historyFrom?.value.containing(spend.form)?.ordinal, from > span.lowerBound {
      span = from...max(from, span.upperBound)
    }
    if let start = calendar.start?.value.containing(spend.form)?.ordinal, start <= span.upperBound {
      span = span.lowerBound...max(span.lowerBound, start - 1)
    }
    let regions = spend.regions
    let types = wanted + spend.types.filter { !wanted.contains($0) }
    let shape = PanelShape(regions: regions, span: span)
    form = spend.form
    first = Period(form: spend.form, ordinal: span.lowerBound)
    periodsPerQuarter = Self.periodsPerQuarter(spend.form, calendar.frequency)
    amounts = spend.panels(types: types, shape: shape)
    let outcome = sales.outcome(shape)
    notes = outcome.notes
    mix = sales.mix(
      shape, year: (spend.form.frequency ?? calendar.frequency).periodsPerYear,
      ProductFamilies(context.table(.products)))
    if !sales.hasMargins {
      notes.append(
        Diagnostic(BudgetCodes.salesStandIn, .warning, "no product margins: returns of spend are counted in sales"))
    }
    let left = spend.types.filter { !wanted.contains($0) }
    if !wanted.isEmpty, !left.isEmpty {
      notes.append(
        Diagnostic(BudgetCodes.notAllocated, .note, "the plan gives no money to \(left.joined(separator: ", "))"))
    }
    var panel = ResponsePanel(
      regions: regions, spendTypes: types, periodCount: span.count, outcome: outcome.values,
      spend: amounts.map { $0.map { max(0, $0.double) } },
      controls: sales.controls(shape) + Self.marketIndex(context, shape, form: spend.form),
      seasonLength: (spend.form.frequency ?? calendar.frequency).periodsPerYear)
    // A lift is read out in margin: it cannot be compared with sales.
    if sales.hasMargins { panel.experiments = Self.experiments(context, shape, types: types, form: form) }
    self.panel = panel
  }

  /// The period after the last one of the history.
  var end: Period { first.advanced(by: panel.periodCount) }

  /// Spend of the last quarter of the history.
  func recentSpend(region: Int, type: Int) -> Money {
    let count = min(panel.periodCount, max(1, Int(periodsPerQuarter.rounded())))
    let end = (region + 1) * panel.periodCount
    return amounts[type][end - count..<end].total()
  }

  private static func periodsPerQuarter(_ form: PeriodForm, _ frequency: Frequency) -> Double {
    switch form.frequency ?? frequency {
    case .day: 91.3125
    case .week: 13
    case .month: 3
    case .quarter: 1
    case .year: 0.25
    }
  }

  /// Treated regions of randomised trials that were read out and lie inside the panel.
  private static func experiments(
    _ context: StageContext, _ shape: PanelShape, types: [String], form: PeriodForm
  ) -> [ResponsePanel.Experiment] {
    guard let table = context.table(.experiments), let regions = table.text("region"), let arms = table.text("arm"),
      let spendTypes = table.text("spend_type"), let extra = table.numbers("extra_spend"),
      let lift = table.numbers("lift_value"), let error = table.numbers("lift_standard_error"),
      let drawn = table.integers("randomised"), let starts = table.periods("starts")?.ordinals(as: form),
      let ends = table.periods("ends")?.ordinals(as: form)
    else { return [] }
    let regionRows = shape.regionRows(regions)
    return (0..<table.rowCount).compactMap { row in
      guard arms[row] == "treatment", drawn[row] == 1, let region = regionRows[row],
        let type = spendTypes[row].flatMap({ types.firstIndex(of: $0) }), extra[row].isFinite, lift[row].isFinite,
        error[row] > 0, starts[row] >= shape.span.lowerBound, ends[row] <= shape.span.upperBound,
        starts[row] <= ends[row]
      else { return nil }
      let first = shape.span.lowerBound
      return ResponsePanel.Experiment(
        region: region, spendType: type, periods: starts[row] - first..<ends[row] - first + 1, extraSpend: extra[row],
        lift: lift[row], standardError: error[row])
    }
  }

  /// ln of the market's index; nothing where the table is missing or covers less than half of the panel.
  private static func marketIndex(
    _ context: StageContext, _ shape: PanelShape, form: PeriodForm
  ) -> [ResponsePanel.Control] {
    guard let table = context.table(.marketIndex), let periods = table.periods("period"),
      let regions = table.text("region"), let index = table.numbers("index")
    else { return [] }
    let ordinals = periods.ordinals(as: form)
    let rows = shape.regionRows(regions)
    var means = PanelMeans(shape)
    for row in 0..<table.rowCount where index[row] > 0 {
      guard let region = rows[row], let cell = shape.cell(region: region, ordinal: ordinals[row]) else { continue }
      means.add(log(index[row]), to: cell)
    }
    return means.coverage > 0.5 ? [ResponsePanel.Control(name: "market_index", values: means.filled())] : []
  }
}

/// A product in the sales of a region.
struct SoldProduct: Sendable {
  var product: String
  var family: String?
  /// Money.
  var value: Double
  /// Share of the value that is earned; 1 where margins are not known and sales stand in.
  var margin: Double
}

/// Regions × periods, region-major.
struct PanelShape {
  let regions: [String]
  let span: ClosedRange<Int>

  var count: Int { regions.count * span.count }

  func cell(region: Int, ordinal: Int) -> Int? {
    span.contains(ordinal) ? region * span.count + ordinal - span.lowerBound : nil
  }

  /// The position of each row's region; nil where it is unknown or not one of the panel.
  func regionRows(_ column: TextColumn) -> [Int?] {
    let positions = column.dictionary.map { regions.firstIndex(of: $0) }
    return column.codes.map { $0 < 0 ? nil : positions[Int($0)] }
  }
}

/// Means by region and period.
struct PanelMeans {
  private let shape: PanelShape
  private var sums: [Double]
  private var counts: [Double]

  init(_ shape: PanelShape) {
    self.shape = shape
    sums = [Double](repeating: 0, count: shape.count)
    counts = sums
  }

  mutating func add(_ value: Double, to cell: Int) {
    sums[cell] += value
    counts[cell] += 1
  }

  /// The share of cells with a value.
  var coverage: Double { Double(counts.count { $0 > 0 }) / Double(max(1, counts.count)) }

  /// The means; a cell without values takes the mean of its region, a region without values that of all.
  func filled() -> [Double] {
    let all = mean(sums.indices)
    return sums.indices.map { cell in
      if counts[cell] > 0 { return sums[cell] / counts[cell] }
      let start = cell / shape.span.count * shape.span.count
      return mean(start..<start + shape.span.count) ?? all ?? 0
    }
  }

  private func mean(_ cells: Range<Int>) -> Double? {
    let known = cells.filter { counts[$0] > 0 }
    return known.isEmpty ? nil : known.reduce(0) { $0 + sums[$1] / counts[$1] } / Double(known.count)
  }
}

/// The rows of the budget table.
private struct SpendRows {
  let form: PeriodForm
  let regions: [String]
  let types: [String]
  let first: Int
  let last: Int
  private let ordinals: [Int]
  private let regionColumn: TextColumn
  private let typeColumn: TextColumn
  private let amounts: [Money]

  init?(_ context: StageContext) {
    guard let table = context.table(.budget), let periods = table.periods("period"),
      let region = table.text("region"), let type = table.text("spend_type"), let amounts = table.money("amount")
    else { return nil }
    form = periods.form
    ordinals = periods.ordinals(as: form)
    let known = ordinals.filter { $0 != Int.min }
    guard let first = known.min(), let last = known.max() else { return nil }
    (self.first, self.last) = (first, last)
    (regionColumn, typeColumn, self.amounts) = (region, type, amounts)
    regions = region.dictionary
    types = type.dictionary
  }

  func panels(types: [String], shape: PanelShape) -> [[Money]] {
    var panels = types.map { _ in [Money](repeating: .zero, count: shape.count) }
    let regionRows = shape.regionRows(regionColumn)
    let typeOf = typeColumn.dictionary.map { types.firstIndex(of: $0) }
    for row in amounts.indices where amounts[row] != Unknown.money && typeColumn.codes[row] >= 0 {
      guard let type = typeOf[Int(typeColumn.codes[row])], let region = regionRows[row],
        let cell = shape.cell(region: region, ordinal: ordinals[row])
      else { continue }
      panels[type][cell] += amounts[row]
    }
    return panels
  }
}

/// The rows of the sales table, valued.
private struct SalesRows {
  let first: Int
  let last: Int
  let hasMargins: Bool
  private let ordinals: [Int]
  private let region: TextColumn
  private let partner: TextColumn
  private let product: TextColumn
  private let values: [Double]
  /// Of each product of the sales; nil where no margin is known.
  private let shares: [Double]?
  private let margins: [Double]
  private let table: Table

  init?(_ context: StageContext, form: PeriodForm) {
    guard let table = context.table(.sales), let periods = table.periods("period"),
      let partner = table.text("partner_id"), let product = table.text("product_id"),
      let values = SalesRows.values(table)
    else { return nil }
    self.table = table
    (self.partner, self.product) = (partner, product)
    ordinals = periods.ordinals(as: form)
    let known = ordinals.filter { $0 != Int.min }
    guard let first = known.min(), let last = known.max() else { return nil }
    (self.first, self.last) = (first, last)
    region = SalesRows.regions(table, partner, context)
    let shares = SalesRows.marginShares(product, context)
    hasMargins = shares != nil
    (self.values, self.shares) = (values, shares)
    margins = values.enumerated().map { row, value in
      product.codes[row] < 0 ? .nan : value * (shares?[Int(product.codes[row])] ?? 1)
    }
  }

  /// Sell-out value of each row; where it is unknown sell-in value, then quantity times net price.
  private static func values(_ table: Table) -> [Double]? {
    var best: [Double]?
    func fill(_ values: [Double]?) {
      guard let values else { return }
      best = best.map { zip($0, values).map { $0.isNaN ? $1 : $0 } } ?? values
    }
    fill(table.numbers("sell_out_value"))
    if let price = table.numbers("net_price"), let units = table.numbers("sell_out_qty") {
      fill(zip(price, units).map { $0 * $1 })
    }
    fill(table.numbers("sell_in_value"))
    return best
  }

  /// The region of each row: the sale's own, else the partner's.
  private static func regions(_ table: Table, _ partner: TextColumn, _ context: StageContext) -> TextColumn {
    let own = table.text("region")
    var ofPartner = [String?](repeating: nil, count: partner.dictionary.count)
    if let partners = context.table(.partners), let ids = partners.text("partner_id"),
      let regions = partners.text("region")
    {
      ofPartner = RowLookup(ids).rows(for: partner).map { $0.flatMap { regions[$0] } }
    }
    return TextColumn(
      (0..<table.rowCount).map { row in
        own?[row] ?? (partner.codes[row] < 0 ? nil : ofPartner[Int(partner.codes[row])])
      })
  }

  /// Margin of each product of the sales, the mean of the known ones where one is missing; nil without any.
  private static func marginShares(_ product: TextColumn, _ context: StageContext) -> [Double]? {
    guard let products = context.table(.products), let ids = products.text("product_id"),
      let margins = products.numbers("margin")
    else { return nil }
    let known = margins.filter { !$0.isNaN }
    guard !known.isEmpty else { return nil }
    let mean = known.reduce(0, +) / Double(known.count)
    return RowLookup(ids).rows(for: product).map { row in
      guard let row, !margins[row].isNaN else { return mean }
      return margins[row]
    }
  }

  /// Margin by region and period, scaled up for late partners; unknown where less than a third reported.
  func outcome(_ shape: PanelShape) -> (values: [Double], notes: [Diagnostic]) {
    let regionRows = shape.regionRows(region)
    let periods = shape.span.count
    // Partner × period: margin, NaN without a report. A partner belongs to the region of its first row.
    var reports = [Double](repeating: .nan, count: partner.dictionary.count * periods)
    var regionOf = [Int?](repeating: nil, count: partner.dictionary.count)
    for row in margins.indices where !margins[row].isNaN && partner.codes[row] >= 0 {
      guard let region = regionRows[row], shape.span.contains(ordinals[row]) else { continue }
      let code = Int(partner.codes[row])
      if regionOf[code] == nil { regionOf[code] = region }
      let cell = code * periods + ordinals[row] - shape.span.lowerBound
      reports[cell] = (reports[cell].isNaN ? 0 : reports[cell]) + margins[row]
    }
    var total = [Double](repeating: 0, count: shape.count)
    var usual = total
    var reported = total
    var late = 0
    for (code, region) in regionOf.enumerated() {
      guard let region else { continue }
      let own = reports[code * periods..<(code + 1) * periods]
      let known = own.indices.filter { !own[$0].isNaN }
      guard let start = known.first, let end = known.last else { continue }
      let weight = known.reduce(0) { $0 + abs(own[$1]) } / Double(known.count)
      for index in start...end {
        let cell = region * periods + index - own.startIndex
        usual[cell] += weight
        if own[index].isNaN {
          late += 1
        } else {
          reported[cell] += weight
          total[cell] += own[index]
        }
      }
    }
    let values = total.indices.map { cell in
      3 * reported[cell] > usual[cell]
        ? total[cell] * usual[cell] / reported[cell] : .nan
    }
    guard late > 0 else { return (values, []) }
    let left = zip(values, usual).count { $0.0.isNaN && $0.1 > 0 }
    let note = Diagnostic(
      BudgetCodes.incompleteReports, .note, "partners' reports missing between others of theirs: \(late)",
      notes: left > 0 ? ["periods of a region left out because less than a third reported: \(left)"] : [])
    return (values, [note])
  }

  /// What each region sold in the last `year` periods of the panel, in the order of the products of the table.
  func mix(_ shape: PanelShape, year: Int, _ families: ProductFamilies) -> [[SoldProduct]] {
    let regionRows = shape.regionRows(region)
    let products = product.dictionary.count
    var sums = [Double](repeating: 0, count: shape.regions.count * products)
    let first = shape.span.upperBound - year + 1
    for row in values.indices where values[row] > 0 && product.codes[row] >= 0 {
      guard let region = regionRows[row], shape.span.contains(ordinals[row]), ordinals[row] >= first else { continue }
      sums[region * products + Int(product.codes[row])] += values[row]
    }
    return shape.regions.indices.map { region in
      (0..<products).compactMap { code in
        let value = sums[region * products + code]
        let id = product.dictionary[code]
        return value > 0
          ? SoldProduct(product: id, family: families[id], value: value, margin: shares?[code] ?? 1) : nil
      }
    }
  }

  func controls(_ shape: PanelShape) -> [ResponsePanel.Control] {
    var controls: [ResponsePanel.Control] = []
    func add(_ name: String, _ value: (Int) -> Double) {
      var means = PanelMeans(shape)
      let regionRows = shape.regionRows(region)
      for row in 0..<table.rowCount {
        let value = value(row)
        guard value.isFinite, let region = regionRows[row],
          let cell = shape.cell(region: region, ordinal: ordinals[row])
        else { continue }
        means.add(value, to: cell)
      }
      if means.coverage > 0.5 { controls.append(ResponsePanel.Control(name: name, values: means.filled())) }
    }
    if let price = table.numbers("net_price") {
      let usual = meanLogPrices(price)
      add("net_price") { row in
        price[row] > 0 && product.codes[row] >= 0 ? log(price[row]) - usual[Int(product.codes[row])] : .nan
      }
    }
    for name in ["promo_days", "stockout_days"] {
      if let days = table.numbers(name) { add(name) { days[$0] } }
    }
    return controls
  }

  private func meanLogPrices(_ price: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: product.dictionary.count)
    var counts = sums
    for row in price.indices where price[row] > 0 && product.codes[row] >= 0 {
      sums[Int(product.codes[row])] += log(price[row])
      counts[Int(product.codes[row])] += 1
    }
    return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
