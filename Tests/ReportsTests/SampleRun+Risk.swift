import ChannelTypes
import Tables

@testable import Reports

/// Who gains by scenarios, reserves, shared losses, longer terms and offers.
extension SampleRun {
  static var risk: [Table] {
    [policyEffects, reserveCurve, lossSharing, failureSharing, creditExtension, crossSell]
  }

  /// `demand_dip` costs both, `budget_cut` moves money from dealers to the maker, `no_change` moves nothing.
  static var policyEffects: Table {
    let figures: [(String, String, String, String, [Double], [Double])] = [
      ("maker", "margin", "CNY", "higher", [-150_000, 0, 0], [-857_000, 0, 0]),
      ("maker", "gain", "CNY", "higher", [-100_000, 90_000, 0], [-614_000, 172_000, 0]),
      ("dealers", "gain", "CNY", "higher", [-50_000, -90_000, 0], [-283_000, -172_000, 0]),
      ("consumers", "price_gain", "CNY", "higher", [0, 0, 0], [0, 0, 0]),
      ("consumers", "units_missed", "units", "lower", [.nan, 0, 0], [-761, 12, 0]),
    ]
    let names = ["demand_dip", "budget_cut", "no_change"]
    let rows = names.indices.flatMap { scenario in figures.map { (scenario, $0) } }
    return table(
      "policy_effects",
      [
        ("scenario", text(rows.map { names[$0.0] })), ("party", text(rows.map(\.1.0))),
        ("measure", text(rows.map(\.1.1))), ("short_run", .real(rows.map { $0.1.4[$0.0] })),
        ("long_run", .real(rows.map { $0.1.5[$0.0] })), ("unit", text(rows.map(\.1.2))),
        ("better", text(rows.map(\.1.3))),
      ])
  }

  /// 95 of 100 years: 1.2 M for demand, 0.1 M for credit, 1.25 M for both; the plan keeps 1 M.
  static var reserveCurve: Table {
    let levels = [50.0, 80, 95, 99, .nan]
    let reserves: [(String, [Double])] = [
      ("demand", [60_000, 700_000, 1_200_000, 2_000_000, 1_000_000]),
      ("credit", [0, 60_000, 100_000, 240_000, 1_000_000]),
      ("all", [140_000, 740_000, 1_250_000, 2_010_000, 1_000_000]),
    ]
    let rows = reserves.flatMap { entry in levels.indices.map { (entry.0, levels[$0], entry.1[$0]) } }
    return table(
      "reserve_curve",
      [
        ("source", text(rows.map(\.0))), ("confidence_pct", .real(rows.map(\.1))), ("reserve", money(rows.map(\.2))),
        ("probability_within", .real(rows.map { $0.1.isNaN ? 0.9 : $0.1 / 100 })),
        ("expected_beyond", money(rows.map { 20_000 - 190 * ($0.1.isNaN ? 90 : $0.1) })),
      ])
  }

  /// Of the first partner the maker owns a fifth, of the third nobody knows.
  static var lossSharing: Table {
    table(
      "loss_sharing",
      [
        ("partner_id", text(["P1", "P2", "P3", "P4"])), ("slow_stock", money([50_000, 40_000, 10_000, 0])),
        ("loss", money([15_000, 12_000, 3_000, 0])), ("shareholding_pct", .real([20, 0, .nan, 0])),
        ("maker_part", .money([Money(3_000), Money(0), Unknown.money, Money(0)])),
        ("partner_part", .money([Money(12_000), Money(12_000), Unknown.money, Money(0)])),
      ])
  }

  static var failureSharing: Table {
    table(
      "failure_sharing",
      [
        ("partner_id", text(["P1", "P2", "P3"])), ("region", text(["east", "xian", "华北"])),
        ("cash", money([9_000, 30_000, 80_000])), ("failure_probability", .real([0.5, 0.2, 0])),
        ("with_sharing", .real([0.25, 0, 0])), ("expected_support", money([7_000, 2_000, 1_000])),
      ])
  }

  static var creditExtension: Table {
    let known = [Money(12_000), Money(3_000)]
    let rest = [Unknown.money, Unknown.money]
    return table(
      "credit_extension",
      [
        ("partner_id", text(["P1", "P2", "P3", "P4"])), ("region", text(["xian", "xian", "shanghai", "east"])),
        ("maturity", text(["growing", "growing", "mature", "growing"])),
        ("band", text(["low", "low", "low", "high"])), ("days", .integer([30, 45, 60, 0])),
        ("action", text(["extend", "extend", "stricter_service", "keep"])), ("extra_days", .integer([15, 30, 0, 0])),
        ("extra_exposure", .money(known + rest)), ("expected_margin", .money(known + rest)),
        ("expected_loss", .money(known + rest)), ("capital_cost", .money(known + rest)),
        ("gain", .money(known + rest)), ("stricter_service_pct", .real([.nan, .nan, 20, .nan])),
      ])
  }

  static var crossSell: Table {
    let rows = Array(0..<50)
    return table(
      "cross_sell",
      [
        ("partner_id", text(rows.map { "P\($0 % 30)" })), ("region", text(rows.map { regions[$0 % 10] })),
        ("product_id", text(rows.map { $0 % 2 == 0 ? "router-be" : "5g-mifi" })),
        ("because_of", text(rows.map { _ in "plan-100g" })), ("buyers_of_both", .integer(rows.map { 70 - Int64($0) })),
        ("propensity", .real(rows.map { 0.9 - 0.01 * Double($0) })), ("lift", .real(rows.map { _ in 1.2 })),
        ("lift_lower", .real(rows.map { _ in 1.05 })), ("lift_upper", .real(rows.map { _ in 1.4 })),
        ("expected_revenue", money(rows.map { 40_000 - 700 * Double($0) })),
        ("expected_margin", money(rows.map { 10_000 - 180 * Double($0) })),
      ])
  }
}
