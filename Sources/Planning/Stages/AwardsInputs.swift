import ChannelTypes
import Demand
import Partners
import Tables

/// Reads the tables and earlier results that recognition looks at.
struct AwardsInputs {
  let recognition: RecognitionInput
  private let context: StageContext
  private let history: ChannelHistory

  init(_ context: StageContext, _ history: ChannelHistory, _ rules: RecognitionRules) {
    self.context = context
    self.history = history
    var input = RecognitionInput(history: history)
    input.tracking = context.result(of: TrackStage.self)
    input.scores = context.result(of: ScoresStage.self)
    if let ledger = context.table(.incentiveLedger) { input.ledger = Self.ledger(ledger, history) }
    input.newCustomers = context.table(.customers).flatMap { Self.newCustomers($0, history) }
    if let sales = context.table(.sales), let products = context.table(.products) {
      let months = rules.firstOrder?.months ?? FirstOrderRule(.points(2), fund: .zero).months
      Self.readNewProducts(sales, products, months: months, history, &input)
    }
    if let targets = context.table(.targets) { input.regionTargets = Self.regionTargets(targets) }
    if let demand = context.result(of: DemandStage.self) { input.yearAhead = Self.yearAhead(demand, history) }
    recognition = input
  }

  /// The partner of each code of a column; −1 where the history does not know it.
  private static func owners(_ ids: TextColumn, _ history: ChannelHistory) -> [Int] {
    ids.dictionary.map { history.index(of: $0) ?? -1 }
  }

  /// Points granted and redeemed by quarter, who received a brand fund, and what was paid for awards. A `fund` that
  /// rests on reinvestment is another one. Money for points and first orders (awards of a product) counts for their
  /// quarter, loyalty for its year, other awards for the pool that `ref` names, in the period stated or the year.
  private static func ledger(_ table: Table, _ history: ChannelHistory) -> RecognitionLedger {
    var ledger = RecognitionLedger()
    guard let ids = table.text("partner_id"), let kinds = table.text("kind"), let dates = table.periods("date") else {
      return ledger
    }
    let owner = owners(ids, history)
    let (references, products) = (table.text("ref"), table.text("product_id"))
    let (points, amounts) = (table.integers("points"), table.money("amount"))
    let periods = table.periods("period")
    for row in 0..<table.rowCount where ids.codes[row] >= 0 && owner[Int(ids.codes[row])] >= 0 {
      let partner = owner[Int(ids.codes[row])]
      guard let kind = kinds[row], ["points", "loyalty", "award", "fund"].contains(kind), let date = dates[row],
        let quarter = (periods?[row] ?? date).containing(.quarter) ?? date.containing(.quarter),
        let year = (periods?[row] ?? date).containing(.year)
      else { continue }
      let amount = amounts.flatMap { $0[row] == Unknown.money ? nil : $0[row] } ?? .zero
      switch kind {
      case "points":
        if let points, points[row] != Unknown.integer {
          ledger.add(points: Int(points[row]), .init(partner: partner, quarter: quarter))
        }
        ledger.add(paid: amount, for: "points", .init(partner: partner, quarter: quarter))
      case "loyalty": ledger.add(paid: amount, for: "star", .init(partner: partner, quarter: year))
      case "fund":
        guard references?[row]?.contains("reinvest") != true else { continue }
        ledger.hasFund.insert(partner)
      default:
        if products?[row] != nil {
          ledger.add(paid: amount, for: "first_order", .init(partner: partner, quarter: quarter))
        } else if let name = references?[row] {
          ledger.add(paid: amount, for: name, .init(partner: partner, quarter: year))
          ledger.add(paid: amount, for: name, .init(partner: partner, quarter: quarter))
        }
      }
    }
    return ledger
  }

  private static func newCustomers(_ table: Table, _ history: ChannelHistory) -> [RecognitionLedger.Key: Int]? {
    guard let ids = table.text("partner_id"), let first = table.periods("first_order") else { return nil }
    let owner = owners(ids, history)
    var counts: [RecognitionLedger.Key: Int] = [:]
    for (row, ordinal) in first.ordinals(as: .quarter).enumerated() where ordinal != Int.min && ids.codes[row] >= 0 {
      let partner = owner[Int(ids.codes[row])]
      guard partner >= 0 else { continue }
      counts[.init(partner: partner, quarter: Period(form: .quarter, ordinal: ordinal)), default: 0] += 1
    }
    return counts
  }

  /// First orders, and sales, of products within so many months of their launch. One pass over the sales.
  private static func readNewProducts(
    _ sales: Table, _ products: Table, months: Int, _ history: ChannelHistory, _ input: inout RecognitionInput
  ) {
    guard let names = products.text("product_id"), let launches = products.periods("launched_on"),
      let ids = sales.text("partner_id"), let sold = sales.text("product_id"), let dates = sales.periods("period")
    else { return }
    // 1. The launch month of each product that the sales name, and a dense number for those with one.
    let monthOf = launches.ordinals(as: .month)
    let rows = RowLookup(names).rows(for: sold)
    let first = history.firstMonth.ordinal
    let launch = rows.map { $0.map { monthOf[$0] } ?? Int.min }
    var numberOf = [Int](repeating: -1, count: launch.count)
    var fresh: [Int] = []
    // A product launched before the history begins may have had its first orders before it.
    for (code, month) in launch.enumerated() where month != Int.min && month >= first {
      numberOf[code] = fresh.count
      fresh.append(code)
    }
    guard !fresh.isEmpty else { return }
    // 2. The first month of each partner and new product, and what new products brought.
    let owner = owners(ids, history)
    let ordinals = dates.ordinals(as: .month)
    let units = sales.numbers("sell_in_qty") ?? sales.numbers("sell_out_qty")
    let values = sales.money(history.hasSellIn ? "sell_in_value" : "sell_out_value")
    var firstMonth = [Int](repeating: Int.max, count: history.partners.count * fresh.count)
    var revenue = [Money](repeating: .zero, count: history.partners.count * history.monthCount)
    for row in 0..<sales.rowCount where sold.codes[row] >= 0 && ids.codes[row] >= 0 {
      let number = numberOf[Int(sold.codes[row])]
      let partner = owner[Int(ids.codes[row])]
      let month = ordinals[row]
      guard number >= 0, partner >= 0, month != Int.min, (0..<history.monthCount).contains(month - first) else {
        continue
      }
      let age = month - launch[Int(sold.codes[row])]
      guard age >= 0 else { continue }
      if let units, units[row] > 0 {
        let cell = partner * fresh.count + number
        firstMonth[cell] = min(firstMonth[cell], month)
      }
      if age < months, let values, values[row] != Unknown.money {
        revenue[partner * history.monthCount + month - first] += values[row]
      }
    }
    input.newProductSales = revenue
    for partner in history.partners.indices {
      for (number, code) in fresh.enumerated() {
        let month = firstMonth[partner * fresh.count + number]
        guard month != Int.max, month - launch[code] < months else { continue }
        input.firstOrders.append(
          FirstOrder(partner: partner, product: sold.dictionary[code], month: Period(form: .month, ordinal: month)))
      }
    }
  }

  private static func regionTargets(_ table: Table) -> [String: [Period: Money]] {
    guard let levels = table.text("level"), let ids = table.text("id"), let dates = table.periods("period"),
      let amounts = table.money("amount")
    else { return [:] }
    let measures = table.text("measure")
    let months = dates.ordinals(as: .month)
    var targets: [String: [Period: Money]] = [:]
    for row in 0..<table.rowCount where levels[row] == "region" && measures?[row] ?? "revenue" == "revenue" {
      guard let id = ids[row], months[row] != Int.min, amounts[row] != Unknown.money else { continue }
      targets[id, default: [:]][Period(form: .month, ordinal: months[row]), default: .zero] += amounts[row]
    }
    return targets
  }

  /// Draws of what a partner buys over the next twelve months: its paths, summed over products, times what a unit of
  /// the forecast's measure brought it over the last twelve months. Nil where the forecast is not of twelve months.
  private static func yearAhead(
    _ demand: ForecastResult, _ history: ChannelHistory
  ) -> (@Sendable (Int) -> [Double])? {
    guard demand.frequency == .month, demand.horizon >= 12 else { return nil }
    let panel = demand.panel
    var series = [[Int]](repeating: [], count: history.partners.count)
    let owner = panel.partners.map { history.index(of: $0) ?? -1 }
    for (index, key) in panel.series.enumerated() where owner[key.partner] >= 0 {
      series[owner[key.partner]].append(index)
    }
    let last = max(0, history.monthCount - 12)..<history.monthCount
    let paths = demand.valuePaths
    return { [series] partner in
      var units = 0.0
      var draws = [Double](repeating: 0, count: paths.drawCount)
      for index in series[partner] {
        units += panel.observed[panel.range(ofSeries: index)].suffix(12).reduce(0) { $1.isNaN ? $0 : $0 + $1 }
        for step in 0..<12 {
          for (draw, value) in paths.draws(series: index, period: step).enumerated() {
            draws[draw] += Double(value)
          }
        }
      }
      guard units > 0 else { return [] }
      let price = history.revenue(partner: partner, months: last).double / units
      return draws.map { $0 * price }
    }
  }

  /// What the ledger paid each partner in a year, whatever for; nil without a ledger.
  func paid(in year: Period?) -> [Money]? {
    guard let year, let table = context.table(.incentiveLedger), let ids = table.text("partner_id"),
      let amounts = table.money("amount"), let dates = table.periods("date")
    else { return nil }
    let owner = Self.owners(ids, history)
    var paid = [Money](repeating: .zero, count: history.partners.count)
    for (row, date) in dates.ordinals(as: .year).enumerated()
    where date == year.ordinal && amounts[row] != Unknown.money && ids.codes[row] >= 0 {
      let partner = owner[Int(ids.codes[row])]
      if partner >= 0 { paid[partner] += amounts[row] }
    }
    return paid
  }

  /// Places of partners' rows and first sales: one scan of each file.
  func evidence(_ recognition: Recognition, _ settings: RecognitionSettings) -> RecognitionEvidence {
    var evidence = RecognitionEvidence()
    evidence.plan = settings.places
    evidence.currency = context.plan.currency
    if let table = context.table(.partners), table.source != nil {
      evidence.partnerRows = Self.places(table, "partner_id", history.partners.map { $0.row >= 0 ? $0.row : nil })
    }
    if let table = context.table(.sales), table.source != nil, let year = recognition.year {
      let months = history.months(in: year)
      evidence.salesRows = Self.places(
        table, "sell_in_value", history.partners.indices.map { history.rows(partner: $0, months: months).first })
    }
    return evidence
  }

  private static func places(_ table: Table, _ column: String, _ rows: [Int?]) -> [SourcePlace?] {
    let column = table.hasColumn(column) ? column : "partner_id"
    var found = (table.source?.locate(rows.compactMap(\.self).map { ($0, column) }) ?? []).makeIterator()
    return rows.map { $0 == nil ? nil : found.next()?.place }
  }

  /// What was left out for want of data, and what ran out.
  func notes(_ recognition: Recognition, _ settings: RecognitionSettings) -> [Diagnostic] {
    var notes: [Diagnostic] = []
    func lacks(_ key: String, _ message: String, _ hint: String) {
      notes.append(Diagnostic(AwardsCodes.missing, .warning, message, at: settings.places[key], hint: hint))
    }
    let rules = recognition.rules
    if self.recognition.tracking == nil, rules.points != nil || rules.priority != nil {
      lacks("points", "no quarter has a target: nobody earns points for attainment, or priority", "name `data.targets`")
    }
    if self.recognition.newCustomers == nil, rules.points != nil {
      lacks("points", "there are no first orders of customers: nobody earns points for them", "name `data.customers`")
    }
    if !recognition.grades.isEmpty, recognition.year == nil {
      lacks("grades", "no calendar year is whole: the grades on record stay", "give twelve months of sales")
    }
    if !recognition.grades.isEmpty, !recognition.coverageIsKnown {
      lacks("grades", "no partner states its outlets: coverage does not count", "add `outlets` to the partners")
    }
    if rules.firstOrder != nil, context.table(.products)?.hasColumn("launched_on") != true {
      lacks("new_product", "no product has a launch date, so none is new", "name `data.products`")
    }
    if rules.contest != nil, recognition.teamAwards.isEmpty {
      lacks("contest", "no squad has sales and what they are compared with", "name `data.targets` with regions")
    }
    for (index, pool) in rules.pools.enumerated() where !recognition.winners.contains(where: { $0.pool == index }) {
      notes.append(
        Diagnostic(
          AwardsCodes.missing, .warning,
          "nobody can win `\(pool.name)`: no partner has a figure for"
            + " `\(pool.measure.rawValue)`", at: pool.place))
    }
    let late = recognition.firstOrders.count { !$0.isRewarded }
    if late > 0 {
      notes.append(
        Diagnostic(
          AwardsCodes.exhausted, .warning, "\(late) first orders came after the fund was exhausted",
          at: settings.places["new_product"], hint: "raise `fund`"))
    }
    return notes
  }
}
