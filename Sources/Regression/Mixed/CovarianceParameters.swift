internal import Glibc

/// The parameters θ of the relative covariance factors Λₖ: the covariance of the effects of factor k is σ² Λₖ Λₖᵀ, Λₖ
/// lower triangular (Bates, Mächler, Bolker, Walker, "Fitting linear mixed-effects models using lme4", J. Stat. Softw.
/// 67, 2015, section 2.2).
struct CovarianceParameters: Sendable {
  struct Position: Sendable, Hashable {
    let row: Int
    let column: Int
  }

  /// q of every factor.
  let widths: [Int]
  /// Per factor the estimated entries of Λ.
  let positions: [[Position]]
  private let blocks: [[Range<Int>]]

  init(_ factors: [RandomFactor]) {
    widths = factors.map(\.width)
    positions = factors.map(\.parameters)
    blocks = factors.map { $0.parts.map(\.columns) }
  }

  var count: Int { positions.reduce(0) { $0 + $1.count } }

  /// Number of random columns of all factors.
  var columns: Int { widths.reduce(0, +) }

  /// One value per random column of all factors, handed to the parameters in that row of Λ.
  func byRow(_ values: [Double]) -> [Double] {
    var first = 0
    var result: [Double] = []
    for (entries, width) in zip(positions, widths) {
      for position in entries { result.append(values[first + position.row]) }
      first += width
    }
    return result
  }

  /// Λ diagonal, with one value per random column of all factors.
  func diagonal(_ scales: [Double]) -> [Double] {
    zip(byRow(scales), positions.flatMap { $0 }).map { $1.row == $1.column ? $0 : 0 }
  }

  /// Λₖ, column-major q × q.
  func factors(_ theta: [Double]) -> [[Double]] {
    var next = 0
    return widths.indices.map { k in
      var lambda = [Double](repeating: 0, count: widths[k] * widths[k])
      for position in positions[k] {
        lambda[position.row + position.column * widths[k]] = theta[next]
        next += 1
      }
      return lambda
    }
  }

  /// The entries of one matrix per factor at the positions of the parameters.
  func entries(_ matrices: [[Double]]) -> [Double] {
    widths.indices.flatMap { k in positions[k].map { matrices[k][$0.row + $0.column * widths[k]] } }
  }

  /// The same covariance with the diagonal of Λ ≥ 0: the Cholesky factor of Λ Λᵀ, also where that is singular.
  func canonical(_ theta: [Double]) -> [Double] {
    var lambdas = factors(theta)
    for k in lambdas.indices {
      let q = widths[k]
      for block in blocks[k] { CovarianceParameters.canonicalize(&lambdas[k], block, order: q) }
    }
    return entries(lambdas)
  }

  /// Gives a lower triangular block a diagonal ≥ 0: columns change sign, and a column whose diagonal entry is zero is
  /// rotated into the later ones, so that it becomes zero, as in the Cholesky factor of a singular matrix.
  private static func canonicalize(_ lambda: inout [Double], _ block: Range<Int>, order q: Int) {
    for i in block {
      if lambda[i + i * q] == 0, let j = block.first(where: { $0 > i && lambda[$0 + i * q] != 0 }) {
        // The column starts lower down: it belongs to that row's diagonal.
        rotate(&lambda, block, from: i, into: j, order: q)
      }
      if lambda[i + i * q] < 0 {
        for row in block { lambda[row + i * q] = -lambda[row + i * q] }
      }
    }
  }

  /// Rotates column `i`, zero above row `j`, into column `j` so that row j of column i becomes zero.
  private static func rotate(_ lambda: inout [Double], _ block: Range<Int>, from i: Int, into j: Int, order q: Int) {
    let (a, b) = (lambda[j + j * q], lambda[j + i * q])
    let length = hypot(a, b)
    for row in block {
      let (left, right) = (lambda[row + j * q], lambda[row + i * q])
      lambda[row + j * q] = (a * left + b * right) / length
      lambda[row + i * q] = (a * right - b * left) / length
    }
    lambda[j + i * q] = 0
    guard let next = block.first(where: { $0 > j && lambda[$0 + i * q] != 0 }) else { return }
    rotate(&lambda, block, from: i, into: next, order: q)
  }

  /// The factors whose Λ is singular: a diagonal entry at zero, that is a variance of zero or a correlation of ±1.
  func singularFactors(_ theta: [Double]) -> [Int] {
    let lambdas = factors(theta)
    return widths.indices.filter { k in
      (0..<widths[k]).contains { abs(lambdas[k][$0 + $0 * widths[k]]) < CovarianceParameters.smallestDiagonal }
    }
  }

  /// Below this a diagonal entry of Λ, in columns of unit mean square, counts as zero (lme4's `isSingular`).
  static let smallestDiagonal = 1e-4
}
