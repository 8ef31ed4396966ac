internal import COpenBLAS

extension Matrix {
  /// C += PᵀP for the upper triangle, by `dsyrk`: the part that a panel of rows adds to a Gram matrix. The lower triangle
  /// stays as it is; see `mirrorUpper`. Cost: rows · columns².
  package mutating func addUpperGram(of panel: Matrix) {
    precondition(rows == columns && panel.columns == columns, "the panel does not fit the matrix")
    guard panel.rows > 0, columns > 0 else { return }
    BLASThreads.useOne()
    let (order, count) = (Int32(columns), Int32(panel.rows))
    panel.storage.withUnsafeBufferPointer { panel in
      storage.withUnsafeMutableBufferPointer { sums in
        cblas_dsyrk(
          CblasColMajor, CblasUpper, CblasTrans, order, count, 1, panel.baseAddress, count, 1, sums.baseAddress, order)
      }
    }
  }

  /// C += AᵀB, by `dgemm`: the part that a panel of rows adds to cross-products. Cost: 2 · rows · columns of A · columns
  /// of B.
  package mutating func addCrossProduct(of left: Matrix, with right: Matrix) {
    precondition(
      left.rows == right.rows && rows == left.columns && columns == right.columns, "the panels do not fit the matrix")
    guard left.rows > 0, rows > 0, columns > 0 else { return }
    BLASThreads.useOne()
    let (m, n, k) = (Int32(rows), Int32(columns), Int32(left.rows))
    storage.withUnsafeMutableBufferPointer { sums in
      cblas_dgemm(
        CblasColMajor, CblasTrans, CblasNoTrans, m, n, k, 1, left.storage, k, right.storage, k, 1, sums.baseAddress, m)
    }
  }

  /// Copies the upper triangle onto the lower one, in tiles that fit a cache.
  package mutating func mirrorUpper() {
    precondition(rows == columns, "only a square matrix has two triangles")
    let (order, tile) = (columns, 32)
    var elements = storage.mutableSpan
    for columnStart in stride(from: 0, to: order, by: tile) {
      for rowStart in stride(from: 0, through: columnStart, by: tile) {
        for j in columnStart..<Swift.min(order, columnStart + tile) {
          for i in rowStart..<Swift.max(rowStart, Swift.min(j, rowStart + tile)) {
            elements[j + i * order] = elements[i + j * order]
          }
        }
      }
    }
  }
}
