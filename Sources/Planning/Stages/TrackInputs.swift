import Allocation
import ChannelTypes
import Demand
import Partners
import Specifications
import Tables

/// What the stage `track` reads beside the history: people, markets, plans, orders.
struct TrackInputs {
  struct Person {
    var department: String
    var region: String
    var name: String?
    var isDirector: Bool

    /// As targets name a person: the id and the name.
    func label(_ id: String) -> String { [id, name].compactMap(\.self).joined(separator: " ") }
  }

  let history: ChannelHistory
  let people: [String: Person]
  /// Of each region's market: the word that most of its cities have.
  let maturity: [String: String]
  let planned: PlannedTargets?
  private(set) var book: PromiseBook?
  private let context: StageContext

  init(_ context: StageContext, _ history: ChannelHistory) {
    self.context = context
    self.history = history
    people = Self.people(context.table(.staff))
    maturity = Self.maturity(context.table(.regions))
    planned = Self.planned(context.result(of: TargetsStage.self)?.solution, people)
    book = context.table(.orders).flatMap { PromiseBook(orders: $0, until: history.nextMonth) }
  }

  private static func people(_ table: Table?) -> [String: Person] {
    guard let table, let ids = table.text("staff_id"), let departments = table.text("department") else { return [:] }
    let (regions, names, roles, left) = (
      table.text("region"), table.text("name"), table.text("role"), table.periods("left_on")
    )
    var people: [String: Person] = [:]
    for row in 0..<table.rowCount {
      guard let id = ids[row] else { continue }
      people[id] = Person(
        department: departments[row] ?? "", region: regions?[row] ?? "", name: names?[row],
        isDirector: roles?[row] == "director" && left?[row] == nil)
    }
    return people
  }

  private static func maturity(_ table: Table?) -> [String: String] {
    guard let table, let regions = table.text("region"), let words = table.text("maturity") else { return [:] }
    var counts: [String: [String: Int]] = [:]
    for row in 0..<table.rowCount {
      guard let region = regions[row], let word = words[row] else { continue }
      counts[region, default: [:]][word, default: 0] += 1
    }
    return counts.compactMapValues { words in
      words.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }
  }

  private static func planned(_ solution: TargetSolution?, _ people: [String: Person]) -> PlannedTargets? {
    guard let solution, let first = solution.months.first else { return nil }
    let ids = Dictionary(people.map { ($0.value.label($0.key), $0.key) }, uniquingKeysWith: { min($0, $1) })
    func money(_ values: [Double]) -> [Money] {
      values.map { Money(rounding: $0, decimals: Money.decimals) ?? .zero }
    }
    return PlannedTargets(
      members: solution.members.map {
        .init($0.id, region: $0.region, owner: ids[$0.owner] ?? $0.owner)
      },
      firstMonth: first, monthCount: solution.months.count, amounts: money(solution.amounts),
      prepayments: solution.prepayments.map(money) ?? [])
  }

  // MARK: Markets

  func market(_ settings: ElasticSettings) -> MarketDemand {
    let demand = context.plan.demand
    let start = context.plan.calendar.start?.value ?? history.nextMonth
    let days = context.plan.calendar.frequency.days
    let firstDay = start.firstDay ?? history.nextMonth.firstDay
    return MarketDemand(context.table(.marketIndex), history: history, window: settings.months.value) { region, month in
      guard let firstDay, let day = month.firstDay else { return demand.factor(region: region, step: 0) }
      // Half a period forgives the unequal lengths of months.
      let step = (Double(day.daysSinceEpoch - firstDay.daysSinceEpoch) / days + 0.5).rounded(.down)
      return demand.factor(region: region, step: Int(max(0, step)))
    }
  }

  // MARK: Demand

  /// The planned demand as revenue; nil without a forecast by month or sales to price it with.
  func demand(_ targets: RevenueTargets) -> TargetOutlook.Demand? {
    guard let forecast = context.result(of: DemandStage.self), forecast.firstPeriod.form == .month else { return nil }
    let measure = context.plan.forecast.measure
    let last = max(0, history.monthCount - 12)..<history.monthCount
    let revenues = history.hasSellIn ? history.sellInValue : history.sellOutValue
    func amount(_ partner: Int, _ cell: Int) -> Double {
      // Where sell-out is not reported the forecast rests on sell-in.
      switch measure {
      case .sellOutQuantity:
        history.sellOutRows[cell] > 0 ? history.sellOutUnits[cell] : history.sellInUnits[cell]
      case .sellInQuantity: history.sellInUnits[cell]
      case .sellOutValue: history.sellOutValue[cell].double
      case .sellInValue: history.sellInValue[cell].double
      }
    }
    var (revenue, units) = (0.0, 0.0)
    var perUnit = [Double](repeating: .nan, count: targets.cube.nodes.count)
    for partner in history.partners.indices {
      let cells = history.cells(partner: partner, months: last)
      let earned = cells.reduce(0) { $0 + revenues[$1].double }
      let sold = cells.reduce(0) { $0 + amount(partner, $1) }
      revenue += earned
      units += sold
      if sold > 0, earned > 0 { perUnit[partner] = earned / sold }
    }
    guard revenue > 0, units > 0 else { return nil }
    for partner in history.partners.indices where perUnit[partner].isNaN { perUnit[partner] = revenue / units }
    let nodes = forecast.panel.partners.map { targets.partnerNodes[$0] ?? -1 }
    return TargetOutlook.Demand(
      paths: forecast.valuePaths, firstMonth: forecast.firstPeriod,
      nodes: forecast.panel.series.map { nodes[$0.partner] },
      revenuePerUnit: perUnit,
      timing: timing(of: revenues, perUnit, from: forecast.firstPeriod, steps: forecast.horizon, amount))
  }

  /// Partners buy before they sell: where targets count what they buy and the forecast what they sell, the part of a
  /// year's purchases that each calendar month had in the last years, over its part of sales. 1 where less than two
  /// whole years are known. Of a year as a whole it changes nothing.
  private func timing(
    of revenues: [Money], _ perUnit: [Double], from first: Period, steps: Int, _ amount: (Int, Int) -> Double
  ) -> [Double]? {
    let years = min(3, history.monthCount / 12)
    let isSold = [.sellOutQuantity, .sellOutValue].contains(context.plan.forecast.measure)
    guard history.hasSellIn, isSold, years >= 2 else { return nil }
    var (bought, sold) = ([Double](repeating: 0, count: 12), [Double](repeating: 0, count: 12))
    for month in history.monthCount - 12 * years..<history.monthCount {
      let calendar = (history.firstMonth.ordinal + month) % 12
      for partner in history.partners.indices {
        let cell = partner * history.monthCount + month
        bought[calendar] += revenues[cell].double
        sold[calendar] += amount(partner, cell) * perUnit[partner]
      }
    }
    let level = bought.reduce(0, +) / sold.reduce(0, +)
    return (0..<steps).map { step in
      let calendar = (first.ordinal + step) % 12
      let ratio = bought[calendar] / sold[calendar] / level
      return ratio.isFinite ? min(4, max(0.25, ratio)) : 1
    }
  }

  // MARK: What became of other measures

  /// By region and month of the cube.
  func actuals(_ measure: TargetCube.Measure, _ cube: TargetCube, _ settings: TrackingSettings)
    -> MeasureTargets.Actuals
  {
    switch measure {
    case .revenue: MeasureTargets.Actuals()
    case .prepayment: MeasureTargets.Actuals(values: prepayments(cube, settings.prepaymentKinds))
    case .profit: MeasureTargets.Actuals(values: profit(cube))
    case .share: share(cube)
    case .coverage: coverage(cube)
    }
  }

  private func empty(_ cube: TargetCube, _ value: Double) -> [Double] {
    let offset = history.firstMonth.ordinal - cube.firstMonth.ordinal
    return (0..<cube.monthCount).map { $0 >= offset && $0 < cube.knownMonths ? value : .nan }
  }

  private var regions: [String] { Set(history.partners.map(\.region)).sorted() }

  /// Prepayments received; months before the first document are not known.
  private func prepayments(_ cube: TargetCube, _ kinds: [PromiseBook.Kind]) -> [String: [Double]] {
    guard let book else { return [:] }
    var values: [String: [Double]] = [:]
    let first = (book.promises.lazy.map(\.month).min() ?? 0) - cube.firstMonth.ordinal
    for region in regions {
      values[region] = empty(cube, 0).enumerated().map { $0.offset < first ? .nan : $0.element }
    }
    let owner = book.partners.map { history.index(of: $0) }
    for kind in kinds {
      for item in book.received(kind) {
        guard let partner = owner[item.partner] else { continue }
        let month = item.month - cube.firstMonth.ordinal
        guard (0..<cube.knownMonths).contains(month) else { continue }
        values[history.partners[partner].region]?[month] += item.amount.double
      }
    }
    return values
  }

  /// Σ value · the product's margin. Complexity: O(rows of sales).
  private func profit(_ cube: TargetCube) -> [String: [Double]] {
    guard let sales = context.table(.sales), let products = context.table(.products),
      let margins = products.numbers("margin"), let names = products.text("product_id"),
      let ids = sales.text("product_id"), let owners = sales.text("partner_id"), let periods = sales.periods("period"),
      let revenue = sales.money(history.hasSellIn ? "sell_in_value" : "sell_out_value")
    else { return [:] }
    let regions = regions
    let place = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
    let regionOf = owners.dictionary.map { id in
      history.index(of: id).flatMap { place[history.partners[$0].region] } ?? -1
    }
    let lookup = RowLookup(names)
    let marginOf = ids.dictionary.map { lookup[$0].map { margins[$0] } ?? .nan }
    let ordinals = periods.ordinals(as: .month)
    var sums = [Double](repeating: 0, count: regions.count * cube.monthCount)
    for row in 0..<sales.rowCount where ordinals[row] != Int.min && revenue[row] != Unknown.money {
      let month = ordinals[row] - cube.firstMonth.ordinal
      guard (0..<cube.knownMonths).contains(month), owners.codes[row] >= 0, ids.codes[row] >= 0 else { continue }
      let (region, margin) = (regionOf[Int(owners.codes[row])], marginOf[Int(ids.codes[row])])
      if region >= 0, margin.isFinite { sums[region * cube.monthCount + month] += margin * revenue[row].double }
    }
    let known = empty(cube, 0)
    return Dictionary(
      uniqueKeysWithValues: regions.enumerated().map { index, region in
        (region, (0..<cube.monthCount).map { known[$0] + sums[index * cube.monthCount + $0] })
      })
  }

  /// What partners sold on, over the region's market: a twelfth of its cities' yearly potential, moved by the index.
  private func share(_ cube: TargetCube) -> MeasureTargets.Actuals {
    guard let table = context.table(.regions), let names = table.text("region"), let money = table.money("potential")
    else { return MeasureTargets.Actuals() }
    var potential: [String: Double] = [:]
    for row in 0..<table.rowCount where money[row] != Unknown.money {
      if let region = names[row] { potential[region, default: 0] += money[row].double / 12 }
    }
    let market = context.table(.marketIndex).map { MarketDemand($0, history: history, window: 1) }
    let hasSellOut = history.sellOutValue.contains { $0 != .zero }
    let values = hasSellOut ? history.sellOutValue : history.sellInValue
    var sold = Dictionary(uniqueKeysWithValues: regions.map { ($0, empty(cube, 0)) })
    let offset = history.firstMonth.ordinal - cube.firstMonth.ordinal
    for (partner, facts) in history.partners.enumerated() {
      for month in 0..<history.monthCount {
        sold[facts.region]?[offset + month] += values[partner * history.monthCount + month].double
      }
    }
    var actuals = MeasureTargets.Actuals()
    for region in regions {
      guard let size = potential[region], size > 0, let own = sold[region] else { continue }
      var level = 1.0
      // Months to come keep the last known size of the market.
      let weights = (0..<cube.monthCount).map { month -> Double in
        let known = month - offset
        if let market, let place = market.position(of: region), !market.isFallback[place],
          (0..<market.monthCount).contains(known)
        {
          let index = market.index[place * market.monthCount + known]
          if index.isFinite { level = index / 100 }
        }
        return size * level
      }
      actuals.weights[region] = weights
      actuals.values[region] = zip(own, weights).map { $1 > 0 ? $0 / $1 : .nan }
    }
    return actuals
  }

  /// Cities in which a partner bought or sold, over all cities of the region.
  private func coverage(_ cube: TargetCube) -> MeasureTargets.Actuals {
    guard let table = context.table(.regions), let names = table.text("region"), let cities = table.text("city")
    else { return MeasureTargets.Actuals() }
    var all: [String: Set<String>] = [:]
    for row in 0..<table.rowCount {
      if let region = names[row], let city = cities[row] { all[region, default: []].insert(city) }
    }
    let offset = history.firstMonth.ordinal - cube.firstMonth.ordinal
    var covered: [String: [Set<String>]] = [:]
    for (partner, facts) in history.partners.enumerated() {
      guard let city = facts.city, all[facts.region]?.contains(city) == true else { continue }
      for month in 0..<history.monthCount {
        let cell = partner * history.monthCount + month
        guard history.sellInUnits[cell] > 0 || history.sellOutUnits[cell] > 0 || history.sellInValue[cell] > .zero
        else { continue }
        covered[facts.region, default: Array(repeating: [], count: cube.monthCount)][offset + month].insert(city)
      }
    }
    var actuals = MeasureTargets.Actuals()
    for (region, cities) in all {
      let known = empty(cube, 0)
      actuals.weights[region] = Array(repeating: Double(cities.count), count: cube.monthCount)
      let reached = covered[region]?.map(\.count) ?? []
      actuals.values[region] = known.enumerated().map { month, zero -> Double in
        reached.isEmpty ? zero : zero + Double(reached[month]) / Double(cities.count)
      }
    }
    return actuals
  }

  /// Planned prepayments by region and month of the cube.
  func plannedPrepayments(_ cube: TargetCube) -> [String: [Money?]] {
    guard let planned, !planned.prepayments.isEmpty else { return [:] }
    let offset = planned.firstMonth.ordinal - cube.firstMonth.ordinal
    var sums: [String: [Money?]] = [:]
    for (index, member) in planned.members.enumerated() {
      for month in 0..<planned.monthCount where (0..<cube.monthCount).contains(offset + month) {
        let amount = planned.prepayments[index * planned.monthCount + month]
        let sum = sums[member.region, default: Array(repeating: nil, count: cube.monthCount)][offset + month]
        sums[member.region, default: Array(repeating: nil, count: cube.monthCount)][offset + month] =
          (sum ?? .zero) + amount
      }
    }
    return sums
  }
}
