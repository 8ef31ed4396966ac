import ChannelTypes
import Partners
import Specifications
import Tables

extension ProbationReport {
  /// `probation`, `exit_case`, `exit_lines`, `successors`, `conflicts`, `performance_bands`, `removals`, `renewals`.
  /// Amounts are in the plan's currency; shares and growth are fractions; an empty cell is unknown.
  var tables: [Table] {
    [
      probationTable, exitTable, lineTable, successorTable, conflictTable, bandTable, removalTable, renewalTable,
    ]
  }

  private func partner(_ index: Int) -> Partner { history.partners[index] }

  // MARK: States

  private struct StateRow {
    var partner: Int
    var quarter: Int
    var position: Int?
    var state: ProbationStatus.State
    var previous: ProbationStatus.State?
  }

  /// A row for each judged quarter of a partner, and one for each indicator that is not ok in it: the audit of every
  /// change of state with rule, line of the plan, before, after and why.
  private var stateRows: [StateRow] {
    var rows: [StateRow] = []
    rows.reserveCapacity(statuses.count)
    for index in history.partners.indices {
      var previous: ProbationStatus.State?
      for quarter in states.panel.judged[index] {
        let leading = states.leading(partner: index, quarter: quarter)
        let state = leading.map { states.tracks[states.panel.cell(index, quarter, $0)].state } ?? .ok
        let failing = settings.held.indices.filter {
          states.tracks[states.panel.cell(index, quarter, $0)].state > .ok
        }
        for position in failing.isEmpty ? [nil] : failing.map({ Optional($0) }) {
          rows.append(
            StateRow(partner: index, quarter: quarter, position: position, state: state, previous: previous))
        }
        previous = state
      }
    }
    return rows
  }

  /// Per row: `value` and `baseline` in the indicator's own unit; `must_reach` by the end of `improve_by`.
  private var probationTable: Table {
    let places = settings.held.map { $0.baseline.place.description }
    let rules = settings.held.map(\.baseline.value.text)
    func cell(_ row: StateRow) -> Int? { row.position.map { states.panel.cell(row.partner, row.quarter, $0) } }
    func track(_ row: StateRow) -> ProbationRule.Track? { cell(row).map { states.tracks[$0] } }
    return Table(
      name: "probation", rows: stateRows,
      columns: [
        .text("partner_id") { partner($0.partner).id }, .text("region") { partner($0.partner).region },
        .period("quarter", form: .quarter) { states.panel.quarters[$0.quarter] },
        .text("state_before") { $0.previous?.rawValue }, .text("state") { $0.state.rawValue },
        .text("indicator") { $0.position.map { settings.held[$0].indicator.rawValue } },
        .real("value") { cell($0).map { tabled(states.panel.values[$0], 6) } ?? .nan },
        .real("baseline") { cell($0).map { tabled(states.baselines[$0], 6) } ?? .nan },
        .text("rule") { $0.position.map { rules[$0] } }, .text("plan_line") { $0.position.map { places[$0] } },
        .integer("quarters_below") { track($0)?.below }, .text("indicator_state") { track($0)?.state.rawValue },
        .period("warned_in", form: .month) { track($0)?.warnedIn },
        .real("must_reach") { row in
          guard let cell = cell(row), states.tracks[cell].warnedIn != nil else { return .nan }
          return tabled(states.baselines[cell], 6)
        },
        .period("improve_by", form: .month) { track($0)?.warnedIn.map(settings.rule.deadline) },
        .text("improvement") { row in
          track(row)?.warnedIn == nil ? nil : row.position.map { settings.held[$0].improvement }
        },
        .text("why") { row in track(row).map { why($0) } },
      ])
  }

  func why(_ track: ProbationRule.Track) -> String {
    let run = "below its baseline in \(track.below) quarter\(track.below == 1 ? "" : "s") in a row"
    switch track.state {
    case .ok: return "not below its baseline"
    case .watch: return run
    case .warned: return track.below > 0 ? run + "; \(settings.rule.quarters) warn" : "better, not yet cleared"
    case .grace: return run + "; grace of \(settings.rule.graceMonths) months runs"
    case .exit: return run + "; grace of \(settings.rule.graceMonths) months is over"
    }
  }

  // MARK: Exits

  /// One row a partner. Money is present value over `exit.horizon_months` for the maker; lines of the exit add up to
  /// `exit_value`. `low` and `high` bound the gain; `lost_sales` and `retained_sales` are of a year.
  private var exitTable: Table {
    Table(
      name: "exit_case", rows: cases,
      columns: [
        .text("partner_id") { $0.partner },
        .text("region") { history.index(of: $0.partner).map { partner($0).region } },
        .text("state") { $0.state.rawValue }, .text("recommendation") { $0.recommendation.rawValue },
        .text("reason") { $0.reason }, .integer("notice_days") { terms($0)?.noticeDays },
        .period("exit_on", form: .day) { .day($0.exitOn) }, .text("early_end") { $0.isEarlyEnd ? "yes" : "no" },
        .money("stock_at_cost") { $0.stockCost }, .money("buy_back") { $0.amounts(.buyBack).exit },
        .money("receivables") { $0.receivables }, .money("expected_collected") { $0.expectedCollected },
        .money("deposit") { terms($0)?.deposit }, .money("compensation") { $0.amounts(.compensation).exit },
        .money("penalty") { $0.amounts(.penalty).exit }, .money("lost_sales") { $0.lostSales },
        .money("retained_sales") { $0.retainedSales },
        .money("support_saved") { saved(.support, $0) }, .money("incentives_saved") { saved(.incentives, $0) },
        .money("exit_value") { $0.exitValue }, .money("keep_value") { $0.keepValue }, .money("gain") { $0.gain },
        .money("low") { $0.low }, .money("high") { $0.high },
        .real("chance_exit_better") { tabled($0.chance, 6) },
      ])
  }

  private func terms(_ exit: ExitCase) -> ContractTerms? { history.index(of: exit.partner).map { facts[$0].contract } }

  /// Nil where the line is not known at all.
  private func saved(_ line: ExitCase.Line, _ exit: ExitCase) -> Money? {
    exit.lines.first { $0.line == line }?.gain
  }

  /// A row for each line of a case: what it brings by letting go and by keeping; `gain` is their difference.
  private var lineTable: Table {
    let rows = cases.flatMap { exit in exit.lines.map { (partner: exit.partner, amounts: $0) } }
    return Table(
      name: "exit_lines", rows: rows,
      columns: [
        .text("partner_id") { $0.partner }, .text("line") { $0.amounts.line.rawValue },
        .money("exit") { $0.amounts.exit }, .money("keep") { $0.amounts.keep }, .money("gain") { $0.amounts.gain },
      ])
  }

  /// Ranked by the sales that they retain where all partners of `exit_case` left. Sales and capacity are of a year.
  private var successorTable: Table {
    var (ranks, last, rank) = ([Int](), -1, 0)
    for takeover in succession.takeovers {
      rank = takeover.leaver == last ? rank + 1 : 1
      last = takeover.leaver
      ranks.append(rank)
    }
    let rows = Array(zip(succession.takeovers, ranks))
    func successor(_ row: (Succession.Takeover, Int)) -> Succession.Successor { succession.successors[row.0.successor] }
    func leaver(_ row: (Succession.Takeover, Int)) -> Succession.Leaver { succession.leavers[row.0.leaver] }
    return Table(
      name: "successors", rows: rows,
      columns: [
        .text("partner_id") { leaver($0).id }, .text("region") { leaver($0).region }, .integer("rank") { $0.1 },
        .text("successor_id") { successor($0).id },
        .text("kind") { successor($0).isCandidate ? "candidate" : "partner" }, .text("city") { successor($0).city },
        .money("lost_sales") { leaver($0).sales }, .money("offered_sales") { $0.0.offered },
        .real("transfer_rate") { succession.rates.rate(leaver($0), successor($0)).fraction },
        .money("retained_sales") { $0.0.retained }, .money("capacity") { successor($0).capacity },
        .money("signing_cost") { successor($0).signingCost },
      ])
  }

  // MARK: Lists

  /// Conflicts of the last `conflicts.quarters` quarters; `severity` 1 … 5; `index` = severity × quarters.
  private var conflictTable: Table {
    Table(
      name: "conflicts", rows: conflicts,
      columns: [
        .text("partner_id") { partner($0.partner).id }, .text("region") { partner($0.partner).region },
        .integer("incidents") { $0.incidents }, .integer("unresolved") { $0.unresolved },
        .real("severity") { tabled($0.meanSeverity, 6) }, .integer("quarters") { $0.quarters },
        .period("first", form: .quarter) { $0.first }, .period("last", form: .quarter) { $0.last },
        .real("index") { tabled($0.index, 6) }, .text("proposal") { $0.proposal.rawValue },
      ])
  }

  /// `growth` is a fraction, `satisfaction`, `mark` and `performance` are points 0 … 100; `basis` tells whether
  /// performance is the score or the mean percentile of the other indicators.
  private var bandTable: Table {
    Table(
      name: "performance_bands", rows: bands.rows,
      columns: [
        .period("quarter", form: .quarter) { states.panel.quarters[$0.quarter] },
        .text("partner_id") { partner($0.partner).id }, .text("region") { partner($0.partner).region },
        .real("growth") { tabled($0.growth, 6) }, .real("satisfaction") { $0.satisfaction },
        .real("mark") { tabled($0.mark, 6) }, .text("list") { $0.list?.rawValue },
        .real("performance") { tabled($0.performance, 6) },
        .text("basis") { $0.performance.isFinite ? ($0.isScore ? "score" : "percentiles") : nil },
        .text("band_before") { $0.previous?.rawValue }, .text("band") { $0.band?.rawValue },
      ])
  }

  /// Active partners, the least worth first; amounts of a year. The last two columns are for all listed together.
  private var removalTable: Table {
    let rows = removals.sorted { $0.marginal != $1.marginal ? $0.marginal < $1.marginal : $0.partner < $1.partner }
    return Table(
      name: "removals", rows: rows,
      columns: [
        .text("partner_id") { $0.partner },
        .text("region") { history.index(of: $0.partner).map { partner($0).region } },
        .text("remove") { $0.isListed ? "yes" : "no" }, .money("sales") { $0.sales },
        .money("contribution") { $0.contribution }, .money("expected_loss") { $0.expectedLoss },
        .money("retained_sales") { $0.retainedAlone }, .money("reallocated_margin") { $0.reallocated },
        .money("marginal_contribution") { $0.marginal }, .money("retained_sales_together") { $0.retainedTogether },
        .money("marginal_together") { $0.marginalTogether },
      ])
  }

  /// Active partners with a contract, the earliest decision first.
  private var renewalTable: Table {
    Table(
      name: "renewals", rows: renewals,
      columns: [
        .text("partner_id") { partner($0.partner).id }, .text("region") { partner($0.partner).region },
        .text("contract_id") { $0.contract }, .period("ends_on", form: .day) { .day($0.endsOn) },
        .integer("notice_days") { $0.noticeDays }, .period("decide_by", form: .day) { .day($0.decideBy) },
        .integer("days_left") { $0.daysLeft }, .text("notice") { $0.isTooLate ? "too_late" : "open" },
        .text("state") { $0.state?.rawValue }, .text("recommendation") { $0.recommendation.rawValue },
        .text("reason") { $0.reason },
      ])
  }
}
