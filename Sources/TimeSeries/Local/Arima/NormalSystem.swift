import Glibc

/// A small least-squares problem by its normal equations, solved again and again without allocation.
///
/// Source: Golub & Van Loan, *Matrix Computations* (4th ed.), algorithm 4.2.2, on columns scaled to unit length. A column
/// of which nothing is left after those before it gets a coefficient of 0. Cost: n k² for the products, k³/3 a solution.
struct NormalSystem {
  let order: Int
  private var products: [Double]
  private var right: [Double]
  private var lengths: [Double]
  private var factor: [Double]
  private(set) var solution: [Double]
  /// What the caller found to remain.
  var remaining = 0.0

  init(order: Int) {
    self.order = order
    products = [Double](repeating: 0, count: order * order)
    factor = products
    right = [Double](repeating: 0, count: order)
    lengths = right
    solution = right
  }

  /// Regresses the column `target` of `table` (count rows) on the `order` columns after it.
  mutating func setProducts(_ table: [Double], count: Int, target: Int) {
    guard order > 0 else { return }
    table.withUnsafeBufferPointer { table in
      fill {
        table.baseAddress! + (target + 1 + $0) * count
      } response: {
        table.baseAddress! + target * count
      } count: {
        count
      }
    }
  }

  /// Regresses `response` on the first `order` columns of `table`.
  mutating func setProducts(_ table: [Double], _ response: [Double], count: Int) {
    guard order > 0 else { return }
    table.withUnsafeBufferPointer { table in
      response.withUnsafeBufferPointer { response in
        fill {
          table.baseAddress! + $0 * count
        } response: {
          response.baseAddress!
        } count: {
          count
        }
      }
    }
  }

  private mutating func fill(
    _ column: (Int) -> UnsafePointer<Double>, response: () -> UnsafePointer<Double>, count: () -> Int
  ) {
    let (n, y) = (count(), response())
    for i in 0..<order {
      let first = column(i)
      for j in 0...i {
        let second = column(j)
        var sum = 0.0
        for time in 0..<n { sum += first[time] * second[time] }
        products[i * order + j] = sum
      }
      lengths[i] = products[i * order + i].squareRoot()
      var sum = 0.0
      for time in 0..<n { sum += first[time] * y[time] }
      right[i] = sum
    }
  }

  /// (XᵀX + damping · diag XᵀX) b = Xᵀy.
  mutating func solve(damping: Double = 0) {
    for i in 0..<order {
      for j in 0...i {
        var sum = i == j ? 1 + damping : 0
        if i != j, lengths[i] > 0, lengths[j] > 0 { sum = products[i * order + j] / (lengths[i] * lengths[j]) }
        for k in 0..<j { sum -= factor[i * order + k] * factor[j * order + k] }
        if i == j {
          factor[i * order + i] = sum > 1e-12 ? sum.squareRoot() : 0
        } else {
          factor[i * order + j] = factor[j * order + j] > 0 ? sum / factor[j * order + j] : 0
        }
      }
    }
    for i in 0..<order {
      var sum = lengths[i] > 0 ? right[i] / lengths[i] : 0
      for k in 0..<i { sum -= factor[i * order + k] * solution[k] }
      solution[i] = factor[i * order + i] > 0 ? sum / factor[i * order + i] : 0
    }
    for i in (0..<order).reversed() {
      var sum = solution[i]
      for k in i + 1..<max(i + 1, order) { sum -= factor[k * order + i] * solution[k] }
      solution[i] = factor[i * order + i] > 0 ? sum / factor[i * order + i] : 0
    }
    for i in 0..<order { solution[i] = lengths[i] > 0 ? solution[i] / lengths[i] : 0 }
  }

  /// log det XᵀX of the first `count` columns, from the last solution without damping.
  func logDeterminant(leading count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count where factor[i * order + i] > 0 { sum += 2 * log(factor[i * order + i] * lengths[i]) }
    return sum
  }
}
