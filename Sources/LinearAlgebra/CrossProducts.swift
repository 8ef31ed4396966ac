internal import COpenBLAS

/// The sufficient statistics of a least-squares problem: XᵀWX, XᵀWy, yᵀWy, Σw and the number of rows.
///
/// Partitions of the rows can be added one after the other, or accumulated apart and merged: the sums are the same, so
/// that a fit over partitions equals the fit over the whole.
///
/// The Gram matrix is built from panels of rows: each panel is packed into a small contiguous buffer, scaled by √w on
/// the way, and handed to `dsyrk`. X is never copied as a whole, and `dsyrk` runs from cache instead of striding over a
/// tall matrix. Cost: n p² floating-point operations; memory: one panel.
public struct CrossProducts: Sendable {
  /// XᵀWX, both triangles filled.
  public private(set) var gram: Matrix
  /// XᵀWy; zeros where no response was given.
  public private(set) var cross: [Double]
  /// yᵀWy.
  public private(set) var responseSquares = 0.0
  /// Σw; the number of rows where no weights were given.
  public private(set) var totalWeight = 0.0
  /// Rows with a weight above zero.
  public private(set) var observations = 0

  /// Rows in a packed panel.
  static let panelRows = 512

  public init(columns: Int) {
    gram = Matrix(rows: columns, columns: columns)
    cross = [Double](repeating: 0, count: columns)
  }

  /// Adds rows.
  /// - Parameters:
  ///   - design: n × p.
  ///   - response: n values; nil where only the Gram matrix is wanted.
  ///   - weights: n values ≥ 0; nil for weights of one.
  public mutating func add(_ design: Matrix, response: [Double]?, weights: [Double]? = nil) {
    let (n, p) = (design.rows, design.columns)
    precondition(p == gram.columns, "the design does not fit the accumulated columns")
    precondition(response.map { $0.count == n } ?? true, "the response does not fit the design")
    precondition(weights.map { $0.count == n } ?? true, "the weights do not fit the design")
    totalWeight += weights?.reduce(0, +) ?? Double(n)
    observations += weights?.count { $0 > 0 } ?? n
    guard n > 0, p > 0 else { return }
    BLASThreads.useOne()
    let height = min(n, CrossProducts.panelRows)
    // Column p of the panel is the response, so that one packing serves all three products.
    var panel = [Double](repeating: 0, count: height * (p + 1))
    var start = 0
    while start < n {
      let rows = start..<min(n, start + height)
      CrossProducts.pack(design, response, weights, rows, into: &panel)
      accumulate(panel, rows.count, hasResponse: response != nil)
      start = rows.upperBound
    }
    gram.mirrorUpper()
  }

  /// Adds the statistics of other rows over the same columns.
  public mutating func merge(_ other: CrossProducts) {
    precondition(other.gram.columns == gram.columns, "the statistics are over different columns")
    for index in gram.storage.indices { gram.storage[index] += other.gram.storage[index] }
    for index in cross.indices { cross[index] += other.cross[index] }
    responseSquares += other.responseSquares
    totalWeight += other.totalWeight
    observations += other.observations
  }

  /// Copies rows into the panel, each scaled by the root of its weight.
  private static func pack(
    _ design: Matrix, _ response: [Double]?, _ weights: [Double]?, _ rows: Range<Int>, into panel: inout [Double]
  ) {
    let count = rows.count
    let scale = weights.map { weights in rows.map { weights[$0].squareRoot() } }
    func packColumn(_ source: Span<Double>, _ sourceStart: Int, _ target: inout MutableSpan<Double>, _ start: Int) {
      if let scale {
        for i in 0..<count { target[start + i] = source[sourceStart + i] * scale[i] }
      } else {
        for i in 0..<count { target[start + i] = source[sourceStart + i] }
      }
    }
    var target = panel.mutableSpan
    let source = design.storage.span
    for j in 0..<design.columns { packColumn(source, j * design.rows + rows.lowerBound, &target, j * count) }
    if let response { packColumn(response.span, rows.lowerBound, &target, design.columns * count) }
  }

  private mutating func accumulate(_ panel: [Double], _ rows: Int, hasResponse: Bool) {
    let p = gram.columns
    panel.withUnsafeBufferPointer { panel in
      guard let x = panel.baseAddress else { return }
      gram.storage.withUnsafeMutableBufferPointer { gram in
        cblas_dsyrk(
          CblasColMajor, CblasUpper, CblasTrans, Int32(p), Int32(rows), 1, x, Int32(rows), 1, gram.baseAddress,
          Int32(p))
      }
      guard hasResponse else { return }
      let y = x + p * rows
      cross.withUnsafeMutableBufferPointer { cross in
        cblas_dgemv(
          CblasColMajor, CblasTrans, Int32(rows), Int32(p), 1, x, Int32(rows), y, 1, 1, cross.baseAddress, 1)
      }
      responseSquares += cblas_ddot(Int32(rows), y, 1, y, 1)
    }
  }
}
