internal import Regression
internal import Specifications
internal import Tables

/// Why there is no usable answer, with the line of the model file or the cell of the table that it is about.
struct RegressionFailure {
  let error: RegressionError
  let file: RegressionFile?
  let data: ModelData

  var diagnostic: Diagnostic {
    let message = error.description
    switch error {
    case .separation(let columns, _), .monotoneLikelihood(let columns):
      return about(coefficient: columns.first, ModelTaskCodes.separation, message, error.hint)
    case .notConverged: return about(nil, ModelTaskCodes.notConverged, message, error.hint)
    case .badResponse(let row, let value, let allowed):
      let sentence = "`\(outcome ?? "")` is \(value.written), which is outside \(allowed)"
      return about(cell: row, outcome, { $0 == value }, ModelTaskCodes.badResponse, sentence, error.hint)
    case .badInterval(let row, let entry, let time):
      let survival = data.specification.survival
      let sentence =
        entry.map { "the row is under observation from \($0.written) to \(time.written)" }
        ?? "`\(survival?.time ?? "")` is \(time.written), which is below zero"
      return about(cell: row, survival?.time, { $0 == time }, ModelTaskCodes.badResponse, sentence, error.hint)
    case .badWeights(let row?):
      let name = data.specification.weights
      let sentence = "`\(name ?? "")` holds a weight below zero"
      return about(cell: row, name, { $0 < 0 }, ModelTaskCodes.badWeights, sentence, error.hint)
    case .badWeights(nil):
      return about(data.specification.weights, ModelTaskCodes.badWeights, message, error.hint)
    case .noRows, .tooFewRows: return about(nil, ModelTaskCodes.tooLittleData, message, error.hint)
    case .constantOutcome, .noEvents: return about(outcome, ModelTaskCodes.tooLittleData, message, error.hint)
    case .unknownPredictor(let name): return about(name, ModelTaskCodes.unknownColumn, message, error.hint)
    case .unseenLevel(let name, _): return about(name, ModelTaskCodes.unseenLevel, message, error.hint)
    case .wrongKind(let name, _): return about(name, ModelTaskCodes.badModel, message, error.hint)
    case .notFinite(let column), .outOfRange(let column):
      return about(coefficient: column, ModelTaskCodes.badModel, message, error.hint)
    default: return about(nil, ModelTaskCodes.badModel, message, error.hint)
    }
  }

  private var outcome: String? { data.specification.survival?.event ?? data.specification.response }

  private func about(_ column: String?, _ code: DiagnosticCode, _ message: String, _ hint: String) -> Diagnostic {
    guard let file else { return Diagnostic(code, message, hint: hint) }
    return file.diagnostic(code, message, atColumn: column ?? "", hint: hint)
  }

  /// The term that a coefficient belongs to: `region[east]`, `spline(tenure)[2]` and `a:b` name columns.
  private func about(
    coefficient: String?, _ code: DiagnosticCode, _ message: String, _ hint: String
  ) -> Diagnostic {
    let part = coefficient?.split(separator: ":").first.map(String.init) ?? ""
    let columns = file?.places.keys.filter { name in
      part == name || part.hasPrefix(name + "[") || part.contains("(\(name))") || part.contains("(\(name),")
    }
    return about(columns?.max { $0.count < $1.count }, code, message, hint)
  }

  /// A cell that the fit refused. It counts the rows that it used, so the cell is the first from there on of which
  /// `isMeant` holds.
  private func about(
    cell row: Int, _ column: String?, _ isMeant: (Double) -> Bool, _ code: DiagnosticCode, _ message: String,
    _ hint: String
  ) -> Diagnostic {
    guard let column, case .numeric(let values)? = data.predictors[column],
      let found = values.indices.dropFirst(row).first(where: { isMeant(values[$0]) }),
      let cell = data.source?.locate([(found, column)]).first
    else { return about(column, code, message, hint) }
    return Diagnostic(code, message, at: cell.place, excerpt: cell.excerpt, hint: hint)
  }
}
