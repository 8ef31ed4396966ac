internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra
internal import Regression

/// Expected demand of the series of one product as exp(own effect of the series + xᵀb), x the drivers, trend, season and
/// events.
///
/// Zeros are data: partner series of few units a month lose every third period to a logarithm, and the periods lost are
/// those of high prices, which draws elasticities towards zero. The estimating equations are those of a negative binomial
/// with variance μ + μ²/k: nearly Poisson for small series, nearly constant relative error for large ones. They are
/// right for the mean whatever the variance is (Gourieroux, Monfort & Trognon, Econometrica 52, 1984; Santos Silva &
/// Tenreyro, "The log of gravity", 2006), and are solved by iteratively reweighted least squares:
///
/// 1. μ = exp(η), weights w = μ / (1 + μ/k), working response z = η + (y − μ)/μ.
/// 2. Series effects leave by the within transformation with weights w; b solves the weighted least squares of z on x.
/// 3. η = series mean of (z − xᵀb) + xᵀb; again from 1 until b stands still.
///
/// What moved the region of a series as a whole is held constant (``MarketControls``): prices answer to it.
///
/// Standard errors are clustered by series and by period, V = V_series + V_period − V_row (Cameron, Gelbach & Miller,
/// "Robust inference with multiway clustering", JBES 29, 2011): prices and events are often common to all series of a
/// period, which then count as one observation rather than as many.
struct PanelRegression: Sendable {
  /// One per column of the design; 0 for columns that were left out.
  let coefficients: [Double]
  /// One per column; NaN for columns that were left out.
  let standardErrors: [Double]
  /// Columns with an estimate, and the inverse of their covariance: the correlations of the model-based covariance with
  /// the clustered standard errors. A covariance clustered by few periods cannot be inverted itself.
  let estimated: [Int]
  let information: Matrix
  let observations: Int
  let seriesCount: Int
  /// Shares of the explained movement by driver; nil unless asked for.
  let shares: ImportanceShares?

  /// k: the relative error of large series is 1/√k.
  static let dispersion = 4.0
  static let iterationLimit = 10

  /// Nil where the product has too few rows for the design.
  init?(
    _ design: DriverDesign, _ panel: DemandPanel, series members: [Int], controls: MarketControls,
    importance: RelativeImportance? = nil
  ) {
    let rows = RegressionRows(design, panel, series: members, controls: controls)
    // Columns of the design, then controls.
    let columns = rows.varyingColumns
    let explaining = columns.count { $0 < design.columnCount }
    guard explaining > 0, rows.count >= rows.seriesCount + columns.count + 10 else { return nil }
    let names = columns.map { $0 < design.columnCount ? design.names[$0] : "market_\($0 - design.columnCount)" }
    let matrix = rows.matrix.selecting(columns: columns)
    var predictor = rows.start
    var last = [Double](repeating: .infinity, count: columns.count)
    var working = rows.workingProblem(matrix, predictor)
    func solve(_ errors: StandardErrors) -> LinearFit? {
      try? LinearRegression().fit(
        DesignMatrix(working.matrix, names: names), response: working.response, weights: working.weights,
        standardErrors: errors)
    }
    for _ in 0..<Self.iterationLimit {
      guard let coefficients = solve(.model)?.coefficients else { return nil }
      let change = zip(coefficients, last).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
      if change < 1e-4 { break }
      last = coefficients
      predictor = rows.predictor(matrix, coefficients, working)
      working = rows.workingProblem(matrix, predictor)
    }
    guard let byModel = solve(.model), let bySeries = solve(.clustered(rows.series)),
      let byPeriod = solve(.clustered(rows.periods)),
      let byRow = solve(.robust)
    else { return nil }
    var coefficients = [Double](repeating: 0, count: design.columnCount)
    var standardErrors = [Double](repeating: .nan, count: design.columnCount)
    for (index, column) in columns.prefix(explaining).enumerated()
    where !bySeries.dropped.contains(where: { $0.name == names[index] }) {
      let (series, period) = (bySeries.covariance[index, index], byPeriod.covariance[index, index])
      coefficients[column] = bySeries.coefficients[index]
      // The difference may be negative in small samples: never below either clustering alone.
      standardErrors[column] = max(series, period, series + period - byRow.covariance[index, index]).squareRoot()
    }
    self.coefficients = coefficients
    self.standardErrors = standardErrors
    let kept = columns.indices.filter { $0 < explaining && standardErrors[columns[$0]] > 0 }
    var correlations = byModel.covariance.selecting(rows: kept).selecting(columns: kept)
    let deviations = correlations.diagonal.map { $0.squareRoot() }
    for j in kept.indices {
      for i in kept.indices {
        let errors = standardErrors[columns[kept[i]]] * standardErrors[columns[kept[j]]]
        correlations[i, j] *= errors / (deviations[i] * deviations[j])
      }
    }
    guard let inverse = (try? Cholesky(correlations))?.inverse() else { return nil }
    estimated = kept.map { columns[$0] }
    information = inverse
    observations = rows.count
    seriesCount = rows.seriesCount
    // Series effects are gone from the working problem: what is left is the movement around the levels.
    shares = importance.flatMap { importance in
      let ones = Matrix(rows: rows.count, columns: 1, elements: [Double](repeating: 1, count: rows.count))
      let whole = Matrix(
        rows: rows.count, columns: explaining + 1,
        elements: ones.elements + Array(working.matrix.elements.prefix(explaining * rows.count)))
      let groups = design.driverGroups
      return try? importance.shares(
        DesignMatrix(whole, names: [Design.interceptName] + Array(names.prefix(explaining))),
        drivers: [""] + columns.prefix(explaining).map { groups[$0] },
        response: working.response, weights: working.weights, clusters: rows.seriesCount > 1 ? rows.series : nil)
    }
  }
}

/// The usable rows of one product, series after series.
private struct RegressionRows {
  /// Rows × columns of the design, then the controls.
  private(set) var matrix: Matrix
  private(set) var demand: [Double] = []
  /// The series and the period of each row.
  private(set) var series: [Int] = []
  private(set) var periods: [Int] = []
  /// Where the rows of each series end.
  private var ends: [Int] = []

  var count: Int { demand.count }
  var seriesCount: Int { ends.count }

  init(_ design: DriverDesign, _ panel: DemandPanel, series members: [Int], controls: MarketControls) {
    // A driver that this product never states must not cost it all its rows.
    let used = (0..<design.columnCount).filter { design.isKnown($0, inAnyOf: members) }
    // 1. The periods of each series with known demand and regressors; a series without any sale says nothing.
    var rows: [(series: Int, times: [Int])] = []
    for series in members {
      let start = series * panel.periodCount
      let times = (0..<design.end).filter { time in
        !panel.demand[start + time].isNaN
          && used.allSatisfy { !design.value($0, series: series, time: time).isNaN }
      }
      guard times.count >= 2, times.contains(where: { panel.demand[start + $0] > 0 }) else { continue }
      rows.append((series, times))
    }
    // 2. Demand and regressors in one block a series.
    for (series, times) in rows {
      demand.append(contentsOf: times.map { panel.demand[series * panel.periodCount + $0] })
      self.series.append(contentsOf: repeatElement(series, count: times.count))
      periods.append(contentsOf: times)
      ends.append(demand.count)
    }
    matrix = Matrix(rows: demand.count, columns: design.columnCount + controls.count)
    for column in used + (0..<controls.count).map({ design.columnCount + $0 }) {
      var values: [Double] = []
      values.reserveCapacity(demand.count)
      let control = column - design.columnCount
      for (series, times) in rows {
        for time in times {
          values.append(
            control < 0
              ? design.value(column, series: series, time: time)
              : controls.value(control, series: series, time: time))
        }
      }
      matrix.setColumn(column, values)
    }
  }

  /// Columns that vary within at least one series.
  var varyingColumns: [Int] {
    (0..<matrix.columns).filter { column in
      let values = matrix.column(column)
      return blocks.contains { block in
        block.contains { abs(values[values.startIndex + $0] - values[values.startIndex + block.lowerBound]) > 1e-9 }
      }
    }
  }

  private var blocks: [Range<Int>] { zip([0] + ends, ends).map { $0..<$1 } }

  /// log of (demand + its series mean) / 2: the usual start of the iteration.
  var start: [Double] {
    var result: [Double] = []
    for block in blocks {
      let mean = demand[block].reduce(0, +) / Double(block.count)
      for row in block { result.append(log((demand[row] + mean) / 2)) }
    }
    return result
  }

  /// A weighted least-squares problem without series effects.
  struct Working {
    var matrix: Matrix
    var response: [Double]
    var weights: [Double]
    /// The working response before its series mean was taken off.
    var raw: [Double]
  }

  func workingProblem(_ columns: Matrix, _ predictor: [Double]) -> Working {
    let weights = predictor.map { exp($0) / (1 + exp($0) / PanelRegression.dispersion) }
    let raw = predictor.indices.map { predictor[$0] + (demand[$0] - exp(predictor[$0])) / exp(predictor[$0]) }
    var within = columns
    for column in 0..<columns.columns { within.setColumn(column, centred(Array(columns.column(column)), weights)) }
    return Working(matrix: within, response: centred(raw, weights), weights: weights, raw: raw)
  }

  /// η of the next iteration, held near the level of its series so that no row runs away.
  func predictor(_ columns: Matrix, _ coefficients: [Double], _ working: Working) -> [Double] {
    let explained = columns * coefficients
    let rest = working.raw.indices.map { working.raw[$0] - explained[$0] }
    let centredRest = centred(rest, working.weights)
    var result = working.raw.indices.map { rest[$0] - centredRest[$0] + explained[$0] }
    for block in blocks {
      let level = log(demand[block].reduce(0, +) / Double(block.count))
      for row in block { result[row] = min(level + 8, max(level - 8, result[row])) }
    }
    return result
  }

  /// Values less their weighted series means.
  private func centred(_ values: [Double], _ weights: [Double]) -> [Double] {
    var result = values
    for block in blocks {
      var (sum, total) = (0.0, 0.0)
      for row in block {
        sum += weights[row] * values[row]
        total += weights[row]
      }
      for row in block { result[row] -= sum / total }
    }
    return result
  }
}
