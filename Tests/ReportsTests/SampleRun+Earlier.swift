import ChannelTypes
import Tables

@testable import Reports

/// Two earlier runs, of which the second was kept under a name.
extension SampleRun {
  static var earlier: [Table] { [earlierFigures, earlierOutcomes, earlierForecasts] }

  private static var earlierFigures: Table {
    let names = [
      ("expected_margin_gain", "Expected margin, plan against now", "CNY", 400_000.0, 412_000.0),
      ("fill_rate", "Demand met from stock", "share", 0.941, 0.952),
      ("alerts_money", "Money at stake in alerts", "CNY", 0, 900),
      ("stock_saving", "Expected saving of stock actions", "CNY", 5_000, 5_000),
    ]
    let rows = ["weekly", "frozen-q3"].flatMap { run in names.map { (run, $0) } }
    return table(
      "earlier_kpis",
      [
        ("run", text(rows.map(\.0))), ("name", text(rows.map(\.1.0))), ("label", text(rows.map(\.1.1))),
        ("unit", text(rows.map(\.1.2))), ("better", text(rows.map { _ in "higher" })),
        ("before", .real(rows.map(\.1.3))), ("now", .real(rows.map(\.1.4))),
        ("change", .real(rows.map { $0.1.4 - $0.1.3 })),
        ("change_pct", .real(rows.map { $0.1.3 == 0 ? .nan : ($0.1.4 / $0.1.3 - 1) * 100 })),
      ])
  }

  private static var earlierOutcomes: Table {
    let rows = ["2025-10", "2025-11"].flatMap { period in regions.prefix(2).map { (period, $0) } }
    return table(
      "earlier_outcomes",
      [
        ("run", text(rows.map { _ in "frozen-q3" })), ("measure", text(rows.map { _ in "sell_out_units" })),
        ("id", text(rows.map(\.1))), ("period", text(rows.map(\.0))), ("promised", .real([100, 200, 100, 200])),
        ("realised", .real([110, 190, 90, 180])), ("difference", .real([10, -10, -10, -20])),
        ("basis", text(rows.map { _ in "forecast" })),
      ])
  }

  /// Of the network: 300 and 300 forecast, 300 and 270 came, 330 and 240 a year before.
  private static var earlierForecasts: Table {
    table(
      "earlier_forecasts",
      [
        ("run", text(Array(repeating: "frozen-q3", count: 4))),
        ("level", text(["total", "total", "region", "region"])),
        ("region", text(["", "", "east", "east"])),
        (
          "period",
          .period(
            PeriodColumn(
              form: .month,
              [.month(2025, 10), .month(2025, 11), .month(2025, 10), .month(2025, 11)].map(Optional.some)))
        ),
        ("step", .integer([1, 2, 1, 2])), ("mean", .real([300, 300, 200, 200])), ("p10", .real([280, 280, 190, 190])),
        ("p90", .real([320, 320, 210, 210])), ("value", .real([300, 270, 190, 180])),
        ("seasonal_naive", .real([330, 240, 200, 190])),
      ])
  }
}
