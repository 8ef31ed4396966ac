public import Regression
public import Specifications
public import Tables

/// The rows of a table as a model sees them: the columns that it needs, and those that name the rows in results.
public struct ModelData: Sendable {
  public var predictors: Predictors
  /// Columns that name the rows: those under `ignore` and `join.on`, or the number of the row from 0.
  public var keys: [Column]
  /// The specification with what the table decides: kinds of terms, folds.
  public var specification: RegressionSpecification
  /// Where the rows were read, for places of findings.
  public let source: (any TableSource)?

  /// Reads what a fit needs.
  /// - Parameters:
  ///   - path: the table, CSV or compressed CSV.
  ///   - findings: everything that is wrong with it, in one pass.
  /// - Returns: nil where there is an error among the findings.
  public static func read(_ path: String, fitting file: RegressionFile, findings: inout Findings) -> ModelData? {
    let reader = ModelDataReader(
      path: path, specification: file.specification, file: file,
      wanted: WantedColumns(fitting: file.specification, flexible: file.flexible), isFit: true)
    guard var data = reader.read(findings: &findings) else { return nil }
    guard OutcomeChecks(file: file, data: data).report(&findings) else { return nil }
    data.settleTerms(of: file, &findings)
    if let draw = file.drawnFolds { data.drawFolds(draw) }
    return data
  }

  /// Reads what a prediction needs.
  /// - Parameter file: the model file, for places of findings; nil for a model that was loaded.
  public static func read(
    _ path: String, predicting specification: RegressionSpecification, file: RegressionFile? = nil,
    findings: inout Findings
  ) -> ModelData? {
    let reader = ModelDataReader(
      path: path, specification: specification, file: file, wanted: WantedColumns(predicting: specification),
      isFit: false)
    return reader.read(findings: &findings)
  }

  /// Terms without a kind of their own become factors where their column holds levels.
  private mutating func settleTerms(of file: RegressionFile, _ findings: inout Findings) {
    let grouping = file.specification.columns.levels
    for name in file.flexible.intersection(grouping).sorted() {
      findings.add(
        file.diagnostic(
          ModelTaskCodes.groupingTerm, "`\(name)` also groups rows, and is taken as levels", severity: .note,
          atColumn: name))
    }
    specification.terms = specification.terms?.map { settled($0, file.flexible) }
  }

  private func settled(_ term: DesignSpecification.Term, _ flexible: Set<String>) -> DesignSpecification.Term {
    switch term {
    case .numeric(let name, _) where flexible.contains(name):
      if case .factor? = predictors[name] { return .factor(name, reference: nil) }
      return term
    case .interaction(let parts): return .interaction(parts.map { settled($0, flexible) })
    default: return term
    }
  }
}
