import ChannelTypes

/// Exact arithmetic of the rules of recognition: products in 128 bits, rounded once, ties to the even digit.
enum ExactArithmetic {
  /// What share a part is of a whole, to a ten-thousandth of one percent; nil where the whole is not above zero.
  static func percent(_ part: Int128, of whole: Int128) -> Percent? {
    guard whole > 0 else { return nil }
    return Percent(tenThousandths: Int64(clamping: (part * 1_000_000).dividedToEven(by: whole)))
  }

  /// amount · numerator ÷ denominator, in whole cents.
  static func cents(_ amount: Money, times numerator: Int128, over denominator: Int128) -> Money {
    let cents = (Int128(amount.tenThousandths) * numerator).dividedToEven(by: denominator * 100)
    return Money(tenThousandths: Int64(clamping: cents * 100))
  }
}
