internal import COpenBLAS

/// Products with some consecutive rows of a tall matrix, so that several of them share one pass: a panel of rows that
/// was read for X b is still in the cache for Xᵀ v.
extension Matrix {
  /// Rows that a pass over a tall matrix takes at a time: a panel of 100 columns stays in a cache of 1 MB.
  package static let panelRows = 1024

  /// Calls `body` with consecutive ranges of rows that cover the matrix.
  package func forEachPanel(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < rows {
      let end = min(rows, start + Matrix.panelRows)
      body(start..<end)
      start = end
    }
  }

  /// result[i] = xᵢᵀ b for the rows i of a range. Cost: 2 · rows · p.
  package func multiply(rows range: Range<Int>, by vector: [Double], into result: inout [Double]) {
    precondition(vector.count == columns && result.count == rows, "the vectors do not fit the matrix")
    guard !range.isEmpty else { return }
    guard columns > 0 else {
      for i in range { result[i] = 0 }
      return
    }
    BLASThreads.useOne()
    storage.withUnsafeBufferPointer { a in
      guard let a = a.baseAddress else { return }
      result.withUnsafeMutableBufferPointer { y in
        guard let y = y.baseAddress else { return }
        cblas_dgemv(
          CblasColMajor, CblasNoTrans, Int32(range.count), Int32(columns), 1, a + range.lowerBound, Int32(rows), vector,
          1, 0, y + range.lowerBound, 1)
      }
    }
  }

  /// result += Σ vᵢ xᵢ over the rows i of a range. Cost: 2 · rows · p.
  package func addTransposedProduct(rows range: Range<Int>, with vector: [Double], to result: inout [Double]) {
    precondition(vector.count == rows && result.count == columns, "the vectors do not fit the matrix")
    guard !range.isEmpty, columns > 0 else { return }
    BLASThreads.useOne()
    storage.withUnsafeBufferPointer { a in
      vector.withUnsafeBufferPointer { v in
        guard let a = a.baseAddress, let v = v.baseAddress else { return }
        cblas_dgemv(
          CblasColMajor, CblasTrans, Int32(range.count), Int32(columns), 1, a + range.lowerBound, Int32(rows),
          v + range.lowerBound, 1, 1, &result, 1)
      }
    }
  }
}
