public import LinearAlgebra

/// Powers of a variable to more than double precision: x² rounded to double has lost what a polynomial regression of
/// high degree on a narrow range needs (the tenth-degree NIST set Filip keeps 7 digits of its coefficients with rounded
/// powers, 14 with these).
public enum PolynomialPowers {
  /// x, x², … x^degree as n × degree columns, each element the sum of a double and what remains. Cost: n · degree.
  public static func columns(of values: [Double], degree: Int) -> (high: Matrix, low: Matrix) {
    precondition(degree >= 1, "a polynomial has degree one or more")
    let n = values.count
    var high = Matrix(rows: n, columns: degree)
    var low = high
    var power = values.map { DoubleDouble($0) }
    for exponent in 1...degree {
      if exponent > 1 {
        for i in 0..<n {
          let product = power[i] * values[i]
          // At the upper end of the range of doubles the remainder cannot be formed.
          power[i] = product.isFinite ? product : DoubleDouble(power[i].high * values[i])
        }
      }
      high.setColumn(exponent - 1, power.map(\.high))
      low.setColumn(exponent - 1, power.map(\.low))
    }
    return (high, low)
  }
}
