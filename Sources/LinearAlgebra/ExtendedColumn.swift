/// Some rows of a column, times their weights, in double-double arithmetic, and its products with other columns.
struct ExtendedColumn {
  private let rows: Range<Int>
  /// w x, rounded, and what remains; nil where nothing can remain.
  private let high: [Double]
  private let low: [Double]?

  init(_ design: Matrix, _ lowOrder: Matrix?, _ column: Int, _ rows: Range<Int>, _ weights: [Double]?) {
    let start = column * design.rows
    self.init(
      design.storage[start + rows.lowerBound..<start + rows.upperBound],
      low: lowOrder.map { $0.storage[start + rows.lowerBound..<start + rows.upperBound] }, rows, weights)
  }

  init(_ response: [Double], _ rows: Range<Int>, _ weights: [Double]?) {
    self.init(response[rows], low: nil, rows, weights)
  }

  private init(_ values: ArraySlice<Double>, low: ArraySlice<Double>?, _ rows: Range<Int>, _ weights: [Double]?) {
    self.rows = rows
    guard let weights else {
      high = Array(values)
      self.low = low.map { Array($0) }
      return
    }
    var (weighted, rest) = (Array(values), low.map { Array($0) } ?? [Double](repeating: 0, count: rows.count))
    for (index, row) in rows.enumerated() {
      let product = DoubleDouble(high: weighted[index], low: rest[index]) * weights[row]
      (weighted[index], rest[index]) = (product.high, product.low)
    }
    high = weighted
    self.low = rest
  }

  /// (sum, rest) += Σ of this column times a column of the design over these rows.
  func addProducts(_ design: Matrix, _ lowOrder: Matrix?, column: Int, _ sum: inout Double, _ rest: inout Double) {
    let start = column * design.rows + rows.lowerBound
    addProducts(design.storage, start, &sum, &rest)
    guard let lowOrder else { return }
    for i in high.indices { rest += high[i] * lowOrder.storage[start + i] }
  }

  func addProducts(_ values: [Double], _ sum: inout Double, _ rest: inout Double) {
    addProducts(values, rows.lowerBound, &sum, &rest)
  }

  private func addProducts(_ values: [Double], _ start: Int, _ sum: inout Double, _ rest: inout Double) {
    let (left, right) = (high.span, values.span)
    var (total, remainder) = (sum, rest)
    for i in 0..<left.count {
      // Two-product and two-sum written out: a call per step would cost ten times as much without optimisation.
      let (a, b) = (left[i], right[start + i])
      let product = a * b
      let (aShifted, bShifted) = (134_217_729 * a, 134_217_729 * b)
      let (aHigh, bHigh) = (aShifted - (aShifted - a), bShifted - (bShifted - b))
      let (aLow, bLow) = (a - aHigh, b - bHigh)
      let productError = ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow
      let partial = total + product
      let part = partial - total
      remainder += productError + ((total - (partial - part)) + (product - part))
      total = partial
    }
    (sum, rest) = (total, remainder)
    guard let low else { return }
    for i in low.indices { rest += low[i] * values[start + i] }
  }
}
