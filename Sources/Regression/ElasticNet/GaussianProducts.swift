internal import LinearAlgebra

/// The sufficient statistics of a least-squares problem over shifted columns, z = x − shift and y − shift: they give
/// the centred Gram matrix without cancellation where means dominate deviations, in one pass over the rows and without
/// a copy of the design; over folds they can be subtracted.
struct GaussianProducts: Sendable {
  /// Per column of the design: a value near its mean.
  let shifts: [Double]
  let responseShift: Double
  /// Over the shifted columns and a last column of ones.
  private(set) var products: CrossProducts

  /// Rows in a panel.
  private static let panelRows = 512

  init(shifts: [Double], responseShift: Double) {
    self.shifts = shifts
    self.responseShift = responseShift
    products = CrossProducts(columns: shifts.count + 1)
  }

  /// Adds rows of a design.
  mutating func add(_ matrix: Matrix, response: [Double], weights: [Double]?) {
    let p = shifts.count
    var panel = Matrix(rows: 0, columns: p + 1)
    var start = 0
    while start < matrix.rows {
      let rows = start..<min(matrix.rows, start + GaussianProducts.panelRows)
      if panel.rows != rows.count {
        panel = Matrix(rows: rows.count, columns: p + 1)
        panel.setColumn(p, repeatElement(1, count: rows.count))
      }
      fill(&panel, matrix, rows)
      products.add(panel, response: rows.map { response[$0] - responseShift }, weights: weights.map { Array($0[rows]) })
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

  mutating func merge(_ other: GaussianProducts) { products.merge(other.products) }

  private func fill(_ panel: inout Matrix, _ matrix: Matrix, _ rows: Range<Int>) {
    let source = matrix.storage.span
    var target = panel.storage.mutableSpan
    for column in 0..<shifts.count {
      let shift = shifts[column]
      let (from, to) = (column * matrix.rows + rows.lowerBound, column * rows.count)
      for i in 0..<rows.count { target[to + i] = source[from + i] - shift }
    }
  }

  // MARK: What they say

  var totalWeight: Double { products.totalWeight }
  /// Means of the shifted columns.
  var shiftedMeans: [Double] { shifts.indices.map { products.gram[$0, shifts.count] / totalWeight } }
  var shiftedResponseMean: Double { products.cross[shifts.count] / totalWeight }
  /// Σ w (y − shift)² / Σ w.
  var responseSquare: Double { products.responseSquares / totalWeight }
  /// Σ w (y − ȳ)² / Σ w.
  var responseVariance: Double { max(0, responseSquare - shiftedResponseMean * shiftedResponseMean) }

  /// Population variances; exactly zero for columns that are constant but for rounding.
  var variances: [Double] {
    zip(shifts.indices, shiftedMeans).map { column, mean in
      let square = products.gram[column, column] / totalWeight
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
    let means = shiftedMeans
    let responseMean = shiftedResponseMean
    var gram = Matrix(rows: p, columns: p)
    var cross = [Double](repeating: 0, count: p)
    for (j, column) in columns.enumerated() {
      let (scale, mean) = (1 / standardization.deviations[j], isCentred ? means[column] : 0)
      cross[j] = (products.cross[column] / total - mean * responseMean) * scale
      for (i, row) in columns[...j].enumerated() {
        let centred = products.gram[row, column] / total - (isCentred ? means[row] : 0) * mean
        gram.storage[i + j * p] = centred * scale / standardization.deviations[i]
        gram.storage[j + i * p] = gram.storage[i + j * p]
      }
    }
    return QuadraticElasticNet(gram: gram, cross: cross, alpha: alpha, penaltyFactors: penaltyFactors)
  }
}
