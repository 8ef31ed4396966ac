import Glibc

/// ln Γ(x) for x > 0, relative error below 1e-14.
///
/// The recurrence Γ(x + 1) = x Γ(x) lifts small arguments to x ≥ 10, where Stirling's series with eight terms suffices.
/// Source: Abramowitz & Stegun, *Handbook of Mathematical Functions* (1964), 6.1.40. Written out here because the C
/// library's `lgamma` keeps the sign in a global variable.
package func logGamma(_ x: Double) -> Double {
  guard x > 0 else { return .nan }
  var shifted = x
  var product = 1.0
  while shifted < 10 {
    product *= shifted
    shifted += 1
  }
  let inverse = 1 / shifted
  let square = inverse * inverse
  let series = stirling.reversed().reduce(0) { $0 * square + $1 } * inverse
  return (shifted - 0.5) * log(shifted) - shifted + 0.5 * log(2 * Double.pi) + series - log(product)
}

private let stirling: [Double] = [
  1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400,
]

/// ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π), the error of Stirling's formula: what is left of ln Γ where its large parts
/// cancel against others.
package func stirlingError(_ x: Double) -> Double {
  guard x >= 10 else { return logGamma(x) - ((x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi)) }
  let inverse = 1 / x
  let square = inverse * inverse
  return stirling.reversed().reduce(0) { $0 * square + $1 } * inverse
}

/// ψ(x) = d ln Γ(x) / dx for x > 0.
///
/// Source: Abramowitz & Stegun, 6.3.5 and 6.3.18, with the recurrence up to x ≥ 10.
package func digamma(_ x: Double) -> Double {
  guard x > 0 else { return .nan }
  var (shifted, sum) = (x, 0.0)
  while shifted < 10 {
    sum -= 1 / shifted
    shifted += 1
  }
  let square = 1 / (shifted * shifted)
  let series =
    square
    * (1 / 12 - square
      * (1 / 120 - square
        * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32_760 - square / 12))))))
  return sum + log(shifted) - 0.5 / shifted - series
}

/// ψ′(x) for x > 0. Source: Abramowitz & Stegun, 6.4.6 and 6.4.12.
package func trigamma(_ x: Double) -> Double {
  guard x > 0 else { return .nan }
  var (shifted, sum) = (x, 0.0)
  while shifted < 10 {
    sum += 1 / (shifted * shifted)
    shifted += 1
  }
  let inverse = 1 / shifted
  let square = inverse * inverse
  let series =
    square
    * (1 / 6 - square
      * (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * (5 / 66 - square * (691 / 2730 - square * 7 / 6))))))
  return sum + inverse * (1 + 0.5 * inverse + series)
}
