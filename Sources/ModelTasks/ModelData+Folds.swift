internal import Regression
internal import Specifications

extension ModelData {
  /// The column of folds that were drawn.
  static let foldColumn = "(fold)"

  /// Deals the rows out to folds of equal size, each with its share of the events; rows of one cluster stay together.
  mutating func drawFolds(_ draw: RegressionFile.FoldDraw) {
    let rows = Array(0..<predictors.rowCount)
    let events = events.map { $0 ? 1.0 : 0 }
    let folds = Folds.grouped(clusters ?? rows, events: events, count: draw.count, seed: draw.seed)
    predictors[Self.foldColumn] = .factor(
      codes: folds.assignment.map(Int32.init), levels: (0..<draw.count).map(String.init))
    specification.folds = [Self.foldColumn]
  }

  /// The cluster of each row; rows without one stand alone.
  private var clusters: [Int]? {
    guard let name = specification.cluster, case .factor(let codes, let levels)? = predictors[name] else { return nil }
    return codes.enumerated().map { row, code in code < 0 ? levels.count + row : Int(code) }
  }

  /// Rows with the event; none for responses that are amounts.
  private var events: [Bool] {
    guard specification.family == .binomial || specification.survival != nil, let outcome else {
      return [Bool](repeating: false, count: predictors.rowCount)
    }
    return outcome.map { $0 > 0.5 }
  }

  /// The response as a number: 1 for the event where it is written in words; NaN where it is missing.
  var outcome: [Double]? {
    guard let name = specification.survival?.event ?? specification.response, let values = predictors[name] else {
      return nil
    }
    switch values {
    case .numeric(let values): return values
    case .factor(let codes, let levels):
      let event = specification.event.flatMap(levels.firstIndex) ?? -1
      return codes.map { $0 < 0 ? .nan : Int($0) == event ? 1 : 0 }
    }
  }
}
