package import ChannelTypes

/// Amounts times percentages, exact until the one rounding to cents at the end; ties go to the even cent.
struct ExactShare {
  /// Ten-thousandths of money × 10¹² (two percentages).
  private var sum: Int128 = 0
  private static let whole: Int128 = 1_000_000

  mutating func add(_ amount: Money, _ first: Percent, _ second: Percent = Percent(100)) {
    sum += Int128(amount.tenThousandths) * Int128(first.tenThousandths) * Int128(second.tenThousandths)
  }

  var cents: Money {
    Money(tenThousandths: Int64(clamping: sum.dividedToEven(by: Self.whole * Self.whole * 100) * 100))
  }
}

extension Money {
  /// The nearest cent of an estimate, within ±90 trillion; zero for what is no number.
  package init(estimate value: Double) {
    let limit = 9e13
    self = value.isNaN ? .zero : Money(rounding: Swift.min(Swift.max(value, -limit), limit)) ?? .zero
  }
}
