import ChannelTypes
import Planning
import Reports
import Tables

/// A made-up run with every output table, small enough to reason about and big enough to look at.
struct SampleRun {
  static let regions = [
    "shanghai", "east", "xian", "kunming", "beijing", "guangzhou", "chengdu", "wuhan", "shenyang", "华北",
  ]
  static let spendTypes = ["rebate_topup", "ads_search", "training"]

  /// Deterministic noise between 0 and 1.
  private static func noise(_ seed: Int) -> Double {
    var state = UInt64(truncatingIfNeeded: seed &* 2_654_435_761 &+ 97)
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state % 10_000) / 10_000
  }

  static func view(_ tables: [Table] = SampleRun.tables) -> RunView {
    var findings = Findings()
    findings.add(
      Diagnostic(
        DiagnosticCode("D210", "", ""), .warning, "negative stock for P044/<b>router-ax</b>",
        at: SourcePlace(file: "data/inventory.csv.gz", line: 77, column: 21), hint: "count the shelf again"))
    return RunView(
      run: "telecom-dealers-base-1a2b3c4d", plan: "telecom-dealers", currency: "CNY", seed: 1, version: "0.1.0",
      folder: "out/telecom-dealers-base-1a2b3c4d",
      inputs: [
        .init(
          table: "sales", file: "data/sales.csv.gz", rows: 86_412, columns: 14,
          periods: Period.month(2023, 1)...Period.month(2025, 12), hash: "9f86d081884c7d65"),
        .init(
          table: "budget", file: "data/budget.csv.gz", rows: 2_160, columns: 6,
          periods: Period.month(2023, 4)...Period.month(2025, 12), gaps: 1, hash: "60303ae22b998861"),
        .init(table: "partners", file: "data/partners.csv.gz", rows: 150, columns: 19, hash: "fd61a03af4f77d87"),
      ],
      stages: [
        .init(.forecast, .ran), .init(.budget, .ran),
        .init(.scores, .skipped, note: "needs the table incidents, which the plan does not name"),
      ],
      settings: [
        .init("forecast.measure", "sell_out_qty", origin: "default"),
        .init("forecast.horizon", "12", origin: "plan.yaml:17"),
        .init("inventory.upper.cover_days", "75", origin: "plan.yaml:44"),
        .init("budget.quarter", "1200000", origin: "plan.yaml:30"),
      ],
      indicators: [
        Indicator("expected_margin_gain", "Expected margin, plan against now", 412_000, unit: "CNY", better: .higher),
        Indicator("expected_margin_gain_low", "Gain, lower end", 54_000, unit: "CNY", better: .higher),
        Indicator("expected_margin_gain_high", "Gain, upper end", 770_000, unit: "CNY", better: .higher),
        Indicator("chance_better_than_now", "Chance that the plan earns more", 0.93, unit: "share", better: .higher),
        Indicator("fill_rate", "Demand met from stock", 0.952, unit: "share", better: .higher),
      ],
      certificates: [
        Certificate(
          problem: "budget", status: "optimal", sense: "maximise", objective: 5_412_000, bound: 5_412_000.002,
          unit: "CNY"),
        Certificate(
          problem: "transfers", status: "feasible", sense: "maximise", objective: 81_000, bound: 81_030, unit: "CNY"),
      ],
      findings: findings, tables: Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0) }))
  }

  static var tables: [Table] {
    [
      forecast, history, accuracy, models, drivers, gapBridge, churn, churnQuality, churnCalibration, allocation,
      regionAllocation, shadowPrices, responseCurves, responsePoints, comparison, actions, health, projection,
    ] + whatIf + risk + earlier
  }

  static func table(_ name: String, _ columns: [(String, Column.Values)]) -> Table {
    Table(name: name, columns: columns.map { Column(name: $0.0, values: $0.1) })
  }
  static func text(_ values: [String]) -> Column.Values { .text(TextColumn(values.map { $0.isEmpty ? nil : $0 })) }
  static func money(_ values: [Double]) -> Column.Values { .money(values.map { Money(rounding: $0) ?? Unknown.money }) }

  // MARK: - Forecast

  private static func level(_ region: Int, _ month: Int) -> Double {
    let season = [1.02, 0.82, 1.0, 0.98, 1.05, 1.16, 1.0, 0.97, 1.02, 1.04, 1.2, 1.1][((month % 12) + 12) % 12]
    return (4_000 - 330 * Double(region)) * season * (1 + 0.004 * Double(month) * Double(region % 4 - 1))
  }

  static var history: Table {
    var rows: [(String, String, Period, Double)] = []
    for month in 0..<36 {
      var total = 0.0
      for (index, region) in regions.enumerated() {
        let value = (level(index, month) * (0.93 + 0.14 * noise(index * 100 + month))).rounded()
        total += value
        rows.append(("region", region, Period.month(2023, 1).advanced(by: month), value))
      }
      rows.append(("total", "", Period.month(2023, 1).advanced(by: month), total))
    }
    return table(
      "history",
      [
        ("level", text(rows.map(\.0))), ("region", text(rows.map(\.1))),
        ("period", .period(PeriodColumn(form: .month, rows.map(\.2)))), ("value", .real(rows.map(\.3))),
      ])
  }

  static var forecast: Table {
    var rows: [(String, String, Period, Double, Double)] = []
    for month in 36..<48 {
      var total = 0.0
      for (index, region) in regions.enumerated() {
        let value = level(index, month).rounded()
        total += value
        rows.append(
          ("region", region, Period.month(2023, 1).advanced(by: month), value, 0.08 + 0.006 * Double(month - 36)))
      }
      rows.append(("total", "", Period.month(2023, 1).advanced(by: month), total, 0.05 + 0.004 * Double(month - 36)))
    }
    let quantiles: [(String, Double)] = [
      ("p025", -1.96), ("p10", -1.28), ("p25", -0.67), ("p50", 0), ("p75", 0.67), ("p90", 1.28), ("p975", 1.96),
    ]
    return table(
      "forecast",
      [
        ("level", text(rows.map(\.0))), ("region", text(rows.map(\.1))),
        ("period", .period(PeriodColumn(form: .month, rows.map(\.2)))),
        ("model", text(rows.map { _ in "combined" })), ("mean", .real(rows.map(\.3))),
      ] + quantiles.map { name, z in (name, Column.Values.real(rows.map { max(0, $0.3 * (1 + z * $0.4)) })) })
  }

  static var accuracy: Table {
    table(
      "forecast_accuracy",
      [
        ("model", text(["chosen", "exponential_smoothing", "drivers", "seasonal_naive"])),
        ("series", .integer([3_214, 3_214, 2_871, 3_214])), ("mase", .real([0.742, 0.781, 0.803, 1.021])),
        ("rmsse", .real([0.69, 0.73, 0.75, 0.98])), ("smape", .real([0.231, 0.246, 0.259, 0.322])),
        ("bias", .real([-0.012, 0.004, -0.031, 0.052])), ("coverage_80", .real([0.788, 0.79, 0.76, 0.81])),
        ("coverage_95", .real([0.941, 0.94, 0.93, 0.95])),
      ])
  }

  static var models: Table {
    let names = (0..<120).map { $0 % 5 == 0 ? "seasonal_naive" : $0 % 2 == 0 ? "exponential_smoothing" : "drivers" }
    return table("forecast_models", [("model", text(names)), ("mase", .real(names.indices.map { 0.5 + noise($0) }))])
  }

  static var gapBridge: Table {
    let parts = [
      ("planned_growth", -2_000_000.0), ("net_price", 300_000), ("new_series", 1_400_000), ("lost_series", -900_000),
      ("unexplained", 100_000),
    ]
    return table(
      "gap_bridge",
      [
        ("basis", text(parts.flatMap { _ in ["year_before", "target", "target"] })),
        ("region", text(parts.flatMap { _ in ["east", "east", "west"] })),
        ("from", .real(parts.flatMap { _ in [30_000.0, 13_000_000, 8_000_000] })),
        ("to", .real(parts.flatMap { _ in [31_000.0, 11_900_000, 6_900_000] })),
        ("component", text(parts.flatMap { [$0.0, $0.0, $0.0] })),
        ("amount", .real(parts.flatMap { [200, $0.1, $0.1] })),
        ("unit", text(parts.flatMap { _ in ["units", "CNY", "CNY"] })),
      ])
  }

  static var drivers: Table {
    table(
      "drivers",
      [
        ("product_id", text(["", "", "", "", "5g-cpe", "router-ax", "mesh-2", "ont-xgs"])),
        (
          "driver",
          text([
            "net_price", "promo_days", "trend", "lunar_new_year_holiday", "net_price", "net_price", "net_price",
            "net_price",
          ])
        ),
        (
          "form",
          text([
            "elasticity", "semi_elasticity", "semi_elasticity", "semi_elasticity", "elasticity", "elasticity",
            "elasticity", "elasticity",
          ])
        ), ("estimate", .real([-1.62, 0.021, 0.04, -0.25, -1.9, -1.4, -2.3, -0.8])),
        ("standard_error", .real([0.05, 0.002, 0.01, 0.03, 0.1, 0.1, 0.2, 0.3])),
        ("lower", .real([-1.72, 0.017, 0.02, -0.31, -2.1, -1.6, -2.7, -1.4])),
        ("upper", .real([-1.52, 0.025, 0.06, -0.19, -1.7, -1.2, -1.9, -0.2])),
        ("observations", .integer([90_000, 90_000, 90_000, 90_000, 4_000, 4_000, 4_000, 900])),
        ("series", .integer([3_000, 3_000, 3_000, 3_000, 150, 150, 150, 60])),
      ])
  }

  // MARK: - Churn

  static var churn: Table {
    let count = 150
    let probability = (0..<count).map { 0.02 + 0.7 * noise($0) * noise($0 + 7) }
    let value = (0..<count).map { 40_000 + 900_000 * noise($0 + 31) * noise($0 + 77) }
    return table(
      "churn",
      [
        ("kind", text((0..<count).map { _ in "partner" })), ("id", text((0..<count).map { "P\($0 + 1)" })),
        ("partner_id", text((0..<count).map { "P\($0 + 1)" })), ("region", text((0..<count).map { regions[$0 % 10] })),
        ("probability", .real(probability)), ("lower", .real(probability.map { $0 * 0.6 })),
        ("upper", .real(probability.map { min(1, $0 * 1.5) })), ("value", money(value)),
        ("value_at_risk", money(zip(probability, value).map { $0 * $1 })),
        ("main_reason", text((0..<count).map { ["orders fell by 43 % in a quarter", "stock-outs", ""][$0 % 3] })),
      ])
  }

  static var churnQuality: Table {
    table(
      "churn_quality",
      [
        ("kind", text(["partner"])), ("rows", .integer([4_200])), ("events", .integer([96])), ("auc", .real([0.784])),
        ("log_loss", .real([0.09])), ("brier", .real([0.021])), ("calibration_slope", .real([0.94])),
        ("evaluation", text(["held out by time"])),
      ])
  }

  static var churnCalibration: Table {
    let predicted = [0.004, 0.009, 0.016, 0.031, 0.12]
    return table(
      "churn_calibration",
      [
        ("kind", text(predicted.map { _ in "partner" })), ("bin", .integer([1, 2, 3, 4, 5])),
        ("lower", .real([0, 0.006, 0.012, 0.02, 0.05])), ("upper", .real([0.006, 0.012, 0.02, 0.05, 1])),
        ("rows", .integer([840, 840, 840, 840, 840])), ("predicted", .real(predicted)),
        ("observed", .real([0.005, 0.007, 0.02, 0.028, 0.131])),
      ])
  }

  // MARK: - Budget

  private static let now = [880.0, 1_050, 610, 560, 720, 690, 430, 400, 310, 280].map { $0 * 1_000 }
  private static let plan = [980.0, 909, 793, 630, 720, 598, 482, 340, 310, 288].map { $0 * 1_000 }

  static var regionAllocation: Table {
    table(
      "region_allocation",
      [
        ("region", text(regions + ["reserve", "not_spent"])), ("now", money(now + [288_000, 0])),
        ("plan", money(plan + [288_000, 0])), ("change", money(zip(plan, now).map { $0 - $1 } + [0, 0])),
        ("marginal_return", .real([1.42, 1.42, 1.55, 1.42, 1.42, 1.42, 1.42, 1.42, 1.42, 1.38, .nan, .nan])),
        ("held_by", text(["", "", "max_move_pct 30", "", "", "", "", "", "", "floors.region.华北", "", ""])),
      ])
  }

  static var allocation: Table {
    var rows: [(String, String, Double, Double)] = []
    for (index, region) in regions.enumerated() {
      for (type, name) in spendTypes.enumerated() {
        let share = [0.5, 0.3, 0.2][type]
        rows.append((region, name, now[index] * share, plan[index] * share))
      }
    }
    return table(
      "allocation",
      [
        ("region", text(rows.map(\.0))), ("spend_type", text(rows.map(\.1))), ("now", money(rows.map(\.2))),
        ("plan", money(rows.map(\.3))), ("change", money(rows.map { $0.3 - $0.2 })),
        ("floor", money(rows.map { $0.2 * 0.7 })), ("cap", money(rows.map { $0.2 * 1.3 })),
        ("marginal_return", .real(rows.map { _ in 1.42 })),
        ("margin_now", money(rows.map { margin($0.2, $0.0) })), ("margin_plan", money(rows.map { margin($0.3, $0.0) })),
        ("held_by", text(rows.map { $0.0 == "xian" ? "max_move_pct 30" : "" })),
      ])
  }

  private static func curve(_ region: String) -> ResponseCurve {
    let index = regions.firstIndex(of: region) ?? 0
    return ResponseCurve(family: .logarithm, amplitude: plan[index] * 0.75, scale: plan[index] * 0.12)
  }
  private static func margin(_ spend: Double, _ region: String) -> Double { curve(region).value(at: spend) }

  static var responseCurves: Table {
    let rows = regions.flatMap { region in spendTypes.map { (region, $0) } }
    return table(
      "response_curves",
      [
        ("region", text(rows.map(\.0))), ("spend_type", text(rows.map(\.1))),
        ("family", text(rows.map { _ in "logarithm" })), ("amplitude", .real(rows.map { curve($0.0).amplitude })),
        ("scale", .real(rows.map { curve($0.0).scale })), ("standard_error", .real(rows.map { _ in 0.1 })),
        ("evidence", text(rows.map { $0.1 == "training" ? "assumption" : "history" })),
        ("observations", .integer(rows.map { _ in 33 })),
      ])
  }

  static var responsePoints: Table {
    var rows: [(String, String, Double, Double, Int64)] = []
    for (index, region) in regions.enumerated() {
      for (type, name) in spendTypes.enumerated() {
        let base = now[index] * [0.5, 0.3, 0.2][type]
        for step in 0...24 {
          let spend = base * Double(step) / 12
          rows.append((region, name, spend, margin(spend, region), (0.7...1.3).contains(spend / base) ? 1 : 0))
        }
      }
    }
    return table(
      "response_points",
      [
        ("region", text(rows.map(\.0))), ("spend_type", text(rows.map(\.1))), ("spend", .real(rows.map(\.2))),
        ("margin", .real(rows.map(\.3))), ("in_range", .integer(rows.map(\.4))),
      ])
  }

  static var shadowPrices: Table {
    table(
      "shadow_prices",
      [
        ("limit", text(["budget.quarter", "budget.max_move_pct of xian", "budget.floors.region.华北"])),
        ("place", text(["plan.yaml:30", "plan.yaml:36", "plan.yaml:33"])),
        ("value", money([4_200_000, 793_000, 288_000])), ("price", .real([1.42, 0.13, -0.04])),
        ("unit", text(["CNY per CNY", "CNY per CNY", "CNY per CNY"])),
      ])
  }

  static var comparison: Table {
    table(
      "budget_comparison",
      [
        ("allocation", text(["now", "pro_rata", "plan"])), ("total", money([5_930_000, 6_050_000, 6_050_000])),
        ("expected_margin", money([5_000_000, 5_264_000, 5_412_000])),
      ])
  }

  // MARK: - Stock

  static var actions: Table {
    let count = 400
    let action = (0..<count).map { ["none", "replenish", "none", "promote", "transfer", "none"][$0 % 6] }
    func column(_ offset: Int, _ scale: Double) -> [Double] {
      (0..<count).map { (scale * noise($0 + offset)).rounded() }
    }
    return table(
      "inventory_actions",
      [
        ("region", text((0..<count).map { regions[$0 % 10] })),
        ("partner_id", text((0..<count).map { "P\($0 % 150 + 1)" })),
        ("product_id", text((0..<count).map { ["5g-cpe", "router-ax", "mesh-2"][$0 % 3] })),
        ("cover_days", .real(column(3, 160))), ("action", text(action)),
        ("quantity", .integer(column(5, 90).map { Int64($0) + 1 })),
        ("to_partner", text(action.enumerated().map { $1 == "transfer" ? "P\(($0 * 7) % 150 + 1)" : "" })),
        ("value", money(column(11, 60_000))),
        ("expected_saving", money(zip(column(17, 4_000), action).map { $1 == "none" ? 0 : $0 })),
        ("reason", text(action.map { $0 == "none" ? "" : "cover is outside the lines" })),
      ])
  }

  static var health: Table {
    let count = 150
    return table(
      "stock_health",
      [
        ("region", text((0..<count).map { regions[$0 % 10] })), ("partner_id", text((0..<count).map { "P\($0 + 1)" })),
        ("stock_value", money((0..<count).map { 20_000 + 400_000 * noise($0 + 5) * noise($0 + 9) })),
        ("days_of_cover", .real((0..<count).map { 15 + 110 * noise($0 + 1) * noise($0 + 2) })),
        ("slow_share", .real((0..<count).map { 0.6 * noise($0 + 1) * noise($0 + 4) })),
        ("capital_cost", money((0..<count).map { 4_000 * noise($0) })),
        ("below_lower", .integer((0..<count).map { Int64($0 % 4) })),
        ("above_upper", .integer((0..<count).map { Int64($0 % 3) })),
      ])
  }

  static var projection: Table {
    var rows: [(String, Period, Double, Double, Double)] = []
    for (index, region) in regions.enumerated() {
      for month in 0..<12 {
        let demand = level(index, 36 + month)
        rows.append(
          (
            region, Period.month(2026, 1).advanced(by: month), demand * (2.6 - 0.12 * Double(month)), demand * 0.8,
            demand * 2.4
          ))
      }
    }
    return table(
      "stock_projection",
      [
        ("region", text(rows.map(\.0))), ("period", .period(PeriodColumn(form: .month, rows.map(\.1)))),
        ("stock", .real(rows.map(\.2))), ("lower", .real(rows.map(\.3))), ("upper", .real(rows.map(\.4))),
        ("demand", .real(rows.map { $0.3 / 0.8 })),
      ])
  }
}
