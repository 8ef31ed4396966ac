/// What a run of items takes at a price, where every item takes clip(gain · z + shift, lower, upper) and z is a function
/// of the price that all share: 1/√λ for Hill curves, 1/λ for logarithms, −ln λ for exponential saturation.
///
/// One pass over four contiguous arrays, four items at a time; the measured hot loop of a large allocation, hence the
/// pointers.
struct AffineResponse {
  let gain: UnsafePointer<Double>
  let shift: UnsafePointer<Double>
  let lower: UnsafePointer<Double>
  let upper: UnsafePointer<Double>

  /// Σ of amounts, and Σ of gains of the items strictly inside their bounds.
  @inline(__always)
  func sums(_ range: Range<Int>, z: Double) -> (amount: Double, activeGain: Double) {
    var (amount, active) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var index = range.lowerBound
    let vectorEnd = range.lowerBound + (range.count & ~3)
    while index < vectorEnd {
      let (g, s) = (load(gain, index), load(shift, index))
      let (low, high) = (load(lower, index), load(upper, index))
      let x = g * z + s
      let (below, above) = (x .<= low, x .>= high)
      amount += x.replacing(with: low, where: below).replacing(with: high, where: above)
      active += g.replacing(with: 0, where: below .| above)
      index += 4
    }
    var (sum, activeSum) = (amount.sum(), active.sum())
    while index < range.upperBound {
      let x = gain[index] * z + shift[index]
      if x <= lower[index] {
        sum += lower[index]
      } else if x >= upper[index] {
        sum += upper[index]
      } else {
        sum += x
        activeSum += gain[index]
      }
      index += 1
    }
    return (sum, activeSum)
  }

  @inline(__always)
  private func load(_ base: UnsafePointer<Double>, _ index: Int) -> SIMD4<Double> {
    UnsafeRawPointer(base + index).loadUnaligned(as: SIMD4<Double>.self)
  }
}
