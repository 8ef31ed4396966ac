import ChannelTypes
import Churn
import Partners
import Tables

/// The output tables about what customers are worth.
enum ValueTables {
  static func values(
    _ values: CustomerValuation.Result, _ subjects: [ValueSubject], _ quadrants: [ValueQuadrant]
  ) -> Table {
    let known = Dictionary(
      zip(subjects, quadrants).filter { $0.0.kind == .customer }.map {
        ($0.id, (chance: $0.probability, quadrant: $1.rawValue))
      }, uniquingKeysWith: { first, _ in first })
    let rows = values.customers.sorted { ($1.estimate.value, $0.id) < ($0.estimate.value, $1.id) }
    return Table(
      name: "clv", rows: rows,
      columns: [
        .text("customer_id") { $0.id }, .text("partner_id") { $0.partner }, .text("segment") { $0.segment },
        .text("basis") { $0.basis.rawValue }, .real("alive") { $0.alive },
        .real("orders_per_year") { $0.ordersPerYear ?? .nan },
        .money("margin_per_period") { Money(rounding: $0.marginPerPeriod) },
        .real("expected_periods") { $0.estimate.lifetime },
        .money("lifetime_value") { Money(rounding: $0.estimate.value) },
        .money("value_of_one_more_period") { Money(rounding: $0.estimate.valueOfOneMorePeriod) },
        .real("probability") { known[$0.id]?.chance ?? .nan }, .text("quadrant") { known[$0.id]?.quadrant },
      ])
  }

  static func segments(_ customers: [PurchaseSegments.Customer]) -> Table {
    Table(
      name: "segments", rows: customers,
      columns: [
        .text("customer_id") { $0.id }, .text("partner_id") { $0.partner },
        .text("segment") { $0.segment.rawValue }, .integer("periods_since_order") { $0.silence },
        .integer("orders") { $0.orders }, .money("margin") { Money(rounding: $0.margin) },
        .integer("recency_score") { $0.recencyScore }, .integer("frequency_score") { $0.frequencyScore },
        .integer("money_score") { $0.moneyScore }, .real("usual_gap") { $0.cycle }, .real("dormancy") { $0.dormancy },
        .integer("reactivate") { $0.isToReactivate ? 1 : 0 },
      ])
  }

  /// One row per cohort and quarter of age.
  static func cohorts(_ cohorts: [RetentionCohort], calendarStart: Period) -> Table {
    let rows = cohorts.flatMap { cohort in
      cohort.retained.enumerated().map { (cohort: cohort, age: $0, retained: $1) }
    }
    return Table(
      name: "cohorts",
      columns: [
        .period("cohort", form: calendarStart.form, rows.map { calendarStart.advanced(by: $0.cohort.firstPeriod) }),
        .integer("customers", rows.map { Int($0.cohort.customers) }),
        .real("repurchase_rate", rows.map(\.cohort.repurchased)), .integer("quarters", rows.map(\.age)),
        .real("retention_rate", rows.map(\.retained)),
      ])
  }
}
