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
    return [design(data), residuals(data), folds(data), scores].compactMap { $0 }
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

  /// What the fit says about single rows: residuals, leverage, influence.
  private func residuals(_ data: ModelData) -> Table? {
    guard let rows = try? task.fitted.rowDiagnostics(data.predictors) else { return nil }
    var columns = data.keys.map { $0.selecting(rows.rows) }
    columns += [
      .real("observed", rows.observed), .real("fitted", rows.fitted), .real("residual", rows.residual),
    ]
    let others = [
      ("pearson_residual", rows.pearson), ("deviance_residual", rows.deviance), ("leverage", rows.leverage),
      ("cooks_distance", rows.cooksDistance),
    ]
    columns += others.filter { !$0.1.isEmpty }.map { .real($0.0, $0.1) }
    return Table(name: "residuals", columns: columns)
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
