import Foundation
import Planning
import Tables

/// A folder with a plan and what stands beside it, removed afterwards.
struct PlanFiles: ~Copyable {
  let folder: String

  init(_ files: [String: String]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func load(
    overrides: [String] = [], environment: [String: String] = [:], scenario: String? = nil
  ) -> (loaded: LoadedPlan?, findings: Findings) {
    var findings = Findings()
    let loaded = Plan.load(
      path: folder + "/plan.yaml", overrides: overrides, environment: environment, scenario: scenario,
      findings: &findings)
    return (loaded, findings)
  }
}

extension Diagnostic {
  /// `P110 plan.yaml:3:5`, without the folder.
  var summary: String {
    let description = place?.description ?? ""
    return code.id + " " + (description.split(separator: "/").last ?? "")
  }
  /// What the caret marks.
  var marked: String {
    guard let excerpt else { return "" }
    return String(excerpt.text.dropFirst(excerpt.caret).prefix(excerpt.length))
  }
}

/// A plan with every key that this version supports.
let fullPlan = """
  version: 1
  name: telecom-dealers
  currency: CNY
  seed: 7
  calendar: {frequency: month, start: 2026-01, history_from: 2023-01, holidays: cn}
  data:
    sales: data/sales.csv.gz
    partners:
      file: /data/p.csv
      columns: {partner_id: store, region: {const: all}, credit_limit: {expr: units * price}}
  hierarchy: [region, city, partner]
  goals: {revenue_per_month: 6000000, active_partners: 350, by: 2027-12, cities_open: 300}
  forecast:
    measure: sell_out_qty
    horizon: 12
    levels: [50, 80, 95]
    models: [seasonal_naive, drivers]
    drivers: [net_price, promo_days]
    events: cn
    select: {metric: mase, windows: 4, step: 2}
    nonnegative: true
    reconcile: auto
  churn: {horizon: 2, partner: {inactive_periods: 4}, value_months: 24, discount_pct: 8, \
  interventions: [{name: visit, cost: 1500, saves: 0.25, applies_to: partner}]}
  value:
    ramp_months: 18
    growing_pct: 12
    declining_pct: 8
    dormant_gaps: 4
    cross_sell: {least_buyers: 6, level: 0.9, offers: 2}
    high_potential_pct: 20
  budget:
    quarter: 1200000
    reserve_pct: 8
    spend_types: [training, exhibition]
    floors: {region: {shanghai: 200000.5}, spend_type: {training: 30000}}
    caps: {region: {shanghai: 400000}}
    shares: {region: {shanghai: {at_least_pct: 10, at_most_pct: 40}}, spend_type: {training: {at_most_pct: 25}}}
    max_move_pct: 30
    min_or_zero: {spend_type: {exhibition: 5000}}
    tilt: {region: {shanghai: 1.2}, spend_type: {training: 0.9}, scores: true}
    retention: {cap: 60000}
    stability_penalty: 0.05
    requests: {region: {shanghai: 300000}}
    frontier: {from_pct: 60, to_pct: 140, points: 9}
    objective: {maximise: expected_margin, risk: {measure: cvar, level: 0.95, weight: 0.25}}
  inventory:
    service_level: 0.97
    review_days: 7
    lower: safety_stock
    upper: {cover_days: 75}
    slow: {no_sale_days: 60, cover_days: 180}
    age: {limit_days: 180, deadline_days: 60, support_pct: 5}
    benchmark: {dio_days: 60, slow_share: 0.1}
    working_capital_pct: 50
    pushing: {index: 1.3, p_value: 0.01}
    links:
      dio_days: [[30, 1], [60, 0.95]]
      slow_share: [[0, 1], [0.25, 0.9]]
      shape: linear
      apply_to: [rebate]
      at_least: 0.75
      exceptions: [{region: shanghai, new_months: 12, dio_days: [[60, 1]]}]
    holding_pct: 18
    transfer: {cost_per_unit: 8.25, days: 5}
    promote: {discount_pct: 10, lift_pct: 140}
  scenarios:
    base: {}
    cut: {set: {budget.quarter: "*0.85"}}
    deep_cut: {extends: cut, set: {"budget.floors.region.*": "*0.5", forecast.horizon: 6}}
  shortage: {supply: {box: 120}, floor_pct: 25, weights: {gold: 3, silver: 2}, strict_tiers: true}
  demand: {shanghai: 0.9, periods: 3}
  supply: {router: 0.8, periods: 2, waiting_pct: 10, backup: {share_pct: [50], premium_pct: 5}}
  price: {all: 0.95, elasticity: -1.5}
  cost: {all: 1.05}
  risk: {confidence_pct: 90, reserve: 400000, sharing: {beyond_pct: 20, maker_pct: 40}}
  language: en

  """
