/// The factorization A = L D Lᵀ of a symmetric positive semidefinite matrix in double-double arithmetic, taking the
/// columns in their given order and dropping those that the ones before them explain.
///
/// Source: Golub and Van Loan, "Matrix Computations" (4th ed.), section 4.1.2; the dropping rule is that of `PivotedQR`:
/// a column of the least-squares problem behind A = XᵀX, scaled to unit length, of which less than `tolerance` remains
/// after the kept ones is dropped. Relative error about condition(A) · 2⁻¹⁰⁴, so that normal equations keep the digits
/// that a QR factorization in double precision loses. Meant for orders up to a few hundred: cost n³/6 additions of
/// products of about 8 ns.
package struct ExtendedCholesky: Sendable {
  /// Indices of the kept columns, ascending.
  package let kept: [Int]
  /// Per dropped column the weights of the kept columns that explain it; kept columns after it have weight 0.
  package let dropped: [(column: Int, weights: [Double])]
  /// The smallest share of a kept unit-length column that the columns before it leave unexplained.
  package let smallestRemainder: Double
  /// L over the kept columns without its unit diagonal: element (i, k) at i · order + k.
  private let lower: [DoubleDouble]
  private let pivots: [DoubleDouble]
  private let order: Int

  package var rank: Int { kept.count }

  /// - Parameters:
  ///   - high: A to double precision, n × n.
  ///   - low: what remains of each element; nil for nothing.
  ///   - tolerance: see above.
  package init(_ high: Matrix, low: Matrix?, tolerance: Double) {
    precondition(high.rows == high.columns, "a Cholesky factorization needs a square matrix")
    precondition(low.map { $0.rows == high.rows && $0.columns == high.columns } ?? true, "the parts differ in shape")
    let n = high.rows
    func element(_ i: Int, _ j: Int) -> DoubleDouble {
      DoubleDouble(high: high.storage[i + j * n], low: low?.storage[i + j * n] ?? 0)
    }
    var kept: [Int] = []
    var lower = [DoubleDouble](repeating: .zero, count: n * n)
    var pivots: [DoubleDouble] = []
    var droppedRows: [(column: Int, row: [DoubleDouble])] = []
    var smallest = 1.0
    for j in 0..<n {
      // 1. Row j of L from L D (row)ᵀ = (column j of A); 2. what remains of the diagonal is the pivot.
      var row: [DoubleDouble] = []
      row.reserveCapacity(n)
      var pivot = element(j, j)
      for k in kept.indices {
        var sum = element(kept[k], j)
        for m in 0..<k { sum -= row[m] * lower[k * n + m] }
        row.append(sum)
      }
      for k in kept.indices {
        let multiplier = row[k] / pivots[k]
        pivot -= row[k] * multiplier
        row[k] = multiplier
      }
      // 3. Keep the column or say what explains it.
      let remainder = high.storage[j + j * n] > 0 ? pivot.value / high.storage[j + j * n] : 0
      if remainder > tolerance * tolerance {
        smallest = min(smallest, remainder)
        for (k, multiplier) in row.enumerated() { lower[kept.count * n + k] = multiplier }
        kept.append(j)
        pivots.append(pivot)
      } else {
        droppedRows.append((j, row))
      }
    }
    let rank = kept.count
    self.kept = kept
    self.pivots = pivots
    self.lower = lower
    order = n
    smallestRemainder = smallest.squareRoot()
    dropped = droppedRows.map { column, row in
      var weights = row
      for i in weights.indices.reversed() {
        for k in i + 1..<max(weights.count, i + 1) { weights[i] -= lower[k * n + i] * weights[k] }
      }
      return (column, weights.map(\.value) + [Double](repeating: 0, count: rank - weights.count))
    }
  }

  /// x over the kept columns with A x = b. Cost: rank².
  package func solve(_ right: [DoubleDouble]) -> [DoubleDouble] {
    precondition(right.count == rank, "the right-hand side does not fit the kept columns")
    var x = right
    for i in 0..<rank {
      var sum = x[i]
      for k in 0..<i { sum -= lower[i * order + k] * x[k] }
      x[i] = sum
    }
    for i in 0..<rank { x[i] = x[i] / pivots[i] }
    for i in (0..<rank).reversed() {
      let value = x[i]
      for k in 0..<i { x[k] -= lower[i * order + k] * value }
    }
    return x
  }

  /// A⁻¹ over the kept columns = L⁻ᵀ D⁻¹ L⁻¹, rounded to double precision, exactly symmetric. Cost: rank³/3.
  package func inverse() -> Matrix {
    // 1. L⁻¹, column after column, below the diagonal.
    var inverse = [DoubleDouble](repeating: .zero, count: rank * rank)
    for j in 0..<rank {
      inverse[j * rank + j] = DoubleDouble(1)
      for i in j + 1..<max(rank, j + 1) {
        var sum = -lower[i * order + j]
        for k in j + 1..<max(i, j + 1) { sum -= lower[i * order + k] * inverse[k * rank + j] }
        inverse[i * rank + j] = sum
      }
    }
    // 2. Sums of products of its columns, one of them over the pivots.
    var scaled = inverse
    for k in 0..<rank {
      for j in 0...k { scaled[k * rank + j] = inverse[k * rank + j] / pivots[k] }
    }
    var result = Matrix(rows: rank, columns: rank)
    for j in 0..<rank {
      for i in 0...j {
        var sum = DoubleDouble.zero
        for k in j..<rank { sum += inverse[k * rank + i] * scaled[k * rank + j] }
        result.storage[i + j * rank] = sum.value
      }
    }
    result.mirrorUpper()
    return result
  }
}
