internal import Foundation
internal import LinearAlgebra

/// How well a model predicts rows that it was fitted without.
public struct HeldOutScores: Sendable, Hashable {
  /// The column that says which rows are held out together.
  public let column: String
  public let folds: [Fold]
  /// Per row of the data the prediction of the fit without its fold; nil where the row was never held out, or misses a
  /// value.
  public let predictions: [Double?]

  public struct Fold: Sendable, Hashable {
    /// The value of the column.
    public let name: String
    public let rows: Int
    public let scores: [Score]
  }

  /// A measure by name: `logLoss`, `auc`, `brier`, `calibrationSlope`; `rmse`, `mae`, `rSquared`, `deviance`; for survival
  /// `harrellC`, `integratedBrier`.
  public struct Score: Sendable, Hashable {
    public let name: String
    public let value: Double
  }

  /// The mean of every measure over the folds.
  public var means: [Score] { HeldOutScores.means(folds) }

  public static func means(_ folds: [Fold]) -> [Score] {
    (folds.first?.scores ?? []).map { first in
      let values = folds.compactMap { fold in fold.scores.first { $0.name == first.name }?.value }
      return Score(name: first.name, value: values.reduce(0, +) / Double(values.count))
    }
  }
}

extension RegressionSpecification {
  /// Fits the model without each fold of its fold columns, and without the rows of its hold-out columns, and judges it on
  /// them. Everything is learnt again from the rows of the fit: levels, knots, and the penalty where it is chosen.
  /// - Parameter threads: fits at a time; the result does not depend on it.
  public func heldOut(_ data: Predictors, threads: Int = 1) throws(RegressionError) -> [HeldOutScores] {
    var scores: [HeldOutScores] = []
    for column in folds { scores.append(try heldOut(data, column, onlyOnes: false, threads)) }
    for column in holdouts { scores.append(try heldOut(data, column, onlyOnes: true, threads)) }
    return scores
  }

  private func heldOut(
    _ data: Predictors, _ column: String, onlyOnes: Bool, _ threads: Int
  ) throws(RegressionError) -> HeldOutScores {
    let (codes, levels) = try data.levels(column)
    var names = levels.indices.filter { level in codes.contains(Int32(level)) }.map { levels[$0] }
    names.sortAsLevels()
    if onlyOnes {
      guard names.contains("1") else { throw .badSpecification("the hold-out column `\(column)` holds no 1") }
      names = ["1"]
    } else if names.count < 2 {
      throw .badSpecification("the fold column `\(column)` has fewer than two folds")
    }
    let (usual, heldNames) = (self, names)
    let outcomes = parallelMap(count: names.count, threads: threads) { index -> Result<Judged, RegressionError> in
      Result { () throws(RegressionError) in
        let code = Int32(levels.firstIndex(of: heldNames[index]) ?? -1)
        let held = codes.indices.filter { codes[$0] == code }
        let training = codes.indices.filter { codes[$0] != code && codes[$0] >= 0 }
        return try usual.judge(data, training: training, held: held, name: heldNames[index])
      }
    }
    var predictions = [Double?](repeating: nil, count: data.rowCount)
    var folds: [HeldOutScores.Fold] = []
    for outcome in outcomes {
      let judged = try outcome.get()
      for (row, value) in judged.predictions { predictions[row] = value }
      folds.append(judged.fold)
    }
    return HeldOutScores(column: column, folds: folds, predictions: predictions)
  }

  private struct Judged: Sendable {
    var fold: HeldOutScores.Fold
    var predictions: [(row: Int, value: Double)]
  }

  private func judge(
    _ data: Predictors, training: [Int], held: [Int], name: String
  ) throws(RegressionError) -> Judged {
    let trainingData = data.selecting(rows: training)
    let fit = try fit(trainingData)
    // Rows without an outcome cannot be judged.
    let part = data.selecting(rows: held)
    let known = try ModelFrame.completeRows(fittedRoles, part)
    let judgedData = part.selecting(rows: known)
    let predicted = try fit.predict(judgedData, horizons: survival == nil ? [] : try judgedTimes(trainingData))
    let scores =
      survival == nil
      ? try meanScores(fit, judgedData, predicted)
      : try survivalScores(training: trainingData, held: judgedData, predicted)
    let rows = predicted.rows.map { held[known[$0]] }
    return Judged(
      fold: .init(name: name, rows: predicted.rows.count, scores: scores),
      predictions: zip(rows, predicted.values).map { (row: $0, value: $1) })
  }

  private func meanScores(
    _ fit: FittedRegression, _ data: Predictors, _ predicted: FittedRegression.Predictions
  ) throws(RegressionError) -> [HeldOutScores.Score] {
    let all = try data.response(response ?? "", event: event)
    let outcomes = predicted.rows.map { all[$0] }
    var weights: [Double]?
    if let name = self.weights {
      let values = try data.numbers(name)
      weights = predicted.rows.map { values[$0] }
    }
    if family == .binomial, outcomes.allSatisfy({ $0 == 0 || $0 == 1 }) {
      let calibration = Calibration(predicted.values, outcomes)
      var scores = [
        HeldOutScores.Score(name: "logLoss", value: calibration.logLoss),
        .init(name: "brier", value: calibration.brier),
      ]
      if let auc = calibration.auc { scores.append(.init(name: "auc", value: auc)) }
      if let slope = calibration.slope { scores.append(.init(name: "calibrationSlope", value: slope)) }
      if let shift = calibration.intercept { scores.append(.init(name: "calibrationIntercept", value: shift)) }
      return scores
    }
    return errorScores(outcomes, predicted.values, weights, fit.family)
  }

  private func errorScores(
    _ outcomes: [Double], _ predictions: [Double], _ weights: [Double]?, _ family: Family
  ) -> [HeldOutScores.Score] {
    let mean = weightedMoments(outcomes[...], weights: weights).mean
    var (total, squares, absolute, spread, deviance) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (i, y) in outcomes.enumerated() {
      let weight = weights?[i] ?? 1
      total += weight
      squares += weight * (y - predictions[i]) * (y - predictions[i])
      absolute += weight * abs(y - predictions[i])
      spread += weight * (y - mean) * (y - mean)
      deviance += weight * family.deviance(y, predictions[i])
    }
    guard total > 0 else { return [] }
    return [
      .init(name: "rmse", value: (squares / total).squareRoot()), .init(name: "mae", value: absolute / total),
      .init(name: "rSquared", value: spread > 0 ? 1 - squares / spread : 0),
      .init(name: "deviance", value: deviance / total),
    ]
  }
}
