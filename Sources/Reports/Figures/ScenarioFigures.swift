import Tables

/// What scenarios change, read from the tables of a study: `scenario_patches`, `scenario_kpis`, `compare`,
/// `winners_losers`.
struct ScenarioFigures {
  struct Patch {
    var key: String
    var base: String
    var value: String
    var origin: String
  }

  struct KPI {
    var stage: String
    var name: String
    var label: String
    var unit: String
    /// `higher`, `lower`, `neutral`.
    var better: String
    var base: Double
    var value: Double
    var change: Double
    /// Of the base; NaN where the base is zero or unknown.
    var share: Double
    /// The 80 % interval of the change over common draws; NaN where the figure has none.
    var noiseLow: Double
    var noiseHigh: Double

    var isChanged: Bool { change.isFinite && change != 0 }
    var hasNoise: Bool { noiseLow.isFinite && noiseHigh.isFinite }
    /// An end of an interval of another figure, which has a range of its own.
    var isIntervalEnd: Bool { name.hasSuffix("_low") || name.hasSuffix("_high") }
    /// Whether a per cent says anything: not of a base that is next to nothing beside the change.
    var hasShare: Bool { share.isFinite && share.magnitude <= 10 }
    /// The interval of the change holds zero: chance may explain it.
    var isWithinNoise: Bool { hasNoise && noiseLow <= 0 && noiseHigh >= 0 }
    /// 1 where it gets better, −1 where it gets worse, 0 where that is not known.
    var verdict: Int {
      guard isChanged, !isWithinNoise, better != "neutral" else { return 0 }
      return (change > 0) == (better == "higher") ? 1 : -1
    }
  }

  struct Difference {
    var subject: String
    var measure: String
    var unit: String
    var base: Double
    var value: Double
    var change: Double
  }

  struct Outcome {
    var partner: String
    var name: String
    var region: String
    var effect: Double
    var verdict: String
    /// Changes of revenue, incentives, target, credit limit and budget.
    var parts: [Double]

    var label: String { name.isEmpty || name == partner ? partner : "\(partner) \(name)" }
  }

  struct Scenario {
    var name: String
    var patches: [Patch] = []
    var kpis: [KPI] = []
    var differences: [Difference] = []
    var outcomes: [Outcome] = []
  }

  /// In the order in which they were asked for.
  private(set) var scenarios: [Scenario] = []
  private var places: [String: Int] = [:]

  init?(_ view: RunView) {
    guard let table = view.filled("scenario_kpis") else { return nil }
    if let patches = view.filled("scenario_patches") { readPatches(patches) }
    readKPIs(table)
    if let table = view.filled("compare") { readDifferences(table) }
    if let table = view.filled("winners_losers") { readOutcomes(table) }
    guard !scenarios.isEmpty else { return nil }
  }

  /// Money and units that a planner asks for first, in this order.
  private static let mainFigures = [
    "planned_units", "planned_revenue", "planned_margin", "expected_margin_gain", "incentive_accrual",
    "incentive_payable", "stock_value", "days_of_cover", "lost_sales", "credit_expected_loss", "reserve_needed",
    "alerts_critical", "alerts_warn", "alerts_money",
  ]

  /// The main figures, then the others by how much they change.
  static func mainFirst(_ kpis: [KPI]) -> [KPI] {
    func rank(_ kpi: KPI) -> Int { mainFigures.firstIndex(of: kpi.name) ?? mainFigures.count }
    return kpis.sorted {
      let (first, second) = (rank($0), rank($1))
      return first != second
        ? first < second : ($1.share.magnitude, $0.name) < ($0.share.magnitude, $1.name)
    }
  }

  private mutating func place(_ name: String) -> Int {
    if let place = places[name] { return place }
    scenarios.append(Scenario(name: name))
    places[name] = scenarios.count - 1
    return scenarios.count - 1
  }

  private mutating func readPatches(_ table: Table) {
    let (scenario, key, base) = (table.cells("scenario"), table.cells("key"), table.cells("base"))
    let (value, origin) = (table.cells("value"), table.cells("origin"))
    for row in 0..<table.rowCount {
      scenarios[place(scenario.text(row))].patches.append(
        Patch(key: key.text(row), base: base.text(row), value: value.text(row), origin: origin.text(row)))
    }
  }

  private mutating func readKPIs(_ table: Table) {
    let (scenario, stage, name) = (table.cells("scenario"), table.cells("stage"), table.cells("name"))
    let (label, unit, better) = (table.cells("label"), table.cells("unit"), table.cells("better"))
    let (base, value, change) = (table.cells("base"), table.cells("value"), table.cells("change"))
    let (low, high) = (table.cells("noise_low"), table.cells("noise_high"))
    for row in 0..<table.rowCount {
      let (before, difference) = (base.number(row), change.number(row))
      let share = before != 0 ? difference / before.magnitude : .nan
      scenarios[place(scenario.text(row))].kpis.append(
        KPI(
          stage: stage.text(row), name: name.text(row), label: label.text(row), unit: unit.text(row),
          better: better.text(row), base: before, value: value.number(row), change: difference, share: share,
          noiseLow: low.number(row), noiseHigh: high.number(row)))
    }
  }

  private mutating func readDifferences(_ table: Table) {
    let (scenario, subject, measure) = (table.cells("scenario"), table.cells("subject"), table.cells("measure"))
    let (unit, base) = (table.cells("unit"), table.cells("base"))
    let (value, change) = (table.cells("value"), table.cells("change"))
    for row in 0..<table.rowCount where change.number(row).isFinite {
      scenarios[place(scenario.text(row))].differences.append(
        Difference(
          subject: subject.text(row), measure: measure.text(row), unit: unit.text(row), base: base.number(row),
          value: value.number(row), change: change.number(row)))
    }
  }

  private mutating func readOutcomes(_ table: Table) {
    let (scenario, partner, name) = (table.cells("scenario"), table.cells("partner_id"), table.cells("name"))
    let (region, effect, verdict) = (table.cells("region"), table.cells("effect"), table.cells("verdict"))
    let parts = ["revenue", "incentive", "target", "credit_limit", "budget"].map { table.cells("\($0)_change") }
    for row in 0..<table.rowCount where effect.number(row).isFinite {
      scenarios[place(scenario.text(row))].outcomes.append(
        Outcome(
          partner: partner.text(row), name: name.text(row), region: region.text(row), effect: effect.number(row),
          verdict: verdict.text(row), parts: parts.map { $0.number(row) }))
    }
  }
}
