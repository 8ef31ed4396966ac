/// An exact decimal amount in the plan's currency, to a ten-thousandth of a unit.
///
/// Stored as a whole number of ten-thousandths, so that sums are exact and do not depend on order. The range is
/// ±922 trillion; text outside it is refused when it is read. Rounding happens only where a function says so.
public struct Money: Hashable, Comparable, Sendable {
  /// The amount in ten-thousandths of the currency unit.
  public var tenThousandths: Int64

  /// The number of decimal digits that an amount carries.
  public static let decimals = 4
  /// Ten-thousandths in one unit.
  public static let scale: Int64 = 10_000
  public static let zero = Money(tenThousandths: 0)

  @inlinable public init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }

  /// A whole number of currency units.
  @inlinable public init(_ units: Int) { tenThousandths = Int64(units) * Money.scale }

  /// The nearest amount with `decimals` digits after the point; ties go to the even digit.
  /// - Returns: nil where `value` is not finite or out of range.
  public init?(rounding value: Double, decimals: Int = 2) {
    precondition((0...Money.decimals).contains(decimals), "money has at most \(Money.decimals) decimals")
    let step = Money.power(Money.decimals - decimals)
    let count = (value * Double(Money.power(decimals))).rounded(.toNearestOrEven)
    guard count.isFinite, abs(count) < 9.2e18 / Double(step) else { return nil }
    tenThousandths = Int64(count) * step
  }

  /// Reads `-1234.5`, `1234`, `0.0001`: a sign, digits, at most four decimals that are not zero.
  public init?(_ text: some StringProtocol) {
    guard let amount = Money.parse(text.utf8) else { return nil }
    self = amount
  }

  static func parse(_ bytes: some Sequence<UInt8>) -> Money? {
    var negative = false
    var value: Int64 = 0
    var decimals = -1
    var digits = 0
    var first = true
    for byte in bytes {
      defer { first = false }
      switch byte {
      case UInt8(ascii: "-") where first: negative = true
      case UInt8(ascii: "+") where first: break
      case UInt8(ascii: ".") where decimals < 0: decimals = 0
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        let digit = Int64(byte - UInt8(ascii: "0"))
        if decimals >= Money.decimals {
          guard digit == 0 else { return nil }
          continue
        }
        if decimals >= 0 { decimals += 1 }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = scaled.addingReportingOverflow(digit)
        guard !overflow, !carry else { return nil }
        value = sum
      default: return nil
      }
    }
    guard digits > 0 else { return nil }
    let (scaled, overflow) = value.multipliedReportingOverflow(by: power(Money.decimals - max(decimals, 0)))
    guard !overflow else { return nil }
    return Money(tenThousandths: negative ? -scaled : scaled)
  }

  /// The amount as a floating-point number, for models only.
  @inlinable public var double: Double { Double(tenThousandths) / Double(Money.scale) }

  /// The amount rounded to `decimals` digits after the point; ties go to the even digit.
  public func rounded(decimals: Int = 2) -> Money {
    let step = Money.power(Money.decimals - decimals)
    let (quotient, remainder) = tenThousandths.quotientAndRemainder(dividingBy: step)
    let twice = abs(remainder) * 2
    let away = twice > step || (twice == step && quotient % 2 != 0)
    return Money(tenThousandths: (quotient + (away ? tenThousandths.signum() : 0)) * step)
  }

  @inlinable public static func < (left: Money, right: Money) -> Bool { left.tenThousandths < right.tenThousandths }
  @inlinable public static func + (left: Money, right: Money) -> Money {
    Money(tenThousandths: left.tenThousandths + right.tenThousandths)
  }
  @inlinable public static func - (left: Money, right: Money) -> Money {
    Money(tenThousandths: left.tenThousandths - right.tenThousandths)
  }
  @inlinable public static prefix func - (amount: Money) -> Money { Money(tenThousandths: -amount.tenThousandths) }
  @inlinable public static func += (left: inout Money, right: Money) { left = left + right }
  @inlinable public static func -= (left: inout Money, right: Money) { left = left - right }
  @inlinable public static func * (amount: Money, count: Int) -> Money {
    Money(tenThousandths: amount.tenThousandths * Int64(count))
  }

  static func power(_ exponent: Int) -> Int64 {
    var value: Int64 = 1
    for _ in 0..<exponent { value *= 10 }
    return value
  }
}

extension Money: CustomStringConvertible, LosslessStringConvertible {
  public init?(_ description: String) {
    guard let amount = Money.parse(description.utf8) else { return nil }
    self = amount
  }

  /// At least two decimals, at most four, no grouping: `1234.50`. Reads back as the same amount.
  public var description: String {
    let magnitude = tenThousandths.magnitude
    let units = magnitude / UInt64(Money.scale)
    var fraction = String(magnitude % UInt64(Money.scale))
    fraction = String(repeating: "0", count: Money.decimals - fraction.count) + fraction
    while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return (tenThousandths < 0 ? "-" : "") + "\(units)." + fraction
  }
}

extension Sequence where Element == Money {
  /// The exact total.
  @inlinable public func total() -> Money { reduce(.zero, +) }
}
