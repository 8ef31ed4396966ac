import ChannelTypes
import Tables

@testable import Reports

/// Scenarios against the base, and other budgets.
extension SampleRun {
  static var whatIf: [Table] {
    [frontier, frontierRegions, scenarioPatches, scenarioKPIs, compare, winnersLosers, tornado, sweep]
  }

  private static let budgets = stride(from: 924_000.0, through: 1_617_000, by: 115_500).map(\.self)

  static var frontier: Table {
    let spent = budgets.map { min($0, 1_386_000) * 0.92 }
    return table(
      "frontier",
      [
        ("total", money(budgets)), ("spent", money(spent)),
        ("expected_margin", money(spent.map { 2_400_000 * ($0 / 1_000_000).squareRoot() })),
        ("worst_tenth_margin", money(spent.map { 1_500_000 * ($0 / 1_000_000).squareRoot() })),
        ("price", .real(budgets.map { 1_200_000 / $0 })),
      ])
  }

  static var frontierRegions: Table {
    let rows = budgets.flatMap { budget in regions.enumerated().map { (budget, $1, Double(10 - $0)) } }
    return table(
      "frontier_regions",
      [
        ("total", money(rows.map(\.0))), ("region", text(rows.map(\.1))),
        ("spend", money(rows.map { min($0.0, 1_386_000) * 0.92 * $0.2 / 55 })),
      ])
  }

  static var scenarioPatches: Table {
    table(
      "scenario_patches",
      [
        ("scenario", text(["demand_dip", "budget_cut", "budget_cut"])),
        ("key", text(["demand.east", "demand.east", "budget.quarter"])), ("base", text(["1", "1", "1155000"])),
        ("value", text(["0.8", "0.8", "981750"])),
        ("origin", text(["plan.yaml:401", "plan.yaml:401", "plan.yaml:402"])),
      ])
  }

  static var scenarioKPIs: Table {
    let names = [
      ("forecast", "forecast_units", "Units expected in the next 12 periods", "units", "higher", 238_075.0, 0.96),
      ("budget", "expected_margin_gain", "Expected margin, plan against now", "CNY", "higher", 131_663, 0.7),
      ("stock", "slow_share", "Slow-moving share of stock value", "share", "lower", 0.07, 1.2),
      ("targets", "target_revenue", "Revenue target", "CNY", "neutral", 75_200_000, 1),
    ]
    let rows = ["demand_dip", "budget_cut"].enumerated().flatMap { index, scenario in
      names.map { (scenario, $0, 1 + ($0.6 - 1) * Double(index + 1)) }
    }
    let changes = rows.map { $0.1.5 * ($0.2 - 1) }
    return table(
      "scenario_kpis",
      [
        ("scenario", text(rows.map(\.0))), ("stage", text(rows.map(\.1.0))), ("name", text(rows.map(\.1.1))),
        ("label", text(rows.map(\.1.2))), ("unit", text(rows.map(\.1.3))), ("better", text(rows.map(\.1.4))),
        ("base", .real(rows.map(\.1.5))), ("value", .real(rows.map { $0.1.5 * $0.2 })), ("change", .real(changes)),
        ("change_pct", .real(rows.map { 100 * ($0.2 - 1) })),
        ("noise_low", .real(zip(rows, changes).map { $0.1.1 == "forecast_units" ? .nan : $1 - abs($1) * 0.4 })),
        ("noise_high", .real(zip(rows, changes).map { $0.1.1 == "forecast_units" ? .nan : $1 + abs($1) * 1.4 })),
      ])
  }

  static var compare: Table {
    let rows = ["demand_dip", "budget_cut"].flatMap { scenario in regions.map { (scenario, $0) } }
    let base = rows.indices.map { 4_000_000 - 300_000 * Double($0 % 10) }
    return table(
      "compare",
      [
        ("scenario", text(rows.map(\.0))), ("subject", text(rows.map { "region:\($0.1)" })),
        ("measure", text(rows.map { _ in "revenue" })), ("unit", text(rows.map { _ in "CNY" })),
        ("base", .real(base)), ("value", .real(base.map { $0 * 0.97 })), ("change", .real(base.map { $0 * -0.03 })),
      ])
  }

  static var winnersLosers: Table {
    let rows = ["demand_dip", "budget_cut"].flatMap { scenario in (1...40).map { (scenario, $0) } }
    let effect = rows.map { Double(($0.1 * 37) % 41 - 20) * 950 }
    return table(
      "winners_losers",
      [
        ("scenario", text(rows.map(\.0))), ("partner_id", text(rows.map { "P\($0.1)" })),
        ("name", text(rows.map { "Dealer \($0.1)" })), ("region", text(rows.map { regions[$0.1 % 10] })),
        ("revenue_change", .real(effect.map { $0 * 4 })), ("incentive_change", .real(effect.map { $0 * 0.4 })),
        ("target_change", .real(effect.map { _ in 0 })), ("credit_limit_change", .real(effect.map { $0 * 0.6 })),
        ("budget_change", .real(effect.map { _ in .nan })), ("effect", .real(effect)),
        ("verdict", text(effect.map { $0 > 0 ? "winner" : $0 < 0 ? "loser" : "same" })),
      ])
  }

  static var tornado: Table {
    let names = ["demand", "price", "cost", "supply"]
    let rows = ["forecast_units", "expected_margin_gain"].flatMap { kpi in names.enumerated().map { (kpi, $0, $1) } }
    let width = rows.map { Double(4 - $0.1) * 9_000 }
    return table(
      "tornado",
      [
        ("uncertainty", text(rows.map(\.2))), ("key", text(rows.map { "\($0.2).*" })),
        ("low", text(rows.map { _ in "*0.9" })), ("high", text(rows.map { _ in "*1.1" })),
        ("kpi", text(rows.map(\.0))),
        (
          "label",
          text(
            rows.map {
              $0.0 == "forecast_units" ? "Units expected in the next 12 periods" : "Expected margin, plan against now"
            })
        ),
        ("unit", text(rows.map { $0.0 == "forecast_units" ? "units" : "CNY" })),
        ("base", .real(rows.map { _ in 131_663 })), ("at_low", .real(width.map { 131_663 - $0 })),
        ("at_high", .real(width.map { 131_663 + $0 * 0.8 })), ("noise", .real(width.map { _ in 2_000 })),
      ])
  }

  static var sweep: Table {
    let rows = ["expected_margin_gain", "money_not_spent"].flatMap { name in (0..<12).map { (name, Double($0)) } }
    return table(
      "sweep",
      [
        ("key", text(rows.map { _ in "budget.quarter" })), ("value", .real(rows.map { 900_000 + 60_000 * $0.1 })),
        ("name", text(rows.map(\.0))),
        (
          "label",
          text(rows.map { $0.0 == "money_not_spent" ? "Money not spent" : "Expected margin, plan against now" })
        ),
        ("unit", text(rows.map { _ in "CNY" })),
        (
          "kpi_value",
          .real(rows.map { $0.0 == "money_not_spent" ? max(0, $0.1 - 7) * 50_000 : 90_000 + 9_000 * min(7, $0.1) })
        ),
      ])
  }

  /// The same network with so many times as many partners, each with forecasts of its own.
  static func manyPartners(times: Int) -> [Table] {
    let many = tables.map { table -> Table in
      guard case .text(let ids)? = table[column: "partner_id"]?.values else { return table }
      let rows = Array(0..<table.rowCount)
      let repeated = table.keeping((0..<times).flatMap { _ in rows })
      let names = (0..<times).flatMap { time in
        rows.map { ids[$0].map { "\($0)-\(time)" } }
      }
      return Table(
        name: table.name,
        columns: repeated.columns.map { column in
          column.name == "partner_id" ? Column(name: column.name, values: .text(TextColumn(names))) : column
        })
    }
    return many.filter { $0.name != "forecast" } + [forecast(ofPartners: 150 * times)]
  }

  private static func forecast(ofPartners count: Int) -> Table {
    let rows = (0...count).flatMap { partner in (0..<12).map { (partner, $0) } }
    let periods = rows.map { Period.month(2026, 1).advanced(by: $0.1) }
    let means = rows.map { 40 + Double(($0.0 * 7919) % 97) }
    return table(
      "forecast",
      [
        ("level", text(rows.map { $0.0 == count ? "total" : "partner" })),
        ("region", text(rows.map { regions[$0.0 % 10] })),
        ("partner_id", text(rows.map { "P\($0.0)" })), ("period", .period(PeriodColumn(form: .month, periods))),
        ("mean", .real(means)), ("p10", .real(means.map { $0 * 0.7 })), ("p90", .real(means.map { $0 * 1.4 })),
      ])
  }

  /// Every table, with this in place of every name from the data.
  static func renamed(_ name: String) -> [Table] {
    let columns: Set = [
      "region", "id", "partner_id", "product_id", "main_reason", "held_by", "limit", "driver", "spend_type",
      "scenario", "key", "subject", "name", "uncertainty", "because_of",
    ]
    return tables.map { table in
      Table(
        name: table.name,
        columns: table.columns.map { column in
          guard columns.contains(column.name), case .text(let values) = column.values else { return column }
          // Empty ids stay empty: they mark totals.
          let dictionary = values.dictionary.enumerated().map {
            $1 == "reserve" || $1 == "not_spent" ? $1 : name + "\($0)"
          }
          return Column(name: column.name, values: .text(TextColumn(codes: values.codes, dictionary: dictionary)))
        })
    }
  }
}
