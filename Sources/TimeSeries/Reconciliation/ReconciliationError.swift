/// Why forecasts cannot be made coherent.
public enum ReconciliationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No bottom series.
  case noSeries
  /// A key column with another number of values than the first one.
  case unequalKeys(column: String, expected: Int, found: Int)
  /// A level or a nest that names a column which is not there.
  case unknownColumn(String)
  /// An array that does not fill nodes × something.
  case wrongCount(expected: Int, found: Int)
  /// A base forecast that is not a finite number.
  case notFinite(node: String)
  /// The method needs one-step errors of the base forecasts.
  case residualsMissing
  /// Hardly a node has two known one-step errors.
  case tooFewResiduals
  /// A season that does not have the wanted parts.
  case badAggregate(periods: Int, season: Int)
  /// A matrix of the method is singular to working precision.
  case singular

  public var description: String {
    switch self {
    case .noSeries: "a hierarchy needs at least one bottom series"
    case .unequalKeys(let column, let expected, let found):
      "key column \(column) has \(found) values, the first one has \(expected)"
    case .unknownColumn(let name): "no key column is called \(name)"
    case .wrongCount(let expected, let found): "\(expected) values are needed, \(found) were given"
    case .notFinite(let node): "the base forecast of \(node) is not a finite number"
    case .residualsMissing: "this method needs the one-step errors of the base forecasts"
    case .tooFewResiduals: "fewer than two one-step errors are known at every node; use a method without residuals"
    case .badAggregate(let periods, let season):
      "a season of \(season) periods does not divide into parts of \(periods)"
    case .singular: "the errors of the base forecasts leave the solution open; use a method without residuals"
    }
  }
}
