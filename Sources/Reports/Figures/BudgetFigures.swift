import Tables

/// The budget by region, read from `region_allocation`, `allocation` and `budget_comparison`.
struct BudgetFigures {
  struct Region {
    var name: String
    var now: Double
    var plan: Double
    var marginalReturn: Double
    var heldBy: String
    /// What the budget of the region brings, now and planned; NaN where `allocation` does not tell.
    var marginNow = Double.nan
    var marginPlan = Double.nan

    var change: Double { plan - now }
    var marginChange: Double { marginPlan - marginNow }
    /// `retention`, `reserve` and `not_spent` are lines of the budget but no regions.
    var isRegion: Bool { !["retention", "reserve", "not_spent"].contains(name) }
    var label: String {
      isRegion ? name : name == "not_spent" ? say("not spent") : say(word: name)
    }
  }

  /// Regions by size of change, then the reserve and what is not spent.
  var regions: [Region]
  /// `now`, `pro_rata`, `plan`, `plan_at_present_total`: total and expected margin.
  var comparison: [(allocation: String, total: Double, margin: Double)]

  init?(_ view: RunView) {
    guard let table = view.filled("region_allocation") else { return nil }
    let names = table.cells("region")
    let (now, plan) = (table.cells("now"), table.cells("plan"))
    let (marginal, held) = (table.cells("marginal_return"), table.cells("held_by"))
    regions = (0..<table.rowCount).map { row in
      Region(
        name: names.text(row), now: now.number(row), plan: plan.number(row), marginalReturn: marginal.number(row),
        heldBy: held.text(row))
    }
    comparison = []
    if let allocation = view.filled("allocation") { addMargins(allocation) }
    if let table = view.filled("budget_comparison") {
      let (names, totals, margins) = (table.cells("allocation"), table.cells("total"), table.cells("expected_margin"))
      comparison = (0..<table.rowCount).map { (names.text($0), totals.number($0), margins.number($0)) }
    }
    regions =
      places.sorted { (-abs($0.change), $0.name) < (-abs($1.change), $1.name) } + regions.filter { !$0.isRegion }
  }

  /// The lines that are regions.
  var places: [Region] { regions.filter(\.isRegion) }

  func margin(of allocation: String) -> Double? {
    comparison.first { $0.allocation == allocation }?.margin
  }
  func total(of allocation: String) -> Double? { comparison.first { $0.allocation == allocation }?.total }

  /// The expected margin of the plan above that of now.
  var gain: Double? {
    if let plan = margin(of: "plan"), let now = margin(of: "now") { return plan - now }
    let changes = places.map(\.marginChange)
    return changes.contains { $0.isFinite } ? knownSum(changes) : nil
  }

  /// How the gain splits: from moving money, and from the total being another one.
  ///
  /// Where the comparison has the best division of today's total, moving is measured on that; otherwise on the plan's
  /// total spread as now.
  var gainParts: (moved: Double, total: Double, isSameMoney: Bool)? {
    guard let plan = margin(of: "plan"), let now = margin(of: "now") else { return nil }
    if let same = margin(of: "plan_at_present_total") { return (same - now, plan - same, true) }
    guard let proRata = margin(of: "pro_rata") else { return nil }
    return (plan - proRata, proRata - now, false)
  }

  private mutating func addMargins(_ table: Table) {
    let names = table.cells("region")
    let columns = [("margin_now", \Region.marginNow), ("margin_plan", \Region.marginPlan)]
    for (column, path) in columns {
      let cells = table.cells(column)
      var sums: [String: Double] = [:]
      for row in 0..<table.rowCount where cells.number(row).isFinite {
        sums[names.text(row), default: 0] += cells.number(row)
      }
      for index in regions.indices { regions[index][keyPath: path] = sums[regions[index].name] ?? .nan }
    }
  }
}

extension BudgetFigures {
  /// Now, plan and change of every line of the budget.
  func table(currency: String) -> TextTable {
    var table = TextTable([
      .init(say("budget, \(currency)"), .left), .init(say("now")), .init(say("plan")), .init(say("change")),
      .init(say("marginal return")),
      .init(say("held by"), .left),
    ])
    for region in regions {
      table.add(
        region.label, NumberText.grouped(region.now), NumberText.grouped(region.plan), NumberText.signed(region.change),
        region.marginalReturn.isFinite ? NumberText.grouped(region.marginalReturn, decimals: 2) : "",
        say(label: region.heldBy))
    }
    return table
  }
}
