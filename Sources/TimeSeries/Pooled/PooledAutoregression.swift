internal import Glibc
internal import LinearAlgebra

/// One linear autoregression for all series: the next `horizon` values on the last values, each window measured from
/// its last value, in logarithms where a series is positive.
///
/// It sees what a smoother cannot: seasons of any length and shape within its lags, and their changes.
///
/// 1. Windows of lags and targets from the latest part of every series; a series weighs as much as its rows are quiet.
/// 2. Normal equations with a right-hand side for each step (one `dsyrk`, one `dgemm`, one Cholesky), reweighted to the
///    absolute error (Schlossmacher, JASA 68, 1973).
///
/// Source: Montero-Manso & Hyndman, "Principles and algorithms for forecasting groups of time series" (IJF 37, 2021),
/// section 4. Cost: rows · lags² a pass.
struct PooledAutoregression: Sendable {
  /// Windows at most; the latest of each series come first.
  var rowLimit = 60_000
  /// Ridge penalty relative to the mean diagonal of the normal equations.
  var penalty = 1e-3
  var passes = 3

  /// Three seasons, more where the series are long; no more than nearly all series can fill.
  private func lagCount(_ panel: SeriesPanel, horizon: Int) -> Int {
    let lengths = (0..<panel.count).map { panel.length(ofSeries: $0) }.sorted()
    guard let median = lengths.isEmpty ? nil : lengths[lengths.count / 2] else { return 1 }
    let short = lengths[lengths.count / 20]
    return max(1, min(max(3 * panel.season, min(66, median / 8)), max(2, short - horizon - 2), 400))
  }

  func fitLags(_ panel: SeriesPanel, horizon: Int) -> FittedAutoregression {
    let lags = lagCount(panel, horizon: horizon)
    let windows = min(400, max(8, rowLimit / max(1, panel.count)))
    let history = AdjustedPanel(
      panel, horizon: horizon, isAdjusted: false, memory: 1, longest: windows + lags + horizon)
    let columns = lags + 1
    var coefficients = Matrix(rows: columns, columns: horizon)
    for pass in 0..<passes {
      var gram = Matrix(rows: columns, columns: columns)
      var cross = Matrix(rows: columns, columns: horizon)
      let rows = AutoregressionRows(lags: lags, horizon: horizon)
      rows.forEachPanel(history, windows: windows) { left, right in
        var (left, right) = (left, right)
        rows.weigh(&left, &right, by: pass == 0 ? nil : coefficients)
        gram.addUpperGram(of: left)
        cross.addCrossProduct(of: left, with: right)
      }
      let mean = gram.diagonal.reduce(0, +) / Double(columns)
      guard mean > 0 else { break }
      gram.mirrorUpper()
      for column in 0..<columns { gram[column, column] += penalty * mean }
      guard let factor = try? Cholesky(gram) else { break }
      coefficients = factor.solve(cross)
    }
    return FittedAutoregression(horizon: horizon, lags: lags, coefficients: coefficients)
  }
}

/// Windows of values as rows of a regression.
private struct AutoregressionRows {
  let lags: Int
  let horizon: Int
  /// Changes above this are mistakes or breaks, not something to learn from.
  private static let largestChange = 3.0

  /// Panels of (lags, 1) and targets, each row measured from its last lag.
  func forEachPanel(_ history: AdjustedPanel, windows: Int, _ body: (Matrix, Matrix) -> Void) {
    var left: [Double] = []
    var right: [Double] = []
    func flush() {
      guard !left.isEmpty else { return }
      // Rows were written one after another: their transposes are the panels.
      body(
        Matrix(columns: lags + 1, rowByRow: left), Matrix(columns: horizon, rowByRow: right))
      left.removeAll(keepingCapacity: true)
      right.removeAll(keepingCapacity: true)
    }
    var column: [Double] = []
    for series in 0..<history.count {
      let transform = AutoregressionTransform(history, series: series)
      column.removeAll(keepingCapacity: true)
      for time in history.range(ofSeries: series) { column.append(transform.forward(history.values[time])) }
      let last = column.count - lags - horizon
      guard last >= 0 else { continue }
      for start in max(0, last - windows + 1)...last {
        let origin = column[start + lags - 1]
        var isUsable = true
        for step in 0..<horizon where abs(column[start + lags + step] - origin) > Self.largestChange {
          isUsable = false
        }
        guard isUsable else { continue }
        for lag in 0..<lags { left.append(column[start + lag] - origin) }
        left.append(1)
        for step in 0..<horizon { right.append(column[start + lags + step] - origin) }
        if left.count >= Matrix.panelRows * (lags + 1) { flush() }
      }
    }
    flush()
  }

  /// Multiplies rows by √w: the inverse of the mean absolute error, or before there are errors, of the mean change within
  /// the window.
  func weigh(_ left: inout Matrix, _ right: inout Matrix, by coefficients: Matrix?) {
    let rows = left.rows
    var sizes = [Double](repeating: 0, count: rows)
    if let coefficients {
      let predicted = left * coefficients
      for step in 0..<horizon { for row in 0..<rows { sizes[row] += abs(right[row, step] - predicted[row, step]) } }
      for row in 0..<rows { sizes[row] = max(0.01, sizes[row] / Double(horizon)) }
    } else {
      for lag in 1..<max(2, lags) where lag < lags {
        for row in 0..<rows { sizes[row] += abs(left[row, lag] - left[row, lag - 1]) }
      }
      for row in 0..<rows { sizes[row] = max(0.01, sizes[row] / Double(max(1, lags - 1))) }
    }
    for row in 0..<rows {
      let root = (1 / sizes[row]).squareRoot()
      for column in 0..<left.columns { left[row, column] *= root }
      for step in 0..<horizon { right[row, step] *= root }
    }
  }
}

/// Logarithms of positive series, shares of the mean size of others.
private struct AutoregressionTransform {
  let isLogarithm: Bool
  let size: Double

  init(_ history: AdjustedPanel, series: Int) {
    let values = history.values[history.range(ofSeries: series)]
    isLogarithm = values.allSatisfy { $0 > 0 }
    size = max(values.reduce(0) { $0 + abs($1) } / Double(max(1, values.count)), .leastNormalMagnitude)
  }

  func forward(_ value: Double) -> Double { isLogarithm ? log(value / size) : value / size }
  func backward(_ value: Double) -> Double { (isLogarithm ? exp(min(50, value)) : value) * size }
}

/// Coefficients of the lags, oldest first, and of 1: (lags + 1) × horizon.
struct FittedAutoregression: Sendable {
  let horizon: Int
  let lags: Int
  let coefficients: Matrix

  /// Series × horizon in the unit of the series; NaN for a series without a value. A series shorter than the lags is
  /// continued backwards with its first value.
  func forecast(_ panel: SeriesPanel) -> [Double] {
    let history = AdjustedPanel(panel, horizon: horizon, isAdjusted: false, memory: 1, longest: max(lags, 2))
    var results = [Double](repeating: .nan, count: panel.count * horizon)
    for series in 0..<panel.count where history.length(ofSeries: series) > 0 {
      let range = history.range(ofSeries: series)
      let transform = AutoregressionTransform(history, series: series)
      let origin = transform.forward(history.values[range.upperBound - 1])
      for step in 0..<horizon {
        var sum = coefficients[lags, step]
        for lag in 0..<lags {
          let time = max(range.lowerBound, range.upperBound - lags + lag)
          sum += coefficients[lag, step] * (transform.forward(history.values[time]) - origin)
        }
        let value = transform.backward(origin + sum)
        results[series * horizon + step] = history.isNonNegative[series] ? max(0, value) : value
      }
    }
    return results
  }
}
