import ChannelTypes
import Partners
import Tables

/// The tables of the stage `alerts`.
struct AlertsTables {
  let result: AlertResult
  let history: ChannelHistory

  var all: [Table] { [alerts, complaints, rates, shifts] }

  /// One row an alert, the worst first. Units are those a month; size is a share (−0.4 is 40 % less than expected);
  /// money in the plan's currency; empty is unknown.
  private var alerts: Table {
    Table(
      name: "alerts", rows: result.alerts,
      columns: [
        .text("subject") { $0.subject }, .period("period", form: .month) { $0.period },
        .text("level") { $0.level.rawValue }, .text("cause") { $0.cause.rawValue }, .text("rule") { $0.rule },
        .text("also") { $0.others.isEmpty ? nil : $0.others.joined(separator: "|") },
        .period("since", form: .month) { $0.since }, .integer("months") { $0.months },
        .real("actual") { tabled($0.actual, 4) }, .real("expected") { tabled($0.expected, 4) },
        .real("expected_p10") { tabled($0.expectedLow, 4) }, .real("expected_p90") { tabled($0.expectedHigh, 4) },
        .real("size") { tabled($0.size, 4) }, .money("money_at_stake") { $0.moneyAtStake },
        .text("action") { $0.action }, .text("message") { $0.message }, .text("plan_line") { $0.place?.description },
      ])
  }

  /// Types of complaints of all partners by frequency, then single partners with a rising rate or repeated open cases.
  /// Cases of the last twelve months; chance is that of at least so many cases in three months at the rate before.
  private var complaints: Table {
    Table(
      name: "complaint_causes", rows: result.complaints,
      columns: [
        .text("subject") { row in row.partner.map { "partner:\(history.partners[$0].id)" } ?? "network" },
        .text("type") { $0.type }, .integer("cases") { $0.count }, .real("share") { tabled($0.share, 4) },
        .real("cumulative_share") { tabled($0.cumulativeShare, 4) },
        .integer("vital") { $0.partner == nil ? ($0.isVital ? 1 : 0) : nil }, .integer("recent") { $0.recent },
        .real("expected") { tabled($0.expected, 4) }, .real("chance") { tabled($0.chance, 4) },
        .integer("rising") { $0.isRising ? 1 : 0 }, .integer("unresolved") { $0.unresolved },
        .integer("repeat_unresolved") { $0.isRepeated ? 1 : 0 },
      ])
  }

  /// How often each rule and test fired in the history, in a hundred series-months that could be judged; for tests also
  /// the false alarms of quiet history by simulation, the budget, and the threshold in standard errors.
  private var rates: Table {
    Table(
      name: "alert_rates", rows: result.rates,
      columns: [
        .text("rule") { $0.rule }, .integer("judged") { $0.judged }, .integer("unknown") { $0.unknown },
        .integer("fired") { $0.fired },
        .real("fired_per_100") { $0.judged > 0 ? tabled(100 * Double($0.fired) / Double($0.judged), 4) : .nan },
        .real("false_alarms_per_100") { tabled($0.falseAlarms, 4) }, .real("budget_per_100") { tabled($0.budget, 4) },
        .real("threshold") { tabled($0.threshold, 4) }, .text("plan_line") { $0.place?.description },
      ])
  }

  /// What consumers' demand does next to what the channel bought; units a month, change as a share of what was expected,
  /// stuffing index = sell-in ÷ sell-out over three months.
  private var shifts: Table {
    Table(
      name: "demand_shift", rows: result.shifts,
      columns: [
        .text("subject") { $0.subject }, .period("period", form: .month) { history.month($0.month) },
        .real("sell_out") { tabled($0.sellOut, 4) }, .real("expected") { tabled($0.expected, 4) },
        .real("change") { tabled($0.change, 4) }, .real("sell_in") { tabled($0.sellIn, 4) },
        .real("stuffing_index") { tabled($0.stuffingIndex, 4) }, .text("signal") { $0.signal.rawValue },
      ])
  }
}
