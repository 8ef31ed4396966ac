internal import LinearAlgebra

/// How the columns of a design become the columns that an elastic net sees: z = (x − mean) / deviation, with weighted
/// means and population deviations. Constant columns drop out; the first of them that is not zero is the intercept,
/// which is never penalised. Without an intercept columns are scaled and not centred.
struct ColumnStandardization: Sendable {
  /// The columns of the design that vary.
  let columns: [Int]
  /// One per column used; zeros without an intercept.
  let means: [Double]
  /// One per column used, above zero; ones where columns keep their scale.
  let deviations: [Double]
  /// The constant column that stands for the intercept, and its value.
  let intercept: (column: Int, value: Double)?

  /// Coefficients of the design's columns from those of the standardised columns.
  /// - Parameter centre: the intercept of the standardised columns.
  func originalScale(_ standardized: [Double], centre: Double, columns count: Int) -> [Double] {
    var coefficients = [Double](repeating: 0, count: count)
    var constant = centre
    for (position, column) in columns.enumerated() where standardized[position] != 0 {
      coefficients[column] = standardized[position] / deviations[position]
      constant -= coefficients[column] * means[position]
    }
    if let intercept { coefficients[intercept.column] = constant / intercept.value }
    return coefficients
  }

  /// Two passes over the columns. A deviation that is rounding of the mean counts as none.
  /// - Parameter hasIntercept: false where the model cannot have one; constant columns then have no coefficient.
  init(_ design: DesignMatrix, weights: [Double]?, standardizes: Bool, hasIntercept: Bool = true) {
    let moments = (0..<design.matrix.columns).map { design.moments($0, weights: weights) }
    self.init(
      deviations: moments.map { $0.deviation > 1e-13 * abs($0.mean) ? $0.deviation : 0 }, means: moments.map(\.mean),
      standardizes: standardizes, hasIntercept: hasIntercept)
  }

  /// - Parameters:
  ///   - deviations: per column of the design; exactly zero for constant columns.
  ///   - means: per column of the design.
  init(deviations: [Double], means: [Double], standardizes: Bool, hasIntercept: Bool = true) {
    let varying = deviations.indices.filter { deviations[$0] > 0 }
    let constant = hasIntercept ? deviations.indices.first { deviations[$0] == 0 && means[$0] != 0 } : nil
    intercept = constant.map { ($0, means[$0]) }
    columns = varying
    self.means = varying.map { constant == nil ? 0 : means[$0] }
    self.deviations = varying.map { standardizes ? deviations[$0] : 1 }
  }

  /// Fills a panel with z = (x − mean) / deviation for some rows and some of the columns used.
  func fill(_ panel: inout Matrix, from matrix: Matrix, rows: Range<Int>, positions: [Int]) {
    precondition(panel.rows == rows.count && panel.columns >= positions.count, "the panel does not fit the rows")
    let source = matrix.storage.span
    var target = panel.storage.mutableSpan
    for (place, position) in positions.enumerated() {
      let (mean, scale) = (means[position], 1 / deviations[position])
      let (from, to) = (columns[position] * matrix.rows + rows.lowerBound, place * rows.count)
      for i in 0..<rows.count { target[to + i] = (source[from + i] - mean) * scale }
    }
  }
}
