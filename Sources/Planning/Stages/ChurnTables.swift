import ChannelTypes
import Churn
import Glibc
import Partners
import Regression
import Tables

/// The output tables of the churn stage.
enum ChurnTables {
  /// - Parameter calendarStart: the period that customers' dates are counted from.
  static func all(_ result: ChurnResult, _ settings: ChurnSettings, calendarStart: Period?) -> [Table] {
    // Lifetime values and quadrants as the value stage has them.
    let subjects = ValueStage.subjects(result, settings)
    let quadrants = ValueQuadrant.assign(subjects)
    var tables = [
      churn(result, subjects, quadrants), survival(result), terms(result), calibration(result), quality(result),
      lift(result),
    ]
    if !result.proposals.isEmpty { tables.append(interventions(result)) }
    if let values = result.values, !values.customers.isEmpty {
      tables.append(ValueTables.values(values, subjects, quadrants))
    }
    if !result.segments.isEmpty { tables.append(ValueTables.segments(result.segments)) }
    if let calendarStart, !result.cohorts.isEmpty {
      tables.append(ValueTables.cohorts(result.cohorts, calendarStart: calendarStart))
    }
    return tables
  }

  private static func churn(
    _ result: ChurnResult, _ subjects: [ValueSubject], _ quadrants: [ValueQuadrant]
  ) -> Table {
    let estimates = result.estimates.flatMap { estimate in estimate.subjects.map { (kind: estimate.kind, subject: $0) }
    }
    let rows = zip(estimates, zip(subjects, quadrants)).map {
      (kind: $0.kind, subject: $0.subject, lifetimeValue: $1.0.lifetimeValue, quadrant: $1.1)
    }
    return Table(
      name: "churn", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .text("id") { $0.subject.id }, .text("partner_id") { $0.subject.partner },
        .text("region") { $0.subject.region }, .real("probability") { $0.subject.probability },
        .real("lower") { $0.subject.lower }, .real("upper") { $0.subject.upper },
        .money("value") { Money(rounding: $0.subject.value) },
        .money("value_at_risk") { Money(rounding: $0.subject.valueAtRisk) },
        .text("main_reason") { $0.subject.mainReason }, .text("quadrant") { $0.quadrant.rawValue },
        .money("lifetime_value") { Money(rounding: $0.lifetimeValue) },
      ])
  }

  /// The chance of having left after 1, 2, … periods.
  private static func survival(_ result: ChurnResult) -> Table {
    let rows = result.estimates.flatMap { estimate in
      estimate.subjects.flatMap { subject in
        subject.left.enumerated().map { (kind: estimate.kind, id: subject.id, horizon: $0 + 1, chance: $1) }
      }
    }
    return Table(
      name: "churn_survival", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .text("id") { $0.id }, .integer("horizon") { $0.horizon },
        .real("probability") { $0.chance },
      ])
  }

  private static func lift(_ result: ChurnResult) -> Table {
    let rows = result.estimates.flatMap { estimate in
      estimate.evaluations.flatMap { evaluation in
        evaluation.calibration.lift.map { (kind: estimate.kind, name: evaluation.name, tenth: $0) }
      }
    }
    return Table(
      name: "churn_lift", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .text("evaluation") { $0.name }, .integer("decile") { $0.tenth.tenth },
        .integer("rows") { $0.tenth.rows }, .integer("events") { $0.tenth.events }, .real("lift") { $0.tenth.lift },
        .real("cumulative_lift") { $0.tenth.cumulativeLift }, .real("captured") { $0.tenth.captured },
      ])
  }

  private static func interventions(_ result: ChurnResult) -> Table {
    Table(
      name: "churn_interventions", rows: Array(result.proposals.enumerated()),
      columns: [
        .integer("rank") { $0.offset + 1 }, .text("kind") { $0.element.kind.rawValue },
        .text("id") { $0.element.subject.id }, .text("partner_id") { $0.element.subject.partner },
        .text("region") { $0.element.subject.region }, .text("intervention") { $0.element.intervention.name },
        .real("probability") { $0.element.subject.probability },
        .money("value") { Money(rounding: $0.element.subject.value) },
        .real("assumed_effect") { $0.element.intervention.effect },
        .money("cost") { Money(rounding: $0.element.intervention.cost) },
        .money("expected_saved") { Money(rounding: $0.element.expectedSaved) },
        .text("main_reason") { $0.element.subject.mainReason },
      ])
  }

  private static func terms(_ result: ChurnResult) -> Table {
    let rows = result.estimates.flatMap { estimate in estimate.terms.map { (kind: estimate.kind, term: $0) } }
    return Table(
      name: "churn_terms", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .text("term") { $0.term.name }, .real("estimate") { $0.term.estimate },
        .real("standard_error") { $0.term.standardError }, .real("statistic") { $0.term.statistic },
        .real("p_value") { $0.term.pValue }, .real("odds_ratio") { exp($0.term.estimate) },
      ])
  }

  private static func calibration(_ result: ChurnResult) -> Table {
    let rows = result.estimates.flatMap { estimate in
      (estimate.calibration?.bins ?? []).enumerated().map { (kind: estimate.kind, index: $0, bin: $1) }
    }
    return Table(
      name: "churn_calibration", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .integer("bin") { $0.index + 1 }, .real("lower") { $0.bin.lower },
        .real("upper") { $0.bin.upper }, .integer("rows") { $0.bin.rows }, .real("predicted") { $0.bin.predicted },
        .real("observed") { $0.bin.observed },
      ])
  }

  private static func quality(_ result: ChurnResult) -> Table {
    let rows = result.estimates.flatMap { estimate in
      estimate.evaluations.map { (kind: estimate.kind, name: $0.name, figures: $0.calibration) }
    }
    return Table(
      name: "churn_quality", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .integer("rows") { $0.figures.rows },
        .integer("events") { $0.figures.events }, .real("auc") { $0.figures.auc ?? .nan },
        .real("log_loss") { $0.figures.logLoss }, .real("brier") { $0.figures.brier },
        .real("calibration_slope") { $0.figures.slope ?? .nan }, .text("evaluation") { $0.name },
        .real("calibration_error") { $0.figures.expectedCalibrationError },
        .real("precision_recall_area") { $0.figures.precisionRecallArea ?? .nan },
        .real("lift_first_decile") { $0.figures.lift.first?.lift ?? .nan },
      ])
  }
}
