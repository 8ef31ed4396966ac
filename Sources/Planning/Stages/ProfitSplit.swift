import ChannelTypes
import Partners
import Tables

/// The split of joint profit by contract: the maker's contribution from what a partner sold on, month by month under
/// the contract in force on the first day of the month.
///
///     partner's share = profit_split_pct of (Σ sell-out · margin of the product)     rounded once, to cents
///
/// A month without a contract has no split: it stands with an empty contract and empty shares.
struct ProfitSplit {
  struct Row {
    var partner: String
    var quarter: Period
    var contract: String?
    var percent: Percent?
    var profit: Money

    var partnerShare: Money? { percent.flatMap { $0.of(profit) } }
  }
  private(set) var rows: [Row] = []

  private struct Contract {
    var id: String
    var start: Int
    var end: Int
    var percent: Percent?
  }

  /// Quarters of the last year of the history. Complexity: O(rows + contracts).
  init(_ context: StageContext, _ reader: IncentivesReader) {
    let history = reader.history
    guard let contracts = Self.contracts(context.table(.contracts)), let last = history.wholeQuarters.last,
      let profits = reader.contributions()
    else { return }
    let quarters = history.wholeQuarters.filter { $0.containing(.year) == last.containing(.year) }
    for (index, partner) in history.partners.enumerated() {
      for quarter in quarters {
        var parts: [Row] = []
        for month in history.months(in: quarter) {
          let profit = profits[index * history.monthCount + month]
          guard profit != .zero, let day = history.month(month).firstDay?.daysSinceEpoch else { continue }
          let contract = contracts[partner.id]?.last { $0.start <= day && day <= $0.end }
          if let place = parts.firstIndex(where: { $0.contract == contract?.id }) {
            parts[place].profit += profit
          } else {
            parts.append(
              Row(
                partner: partner.id, quarter: quarter, contract: contract?.id, percent: contract?.percent,
                profit: profit))
          }
        }
        rows += parts
      }
    }
  }

  /// By partner, ascending by start: where two overlap, the later one counts.
  private static func contracts(_ table: Table?) -> [String: [Contract]]? {
    guard let table, let ids = table.text("contract_id"), let partners = table.text("partner_id"),
      let starts = table.periods("starts_on"), let ends = table.periods("ends_on"),
      let shares = table.numbers("profit_split_pct")
    else { return nil }
    var contracts: [String: [Contract]] = [:]
    for row in 0..<table.rowCount {
      guard let partner = partners[row], let id = ids[row], let start = starts[row]?.firstDay?.daysSinceEpoch,
        let end = ends[row]?.advanced(by: 1).firstDay?.daysSinceEpoch
      else { continue }
      let percent =
        shares[row].isFinite
        ? Money(rounding: shares[row], decimals: 4).map { Percent(tenThousandths: $0.tenThousandths) } : nil
      contracts[partner, default: []].append(Contract(id: id, start: start, end: end - 1, percent: percent))
    }
    return contracts.mapValues { $0.sorted { ($0.start, $0.id) < ($1.start, $1.id) } }
  }

  /// `profit_split`: partner × quarter × contract of the last year, money in the plan's currency.
  var table: Table {
    Table(
      name: "profit_split", rows: rows,
      columns: [
        .text("partner_id") { $0.partner }, .period("quarter", form: .quarter) { $0.quarter },
        .text("contract_id") { $0.contract },
        .real("profit_split_pct") { $0.percent.map { $0.fraction * 100 } ?? .nan },
        .money("joint_profit") { $0.profit }, .money("partner_share") { $0.partnerShare },
        .money("maker_share") { row in row.partnerShare.map { row.profit - $0 } },
      ])
  }
}
