internal import COpenBLAS

/// The sufficient statistics of a least-squares problem: XᵀWX, XᵀWy, yᵀWy, Σw and the number of rows.
///
/// Partitions of the rows can be added one after the other, or accumulated apart and merged: panels of rows are summed
/// by BLAS, and panels and partitions are added up in double-double arithmetic (two-sum), so that neither the order nor
/// the number of partitions shows in the result beyond the rounding within a panel; with `addExtended` not even that.
///
/// Without weights `dsyrk` runs on the rows where they lie; with weights each panel is packed into a small contiguous
/// buffer, scaled by √w on the way. X is never copied as a whole. Cost: n p² floating-point operations; memory: one
/// panel.
public struct CrossProducts: Sendable {
  /// XᵀWX, both triangles filled.
  public private(set) var gram: Matrix
  /// What XᵀWX exceeds `gram` by, as far as it is known.
  package private(set) var gramRemainder: Matrix
  /// XᵀWy; zeros where no response was given.
  public private(set) var cross: [Double]
  package private(set) var crossRemainder: [Double]
  /// yᵀWy.
  public private(set) var responseSquares = 0.0
  package private(set) var responseSquaresRemainder = 0.0
  /// Σw; the number of rows where no weights were given.
  public private(set) var totalWeight = 0.0
  /// Rows with a weight above zero.
  public private(set) var observations = 0

  /// Whether every sum was formed in double-double arithmetic.
  public private(set) var isExtended = true

  /// Rows in a packed panel.
  static let panelRows = 512
  /// Rows that BLAS sums before the sum is added to the total.
  static let blockRows = 2048

  public init(columns: Int) {
    gram = Matrix(rows: columns, columns: columns)
    gramRemainder = gram
    cross = [Double](repeating: 0, count: columns)
    crossRemainder = cross
  }

  /// Number of columns.
  public var columns: Int { gram.columns }

  /// Whether every sum is a finite number: false where a value of X, y or w is not.
  public var isFinite: Bool {
    gram.isFinite && cross.isAllFinite && responseSquares.isFinite && totalWeight.isFinite
  }

  /// Adds rows.
  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n values; nil where only the Gram matrix is wanted.
  ///   - weights: n values ≥ 0; nil for weights of one.
  public mutating func add(_ design: Matrix, response: [Double]?, weights: [Double]? = nil) {
    let (n, p) = (design.rows, design.columns)
    count(design, response, weights)
    guard n > 0, p > 0 else { return }
    isExtended = false
    BLASThreads.useOne()
    var block = Block(columns: p)
    // Column p of the panel is the response, so that one packing serves all three products.
    var panel = [Double](repeating: 0, count: weights == nil ? 0 : min(n, CrossProducts.panelRows) * (p + 1))
    var start = 0
    while start < n {
      let end = min(n, start + CrossProducts.blockRows)
      block.clear()
      if let weights {
        var first = start
        while first < end {
          let rows = first..<min(end, first + CrossProducts.panelRows)
          CrossProducts.pack(design, response, weights, rows, into: &panel)
          block.add(packed: panel, rows: rows.count, hasResponse: response != nil)
          first = rows.upperBound
        }
      } else {
        block.add(design, response, rows: start..<end)
      }
      merge(block)
      start = end
    }
    mirror()
  }

  /// Adds rows with every product and every sum in double-double arithmetic (Ogita, Rump, Oishi, Dot2).
  ///
  /// Cost: n p² / 2 products of about 4 ns, some ten times that of `add`.
  /// - Parameters:
  ///   - lowOrder: what the elements of the design exceed their doubles by; nil for nothing.
  public mutating func addExtended(
    _ design: Matrix, lowOrder: Matrix? = nil, response: [Double]?, weights: [Double]? = nil
  ) {
    let (n, p) = (design.rows, design.columns)
    count(design, response, weights)
    precondition(lowOrder.map { $0.rows == n && $0.columns == p } ?? true, "the parts of the design differ in shape")
    guard n > 0, p > 0 else { return }
    var start = 0
    while start < n {
      let rows = start..<min(n, start + CrossProducts.panelRows)
      for j in 0..<p {
        // The column times the weights, then its products with itself, the columns before it and the response.
        let column = ExtendedColumn(design, lowOrder, j, rows, weights)
        for i in 0...j {
          column.addProducts(
            design, lowOrder, column: i, &gram.storage[i + j * p], &gramRemainder.storage[i + j * p])
        }
        if let response { column.addProducts(response, &cross[j], &crossRemainder[j]) }
      }
      if let response {
        let column = ExtendedColumn(response, rows, weights)
        column.addProducts(response, &responseSquares, &responseSquaresRemainder)
      }
      start = rows.upperBound
    }
    mirror()
  }

  /// Adds the statistics of other rows over the same columns.
  public mutating func merge(_ other: CrossProducts) {
    precondition(other.gram.columns == gram.columns, "the statistics are over different columns")
    for k in gram.storage.indices {
      CrossProducts.add(
        other.gram.storage[k], other.gramRemainder.storage[k], &gram.storage[k], &gramRemainder.storage[k])
    }
    for k in cross.indices { CrossProducts.add(other.cross[k], other.crossRemainder[k], &cross[k], &crossRemainder[k]) }
    CrossProducts.add(
      other.responseSquares, other.responseSquaresRemainder, &responseSquares, &responseSquaresRemainder)
    totalWeight += other.totalWeight
    observations += other.observations
    isExtended = isExtended && other.isExtended
    mirror()
  }

  /// Checks shapes, and counts the rows and their weight.
  private mutating func count(_ design: Matrix, _ response: [Double]?, _ weights: [Double]?) {
    let n = design.rows
    precondition(design.columns == gram.columns, "the design does not fit the accumulated columns")
    precondition(response.map { $0.count == n } ?? true, "the response does not fit the design")
    precondition(weights.map { $0.count == n } ?? true, "the weights do not fit the design")
    totalWeight += weights?.reduce(0, +) ?? Double(n)
    observations += weights?.count { $0 > 0 } ?? n
  }

  private mutating func merge(_ block: Block) {
    CrossProducts.addUpper(block.gram, &gram.storage, &gramRemainder.storage)
    for k in cross.indices { CrossProducts.add(block.cross[k], 0, &cross[k], &crossRemainder[k]) }
    CrossProducts.add(block.responseSquares, 0, &responseSquares, &responseSquaresRemainder)
  }

  private static func addUpper(_ sums: Matrix, _ highs: inout [Double], _ lows: inout [Double]) {
    let (p, sums) = (sums.columns, sums.storage.span)
    var high = highs.mutableSpan
    var low = lows.mutableSpan
    for j in 0..<p {
      for k in j * p...j * p + j {
        let sum = DoubleDouble.sum(high[k], sums[k])
        high[k] = sum.high
        low[k] += sum.low
      }
    }
  }

  private static func add(_ value: Double, _ remainder: Double, _ high: inout Double, _ low: inout Double) {
    let sum = DoubleDouble.sum(high, value)
    high = sum.high
    low += sum.low + remainder
  }

  /// Rounds every sum to the nearest double and its remainder, and fills the lower triangles.
  private mutating func mirror() {
    func normalize(_ high: inout Double, _ low: inout Double) {
      let sum = DoubleDouble.sum(high, low)
      (high, low) = (sum.high, sum.low)
    }
    let p = gram.columns
    for j in 0..<p {
      for k in j * p...j * p + j { normalize(&gram.storage[k], &gramRemainder.storage[k]) }
      normalize(&cross[j], &crossRemainder[j])
    }
    normalize(&responseSquares, &responseSquaresRemainder)
    gram.mirrorUpper()
    gramRemainder.mirrorUpper()
  }

  /// Copies rows into the panel, each scaled by the root of its weight.
  private static func pack(
    _ design: Matrix, _ response: [Double]?, _ weights: [Double], _ rows: Range<Int>, into panel: inout [Double]
  ) {
    let count = rows.count
    let scale = rows.map { weights[$0].squareRoot() }
    panel.withUnsafeMutableBufferPointer { panel in
      scale.withUnsafeBufferPointer { scale in
        // Pointers: with bounds checks the loop is not vectorised and costs as much as the products.
        func packColumn(_ source: UnsafePointer<Double>, _ target: UnsafeMutablePointer<Double>) {
          for i in 0..<count { target[i] = source[i] * scale[i] }
        }
        guard let target = panel.baseAddress else { return }
        design.storage.withUnsafeBufferPointer { source in
          guard let source = source.baseAddress else { return }
          for j in 0..<design.columns { packColumn(source + j * design.rows + rows.lowerBound, target + j * count) }
        }
        response?.withUnsafeBufferPointer { source in
          guard let source = source.baseAddress else { return }
          packColumn(source + rows.lowerBound, target + design.columns * count)
        }
      }
    }
  }
}

/// The sums over one block of rows, by BLAS.
private struct Block {
  /// Upper triangle.
  var gram: Matrix
  var cross: [Double]
  var responseSquares = 0.0

  init(columns: Int) {
    gram = Matrix(rows: columns, columns: columns)
    cross = [Double](repeating: 0, count: columns)
  }

  mutating func clear() {
    for k in gram.storage.indices { gram.storage[k] = 0 }
    for k in cross.indices { cross[k] = 0 }
    responseSquares = 0
  }

  /// Adds rows of a tall matrix where they lie.
  mutating func add(_ design: Matrix, _ response: [Double]?, rows: Range<Int>) {
    design.storage.withUnsafeBufferPointer { values in
      guard let x = values.baseAddress else { return }
      guard let response else {
        add(x + rows.lowerBound, stride: design.rows, nil, rows: rows.count)
        return
      }
      response.withUnsafeBufferPointer { y in
        add(x + rows.lowerBound, stride: design.rows, y.baseAddress.map { $0 + rows.lowerBound }, rows: rows.count)
      }
    }
  }

  /// Adds a panel whose last column is the response.
  mutating func add(packed panel: [Double], rows: Int, hasResponse: Bool) {
    panel.withUnsafeBufferPointer { panel in
      guard let x = panel.baseAddress else { return }
      add(x, stride: rows, hasResponse ? x + gram.columns * rows : nil, rows: rows)
    }
  }

  private mutating func add(_ x: UnsafePointer<Double>, stride: Int, _ y: UnsafePointer<Double>?, rows: Int) {
    let (p, n, stride) = (Int32(gram.columns), Int32(rows), Int32(stride))
    gram.storage.withUnsafeMutableBufferPointer { gram in
      cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, p, n, 1, x, stride, 1, gram.baseAddress, p)
    }
    guard let y else { return }
    cross.withUnsafeMutableBufferPointer { cross in
      cblas_dgemv(CblasColMajor, CblasTrans, n, p, 1, x, stride, y, 1, 1, cross.baseAddress, 1)
    }
    responseSquares += cblas_ddot(n, y, 1, y, 1)
  }
}
