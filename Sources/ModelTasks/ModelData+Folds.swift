internal import Probability
internal import Regression
internal import Specifications

extension ModelData {
  /// The column of folds that were drawn.
  static let foldColumn = "(fold)"

  /// Deals the rows out to folds of equal size, events and others apart so that every fold has its share of both.
  mutating func drawFolds(_ draw: RegressionFile.FoldDraw) {
    var stream = RandomStream(seed: draw.seed, key: RandomStream.key("folds"))
    // 1. A random order of the rows (Fisher and Yates).
    var order = Array(0..<predictors.rowCount)
    for last in stride(from: order.count - 1, to: 0, by: -1) { order.swapAt(last, stream.index(below: last + 1)) }
    // 2. Events first, in that order.
    let isEvent = events
    order = order.filter { isEvent[$0] } + order.filter { !isEvent[$0] }
    // 3. One row to each fold in turn.
    var codes = [Int32](repeating: 0, count: order.count)
    for (position, row) in order.enumerated() { codes[row] = Int32(position % draw.count) }
    predictors[Self.foldColumn] = .factor(codes: codes, levels: (0..<draw.count).map(String.init))
    specification.folds = [Self.foldColumn]
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
