extension Int128 {
  /// The whole number nearest to this over `divisor`, which is not zero; ties go to the even one.
  ///
  /// Where exact amounts are rounded, they are rounded here: once, at the end of a product.
  public func dividedToEven(by divisor: Int128) -> Int128 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    let twice = remainder.magnitude * 2
    let isAway = twice > divisor.magnitude || (twice == divisor.magnitude && quotient % 2 != 0)
    return quotient + (isAway ? ((self < 0) == (divisor < 0) ? 1 : -1) : 0)
  }
}
