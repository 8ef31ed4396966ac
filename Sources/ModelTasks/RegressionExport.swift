internal import LinearAlgebra
internal import Regression
public import Tables

/// What lies behind a fit, as tables: the design matrix, residuals, folds and scores, with the keys of the rows.
public struct RegressionExport: Sendable {
  private let task: RegressionTask

  public init(_ task: RegressionTask) { self.task = task }

  private static let names: Set<String> = ["design.csv", "residuals.csv", "folds.csv", "scores.csv"]

  /// Writes the folder whole or not at all; an earlier export in its place is replaced.
  public func write(to path: String) throws(FileError) {
    let folder = try StagedFolder(at: path) { $0.allSatisfy(Self.names.contains) }
    do throws(FileError) {
      for table in tables() { try CSVWriter.write(table, to: "\(folder.staging)/\(table.name).csv") }
      try folder.commit()
    } catch {
      folder.abandon()
      throw error
    }
  }

  private func tables() -> [Table] {
    guard let data = task.data else { return [] }
    let predictions = try? task.fitted.predict(data.predictors, horizons: task.fitted.specification.horizons)
    let scores = predictions.map { PredictionTable(data: data, predictions: $0).table.renamed("scores") }
    return [design(data), predictions.flatMap { residuals(data, $0) }, folds(data), scores].compactMap { $0 }
  }

  /// The columns that the fit saw, a row for each row that was used.
  private func design(_ data: ModelData) -> Table? {
    guard let (known, rows) = complete(data), let design = try? task.fitted.design.matrix(known) else { return nil }
    var columns = data.keys.map { $0.selecting(design.rows.map { rows[$0] }) }
    let taken = Set(columns.map(\.name))
    for (index, name) in design.names.enumerated() where !taken.contains(name) {
      columns.append(.real(name, design.matrix.column(index)))
    }
    return Table(name: "design", columns: columns)
  }

  /// The rows that the model can predict, and which rows of the table they are.
  private func complete(_ data: ModelData) -> (Predictors, [Int])? {
    guard let predictions = try? task.fitted.predict(data.predictors) else { return nil }
    return (data.predictors.selecting(rows: predictions.rows), predictions.rows)
  }

  /// Observed, fitted and their difference; empty cells where a row misses a value.
  private func residuals(_ data: ModelData, _ predictions: FittedRegression.Predictions) -> Table? {
    guard let observed = data.outcome, data.specification.survival == nil else { return nil }
    var fitted = [Double](repeating: .nan, count: observed.count)
    for (row, value) in zip(predictions.rows, predictions.values) { fitted[row] = value }
    return Table(
      name: "residuals",
      columns: data.keys + [
        .real("observed", observed), .real("fitted", fitted),
        .real("residual", zip(observed, fitted).map { $0 - $1 }),
      ])
  }

  /// The fold of each row in each column of folds, and the prediction of the fit without it.
  private func folds(_ data: ModelData) -> Table? {
    guard !task.heldOut.isEmpty else { return nil }
    var columns = data.keys
    for scores in task.heldOut {
      switch data.predictors[scores.column] {
      case .factor(let codes, let levels):
        columns.append(.text(scores.column, codes.map { $0 < 0 ? nil : levels[Int($0)] }))
      case .numeric(let values): columns.append(.real(scores.column, values))
      case nil: continue
      }
      columns.append(.real(scores.column + "_prediction", scores.predictions.map { $0 ?? .nan }))
    }
    return Table(name: "folds", columns: columns)
  }
}
