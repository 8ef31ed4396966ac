public import ChannelTypes

/// An exact decimal on its way to an amount: `value` · 10^−`digits`. Products of money and percentages are taken in
/// 128 bits and rounded once, at the end.
public struct ExactAmount: Sendable, Hashable {
  public private(set) var value: Int128
  public private(set) var digits: Int

  public static let zero = ExactAmount(value: 0, digits: ExactAmount.digitsOfShare)
  /// Ten-thousandths of money times ten-thousandths of a percent.
  static let digitsOfShare = 10

  private init(value: Int128, digits: Int) {
    self.value = value
    self.digits = digits
  }

  public init(_ amount: Money) {
    self.init(value: Int128(amount.tenThousandths) * 1_000_000, digits: Self.digitsOfShare)
  }

  /// A share of an amount: `rate` of `amount`.
  public init(_ rate: Percent, of amount: Money) {
    self.init(value: Int128(amount.tenThousandths) * Int128(rate.tenThousandths), digits: Self.digitsOfShare)
  }

  /// The sum of two amounts with equally many digits.
  public static func + (left: Self, right: Self) -> Self {
    precondition(left.digits == right.digits, "amounts before and after a factor cannot be added")
    return ExactAmount(value: left.value + right.value, digits: left.digits)
  }

  /// The amount times a percentage. 100 % changes nothing, and trailing zeros of the percentage cost no digits, so
  /// that two factors fit 128 bits for every sum of money that the tables can hold.
  public func times(_ factor: Percent) -> ExactAmount {
    var (numerator, decimals) = (Int128(factor.tenThousandths), 6)
    while decimals > 0, numerator % 10 == 0 {
      numerator /= 10
      decimals -= 1
    }
    let (product, overflow) = value.multipliedReportingOverflow(by: numerator)
    let limit = (value < 0) == (numerator < 0) ? Int128.max : Int128.min
    return ExactAmount(value: overflow ? limit : product, digits: digits + decimals)
  }

  /// The nearest amount with `decimals` digits after the point; ties go to the even digit. Out of the range of money,
  /// the nearest end of it.
  public func rounded(decimals: Int = 2) -> Money {
    var divisor: Int128 = 1
    for _ in 0..<max(0, digits - decimals) { divisor *= 10 }
    let nearest = value.dividedToEven(by: divisor)
    var step: Int128 = 1
    for _ in 0..<max(0, Money.decimals - decimals) { step *= 10 }
    let (scaled, overflow) = nearest.multipliedReportingOverflow(by: step)
    return Money(tenThousandths: overflow ? (nearest < 0 ? .min : .max) : Int64(clamping: scaled))
  }
}
