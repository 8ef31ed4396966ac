/// Why a regression has no usable answer: what is wrong with the data, and what to do about it.
public enum RegressionError: Error, Sendable, Hashable {
  /// There is no row to fit, after rows with missing values were left out.
  case noRows(leftOut: Int)
  /// More coefficients than rows with a weight above zero.
  case tooFewRows(rows: Int, coefficients: Int)
  /// A predictor, response or weight that is NaN or infinite; the column's name.
  case notFinite(column: String)
  /// Values so large or so small that their squares leave the range of floating-point numbers; the column's name.
  case outOfRange(column: String)
  /// A weight below zero, or weights that are all zero.
  case badWeights(row: Int?)
  /// A response outside what the family allows, such as 2 for a binary outcome.
  case badResponse(row: Int, value: Double, allowed: String)
  /// The outcome is the same in every row.
  case constantOutcome(value: Double)
  /// A penalty below zero, a spline of one degree of freedom: the specification itself makes no sense.
  case badSpecification(String)
  /// A term names a predictor that the data do not have.
  case unknownPredictor(String)
  /// A term needs numbers where the predictor holds levels, or the other way round.
  case wrongKind(predictor: String, needs: String)
  /// A level that the fit had not seen, under the policy that refuses it.
  case unseenLevel(predictor: String, level: String)
  /// A row without a level of a grouping factor.
  case missingLevel(factor: String, row: Int)
  /// A linear combination of the columns named tells the outcomes apart without error, so that the maximum of the
  /// likelihood lies at infinity.
  case separation(columns: [String], rows: Int)
  /// A row of survival data that ends before it begins, or before time zero.
  case badInterval(row: Int, entry: Double?, time: Double)
  /// Survival data in which the event never happens while anyone is at risk.
  case noEvents
  /// Some combination of the columns named is at its largest among those at risk at every event, so that the partial
  /// likelihood rises without end along it.
  case monotoneLikelihood(columns: [String])
  /// The iterations stopped before the optimum, and why.
  case notConverged(iterations: Int, cause: String)
}

extension RegressionError: CustomStringConvertible {
  /// One sentence without a full stop: the cause.
  public var description: String {
    switch self {
    case .noRows(let leftOut):
      leftOut > 0 ? "no row is left: \(leftOut) rows with missing values were left out" : "there is no row to fit"
    case .tooFewRows(let rows, let coefficients):
      "\(coefficients) coefficients cannot be estimated from \(rows) rows"
    case .notFinite(let column): "column `\(column)` holds a value that is not a finite number"
    case .outOfRange(let column): "the squares of column `\(column)` leave the range of floating-point numbers"
    case .badWeights(let row):
      row.map { "the weight of row \($0 + 1) is negative or not a number" } ?? "all weights are zero"
    case .badResponse(let row, let value, let allowed):
      "the response \(value) of row \(row + 1) is outside \(allowed)"
    case .constantOutcome(let value): "the outcome is \(value) in every row, so that nothing can explain it"
    case .badSpecification(let cause): cause
    case .unknownPredictor(let name): "the data have no predictor `\(name)`"
    case .wrongKind(let predictor, let needs): "predictor `\(predictor)` must hold \(needs)"
    case .unseenLevel(let predictor, let level):
      "level `\(level)` of factor `\(predictor)` did not occur when the model was fitted"
    case .missingLevel(let factor, let row): "row \(row + 1) has no level of factor `\(factor)`"
    case .separation(let columns, let rows):
      "\(columns.map { "`\($0)`" }.joined(separator: ", ")) \(columns.count == 1 ? "tells" : "tell") the outcomes of "
        + "\(rows) rows apart without error, so that the coefficients have no finite estimate"
    case .badInterval(let row, let entry, let time):
      entry.map { "row \(row + 1) comes under observation at \($0) and leaves it at \(time)" }
        ?? "the time \(time) of row \(row + 1) is negative"
    case .noEvents: "no event happens while anyone is at risk"
    case .monotoneLikelihood(let columns):
      "at every event, \(columns.map { "`\($0)`" }.joined(separator: ", ")) \(columns.count == 1 ? "is" : "are together")"
        + " at an extreme of those at risk, so that the coefficients have no finite estimate"
    case .notConverged(let iterations, let cause): "no convergence after \(iterations) iterations: \(cause)"
    }
  }

  /// What to do about it.
  public var hint: String {
    switch self {
    case .noRows: "fill in the missing values, or leave out the predictors that miss them"
    case .tooFewRows: "leave out predictors, merge levels of factors, or add a ridge penalty"
    case .notFinite: "mark missing values as such and choose a policy for them"
    case .outOfRange: "express the column in other units"
    case .badWeights: "give weights of zero or more, at least one of them above zero"
    case .badResponse: "correct the value, or choose a family that allows it"
    case .constantOutcome: "take a longer history, or another definition of the event"
    case .badSpecification: "correct the specification"
    case .unknownPredictor: "correct the name, or add the column"
    case .wrongKind: "use a numeric or spline term for numbers and a factor term for levels"
    case .unseenLevel: "fit again on data with that level, or let unseen levels count as the reference level"
    case .missingLevel: "leave the row out, or give missing levels a level of their own"
    case .separation: "drop the column, merge its levels, or add a ridge penalty"
    case .badInterval: "give times of zero or more, and entries before them"
    case .noEvents: "take a longer history, or another definition of the event"
    case .monotoneLikelihood: "drop the column, merge its levels, or add a ridge penalty"
    case .notConverged: "look for nearly dependent columns or extreme values, or add a ridge penalty"
    }
  }
}
