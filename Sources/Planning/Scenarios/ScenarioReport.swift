import ChannelTypes
public import Tables

/// What scenarios change, ready to be shown: figures, decisions by region, the range of every named uncertainty.
///
/// Holds no run: the answers' results are let go once their tables are made.
public struct ScenarioReport: Sendable {
  /// One scenario's figures.
  public struct Column: Sendable {
    public let name: String
    public let figures: [FigureChange]
    public let settings: [SettingChange]
    public let recomputed: [StageName]
    /// Limits that contradict one another; the figures are those that could still be computed.
    public let conflicts: [Diagnostic]
  }

  /// A value of the plan taken through a range.
  public struct SweepColumn: Sendable {
    public let key: String
    public let values: [Double]
    /// The steps as they are set: `1200000`, `*0.9`.
    public let settings: [String]
    /// Every step's figures, in order.
    public let figures: [[FigureChange]]
  }

  public let scenarios: [Column]
  public let sweeps: [SweepColumn]
  public let tornado: [TornadoBar]
  /// `scenario_patches`, `scenario_kpis`, `compare`, `tornado`, `sweep`, and what scenarios do to each partner.
  public let tables: [Table]

  /// - Parameters:
  ///   - answers: one for each scenario.
  ///   - sweeps: one answer for each step.
  public init(
    base: Run, answers: [TrialAnswer], sweeps: [(sweep: Sweep, answers: [TrialAnswer])] = [], tornado: [TornadoBar] = []
  ) {
    scenarios = answers.map {
      Column(
        name: $0.name, figures: $0.figures, settings: $0.settings, recomputed: $0.recomputed,
        conflicts: $0.run.conflicts)
    }
    self.sweeps = sweeps.map {
      SweepColumn(
        key: $0.sweep.key, values: $0.sweep.values, settings: $0.sweep.settings, figures: $0.answers.map(\.figures))
    }
    self.tornado = tornado
    let partners = PartnerRegions(base.data[.partners])
    tables =
      [
        Self.patches(scenarios), Self.figures(scenarios),
        Self.comparison(base, answers, partners), TornadoBar.table(tornado), Self.sweep(self.sweeps),
      ]
      .filter { $0.rowCount > 0 } + ScenarioEffects(base, answers).tables
  }

  // MARK: - Tables

  /// The values of the plan that each scenario sets.
  private static func patches(_ scenarios: [Column]) -> Table {
    let rows = scenarios.flatMap { scenario in scenario.settings.map { (scenario: scenario.name, setting: $0) } }
    return Table(
      name: "scenario_patches", rows: rows,
      columns: [
        .text("scenario", \.scenario), .text("key", \.setting.key), .text("base", \.setting.base),
        .text("value", \.setting.value), .text("origin", \.setting.origin),
      ])
  }

  /// Every figure of every scenario; `noise_low` and `noise_high` are the 80 % interval of the change over the draws
  /// that base and scenario share.
  private static func figures(_ scenarios: [Column]) -> Table {
    let rows = scenarios.flatMap { scenario in scenario.figures.map { (scenario: scenario.name, figure: $0) } }
    return Table(
      name: "scenario_kpis", rows: rows,
      columns: [
        .text("scenario", \.scenario), .text("stage", \.figure.stage.rawValue), .text("name", \.figure.name),
        .text("label", \.figure.label), .text("unit", \.figure.unit), .text("better", \.figure.better.rawValue),
        .real("base") { tabled($0.figure.base, 6) }, .real("value") { tabled($0.figure.value, 6) },
        .real("change") { tabled($0.figure.change, 6) },
        .real("change_pct") { tabled($0.figure.relativeChange * 100, 4) },
        .real("noise_low") { tabled($0.figure.noise?.lowerBound ?? .nan, 6) },
        .real("noise_high") { tabled($0.figure.noise?.upperBound ?? .nan, 6) },
      ])
  }

  /// Decisions by region where base and scenario differ.
  private static func comparison(_ base: Run, _ answers: [TrialAnswer], _ partners: PartnerRegions) -> Table {
    var rows: [(scenario: String, region: String, measure: RegionMeasure, base: Double, value: Double)] = []
    for answer in answers {
      for measure in RegionMeasure.all where answer.recomputed.contains(measure.stage) {
        let before = measure.sums(base, partners)
        let after = measure.sums(answer.run, partners)
        for region in Set(before.keys).union(after.keys).sorted() {
          let (old, new) = (before[region] ?? 0, after[region] ?? 0)
          // Sums of rounded cells: what is less than a thousandth is no difference.
          if abs(new - old) >= 5e-4 { rows.append((answer.name, region, measure, old, new)) }
        }
      }
    }
    let currency = base.plan.currency
    return Table(
      name: "compare", rows: rows,
      columns: [
        .text("scenario", \.scenario), .text("subject") { "region:\($0.region)" }, .text("measure", \.measure.name),
        .text("unit") { $0.measure.unit ?? currency },
        .real("base") { tabled($0.base) }, .real("value") { tabled($0.value) },
        .real("change") { tabled($0.value - $0.base) },
      ])
  }

  /// Every figure at every step that moves along the sweep.
  private static func sweep(_ sweeps: [SweepColumn]) -> Table {
    var rows: [(key: String, value: Double, figure: FigureChange)] = []
    for sweep in sweeps {
      let moving = Set(sweep.figures.joined().filter { !$0.isSame }.map(\.name))
      for (value, figures) in zip(sweep.values, sweep.figures) {
        for figure in figures where moving.contains(figure.name) { rows.append((sweep.key, value, figure)) }
      }
    }
    return Table(
      name: "sweep", rows: rows,
      columns: [
        .text("key", \.key), .real("value", \.value), .text("name", \.figure.name), .text("label", \.figure.label),
        .text("unit", \.figure.unit), .real("kpi_value") { tabled($0.figure.value, 6) },
      ])
  }
}

/// Which region a partner belongs to.
struct PartnerRegions {
  private let regions: [String: String]

  init(_ table: Table?) {
    var regions: [String: String] = [:]
    if let table, let ids = table.text("partner_id"), let names = table.text("region") {
      for row in 0..<table.rowCount {
        if let id = ids[row], let region = names[row] { regions[id] = region }
      }
    }
    self.regions = regions
  }

  subscript(_ partner: String) -> String? { regions[partner] }
}

/// A decision or expectation that adds up by region, and the output table that holds it.
struct RegionMeasure {
  let name: String
  /// Nil for the plan's currency.
  let unit: String?
  let stage: StageName
  let table: String
  let column: String
  /// Whether the rows speak of partners instead of regions.
  var isByPartner = false

  static let all = [
    RegionMeasure(name: "demand", unit: "units", stage: .demand, table: "demand_plan", column: "planned"),
    RegionMeasure(name: "revenue", unit: nil, stage: .demand, table: "planned_revenue", column: "revenue_of_year"),
    RegionMeasure(name: "target", unit: nil, stage: .track, table: "target_adjust", column: "target_after"),
    RegionMeasure(name: "budget", unit: nil, stage: .budget, table: "region_allocation", column: "plan"),
    RegionMeasure(name: "stock_value", unit: nil, stage: .stock, table: "partner_stock", column: "stock_value"),
    RegionMeasure(
      name: "incentive_accrual", unit: nil, stage: .incentives, table: "accruals", column: "accrual", isByPartner: true),
    RegionMeasure(name: "credit_limit", unit: nil, stage: .credit, table: "credit", column: "proposed_limit"),
  ]

  func sums(_ run: Run, _ partners: PartnerRegions) -> [String: Double] {
    guard let output = run.stages.first(where: { $0.name == stage })?.output,
      let table = output.tables.first(where: { $0.name == self.table }),
      let subjects = table.text(isByPartner ? "partner_id" : "region")
    else { return [:] }
    let numbers = table.numbers(column)
    var sums: [String: Double] = [:]
    for row in 0..<table.rowCount {
      guard let subject = subjects[row], let region = isByPartner ? partners[subject] : subject else { continue }
      let value = numbers?[row] ?? 0
      sums[region, default: 0] += value.isFinite ? value : 0
    }
    return sums
  }
}
