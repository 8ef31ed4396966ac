import ChannelTypes
import Churn
import Partners
import Regression
import Specifications
import Tables

/// Tables of the value stage about the life of partners: `lifecycle`, `reactivation`, `partner_hazard`,
/// `revenue_at_risk`.
struct PartnerValueTables {
  private let history: ChannelHistory
  private let result: ValueResult
  private let churn: ChurnResult
  private let plan: Plan
  private let lives: [Lifecycle]
  private let rhythms: [OrderRhythm]
  private let inactiveMonths: Int

  init(_ history: ChannelHistory, _ result: ValueResult, _ churn: ChurnResult, _ plan: Plan) {
    (self.history, self.result, self.churn, self.plan) = (history, result, churn, plan)
    let months = Double(plan.churn.partnerInactivePeriods) * plan.calendar.frequency.days / 30.4375
    inactiveMonths = max(1, Int(min(months, 1e4).rounded()))
    var rule = plan.value.lifecycle
    rule.inactiveMonths = inactiveMonths
    lives = Lifecycle.all(history, rule: rule)
    rhythms = OrderRhythm.all(history)
  }

  var tables: [Table] { [lifecycle, reactivation, hazard, revenueAtRisk] }

  /// Months; revenue of the last twelve months and of the twelve before, in the plan's currency.
  private var lifecycle: Table {
    Table(
      name: "lifecycle", rows: rhythms,
      columns: [
        .text("region") { history.partners[$0.partner].region },
        .text("partner_id") { history.partners[$0.partner].id },
        .text("stage_before") { lives[$0.partner].previous?.rawValue },
        .text("stage") { lives[$0.partner].stage.rawValue },
        .integer("tenure_months") { lives[$0.partner].tenureMonths }, .money("revenue") { $0.revenue },
        .money("revenue_before") { $0.revenueBefore }, .real("growth") { tabled(lives[$0.partner].growth, 6) },
        .real("usual_gap") { tabled($0.cycle) }, .integer("silence") { $0.silence },
        .real("dormancy") { tabled($0.dormancy) },
      ])
  }

  private struct Sleeper {
    var kind: String
    var id: String
    var partner: String
    var region: String
    var gap: Double
    var silence: Int
    var dormancy: Double
    var value: Money?
  }

  /// Whom to win back: partners silent for more than `value.dormant_gaps` of their own gaps that have not ended, and
  /// dormant customers among the upper two fifths by margin. `value`: a partner's revenue of the year, a customer's
  /// margin so far.
  private var reactivation: Table {
    let limit = plan.value.dormantGaps.value
    var rows = rhythms.filter { lives[$0.partner].stage != .ended && $0.dormancy > limit }.map { rhythm in
      let partner = history.partners[rhythm.partner]
      return Sleeper(
        kind: "partner", id: partner.id, partner: partner.id, region: partner.region, gap: rhythm.cycle,
        silence: rhythm.silence, dormancy: rhythm.dormancy, value: rhythm.revenue)
    }
    rows += churn.segments.filter(\.isToReactivate).map { customer in
      Sleeper(
        kind: "customer", id: customer.id, partner: customer.partner,
        region: history.index(of: customer.partner).map { history.partners[$0].region } ?? "", gap: customer.cycle,
        silence: customer.silence, dormancy: customer.dormancy, value: Money(rounding: customer.margin))
    }
    rows.sort { ($1.kind, $1.value ?? .zero, $0.id) < ($0.kind, $0.value ?? .zero, $1.id) }
    return Table(
      name: "reactivation", rows: rows,
      columns: [
        .text("kind") { $0.kind }, .text("id") { $0.id }, .text("partner_id") { $0.partner },
        .text("region") { $0.region }, .real("usual_gap") { tabled($0.gap) }, .integer("silence") { $0.silence },
        .real("dormancy") { tabled($0.dormancy) }, .money("value") { $0.value },
      ])
  }

  /// By months since signing: partners at risk, exits, their ratio, and the share still there with its 95 % interval.
  private var hazard: Table {
    guard let curve = history.partnerSurvival(inactiveMonths: inactiveMonths)?.curves.first else {
      return Table(name: "partner_hazard", columns: [])
    }
    let intervals = curve.intervals()
    return Table(
      name: "partner_hazard", rows: curve.times.indices,
      columns: [
        .real("tenure_months") { curve.times[$0] }, .real("at_risk") { curve.atRisk[$0] },
        .real("exits") { curve.events[$0] },
        .real("hazard") { tabled(curve.events[$0] / curve.atRisk[$0], 6) },
        .real("survival") { tabled(curve.survival[$0], 6) },
        .real("lower") { tabled(intervals[$0].lowerBound, 6) }, .real("upper") { tabled(intervals[$0].upperBound, 6) },
      ])
  }

  /// Region (empty: the network) × periods ahead: revenue of the last twelve months that may go with partners.
  private var revenueAtRisk: Table {
    let revenue = Dictionary(
      rhythms.map { (history.partners[$0.partner].id, $0.revenue) }, uniquingKeysWith: { first, _ in first })
    let rows = RevenueAtRisk.all(result.subjects.filter { $0.kind == .partner }, revenue: revenue)
    return Table(
      name: "revenue_at_risk", rows: rows,
      columns: [
        .text("region") { $0.region.isEmpty ? nil : $0.region }, .integer("horizon") { $0.horizon },
        .integer("partners") { $0.partners }, .money("revenue") { $0.revenue },
        .real("expected_departures") { tabled($0.expectedDepartures, 6) }, .money("expected_loss") { $0.expectedLoss },
        .money("deviation") { Money(rounding: $0.deviation) },
      ])
  }
}
