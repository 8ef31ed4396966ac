import Regression
import Tables

/// What the keys of a model file say about one another, once each was read.
struct RegressionFileChecks {
  let specification: RegressionSpecification
  let places: [String: SourcePlace]
  /// Columns of terms without a kind, which are levels where the column also groups rows.
  let flexible: Set<String>

  func report(to root: inout MappingCursor) {
    eventOfFamily(&root)
    penaltyOfModel(&root)
    kindsOfColumns(&root)
    responseAmongTerms(&root)
  }

  private func eventOfFamily(_ root: inout MappingCursor) {
    guard specification.event != nil, specification.survival == nil, specification.response != nil,
      specification.family != .binomial
    else { return }
    root.report(
      RegressionFileCodes.contradiction,
      "`event` names one of two outcomes, and the family is \(specification.family)", at: root.origin(of: "event"),
      hint: root.shape(of: "family") == nil ? "add `family: binomial`" : "write `family: binomial`, or remove `event`")
  }

  private func penaltyOfModel(_ root: inout MappingCursor) {
    let place = root.origin(of: "penalty")
    if specification.penalty == .firth, specification.family != .binomial || specification.survival != nil {
      root.report(
        RegressionFileCodes.contradiction, "Firth's penalty is for outcomes of two kinds", at: place,
        hint: "write `family: binomial`, or choose ridge")
    }
    if specification.penalty != .none, !specification.random.isEmpty {
      root.report(
        RegressionFileCodes.contradiction, "a model with random effects takes no penalty", at: place,
        hint: "remove `penalty`: random effects are shrunken already")
    }
  }

  /// A column is read once, as numbers or as levels.
  private func kindsOfColumns(_ root: inout MappingCursor) {
    let columns = specification.columns
    for name in columns.numbers.intersection(columns.levels).subtracting(flexible).sorted() {
      root.report(
        RegressionFileCodes.contradiction, "`\(name)` is used both as numbers and as levels",
        at: places[name] ?? root.origin.place,
        hint: "keep one of the two, or add a copy of the column to the table")
    }
  }

  private func responseAmongTerms(_ root: inout MappingCursor) {
    let explained = [specification.response, specification.survival?.time, specification.survival?.event]
      .compactMap { $0 }
    for name in Set((specification.terms ?? []).flatMap(\.predictors)).intersection(explained).sorted() {
      root.report(
        RegressionFileCodes.contradiction, "`\(name)` is to be explained, and is also a term",
        at: places[name] ?? root.origin.place, hint: "remove it from `terms`")
    }
  }
}
