import ChannelTypes

/// Exact arithmetic of the rules of recognition: products in 128 bits, rounded once, ties to the even digit.
enum ExactArithmetic {
  /// The whole number nearest to a quotient; `divisor` is above zero.
  static func quotient(_ value: Int128, by divisor: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    let twice = remainder.magnitude * 2
    let away = twice > divisor.magnitude || (twice == divisor.magnitude && quotient % 2 != 0)
    return quotient + (away ? (value < 0 ? -1 : 1) : 0)
  }

  /// What share a part is of a whole, to a ten-thousandth of one percent; nil where the whole is not above zero.
  static func percent(_ part: Int128, of whole: Int128) -> Percent? {
    guard whole > 0 else { return nil }
    return Percent(tenThousandths: Int64(clamping: quotient(part * 1_000_000, by: whole)))
  }

  /// amount · numerator ÷ denominator, in whole cents.
  static func cents(_ amount: Money, times numerator: Int128, over denominator: Int128) -> Money {
    let cents = quotient(Int128(amount.tenThousandths) * numerator, by: denominator * 100)
    return Money(tenThousandths: Int64(clamping: cents * 100))
  }
}
