internal import LinearAlgebra

/// The sufficient statistics of a least-squares problem over shifted columns, z = x − shift and y − shift: they give
/// the centred Gram matrix without cancellation where means dominate deviations, in one pass over the rows and without
/// a copy of the design. Statistics of some rows can be subtracted from those of all, as cross-validation does.
struct GaussianProducts: Sendable {
  /// Per column of the design: a value near its mean.
  let shifts: [Double]
  let responseShift: Double
  /// Σ w v vᵀ for v = (z, 1, y), upper triangle; p + 2 columns.
  private(set) var sums: Matrix
  /// Rows with a weight above zero.
  private(set) var observations = 0

  /// Rows in a panel: 4 MB for 1,000 columns.
  private static let panelRows = 512

  init(shifts: [Double], responseShift: Double) {
    self.shifts = shifts
    self.responseShift = responseShift
    sums = Matrix(rows: shifts.count + 2, columns: shifts.count + 2)
  }

  /// Adds rows of a design.
  mutating func add(_ matrix: Matrix, response: [Double], weights: [Double]?) {
    precondition(matrix.columns == shifts.count && matrix.rows == response.count, "the rows do not fit the columns")
    var panel = Matrix(rows: 0, columns: shifts.count + 2)
    var start = 0
    while start < matrix.rows {
      let rows = start..<min(matrix.rows, start + GaussianProducts.panelRows)
      if panel.rows != rows.count { panel = Matrix(rows: rows.count, columns: shifts.count + 2) }
      fill(&panel, matrix, response, rows)
      if let weights { panel.scaleRows(by: rows.map { weights[$0].squareRoot() }) }
      sums.addUpperGram(of: panel)
      observations += weights.map { weights in rows.count { weights[$0] > 0 } } ?? rows.count
      start = rows.upperBound
    }
  }

  /// Adds the rows named, in that order.
  mutating func add(_ matrix: Matrix, rows: [Int], response: [Double], weights: [Double]?) {
    var start = 0
    while start < rows.count {
      let part = Array(rows[start..<min(rows.count, start + GaussianProducts.panelRows)])
      add(
        matrix.selecting(rows: part), response: part.map { response[$0] },
        weights: weights.map { weights in part.map { weights[$0] } })
      start += part.count
    }
  }

  /// The statistics of the other rows.
  func subtracting(_ part: GaussianProducts) -> GaussianProducts {
    precondition(part.shifts.count == shifts.count, "the statistics are over different columns")
    var rest = self
    for index in rest.sums.storage.indices { rest.sums.storage[index] -= part.sums.storage[index] }
    rest.observations -= part.observations
    return rest
  }

  private func fill(_ panel: inout Matrix, _ matrix: Matrix, _ response: [Double], _ rows: Range<Int>) {
    let (source, values, height) = (matrix.storage.span, response.span, rows.count)
    let (ones, last) = (shifts.count * height, (shifts.count + 1) * height)
    var target = panel.storage.mutableSpan
    for column in 0..<shifts.count {
      let shift = shifts[column]
      let (from, to) = (column * matrix.rows + rows.lowerBound, column * height)
      for i in 0..<height { target[to + i] = source[from + i] - shift }
    }
    for i in 0..<height {
      target[ones + i] = 1
      target[last + i] = values[rows.lowerBound + i] - responseShift
    }
  }

  // MARK: What they say

  private var ones: Int { shifts.count }
  private var last: Int { shifts.count + 1 }

  var totalWeight: Double { sums[ones, ones] }
  /// Means of the shifted columns.
  var shiftedMeans: [Double] { shifts.indices.map { sums[$0, ones] / totalWeight } }
  var shiftedResponseMean: Double { sums[ones, last] / totalWeight }
  /// Σ w (y − shift)² / Σ w.
  var responseSquare: Double { sums[last, last] / totalWeight }
  /// Σ w (y − ȳ)² / Σ w.
  var responseVariance: Double { max(0, responseSquare - shiftedResponseMean * shiftedResponseMean) }

  /// Population variances; exactly zero for columns that are constant but for rounding.
  var variances: [Double] {
    zip(shifts.indices, shiftedMeans).map { column, mean in
      let square = sums[column, column] / totalWeight
      let variance = square - mean * mean
      return variance > 1e-14 * square ? variance : 0
    }
  }

  func standardization(standardizes: Bool) -> ColumnStandardization {
    ColumnStandardization(
      deviations: variances.map { $0.squareRoot() }, means: zip(shifts, shiftedMeans).map { $0 + $1 },
      standardizes: standardizes)
  }

  /// The mean over a sample of evenly spaced rows, or the value itself where they are all the same: a shift near the
  /// mean, and exact for a constant column.
  static func pilotMean(_ values: ArraySlice<Double>) -> Double {
    let step = max(1, values.count / 256)
    var (sum, count, isConstant) = (0.0, 0.0, true)
    guard let first = values.first else { return 0 }
    for index in stride(from: values.startIndex, to: values.endIndex, by: step) {
      sum += values[index]
      count += 1
      isConstant = isConstant && values[index] == first
    }
    return isConstant ? first : sum / count
  }

  /// The products of a design. With an intercept, the shifts are so near the means that at most three digits cancel;
  /// without one, they are zero.
  static func collected(_ design: DesignMatrix, response: [Double], weights: [Double]?) -> GaussianProducts {
    let matrix = design.matrix
    let hasIntercept = (0..<matrix.columns).contains { column in
      let values = matrix.column(column)
      return values.first.map { first in first != 0 && values.allSatisfy { $0 == first } } ?? false
    }
    var shifts = (0..<matrix.columns).map { hasIntercept ? pilotMean(matrix.column($0)) : 0 }
    var responseShift = hasIntercept ? pilotMean(response[...]) : 0
    var products = GaussianProducts(shifts: shifts, responseShift: responseShift)
    products.add(matrix, response: response, weights: weights)
    guard hasIntercept, !products.isNearMeans else { return products }
    // The sample missed a mean by far: another pass around the means now known.
    for (column, mean) in products.shiftedMeans.enumerated() { shifts[column] += mean }
    responseShift += products.shiftedResponseMean
    products = GaussianProducts(shifts: shifts, responseShift: responseShift)
    products.add(matrix, response: response, weights: weights)
    return products
  }

  /// Whether means of the shifted values are below thirty deviations.
  private var isNearMeans: Bool {
    zip(shiftedMeans, variances).allSatisfy { $0 * $0 <= 1000 * $1 || $1 == 0 }
      && (shiftedResponseMean * shiftedResponseMean <= 1000 * responseVariance || responseVariance == 0)
  }
}

extension GaussianProducts {
  /// The quadratic problem over standardised columns.
  /// - Parameter alpha: share of the absolute penalty.
  func problem(
    _ standardization: ColumnStandardization, alpha: Double, penaltyFactors: [Double]
  ) -> QuadraticElasticNet {
    let columns = standardization.columns
    let isCentred = standardization.intercept != nil
    let (total, p) = (totalWeight, columns.count)
    let means = isCentred ? shiftedMeans : [Double](repeating: 0, count: shifts.count)
    let responseMean = shiftedResponseMean
    var gram = Matrix(rows: p, columns: p)
    var cross = [Double](repeating: 0, count: p)
    let scales = standardization.deviations.map { 1 / $0 }
    let source = sums.storage.span
    for (j, column) in columns.enumerated() {
      let (scale, mean) = (scales[j], means[column])
      cross[j] = (sums[column, last] / total - mean * responseMean) * scale
      let start = column * (shifts.count + 2)
      var target = gram.storage.mutableSpan
      for i in 0...j {
        target[i + j * p] = (source[start + columns[i]] / total - means[columns[i]] * mean) * scale * scales[i]
      }
    }
    gram.mirrorUpper()
    return QuadraticElasticNet(gram: gram, cross: cross, alpha: alpha, penaltyFactors: penaltyFactors)
  }
}

extension Matrix {
  /// Multiplies each row by its factor.
  mutating func scaleRows(by factors: [Double]) {
    precondition(factors.count == rows, "one factor per row is needed")
    let (factors, height, width) = (factors.span, rows, columns)
    var elements = storage.mutableSpan
    for j in 0..<width {
      for i in 0..<height { elements[i + j * height] *= factors[i] }
    }
  }
}
