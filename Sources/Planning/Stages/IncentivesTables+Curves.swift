import ChannelTypes
import Partners
import Tables

extension IncentivesReport {
  /// `accrual_fan`: how far the payouts of a planned period, of all partners and rules together, spread over the draws of
  /// the forecast. Money; `p10` to `p90` are quantiles of the sum, not sums of quantiles.
  var accrualFan: Table {
    let rows = fan.map { (period: $0.period, draws: $0.draws.sorted()) }
    func quantile(_ draws: [Double], _ level: Double) -> Money? {
      let rank = Int((level * Double(draws.count) - 1e-9).rounded(.up))
      return draws.isEmpty ? nil : Money(rounding: draws[min(draws.count, max(1, rank)) - 1])
    }
    return Table(
      name: "accrual_fan", rows: rows,
      columns: [
        .text("period") { $0.period.description },
        .money("mean") { Money(rounding: $0.draws.reduce(0, +) / Double(max(1, $0.draws.count))) },
        .money("p10") { quantile($0.draws, 0.1) }, .money("p25") { quantile($0.draws, 0.25) },
        .money("p50") { quantile($0.draws, 0.5) }, .money("p75") { quantile($0.draws, 0.75) },
        .money("p90") { quantile($0.draws, 0.9) },
      ])
  }

  /// `payout_curves`: the corners of what each version of a rule pays one outlet over sales, before links. `unit`: money,
  /// or sales and payout as shares of the target. `from` and `to`: the first and last settlement period in force.
  var payoutCurves: Table {
    struct Row {
      var rule: IncentiveRule
      var unit: PayoutCurve.Unit
      var corner: PayoutCurve.Corner
    }
    let next = inputs.history.nextMonth
    let rows = inputs.rules.versions.filter { version in
      // What was in force in the past alone is nothing to steer by.
      version.to.map { end in next.containing(version.grain).map { $0.ordinal <= end.ordinal } ?? true } ?? true
    }.flatMap { version in
      PayoutCurve(version.formula).map { curve in
        curve.corners.map { Row(rule: version, unit: curve.unit, corner: $0) }
      } ?? []
    }
    return Table(
      name: "payout_curves", rows: rows,
      columns: [
        .text("rule") { $0.rule.name }, .text("from") { $0.rule.from?.description },
        .text("to") { $0.rule.to?.description }, .text("basis") { $0.rule.basis.rawValue },
        .text("unit") { $0.unit.rawValue }, .text("corner") { $0.corner.kind.rawValue },
        // Shares of a target need more digits than money has.
        .real("sales") { tabled($0.corner.sales.double, 6) }, .real("payout") { tabled($0.corner.payout.double, 6) },
        .real("rate") { row in
          row.corner.sales > .zero ? tabled(row.corner.payout.double / row.corner.sales.double, 6) : .nan
        },
      ])
  }
}
