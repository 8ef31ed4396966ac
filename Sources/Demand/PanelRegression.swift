internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra
internal import Regression

/// log demand on drivers, trend, season and events over the series of one product, with an effect of its own for each
/// series.
///
/// The series effects are removed by the within transformation: every column and the response lose their series mean,
/// which leaves the least-squares coefficients unchanged (Frisch & Waugh 1933; Wooldridge, *Econometric Analysis of Cross
/// Section and Panel Data*, 2nd ed. 2010, section 10.5). Standard errors are clustered by series. Only positive demand
/// enters. Rows of small series are noisier by Poisson counting, and weigh m / (m + 4) at a mean of m units.
struct PanelRegression: Sendable {
  /// One per column of the design; 0 for columns that were left out.
  let coefficients: [Double]
  /// One per column; NaN for columns that were left out.
  let standardErrors: [Double]
  let terms: [String: Coefficient]
  let observations: Int
  let seriesCount: Int

  /// Nil where the product has too few rows for the design.
  init?(_ design: DriverDesign, _ panel: DemandPanel, series members: [Int]) {
    let rows = RegressionRows(design, panel, series: members)
    let columns = rows.varyingColumns
    guard !columns.isEmpty, rows.count >= rows.seriesCount + columns.count + 10 else { return nil }
    let matrix = rows.matrix.selecting(columns: columns)
    let names = columns.map { design.names[$0] }
    guard
      let fit = try? LinearRegression().fit(
        DesignMatrix(matrix, names: names), response: rows.response, weights: rows.weights,
        standardErrors: .clustered(rows.clusters))
    else { return nil }
    let terms = Dictionary(uniqueKeysWithValues: fit.terms.map { ($0.name, $0) })
    coefficients = design.names.map { terms[$0]?.estimate ?? 0 }
    standardErrors = design.names.map { terms[$0]?.standardError ?? .nan }
    self.terms = terms
    observations = rows.count
    seriesCount = rows.seriesCount
  }
}

/// The usable rows of one product, less their series means.
private struct RegressionRows {
  /// Rows × columns of the design.
  private(set) var matrix: Matrix
  private(set) var response: [Double]
  private(set) var weights: [Double] = []
  /// The series of each row.
  private(set) var clusters: [Int] = []
  private(set) var seriesCount = 0

  var count: Int { response.count }

  init(_ design: DriverDesign, _ panel: DemandPanel, series members: [Int]) {
    // A driver that this product never states must not cost it all its rows.
    let used = (0..<design.columnCount).filter { design.isKnown($0, inAnyOf: members) }
    // 1. The rows of each series with a known positive demand and known regressors.
    var rows: [(series: Int, times: [Int])] = []
    for series in members {
      let times = (0..<design.end).filter { time in
        panel.demand[series * panel.periodCount + time] > 0
          && used.allSatisfy { !design.value($0, series: series, time: time).isNaN }
      }
      if times.count >= 2 { rows.append((series, times)) }
    }
    seriesCount = rows.count
    let count = rows.reduce(0) { $0 + $1.times.count }
    // 2. log demand and the regressors, less their series means.
    response = []
    response.reserveCapacity(count)
    for (series, times) in rows {
      let demand = times.map { panel.demand[series * panel.periodCount + $0] }
      let mean = demand.reduce(0, +) / Double(demand.count)
      response.append(contentsOf: centred(demand.map { log($0) }))
      weights.append(contentsOf: repeatElement(mean / (mean + 4), count: times.count))
      clusters.append(contentsOf: repeatElement(series, count: times.count))
    }
    matrix = Matrix(rows: count, columns: design.columnCount)
    for column in used {
      var values: [Double] = []
      values.reserveCapacity(count)
      for (series, times) in rows {
        values.append(contentsOf: centred(times.map { design.value(column, series: series, time: $0) }))
      }
      matrix.setColumn(column, values)
    }
  }

  /// Columns that vary within at least one series.
  var varyingColumns: [Int] {
    (0..<matrix.columns).filter { column in matrix.column(column).contains { abs($0) > 1e-9 } }
  }
}

private func centred(_ values: [Double]) -> [Double] {
  let mean = values.reduce(0, +) / Double(values.count)
  return values.map { $0 - mean }
}
