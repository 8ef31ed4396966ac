internal import Glibc

/// A small matrix S reduced by Householder reflections taken column by column in the given order, dropping columns
/// that add nothing to those before them: Uᵀ S = [T …] with T upper triangular over the kept columns.
///
/// Source: Golub and Van Loan, "Matrix Computations" (4th ed.), sections 5.1 and 5.2; the dropping rule is that of
/// LINPACK `dqrdc2` as R uses it.
struct OrderedTriangle: Sendable {
  let kept: [Int]
  /// Per dropped column the weights of the kept columns that explain it (kept columns after it have weight 0).
  let dropped: [(column: Int, weights: [Double])]
  /// ‖T‖₁ ‖T⁻¹‖₁.
  let condition: Double
  /// T, rank × rank.
  private let triangle: Matrix
  /// Householder vectors of unit length, one column per kept column, zeros above the diagonal.
  private let reflectors: Matrix

  init(_ matrix: Matrix, tolerance: Double) {
    let (m, p) = (matrix.rows, matrix.columns)
    var work = matrix
    var kept: [Int] = []
    var droppedColumns: [Int] = []
    var reflectors: [Double] = []
    for j in 0..<p {
      // 1. What remains of column j after the kept ones.
      let k = kept.count
      let remaining = k < m ? euclideanNorm(work.column(j).dropFirst(k)) : 0
      guard remaining > tolerance else {
        droppedColumns.append(j)
        continue
      }
      // 2. Reflect it onto axis k, and the later columns with it.
      let reflector = OrderedTriangle.reflector(work.column(j), from: k)
      for column in j..<p { OrderedTriangle.reflect(&work, column, reflector[...], from: k) }
      reflectors.append(contentsOf: reflector)
      kept.append(j)
    }
    // 3. T, and each dropped column as a combination: T₁₁ w = its leading part.
    let rank = kept.count
    var triangle = Matrix(rows: rank, columns: rank)
    for (index, column) in kept.enumerated() {
      for i in 0...index { triangle[i, index] = work[i, column] }
    }
    self.kept = kept
    self.reflectors = Matrix(rows: m, columns: rank, elements: reflectors)
    self.triangle = triangle
    dropped = droppedColumns.map { column in
      let before = kept.count { $0 < column }
      var weights = [Double](repeating: 0, count: rank)
      for i in 0..<before { weights[i] = work[i, column] }
      OrderedTriangle.backSubstitute(triangle, before, &weights)
      return (column, weights)
    }
    condition = OrderedTriangle.condition(of: triangle)
  }

  /// b with T b = the first `rank` elements of Uᵀ y.
  func solve(_ vector: [Double]) -> [Double] {
    var work = Matrix(rows: vector.count, columns: 1, elements: vector)
    for k in kept.indices { OrderedTriangle.reflect(&work, 0, reflectors.column(k), from: k) }
    var solution = Array(work.storage.prefix(kept.count))
    OrderedTriangle.backSubstitute(triangle, kept.count, &solution)
    return solution
  }

  /// (TᵀT)⁻¹ = T⁻¹ T⁻ᵀ.
  func inverseGram() -> Matrix {
    let inverse = OrderedTriangle.inverse(of: triangle)
    return inverse.transposed().gram()
  }

  /// The unit vector v with (I − 2vvᵀ) x = ∓‖x‖ e₁ for x = column[from...]; full length, zeros before `from`.
  private static func reflector(_ column: ArraySlice<Double>, from start: Int) -> [Double] {
    var vector = Array(column)
    for i in 0..<start { vector[i] = 0 }
    let length = euclideanNorm(vector)
    vector[start] += vector[start] < 0 ? -length : length
    let norm = euclideanNorm(vector)
    return vector.map { $0 / norm }
  }

  private static func reflect(_ matrix: inout Matrix, _ column: Int, _ reflector: ArraySlice<Double>, from start: Int) {
    let offset = column * matrix.rows
    let first = reflector.startIndex
    var projection = 0.0
    for i in start..<matrix.rows { projection += reflector[first + i] * matrix.storage[offset + i] }
    for i in start..<matrix.rows { matrix.storage[offset + i] -= 2 * projection * reflector[first + i] }
  }

  private static func backSubstitute(_ triangle: Matrix, _ count: Int, _ x: inout [Double]) {
    for i in (0..<count).reversed() {
      var sum = x[i]
      for j in i + 1..<max(count, i + 1) { sum -= triangle[i, j] * x[j] }
      x[i] = sum / triangle[i, i]
    }
  }

  private static func inverse(of triangle: Matrix) -> Matrix {
    let rank = triangle.rows
    var inverse = Matrix(rows: rank, columns: rank)
    for j in 0..<rank {
      var unit = [Double](repeating: 0, count: rank)
      unit[j] = 1
      backSubstitute(triangle, rank, &unit)
      inverse.setColumn(j, unit)
    }
    return inverse
  }

  private static func condition(of triangle: Matrix) -> Double {
    func oneNorm(_ matrix: Matrix) -> Double {
      (0..<matrix.columns).reduce(0) { max($0, matrix.column($1).reduce(0) { $0 + abs($1) }) }
    }
    return triangle.rows == 0 ? 1 : oneNorm(triangle) * oneNorm(inverse(of: triangle))
  }
}

func logarithm(_ value: Double) -> Double { log(value) }
