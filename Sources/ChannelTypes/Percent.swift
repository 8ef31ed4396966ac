/// An exact percentage, to a ten-thousandth of one percent: `8`, `12.5`, `0.0001`.
public struct Percent: Hashable, Comparable, Sendable {
  /// The number before the percent sign, in ten-thousandths: 8 % is 80,000.
  public var tenThousandths: Int64

  @inlinable public init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }

  /// A whole number of percent.
  @inlinable public init(_ percent: Int) { tenThousandths = Int64(percent) * 10_000 }

  /// The share of the whole: 0.08 for 8 %. For models; amounts use `of(_:)`.
  @inlinable public var fraction: Double { Double(tenThousandths) / 1_000_000 }

  /// This share of an amount, exact before it is rounded to `decimals` digits; ties go to the even digit.
  /// - Returns: nil where the result is out of the range of `Money`.
  public func of(_ amount: Money, decimals: Int = 2) -> Money? {
    let step = Money.power(Money.decimals - decimals)
    return amount.multiplied(by: tenThousandths, over: 1_000_000 * step, times: step)
  }

  @inlinable public static func < (left: Percent, right: Percent) -> Bool {
    left.tenThousandths < right.tenThousandths
  }
}

extension Percent: CustomStringConvertible {
  /// Reads what `Money` reads: a sign, digits, at most four decimals.
  public init?(_ text: some StringProtocol) {
    guard let number = Money.parse(text.utf8) else { return nil }
    tenThousandths = number.tenThousandths
  }

  /// Without trailing zeros: `8`, `12.5`.
  public var description: String { Money(tenThousandths: tenThousandths).plainDescription }
}

extension Money {
  /// This amount × `numerator` ÷ `denominator`, rounded once to a whole multiple of `step` ten-thousandths where
  /// `denominator` already holds the factor `step`; ties go to the even digit. The product is taken in 128 bits.
  func multiplied(by numerator: Int64, over denominator: Int64, times step: Int64) -> Money? {
    let negative = (tenThousandths < 0) != (numerator < 0)
    let product = tenThousandths.magnitude.multipliedFullWidth(by: numerator.magnitude)
    let divisor = denominator.magnitude
    guard product.high < divisor else { return nil }
    var (quotient, remainder) = divisor.dividingFullWidth(product)
    let half = divisor - remainder
    if remainder > half || (remainder == half && quotient % 2 == 1) { quotient += 1 }
    let (scaled, overflow) = quotient.multipliedReportingOverflow(by: step.magnitude)
    guard !overflow, scaled <= UInt64(Int64.max) else { return nil }
    return Money(tenThousandths: negative ? -Int64(scaled) : Int64(scaled))
  }

  /// This amount × `factor`, where the factor is an exact decimal too; rounded to four digits, ties to even.
  /// - Returns: nil where the result is out of range.
  public func multiplied(by factor: Money) -> Money? {
    multiplied(by: factor.tenThousandths, over: Money.scale, times: 1)
  }

  /// As short as it reads back: `1200000`, `0.5`, `12.25`.
  public var plainDescription: String {
    var text = description
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
