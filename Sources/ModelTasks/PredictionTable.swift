internal import LinearAlgebra
internal import Regression
internal import Tables

/// Predictions as a table with a row for every row of the input.
struct PredictionTable {
  let data: ModelData
  let predictions: FittedRegression.Predictions

  var table: Table {
    let names = Set(data.keys.map(\.name))
    // A key that has a result's name keeps its place; the result gives way.
    func free(_ name: String) -> String { names.contains(name) ? name + "_predicted" : name }
    var columns = data.keys
    columns.append(.real(free("prediction"), spread(predictions.values)))
    columns.append(.real(free("se"), spread(predictions.errors ?? [])))
    if let survival = predictions.survival {
      for (index, horizon) in predictions.horizons.enumerated() {
        columns.append(.real(free("survival_\(horizon.written)"), spread(Array(survival.column(index)))))
      }
    }
    return Table(name: "predictions", columns: columns)
  }

  /// Values of the predicted rows, unknown for the others.
  private func spread(_ values: [Double]) -> [Double] {
    var result = [Double](repeating: .nan, count: data.predictors.rowCount)
    for (row, value) in zip(predictions.rows, values) { result[row] = value }
    return result
  }
}
