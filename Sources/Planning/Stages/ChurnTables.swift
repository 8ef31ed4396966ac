import ChannelTypes
import Churn
import Glibc
import Regression
import Tables

/// The output tables of the churn stage.
enum ChurnTables {
  static func all(_ result: ChurnResult) -> [Table] {
    [churn(result), terms(result), calibration(result), quality(result)]
  }

  private static func churn(_ result: ChurnResult) -> Table {
    let rows = result.estimates.flatMap { estimate in estimate.subjects.map { (kind: estimate.kind, subject: $0) } }
    return Table(
      name: "churn", rows: rows,
      columns: [
        .text("kind") { $0.kind.rawValue }, .text("id") { $0.subject.id }, .text("partner_id") { $0.subject.partner },
        .text("region") { $0.subject.region }, .real("probability") { $0.subject.probability },
        .real("lower") { $0.subject.lower }, .real("upper") { $0.subject.upper },
        .money("value") { Money(rounding: $0.subject.value) },
        .money("value_at_risk") { Money(rounding: $0.subject.valueAtRisk) },
        .text("main_reason") { $0.subject.mainReason },
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
      ])
  }
}
