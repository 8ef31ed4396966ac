public import Regression
public import Specifications
public import Tables

/// A regression on a table: reads, fits, judges and predicts; every finding with its place.
public struct RegressionTask: Sendable {
  public let fitted: FittedRegression
  /// The model file; nil for a model that was loaded.
  public let file: RegressionFile?
  /// The rows that the model was fitted to; nil for a model that was loaded.
  public let data: ModelData?
  /// Measures on rows that were held out, one for each column of folds or holdouts.
  public let heldOut: [HeldOutScores]

  /// Fits the model of a file to a table.
  /// - Parameter threads: fits of held-out folds at a time; results do not depend on it.
  /// - Returns: nil where there is an error among the findings.
  public static func fit(
    _ file: RegressionFile, to path: String, threads: Int = 1, findings: inout Findings
  ) -> RegressionTask? {
    guard let data = ModelData.read(path, fitting: file, findings: &findings) else { return nil }
    do throws(RegressionError) {
      let fitted = try data.specification.fit(data.predictors)
      let heldOut = try data.specification.heldOut(data.predictors, threads: threads)
      let task = RegressionTask(fitted: fitted, file: file, data: data, heldOut: heldOut)
      task.note(fitted.treatment, "fit", path, &findings)
      return task
    } catch {
      findings.add(RegressionFailure(error: error, file: file, data: data).diagnostic)
      return nil
    }
  }

  /// A model that was saved.
  public static func load(_ path: String, findings: inout Findings) -> RegressionTask? {
    guard let fitted = SavedRegression.load(path, findings: &findings) else { return nil }
    return RegressionTask(fitted: fitted, file: nil, data: nil, heldOut: [])
  }

  /// Predicts the rows of a table: its keys, `prediction`, `se`, and for survival a column per horizon.
  ///
  /// Every row of the table has a row in the result; one that misses a value which the model needs has no prediction,
  /// and a finding counts them.
  public func predict(_ path: String, findings: inout Findings) -> Table? {
    guard
      let data = ModelData.read(path, predicting: fitted.specification, file: file, findings: &findings)
    else { return nil }
    do throws(RegressionError) {
      let predictions = try fitted.predict(data.predictors, horizons: fitted.specification.horizons)
      note(predictions.treatment, "prediction", path, &findings)
      return PredictionTable(data: data, predictions: predictions).table
    } catch {
      findings.add(RegressionFailure(error: error, file: file, data: data).diagnostic)
      return nil
    }
  }

  /// Says what was left out, filled in or unseen: a note for each column.
  private func note(
    _ treatment: DesignMatrix.Treatment, _ purpose: String, _ path: String, _ findings: inout Findings
  ) {
    for (name, what) in treatment.sentences {
      let message = "\(what) in the \(purpose)"
      findings.add(
        file?.diagnostic(ModelTaskCodes.leftOut, message, severity: .note, atColumn: name)
          ?? Diagnostic(ModelTaskCodes.leftOut, .note, message, at: SourcePlace(file: path)))
    }
  }
}

extension DesignMatrix.Treatment {
  /// What was done, a sentence for each column, by column.
  public var sentences: [(column: String, text: String)] {
    func rows(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }
    return leftOut.sorted { $0.key < $1.key }.map { ($0.key, "\(rows($0.value)) without `\($0.key)` left out") }
      + filled.sorted { $0.key < $1.key }.map { ($0.key, "\(rows($0.value)) without `\($0.key)` filled in and marked") }
      + unseen.sorted { $0.key < $1.key }.map {
        ($0.key, "\(rows($0.value)) with a level of `\($0.key)` that the fit had not seen taken as the reference level")
      }
  }

  public var leftOutCount: Int { leftOut.values.reduce(0, +) }
}
