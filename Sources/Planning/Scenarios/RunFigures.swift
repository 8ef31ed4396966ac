import ChannelTypes
import Partners
import Tables

/// What analyses of scenarios read of a run: sums by partner of the tables that its stages publish. Tables that are not
/// there leave their figures unknown.
struct RunFigures: Sendable {
  /// Money in the plan's currency; nil where the run does not know it.
  struct PartnerFigures: Sendable {
    var region = ""
    var revenue: Figure?
    var margin: Figure?
    /// What the maker earns on the partner.
    var makerMargin: Figure?
    /// Purchases and margin that are lost for lack of stock, over the year.
    var lostPurchases = 0.0
    var lostMargin = 0.0
    var incentives: Figure?
    var target: Double?
    var creditLimit: Double?
    var budget: Double?
  }

  /// Of the next quarter, and of the planned year.
  struct Figure: Sendable, Hashable {
    var quarter = 0.0
    var year = 0.0

    static func - (left: Self, right: Self) -> Self {
      Self(quarter: left.quarter - right.quarter, year: left.year - right.year)
    }
    static func += (left: inout Self, right: Self) {
      left = Self(quarter: left.quarter + right.quarter, year: left.year + right.year)
    }
  }

  private(set) var partners: [String: PartnerFigures] = [:]
  /// What buyers gain by prices.
  private(set) var consumerGain: Figure?
  /// Units that buyers want and do not get.
  private(set) var lostUnits: Figure?
  private(set) var budgets: [String: Double] = [:]
  /// What credit is expected to lose in a year.
  private(set) var creditLoss: Double?

  /// Complexity: O(rows of the tables).
  init(_ tables: [Table]) {
    let byName = Dictionary(tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    addRevenue(byName["planned_revenue"])
    addLostSales(byName["lost_sales"], byName["disruption"])
    addIncentives(byName["accruals"])
    addTargets(byName["targets_plan"])
    addCredit(byName["credit"])
    addBudgets(byName["region_allocation"])
    if let table = byName["price_effects"] {
      let (quarter, year) = (table.numbers("consumer_gain_of_quarter"), table.numbers("consumer_gain"))
      consumerGain = Figure(quarter: Self.sum(quarter), year: Self.sum(year))
    }
  }

  private static func sum(_ values: [Double]?) -> Double {
    values?.reduce(0) { $1.isFinite ? $0 + $1 : $0 } ?? 0
  }

  private mutating func addRevenue(_ table: Table?) {
    guard let table, let ids = table.text("partner_id") else { return }
    let regions = table.text("region")
    func figures(_ name: String) -> [Figure?] {
      guard let quarter = table.numbers(name + "_of_quarter"), let year = table.numbers(name + "_of_year") else {
        return [Figure?](repeating: nil, count: table.rowCount)
      }
      return zip(quarter, year).map { $0.isFinite && $1.isFinite ? Figure(quarter: $0, year: $1) : nil }
    }
    let (revenues, margins, makers) = (figures("revenue"), figures("partner_margin"), figures("margin"))
    for row in 0..<table.rowCount {
      guard let id = ids[row] else { continue }
      partners[id, default: PartnerFigures()].region = regions?[row] ?? ""
      partners[id]?.revenue = revenues[row]
      partners[id]?.margin = margins[row]
      partners[id]?.makerMargin = makers[row]
    }
  }

  private mutating func addLostSales(_ table: Table?, _ disruption: Table?) {
    if let table, let ids = table.text("partner_id"), let revenue = table.numbers("lost_revenue"),
      let purchases = table.numbers("lost_purchases")
    {
      for row in 0..<table.rowCount {
        guard let id = ids[row], revenue[row].isFinite, purchases[row].isFinite else { continue }
        partners[id, default: PartnerFigures()].lostPurchases += purchases[row]
        partners[id]?.lostMargin += revenue[row] - purchases[row]
      }
    }
    guard let disruption, let units = disruption.numbers("lost_units"),
      case .period(let periods)? = disruption[column: "period"]?.values
    else { return }
    let first = periods.ordinals.filter { $0 != Unknown.ordinal }.min() ?? 0
    let quarter = Int32(max(1, ((periods.form.frequency?.periodsPerYear ?? 12) + 3) / 4))
    var figure = Figure(quarter: 0, year: Self.sum(units))
    for row in units.indices where units[row].isFinite && periods.ordinals[row] < first + quarter {
      figure.quarter += units[row]
    }
    lostUnits = figure
  }

  /// Accruals of quarters and of years: the next quarter's, and all.
  private mutating func addIncentives(_ table: Table?) {
    guard let table, let ids = table.text("partner_id"), let amounts = table.numbers("accrual"),
      let periods = table.text("period")?.dictionary
    else { return }
    let codes = table.text("period")?.codes ?? []
    let next = periods.filter { $0.contains("Q") }.min()
    for row in 0..<table.rowCount where amounts[row].isFinite {
      guard let id = ids[row] else { continue }
      var figure = partners[id]?.incentives ?? Figure()
      figure.year += amounts[row]
      if codes[row] >= 0, periods[Int(codes[row])] == next { figure.quarter += amounts[row] }
      partners[id, default: PartnerFigures()].incentives = figure
    }
  }

  private mutating func addTargets(_ table: Table?) {
    guard let table, let ids = table.text("partner_id"), let amounts = table.numbers("amount"),
      let measures = table.text("measure")
    else { return }
    for row in 0..<table.rowCount where amounts[row].isFinite && measures[row] == "revenue" {
      guard let id = ids[row] else { continue }
      partners[id, default: PartnerFigures()].target = (partners[id]?.target ?? 0) + amounts[row]
    }
  }

  private mutating func addCredit(_ table: Table?) {
    guard let table, let ids = table.text("partner_id"), let limits = table.numbers("proposed_limit") else { return }
    for row in 0..<table.rowCount where limits[row].isFinite {
      if let id = ids[row] { partners[id, default: PartnerFigures()].creditLimit = limits[row] }
    }
    creditLoss = Self.sum(table.numbers("expected_loss"))
  }

  private mutating func addBudgets(_ table: Table?) {
    guard let table, let regions = table.text("region"), let plans = table.numbers("plan") else { return }
    for row in 0..<table.rowCount where plans[row].isFinite {
      if let region = regions[row] { budgets[region] = plans[row] }
    }
  }

  /// Every region's money among its partners, in proportion to their planned revenue of `base`; the parts add up to the
  /// region's to the cent.
  mutating func spreadBudgets(by base: RunFigures) {
    let members = Dictionary(grouping: base.partners.keys.sorted()) { base.partners[$0]?.region ?? "" }
    for (region, ids) in members {
      guard let amount = budgets[region].flatMap({ Money(rounding: $0) }) else { continue }
      let parts = RiskSharing.split(amount, by: ids.map { base.partners[$0]?.revenue?.year ?? 0 })
      for (id, part) in zip(ids, parts) { partners[id, default: PartnerFigures()].budget = part.double }
    }
  }

  func total(_ figure: (PartnerFigures) -> Figure?) -> Figure? {
    var sum: Figure?
    for partner in partners.keys.sorted() {
      guard let own = partners[partner].flatMap(figure) else { continue }
      sum = (sum ?? Figure()).adding(own)
    }
    return sum
  }
}

extension RunFigures.Figure {
  func adding(_ other: Self) -> Self {
    var sum = self
    sum += other
    return sum
  }
}
