internal import LinearAlgebra

/// One regression over all series of what comes next on the states of simple smoothers.
///
/// At every origin of every series the states of a bank of smoothers (``StateBank``), as departures from the last value,
/// times features of the series so far form one row. One weighted ridge regression with a right-hand side for each step
/// ahead minimises the scale-free absolute error, so that it decides, by linear algebra, which mixture of levels, slopes
/// and lags suits a series of what past errors, volatility and trend: what feature-based model averaging does by
/// boosting.
///
/// Two versions share the rows. The *plain* one predicts the departure from the last value. The *anchored* one predicts
/// the departure from a theta forecast with a heavier penalty, and so falls back on it where little can be learnt, as
/// when all series end at one date and other series tell nothing about a later calendar.
///
/// 1. Adjust for season, run the bank, store rows (``StateRows``).
/// 2. Weights: what an error costs in sMAPE and MASE. A few steps of iteratively reweighted least squares turn the
///    squared into the absolute error (Schlossmacher, JASA 68, 1973).
/// 3. Normal equations G β = b: one `dsyrk` for the columns that all steps share, bordered for each step by its seasonal
///    echoes; Cholesky.
///
/// Sources: Montero-Manso et al., "FFORMA" (IJF 36, 2020) and Montero-Manso & Hyndman, "Principles and algorithms for
/// forecasting groups of time series" (IJF 37, 2021) for the idea of pooling. Cost: rows · columns² a pass.
struct StateRegression: Sendable {
  /// What the seasonal indices keep of a season from year to year.
  var memory = 1.0
  /// Ridge penalties of the plain and of the anchored version, relative to the diagonal of the normal equations.
  var penalty = 0.01
  var anchoredPenalty = 0.3
  /// Rows at most; the latest origins of each series come first.
  var rowLimit = 40_000
  var passes = 3

  /// Values of a series that are looked at: enough for the rows, and for the bank to settle.
  func longest(seriesCount: Int, season: Int, horizon: Int) -> Int {
    originsPerSeries(seriesCount: seriesCount) + horizon + 5 * season + 30
  }

  private func originsPerSeries(seriesCount: Int) -> Int { min(240, max(8, rowLimit / max(1, seriesCount))) }

  func fitStates(_ panel: SeriesPanel, horizon: Int) -> FittedStateRegression {
    let longest = longest(seriesCount: panel.count, season: panel.season, horizon: horizon)
    let adjusted = AdjustedPanel(panel, horizon: horizon, memory: memory, longest: longest)
    // The shortest history that a row may have: two seasons, less where that leaves short series without any row.
    let shortest = (0..<adjusted.count).map { adjusted.length(ofSeries: $0) }.filter { $0 > 2 }.min() ?? 0
    let minimumHistory = min(max(2 * panel.season, 5), max(3, shortest - horizon - 1))
    let rows = StateRows(
      adjusted, minimumHistory: minimumHistory, originsPerSeries: originsPerSeries(seriesCount: panel.count))
    var equations = StateEquations(rows)
    var plain = Matrix(rows: equations.columns, columns: horizon)
    var anchored = plain
    for pass in 0..<passes {
      equations.accumulate(rows, previous: pass == 0 ? nil : (plain, anchored))
      // Few rows can tell few coefficients: below about twenty rows a column the penalty takes over.
      let scarcity = 1 + 20 * Double(equations.columns) / Double(max(1, rows.count))
      plain = equations.solve(.plain, penalty: penalty * scarcity)
      anchored = equations.solve(.anchored, penalty: anchoredPenalty * scarcity)
    }
    return FittedStateRegression(
      horizon: horizon, season: panel.season, memory: memory, longest: longest, plain: plain, anchored: anchored)
  }
}

/// The coefficients of both versions: (shared columns + echoes) × horizon.
struct FittedStateRegression: Sendable {
  let horizon: Int
  let season: Int
  let memory: Double
  let longest: Int
  let plain: Matrix
  let anchored: Matrix

  /// Forecasts of both versions in the unit of the series, series × horizon; NaN for a series without a value.
  func forecast(_ panel: SeriesPanel) -> (plain: [Double], anchored: [Double]) {
    let adjusted = AdjustedPanel(panel, horizon: horizon, memory: memory, longest: longest)
    let rows = StateRows(adjusted, minimumHistory: 1, originsPerSeries: nil)
    var results = (plain: [Double](), anchored: [Double]())
    results.plain.reserveCapacity(panel.count * horizon)
    results.anchored.reserveCapacity(panel.count * horizon)
    var prediction = StatePrediction()
    for start in stride(from: 0, to: rows.count, by: Matrix.panelRows) {
      let range = start..<min(rows.count, start + Matrix.panelRows)
      prediction.predict(rows, range, plain, anchored)
      for row in range {
        for step in 0..<horizon {
          func inUnit(_ departure: Double) -> Double {
            let value = rows.lasts[row] + departure * rows.units[row]
            return adjusted.inUnit(value, series: row, step: step)
          }
          results.plain.append(inUnit(prediction.plain[step * range.count + row - start]))
          results.anchored.append(inUnit(prediction.anchored[step * range.count + row - start]))
        }
      }
    }
    return results
  }
}
