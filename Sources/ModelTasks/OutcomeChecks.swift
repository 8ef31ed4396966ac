internal import Regression
internal import Specifications
internal import Tables

/// Whether the outcome holds what the model file says of it.
struct OutcomeChecks {
  let file: RegressionFile
  let data: ModelData

  /// - Returns: whether the fit can go on.
  func report(_ findings: inout Findings) -> Bool {
    let specification = file.specification
    guard let name = specification.survival?.event ?? specification.response, let values = data.predictors[name],
      case .factor(_, let levels) = values
    else { return true }
    guard let event = specification.event else {
      let shown = levels.prefix(5).joined(separator: ", ") + (levels.count > 5 ? ", …" : "")
      findings.add(
        file.diagnostic(
          ModelTaskCodes.outcomeIsText, "the outcome `\(name)` holds words: \(shown)", atColumn: name,
          hint: levels.count == 2
            ? "add `event: \(levels[1])`, if that is what counts as 1" : "add `event:` with the word that counts as 1"))
      return false
    }
    guard !levels.contains(event) else { return true }
    let shown = levels.prefix(12).joined(separator: ", ") + (levels.count > 12 ? ", …" : "")
    findings.add(
      file.diagnostic(
        ModelTaskCodes.unknownEvent, "no row of `\(name)` holds the event `\(event)`", atKey: "event",
        hint: Suggestion.closest(to: event, among: levels).map { "did you mean `\($0)`?" } ?? "it holds \(shown)"))
    return false
  }
}
