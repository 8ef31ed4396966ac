internal import Regression
public import Tables

extension RegressionTask {
  /// The terms as a table: a row for each coefficient.
  public var termTable: Table {
    let terms = fitted.terms
    let intervals = terms.map { $0.interval() }
    return Table(
      name: "terms",
      columns: [
        .text("name", terms.map(\.name)), .real("estimate", terms.map(\.estimate)),
        .real("standardError", terms.map(\.standardError)), .real("statistic", terms.map(\.statistic)),
        .real("pValue", terms.map(\.pValue)), .real("lower", intervals.map(\.lowerBound)),
        .real("upper", intervals.map(\.upperBound)),
      ])
  }
}
