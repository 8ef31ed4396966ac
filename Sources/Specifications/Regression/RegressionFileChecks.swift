import Regression
import Tables

/// What the keys of a model file say about one another, once each was read.
struct RegressionFileChecks {
  let specification: RegressionSpecification
  let places: [String: SourcePlace]
  /// Columns of terms without a kind, which are levels where the column also groups rows.
  let flexible: Set<String>

  func report(to root: inout MappingCursor) {
    conflicts(&root)
    kindsOfColumns(&root)
    responseAmongTerms(&root)
  }

  /// What the model would have to ignore.
  private func conflicts(_ root: inout MappingCursor) {
    for conflict in specification.conflicts {
      root.report(
        RegressionFileCodes.contradiction, conflict.cause, at: root.origin(of: conflict.key), hint: conflict.cure)
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
