internal import Regression
public import Tables

extension RegressionTask {
  /// The terms as a table: a row for each coefficient.
  public var termTable: Table {
    let terms = fitted.terms
    let intervals = terms.map { $0.interval() }
    // Empty cells where a penalty leaves no standard error.
    func known(_ values: [Double]) -> [Double] { values.map { $0.isFinite ? $0 : .nan } }
    return Table(
      name: "terms",
      columns: [
        .text("name", terms.map(\.name)), .real("estimate", terms.map(\.estimate)),
        .real("standardError", known(terms.map(\.standardError))), .real("statistic", known(terms.map(\.statistic))),
        .real("pValue", known(terms.map(\.pValue))), .real("lower", known(intervals.map(\.lowerBound))),
        .real("upper", known(intervals.map(\.upperBound))),
      ])
  }
}
