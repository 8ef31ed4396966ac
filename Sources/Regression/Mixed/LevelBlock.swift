internal import Glibc

/// The q × q algebra of one level of the absorbed factor at given Λ: T = ΛᵀMΛ + I = L Lᵀ. Plain loops, since q is small;
/// its storage is reused from level to level.
struct LevelBlock {
  let lambda: [Double]
  let order: Int
  /// MΛ.
  private(set) var product: [Double]
  /// L.
  private var lower: [Double]
  private var work: [Double]
  /// ΛT⁻¹: after `invert`.
  private(set) var scaledInverse: [Double]
  /// T⁻¹: after `invert`.
  private(set) var inverse: [Double]
  /// I − MΛT⁻¹Λᵀ = (I + MΛΛᵀ)⁻¹: after `invert`. Formed without the difference, which cancels where Λ is large.
  private(set) var shrinkage: [Double]

  init(lambda: [Double], order: Int) {
    self.lambda = lambda
    self.order = order
    let zeros = [Double](repeating: 0, count: order * order)
    (product, lower, scaledInverse, inverse, shrinkage) = (zeros, zeros, zeros, zeros, zeros)
    work = zeros
  }

  /// Forms and factors T; its log determinant, nil where it is not finite.
  mutating func factor(_ own: [Double], at start: Int) -> Double? {
    let q = order
    for j in 0..<q {
      for i in 0..<q {
        var sum = 0.0
        for k in j..<q { sum += own[start + i + k * q] * lambda[k + j * q] }
        product[i + j * q] = sum
      }
    }
    var determinant = 1.0
    for j in 0..<q {
      for i in j..<q {
        var sum = i == j ? 1.0 : 0.0
        for k in i..<q { sum += lambda[k + i * q] * product[k + j * q] }
        for k in 0..<j { sum -= lower[i + k * q] * lower[j + k * q] }
        if i == j {
          guard sum > 0, sum.isFinite else { return nil }
          determinant *= sum
          lower[j + j * q] = sum.squareRoot()
        } else {
          lower[i + j * q] = sum / lower[j + j * q]
        }
      }
    }
    return determinant.isFinite ? log(determinant) : nil
  }

  /// L⁻¹ Λᵀ f.
  func halfSolve(_ source: [Double], at start: Int, into target: inout [Double], at position: Int) {
    let q = order
    for i in 0..<q {
      var sum = 0.0
      for k in i..<q { sum += lambda[k + i * q] * source[start + k] }
      for k in 0..<i { sum -= lower[i + k * q] * target[position + k] }
      target[position + i] = sum / lower[i + i * q]
    }
  }

  /// T⁻¹ and ΛT⁻¹.
  mutating func invert() {
    let q = order
    for j in 0..<q {
      for i in 0..<q {
        var sum = i == j ? 1.0 : 0.0
        for k in 0..<i { sum -= lower[i + k * q] * inverse[k + j * q] }
        inverse[i + j * q] = sum / lower[i + i * q]
      }
      for i in (0..<q).reversed() {
        var sum = inverse[i + j * q]
        for k in i + 1..<max(q, i + 1) { sum -= lower[k + i * q] * inverse[k + j * q] }
        inverse[i + j * q] = sum / lower[i + i * q]
      }
      for i in 0..<q {
        var sum = 0.0
        for k in 0...i { sum += lambda[i + k * q] * inverse[k + j * q] }
        scaledInverse[i + j * q] = sum
      }
    }
    formShrinkage()
  }

  /// Solves (I + MΛΛᵀ) X = I by Gauss-Jordan elimination with row pivoting.
  private mutating func formShrinkage() {
    let q = order
    for j in 0..<q {
      for i in 0..<q {
        var sum = i == j ? 1.0 : 0.0
        for k in 0...j { sum += product[i + k * q] * lambda[j + k * q] }
        work[i + j * q] = sum
        shrinkage[i + j * q] = i == j ? 1 : 0
      }
    }
    for column in 0..<q {
      var pivot = column
      for row in column..<q where abs(work[row + column * q]) > abs(work[pivot + column * q]) { pivot = row }
      for j in 0..<q {
        work.swapAt(column + j * q, pivot + j * q)
        shrinkage.swapAt(column + j * q, pivot + j * q)
      }
      let inverse = 1 / work[column + column * q]
      for j in 0..<q {
        work[column + j * q] *= inverse
        shrinkage[column + j * q] *= inverse
      }
      for row in 0..<q where row != column {
        let factor = work[row + column * q]
        for j in 0..<q {
          work[row + j * q] -= factor * work[column + j * q]
          shrinkage[row + j * q] -= factor * shrinkage[column + j * q]
        }
      }
    }
  }
}
