internal import COpenBLAS

extension Matrix {
  /// C = A B by `dgemm`.
  public static func * (left: Matrix, right: Matrix) -> Matrix {
    product(left, transposed: false, right)
  }

  /// C = Aᵀ B by `dgemm`, without forming Aᵀ.
  public func transposedTimes(_ right: Matrix) -> Matrix {
    Matrix.product(self, transposed: true, right)
  }

  private static func product(_ left: Matrix, transposed: Bool, _ right: Matrix) -> Matrix {
    let (m, k) = transposed ? (left.columns, left.rows) : (left.rows, left.columns)
    precondition(k == right.rows, "the shapes of the factors do not fit")
    var result = Matrix(rows: m, columns: right.columns)
    guard m > 0, k > 0, right.columns > 0 else { return result }
    BLASThreads.useOne()
    left.storage.withUnsafeBufferPointer { a in
      right.storage.withUnsafeBufferPointer { b in
        result.storage.withUnsafeMutableBufferPointer { c in
          cblas_dgemm(
            CblasColMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, Int32(m), Int32(right.columns),
            Int32(k), 1, a.baseAddress, Int32(left.rows), b.baseAddress, Int32(right.rows), 0, c.baseAddress, Int32(m))
        }
      }
    }
    return result
  }

  /// y = A x by `dgemv`.
  public static func * (matrix: Matrix, vector: [Double]) -> [Double] {
    matrix.times(vector, transposed: false)
  }

  /// y = Aᵀ x by `dgemv`.
  public func transposedTimes(_ vector: [Double]) -> [Double] {
    times(vector, transposed: true)
  }

  private func times(_ vector: [Double], transposed: Bool) -> [Double] {
    precondition(vector.count == (transposed ? rows : columns), "the vector does not fit the matrix")
    var result = [Double](repeating: 0, count: transposed ? columns : rows)
    guard rows > 0, columns > 0 else { return result }
    BLASThreads.useOne()
    storage.withUnsafeBufferPointer { a in
      vector.withUnsafeBufferPointer { x in
        result.withUnsafeMutableBufferPointer { y in
          cblas_dgemv(
            CblasColMajor, transposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns), 1, a.baseAddress,
            Int32(rows), x.baseAddress, 1, 0, y.baseAddress, 1)
        }
      }
    }
    return result
  }

  /// XᵀX, or XᵀWX with a weight ≥ 0 per row; see `CrossProducts` for how it is formed.
  public func gram(weights: [Double]? = nil) -> Matrix {
    var products = CrossProducts(columns: columns)
    products.add(self, response: nil, weights: weights)
    return products.gram
  }
}

/// The inner product of two vectors of equal length.
public func dot(_ left: [Double], _ right: [Double]) -> Double {
  precondition(left.count == right.count, "the vectors differ in length")
  var sum = 0.0
  for index in left.indices { sum += left[index] * right[index] }
  return sum
}
